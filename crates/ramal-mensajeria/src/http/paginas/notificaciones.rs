//! Settings of notifications: quiet hours, grouping, channels by kind, limits.
//! `/admin/ajustes/notificaciones`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Pais;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Enlace, Marco, Opcion, page, redirect};
use ramal_web::{App, Formulario, Problem};

use super::palabras;
use crate::actions::write_ajustes;
use crate::ajustes::{Ajustes, Silencio};
use crate::permisos::AjustarMensajes;
use crate::storage::ajustes;
use crate::textos::TEXTOS;
use crate::{Canal, Clase, Error};

const RUTA: &str = "/admin/ajustes/notificaciones";
const PAISES: [Pais; 3] = [Pais::Mx, Pais::Pe, Pais::Ar];

struct Horas {
    nombre: String,
    desde: String,
    hasta: String,
}

struct Preferencia {
    nombre: String,
    clase: String,
}

#[derive(Template)]
#[template(path = "mensajeria/notificaciones.html")]
struct Pagina {
    marco: Marco,
    secciones: Vec<Enlace>,
    f: Formulario,
    paises: Vec<Horas>,
    clases: Vec<Preferencia>,
    ordenes: Vec<Opcion>,
}

/// Orders of channels that may be chosen, as the form writes them.
const ORDENES: [&str; 8] = [
    "whatsapp,email,app",
    "email,whatsapp,app",
    "whatsapp,email",
    "email,whatsapp",
    "whatsapp",
    "email",
    "app,whatsapp,email",
    "app",
];

fn clock(minuto: u16) -> String {
    format!("{:02}:{:02}", minuto / 60, minuto % 60)
}

fn read_clock(texto: &str) -> Option<u16> {
    let (h, m) = texto.trim().split_once(':')?;
    let (h, m): (u16, u16) = (h.parse().ok()?, m.get(..2)?.parse().ok()?);
    (h < 24 && m < 60).then_some(h * 60 + m)
}

fn form_of(a: &Ajustes, version: i64) -> Formulario {
    let si = |b: bool| if b { "on" } else { "" }.to_owned();
    let mut campos: Vec<(String, String)> = vec![
        ("agrupar".into(), si(a.agrupar)),
        ("espera_grupo".into(), (a.espera_grupo_ms / 1000).to_string()),
        ("deshacer".into(), (a.deshacer_ms / 1000).to_string()),
        ("horas_sin_estado".into(), a.horas_sin_estado.to_string()),
        ("texto_en_ventana".into(), si(a.texto_en_ventana)),
        ("copia_en_app".into(), si(a.copia_en_app)),
        ("maximo_seguidos".into(), a.maximo_seguidos.to_string()),
        ("minutos_seguidos".into(), a.minutos_seguidos.to_string()),
        ("tope".into(), palabras::unit_price(a.tope_micros)),
        ("version".into(), version.to_string()),
    ];
    for pais in PAISES {
        let silencio = a.silencio.get(pais.codigo()).copied();
        let Silencio { desde, hasta } = silencio.unwrap_or(Silencio { desde: 0, hasta: 0 });
        campos.push((field("desde", pais), clock(desde)));
        campos.push((field("hasta", pais), clock(hasta)));
    }
    for (clase, orden) in &a.orden {
        campos.push((format!("orden_{clase}"), Canal::join(orden)));
    }
    Formulario::filled(campos)
}

fn field(que: &str, pais: Pais) -> String {
    format!("silencio_{que}_{}", pais.codigo().to_ascii_lowercase())
}

fn read(form: &Formulario) -> Result<Ajustes, Error> {
    let mut nuevos = Ajustes::default();
    for pais in PAISES {
        let hora = |que: &str| {
            let campo = field(que, pais);
            read_clock(form.value(&campo)).ok_or_else(|| {
                Error::campo(&campo, "hora_forma", "Escriba una hora, por ejemplo 21:00.")
            })
        };
        let silencio = Silencio { desde: hora("desde")?, hasta: hora("hasta")? };
        nuevos.silencio.insert(pais.codigo().to_owned(), silencio);
    }
    nuevos.agrupar = form.has("agrupar", "on");
    nuevos.texto_en_ventana = form.has("texto_en_ventana", "on");
    nuevos.copia_en_app = form.has("copia_en_app", "on");
    nuevos.espera_grupo_ms = palabras::number(form, "espera_grupo")?.saturating_mul(1000);
    nuevos.deshacer_ms = palabras::number(form, "deshacer")?.saturating_mul(1000);
    nuevos.horas_sin_estado = palabras::number(form, "horas_sin_estado")?;
    nuevos.maximo_seguidos = palabras::number(form, "maximo_seguidos")?;
    nuevos.minutos_seguidos = palabras::number(form, "minutos_seguidos")?;
    nuevos.tope_micros = palabras::parse_micros(form.value("tope")).ok_or_else(|| {
        Error::campo("tope", "precio_forma", "Escriba un importe; 0 es sin tope.")
    })?;
    for clase in Clase::TODAS {
        let orden = form.value(&format!("orden_{}", clase.as_str()));
        if ORDENES.contains(&orden) {
            nuevos.orden.insert(clase.as_str().to_owned(), Canal::split(orden));
        }
    }
    Ok(nuevos)
}

/// `GET /admin/ajustes/notificaciones`
pub(super) async fn ver(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let actual = ajustes::load::<Ajustes>(&app.db, ajustes::NOTIFICACIONES).await?;
    show(&vista, (StatusCode::OK, form_of(&actual.valor, actual.version)))
}

fn show(
    vista: &Vista<AjustarMensajes>,
    (estado, f): (StatusCode, Formulario),
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-ajustes-notificaciones-titulo").refused(&f);
    let horas = |pais: Pais| Horas {
        nombre: marco.t(&format!("mensajes-pais-{}", pais.codigo().to_ascii_lowercase())),
        desde: field("desde", pais),
        hasta: field("hasta", pais),
    };
    let preferencia = |c: Clase| Preferencia {
        nombre: palabras::kind(&marco, c.as_str()),
        clase: format!("orden_{}", c.as_str()),
    };
    let orden = |texto: &&str| {
        let nombres: Vec<String> = Canal::split(texto)
            .into_iter()
            .map(|c| palabras::channel(&marco, c.as_str()))
            .collect();
        Opcion::new(*texto, nombres.join(" → "))
    };
    let pagina = Pagina {
        secciones: palabras::setting_tabs(&marco),
        paises: PAISES.map(horas).into_iter().collect(),
        clases: Clase::TODAS.map(preferencia).into_iter().collect(),
        ordenes: ORDENES.iter().map(orden).collect(),
        marco,
        f,
    };
    page(estado, &pagina)
}

/// `POST /admin/ajustes/notificaciones`
pub(super) async fn guardar(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let leida = form.value("version").parse().unwrap_or(-1);
    let tx = app.db.begin().await?;
    let hecho = match read(&form) {
        Ok(nuevos) => write_ajustes::save_notificaciones(&tx, vista.cx(), (leida, &nuevos)).await,
        Err(error) => Err(error),
    };
    if let Err(error) = hecho {
        tx.rollback().await?;
        let rancio = matches!(error, Error::Version);
        let (estado, mut form) = palabras::refused(form, error)?;
        if rancio {
            let ahora = ajustes::load::<Ajustes>(&app.db, ajustes::NOTIFICACIONES).await?;
            form.set("version", ahora.version.to_string());
        }
        return show(&vista, (estado, form));
    }
    tx.commit().await?;
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-ajustes-guardados"));
    Ok(redirect(&app, RUTA, &[aviso]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_the_form_unchanged() {
        let mut antes = Ajustes { agrupar: true, tope_micros: 12_500_000, ..Ajustes::default() };
        antes.orden.insert("orden_pago".into(), vec![Canal::Email, Canal::Whatsapp]);
        antes.silencio.insert("PE".into(), Silencio { desde: 20 * 60 + 30, hasta: 7 * 60 });
        assert_eq!(read(&form_of(&antes, 3)).unwrap(), antes);
    }

    #[test]
    fn what_is_no_hour_is_refused_in_its_field() {
        for malo in ["", "25:00", "9", "21:60", "aa:bb"] {
            let mut form = form_of(&Ajustes::default(), 0);
            form.set("silencio_desde_pe", malo);
            let error = read(&form).unwrap_err();
            assert!(matches!(error, Error::Campos(c) if c[0].campo == "silencio_desde_pe"));
        }
    }
}
