//! Payments that wait for a person: the queue, and deciding one. Nothing leaves it without an
//! author and a reason.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_db::{Cursor, Pagina};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Insignia, Listado, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::comun::{CUARENTENA, amount, conciliation_tabs, gateway_word, of_form};
use super::pasos::reason;
use crate::Error;
use crate::actions::{Asignacion, assign_cuarentena, dismiss_cuarentena};
use crate::permisos::{LeerCobros, ResolverCobros};
use crate::storage::cobros;
use crate::storage::cuarentena::{self, Cuarentena, CuarentenaId};
use crate::storage::lista;
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "cobros/cuarentena.html")]
struct Cola {
    marco: Marco,
    pestanas: Vec<Enlace>,
    vistas: Vec<Enlace>,
    l: Listado,
    filas: Vec<Renglon>,
    puede_resolver: bool,
}

struct Renglon {
    ruta: String,
    referencia: String,
    pasarela: String,
    motivos: String,
    monto: String,
    llego: String,
    insignia: Insignia,
}

/// States of the queue, the one that waits first.
const ESTADOS: [&str; 3] = ["abierta", "asignada", "descartada"];

/// `GET /facturacion/conciliacion/cuarentena`
pub async fn lista(vista: Vista<LeerCobros>, State(app): State<App>) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobros-cuarentena-titulo").listens(&["cuarentena"]);
    let pedido = marco.consulta.split('&').find_map(|par| par.strip_prefix("estado="));
    let estado = ESTADOS.into_iter().find(|e| Some(*e) == pedido).unwrap_or(ESTADOS[0]);
    let l = Listado::new(&marco, Vec::new());
    let primera = Cursor { cursor: None, ..l.cursor() };
    let pagina = match cuarentena::list(&app.db, estado, &l.cursor()).await? {
        Some(pagina) => pagina,
        None => cuarentena::list(&app.db, estado, &primera)
            .await?
            .unwrap_or(Pagina { datos: Vec::new(), siguiente: None }),
    };
    let l = l.paged(&pagina);
    let filas = pagina.datos.iter().map(|q| row(&marco, q)).collect();
    let view = |e: &str| Enlace {
        texto: marco.t(&format!("cobros-cuarentena-{e}")),
        ruta: format!("{CUARENTENA}?estado={e}"),
        activo: e == estado,
    };
    let vistas = ESTADOS.into_iter().map(view).collect();
    let puede_resolver = vista.may(ResolverCobros::NOMBRE);
    let pestanas = conciliation_tabs(&marco);
    page(StatusCode::OK, &Cola { marco, pestanas, vistas, l, filas, puede_resolver })
}

fn row(marco: &Marco, q: &Cuarentena) -> Renglon {
    let texto = marco.t(&format!("cobros-cuarentena-{}", q.estado));
    Renglon {
        ruta: format!("{CUARENTENA}/{}", q.id),
        referencia: q.referencia.clone(),
        pasarela: gateway_word(marco, &q.pasarela),
        motivos: reasons(marco, q),
        monto: money(marco, q),
        llego: marco.momento(&q.creado),
        insignia: match q.estado.as_str() {
            "abierta" => Insignia::aviso(texto),
            "asignada" => Insignia::ok(texto),
            _ => Insignia::cruz(texto),
        },
    }
}

fn reasons(marco: &Marco, q: &Cuarentena) -> String {
    q.motivos.split(',').map(|m| reason(marco, m)).collect::<Vec<_>>().join(", ")
}

fn money(marco: &Marco, q: &Cuarentena) -> String {
    match (q.importe, q.moneda.as_deref()) {
        (Some(importe), Some(moneda)) => amount(marco, importe, moneda),
        _ => String::new(),
    }
}

#[derive(Template)]
#[template(path = "cobros/cuarentena_una.html")]
struct Una {
    marco: Marco,
    fila: Renglon,
    acreditado: String,
    cobro: String,
    cobro_ruta: String,
    cliente: String,
    con_dinero: bool,
    abierta: bool,
    actor: String,
    razon: String,
    pago_ruta: String,
    asignar: Formulario,
    descartar: Formulario,
    ruta_asignar: String,
    ruta_descartar: String,
    idem: String,
}

/// `GET /facturacion/conciliacion/cuarentena/{id}`
pub async fn ver(
    vista: Vista<ResolverCobros>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let formas = (Formulario::default(), Formulario::default());
    render(&vista, &app, CuarentenaId::from_uuid(id), formas).await
}

async fn render(
    vista: &Vista<ResolverCobros>,
    app: &App,
    id: CuarentenaId,
    (mut asignar, descartar): (Formulario, Formulario),
) -> Result<Response, Problem> {
    let q = cuarentena::by_id(&app.db, id).await?.ok_or(Error::NotFound("pago"))?;
    let mal = asignar.is_refused() || descartar.is_refused();
    let estado = if mal { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let marco = vista.marco(&TEXTOS, "cobros-cuarentena-titulo");
    let arriba = marco.titulo.clone();
    let titulo = marco.t1("cobros-cuarentena-uno", "referencia", &q.referencia);
    let marco = marco.titled(titulo).miga(arriba, CUARENTENA);
    let marco = Marco { error: mal, ..marco };
    let cobro = match q.cobro_id {
        Some(id) => cobros::by_id(&app.db, id).await?,
        None => None,
    };
    let nombres = match &cobro {
        Some(c) => lista::names(&app.db, &[c.cliente_id]).await?,
        None => lista::names(&app.db, q.cliente_id.as_slice()).await?,
    };
    let suyo = nombres.into_values().next();
    if let (Some((numero, _)), "") = (&suyo, asignar.value("cliente")) {
        asignar.set("cliente", format!("C-{numero}"));
    }
    let p = Una {
        fila: row(&marco, &q),
        acreditado: q.acreditado.map(|a| marco.momento(&a)).unwrap_or_default(),
        cobro: cobro.as_ref().map(crate::cobro::Fila::codigo).unwrap_or_default(),
        cobro_ruta: cobro.as_ref().map(super::comun::route).unwrap_or_default(),
        cliente: suyo.map(|(_, nombre)| nombre).unwrap_or_default(),
        con_dinero: q.importe.is_some_and(|i| i > 0),
        abierta: q.estado == "abierta",
        actor: q.actor.clone().unwrap_or_default(),
        razon: q.razon.clone().unwrap_or_default(),
        pago_ruta: q.pago_id.map(|p| format!("/facturacion/pagos/{p}")).unwrap_or_default(),
        ruta_asignar: format!("{CUARENTENA}/{}/asignar", q.id),
        ruta_descartar: format!("{CUARENTENA}/{}/descartar", q.id),
        idem: vista.peticion().idem(),
        asignar,
        descartar,
        marco,
    };
    page(estado, &p)
}

/// `POST /facturacion/conciliacion/cuarentena/{id}/asignar`
pub async fn asignar(
    vista: Vista<ResolverCobros>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let id = CuarentenaId::from_uuid(id);
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let asignacion = match asked(&form) {
        Ok(asignacion) => asignacion,
        Err(error) => {
            let formas = (form.refused(&of_form(error)?), Formulario::default());
            return render(&vista, &app, id, formas).await;
        }
    };
    if let Err(error) = assign_cuarentena(&tx, vista.cx(), id, &asignacion).await {
        tx.rollback().await?;
        let formas = (form.refused(&of_form(error)?), Formulario::default());
        return render(&vista, &app, id, formas).await;
    }
    idem.remember_redirect(&tx, vista.cx(), CUARENTENA).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobros-cuarentena-titulo");
    Ok(redirect(&app, CUARENTENA, &[Aviso::ok(marco.t("cobros-cuarentena-hecho-asignar"))]))
}

fn asked(form: &Formulario) -> Result<Asignacion, Error> {
    let factura = form.value("factura_id").trim();
    let factura_id = match factura {
        "" => None,
        texto => Some(texto.parse::<Uuid>().map_err(|_| {
            let motivo = "Pegar el identificador de la factura, o dejarlo vacío.";
            Error::campo("factura_id", "valor_invalido", motivo)
        })?),
    };
    Ok(Asignacion { cliente: form.value("cliente").to_owned(), factura_id })
}

/// `POST /facturacion/conciliacion/cuarentena/{id}/descartar`
pub async fn descartar(
    vista: Vista<ResolverCobros>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let id = CuarentenaId::from_uuid(id);
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = dismiss_cuarentena(&tx, vista.cx(), id, form.value("razon")).await {
        tx.rollback().await?;
        let formas = (Formulario::default(), form.refused(&of_form(error)?));
        return render(&vista, &app, id, formas).await;
    }
    idem.remember_redirect(&tx, vista.cx(), CUARENTENA).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobros-cuarentena-titulo");
    Ok(redirect(&app, CUARENTENA, &[Aviso::ok(marco.t("cobros-cuarentena-hecho-descartar"))]))
}
