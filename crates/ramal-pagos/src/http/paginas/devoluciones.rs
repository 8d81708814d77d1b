//! Refunds: those that wait for an approval, and all the others. The rules are in the actions.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Value};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Conteo, Enlace, Filtro, Insignia, Listado, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::comun::{DEVOLUCIONES, LISTA, Nombres, amount, means, of_form, refund_badge, tabs};
use crate::actions::{approve_devolucion, reject_devolucion};
use crate::devolucion::{Devolucion, DevolucionId, EstadoDevolucion};
use crate::permisos::{AprobarDevoluciones, LeerPagos};
use crate::storage::devoluciones;
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "pagos/devoluciones.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    estados: Vec<Opcion>,
    filas: Vec<Fila>,
    puede: bool,
    vacia: bool,
}

struct Fila {
    codigo: String,
    pago: String,
    pago_ruta: String,
    cliente: String,
    cliente_ruta: String,
    monto: String,
    medio: String,
    motivo: String,
    pidio: String,
    cuando: String,
    respuesta: String,
    insignia: Insignia,
    accion: String,
    idem: String,
}

/// `GET /facturacion/devoluciones`
pub async fn lista(vista: Vista<LeerPagos>, State(app): State<App>) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "pagos-devoluciones-titulo").listens(&["pago"]);
    let palabra = |e: EstadoDevolucion| marco.t(&format!("pagos-devolucion-{}", e.as_str()));
    let estados: Vec<Opcion> =
        EstadoDevolucion::TODOS.map(|e| Opcion::new(e.as_str(), palabra(e))).to_vec();
    let filtros = vec![Filtro::opciones("estado", "kit-estado", estados.clone())];
    let l = Listado::new(&marco, filtros);
    let estado = l.get("estado").and_then(EstadoDevolucion::parse);
    let total = devoluciones::count(&app.db, estado).await?;
    let pedida = l.cursor();
    let primera = Cursor { limite: pedida.limite, cursor: None };
    let pagina: Pagina<Devolucion> = match devoluciones::list(&app.db, estado, &pedida).await? {
        Some(pagina) => pagina,
        None => devoluciones::list(&app.db, estado, &primera).await?.ok_or(DbError::Busy)?,
    };
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let puede = vista.may(AprobarDevoluciones::NOMBRE);
    let filas = rows(&vista, &app, (&marco, &pagina.datos)).await?;
    let vacia = total == 0 && !l.has_filtros();
    let pestanas = tabs(&marco, DEVOLUCIONES);
    let fragmento = vista.peticion().hx.wants("lista");
    let p = Lista { marco, pestanas, l, estados, filas, puede, vacia };
    if fragmento {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

#[derive(FromQueryResult)]
struct Dueno {
    pago_id: Uuid,
    pago_numero: i64,
    cliente_numero: i64,
    cliente: String,
}

async fn rows(
    vista: &Vista<LeerPagos>,
    app: &App,
    (marco, datos): (&Marco, &[Devolucion]),
) -> Result<Vec<Fila>, Problem> {
    let actores = datos.iter().map(|d| d.solicitado_por.as_str());
    let nombres = Nombres::load(&app.db, &marco.textos, actores).await?;
    let duenos = owners(&app.db, datos).await?;
    let fila = |d: &Devolucion| {
        let dueno = duenos.get(&d.pago_id.uuid());
        let codigo = dueno.map(|o| format!("C-{}", o.cliente_numero)).unwrap_or_default();
        let pago = dueno.map(|o| format!("P-{}", o.pago_numero)).unwrap_or_default();
        Fila {
            codigo: d.codigo(),
            pago_ruta: format!("{LISTA}/{pago}"),
            pago,
            cliente: dueno.map(|o| o.cliente.clone()).unwrap_or_default(),
            cliente_ruta: format!("/admin/clientes/{codigo}/pagos"),
            monto: amount(marco, d.monto, d.moneda),
            medio: means(&marco.textos, d.medio),
            motivo: d.motivo.clone(),
            pidio: nombres.of(&d.solicitado_por),
            cuando: marco.momento(&d.solicitado),
            respuesta: d.respuesta.clone().unwrap_or_default(),
            insignia: refund_badge(&marco.textos, d.estado),
            accion: match d.estado {
                EstadoDevolucion::Pendiente => format!("{DEVOLUCIONES}/{}", d.id),
                _ => String::new(),
            },
            idem: vista.peticion().idem(),
        }
    };
    Ok(datos.iter().map(fila).collect())
}

async fn owners(c: &impl Consulta, datos: &[Devolucion]) -> Result<HashMap<Uuid, Dueno>, DbError> {
    if datos.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT p.id AS pago_id, p.numero AS pago_numero, c.numero AS cliente_numero, \
         c.razon_social AS cliente FROM pagos p JOIN clientes c ON c.id = p.cliente_id \
         WHERE p.id IN {}",
        placeholders(1, datos.len())
    );
    let valores = datos.iter().map(|d| Value::from(d.pago_id)).collect();
    let filas: Vec<Dueno> = c.all(&sql, valores).await?;
    Ok(filas.into_iter().map(|f| (f.pago_id, f)).collect())
}

/// `POST /facturacion/devoluciones/{devolucion}/aprobar`
pub async fn post_aprobar(
    vista: Vista<AprobarDevoluciones>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let marco = vista.marco(&TEXTOS, "pagos-devoluciones-titulo");
    let aviso = match approve_devolucion(&tx, vista.cx(), DevolucionId::from_uuid(id)).await {
        Ok(d) => Aviso::ok(marco.t1("pagos-devolucion-aprobada", "numero", d.codigo())),
        Err(error) => {
            tx.rollback().await?;
            let aviso = Aviso::mal(of_form(error)?.detalle);
            return Ok(redirect(&app, DEVOLUCIONES, &[aviso]));
        }
    };
    idem.remember_redirect(&tx, vista.cx(), DEVOLUCIONES).await?;
    tx.commit().await?;
    Ok(redirect(&app, DEVOLUCIONES, &[aviso]))
}

/// `POST /facturacion/devoluciones/{devolucion}/rechazar`
pub async fn post_rechazar(
    vista: Vista<AprobarDevoluciones>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let marco = vista.marco(&TEXTOS, "pagos-devoluciones-titulo");
    let respuesta = form.value("respuesta");
    let id = DevolucionId::from_uuid(id);
    let aviso = match reject_devolucion(&tx, vista.cx(), id, respuesta).await {
        Ok(d) => {
            tx.commit().await?;
            Aviso::ok(marco.t1("pagos-devolucion-no", "numero", d.codigo()))
        }
        Err(error) => {
            tx.rollback().await?;
            let problema = of_form(error)?;
            let motivo = problema.errores.first().map(|e| e.motivo.clone());
            Aviso::mal(motivo.unwrap_or(problema.detalle))
        }
    };
    Ok(redirect(&app, DEVOLUCIONES, &[aviso]))
}
