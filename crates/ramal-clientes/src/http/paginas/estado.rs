//! Archiving a customer and bringing him back, each the undo of the other. It asks nothing: both
//! are reversible.

use axum::extract::State;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Textos, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};

use super::ficha::route;
use crate::cliente::{CambioCliente, EstadoCliente};
use crate::permisos::EditarClientes;
use crate::textos::TEXTOS;
use crate::{actions, referencia};

/// `POST /admin/clientes/{codigo}/archivar`
pub async fn post_archivar(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    change(&vista, &app, &codigo, EstadoCliente::Inactivo).await
}

/// `POST /admin/clientes/{codigo}/activar`
pub async fn post_activar(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    change(&vista, &app, &codigo, EstadoCliente::Activo).await
}

async fn change(
    vista: &Vista<EditarClientes>,
    app: &App,
    codigo: &str,
    estado: EstadoCliente,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let id = referencia::resolve(&tx, codigo).await?;
    let cambio = CambioCliente { estado: Some(estado), ..CambioCliente::default() };
    let (antes, despues) = actions::update_cliente(&tx, vista.cx(), id, None, cambio).await?;
    tx.commit().await?;
    let ruta = route(&despues);
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    let (clave, contrario) = match estado {
        EstadoCliente::Activo => ("clientes-activado", "archivar"),
        EstadoCliente::Inactivo => ("clientes-archivado", "activar"),
    };
    let texto = textos.with(clave, &[("nombre", despues.razon_social)]);
    let aviso = match antes.estado == estado {
        true => Aviso::info(texto),
        false => Aviso::ok(texto).undo(format!("{ruta}/{contrario}")),
    };
    Ok(redirect(app, &ruta, &[aviso]))
}
