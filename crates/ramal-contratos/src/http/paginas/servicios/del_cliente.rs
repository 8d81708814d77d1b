//! Tab of a customer's sheet with his services and what they add up to. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_clientes::cliente::EstadoCliente;
use ramal_clientes::{Ficha, ficha};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Marco, page};
use ramal_web::{App, Problem, Ruta};

use super::palabras::FilaServicio;
use crate::permisos::{ContratarServicios, LeerServicios};
use crate::textos::TEXTOS;
use crate::vencimiento::resumen;
use crate::{actions, storage};

#[derive(Template)]
#[template(path = "contratos/del_cliente.html")]
struct Servicios {
    marco: Marco,
    ficha: Ficha,
    filas: Vec<FilaServicio>,
    activos: String,
    por_mes: String,
    proximo: String,
    contratar: bool,
    ruta_contratar: String,
}

/// `GET /admin/clientes/{codigo}/servicios`
pub async fn servicios(
    vista: Vista<LeerServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let marco = ficha.titled(vista.marco(&TEXTOS, "contratos-servicios-titulo"));
    let hoy = actions::hoy(&app.db, vista.cx()).await?;
    let servicios = storage::by_cliente(&app.db, ficha.cliente.id).await?;
    let servicios = storage::with_marcas(&app.db, servicios).await?;
    let suma = resumen(&servicios, hoy);
    let montos: Vec<String> = suma.monto_mensual.iter().map(|m| marco.dinero(m)).collect();
    let activo = ficha.cliente.estado == EstadoCliente::Activo;
    let pagina = Servicios {
        filas: servicios.iter().map(|(s, m)| FilaServicio::new(&marco, s, *m, hoy)).collect(),
        activos: suma.activos.to_string(),
        por_mes: montos.join(" + "),
        proximo: suma.proximo_vencimiento.map_or_else(String::new, |f| marco.fecha_texto(&f)),
        contratar: activo && vista.may(ContratarServicios::NOMBRE),
        ruta_contratar: format!("{}/servicios/contratar", ficha.ruta()),
        marco,
        ficha,
    };
    page(StatusCode::OK, &pagina)
}
