//! Sheet of a service: how it stands, what it costs and will cost, what happened to it, and the
//! steps that its state allows. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_catalogo::ProductoId;
use ramal_db::Consulta;
use ramal_plataforma::{Empresa, Permiso, Vista};
use ramal_web::pagina::{Enlace, Hito, Marco, page};
use ramal_web::{App, Problem, Ruta};

use super::hechos::{FilaTramo, Productos, rows, timeline};
use super::palabras::{FilaServicio, route};
use super::paso::load;
use crate::permisos::{CancelarServicios, EditarServicios, LeerServicios, SuspenderServicios};
use crate::textos::TEXTOS;
use crate::{
    Error, EstadoServicio, EventoServicio, Hecho, PoliticaTramos, Servicio, SuspensionCobro,
    storage, tramos,
};

#[derive(Template)]
#[template(path = "contratos/servicio.html")]
struct Ficha {
    marco: Marco,
    fila: FilaServicio,
    cliente: Enlace,
    datos: Vec<(String, String)>,
    notas: String,
    pasos: Vec<Enlace>,
    tramos: Vec<FilaTramo>,
    hitos: Vec<Hito>,
}

/// `GET /admin/servicios/{codigo}`
pub async fn servicio(
    vista: Vista<LeerServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let s = load(&app.db, &codigo).await?;
    let empresa = ramal_plataforma::empresa(&app.db).await.map_err(Error::from)?;
    let hoy = empresa.zona().fecha(vista.cx().now());
    let cliente = ramal_clientes::storage::by_id(&app.db, s.cliente_id).await?;
    let cliente = cliente.ok_or(ramal_clientes::Error::NotFound(s.cliente_id))?;
    let hechos = storage::hechos(&app.db, &[s.id]).await?;
    let eventos: Vec<EventoServicio> = hechos.into_iter().map(|(_, e)| e).collect();
    let productos = product_names(&app.db, &eventos).await?;
    let contrato = match s.contrato_id {
        Some(id) => storage::contrato_by_id(&app.db, ramal_base::Id::from_uuid(id)).await?,
        None => None,
    };
    let marco = vista.marco(&TEXTOS, "contratos-servicios-titulo");
    let lista = marco.t("contratos-servicios-titulo");
    let marco = marco.miga(lista, "/admin/servicios").titled(s.descripcion.clone());
    let renglones = storage::renglones(&app.db, s.id).await?;
    let actores: Vec<&str> = renglones.iter().map(|r| r.actor.as_str()).collect();
    let nombres = storage::names_of(&app.db, &actores).await?;
    let moneda = s.precio.moneda;
    let pagina = Ficha {
        fila: FilaServicio::read(&app.db, &marco, &s, hoy).await?,
        cliente: Enlace {
            texto: format!("{} {}", cliente.codigo(), cliente.razon_social),
            ruta: format!("/admin/clientes/{}/servicios", cliente.codigo()),
            activo: false,
        },
        datos: data(&marco, &s, contrato.map(|c| c.codigo()), &productos),
        notas: s.notas.clone().unwrap_or_default(),
        pasos: steps(&marco, &s, |p| vista.may(p)),
        tramos: rows(&marco, &tramos(&eventos, policy(&empresa)), &productos, moneda),
        hitos: timeline(&marco, renglones, (&productos, &nombres), (moneda, hoy)),
        marco,
    };
    page(StatusCode::OK, &pagina)
}

/// The company's policy of what is charged while suspended.
pub(super) fn policy(empresa: &Empresa) -> PoliticaTramos {
    let suspension: SuspensionCobro =
        serde_json::from_value(empresa.ajustes["suspension_cobro"].clone()).unwrap_or_default();
    PoliticaTramos { suspension, ..PoliticaTramos::default() }
}

/// Names of the products that facts mention.
pub(super) async fn product_names(
    c: &impl Consulta,
    eventos: &[EventoServicio],
) -> Result<Productos, Problem> {
    let suyo = |e: &EventoServicio| match e.hecho {
        Hecho::Alta { producto, .. } | Hecho::CambioPlan { producto, .. } => {
            Some(ProductoId::from_uuid(producto))
        }
        _ => None,
    };
    let mut ids: Vec<ProductoId> = eventos.iter().filter_map(suyo).collect();
    ids.sort_by_key(|id| id.uuid());
    ids.dedup();
    let productos = ramal_catalogo::storage::by_ids(c, &ids).await?;
    Ok(productos.into_iter().map(|p| (p.id.uuid(), p.nombre)).collect())
}

fn data(
    marco: &Marco,
    s: &Servicio,
    contrato: Option<String>,
    productos: &Productos,
) -> Vec<(String, String)> {
    let plan = productos.get(&s.producto_id.uuid()).cloned().unwrap_or_default();
    let fin = s.fin.map(|fin| marco.fecha_texto(&fin.plus_dias(-1)));
    let si_no = |si: bool| marco.t(if si { "contratos-si" } else { "contratos-no" });
    let mut datos = vec![
        ("contratos-plan", plan),
        ("contratos-dia-facturacion", s.ancla.dia().to_string()),
        ("contratos-inicio", marco.fecha_texto(&s.inicio)),
        ("contratos-renueva", si_no(s.auto_renovacion)),
        ("contratos-con-comprobante", si_no(s.requiere_factura)),
        ("contratos-impuesto-incluido", si_no(s.impuesto_incluido)),
    ];
    datos.extend(fin.map(|fin| ("contratos-ensayo-ultimo-dia", fin)));
    datos.extend(contrato.map(|codigo| ("contratos-contrato", codigo)));
    datos.extend(s.grupo.clone().map(|grupo| ("contratos-grupo", grupo)));
    datos.into_iter().map(|(clave, texto)| (marco.t(clave), texto)).collect()
}

/// Steps that the state allows and the person may take; the rest is absent.
fn steps(marco: &Marco, s: &Servicio, may: impl Fn(&str) -> bool) -> Vec<Enlace> {
    use EstadoServicio::{Activo, Cancelado, Suspendido, Vencido};
    let vivo = s.estado != Cancelado;
    let todos = [
        ("suspender", SuspenderServicios::NOMBRE, s.estado == Activo),
        ("reactivar", SuspenderServicios::NOMBRE, matches!(s.estado, Suspendido | Vencido)),
        ("reactivar", SuspenderServicios::NOMBRE, s.estado == Activo && s.fin.is_some()),
        ("plan", EditarServicios::NOMBRE, vivo && s.estado != Vencido),
        ("precio", EditarServicios::NOMBRE, vivo && s.estado != Vencido),
        ("cancelar", CancelarServicios::NOMBRE, vivo),
    ];
    let suyos = todos.into_iter().filter(|(_, permiso, toca)| *toca && may(permiso));
    suyos
        .map(|(paso, _, _)| Enlace {
            texto: marco.t(&format!("contratos-paso-{paso}-titulo")),
            ruta: format!("{}/{paso}", route(s)),
            activo: paso == "reactivar" && s.estado != Activo,
        })
        .collect()
}
