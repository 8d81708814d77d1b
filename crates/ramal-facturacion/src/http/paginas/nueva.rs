//! An invoice by hand: form, look, issue. The look is the same action, taken back.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::{Vista, emisores};
use ramal_web::pagina::{Aviso, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Filtros, Formulario, Marco, Problem};
use serde::Deserialize;

use super::comun::{LISTA, amount, route};
use super::formas::{Confirmar, EDITAR, HACER, PASO, Renglon, at_rows, of_body, of_form, typed};
use crate::actions::{DatosFactura, create_factura};
use crate::factura::{FacturaFila, LineaFila};
use crate::permisos::EmitirFacturas;
use crate::storage::{cambios, facturas};
use crate::textos::TEXTOS;
use crate::{Error, FacturaId};

/// Rows of an empty form.
const FILAS: usize = 3;
/// Most rows of a form.
const FILAS_MAX: usize = 40;
/// Value of the step that asks for more rows.
const MAS: &str = "mas";
const RUTA: &str = "/facturacion/facturas/nueva";

/// For whom, if it is known.
#[derive(Debug, Deserialize)]
pub struct ParaQuien {
    cliente: Option<String>,
}

#[derive(Template)]
#[template(path = "facturacion/nueva.html")]
struct Nueva {
    marco: Marco,
    f: Formulario,
    idem: String,
    emisores: Vec<Opcion>,
    impuestos: Vec<Opcion>,
    formas: Vec<Opcion>,
    filas: Vec<usize>,
    moneda: String,
}

/// `GET /facturacion/facturas/nueva`
pub async fn get_nueva(
    vista: Vista<EmitirFacturas>,
    State(app): State<App>,
    Filtros(quien): Filtros<ParaQuien>,
) -> Result<Response, Problem> {
    let cliente = quien.cliente.unwrap_or_default();
    render(&vista, &app, Formulario::filled([("_cliente", cliente)])).await
}

fn shell(vista: &Vista<EmitirFacturas>, clave: &str) -> Marco {
    let marco = vista.marco(&TEXTOS, clave);
    let lista = marco.t("facturacion-facturas-titulo");
    marco.miga(lista, LISTA)
}

async fn render(
    vista: &Vista<EmitirFacturas>,
    app: &App,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = shell(vista, "facturacion-nueva-titulo").refused(&f);
    let todos = emisores(&app.db).await?;
    let emisor = |e: &ramal_plataforma::Emisor| {
        Opcion::new(e.id.to_string(), format!("{} {}", e.numero, e.razon_social))
    };
    let trato =
        |t: &str| Opcion::new(t, marco.t(&format!("facturacion-impuesto-{}", t.replace('_', "-"))));
    let forma = |c: &str| Opcion::new(c, marco.t(&format!("facturacion-forma-{c}")));
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let p = Nueva {
        idem: vista.peticion().idem(),
        moneda: todos.first().map(|e| e.moneda.codigo().to_owned()).unwrap_or_default(),
        emisores: if todos.len() > 1 { todos.iter().map(emisor).collect() } else { Vec::new() },
        impuestos: ["general", "cero", "exento", "inafecto"].into_iter().map(trato).collect(),
        formas: ["03", "01", "04", "28"].into_iter().map(forma).collect(),
        filas: (0..rows(&f)).collect(),
        f,
        marco,
    };
    page(estado, &p)
}

/// Rows that the form shows: those with something, and some more if they were asked for.
fn rows(f: &Formulario) -> usize {
    let ultima = filled_rows(f).last().map_or(0, |n| n + 1);
    let mas = if f.value(PASO) == MAS { ultima + FILAS } else { ultima };
    mas.clamp(FILAS, FILAS_MAX)
}

fn filled_rows(f: &Formulario) -> Vec<usize> {
    let con_algo = |n: &usize| {
        let inicio = format!("lineas[{n}].");
        f.fields().iter().any(|(nombre, v)| nombre.starts_with(&inicio) && !v.trim().is_empty())
    };
    (0..FILAS_MAX).filter(con_algo).collect()
}

/// `POST /facturacion/facturas/nueva`
pub async fn post_nueva(
    vista: Vista<EmitirFacturas>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    if matches!(form.value(PASO), EDITAR | MAS) {
        return render(&vista, &app, form).await;
    }
    let hecho = match read(&vista, &app, &form).await {
        Ok(datos) if form.value(PASO) == HACER => issue(&vista, &app, datos, &form).await,
        Ok(datos) => look(&vista, &app, datos, &form).await,
        Err(problem) => Err(problem),
    };
    match hecho {
        Ok(respuesta) => Ok(respuesta),
        Err(problem) => {
            let problema = at_rows(of_body(problem)?, "lineas", &filled_rows(&form));
            render(&vista, &app, form.refused(&problema)).await
        }
    }
}

async fn read(
    vista: &Vista<EmitirFacturas>,
    app: &App,
    form: &Formulario,
) -> Result<DatosFactura, Problem> {
    let mut plano = form.clone();
    plano.plain_money(&vista.peticion().navegante.formato, &["lineas[].precio"])?;
    let codigo = form.value("_cliente").trim();
    // The search gives «C-12 Bodega El Sol»: the code is enough.
    let codigo = codigo.split_whitespace().next().unwrap_or("");
    let falta = || Problem::campo("_cliente", "cliente_desconocido", "Falta elegir un cliente.");
    let id = match ramal_clientes::referencia::resolve(&app.db, codigo).await {
        Ok(id) => id,
        Err(ramal_clientes::Error::Storage(error)) => return Err(error.into()),
        Err(_) => return Err(falta()),
    };
    plano.set("cliente_id", id.to_string());
    plano.parse()
}

/// Issues the invoice and takes it back: what is shown is what would be issued.
async fn look(
    vista: &Vista<EmitirFacturas>,
    app: &App,
    datos: DatosFactura,
    form: &Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let id = create_factura(&tx, vista.cx(), datos).await?;
    let (fila, lineas) = issued(&tx, id).await?;
    tx.rollback().await?;
    let marco = shell(vista, "facturacion-nueva-revisar");
    let receptor = serde_json::from_str::<ramal_fiscal::Receptor>(&fila.receptor).ok();
    let quien = receptor
        .map(|r| format!("{} · {} {}", r.nombre, r.tipo_documento.as_str(), r.numero))
        .unwrap_or_default();
    let renglon = |l: &LineaFila| Renglon {
        texto: format!("{} × {}", l.cantidad, l.descripcion),
        monto: amount(&marco, l.total, &fila.moneda),
    };
    Confirmar {
        consecuencia: marco.t("facturacion-nueva-consecuencia"),
        accion: RUTA.to_owned(),
        idem: vista.peticion().idem(),
        campos: typed(form),
        datos: vec![
            (marco.t("facturacion-recibe"), quien),
            (marco.t("facturacion-emision"), marco.fecha_texto(&fila.fecha)),
            (marco.t("facturacion-vence"), marco.fecha_texto(&fila.vencimiento)),
            (marco.t("facturacion-subtotal"), amount(&marco, fila.subtotal, &fila.moneda)),
            (marco.t("facturacion-impuestos"), amount(&marco, fila.impuestos, &fila.moneda)),
        ],
        renglones: lineas.iter().map(renglon).collect(),
        total: amount(&marco, fila.total, &fila.moneda),
        boton: "facturacion-nueva-emitir",
        clase: "principal",
        marco,
    }
    .page()
}

async fn issued(
    tx: &ramal_db::Tx,
    id: FacturaId,
) -> Result<(FacturaFila, Vec<LineaFila>), Problem> {
    let fila = cambios::by_id(tx, id.uuid()).await?.ok_or(Error::NotFound("factura"))?;
    let lineas = facturas::lineas(tx, &[id.uuid()]).await?;
    Ok((fila, lineas))
}

async fn issue(
    vista: &Vista<EmitirFacturas>,
    app: &App,
    datos: DatosFactura,
    form: &Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = match create_factura(&tx, vista.cx(), datos).await {
        Ok(id) => id,
        Err(error) => {
            tx.rollback().await?;
            return Err(Problem(of_form(error)?));
        }
    };
    let (fila, _) = issued(&tx, id).await?;
    let destino = route(&fila.numero());
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "facturacion-nueva-titulo");
    let texto = marco.t1("facturacion-nueva-hecha", "numero", fila.numero());
    Ok(redirect(app, &destino, &[Aviso::ok(texto)]))
}
