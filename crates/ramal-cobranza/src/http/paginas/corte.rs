//! The list of cuts of a day: who goes in, who stays out and why, approving it, executing it,
//! taking somebody out, and how it went. It decides nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::{Consulta, Cursor, Pagina};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Insignia, Listado, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::acto::Acto;
use super::comun::{CORTES, amount, of_body, of_form, reason, services, tabs};
use super::cortes::list_badge;
use crate::Error;
use crate::actions;
use crate::http::vistas::{DatosMotivo, reasons};
use crate::nucleo::{Espera, Motivo};
use crate::permisos::{AprobarCortes, EjecutarCortes, LeerCobranza};
use crate::storage::cortes::{self as tabla, CorteFila, RenglonFila};
use crate::storage::deuda;
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "cobranza/corte.html", blocks = ["avance"])]
struct Corte {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    ruta: String,
    insignia: Insignia,
    incluidos: String,
    excluidos: String,
    suspendidos: String,
    omitidos: String,
    hechos: i64,
    total: i64,
    avance: String,
    espera: String,
    aprobada: String,
    fuera: Vec<(String, String)>,
    filas: Vec<Fila>,
    ver: &'static str,
    puede_aprobar: bool,
    puede_ejecutar: bool,
    idem: String,
}

struct Fila {
    servicio: String,
    descripcion: String,
    cliente: String,
    ruta: String,
    vencido: String,
    dias: String,
    insignia: Insignia,
    motivos: String,
    retirar: String,
}

/// `GET /facturacion/morosos/cortes/{fecha}`
pub async fn ver(
    vista: Vista<LeerCobranza>,
    State(app): State<App>,
    Ruta(fecha): Ruta<Fecha>,
) -> Result<Response, Problem> {
    let db = &app.db;
    let corte = tabla::by_fecha(db, fecha).await?.ok_or(Error::NotFound("corte"))?;
    let marco = vista.marco(&TEXTOS, "cobranza-corte-titulo").listens(&["corte"]);
    let dia = marco.fecha_texto(&fecha);
    let titulo = marco.t1("cobranza-corte-del-dia", "dia", dia);
    let lista = marco.t("cobranza-cortes-titulo");
    let marco = marco.miga(lista, CORTES).titled(titulo);
    let l =
        Listado::new(&marco, vec![ramal_web::pagina::Filtro::texto("ver", "cobranza-corte-ver")]);
    let ver = if l.has("ver", "fuera") { "excluido" } else { "incluido" };
    let pagina = lines(db, corte.id, ver, &l.cursor()).await?;
    let filas = rows(db, &marco, (&corte, &pagina.datos)).await?;
    let numero = |n: i64| marco.formato().numero(n);
    let hechos = corte.suspendidos + corte.omitidos;
    let total = corte.incluidos;
    let de = ("total", numero(total));
    let p = Corte {
        pestanas: tabs(&marco, CORTES),
        ruta: format!("{CORTES}/{fecha}"),
        insignia: list_badge(&marco, &corte.estado),
        incluidos: numero(corte.incluidos),
        excluidos: numero(corte.excluidos),
        suspendidos: numero(corte.suspendidos),
        omitidos: numero(corte.omitidos),
        avance: marco.t2("cobranza-corte-avance", ("n", numero(hechos)), de),
        hechos,
        total,
        espera: waiting(&marco, &corte),
        aprobada: approval(&marco, &corte),
        fuera: out_by_reason(db, &marco, corte.id).await?,
        filas,
        ver,
        puede_aprobar: corte.estado == "por_aprobar" && vista.may(AprobarCortes::NOMBRE),
        puede_ejecutar: corte.estado == "aprobada" && vista.may(EjecutarCortes::NOMBRE),
        idem: vista.peticion().idem(),
        l: l.paged(&pagina),
        marco,
    };
    if vista.peticion().hx.wants("avance") {
        return page(StatusCode::OK, &p.as_avance());
    }
    page(StatusCode::OK, &p)
}

async fn lines(
    c: &impl Consulta,
    corte: Uuid,
    decision: &str,
    cursor: &Cursor,
) -> Result<Pagina<RenglonFila>, Problem> {
    let tras = cursor.cursor.as_deref().and_then(|t| t.parse().ok());
    let filas = tabla::by_decision(c, corte, decision, (tras, cursor.filas())).await?;
    Ok(Pagina::cut(filas, cursor, |r| r.servicio_id.to_string()))
}

/// Why a list waits, in words.
fn waiting(marco: &Marco, corte: &CorteFila) -> String {
    let Some(texto) = &corte.espera else { return String::new() };
    let numero = |n: u32| marco.formato().numero(i64::from(n));
    match serde_json::from_str::<Espera>(texto) {
        Ok(Espera::Siempre) => marco.t("cobranza-espera-siempre"),
        Ok(Espera::Larga(n)) => marco.t1("cobranza-espera-larga", "n", numero(n)),
        Ok(Espera::Inusual(n)) => marco.t1("cobranza-espera-inusual", "n", numero(n)),
        Err(_) => match serde_json::from_str::<Motivo>(texto) {
            Ok(motivo) => marco.t1("cobranza-espera-fuente", "motivo", reason(marco, &motivo)),
            Err(_) => marco.t("cobranza-espera-despues"),
        },
    }
}

fn approval(marco: &Marco, corte: &CorteFila) -> String {
    match (&corte.aprobada_por, corte.aprobada) {
        (Some(quien), Some(cuando)) => {
            let cuando = marco.momento(&cuando);
            marco.t2("cobranza-corte-aprobada-por", ("quien", quien), ("cuando", cuando))
        }
        _ => String::new(),
    }
}

/// How many stay out, by their first reason.
async fn out_by_reason(
    c: &impl Consulta,
    marco: &Marco,
    corte: Uuid,
) -> Result<Vec<(String, String)>, Problem> {
    let mut por_codigo: Vec<(&'static str, i64)> = Vec::new();
    for (texto, n) in tabla::excluded_by_reason(c, corte).await? {
        let Some(codigo) = reasons(&texto).first().map(Motivo::codigo) else {
            continue;
        };
        match por_codigo.iter_mut().find(|(otro, _)| *otro == codigo) {
            Some((_, suma)) => *suma += n,
            None => por_codigo.push((codigo, n)),
        }
    }
    por_codigo.sort_by_key(|(codigo, n)| (std::cmp::Reverse(*n), *codigo));
    let palabra = |codigo: &str| marco.t(&format!("cobranza-fuera-{}", super::comun::word(codigo)));
    let par = |(codigo, n): (&str, i64)| (palabra(codigo), marco.formato().numero(n));
    Ok(por_codigo.into_iter().map(par).collect())
}

async fn rows(
    c: &impl Consulta,
    marco: &Marco,
    (corte, renglones): (&CorteFila, &[RenglonFila]),
) -> Result<Vec<Fila>, Problem> {
    let clientes: Vec<Uuid> = renglones.iter().map(|r| r.cliente_id).collect();
    let nombres = deuda::nombres(c, &clientes).await?;
    let servicios: Vec<Uuid> = renglones.iter().map(|r| r.servicio_id).collect();
    let servicios = services(c, &servicios).await?;
    let abierta = matches!(corte.estado.as_str(), "por_aprobar" | "aprobada");
    let fila = |r: &RenglonFila| {
        let nombre = nombres.get(&r.cliente_id);
        let codigo = nombre.map_or_else(String::new, |n| format!("C-{}", n.numero));
        let servicio = servicios.iter().find(|s| s.id == r.servicio_id);
        let motivos: Vec<String> = reasons(&r.motivos).iter().map(|m| reason(marco, m)).collect();
        let retirar = abierta && r.resultado == "pendiente";
        Fila {
            servicio: servicio.map_or_else(String::new, |s| format!("S-{}", s.numero)),
            descripcion: servicio.map_or_else(String::new, |s| s.descripcion.clone()),
            cliente: nombre.map_or_else(String::new, |n| n.razon_social.clone()),
            ruta: format!("/admin/clientes/{codigo}/cobranza"),
            vencido: amount(marco, r.vencido, &r.moneda),
            dias: marco.formato().numero(r.dias),
            insignia: result_badge(marco, &r.resultado),
            motivos: motivos.join(" · "),
            retirar: match retirar {
                true => format!("{CORTES}/{}/{}", corte.fecha, r.servicio_id),
                false => String::new(),
            },
        }
    };
    Ok(renglones.iter().map(fila).collect())
}

fn result_badge(marco: &Marco, resultado: &str) -> Insignia {
    let texto = marco.t(&format!("cobranza-resultado-{resultado}"));
    match resultado {
        "suspendido" => Insignia::pausa(texto),
        "pendiente" => Insignia::aviso(texto),
        "omitido" => Insignia::ok(texto),
        _ => Insignia::gris(texto),
    }
}

/// `POST /facturacion/morosos/cortes/{fecha}/aprobar`
pub async fn post_aprobar(
    vista: Vista<AprobarCortes>,
    State(app): State<App>,
    Ruta(fecha): Ruta<Fecha>,
    form: Formulario,
) -> Result<Response, Problem> {
    let destino = format!("{CORTES}/{fecha}");
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let marco = vista.marco(&TEXTOS, "cobranza-corte-titulo");
    if let Err(error) = actions::approve_corte(&tx, vista.cx(), fecha).await {
        tx.rollback().await?;
        return Ok(redirect(&app, &destino, &[Aviso::mal(of_form(error)?.detalle)]));
    }
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    Ok(redirect(&app, &destino, &[Aviso::ok(marco.t("cobranza-corte-aprobar-hecho"))]))
}

/// `POST /facturacion/morosos/cortes/{fecha}/ejecutar`
pub async fn post_ejecutar(
    vista: Vista<EjecutarCortes>,
    State(app): State<App>,
    Ruta(fecha): Ruta<Fecha>,
    form: Formulario,
) -> Result<Response, Problem> {
    let destino = format!("{CORTES}/{fecha}");
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let marco = vista.marco(&TEXTOS, "cobranza-corte-titulo");
    if let Err(error) = actions::ask_execution(&tx, vista.cx(), fecha).await {
        tx.rollback().await?;
        return Ok(redirect(&app, &destino, &[Aviso::mal(of_form(error)?.detalle)]));
    }
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    Ok(redirect(&app, &destino, &[Aviso::info(marco.t("cobranza-corte-ejecutar-hecho"))]))
}

fn remove_page(
    vista: &Vista<AprobarCortes>,
    (fecha, servicio): (Fecha, Uuid),
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-corte-retirar");
    let lista = marco.t("cobranza-cortes-titulo");
    let marco = marco.miga(lista, CORTES).refused(&f);
    Acto {
        consecuencia: marco.t("cobranza-corte-retirar-efecto"),
        accion: format!("{CORTES}/{fecha}/{servicio}"),
        idem: vista.peticion().idem(),
        volver: format!("{CORTES}/{fecha}"),
        boton: "cobranza-corte-retirar",
        marco,
        f,
    }
    .page()
}

/// `GET /facturacion/morosos/cortes/{fecha}/{servicio}`
pub async fn get_retirar(
    vista: Vista<AprobarCortes>,
    State(app): State<App>,
    Ruta(cual): Ruta<(Fecha, Uuid)>,
) -> Result<Response, Problem> {
    let corte = tabla::by_fecha(&app.db, cual.0).await?.ok_or(Error::NotFound("corte"))?;
    tabla::renglon(&app.db, corte.id, cual.1).await?.ok_or(Error::NotFound("servicio"))?;
    remove_page(&vista, cual, Formulario::default())
}

/// `POST /facturacion/morosos/cortes/{fecha}/{servicio}`
pub async fn post_retirar(
    vista: Vista<AprobarCortes>,
    State(app): State<App>,
    Ruta(cual): Ruta<(Fecha, Uuid)>,
    form: Formulario,
) -> Result<Response, Problem> {
    let datos: DatosMotivo = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return remove_page(&vista, cual, form.refused(&of_body(problem)?)),
    };
    let destino = format!("{CORTES}/{}", cual.0);
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = actions::remove_renglon(&tx, vista.cx(), cual, &datos.motivo).await {
        tx.rollback().await?;
        return remove_page(&vista, cual, form.refused(&of_form(error)?));
    }
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-corte-retirar");
    Ok(redirect(&app, &destino, &[Aviso::ok(marco.t("cobranza-corte-retirar-hecho"))]))
}
