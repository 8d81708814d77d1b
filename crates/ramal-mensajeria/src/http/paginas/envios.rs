//! The envios: `/admin/mensajes/envios`. It sends nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Instante, Zona};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem};

use super::palabras;
use crate::permisos::LeerMensajes;
use crate::storage::envios::EnvioFila;
use crate::storage::lista::{self, FiltroEnvios};
use crate::textos::TEXTOS;
use crate::{Canal, Clase, EstadoEnvio};

/// Address of the list.
pub(super) const RUTA: &str = "/admin/mensajes/envios";
/// States in which somebody must look.
const POR_ATENDER: [EstadoEnvio; 2] = [EstadoEnvio::Fallido, EstadoEnvio::Incierto];
/// Value of the filter of states that means «somebody must look».
const ATENCION: &str = "atencion";

struct Fila {
    id: String,
    nombre: String,
    direccion: String,
    clase: String,
    canal: String,
    estado: Insignia,
    motivo: String,
    creado: Instante,
}

struct Medida {
    canal: String,
    parte: String,
    nota: String,
}

#[derive(Template)]
#[template(path = "mensajeria/envios.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    l: Listado,
    filas: Vec<Fila>,
    secciones: Vec<Enlace>,
    estados: Vec<Opcion>,
    canales: Vec<Opcion>,
    clases: Vec<Opcion>,
    medidas: Vec<Medida>,
}

/// `GET /admin/mensajes/envios`
pub(super) async fn lista(
    vista: Vista<LeerMensajes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-envios-titulo");
    let zona = ramal_plataforma::empresa(&app.db).await?.zona();
    let mut estados = vec![Opcion::new(ATENCION, marco.t("mensajes-estado-atencion"))];
    estados.extend(palabras::state_options(&marco));
    let (canales, clases) = (palabras::channel_options(&marco), palabras::kind_options(&marco));
    let filtros = vec![
        Filtro::texto("q", "mensajes-buscar"),
        Filtro::opciones("estado", "mensajes-estado", estados.clone()),
        Filtro::opciones("canal", "mensajes-canal", canales.clone()),
        Filtro::opciones("clase", "mensajes-clase", clases.clone()),
        Filtro::texto("cliente", "mensajes-cliente"),
        Filtro::fecha("desde", "mensajes-desde"),
        Filtro::fecha("hasta", "mensajes-hasta"),
    ];
    let l = Listado::new(&marco, filtros);
    let filtro = filter_of(&l);
    let pagina = lista::page(&app.db, &zona, &filtro, &l.cursor()).await?;
    let total = lista::count(&app.db, &zona, &filtro).await?;
    let vistas = views(&marco, &l);
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total)).views(vistas);
    let hoja = Lista {
        secciones: palabras::message_tabs(&marco),
        filas: pagina.datos.into_iter().map(|e| row(&marco, e)).collect(),
        medidas: measures(&app, &marco, &zona).await?,
        marco,
        l,
        estados,
        canales,
        clases,
    };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &hoja.as_lista());
    }
    page(StatusCode::OK, &hoja)
}

/// What the filters ask for. A value that is no value finds nothing.
fn filter_of(l: &Listado) -> FiltroEnvios {
    let estados = match l.get("estado") {
        None => Vec::new(),
        Some(ATENCION) => POR_ATENDER.to_vec(),
        Some(texto) => EstadoEnvio::parse(texto).into_iter().collect(),
    };
    let canal = l.get("canal").and_then(Canal::parse);
    let clase = l.get("clase").and_then(Clase::parse);
    let cliente_id = l.get("cliente").and_then(|t| t.parse().ok());
    let (desde, hasta) = (palabras::day(l, "desde"), palabras::day(l, "hasta"));
    let malo = |nombre: &str, bien: bool| l.get(nombre).is_some() && !bien;
    let nada = malo("estado", !estados.is_empty())
        || malo("canal", canal.is_some())
        || malo("clase", clase.is_some())
        || malo("cliente", cliente_id.is_some())
        || desde.is_err()
        || hasta.is_err();
    FiltroEnvios {
        estados,
        canal,
        clase,
        cliente_id,
        direccion: l.get("q").map(ToOwned::to_owned),
        desde: desde.unwrap_or(None),
        hasta: hasta.unwrap_or(None),
        nada,
    }
}

fn views(marco: &Marco, l: &Listado) -> Vec<Enlace> {
    let actual = l.value("estado");
    let una = |valor: &str, clave: &str| Enlace {
        texto: marco.t(clave),
        ruta: if valor.is_empty() { RUTA.to_owned() } else { format!("{RUTA}?estado={valor}") },
        activo: actual == valor,
    };
    vec![
        una("", "kit-todos"),
        una(ATENCION, "mensajes-estado-atencion"),
        una(EstadoEnvio::EnCola.as_str(), "mensajes-estado-en-cola"),
        una(EstadoEnvio::Suprimido.as_str(), "mensajes-estado-suprimido"),
    ]
}

fn row(marco: &Marco, e: EnvioFila) -> Fila {
    let motivo = e.codigo.as_deref().or(e.espera.as_deref());
    let callado = EstadoEnvio::parse(&e.estado).is_some_and(EstadoEnvio::is_llegado);
    Fila {
        id: e.id.to_string(),
        motivo: motivo.filter(|_| !callado).map(|m| palabras::reason(marco, m)).unwrap_or_default(),
        clase: palabras::kind(marco, &e.clase),
        canal: palabras::channel(marco, &e.canal),
        estado: palabras::badge(marco, &e.estado),
        direccion: shown_address(marco, &e),
        nombre: e.nombre,
        creado: e.creado,
    }
}

/// The address as people write it; nothing for a note inside the program.
pub(super) fn shown_address(marco: &Marco, e: &EnvioFila) -> String {
    match Canal::parse(&e.canal) {
        Some(Canal::Whatsapp) => marco.formato().telefono(&e.direccion),
        Some(Canal::Email) => e.direccion.clone(),
        _ => String::new(),
    }
}

/// Share delivered of the last seven days, by channel.
async fn measures(app: &App, marco: &Marco, zona: &Zona) -> Result<Vec<Medida>, Problem> {
    let hoy = zona.fecha(marco.ahora);
    let dias = lista::per_day(&app.db, hoy.plus_dias(-6), hoy).await?;
    let una = |e: lista::Entregas| Medida {
        canal: format!("mensajes-canal-{}", e.canal),
        parte: e.share().map_or_else(|| "—".to_owned(), |p| marco.formato().porcentaje(p)),
        nota: marco.t2(
            "mensajes-medida-nota",
            ("n", marco.numero(&e.entregados)),
            ("total", marco.numero(&e.intentados)),
        ),
    };
    Ok(lista::per_channel(&dias).into_iter().map(una).collect())
}
