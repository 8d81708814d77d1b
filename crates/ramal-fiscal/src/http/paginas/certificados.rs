//! Certificates of the emisores: what is in force and until when, loading another (checked on the
//! spot), pausing and resuming the sending. The key comes in and never goes out.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{CampoInvalido, Instante, Pais, Problema};
use ramal_plataforma::{Emisor, Registro, Sello, Vista, audit};
use ramal_web::pagina::{
    Aviso, Enlace, FormularioConArchivos, Insignia, Marco, Textos, page, redirect,
};
use ramal_web::{App, Formulario, Problem, Ruta};
use uuid::Uuid;

use super::ajustes::load;
use super::palabras;
use crate::actions::{pause_emisor, resume_emisor};
use crate::carga::{self, Carga};
use crate::firmante::{self, CertificadoActivo, Procedencia};
use crate::http::permisos::{AdministrarCertificados, LeerCertificados};
use crate::listado::{self, PausaFila};
use crate::textos::TEXTOS;
use crate::vigilancia::dias_restantes;
use crate::{EmisorFiscal, Error};

const RUTA: &str = "/admin/ajustes/certificados";
/// Largest file of a certificate or key, in bytes; real ones have a few kilobytes.
const ARCHIVO_MAXIMO: usize = 64 * 1024;

/// OID of the common name of a subject. Source: X.520.
const NOMBRE_COMUN: &str = "2.5.4.3";

struct Certificado {
    sujeto: String,
    numero: String,
    desde: Instante,
    hasta: Instante,
    /// When the key was kept and how the number ends: all that is told of it.
    guardado: String,
    estado: Insignia,
    prueba: bool,
}

struct Grupo {
    emisor: Emisor,
    certificado: Option<Certificado>,
    pausa: Option<PausaFila>,
}

#[derive(Template)]
#[template(path = "fiscal/certificados.html")]
struct Lista {
    marco: Marco,
    secciones: Vec<Enlace>,
    grupos: Vec<Grupo>,
    administra: bool,
    f: Formulario,
}

/// `GET /admin/ajustes/certificados`
pub(super) async fn lista(
    vista: Vista<LeerCertificados>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    show_list(&vista, &app, Formulario::default(), StatusCode::OK).await
}

async fn show_list<P>(
    vista: &Vista<P>,
    app: &App,
    f: Formulario,
    estado: StatusCode,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "fiscal-certificados-titulo").refused(&f);
    let mut activos: HashMap<Uuid, CertificadoActivo> =
        firmante::activos(&app.db).await?.into_iter().map(|c| (c.emisor_id, c)).collect();
    let mut pausas: HashMap<Uuid, PausaFila> =
        listado::pausas(&app.db).await?.into_iter().map(|p| (p.emisor_id, p)).collect();
    let emisores = ramal_plataforma::emisores(&app.db).await?;
    let grupo = |emisor: Emisor| {
        let id = emisor.id.uuid();
        Grupo {
            certificado: activos.remove(&id).map(|c| view(&marco, c)),
            pausa: pausas.remove(&id),
            emisor,
        }
    };
    let grupos = emisores.into_iter().map(grupo).collect();
    let administra = marco.puede("certificados:administrar");
    let secciones = palabras::setting_tabs_at(&marco, RUTA);
    page(estado, &Lista { marco, secciones, grupos, administra, f })
}

fn view(marco: &Marco, c: CertificadoActivo) -> Certificado {
    let nombre = ramal_xml::Certificado::from_der(&c.der)
        .ok()
        .and_then(|x| x.subject_value(NOMBRE_COMUN).map(ToOwned::to_owned))
        .unwrap_or_default();
    let fin = c.numero.char_indices().rev().nth(1).map_or(0, |(i, _)| i);
    Certificado {
        sujeto: if nombre.is_empty() { c.titular } else { format!("{nombre} · {}", c.titular) },
        estado: validity(marco, dias_restantes(c.hasta, marco.ahora)),
        guardado: marco.t2(
            "fiscal-certificado-guardada",
            ("fecha", marco.momento(&c.creado)),
            ("fin", format!("…{}", c.numero[fin..].to_uppercase())),
        ),
        numero: c.numero,
        desde: c.desde,
        hasta: c.hasta,
        prueba: c.prueba,
    }
}

/// Badge of the days left: five, fifteen and thirty are the days at which somebody must know.
fn validity(marco: &Marco, dias: i64) -> Insignia {
    match dias {
        ..0 => Insignia::mal(marco.t1("fiscal-vencio", "n", -dias)),
        0..=5 => Insignia::mal(marco.t1("fiscal-vence-en", "n", dias)),
        6..=30 => Insignia::aviso(marco.t1("fiscal-vence-en", "n", dias)),
        _ => Insignia::ok(marco.t("fiscal-vigente")),
    }
}

#[derive(Template)]
#[template(path = "fiscal/cargar.html")]
struct Cargar {
    marco: Marco,
    emisor: Emisor,
    f: Formulario,
    accion: String,
}

impl Cargar {
    fn is_pe(&self) -> bool {
        self.emisor.pais == Pais::Pe
    }
}

/// `GET /admin/ajustes/certificados/{id}/cargar`
pub(super) async fn formulario(
    vista: Vista<AdministrarCertificados>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let emisor = load(&app, &id).await?;
    show_form(&vista, emisor, Formulario::default(), StatusCode::OK)
}

fn show_form(
    vista: &Vista<AdministrarCertificados>,
    emisor: Emisor,
    f: Formulario,
    estado: StatusCode,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "fiscal-certificados-titulo").refused(&f);
    let arriba = marco.titulo.clone();
    let titulo = marco.t1("fiscal-cargar-titulo", "emisor", &emisor.numero);
    let marco = marco.titled(titulo).miga(arriba, RUTA);
    let accion = format!("{RUTA}/{}/cargar", emisor.id);
    page(estado, &Cargar { marco, emisor, f, accion })
}

/// `POST /admin/ajustes/certificados/{id}/cargar`
pub(super) async fn cargar(
    vista: Vista<AdministrarCertificados>,
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    Ruta(id): Ruta<String>,
    subido: FormularioConArchivos,
) -> Result<Response, Problem> {
    let emisor = load(&app, &id).await?;
    match keep(&vista, &app, &sello, (&emisor, &subido)).await {
        Ok(()) => {
            let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
            Ok(redirect(&app, RUTA, &[Aviso::ok(textos.get("fiscal-cargado"))]))
        }
        Err(problema) if problema.estado == 422 => {
            let f = subido.form.refused(&problema);
            show_form(&vista, emisor, f, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(otro) => Err(Problem(otro)),
    }
}

async fn keep(
    vista: &Vista<AdministrarCertificados>,
    app: &App,
    sello: &Sello,
    (emisor, subido): (&Emisor, &FormularioConArchivos),
) -> Result<(), Problema> {
    let fiscal = EmisorFiscal::from(emisor.clone());
    let firmante = read(&fiscal, subido).map_err(|malo| Problema::campos(vec![malo]))?;
    let tx = app.db.begin().await?;
    let cargado = (&firmante, Procedencia::Autoridad);
    match firmante::load_certificado(&tx, vista.cx(), sello, &fiscal, cargado).await {
        Ok(_) => {}
        Err(Error::Certificado(motivo)) => {
            let campo = main_file(subido);
            let motivo = carga::sentence(&motivo);
            let malo = CampoInvalido::new(campo, "certificado_invalido", motivo);
            return Err(Problema::campos(vec![malo]));
        }
        Err(otro) => return Err(otro.into()),
    }
    let registro = Registro::new("certificado.cargar", "emisor", emisor.id);
    audit(&tx, vista.cx(), registro).await?;
    Ok(tx.commit().await?)
}

fn main_file(subido: &FormularioConArchivos) -> &'static str {
    let hay = |campo: &str| subido.archivos.iter().any(|a| a.campo == campo);
    if hay("p12") {
        "p12"
    } else if hay("pem") {
        "pem"
    } else {
        "cer"
    }
}

fn read(
    emisor: &EmisorFiscal,
    subido: &FormularioConArchivos,
) -> Result<crate::Firmante, CampoInvalido> {
    let contrasena = subido.form.value("contrasena");
    match main_file(subido) {
        "p12" => carga::read(emisor, Carga::P12(file(subido, "p12")?), contrasena),
        "pem" => {
            let motivo = "El archivo PEM es de texto; este no lo es.";
            let pem = std::str::from_utf8(file(subido, "pem")?)
                .map_err(|_| CampoInvalido::new("pem", "pem_ilegible", motivo))?;
            carga::read(emisor, Carga::Pem(pem), contrasena)
        }
        _ if emisor.pais == Pais::Pe && file(subido, "cer").is_err() => {
            let motivo = "Falta elegir el archivo .p12 o .pfx, el .pem, o el par .cer y .key.";
            Err(CampoInvalido::new("p12", "archivo_requerido", motivo))
        }
        _ => {
            let (cer, key) = (file(subido, "cer")?, file(subido, "key")?);
            carga::read(emisor, Carga::Par { cer, key }, contrasena)
        }
    }
}

/// The bytes of an uploaded file. Errors: it is missing or far too large for a certificate.
fn file<'a>(subido: &'a FormularioConArchivos, campo: &str) -> Result<&'a [u8], CampoInvalido> {
    let archivo = subido.archivos.iter().find(|a| a.campo == campo);
    let archivo = archivo.ok_or_else(|| {
        CampoInvalido::new(campo, "archivo_requerido", "Falta elegir el archivo.")
    })?;
    if archivo.bytes.len() > ARCHIVO_MAXIMO {
        let motivo = "El archivo pesa más de 64 KB; un certificado o una llave pesan mucho menos.";
        return Err(CampoInvalido::new(campo, "archivo_muy_grande", motivo));
    }
    Ok(&archivo.bytes)
}

/// `POST /admin/ajustes/emisores/{id}/pausar`
pub(super) async fn pausar(
    vista: Vista<AdministrarCertificados>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let emisor = load(&app, &id).await?;
    let tx = app.db.begin().await?;
    match pause_emisor(&tx, vista.cx(), emisor.id.uuid(), form.value("motivo")).await {
        Ok(()) => tx.commit().await?,
        Err(Error::Reglas(errores)) => {
            tx.rollback().await?;
            let form = form.refused(&Problema::campos(errores));
            return show_list(&vista, &app, form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Err(otro) => return Err(otro.into()),
    }
    Ok(told(&vista, &app, "fiscal-pausado"))
}

/// `POST /admin/ajustes/emisores/{id}/reanudar`
pub(super) async fn reanudar(
    vista: Vista<AdministrarCertificados>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let emisor = load(&app, &id).await?;
    let tx = app.db.begin().await?;
    resume_emisor(&tx, vista.cx(), emisor.id.uuid()).await?;
    tx.commit().await?;
    Ok(told(&vista, &app, "fiscal-reanudado"))
}

fn told<P>(vista: &Vista<P>, app: &App, clave: &str) -> Response {
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    redirect(app, RUTA, &[Aviso::ok(textos.get(clave))])
}
