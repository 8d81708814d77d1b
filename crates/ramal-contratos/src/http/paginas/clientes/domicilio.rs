//! Form that adds an address to a customer, with the zone that decides what can be sold there. It
//! changes none of those that there are.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Pais;
use ramal_clientes::cliente::DatosDomicilio;
use ramal_clientes::permisos::EditarClientes;
use ramal_clientes::{Ficha, actions, ficha};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Marco, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem, Ruta};

use super::super::zone_options;
use super::alta::address;
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "contratos/domicilio.html")]
struct Nuevo {
    marco: Marco,
    f: Formulario,
    clave: String,
    ruta_nuevo: String,
    volver: String,
    clases: Vec<Opcion>,
    zonas: Vec<Opcion>,
    mexico: bool,
}

/// `GET /admin/clientes/{codigo}/domicilios/nuevo`
pub async fn get_nuevo(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let f = Formulario::filled([("clase", "instalacion")]);
    show(StatusCode::OK, &vista, &app, &ficha, f).await
}

/// `POST /admin/clientes/{codigo}/domicilios/nuevo`
pub async fn post_nuevo(
    vista: Vista<EditarClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let vacio = || DatosDomicilio { clase: "instalacion".to_owned(), ..DatosDomicilio::default() };
    let datos = address(&form, "").unwrap_or_else(vacio);
    match actions::add_domicilio(&tx, vista.cx(), ficha.cliente.id, datos).await {
        Ok(domicilio) => {
            idem.remember_redirect(&tx, vista.cx(), &ficha.ruta()).await?;
            tx.commit().await?;
            let marco = vista.marco(&TEXTOS, "contratos-domicilio-titulo");
            let texto = marco.t1("contratos-domicilio-agregado", "linea", domicilio.linea);
            Ok(redirect(&app, &ficha.ruta(), &[Aviso::ok(texto)]))
        }
        Err(error) => {
            drop(tx);
            let problem = Problem::from(error);
            if problem.0.estado != 422 {
                return Err(problem);
            }
            let form = form.refused(&problem.0);
            show(StatusCode::UNPROCESSABLE_ENTITY, &vista, &app, &ficha, form).await
        }
    }
}

async fn show(
    estado: StatusCode,
    vista: &Vista<EditarClientes>,
    app: &App,
    ficha: &Ficha,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = ficha.under(vista.marco(&TEXTOS, "contratos-domicilio-titulo")).refused(&f);
    let clase = |c: &str| Opcion::new(c, marco.t(&format!("contratos-domicilio-{c}")));
    let pagina = Nuevo {
        clave: vista.peticion().idem(),
        ruta_nuevo: format!("{}/domicilios/nuevo", ficha.ruta()),
        volver: ficha.ruta(),
        clases: vec![clase("instalacion"), clase("fiscal")],
        zonas: zone_options(&app.db).await?,
        mexico: marco.formato().pais == Pais::Mx,
        marco,
        f,
    };
    page(estado, &pagina)
}
