//! The page where a person pays, is refused or leaves, and the slip to pay outside. It follows the
//! rules of every wire and has none of its own.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::Emulador;
use super::estado::{Hilo, Metodo, Pagina, Pago, Situacion};
use super::html::{esc, money, page, refused, see_other, when};
use super::mercadopago_json::method_id;
use super::operaciones::{Desenlace, Negativa};

type App = State<Arc<Emulador>>;

/// Routes of a person.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/pagar/{id}", get(show).post(pay))
        .route("/pagar/{id}/volver", get(leave))
        .route("/referencia/{id}", get(slip))
        .route("/referencia/{id}/deposito", post(deposit))
}

async fn show(State(em): App, Path(id): Path<String>) -> Response {
    let registro = em.state();
    let Some(p) = registro.pagina(&id) else {
        return refused(StatusCode::NOT_FOUND, "Este cobro no existe.");
    };
    let pagado = p.pagos.iter().filter_map(|id| registro.pago(id)).any(is_terminado);
    let raiz = em.raiz();
    let forma = match (pagado, p.cancelada || p.vencida) {
        (true, _) => "<div class=\"caja\"><p>Este cobro ya tiene un pago.</p></div>".to_owned(),
        (_, true) => "<div class=\"caja\"><p>Este cobro está cerrado.</p></div>".to_owned(),
        _ => choices(p, &raiz),
    };
    let volver = format!("<p><a href=\"{raiz}/pagar/{}/volver\">Volver sin pagar</a></p>", p.id);
    page("Pagar", "angosto", &format!("{}{forma}{volver}", summary(p)))
}

fn is_terminado(p: &Pago) -> bool {
    matches!(p.situacion, Situacion::Acreditado | Situacion::EnProceso)
}

fn summary(p: &Pagina) -> String {
    let vence = p
        .datos
        .vence
        .map(|v| format!("<p class=\"suave\">Vence {}</p>", when(v)))
        .unwrap_or_default();
    format!(
        "<div class=\"caja\"><p>{}</p><p class=\"monto\">{}</p>{vence}</div>",
        esc(&p.datos.concepto),
        money(p.datos.importe, p.datos.moneda)
    )
}

fn choices(p: &Pagina, raiz: &str) -> String {
    let ofrece = |m: &Metodo| {
        let de_stripe = !matches!(m, Metodo::Pagoefectivo | Metodo::Yape);
        let suyo = p.metodo.is_none_or(|unico| unico == *m);
        m.takes(p.datos.moneda) && suyo && (p.datos.hilo != Hilo::Stripe || de_stripe)
    };
    let cajas: String =
        Metodo::TODOS.into_iter().filter(ofrece).map(|m| choice(p, m, raiz)).collect();
    cajas
}

fn choice(p: &Pagina, metodo: Metodo, raiz: &str) -> String {
    let (titulo, boton) = match metodo {
        Metodo::Tarjeta => ("Tarjeta de prueba", "Pagar con tarjeta"),
        Metodo::Spei => ("Transferencia SPEI", "Obtener CLABE"),
        Metodo::Oxxo => ("Efectivo en OXXO", "Pagar en OXXO"),
        Metodo::Pagoefectivo => ("PagoEfectivo", "Obtener código CIP"),
        Metodo::Yape => ("Yape de prueba", "Pagar con Yape"),
    };
    let opciones = match metodo {
        Metodo::Tarjeta => cards("Visa terminada en 4242", "Mastercard terminada en 0002"),
        Metodo::Yape => cards("Celular 900 000 001", "Celular 900 000 002"),
        _ => String::new(),
    };
    format!(
        "<form class=\"caja\" method=\"post\" action=\"{raiz}/pagar/{}\"><h2>{titulo}</h2>\
         <input type=\"hidden\" name=\"metodo\" value=\"{}\">{opciones}\
         <button type=\"submit\">{boton}</button></form>",
        p.id,
        metodo.codigo()
    )
}

fn cards(buena: &str, mala: &str) -> String {
    let opcion = |valor: &str, texto: String, marca: &str| {
        format!(
            "<label><input type=\"radio\" name=\"tarjeta\" value=\"{valor}\"{marca}> \
             {texto}</label>"
        )
    };
    [
        opcion("aprobada", format!("{buena}: se aprueba"), " checked"),
        opcion("rechazada", format!("{mala}: se rechaza por fondos"), ""),
        opcion("revision", "Otra: queda en revisión".to_owned(), ""),
    ]
    .concat()
}

#[derive(Deserialize)]
struct Eleccion {
    metodo: String,
    #[serde(default)]
    tarjeta: Option<String>,
}

async fn pay(State(em): App, Path(id): Path<String>, Form(eleccion): Form<Eleccion>) -> Response {
    let Some(metodo) = Metodo::parse(&eleccion.metodo) else {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "Elija un medio de pago.");
    };
    let desenlace = match eleccion.tarjeta.as_deref() {
        _ if metodo.is_con_referencia() => Desenlace::Espera,
        Some("rechazada") => Desenlace::Rechaza,
        Some("revision") => Desenlace::Revisa,
        _ => Desenlace::Aprueba,
    };
    let hecho = {
        let mut registro = em.state();
        let hecho = em.attempt(&mut registro, &id, metodo, desenlace);
        hecho.map(|pago| (registro.pagina(&id).cloned(), pago))
    };
    match hecho {
        Ok((_, pago)) if desenlace == Desenlace::Espera => {
            see_other(&format!("{}/referencia/{}", em.raiz(), pago.id))
        }
        Ok((_, pago)) if pago.situacion == Situacion::Rechazado => declined(&em, &id),
        Ok((Some(pagina), pago)) => see_other(&back(&pagina, Some(&pago))),
        Ok((None, _)) => refused(StatusCode::NOT_FOUND, "Este cobro no existe."),
        Err(negativa) => explain(&negativa),
    }
}

fn declined(em: &Emulador, id: &str) -> Response {
    let raiz = em.raiz();
    let cuerpo = format!(
        "<div class=\"caja\"><p>El banco rechazó el pago por fondos insuficientes.</p>\
         <p><a href=\"{raiz}/pagar/{id}\">Probar con otro medio</a></p>\
         <p><a href=\"{raiz}/pagar/{id}/volver\">Volver sin pagar</a></p></div>"
    );
    page("Pago rechazado", "angosto", &cuerpo)
}

async fn leave(State(em): App, Path(id): Path<String>) -> Response {
    match em.state().pagina(&id) {
        Some(pagina) => see_other(&back(pagina, None)),
        None => refused(StatusCode::NOT_FOUND, "Este cobro no existe."),
    }
}

/// Where the person goes, with what the vendor adds to the address. What it says is never proof.
fn back(p: &Pagina, pago: Option<&Pago>) -> String {
    let r = &p.retornos;
    let destino = match pago.map(|p| p.situacion) {
        Some(Situacion::Acreditado) => &r.exito,
        Some(_) => &r.pendiente,
        None => &r.fracaso,
    };
    let agrega = |pares: &[(&str, &str)]| {
        let mut serie = form_urlencoded::Serializer::new(String::new());
        serie.extend_pairs(pares);
        let union = if destino.contains('?') { '&' } else { '?' };
        format!("{destino}{union}{}", serie.finish())
    };
    let id = pago.map_or("null", |p| p.id.as_str());
    match p.datos.hilo {
        Hilo::Stripe => destino.replace("{CHECKOUT_SESSION_ID}", &p.id),
        Hilo::Emulada => {
            agrega(&[("cobro", &p.id), ("estado", pago.map_or("pendiente", Pago::estado))])
        }
        Hilo::Mercadopago => agrega(&[
            ("collection_id", id),
            ("payment_id", id),
            (
                "status",
                match pago.map(|p| p.situacion) {
                    Some(Situacion::Acreditado) => "approved",
                    Some(_) => "in_process",
                    None => "null",
                },
            ),
            ("external_reference", &p.datos.externa),
            ("payment_type", pago.and_then(|p| p.metodo).map_or("null", method_id)),
            ("preference_id", &p.id),
        ]),
    }
}

async fn slip(State(em): App, Path(id): Path<String>) -> Response {
    let registro = em.state();
    let Some(p) = registro.pago(&id) else {
        return refused(StatusCode::NOT_FOUND, "Esta referencia no existe.");
    };
    let (Some(referencia), Some(metodo)) = (&p.referencia, p.metodo) else {
        return refused(StatusCode::NOT_FOUND, "Este pago no tiene referencia.");
    };
    let (titulo, nombre, boton) = match metodo {
        Metodo::Spei => ("Transferencia SPEI", "CLABE", "Simular la transferencia"),
        Metodo::Oxxo => ("Pago en OXXO", "Referencia", "Simular el pago en caja"),
        _ => ("PagoEfectivo", "Código CIP", "Simular el pago del código"),
    };
    let vence = p.datos.vence.map(|v| format!("<p class=\"suave\">Vence {}</p>", when(v)));
    let accion = match p.situacion {
        Situacion::Pendiente => format!(
            "<form method=\"post\" action=\"{}/referencia/{}/deposito\">\
             <button type=\"submit\">{boton}</button></form>",
            em.raiz(),
            p.id
        ),
        otra => format!("<p>Estado: {}</p>", otra.codigo()),
    };
    let cuerpo = format!(
        "<div class=\"caja\"><p>{}</p><p class=\"monto\">{}</p><p>{nombre}<br>\
         <code class=\"clave\">{}</code></p>{}{accion}</div>",
        esc(&p.datos.concepto),
        money(p.datos.importe, p.datos.moneda),
        esc(referencia),
        vence.unwrap_or_default(),
    );
    page(titulo, "angosto", &cuerpo)
}

async fn deposit(State(em): App, Path(id): Path<String>) -> Response {
    let hecho = {
        let mut registro = em.state();
        em.settle(&mut registro, &id, Desenlace::Aprueba)
    };
    match hecho {
        Ok(_) => see_other(&format!("{}/referencia/{id}", em.raiz())),
        Err(negativa) => explain(&negativa),
    }
}

/// A refusal as a person reads it.
pub fn explain(negativa: &Negativa) -> Response {
    let (estado, mensaje) = match negativa {
        Negativa::NoExiste => (StatusCode::NOT_FOUND, "No existe."),
        Negativa::Invalido(..) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Este medio no se puede usar aquí.")
        }
        Negativa::Conflicto(..) => (StatusCode::CONFLICT, "El estado ya no lo permite."),
        Negativa::Disco(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "No se pudo guardar en el disco.")
        }
    };
    refused(estado, mensaje)
}

impl Emulador {
    /// Path that this server hangs under, for links.
    pub fn raiz(&self) -> String {
        let base = self.opciones.base.as_deref().and_then(|b| reqwest::Url::parse(b).ok());
        base.map(|u| u.path().trim_end_matches('/').to_owned()).unwrap_or_default()
    }
}
