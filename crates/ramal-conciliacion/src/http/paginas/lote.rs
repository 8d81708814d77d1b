//! A lote: what is left, its lines with the two best candidates of each, and its closing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::dinero::format_centavos;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Conteo, Enlace, Filtro, Insignia, Listado, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};

use super::comun::{
    LOTES, RENGLONES, amount, for_form, lote_badge, of_problem, renglon_badge, renglon_key,
};
use super::nombres::{Nombres, Sugerida};
use crate::actions::{close_lote, reopen_lote};
use crate::http::api::lote_named;
use crate::http::api::lotes::adjustment;
use crate::permisos::{AjustarLotes, CerrarLotes, Conciliar, LeerConciliacion};
use crate::storage::lotes::{self, Resumen};
use crate::storage::renglones::{self, FiltroRenglones};
use crate::storage::{cuentas, vinculos};
use crate::tanda::accept_exact;
use crate::textos::TEXTOS;
use crate::vistas::CerrarDatos;
use crate::{CuentaBancaria, Error, EstadoLote, EstadoRenglon, Lote, Renglon};

#[derive(Template)]
#[template(path = "conciliacion/lote.html", blocks = ["lista"])]
struct Ficha {
    marco: Marco,
    ruta: String,
    cerrar: String,
    reabrir: String,
    cotejar: String,
    insignia: Insignia,
    resumen: String,
    rechazo: String,
    viva: bool,
    leidos: i64,
    total: i64,
    avance: String,
    l: Listado,
    filas: Vec<Fila>,
    exactas: i64,
    idem: String,
    puede: bool,
    puede_cerrar: bool,
    abierto: bool,
    cerrado: bool,
    ajuste: String,
}

struct Fila {
    id: String,
    ruta: String,
    version: i64,
    idem: String,
    fecha: String,
    importe: String,
    texto: String,
    detalle: String,
    insignia: Insignia,
    pendiente: bool,
    sugeridas: Vec<Sugerida>,
    pagos: Vec<(String, String, String)>,
    liquidacion: String,
    motivo: String,
}

/// `GET /facturacion/conciliacion/{lote}`
pub async fn ver(
    vista: Vista<LeerConciliacion>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let lote = lote_named(&app.db, &nombre).await?;
    let cuenta = cuentas::by_id(&app.db, lote.cuenta_id).await?;
    let cuenta = cuenta.ok_or(Error::NotFound("cuenta_bancaria"))?;
    let suma = lotes::sum(&app.db, lote.id).await?;
    let marco = titled(vista.marco(&TEXTOS, "conciliacion-lote-titulo"), &lote, &cuenta);
    let marco = marco.listens(&["lote"]);
    let l = Listado::new(&marco, vec![Filtro::texto("estado", "kit-estado")]);
    let estado = match l.get("estado") {
        None if suma.por_conciliar.n > 0 => Some(EstadoRenglon::PorConciliar),
        None => None,
        Some(texto) => EstadoRenglon::parse(texto),
    };
    let l = l.views(views(&marco, &lote, (&suma, estado)));
    let filtro = FiltroRenglones { lote: lote.id, estado };
    let tramo = renglones::page(&app.db, &filtro, &l.cursor()).await?;
    let total = renglones::count(&app.db, &filtro).await?;
    let filas = rows(&vista, &app, &marco, &tramo.datos).await?;
    let l = l.paged(&tramo).counted(&marco, Conteo::of(total));
    let fragmento = vista.peticion().hx.wants("lista");
    let viva = matches!(lote.estado, EstadoLote::Recibido | EstadoLote::Cotejando);
    let ruta = format!("{LOTES}/{}", lote.codigo());
    let p = Ficha {
        cerrar: format!("{ruta}/cerrar"),
        reabrir: format!("{ruta}/reabrir"),
        cotejar: format!("{ruta}/cotejar"),
        ruta,
        insignia: lote_badge(&marco, lote.estado),
        resumen: summary(&marco, &suma, &cuenta),
        rechazo: refusal(&marco, &lote),
        viva,
        leidos: if lote.estado == EstadoLote::Recibido { lote.leidos } else { lote.cotejados },
        total: lote.leidos.max(1),
        avance: progress(&marco, &lote),
        exactas: suma.exactas,
        idem: vista.peticion().idem(),
        puede: vista.may(Conciliar::NOMBRE),
        puede_cerrar: vista.may(CerrarLotes::NOMBRE),
        abierto: lote.estado == EstadoLote::Abierto,
        cerrado: lote.estado == EstadoLote::Cerrado,
        ajuste: adjusted(&marco, &lote, &cuenta),
        l,
        filas,
        marco,
    };
    if fragmento {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn titled(marco: Marco, lote: &Lote, cuenta: &CuentaBancaria) -> Marco {
    let dia = lote.hasta.map_or_else(String::new, |d| marco.fecha_texto(&d));
    let titulo = format!("{} {} {dia}", lote.codigo(), cuenta.nombre);
    let lista = marco.t("conciliacion-titulo");
    marco.titled(titulo.trim().to_owned()).miga(lista, LOTES)
}

/// `214 movimientos · 198 conciliados · 16 por resolver (S/ 8,412.00)`
fn summary(marco: &Marco, r: &Resumen, cuenta: &CuentaBancaria) -> String {
    let n = |clave: &str, n: i64| marco.t1(clave, "n", n);
    let falta = marco.t2(
        "conciliacion-resumen-falta",
        ("n", r.pendientes()),
        ("monto", amount(marco, r.diferencia(), cuenta.moneda)),
    );
    let partes = [
        n("conciliacion-resumen-todos", r.todos.n),
        n("conciliacion-resumen-hechos", r.conciliados.n),
        falta,
    ];
    partes.join(" · ")
}

fn refusal(marco: &Marco, lote: &Lote) -> String {
    let Some(motivo) = &lote.motivo else { return String::new() };
    match lote.linea_mala {
        None => motivo.clone(),
        Some(n) => marco.t2("conciliacion-rechazo", ("linea", n), ("motivo", motivo.as_str())),
    }
}

fn progress(marco: &Marco, lote: &Lote) -> String {
    match lote.estado {
        EstadoLote::Recibido => marco.t1("conciliacion-leyendo", "n", lote.leidos),
        _ => marco.t1("conciliacion-cotejando", "n", lote.cotejados),
    }
}

fn adjusted(marco: &Marco, lote: &Lote, cuenta: &CuentaBancaria) -> String {
    let (Some(monto), Some(motivo)) = (lote.ajuste, &lote.ajuste_motivo) else {
        return String::new();
    };
    let monto = amount(marco, monto, cuenta.moneda);
    marco.t2("conciliacion-ajuste-dicho", ("monto", monto), ("motivo", motivo.as_str()))
}

fn views(
    marco: &Marco,
    lote: &Lote,
    (suma, activo): (&Resumen, Option<EstadoRenglon>),
) -> Vec<Enlace> {
    let de = |estado: Option<EstadoRenglon>, n: i64| {
        let clave = estado.map_or("conciliacion-todos", renglon_key);
        let consulta = estado.map_or("todos", EstadoRenglon::as_str);
        Enlace {
            texto: format!("{} ({})", marco.t(clave), marco.numero(&n)),
            ruta: format!("{LOTES}/{}?estado={consulta}", lote.codigo()),
            activo: estado == activo,
        }
    };
    vec![
        de(Some(EstadoRenglon::PorConciliar), suma.por_conciliar.n),
        de(Some(EstadoRenglon::Apartado), suma.apartados.n),
        de(Some(EstadoRenglon::Conciliado), suma.conciliados.n),
        de(Some(EstadoRenglon::Ajuste), suma.ajustes.n),
        de(None, suma.todos.n),
    ]
}

async fn rows(
    vista: &Vista<LeerConciliacion>,
    app: &App,
    marco: &Marco,
    renglones: &[Renglon],
) -> Result<Vec<Fila>, Problem> {
    let ids: Vec<_> = renglones.iter().map(|r| r.id).collect();
    let pagos = vinculos::of_lines(&app.db, &ids).await?;
    let liquidaciones = vinculos::payouts_of(&app.db, &ids).await?;
    let nombres = Nombres::load(&app.db, renglones, &pagos).await?;
    let row = |r: &Renglon| {
        let suyos = pagos.get(&r.id).map_or(&[][..], Vec::as_slice);
        let id = liquidaciones.get(&r.id);
        Fila {
            id: r.id.to_string(),
            ruta: format!("{RENGLONES}/{}", r.id),
            version: r.version,
            idem: vista.peticion().idem(),
            fecha: marco.fecha(&r.fecha_operacion),
            importe: amount(marco, r.importe, r.moneda),
            texto: r.concepto.clone(),
            detalle: detail(r),
            insignia: renglon_badge(marco, r.estado),
            pendiente: r.estado == EstadoRenglon::PorConciliar,
            sugeridas: nombres.suggestions(marco, r, 2),
            pagos: suyos.iter().map(|v| nombres.pago(v.pago_id)).collect(),
            liquidacion: id
                .map_or_else(String::new, |id| marco.t1("conciliacion-liquidacion", "id", id)),
            motivo: r.motivo.clone().unwrap_or_default(),
        }
    };
    Ok(renglones.iter().map(row).collect())
}

fn detail(r: &Renglon) -> String {
    let referencia = Some(r.referencia.as_str()).filter(|t| t.contains(|c| c != '0'));
    let partes = [Some(r.contraparte.as_str()), referencia, r.id_banco.as_deref()];
    let dichas: Vec<&str> = partes.into_iter().flatten().filter(|t| !t.is_empty()).collect();
    dichas.join(" · ")
}

/// `POST /facturacion/conciliacion/{lote}/exactas`
pub async fn post_exactas(
    vista: Vista<Conciliar>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let lote = lote_named(&tx, &nombre).await?;
    let marco = vista.marco(&TEXTOS, "conciliacion-titulo");
    let titulo = marco.t1("conciliacion-exactas-tanda", "lote", lote.codigo());
    match accept_exact(&tx, vista.cx(), &lote, titulo).await {
        Ok(tanda) => {
            let destino = format!("/facturacion/tandas/{tanda}");
            idem.remember_redirect(&tx, vista.cx(), &destino).await?;
            tx.commit().await?;
            Ok(redirect(&app, &destino, &[]))
        }
        Err(error) => {
            tx.rollback().await?;
            let aviso = Aviso::mal(for_form(error)?.detalle);
            Ok(redirect(&app, &format!("{LOTES}/{}", lote.codigo()), &[aviso]))
        }
    }
}

/// `POST /facturacion/conciliacion/{lote}/cotejar`
pub async fn post_cotejar(
    vista: Vista<Conciliar>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let lote = lote_named(&tx, &nombre).await?;
    crate::jobs::ask_matching(&tx, vista.cx(), &lote).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "conciliacion-titulo");
    let aviso = Aviso::ok(marco.t("conciliacion-cotejar-pedido"));
    Ok(redirect(&app, &format!("{LOTES}/{}", lote.codigo()), &[aviso]))
}

#[derive(Template)]
#[template(path = "conciliacion/cerrar.html")]
struct Cerrar {
    marco: Marco,
    f: Formulario,
    accion: String,
    idem: String,
    resumen: String,
    pendientes: i64,
    diferencia: String,
    ajuste: String,
    puede_ajustar: bool,
    volver: String,
}

/// `GET /facturacion/conciliacion/{lote}/cerrar`
pub async fn get_cerrar(
    vista: Vista<CerrarLotes>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let lote = lote_named(&app.db, &nombre).await?;
    show_cerrar(&vista, &app, &lote, Formulario::default()).await
}

async fn show_cerrar(
    vista: &Vista<CerrarLotes>,
    app: &App,
    lote: &Lote,
    f: Formulario,
) -> Result<Response, Problem> {
    let cuenta = cuentas::by_id(&app.db, lote.cuenta_id).await?;
    let cuenta = cuenta.ok_or(Error::NotFound("cuenta_bancaria"))?;
    let suma = lotes::sum(&app.db, lote.id).await?;
    let ruta = format!("{LOTES}/{}", lote.codigo());
    let marco = vista.marco(&TEXTOS, "conciliacion-cerrar-titulo");
    let lista = marco.t("conciliacion-titulo");
    let marco = marco.miga(lista, LOTES).miga(lote.codigo(), ruta.as_str()).refused(&f);
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let p = Cerrar {
        accion: format!("{ruta}/cerrar"),
        idem: vista.peticion().idem(),
        resumen: summary(&marco, &suma, &cuenta),
        pendientes: suma.pendientes(),
        diferencia: amount(&marco, suma.diferencia(), cuenta.moneda),
        ajuste: format_centavos(suma.diferencia()),
        puede_ajustar: vista.may(AjustarLotes::NOMBRE),
        volver: ruta,
        f,
        marco,
    };
    page(estado, &p)
}

/// `POST /facturacion/conciliacion/{lote}/cerrar`
pub async fn post_cerrar(
    vista: Vista<CerrarLotes>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let lote = lote_named(&app.db, &nombre).await?;
    let datos: CerrarDatos = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => {
            let f = form.refused(&of_problem(problem)?);
            return show_cerrar(&vista, &app, &lote, f).await;
        }
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let ajuste = adjustment(&datos, vista.may(AjustarLotes::NOMBRE).into())?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = close_lote(&tx, vista.cx(), lote.id, ajuste).await {
        tx.rollback().await?;
        return show_cerrar(&vista, &app, &lote, form.refused(&for_form(error)?)).await;
    }
    let destino = format!("{LOTES}/{}", lote.codigo());
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "conciliacion-titulo");
    let aviso = Aviso::ok(marco.t1("conciliacion-cerrado", "lote", lote.codigo()));
    Ok(redirect(&app, &destino, &[aviso]))
}

/// `POST /facturacion/conciliacion/{lote}/reabrir`
pub async fn post_reabrir(
    vista: Vista<CerrarLotes>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let lote = lote_named(&tx, &nombre).await?;
    reopen_lote(&tx, vista.cx(), lote.id).await?;
    tx.commit().await?;
    Ok(redirect(&app, &format!("{LOTES}/{}", lote.codigo()), &[]))
}
