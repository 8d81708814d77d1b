//! The board: every payment with its notices, what was sent and what was answered, and what can be
//! made to happen. For whoever shows the system.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::Emulador;
use super::admin::act;
use super::estado::{Alteracion, Aviso, Metodo, Pago, Resultado, Situacion};
use super::html::{esc, money, page, refused, see_other, when};
use super::pagar::explain;
use super::registro::Registro;

type App = State<Arc<Emulador>>;

/// Payments shown at a time.
const MUESTRA: usize = 100;

/// Routes of the board.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/", get(board))
        .route("/pagos/{id}/{accion}", post(press))
        .route("/avisos/{id}", get(notice))
        .route("/avisos/{id}/reenviar", post(resend))
}

#[derive(Deserialize)]
struct Busqueda {
    #[serde(default)]
    q: String,
}

async fn board(State(em): App, Query(busqueda): Query<Busqueda>) -> Response {
    let registro = em.state();
    let q = busqueda.q.trim();
    let suyo = |p: &&Pago| q.is_empty() || p.id.contains(q) || p.datos.externa.contains(q);
    let avisos = notices_by_payment(&registro);
    let raiz = em.raiz();
    let filas: String = registro
        .pagos()
        .filter(suyo)
        .take(MUESTRA)
        .map(|p| row(p, avisos.get(p.id.as_str()).map_or(&[], Vec::as_slice), &raiz))
        .collect();
    let paginas: String = registro
        .paginas()
        .filter(|p| p.pagos.is_empty() && !p.cancelada && !p.vencida)
        .take(20)
        .map(|p| {
            format!(
                "<li><a href=\"{raiz}/pagar/{}\">{}</a> {} <code>{}</code></li>",
                p.id,
                esc(&p.datos.concepto),
                money(p.datos.importe, p.datos.moneda),
                esc(&p.datos.externa)
            )
        })
        .collect();
    let cuerpo = format!(
        "<form class=\"caja\" method=\"get\"><label>Buscar por pago o referencia \
         <input name=\"q\" value=\"{}\"></label><button type=\"submit\">Buscar</button></form>\
         <h2>Cobros sin pagar</h2><ul>{paginas}</ul><h2>Pagos</h2>\
         <div class=\"ancho\"><table><thead><tr>\
         <th>Pago</th><th>Importe</th><th>Estado</th><th>Avisos</th><th>Hacer</th></tr></thead>\
         <tbody>{filas}</tbody></table></div>",
        esc(q)
    );
    page("Pasarela emulada", "", &cuerpo)
}

fn notices_by_payment(r: &Registro) -> HashMap<&str, Vec<&Aviso>> {
    let mut mapa: HashMap<&str, Vec<&Aviso>> = HashMap::new();
    for aviso in r.avisos() {
        mapa.entry(aviso.objeto.as_str()).or_default().push(aviso);
    }
    mapa
}

fn row(p: &Pago, avisos: &[&Aviso], raiz: &str) -> String {
    let lista: String = avisos
        .iter()
        .rev()
        .map(|a| {
            format!(
                "<div><a href=\"{raiz}/avisos/{}\">{}</a> <span class=\"suave\">{}</span></div>",
                a.id,
                esc(&a.tipo),
                esc(&standing(a))
            )
        })
        .collect();
    let botones: String = actions(p)
        .iter()
        .map(|(accion, texto)| {
            format!(
                "<form class=\"linea\" method=\"post\" action=\"{raiz}/pagos/{}/{accion}\">\
                 <button class=\"claro\" type=\"submit\">{texto}</button></form>",
                p.id
            )
        })
        .collect();
    format!(
        "<tr><td><code>{}</code><br>{}<br><span class=\"suave\">{} · {} · {}</span></td>\
         <td class=\"num\">{}</td><td>{}<br><span class=\"suave\">{}</span></td><td>{lista}</td>\
         <td>{botones}</td></tr>",
        esc(&p.id),
        esc(&p.datos.concepto),
        esc(&p.datos.externa),
        p.metodo.map_or("sin medio", Metodo::codigo),
        when(p.creado),
        money(p.recibido, p.datos.moneda),
        p.estado(),
        detail(p, raiz),
    )
}

/// The slip that waits for a deposit, or why it was refused.
fn detail(p: &Pago, raiz: &str) -> String {
    match (p.situacion, &p.referencia) {
        (Situacion::Pendiente, Some(_)) => {
            format!("<a href=\"{raiz}/referencia/{}\">Ver ficha</a>", esc(&p.id))
        }
        (Situacion::Rechazado, _) => esc(&p.detalle),
        _ => String::new(),
    }
}

/// How a notice stands, in a few words.
fn standing(a: &Aviso) -> String {
    let que = match a.alteracion {
        Alteracion::Ninguna => "",
        Alteracion::Falsificado => "falsificado, ",
        Alteracion::Vencido => "firmado hace una hora, ",
        Alteracion::SinFirma => "sin firma, ",
        Alteracion::Perdido => return "perdido a propósito".to_owned(),
    };
    match a.intentos.last() {
        None => format!("{que}por enviar"),
        Some(i) => {
            let respuesta = i.estado.map_or_else(|| i.respuesta.clone(), |e| e.to_string());
            format!("{que}{respuesta} (intento {})", a.intentos.len())
        }
    }
}

fn actions(p: &Pago) -> Vec<(&'static str, &'static str)> {
    let mut lista = Vec::new();
    if p.situacion.is_abierta() {
        lista.extend([("acreditar", "Acreditar"), ("rechazar", "Rechazar")]);
    }
    if p.situacion == Situacion::Acreditado {
        match p.contracargo.as_ref().map(|c| c.resultado) {
            None if p.devuelto() < p.recibido => {
                lista.extend([("devolver", "Devolver todo"), ("contracargo", "Contracargo")]);
            }
            Some(Resultado::Abierto) => {
                lista.extend([("ganar", "Ganar disputa"), ("perder", "Perder disputa")]);
            }
            _ => {}
        }
    }
    lista
}

async fn press(State(em): App, Path((id, accion)): Path<(String, String)>) -> Response {
    match act(&em, &id, &accion) {
        Ok(_) => see_other(&format!("{}/?q={id}", em.raiz())),
        Err(negativa) => explain(&negativa),
    }
}

async fn notice(State(em): App, Path(id): Path<String>) -> Response {
    let registro = em.state();
    let Some(a) = registro.aviso(&id) else {
        return refused(StatusCode::NOT_FOUND, "Este aviso no existe.");
    };
    let intentos: String = a.intentos.iter().map(attempt).collect();
    let cuerpo = format!(
        "<div class=\"caja\"><p>{} a <code>{}</code></p><p class=\"suave\">{}</p>\
         <pre><code>{}</code></pre><form method=\"post\" action=\"{}/avisos/{}/reenviar\">\
         <button type=\"submit\">Enviar otra vez</button></form></div><h2>Intentos</h2>{intentos}",
        esc(&a.tipo),
        esc(&a.url),
        esc(&standing(a)),
        esc(&a.cuerpo),
        em.raiz(),
        a.id,
    );
    page("Aviso", "", &cuerpo)
}

fn attempt(i: &super::estado::Intento) -> String {
    let cabeceras: String =
        i.cabeceras.iter().map(|(n, v)| format!("{}: {}\n", esc(n), esc(v))).collect();
    let estado = i.estado.map(|e| e.to_string()).unwrap_or_default();
    format!(
        "<div class=\"caja\"><p>{} · {estado} {}</p><pre><code>{cabeceras}</code></pre></div>",
        when(i.momento),
        esc(&i.respuesta)
    )
}

async fn resend(State(em): App, Path(id): Path<String>) -> Response {
    match em.resend(&id) {
        true => see_other(&format!("{}/avisos/{id}", em.raiz())),
        false => refused(StatusCode::NOT_FOUND, "Este aviso no existe."),
    }
}
