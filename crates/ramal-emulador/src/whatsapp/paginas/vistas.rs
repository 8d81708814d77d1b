//! The pages that are read. They change nothing.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::burbuja::{bubble, state};
use super::{BASE, MENU};
use crate::whatsapp::Emulador;
use crate::whatsapp::lienzo::{Hoja, escape, file, time};
use crate::whatsapp::registro::Registro;
use crate::whatsapp::tipos::{Avance, Plantilla, Telefono};
use crate::whatsapp::{medios, numero};

type App = State<Arc<Emulador>>;

/// Phones of one page.
const TELEFONOS: usize = 200;
/// Messages of one page.
const MENSAJES: usize = 100;

#[derive(Deserialize)]
pub struct Busca {
    #[serde(default)]
    q: String,
}

/// A page under this menu.
pub(super) fn sheet(titulo: &str, cuerpo: String) -> Response {
    Hoja { titulo, base: BASE, menu: &MENU, cuerpo }.render(StatusCode::OK)
}

/// A page that says why something was not done.
pub(super) fn refusal(motivo: &str) -> Response {
    let cuerpo = format!(
        "<p class=\"mal\">{}</p><p><a href=\"{BASE}\">Volver a los teléfonos</a></p>",
        escape(motivo)
    );
    let hoja = Hoja { titulo: "No se hizo", base: BASE, menu: &MENU, cuerpo };
    hoja.render(StatusCode::UNPROCESSABLE_ENTITY)
}

/// Phones, the last to move first.
pub async fn phones(State(emulador): App, Query(busca): Query<Busca>) -> Response {
    let registro = emulador.state();
    let q = busca.q.trim().to_lowercase();
    let digitos: String = q.chars().filter(char::is_ascii_digit).collect();
    let coincide = |t: &&Telefono| {
        q.is_empty()
            || t.nombre.to_lowercase().contains(&q)
            || (!digitos.is_empty() && t.wa_id.contains(&digitos))
    };
    let mut filas: Vec<(i64, String)> = registro
        .telefonos
        .values()
        .filter(coincide)
        .map(|t| row(&registro, t, &emulador))
        .collect();
    filas.sort_by_key(|(momento, _)| std::cmp::Reverse(*momento));
    let total = filas.len();
    let tabla: String = filas.into_iter().take(TELEFONOS).map(|(_, fila)| fila).collect();
    let cuerpo = format!(
        "<p>Lo que aquí se ve es lo que llegaría a los teléfonos. Nada sale a la red de \
         WhatsApp.</p><p class=\"gris\">{webhook}</p>{busqueda}{lista}{nuevo}",
        webhook = webhook_text(&emulador),
        busqueda = search(&busca.q),
        lista = list(&tabla, total),
        nuevo = new_person(),
    );
    sheet("WhatsApp emulado", cuerpo)
}

fn webhook_text(emulador: &Emulador) -> String {
    let pendientes = emulador.cola.len();
    match emulador.cola.destino() {
        Some(url) => format!("Avisos a {}; {pendientes} por entregar.", escape(&url)),
        None => format!("Los avisos no tienen dirección; {pendientes} esperan."),
    }
}

fn search(q: &str) -> String {
    format!(
        "<form class=\"panel\" method=\"get\" action=\"{BASE}\" role=\"search\">\
         <label for=\"q\">Buscar por nombre o número</label>\
         <input id=\"q\" name=\"q\" type=\"search\" value=\"{}\"><button>Buscar</button></form>",
        escape(q)
    )
}

fn list(filas: &str, total: usize) -> String {
    if total == 0 {
        return "<p class=\"panel\">Todavía no hay teléfonos. Aparecen cuando Ramal envía un \
        mensaje \
                o cuando un cliente escribe primero.</p>"
            .into();
    }
    let corte = if total > TELEFONOS {
        format!("<p class=\"gris\">Se muestran {TELEFONOS} de {total}; busque para ver otros.</p>")
    } else {
        String::new()
    };
    format!(
        "{corte}<div class=\"caja\" tabindex=\"0\" role=\"region\" aria-label=\"Teléfonos\"><table>\
         <thead><tr><th scope=\"col\">Teléfono</th><th scope=\"col\">Último mensaje</th>\
         <th scope=\"col\">Estado</th><th scope=\"col\">Ventana</th></tr></thead>\
         <tbody>{filas}</tbody></table></div>"
    )
}

fn row(registro: &Registro, t: &Telefono, emulador: &Emulador) -> (i64, String) {
    let ultimo = registro.chat(&t.wa_id, 1).first().copied();
    let momento = ultimo.map_or(0, |b| b.momento);
    let texto: String = ultimo.map_or("", |b| b.cuerpo.as_str()).chars().take(80).collect();
    let zona = &emulador.opciones.zona;
    let fila = format!(
        "<tr><td><a href=\"{BASE}/chat/{wa}\">{nombre}</a><br>+{wa}</td><td>{texto}<br>{cuando}</td>\
         <td>{estado}</td><td>{ventana}</td></tr>",
        wa = escape(&t.wa_id),
        nombre = escape(name_of(t)),
        texto = escape(&texto),
        cuando = ultimo.map(|b| time(b.momento, zona)).unwrap_or_default(),
        estado = ultimo.map_or("sin mensajes", state),
        ventana = window(t, emulador),
    );
    (momento, fila)
}

fn name_of(t: &Telefono) -> &str {
    if t.nombre.is_empty() { "Sin nombre" } else { &t.nombre }
}

fn window(t: &Telefono, emulador: &Emulador) -> String {
    if emulador.now().millis() < t.ventana_hasta {
        return format!("abierta hasta {}", time(t.ventana_hasta, &emulador.opciones.zona));
    }
    "cerrada: solo plantillas".into()
}

fn new_person() -> String {
    format!(
        "<h2>Escribir como un cliente</h2><form class=\"panel\" method=\"post\" \
         action=\"{BASE}/personas\"><label for=\"telefono\">Teléfono con código de país</label>\
         <input id=\"telefono\" name=\"telefono\" type=\"tel\" required \
         aria-describedby=\"telefono-ayuda\"><p class=\"gris\" id=\"telefono-ayuda\">Por ejemplo, \
         52 55 1234 5678 o 51 979 514 083.</p><label for=\"nombre\">Nombre del perfil \
         (opcional)</label><input id=\"nombre\" name=\"nombre\"><label for=\"texto\">\
         Mensaje</label>\
         <textarea id=\"texto\" name=\"texto\" rows=\"3\" required></textarea>\
         <button>Enviar como cliente</button></form>"
    )
}

/// One chat.
pub async fn chat(State(emulador): App, Path(wa): Path<String>) -> Response {
    let registro = emulador.state();
    let Some(t) = registro.telefonos.get(&wa) else {
        return refusal("Ese teléfono no tiene conversación.");
    };
    let zona = &emulador.opciones.zona;
    let burbujas: String = registro
        .chat(&wa, MENSAJES)
        .into_iter()
        .map(|b| bubble(b, &emulador.opciones.empresa, zona))
        .collect();
    let cuerpo = format!(
        "<dl class=\"panel\"><dt>Número</dt><dd>+{wa}</dd><dt>País</dt><dd>{pais}</dd>\
         <dt>Ventana</dt><dd>{ventana}</dd><dt>Marketing</dt><dd>{marketing}</dd>\
         <dt>WhatsApp</dt><dd>{presencia}</dd></dl>\
         <h2>Mensajes</h2><ol class=\"chat\">{burbujas}</ol>{formularios}",
        wa = escape(&wa),
        pais = numero::pais(&wa),
        ventana = window(t, &emulador),
        marketing = if t.sin_marketing { "detenido por la persona" } else { "permitido" },
        presencia = if t.sin_whatsapp { "este número no tiene WhatsApp" } else { "activo" },
        formularios = forms(t),
    );
    sheet(&format!("Conversación con {}", name_of(t)), cuerpo)
}

fn forms(t: &Telefono) -> String {
    let wa = escape(&t.wa_id);
    let (valor, marketing) = match t.sin_marketing {
        true => ("reanudar", "Reanudar promociones"),
        false => ("detener", "Detener promociones"),
    };
    let (con, presencia) = match t.sin_whatsapp {
        true => ("con", "Darle WhatsApp a este número"),
        false => ("sin", "Quitarle WhatsApp a este número"),
    };
    let boton = |ruta: &str, nombre: &str, valor: &str, texto: &str| {
        format!(
            "<form method=\"post\" action=\"{BASE}/chat/{wa}/{ruta}\"><input type=\"hidden\" \
             name=\"{nombre}\" value=\"{valor}\"><button class=\"suave\">{texto}</button></form>"
        )
    };
    format!(
        "<h2>Responder como el cliente</h2><form class=\"panel\" method=\"post\" \
         action=\"{BASE}/chat/{wa}/texto\"><label for=\"texto\">Mensaje</label><textarea \
         id=\"texto\" \
         name=\"texto\" rows=\"3\" required aria-describedby=\"texto-ayuda\"></textarea>\
         <p class=\"gris\" id=\"texto-ayuda\">Abre la ventana de 24 horas. «BAJA» detiene las \
         promociones si Ramal lo atiende.</p><button>Enviar como cliente</button></form>\
         <form class=\"panel\" method=\"post\" enctype=\"multipart/form-data\" \
         action=\"{BASE}/chat/{wa}/archivo\"><label for=\"archivo\">Foto o PDF</label>\
         <input id=\"archivo\" name=\"archivo\" type=\"file\" required \
         accept=\"image/jpeg,image/png,application/pdf\"><label for=\"pie\">Texto que lo acompaña \
         (opcional)</label><input id=\"pie\" name=\"pie\"><button>Enviar archivo</button></form>\
         <div class=\"fila\">{}{}{}{}</div>",
        boton("texto", "texto", "BAJA", "Escribir BAJA"),
        boton("leer", "leer", "si", "Marcar como leídos"),
        boton("preferencia", "valor", valor, marketing),
        boton("presencia", "valor", con, presencia),
    )
}

/// A file of a chat.
pub async fn media(State(emulador): App, Path(id): Path<String>) -> Response {
    match emulador.state().medio_entero(&id) {
        Ok(Some(medio)) => file(&medio.mime, &medio.nombre, medios::bytes(&medio)),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Templates and their review.
pub async fn templates(State(emulador): App) -> Response {
    let registro = emulador.state();
    let filas: String = registro.plantillas.values().map(template_row).collect();
    let cuerpo = if filas.is_empty() {
        "<p class=\"panel\">No hay plantillas registradas.</p>".to_owned()
    } else {
        format!(
            "<div class=\"caja\" tabindex=\"0\" role=\"region\" aria-label=\"Plantillas\"><table>\
             <thead><tr><th scope=\"col\">Nombre</th><th scope=\"col\">Texto</th>\
             <th scope=\"col\">Estado</th><th scope=\"col\">Decisión</th></tr></thead>\
             <tbody>{filas}</tbody></table></div>"
        )
    };
    sheet("Plantillas de WhatsApp", cuerpo)
}

fn template_row(p: &Plantilla) -> String {
    let texto = p.componentes.iter().filter_map(|c| c["text"].as_str()).collect::<Vec<_>>();
    let (id, nombre) = (escape(&p.id), escape(&p.nombre));
    let opciones: String = [
        ("APPROVED", "Aprobada"),
        ("REJECTED", "Rechazada"),
        ("PAUSED", "Pausada"),
        ("DISABLED", "Deshabilitada"),
    ]
    .iter()
    .map(|(valor, texto)| format!("<option value=\"{valor}\">{texto}</option>"))
    .collect();
    format!(
        "<tr><th scope=\"row\">{nombre}<br><span class=\"gris\">{idioma}, {categoria}</span></th>\
         <td class=\"texto\">{texto}</td><td>{estado}</td><td><form method=\"post\" \
         action=\"{BASE}/plantillas/{id}\"><label for=\"e{id}\">Nuevo estado</label>\
         <select id=\"e{id}\" name=\"estado\">{opciones}</select>\
         <button class=\"suave\">Cambiar {nombre}</button></form></td></tr>",
        idioma = escape(&p.idioma),
        categoria = escape(&p.categoria),
        texto = escape(&texto.join("\n")),
        estado = escape(&p.estado),
    )
}

/// Switches, as JSON.
pub async fn switches(State(emulador): App) -> Response {
    let json = serde_json::to_string_pretty(&emulador.mando.current()).unwrap_or_default();
    sheet("Interruptores de WhatsApp", switches_body(&emulador, &json, ""))
}

/// The form of the switches, with what was typed.
pub(super) fn switches_body(emulador: &Emulador, json: &str, error: &str) -> String {
    let fallidos = emulador.state().sent().filter(|b| b.avance == Avance::Fallido).count();
    let aviso = match error {
        "" => String::new(),
        e => format!("<p class=\"mal\" role=\"alert\">{}</p>", escape(e)),
    };
    format!(
        "<p>Hacen fallar al emulador como falla el servicio. Mensajes no entregados hasta ahora: \
         {fallidos}.</p>{aviso}<form class=\"panel\" method=\"post\" \
         action=\"{BASE}/interruptores\">\
         <label for=\"json\">Interruptores en JSON</label><textarea id=\"json\" name=\"json\" \
         class=\"codigo\" spellcheck=\"false\" aria-describedby=\"json-ayuda\">{json}</textarea>\
         <p class=\"gris\" id=\"json-ayuda\">«proximas» es cuántas veces seguidas ocurre; \
         «por_diez_mil», con qué frecuencia después.</p><button>Guardar interruptores</button>\
         </form>\
         <h2>Avisos</h2><p>{webhook}</p><form method=\"post\" action=\"{BASE}/webhook\">\
         <button class=\"suave\">Comprobar la dirección de los avisos</button></form>",
        json = escape(json),
        webhook = webhook_text(emulador),
    )
}
