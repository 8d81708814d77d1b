//! A credit or debit note by hand: form, look, issue. What a note may do is in the action; the look
//! is the same action, taken back.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::{EmisorId, Vista};
use ramal_web::pagina::{Aviso, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Filtros, Formulario, Marco, Problem, Ruta};
use serde::Deserialize;

use super::comun::{amount, named, route};
use super::detalle::under;
use super::formas::{Confirmar, EDITAR, HACER, PASO, Renglon, at_rows, of_body, of_form, typed};
use crate::Error;
use crate::actions::{DatosNota, Excedente, LineaNota, SentidoNota, issue_nota};
use crate::factura::{FacturaFila, LineaFila};
use crate::permisos::EmitirFacturas;
use crate::storage::{cambios, facturas};
use crate::textos::TEXTOS;

/// Which way the debt moves.
#[derive(Debug, Deserialize)]
pub struct Sentido {
    #[serde(default)]
    sentido: SentidoNota,
}

struct LineaForma {
    indice: usize,
    linea: i32,
    descripcion: String,
    queda: String,
}

#[derive(Template)]
#[template(path = "facturacion/nota.html")]
struct Nota {
    marco: Marco,
    f: Formulario,
    accion: String,
    idem: String,
    credito: bool,
    moneda: String,
    motivos: Vec<Opcion>,
    lineas: Vec<LineaForma>,
    /// Whether something of it is paid, which a credit gives back.
    pagada: bool,
    volver: String,
}

/// `GET /facturacion/facturas/{factura}/notas`
pub async fn get_nota(
    vista: Vista<EmitirFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    Filtros(query): Filtros<Sentido>,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let sentido = word(query.sentido);
    render(&vista, &app, &fila, Formulario::filled([("sentido", sentido)])).await
}

fn word(sentido: SentidoNota) -> &'static str {
    match sentido {
        SentidoNota::Credito => "credito",
        SentidoNota::Debito => "debito",
    }
}

/// Motives of each catalogue, by country, way and whether the invoice is a boleta.
fn motives(tipo: &str, credito: bool) -> &'static [&'static str] {
    match (tipo, credito) {
        ("01", true) => &["09", "04", "05", "06", "07", "01", "02", "03", "08", "10"],
        ("03", true) => &["09", "06", "07", "01", "02", "03", "10"],
        ("01" | "03", false) => &["01", "02", "03"],
        (_, true) => &["01", "03"],
        (_, false) => &[],
    }
}

fn motive_key(tipo: &str, credito: bool, motivo: &str) -> String {
    let catalogo = match (tipo, credito) {
        ("01" | "03", true) => "pe-credito",
        ("01" | "03", false) => "pe-debito",
        _ => "mx-credito",
    };
    format!("facturacion-motivo-{catalogo}-{motivo}")
}

async fn render(
    vista: &Vista<EmitirFacturas>,
    app: &App,
    fila: &FacturaFila,
    f: Formulario,
) -> Result<Response, Problem> {
    let credito = f.value("sentido") != "debito";
    let clave = match credito {
        true => "facturacion-nota-credito-titulo",
        false => "facturacion-nota-debito-titulo",
    };
    let numero = fila.numero();
    let marco = under(vista.marco(&TEXTOS, clave), &numero).refused(&f);
    let lineas = facturas::lineas(&app.db, &[fila.id.uuid()]).await?;
    let motivo = |m: &&str| {
        let texto = marco.t(&motive_key(&fila.tipo, credito, m));
        Opcion::new(*m, format!("{m} · {texto}"))
    };
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let p = Nota {
        accion: format!("{}/notas", route(&numero)),
        idem: vista.peticion().idem(),
        credito,
        moneda: fila.moneda.clone(),
        motivos: motives(&fila.tipo, credito).iter().map(motivo).collect(),
        lineas: lines(&marco, &lineas, (&fila.moneda, credito)),
        pagada: fila.aplicado > 0,
        volver: route(&numero),
        f,
        marco,
    };
    page(estado, &p)
}

fn lines(marco: &Marco, filas: &[LineaFila], (moneda, credito): (&str, bool)) -> Vec<LineaForma> {
    let queda = |l: &LineaFila| l.importe - l.acreditado;
    let suyas = filas.iter().filter(|l| !credito || queda(l) > 0).enumerate();
    suyas
        .map(|(indice, l)| LineaForma {
            indice,
            linea: l.linea,
            descripcion: l.descripcion.clone(),
            queda: amount(marco, queda(l), moneda),
        })
        .collect()
}

/// `POST /facturacion/facturas/{factura}/notas`
pub async fn post_nota(
    vista: Vista<EmitirFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    if form.value(PASO) == EDITAR {
        return render(&vista, &app, &fila, form).await;
    }
    let (datos, filas) = match read(&vista, &form) {
        Ok(leido) => leido,
        Err(problem) => {
            return render(&vista, &app, &fila, form.refused(&of_body(problem)?)).await;
        }
    };
    let hecho = match form.value(PASO) {
        HACER => issue(&vista, &app, &fila, (datos, &form)).await,
        _ => look(&vista, &app, &fila, (datos, &form)).await,
    };
    match hecho {
        Ok(respuesta) => Ok(respuesta),
        Err(problem) => {
            let problema = at_rows(of_body(problem)?, "lineas", &filas);
            render(&vista, &app, &fila, form.refused(&problema)).await
        }
    }
}

/// The body that the form means, and the rows that were filled.
fn read(
    vista: &Vista<EmitirFacturas>,
    form: &Formulario,
) -> Result<(DatosNota, Vec<usize>), Problem> {
    let mut plano = form.clone();
    plano.plain_money(&vista.peticion().navegante.formato, &["lineas[].importe"])?;
    let mut filas = Vec::new();
    let mut lineas = Vec::new();
    for fila in 0..100 {
        let campo = |nombre: &str| plano.value(&format!("lineas[{fila}].{nombre}"));
        let importe = campo("importe").trim();
        let Ok(linea) = campo("linea").parse() else { continue };
        if importe.is_empty() {
            continue;
        }
        filas.push(fila);
        let descripcion = Some(campo("descripcion").trim()).filter(|d| !d.is_empty());
        let (importe, descripcion) = (Some(importe.to_owned()), descripcion.map(str::to_owned));
        lineas.push(LineaNota { linea, importe, descripcion });
    }
    let sentido = match form.value("sentido") {
        "debito" => SentidoNota::Debito,
        _ => SentidoNota::Credito,
    };
    let (motivo, sustento) = (form.value("motivo").to_owned(), form.value("sustento").to_owned());
    let excedente = match form.value("excedente") {
        "devolucion" => Excedente::Devolucion,
        _ => Excedente::Saldo,
    };
    Ok((DatosNota { sentido, motivo, sustento, lineas, excedente }, filas))
}

/// Issues the note and takes it back: what is shown is what would be issued.
async fn look(
    vista: &Vista<EmitirFacturas>,
    app: &App,
    fila: &FacturaFila,
    (datos, form): (DatosNota, &Formulario),
) -> Result<Response, Problem> {
    let credito = datos.sentido == SentidoNota::Credito;
    let (motivo, sustento) = (datos.motivo.clone(), datos.sustento.clone());
    let tx = app.db.begin().await?;
    let nota = issue_nota(&tx, vista.cx(), fila.id, datos).await?;
    let emitida = cambios::by_id(&tx, nota.uuid()).await?.ok_or(Error::NotFound("factura"))?;
    let lineas = facturas::lineas(&tx, &[nota.uuid()]).await?;
    tx.rollback().await?;
    let emisor = ramal_plataforma::emisor(&app.db, EmisorId::from_uuid(fila.emisor_id)).await?;
    let clave = match credito {
        true => "facturacion-nota-credito-revisar",
        false => "facturacion-nota-debito-revisar",
    };
    let marco = under(vista.marco(&TEXTOS, clave), &fila.numero());
    let palabras = marco.t(&motive_key(&fila.tipo, credito, &motivo));
    let datos = vec![
        (marco.t("facturacion-nota-sobre"), fila.numero()),
        (marco.t("facturacion-emite"), emisor.razon_social),
        (marco.t("facturacion-motivo"), format!("{motivo} · {palabras}")),
        (marco.t("facturacion-sustento"), sustento),
    ];
    let renglon = |l: &LineaFila| Renglon {
        texto: l.descripcion.clone(),
        monto: amount(&marco, l.total, &fila.moneda),
    };
    Confirmar {
        consecuencia: marco.t("facturacion-nota-consecuencia"),
        accion: format!("{}/notas", route(&fila.numero())),
        idem: vista.peticion().idem(),
        campos: typed(form),
        datos,
        renglones: lineas.iter().map(renglon).collect(),
        total: amount(&marco, emitida.total, &fila.moneda),
        boton: "facturacion-nota-emitir",
        clase: "principal",
        marco,
    }
    .page()
}

async fn issue(
    vista: &Vista<EmitirFacturas>,
    app: &App,
    fila: &FacturaFila,
    (datos, form): (DatosNota, &Formulario),
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let nota = match issue_nota(&tx, vista.cx(), fila.id, datos).await {
        Ok(nota) => nota,
        Err(error) => {
            tx.rollback().await?;
            return Err(Problem(of_form(error)?));
        }
    };
    let emitida = cambios::by_id(&tx, nota.uuid()).await?.ok_or(Error::NotFound("factura"))?;
    let destino = route(&emitida.numero());
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "facturacion-nota-emitir");
    let texto = marco.t1("facturacion-nota-hecha", "numero", emitida.numero());
    Ok(redirect(app, &destino, &[Aviso::ok(texto)]))
}
