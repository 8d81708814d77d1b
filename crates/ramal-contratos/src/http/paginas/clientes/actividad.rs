//! What happened to a customer and to his services, newest first, from the audit trail. It shows
//! who and when, and which data changed; never the data of others.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_clientes::permisos::LeerClientes;
use ramal_clientes::{Ficha, ficha};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Familia, Hito, Listado, Marco, page};
use ramal_web::{App, Problem, Ruta};
use serde_json::Value;

use super::super::servicios::palabras::{Nombres, who};
use crate::permisos::LeerServicios;
use crate::storage::{self, Apunte};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "contratos/actividad.html")]
struct Actividad {
    marco: Marco,
    ficha: Ficha,
    l: Listado,
    hitos: Vec<Hito>,
}

/// `GET /admin/clientes/{codigo}/actividad`
pub async fn actividad(
    vista: Vista<LeerClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let marco = ficha.titled(vista.marco(&TEXTOS, "contratos-actividad-titulo"));
    let l = Listado::new(&marco, Vec::new());
    let con_servicios = vista.may(LeerServicios::NOMBRE);
    let servicios = match con_servicios {
        true => storage::by_cliente(&app.db, ficha.cliente.id).await?,
        false => Vec::new(),
    };
    let mut objetos = vec![ficha.cliente.id.to_string()];
    objetos.extend(servicios.iter().map(|s| s.id.to_string()));
    let pagina = storage::apuntes(&app.db, &objetos, &l.cursor()).await?;
    let l = l.paged(&pagina);
    let cual = |a: &Apunte| servicios.iter().find(|s| s.id.to_string() == a.objeto_id);
    let actores: Vec<&str> = pagina.datos.iter().map(|a| a.actor.as_str()).collect();
    let nombres = storage::names_of(&app.db, &actores).await?;
    let hito = |a: &Apunte| step(&marco, a, &nombres, cual(a).map(|s| s.codigo()));
    let hitos = pagina.datos.iter().map(hito).collect();
    page(StatusCode::OK, &Actividad { hitos, l, ficha, marco })
}

fn step(marco: &Marco, a: &Apunte, nombres: &Nombres, servicio: Option<String>) -> Hito {
    let accion = a.accion.replace(['.', '_'], "-");
    let titulo = marco.t(&format!("contratos-accion-{accion}"));
    let titulo = match servicio {
        Some(codigo) => format!("{titulo} · {codigo}"),
        None => titulo,
    };
    let mut detalle = vec![who(marco, &a.actor, nombres)];
    let cambios = changed(a.antes.as_deref(), a.despues.as_deref());
    if !cambios.is_empty() {
        detalle.push(marco.t1("contratos-actividad-cambio", "campos", cambios.join(", ")));
    }
    Hito::new(a.instante, titulo).detail(detalle.join(" · ")).family(Familia::Gris)
}

/// Names of the data that differ between how the thing was and how it is.
fn changed(antes: Option<&str>, despues: Option<&str>) -> Vec<String> {
    let leido = |t: Option<&str>| -> Option<Value> { serde_json::from_str(t?).ok() };
    let (Some(Value::Object(antes)), Some(Value::Object(despues))) = (leido(antes), leido(despues))
    else {
        return Vec::new();
    };
    const PROPIOS: [&str; 4] = ["version", "actualizado", "hechos", "motivo"];
    let distinto = |(campo, valor): &(&String, &Value)| {
        !PROPIOS.contains(&campo.as_str()) && antes.get(*campo) != Some(*valor)
    };
    despues.iter().filter(distinto).map(|(campo, _)| campo.replace('_', " ")).collect()
}
