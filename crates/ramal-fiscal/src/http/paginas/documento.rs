//! One legal document: what the authority answered, what is kept of it, what can be done. It
//! decides nothing: the actions do.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Instante;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Familia, Hito, Insignia, Marco, Textos, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem, Ruta};

use super::documentos::RUTA;
use super::palabras;
use crate::actions::retry_comprobante;
use crate::baja::{Cancelacion, Fase};
use crate::conexiones::load_emisor;
use crate::emision::TRABAJO_ENVIAR;
use crate::envio::is_pausado;
use crate::http::archivos::download;
use crate::http::permisos::{AnularComprobantes, LeerComprobantes, ReintentarComprobantes};
use crate::listado::{self, REINTENTABLES};
use crate::storage::{self, Clase, ComprobanteFila, EventoFila};
use crate::textos::TEXTOS;
use crate::{ComprobanteId, Error, Estado, lotes, plazo};

struct Archivo {
    ruta: String,
    nombre: String,
    peso: String,
}

struct Relacionado {
    ruta: String,
    numero: String,
    tipo: String,
    estado: Insignia,
}

struct Lote {
    ruta: String,
    nombre: String,
    estado: Insignia,
}

/// Where to go to mend what the authority refused.
struct Salida {
    texto: &'static str,
    enlace: &'static str,
    ruta: String,
}

#[derive(Template)]
#[template(path = "fiscal/documento.html")]
struct Documento {
    marco: Marco,
    fila: ComprobanteFila,
    total: String,
    estado: Insignia,
    emisor: String,
    campo: Option<String>,
    salida: Option<Salida>,
    hitos: Vec<Hito>,
    archivos: Vec<Archivo>,
    relacionados: Vec<Relacionado>,
    lotes: Vec<Lote>,
    limite: Option<Instante>,
    plazo: Option<Insignia>,
    proximo: Option<Instante>,
    factura: Option<String>,
    reintentar: bool,
    anular: bool,
    idem: String,
}

/// `GET /facturacion/documentos/{id}`
pub(super) async fn ver(
    vista: Vista<LeerComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let fila = load(&app, &id).await?;
    let marco = vista.marco(&TEXTOS, "fiscal-documento");
    let titulo = format!("{} {}", palabras::kind(&marco, &fila.tipo), fila.numero());
    let marco = marco.titled(titulo).miga(vista_text(&vista, "fiscal-documentos-titulo"), RUTA);
    let documento = compose(&app, marco, fila, vista.peticion().idem()).await?;
    page(StatusCode::OK, &documento)
}

fn vista_text<P>(vista: &Vista<P>, clave: &str) -> String {
    Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais).get(clave)
}

/// The document of an address. Errors: 404.
pub(super) async fn load(app: &App, id: &str) -> Result<ComprobanteFila, Problem> {
    let id = ComprobanteId::from_uuid(palabras::id_of(id)?);
    Ok(storage::by_id(&app.db, id).await?.ok_or(Error::NotFound)?)
}

async fn compose(
    app: &App,
    marco: Marco,
    fila: ComprobanteFila,
    idem: String,
) -> Result<Documento, Problem> {
    let c = &app.db;
    let emisor = load_emisor(c, fila.emisor_id).await?.fiscal;
    let pausado = is_pausado(c, fila.emisor_id).await?;
    let estado = fila.estado()?;
    let vivo = matches!(estado, Estado::EnCola | Estado::Enviando);
    let limite = vivo.then(|| plazo::limite_envio(&fila, &emisor));
    let proximos = ramal_jobs::proximos(c, TRABAJO_ENVIAR, &[fila.id.to_string()]).await?;
    Ok(Documento {
        hitos: milestones(&marco, &storage::historia(c, fila.id).await?),
        archivos: files(app, &marco, &fila).await?,
        relacionados: related(app, &marco, fila.id).await?,
        lotes: batches(app, &marco, fila.id).await?,
        total: palabras::money(&marco, fila.total, &fila.moneda),
        estado: palabras::insignia(&marco, &fila.estado),
        emisor: format!("{} · {}", emisor.numero, emisor.razon_social),
        campo: fila.mensaje.as_deref().and_then(field_of).map(ToOwned::to_owned),
        salida: way_out(&fila, estado, pausado),
        plazo: limite.and_then(|l| term_badge(&marco, &fila, l)),
        limite,
        proximo: proximos.into_iter().map(|(_, cuando)| cuando).next().filter(|_| vivo),
        factura: (fila.origen_tipo == "factura").then(|| factura_address(&fila)),
        reintentar: REINTENTABLES.contains(&estado) && marco.puede(ReintentarComprobantes::NOMBRE),
        anular: estado.is_aceptado() && marco.puede(AnularComprobantes::NOMBRE),
        marco,
        fila,
        idem,
    })
}

/// Address of the invoice that a document makes legal.
pub(super) fn factura_address(fila: &ComprobanteFila) -> String {
    format!("/facturacion/facturas/{}", fila.numero())
}

/// The field that the authority names in its refusal.
fn field_of(mensaje: &str) -> Option<&str> {
    let (_, resto) = mensaje.split_once("Campo: ")?;
    let fin = resto.find(". ").or(resto.strip_suffix('.').map(str::len)).unwrap_or(resto.len());
    Some(&resto[..fin])
}

fn way_out(fila: &ComprobanteFila, estado: Estado, pausado: bool) -> Option<Salida> {
    let salida = |texto, enlace, ruta: &str| Some(Salida { texto, enlace, ruta: ruta.to_owned() });
    let vivo = matches!(estado, Estado::Pausado | Estado::EnCola | Estado::Enviando);
    match estado {
        _ if vivo && pausado => {
            salida("fiscal-salida-pausa", "fiscal-salida-pausa-ir", "/admin/ajustes/certificados")
        }
        Estado::Rechazado if fila.origen_tipo == "factura" => {
            salida("fiscal-salida-rechazo", "fiscal-salida-rechazo-ir", &factura_address(fila))
        }
        Estado::Excepcion if fila.origen_tipo == "factura" => {
            salida("fiscal-salida-excepcion", "fiscal-salida-rechazo-ir", &factura_address(fila))
        }
        _ => None,
    }
}

fn milestones(marco: &Marco, historia: &[EventoFila]) -> Vec<Hito> {
    let ultimo = historia.len().saturating_sub(1);
    let hito = |(i, e): (usize, &EventoFila)| {
        let insignia = palabras::insignia(marco, &e.estado);
        let partes = [e.codigo.as_deref(), e.mensaje.as_deref()];
        let detalle = partes.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let hito = Hito::new(e.instante, insignia.texto).detail(detalle).family(family(&e.estado));
        if i == ultimo { hito.current() } else { hito }
    };
    historia.iter().enumerate().map(hito).collect()
}

fn family(estado: &str) -> Familia {
    match Estado::parse(estado) {
        Some(Estado::Aceptado | Estado::AceptadoObs) => Familia::Ok,
        Some(Estado::Enviando | Estado::Incierto | Estado::BajaPendiente) => Familia::Aviso,
        Some(Estado::Rechazado | Estado::Excepcion) => Familia::Mal,
        _ => Familia::Gris,
    }
}

async fn files(app: &App, marco: &Marco, fila: &ComprobanteFila) -> Result<Vec<Archivo>, Problem> {
    let file = |clase: Clase, clave: &str, peso: String| Archivo {
        ruta: format!("{RUTA}/{}/archivos/{}", fila.id, clase.as_str()),
        nombre: marco.t(clave),
        peso,
    };
    let mut archivos = vec![file(Clase::Pdf, "fiscal-archivo-pdf", String::new())];
    let guardados = listado::archivos(&app.db, fila.id).await?;
    for guardado in &guardados {
        let Some(clase) = Clase::parse(&guardado.clase).filter(|c| *c != Clase::Pdf) else {
            continue;
        };
        let peso = palabras::weight(marco, guardado.peso_bytes);
        archivos.push(file(clase, file_key(clase, fila), peso));
    }
    let tiene_cdr = guardados.iter().any(|g| g.clase == Clase::Cdr.as_str());
    if !tiene_cdr && let Some(cdr) = lotes::cdr_of(&app.db, fila.id).await? {
        let peso = i64::try_from(cdr.len()).unwrap_or(i64::MAX);
        let clave = "fiscal-archivo-cdr-resumen";
        archivos.push(file(Clase::Cdr, clave, palabras::weight(marco, peso)));
    }
    Ok(archivos)
}

fn file_key(clase: Clase, fila: &ComprobanteFila) -> &'static str {
    match clase {
        Clase::Xml => "fiscal-archivo-xml",
        Clase::Timbrado if fila.aceptado.is_none() => "fiscal-archivo-respuesta",
        Clase::Timbrado => "fiscal-archivo-timbrado",
        Clase::Cdr => "fiscal-archivo-cdr",
        Clase::Solicitud => "fiscal-archivo-solicitud",
        Clase::Anterior => "fiscal-archivo-anterior",
        Clase::Acuse => "fiscal-archivo-acuse",
        Clase::Pdf => "fiscal-archivo-pdf",
    }
}

async fn related(app: &App, marco: &Marco, id: ComprobanteId) -> Result<Vec<Relacionado>, Problem> {
    let filas = listado::relacionados(&app.db, id).await?;
    let uno = |f: listado::RelacionadoFila| Relacionado {
        ruta: format!("{RUTA}/{}", f.id),
        numero: f.numero,
        tipo: palabras::kind(marco, &f.tipo),
        estado: palabras::insignia(marco, &f.estado),
    };
    Ok(filas.into_iter().map(uno).collect())
}

async fn batches(app: &App, marco: &Marco, id: ComprobanteId) -> Result<Vec<Lote>, Problem> {
    let filas = lotes::of_comprobante(&app.db, id).await?;
    let uno = |f: lotes::LoteFila| Lote {
        ruta: format!("/facturacion/resumenes/{}", f.id),
        estado: palabras::insignia_lote(marco, &f.estado),
        nombre: f.nombre,
    };
    Ok(filas.into_iter().map(uno).collect())
}

/// What is told of a cancellation under way or done.
impl Documento {
    fn anulacion(&self) -> Option<Cancelacion> {
        Cancelacion::of(&self.fila)
    }

    fn motivo(&self, a: &Cancelacion) -> String {
        let partes = [a.motivo.codigo.as_str(), a.motivo.texto.trim()];
        partes.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    fn clave_fase(&self, a: &Cancelacion) -> &'static str {
        match a.fase {
            Fase::Pedida => "fiscal-fase-pedida",
            Fase::Dudosa => "fiscal-fase-dudosa",
            Fase::Solicitada => "fiscal-fase-solicitada",
            Fase::Rechazada => "fiscal-fase-rechazada",
            Fase::Final => "fiscal-fase-final",
        }
    }
}

/// How much of the term to send has passed, from half of it on.
fn term_badge(marco: &Marco, fila: &ComprobanteFila, limite: Instante) -> Option<Insignia> {
    match plazo::por_ciento(fila.emitido, limite, marco.ahora) {
        80.. => Some(Insignia::mal(marco.t("fiscal-plazo-80"))),
        50.. => Some(Insignia::aviso(marco.t("fiscal-plazo-50"))),
        _ => None,
    }
}

/// `GET /facturacion/documentos/{id}/archivos/{clase}`
pub(super) async fn archivo(
    vista: Vista<LeerComprobantes>,
    State(app): State<App>,
    Ruta((id, clase)): Ruta<(String, String)>,
) -> Result<Response, Problem> {
    download(&app, vista.cx(), palabras::id_of(&id)?, &clase).await
}

/// `POST /facturacion/documentos/{id}/reintentar`
pub(super) async fn reintentar(
    vista: Vista<ReintentarComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let fila = load(&app, &id).await?;
    let lugar = format!("{RUTA}/{}", fila.id);
    let clave = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = clave.recall(&tx).await? {
        return Ok(respuesta);
    }
    retry_comprobante(&tx, vista.cx(), fila.id).await?;
    clave.remember_redirect(&tx, vista.cx(), &lugar).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(vista_text(&vista, "fiscal-reintentado"));
    Ok(redirect(&app, &lugar, &[aviso]))
}

#[cfg(test)]
mod tests {
    use super::field_of;

    #[test]
    fn the_field_at_fault_is_read_out_of_the_sentence() {
        assert_eq!(field_of("Mal. Campo: Receptor.Rfc. Corrija."), Some("Receptor.Rfc"));
        assert_eq!(field_of("Mal. Campo: Rfc."), Some("Rfc"));
        assert_eq!(field_of("Mal."), None);
    }
}
