//! Change of a customer's own data. Who saves over somebody else's change sees both values and
//! decides; nothing that was typed is lost. The document never changes.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Pais, Problema};
use ramal_clientes::cliente::CambioCliente;
use ramal_clientes::permisos::EditarClientes;
use ramal_clientes::{Cliente, Error, Ficha, actions, ficha};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Marco, Opcion, page, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};

use super::campos;
use crate::textos::TEXTOS;

/// A field that somebody else changed: its label, what is stored now and what was typed.
struct Diferencia {
    etiqueta: String,
    guardado: String,
    escrito: String,
}

#[derive(Template)]
#[template(path = "contratos/editar.html")]
struct Editar {
    marco: Marco,
    f: Formulario,
    ruta_editar: String,
    volver: String,
    documento: String,
    regimenes: Vec<Opcion>,
    usos: Vec<Opcion>,
    mexico: bool,
    diferencias: Vec<Diferencia>,
    cambiado: Option<String>,
}

/// Fields of the form with the keys of their labels.
const CAMPOS: [(&str, &str); 9] = [
    ("razon_social", "contratos-razon-social"),
    ("nombre_comercial", "contratos-nombre-comercial"),
    ("telefono", "contratos-telefono"),
    ("email", "contratos-correo"),
    ("regimen_fiscal", "contratos-regimen"),
    ("uso_cfdi", "contratos-uso"),
    ("codigo_postal", "contratos-codigo-postal-fiscal"),
    ("direccion", "contratos-direccion-fiscal"),
    ("notas", "contratos-notas-internas"),
];

/// `GET /admin/clientes/{codigo}/editar`
pub async fn get_editar(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let mut form = Formulario::filled(stored(&ficha.cliente));
    form.set("_version", ficha.cliente.version.to_string());
    show(StatusCode::OK, &vista, &ficha, form, Vec::new())
}

/// `POST /admin/clientes/{codigo}/editar`
pub async fn post_editar(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let version: i64 = form.value("_version").parse().unwrap_or(0);
    let cambio = match change(&form) {
        Ok(cambio) => cambio,
        Err(problema) => return refuse(&vista, &ficha, form, problema.0),
    };
    let tx = app.db.begin().await?;
    let id = ficha.cliente.id;
    match actions::update_cliente(&tx, vista.cx(), id, Some(version), cambio).await {
        Ok((antes, despues)) => {
            tx.commit().await?;
            let clave = match antes.version == despues.version {
                true => "contratos-editar-sin-cambios",
                false => "contratos-editar-hecho",
            };
            let texto = vista.marco(&TEXTOS, clave).titulo;
            Ok(redirect(&app, &ficha.ruta(), &[Aviso::ok(texto)]))
        }
        Err(Error::Desactualizado) => stale(&vista, &ficha, form),
        Err(error) => refuse(&vista, &ficha, form, error.into()),
    }
}

/// The change as the API's body. A field left empty is a datum taken away, not one left alone.
fn change(form: &Formulario) -> Result<CambioCliente, Problem> {
    let mut cambio: CambioCliente = form.parse()?;
    let vaciado = |campo: &str| {
        let venia = form.fields().iter().any(|(n, _)| n == campo);
        (venia && form.value(campo).trim().is_empty()).then(String::new)
    };
    for (campo, valor) in [
        ("razon_social", &mut cambio.razon_social),
        ("nombre_comercial", &mut cambio.nombre_comercial),
        ("telefono", &mut cambio.telefono),
        ("email", &mut cambio.email),
        ("regimen_fiscal", &mut cambio.regimen_fiscal),
        ("uso_cfdi", &mut cambio.uso_cfdi),
        ("codigo_postal", &mut cambio.codigo_postal),
        ("direccion", &mut cambio.direccion),
        ("notas", &mut cambio.notas),
    ] {
        *valor = valor.take().or_else(|| vaciado(campo));
    }
    Ok(cambio)
}

/// What is stored, as the form writes it.
fn stored(c: &Cliente) -> Vec<(&'static str, String)> {
    let o = |t: &Option<String>| t.clone().unwrap_or_default();
    vec![
        ("razon_social", c.razon_social.clone()),
        ("nombre_comercial", o(&c.nombre_comercial)),
        ("telefono", o(&c.telefono)),
        ("email", o(&c.email)),
        ("regimen_fiscal", o(&c.regimen_fiscal)),
        ("uso_cfdi", o(&c.uso_cfdi)),
        ("codigo_postal", o(&c.codigo_postal)),
        ("direccion", o(&c.direccion)),
        ("notas", o(&c.notas)),
    ]
}

/// 409: the form with what was typed, what is stored beside it, and the version that «save anyway»
/// needs.
fn stale(
    vista: &Vista<EditarClientes>,
    ficha: &Ficha,
    mut form: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "contratos-editar-titulo");
    let guardado = stored(&ficha.cliente);
    let distinta = |(campo, valor): &(&str, String)| {
        let venia = form.fields().iter().any(|(n, _)| n == campo);
        let escrito = form.value(campo).trim();
        let clave = CAMPOS.iter().find(|(n, _)| n == campo)?.1;
        (venia && escrito != valor).then(|| Diferencia {
            etiqueta: marco.t(clave),
            guardado: valor.clone(),
            escrito: escrito.to_owned(),
        })
    };
    let diferencias = guardado.iter().filter_map(distinta).collect();
    form.set("_version", ficha.cliente.version.to_string());
    show(StatusCode::CONFLICT, vista, ficha, form, diferencias)
}

fn refuse(
    vista: &Vista<EditarClientes>,
    ficha: &Ficha,
    form: Formulario,
    problema: Problema,
) -> Result<Response, Problem> {
    if problema.estado != 422 {
        return Err(Problem(problema));
    }
    let form = form.refused(&problema);
    show(StatusCode::UNPROCESSABLE_ENTITY, vista, ficha, form, Vec::new())
}

fn show(
    estado: StatusCode,
    vista: &Vista<EditarClientes>,
    ficha: &Ficha,
    f: Formulario,
    diferencias: Vec<Diferencia>,
) -> Result<Response, Problem> {
    let marco = ficha.under(vista.marco(&TEXTOS, "contratos-editar-titulo")).refused(&f);
    let cambiado = (estado == StatusCode::CONFLICT).then(|| {
        let hora = marco.formato().hora(ficha.cliente.actualizado);
        marco.t1("contratos-editar-otra-persona", "hora", hora)
    });
    let pagina = Editar {
        ruta_editar: format!("{}/editar", ficha.ruta()),
        volver: ficha.ruta(),
        documento: ficha.documento.clone(),
        regimenes: campos::regimes(f.value("regimen_fiscal")),
        usos: campos::uses(f.value("uso_cfdi")),
        mexico: ficha.cliente.pais == Pais::Mx,
        diferencias,
        cambiado,
        marco,
        f,
    };
    page(estado, &pagina)
}
