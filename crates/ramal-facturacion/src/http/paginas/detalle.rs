//! One invoice: what it says, why it changed, what the authority answered, what can be done with
//! it. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_clientes::ClienteId;
use ramal_fiscal::Receptor;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Hito, page};
use ramal_web::{App, Filtros, Marco, Problem, Ruta};
use serde::Deserialize;

use super::actos::Actos;
use super::archivos::{Archivo, files_of};
use super::cambio::{Cambio, change_of};
use super::comun::{LISTA, amount, kind_key, named, route, today};
use super::detalle_vista::{Cabeza, LineaDetalle, NotaFila, lines_of, milestones};
use super::fallos::{Fallo, fault_of};
use super::pagos_de::{PagoAplicado, pagos_of};
use crate::permisos::LeerFacturas;
use crate::storage::consultas::{self, Legal};
use crate::storage::{cambios, facturas};
use crate::textos::TEXTOS;

/// What the address carries besides the invoice.
#[derive(Debug, Deserialize)]
pub struct Vuelta {
    /// Signed address of the list it was opened from.
    volver: Option<String>,
}

#[derive(Template)]
#[template(path = "facturacion/detalle.html", blocks = ["legal"])]
struct Detalle {
    marco: Marco,
    cabeza: Cabeza,
    actos: Actos,
    fallo: Option<Fallo>,
    lineas: Vec<LineaDetalle>,
    subtotal: String,
    impuestos: String,
    cambio: Option<Cambio>,
    notas: Vec<NotaFila>,
    pagos: Vec<PagoAplicado>,
    ve_pagos: bool,
    historia: Vec<Hito>,
    archivos: Vec<Archivo>,
    enlace: String,
}

/// `GET /facturacion/facturas/{factura}`
pub async fn detalle(
    vista: Vista<LeerFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    Filtros(vuelta): Filtros<Vuelta>,
) -> Result<Response, Problem> {
    let db = &app.db;
    let fila = named(db, &nombre).await?;
    let id = fila.id.uuid();
    let hoy = today(&app).await?;
    let marco = vista.marco(&TEXTOS, "facturacion-factura-titulo").listens(&["factura"]);
    let marco = titled(marco, &fila.numero(), &fila.clase);
    let marco = back(marco, &vista, vuelta.volver.as_deref());
    let legales = consultas::legales(db, fila.comprobante_id.as_slice()).await?;
    let legal: Option<&Legal> = fila.comprobante_id.and_then(|id| legales.get(&id));
    let cliente = ramal_clientes::storage::by_id(db, ClienteId::from_uuid(fila.cliente_id)).await?;
    let receptor = serde_json::from_str::<Receptor>(&fila.receptor).ok();
    let cabeza = Cabeza::of(&marco, &fila, (legal, hoy), (cliente.as_ref(), receptor.as_ref()));
    let fallo = legal.and_then(|l| fault_of(&marco, l, cliente.as_ref()));
    let cargos = cambios::cargos_de(db, id).await?;
    let lineas = facturas::lineas(db, &[id]).await?;
    let comparada = crate::comparacion::compare_with_previous(db, &fila).await?;
    let cambio = comparada.map(|c| change_of(&marco, &c, &fila.moneda));
    let notas = consultas::notas(db, id).await?;
    let historia = crate::http::facturas::history(db, fila.comprobante_id).await?;
    let p = Detalle {
        actos: Actos::of(&vista, &fila, legal),
        lineas: lines_of(&marco, lineas, &cargos, &fila.moneda),
        subtotal: amount(&marco, fila.subtotal, &fila.moneda),
        impuestos: amount(&marco, fila.impuestos, &fila.moneda),
        notas: notas.iter().map(|n| NotaFila::of(&marco, n)).collect(),
        historia: milestones(&marco, &fila, &historia),
        pagos: pagos_of(db, &marco, id).await?,
        ve_pagos: vista.may("pagos:leer"),
        archivos: files_of(db, &marco, &fila).await?,
        enlace: super::publica::enlace_completo(&app, id),
        cabeza,
        fallo,
        cambio,
        marco,
    };
    if vista.peticion().hx.wants("legal") {
        return page(StatusCode::OK, &p.as_legal());
    }
    page(StatusCode::OK, &p)
}

/// `Factura F001-12`.
pub(super) fn titled(marco: Marco, numero: &str, clase: &str) -> Marco {
    let titulo = format!("{} {numero}", marco.t(kind_key(clase)));
    marco.titled(titulo)
}

/// The list it was opened from, as it was, or the whole list.
fn back(marco: Marco, vista: &Vista<LeerFacturas>, volver: Option<&str>) -> Marco {
    let lista = volver.and_then(|v| vista.peticion().open_volver(v)).unwrap_or(LISTA).to_owned();
    let texto = marco.t("facturacion-facturas-titulo");
    marco.miga(texto, lista)
}

/// The shell of a page one step below an invoice.
pub(super) fn under(marco: Marco, numero: &str) -> Marco {
    let texto = marco.t("facturacion-facturas-titulo");
    marco.miga(texto, LISTA).miga(numero, route(numero))
}
