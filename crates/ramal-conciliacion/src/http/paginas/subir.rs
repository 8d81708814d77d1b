//! Uploading a proof in the name of a customer who brought or sent it another way.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, FormularioConArchivos, Opcion, page, redirect};
use ramal_web::{App, Formulario, Marco, Problem};

use super::comun::{COMPROBANTES, for_form, means, of_problem, today};
use crate::actions::{DatosComprobante, NuevoComprobante, receive_comprobante};
use crate::http::api::cliente_named;
use crate::permisos::CargarComprobantesPago;
use crate::textos::TEXTOS;
use crate::{ComprobantePago, Error};

#[derive(Template)]
#[template(path = "conciliacion/subir.html")]
struct Subir {
    marco: Marco,
    f: Formulario,
    medios: Vec<Opcion>,
    moneda: &'static str,
}

/// `GET /facturacion/comprobantes/nuevo`
pub async fn get_nuevo(
    vista: Vista<CargarComprobantesPago>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let consulta = Formulario::read(vista.peticion().consulta.as_bytes())?;
    let hoy = today(&app).await?.to_string();
    let f = Formulario::filled([
        ("cliente", consulta.value("cliente").to_owned()),
        ("fecha", hoy),
        ("medio", "transferencia".to_owned()),
    ]);
    show(&vista, &app, f).await
}

async fn show(
    vista: &Vista<CargarComprobantesPago>,
    app: &App,
    f: Formulario,
) -> Result<Response, Problem> {
    let empresa = ramal_plataforma::empresa(&app.db).await.map_err(Error::from)?;
    let marco = vista.marco(&TEXTOS, "conciliacion-subir-titulo");
    let lista = marco.t("conciliacion-comprobantes-titulo");
    let marco = marco.miga(lista, COMPROBANTES).refused(&f);
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let medios = means(&marco);
    page(estado, &Subir { marco, f, medios, moneda: empresa.moneda.codigo() })
}

/// `POST /facturacion/comprobantes/nuevo`
pub async fn post_nuevo(
    vista: Vista<CargarComprobantesPago>,
    State(app): State<App>,
    pedido: Result<FormularioConArchivos, Problem>,
) -> Result<Response, Problem> {
    let pedido = match pedido {
        Ok(pedido) => pedido,
        Err(problem) if problem.0.estado == 413 => {
            return show(&vista, &app, Formulario::default().refused(&too_large())).await;
        }
        Err(problem) => return Err(problem),
    };
    let mut form = pedido.form.clone();
    let formato = &vista.peticion().navegante.formato;
    if let Err(problem) = form.plain_money(formato, &["importe"]) {
        return show(&vista, &app, pedido.form.refused(&of_problem(problem)?)).await;
    }
    match receive(&vista, &app, (&pedido, &form)).await {
        Ok(c) => {
            let marco = vista.marco(&TEXTOS, "conciliacion-subir-titulo");
            let aviso = Aviso::ok(marco.t1("conciliacion-subir-hecho", "codigo", c.codigo()));
            Ok(redirect(&app, &format!("{COMPROBANTES}/{}", c.codigo()), &[aviso]))
        }
        Err(error) => {
            let problema = for_form(error)?;
            show(&vista, &app, pedido.form.refused(&problema)).await
        }
    }
}

/// What is told of a file that does not fit.
pub(super) fn too_large() -> ramal_base::Problema {
    let motivo = "El archivo pasa de 10 MB. Sacar otra foto o recortarla.";
    Problem::campo("archivo", "archivo_grande", motivo).0
}

/// What a form says of a proof.
pub(super) fn typed(form: &Formulario) -> DatosComprobante {
    let valor = |campo: &str| form.value(campo).to_owned();
    DatosComprobante {
        medio: valor("medio"),
        operacion: valor("operacion"),
        importe: valor("importe"),
        fecha: valor("fecha"),
        notas: valor("notas"),
    }
}

async fn receive(
    vista: &Vista<CargarComprobantesPago>,
    app: &App,
    (pedido, form): (&FormularioConArchivos, &Formulario),
) -> Result<ComprobantePago, Error> {
    let cliente = cliente_named(&app.db, form.value("cliente")).await;
    let cliente = cliente.map_err(|_| {
        Error::campo("cliente", "cliente_requerido", "Escribir el código del cliente: C-201.")
    })?;
    let archivo = pedido.file("archivo").map_err(|p| Error::Refused(p.0))?;
    let archivo = (archivo.nombre.as_str(), archivo.bytes.clone());
    let mut nuevo = NuevoComprobante::keep(&app.objetos, cliente, archivo, typed(form)).await?;
    nuevo.moneda = ramal_plataforma::empresa(&app.db).await?.moneda;
    let tx = app.db.begin().await?;
    let comprobante = receive_comprobante(&tx, vista.cx(), nuevo).await?;
    tx.commit().await?;
    Ok(comprobante)
}
