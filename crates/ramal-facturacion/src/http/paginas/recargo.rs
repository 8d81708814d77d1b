//! Fees on the account of a customer, and forgiving one with its reason. The rule is in the action.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_clientes::{Ficha, ficha};
use ramal_db::Consulta;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Insignia, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::comun::amount;
use super::formas::of_form;
use crate::Error;
use crate::permisos::AnularFacturas;
use crate::recargo::waive_recargo;
use crate::storage::recargos::{self, RecargoFila};
use crate::textos::TEXTOS;

/// A fee as the account shows it.
pub(super) struct Fee {
    /// What the customer reads.
    pub(super) texto: String,
    /// Day on which it was added.
    pub(super) dia: String,
    /// Amount.
    pub(super) monto: String,
    /// State.
    pub(super) insignia: Insignia,
    /// Why it was forgiven; empty if it was not.
    pub(super) motivo: String,
    /// Where it is forgiven; empty where it cannot be.
    pub(super) condonar: String,
}

/// Fees of a customer, newest first.
pub(super) async fn fees_of(
    c: &impl Consulta,
    marco: &Marco,
    (ficha, puede): (&Ficha, bool),
) -> Result<Vec<Fee>, Problem> {
    let filas = recargos::of_cliente(c, ficha.cliente.id.uuid()).await?;
    let raiz = ficha.ruta();
    Ok(filas.iter().rev().map(|r| row(marco, r, (&raiz, puede))).collect())
}

fn row(marco: &Marco, r: &RecargoFila, (raiz, puede): (&str, bool)) -> Fee {
    let vivo = matches!(r.estado.as_str(), "pendiente" | "facturado");
    let texto = marco.t(&format!("facturacion-recargo-{}", r.estado.replace('_', "-")));
    Fee {
        texto: r.descripcion.clone(),
        dia: marco.momento(&r.creado),
        monto: amount(marco, r.monto, &r.moneda),
        insignia: if vivo { Insignia::aviso(texto) } else { Insignia::gris(texto) },
        motivo: r.motivo.clone().unwrap_or_default(),
        condonar: match vivo && puede {
            true => format!("{raiz}/recargos/{}/condonar", r.id),
            false => String::new(),
        },
    }
}

#[derive(Template)]
#[template(path = "facturacion/condonar.html")]
struct Condonar {
    marco: Marco,
    ficha: Ficha,
    f: Formulario,
    accion: String,
    idem: String,
    texto: String,
    monto: String,
    volver: String,
}

async fn owned(app: &App, ficha: &Ficha, id: Uuid) -> Result<RecargoFila, Problem> {
    let fila = recargos::by_id(&app.db, id).await?;
    let suya = fila.filter(|r| r.cliente_id == ficha.cliente.id.uuid());
    Ok(suya.ok_or(Error::NotFound("recargo"))?)
}

fn render(
    vista: &Vista<AnularFacturas>,
    ficha: Ficha,
    r: &RecargoFila,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = ficha.titled(vista.marco(&TEXTOS, "facturacion-condonar-titulo")).refused(&f);
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let p = Condonar {
        accion: format!("{}/recargos/{}/condonar", ficha.ruta(), r.id),
        idem: vista.peticion().idem(),
        texto: r.descripcion.clone(),
        monto: amount(&marco, r.monto, &r.moneda),
        volver: format!("{}/cuenta", ficha.ruta()),
        f,
        ficha,
        marco,
    };
    page(estado, &p)
}

/// `GET /admin/clientes/{codigo}/recargos/{recargo}/condonar`
pub async fn get_condonar(
    vista: Vista<AnularFacturas>,
    State(app): State<App>,
    Ruta((codigo, id)): Ruta<(String, Uuid)>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let fila = owned(&app, &ficha, id).await?;
    render(&vista, ficha, &fila, Formulario::filled([("sustento", "")]))
}

/// `POST /admin/clientes/{codigo}/recargos/{recargo}/condonar`
pub async fn post_condonar(
    vista: Vista<AnularFacturas>,
    State(app): State<App>,
    Ruta((codigo, id)): Ruta<(String, Uuid)>,
    form: Formulario,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let fila = owned(&app, &ficha, id).await?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = waive_recargo(&tx, vista.cx(), id, form.value("sustento")).await {
        tx.rollback().await?;
        return render(&vista, ficha, &fila, form.refused(&of_form(error)?));
    }
    let destino = format!("{}/cuenta", ficha.ruta());
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "facturacion-condonar-titulo");
    Ok(redirect(&app, &destino, &[Aviso::ok(marco.t("facturacion-condonar-hecho"))]))
}
