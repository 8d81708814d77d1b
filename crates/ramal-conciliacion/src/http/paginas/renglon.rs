//! One line: its candidates with their reasons, looking for another customer, splitting it, setting
//! it aside, undoing. Every act says what happened and leads to the next line that waits.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Problema;
use ramal_db::{Consulta, Tx, params};
use ramal_facturacion::cobro;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Insignia, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::comun::{LOTES, RENGLONES, amount, for_form, of_problem, renglon_badge};
use super::nombres::{Nombres, Sugerida};
use crate::actions::{adjust_renglon, set_aside, undo_renglon};
use crate::http::api::cliente_named;
use crate::http::api::renglones::{accept, person, resolve};
use crate::permisos::{Conciliar, LeerConciliacion};
use crate::storage::{lotes, renglones, vinculos};
use crate::textos::TEXTOS;
use crate::vistas::{FacturaParteView, ParteDatos, ResolverDatos};
use crate::{Error, EstadoRenglon, Lote, Renglon, RenglonId};

/// Parts that the form of a split offers.
const PARTES: usize = 4;

#[derive(Template)]
#[template(path = "conciliacion/renglon.html")]
struct Ficha {
    marco: Marco,
    f: Formulario,
    ruta: String,
    resolver: String,
    lote: String,
    version: i64,
    idem: String,
    insignia: Insignia,
    importe: String,
    datos: Vec<(String, String)>,
    sugeridas: Vec<Sugerida>,
    pagos: Vec<(String, String, String)>,
    motivo: String,
    pendiente: bool,
    deshacible: bool,
    puede: bool,
    entra: bool,
    buscado: String,
    hallados: Vec<(String, String, String)>,
    elegido: Option<Elegido>,
    partes: Vec<(usize, String, String)>,
}

/// A customer chosen by hand, with what he owes.
struct Elegido {
    codigo: String,
    nombre: String,
    facturas: Vec<(String, String, String, String)>,
}

/// `GET /facturacion/conciliacion/renglones/{id}`
pub async fn ver(
    vista: Vista<LeerConciliacion>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    show(&vista, &app, id, Formulario::default()).await
}

async fn show<P>(
    vista: &Vista<P>,
    app: &App,
    id: Uuid,
    f: Formulario,
) -> Result<Response, Problem> {
    let (renglon, lote) = read(&app.db, id).await?;
    let consulta = Formulario::read(vista.peticion().consulta.as_bytes())?;
    let pagos = vinculos::of_lines(&app.db, &[renglon.id]).await?;
    let nombres = Nombres::load(&app.db, std::slice::from_ref(&renglon), &pagos).await?;
    let ruta = format!("{LOTES}/{}", lote.codigo());
    let marco = vista.marco(&TEXTOS, "conciliacion-renglon-titulo");
    let lista = marco.t("conciliacion-titulo");
    let titulo = amount(&marco, renglon.importe, renglon.moneda);
    let marco = marco.titled(titulo.clone()).miga(lista, LOTES).miga(lote.codigo(), ruta.as_str());
    let marco = marco.refused(&f);
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let elegido = chosen(app, &marco, (&f, &consulta), &renglon).await?;
    let buscado = consulta.value("q").to_owned();
    let viva = lote.estado.is_vivo();
    let suyos = pagos.get(&renglon.id).map_or(&[][..], Vec::as_slice);
    let p = Ficha {
        ruta: format!("{RENGLONES}/{}", renglon.id),
        resolver: format!("{RENGLONES}/{}/resolver", renglon.id),
        lote: ruta,
        version: renglon.version,
        idem: vista.peticion().idem(),
        insignia: renglon_badge(&marco, renglon.estado),
        importe: titulo,
        datos: facts(&marco, &renglon),
        sugeridas: nombres.suggestions(&marco, &renglon, 5),
        pagos: suyos.iter().map(|v| nombres.pago(v.pago_id)).collect(),
        motivo: renglon.motivo.clone().unwrap_or_default(),
        pendiente: viva
            && matches!(renglon.estado, EstadoRenglon::PorConciliar | EstadoRenglon::Apartado),
        deshacible: viva && renglon.estado != EstadoRenglon::PorConciliar,
        puede: vista.may(Conciliar::NOMBRE),
        entra: renglon.importe > 0,
        hallados: found(app, &buscado).await?,
        buscado,
        elegido,
        partes: parts(&f),
        f,
        marco,
    };
    page(estado, &p)
}

/// Rows of the form of a split, as they were typed.
fn parts(f: &Formulario) -> Vec<(usize, String, String)> {
    let valor = |campo: &str, i: usize| f.value(&format!("{campo}{i}")).to_owned();
    (0..PARTES).map(|i| (i, valor("cliente", i), valor("importe", i))).collect()
}

async fn read(c: &impl Consulta, id: Uuid) -> Result<(Renglon, Lote), Error> {
    let renglon = renglones::by_id(c, RenglonId::from_uuid(id)).await?;
    let renglon = renglon.ok_or(Error::NotFound("renglon"))?;
    let lote = lotes::by_id(c, renglon.lote_id).await?.ok_or(Error::NotFound("lote"))?;
    Ok((renglon, lote))
}

fn facts(marco: &Marco, r: &Renglon) -> Vec<(String, String)> {
    let dinero = |n: Option<i64>| n.map_or_else(String::new, |n| amount(marco, n, r.moneda));
    let todos = [
        ("conciliacion-operacion-dia", marco.fecha_texto(&r.fecha_operacion)),
        ("conciliacion-valor-dia", marco.fecha_texto(&r.fecha_valor)),
        ("conciliacion-concepto", r.concepto.clone()),
        ("conciliacion-contraparte", r.contraparte.clone()),
        ("conciliacion-referencia", r.referencia.clone()),
        ("conciliacion-id-banco", r.id_banco.clone().unwrap_or_default()),
        ("conciliacion-cuenta-destino", r.cuenta_destino.clone()),
        ("conciliacion-bruto", dinero(r.bruto)),
        ("conciliacion-comision", dinero(r.comision)),
        ("conciliacion-saldo", dinero(r.saldo)),
    ];
    let dichos = todos.into_iter().filter(|(_, texto)| !texto.is_empty());
    dichos.map(|(clave, texto)| (marco.t(clave), texto)).collect()
}

/// Customers with the words of a search: code, name and address that chooses them.
async fn found(app: &App, buscado: &str) -> Result<Vec<(String, String, String)>, Problem> {
    if buscado.trim().is_empty() {
        return Ok(Vec::new());
    }
    let hallados = ramal_clientes::storage::suggest(&app.db, buscado, 8).await?;
    let uno = |c: ramal_clientes::Cliente| {
        (c.codigo(), c.razon_social.clone(), format!("?cliente={}", c.codigo()))
    };
    Ok(hallados.into_iter().map(uno).collect())
}

async fn chosen(
    app: &App,
    marco: &Marco,
    (f, consulta): (&Formulario, &Formulario),
    r: &Renglon,
) -> Result<Option<Elegido>, Problem> {
    let texto = match f.value("cliente") {
        "" => consulta.value("cliente"),
        texto => texto,
    };
    if texto.is_empty() {
        return Ok(None);
    }
    let Ok(id) = cliente_named(&app.db, texto).await else { return Ok(None) };
    let id = ramal_clientes::ClienteId::from_uuid(id);
    let Some(cliente) = ramal_clientes::storage::by_id(&app.db, id).await? else {
        return Ok(None);
    };
    let abiertas = cobro::abiertas(&app.db, id.uuid(), Some(r.moneda)).await;
    let abiertas = abiertas.map_err(Error::from)?;
    let una = |a: cobro::Abierta| {
        (
            a.factura_id.to_string(),
            a.numero,
            amount(marco, a.abierto, r.moneda),
            marco.fecha(&a.vencimiento),
        )
    };
    Ok(Some(Elegido {
        codigo: cliente.codigo(),
        nombre: cliente.razon_social,
        facturas: abiertas.into_iter().map(una).collect(),
    }))
}

/// The version that a form saw.
fn version(form: &Formulario) -> Option<i64> {
    form.value("version").parse().ok()
}

/// `POST /facturacion/conciliacion/renglones/{id}/aceptar`
pub async fn post_aceptar(
    vista: Vista<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let lugar = form.value("sugerencia").parse().unwrap_or(0);
    let visto = version(&form);
    let acto = async |tx: &Tx| accept(tx, vista.cx(), person(id, visto), lugar).await.map(drop);
    finish(&vista, &app, (id, form), ("conciliacion-hecho-aceptar", acto)).await
}

/// `POST /facturacion/conciliacion/renglones/{id}/resolver`
pub async fn post_resolver(
    vista: Vista<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    mut form: Formulario,
) -> Result<Response, Problem> {
    let nombres: Vec<String> = (0..PARTES).map(|i| format!("importe{i}")).collect();
    let nombres: Vec<&str> = nombres.iter().map(String::as_str).collect();
    let typed = form.clone();
    if let Err(problem) = form.plain_money(&vista.peticion().navegante.formato, &nombres) {
        return show(&vista, &app, id, typed.refused(&of_problem(problem)?)).await;
    }
    let datos = match wanted(&app, id, &form).await {
        Ok(datos) => datos,
        Err(error) => return show(&vista, &app, id, typed.refused(&for_form(error)?)).await,
    };
    let acto = async |tx: &Tx| resolve(tx, vista.cx(), id, &datos).await.map(drop);
    finish(&vista, &app, (id, typed), ("conciliacion-hecho-resolver", acto)).await
}

/// What a form says that a line is: one customer, or several parts.
async fn wanted(app: &App, id: Uuid, form: &Formulario) -> Result<ResolverDatos, Error> {
    let version = version(form);
    if form.value("dividir") == "si" {
        let fila =
            |i: usize| (form.value(&format!("cliente{i}")), form.value(&format!("importe{i}")));
        let dichas = (0..PARTES).map(fila).filter(|(c, m)| !c.trim().is_empty() || !m.is_empty());
        let parte = |(cliente, importe): (&str, &str)| ParteDatos {
            cliente: cliente.to_owned(),
            importe: Some(importe.to_owned()),
            ..ParteDatos::default()
        };
        let partes = dichas.map(parte).collect();
        return Ok(ResolverDatos { version, partes, ..ResolverDatos::default() });
    }
    let cliente = form.value("cliente").to_owned();
    if cliente.trim().is_empty() {
        return Err(Error::campo("cliente", "cliente_requerido", "Elegir el cliente."));
    }
    let reparto = Some(form.value("reparto").to_owned());
    let facturas = match form.value("reparto") {
        "facturas" => of_facturas(app, id, (&cliente, &form.values("facturas"))).await?,
        _ => Vec::new(),
    };
    let parte = ParteDatos { cliente, importe: None, reparto, facturas };
    Ok(ResolverDatos { version, partes: vec![parte], ..ResolverDatos::default() })
}

/// The chosen invoices with as much of the line's money as each takes, in order.
async fn of_facturas(
    app: &App,
    id: Uuid,
    (cliente, elegidas): (&str, &[&str]),
) -> Result<Vec<FacturaParteView>, Error> {
    let (renglon, _) = read(&app.db, id).await?;
    let cliente = cliente_named(&app.db, cliente).await?;
    let abiertas = cobro::abiertas(&app.db, cliente, Some(renglon.moneda)).await?;
    let mut resto = renglon.importe;
    let mut partes = Vec::new();
    for a in abiertas.iter().filter(|a| elegidas.contains(&a.factura_id.to_string().as_str())) {
        let pone = resto.min(a.abierto);
        resto -= pone;
        if pone > 0 {
            let importe = ramal_base::dinero::format_centavos(pone);
            partes.push(FacturaParteView { factura_id: a.factura_id.uuid(), importe });
        }
    }
    if partes.is_empty() {
        let motivo = "Elegir al menos una factura, o aplicar a lo más viejo.";
        return Err(Error::campo("facturas", "facturas_requeridas", motivo));
    }
    Ok(partes)
}

/// `POST /facturacion/conciliacion/renglones/{id}/apartar`
pub async fn post_apartar(
    vista: Vista<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let (orden, motivo) = (person(id, version(&form)), form.value("motivo").to_owned());
    let acto = async |tx: &Tx| set_aside(tx, vista.cx(), orden, &motivo).await;
    finish(&vista, &app, (id, form), ("conciliacion-hecho-apartar", acto)).await
}

/// `POST /facturacion/conciliacion/renglones/{id}/ajustar`
pub async fn post_ajustar(
    vista: Vista<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let (orden, motivo) = (person(id, version(&form)), form.value("motivo").to_owned());
    let acto = async |tx: &Tx| adjust_renglon(tx, vista.cx(), orden, &motivo).await;
    finish(&vista, &app, (id, form), ("conciliacion-hecho-ajustar", acto)).await
}

/// `POST /facturacion/conciliacion/renglones/{id}/deshacer`
pub async fn post_deshacer(
    vista: Vista<Conciliar>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let destino = format!("{RENGLONES}/{id}");
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let aviso = match undo_renglon(&tx, vista.cx(), person(id, None)).await {
        Ok(()) => {
            idem.remember_redirect(&tx, vista.cx(), &destino).await?;
            tx.commit().await?;
            let marco = vista.marco(&TEXTOS, "conciliacion-titulo");
            Aviso::ok(marco.t("conciliacion-hecho-deshacer"))
        }
        Err(error) => {
            tx.rollback().await?;
            Aviso::mal(for_form(error)?.detalle)
        }
    };
    Ok(redirect(&app, &destino, &[aviso]))
}

/// Does an act once, and leads to the lote with the way to undo it.
async fn finish(
    vista: &Vista<Conciliar>,
    app: &App,
    (id, form): (Uuid, Formulario),
    (clave, acto): (&str, impl AsyncFnOnce(&Tx) -> Result<(), Error>),
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = acto(&tx).await {
        tx.rollback().await?;
        let problema: Problema = for_form(error)?;
        if problema.codigo == "renglon_resuelto" {
            let ruta = format!("{RENGLONES}/{id}");
            return Ok(redirect(app, &ruta, &[Aviso::mal(problema.detalle)]));
        }
        return show(vista, app, id, form.refused(&problema)).await;
    }
    let (_, lote) = read(&tx, id).await?;
    let destino = next(&tx, &lote, id).await?;
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "conciliacion-titulo");
    let aviso = Aviso::ok(marco.t(clave)).undo(format!("{RENGLONES}/{id}/deshacer"));
    Ok(redirect(app, &destino, &[aviso]))
}

/// The page of the lote that holds the lines after this one.
async fn next(c: &impl Consulta, lote: &Lote, id: Uuid) -> Result<String, Error> {
    const SQL: &str = "SELECT orden FROM conciliacion_renglones WHERE id = $1";
    let orden: i64 = c.scalar(SQL, params![id]).await?.unwrap_or(0);
    let raiz = format!("{LOTES}/{}", lote.codigo());
    // Lines are few on a page: the list begins again where the hand was only far into the file.
    Ok(if orden > 60 { format!("{raiz}?cursor={}", orden - 10) } else { raiz })
}
