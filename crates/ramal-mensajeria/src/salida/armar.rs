//! Renders a notification for one channel and freezes it. It chooses no channel and writes no row.

use ramal_base::{Dinero, Zona};
use ramal_canales::whatsapp::EstadoPlantilla;
use ramal_db::DbError;
use ramal_web::pagina::Formato;

use super::carga::{self, CargaWhatsapp, Congelada};
use super::{Servicio, correo};
use crate::ajustes::Ajustes;
use crate::notificacion::{Adjunto, Destinatario};
use crate::plantilla::pintado::{self, Partes, Pintado, paint};
use crate::plantilla::{Encabezado, Llave, Plantilla};
use crate::storage::notificaciones::NotificacionFila;
use crate::storage::{lineas, plantillas};
use crate::valor::{Valor, Variables};
use crate::{Canal, Clase, EnvioId, Error};

/// A notification, or a group of them, read and ready to be rendered.
pub struct Encargo {
    /// The one that leads.
    pub lider: NotificacionFila,
    /// Kind.
    pub clase: Clase,
    /// To whom.
    pub destinatario: Destinatario,
    /// Values of the leader, or of the whole group.
    pub variables: Variables,
    /// Files of all.
    pub adjuntos: Vec<Adjunto>,
    /// Company and format.
    pub partes: Partes,
    /// Settings.
    pub ajustes: Ajustes,
}

/// A message ready to leave.
pub struct Pieza {
    /// Identifier of the envio that it will be.
    pub id: EnvioId,
    /// Channel.
    pub canal: Canal,
    /// Address.
    pub direccion: String,
    /// Line (WhatsApp).
    pub linea_id: Option<uuid::Uuid>,
    /// `Message-ID` (e-mail).
    pub message_id: Option<String>,
    /// Version of the template.
    pub version: i64,
    /// What is read, masked.
    pub visto: Pintado,
    /// Frozen bytes; none inside the program.
    pub congelada: Option<Congelada>,
}

/// What came of rendering.
pub enum Armado {
    /// A message.
    Listo(Box<Pieza>),
    /// This channel cannot carry it; the code tells why.
    No(&'static str),
}

impl Encargo {
    /// Reads a leader and those that travel with it. Errors: `Corrupt`.
    pub fn new(
        miembros: Vec<NotificacionFila>,
        empresa: &ramal_plataforma::Empresa,
        ajustes: Ajustes,
    ) -> Result<Encargo, Error> {
        let lider = miembros.first().cloned().ok_or(Error::NotificacionNotFound)?;
        let destinatario = lider.destinatario()?;
        let zona = Zona::parse(&destinatario.zona_horaria).unwrap_or_else(|_| Zona::utc());
        let formato = Formato { pais: destinatario.pais, zona };
        let mut adjuntos = Vec::new();
        let mut varias = Vec::new();
        for miembro in &miembros {
            adjuntos.extend(miembro.adjuntos()?);
            varias.push(miembro.variables()?);
        }
        let partes = Partes {
            nombre: destinatario.nombre.clone(),
            empresa: empresa.nombre.clone(),
            formato,
        };
        let variables = gathered(varias, &partes.formato);
        let clase = lider.clase()?;
        Ok(Encargo { lider, clase, destinatario, variables, adjuntos, partes, ajustes })
    }

    /// Whether it holds what nobody but the addressee may see.
    pub fn is_reservada(&self) -> bool {
        self.variables.values().any(|v| matches!(v, Valor::Sellado(_)))
    }

    fn masked(&self, plantilla: &Plantilla) -> Pintado {
        let mostrar = |_: &str, valor: &Valor| valor.words(&self.partes.formato);
        paint(&plantilla.contenido, &self.variables, &self.partes, &mostrar)
    }

    /// As the addressee reads it. Errors: `Sello`, if what is sealed does not open.
    fn opened(&self, servicio: &Servicio, plantilla: &Plantilla) -> Result<Pintado, Error> {
        let mut abiertas = self.variables.clone();
        for (nombre, valor) in &mut abiertas {
            if let Valor::Sellado(cifrado) = valor {
                let bytes = hex::decode(cifrado.as_str())
                    .map_err(|_| DbError::Corrupt("a sealed variable is not hexadecimal"))?;
                let clave = secret_name(&self.lider.clave, nombre);
                let claro = servicio.sello.open(&clave, &bytes)?;
                *valor = Valor::Texto(String::from_utf8_lossy(&claro).into_owned());
            }
        }
        let mostrar = |_: &str, valor: &Valor| valor.words(&self.partes.formato);
        Ok(paint(&plantilla.contenido, &abiertas, &self.partes, &mostrar))
    }
}

/// Name under which a variable of a notification is sealed.
pub fn secret_name(clave: &str, variable: &str) -> String {
    format!("notificacion/{clave}/{variable}")
}

/// Values of a group: the amounts added, the earliest due day with its link, a line for each.
fn gathered(mut varias: Vec<Variables>, formato: &Formato) -> Variables {
    if varias.len() == 1 {
        return varias.pop().unwrap_or_default();
    }
    let vence = |v: &Variables| match v.get("vencimiento") {
        Some(Valor::Fecha(fecha)) => Some(*fecha),
        _ => None,
    };
    let detalle: Vec<String> = varias.iter().map(|v| pintado::detail(v, formato)).collect();
    let importe = sum(&varias);
    let juntos = |nombre: &str| {
        let textos: Vec<String> =
            varias.iter().filter_map(|v| v.get(nombre)).map(|v| v.words(formato)).collect();
        (!textos.is_empty()).then(|| Valor::Texto(textos.join(", ")))
    };
    let (factura, servicio) = (juntos("factura"), juntos("servicio"));
    let cantidad = varias.len();
    let primera = varias.into_iter().min_by_key(|v| vence(v).map(|f| f.0));
    let mut hechas = primera.unwrap_or_default();
    let propias = [
        ("importe", importe.map(Valor::Dinero)),
        ("factura", factura),
        ("servicio", servicio),
        ("detalle", Some(Valor::Texto(detalle.join("\n")))),
        ("cantidad", Some(Valor::Texto(cantidad.to_string()))),
    ];
    for (nombre, valor) in propias {
        if let Some(valor) = valor {
            hechas.insert(nombre.to_owned(), valor);
        }
    }
    hechas
}

/// Sum of the amounts; a group holds one currency.
fn sum(varias: &[Variables]) -> Option<Dinero> {
    let importes = varias.iter().filter_map(|v| match v.get("importe") {
        Some(Valor::Dinero(dinero)) => Some(*dinero),
        _ => None,
    });
    importes.map(Ok).reduce(|a, b| a?.plus(b?)).and_then(Result::ok)
}

/// Renders and freezes for one channel. Errors: storage, objects, a seal that does not open.
pub async fn build(
    servicio: &Servicio,
    encargo: &Encargo,
    (canal, direccion): (Canal, &str),
) -> Result<Armado, Error> {
    let llave = Llave { clase: encargo.clase, canal, pais: encargo.destinatario.pais };
    let plantilla = plantillas::current(&servicio.db, llave).await?;
    match canal {
        Canal::Whatsapp => build_whatsapp(servicio, encargo, &plantilla, direccion).await,
        Canal::Email => correo::build(servicio, encargo, &plantilla, direccion).await,
        Canal::App => Ok(Armado::Listo(Box::new(piece(servicio, encargo, &plantilla, direccion)))),
    }
}

/// A message without bytes yet.
pub(super) fn piece(
    servicio: &Servicio,
    encargo: &Encargo,
    plantilla: &Plantilla,
    direccion: &str,
) -> Pieza {
    Pieza {
        id: servicio.cx.new_id(),
        canal: plantilla.llave.canal,
        direccion: direccion.to_owned(),
        linea_id: None,
        message_id: None,
        version: plantilla.version,
        visto: encargo.masked(plantilla),
        congelada: None,
    }
}

/// What is read for real, for the bytes that leave.
pub(super) fn open_text(
    servicio: &Servicio,
    encargo: &Encargo,
    plantilla: &Plantilla,
) -> Result<Pintado, Error> {
    encargo.opened(servicio, plantilla)
}

async fn build_whatsapp(
    servicio: &Servicio,
    encargo: &Encargo,
    plantilla: &Plantilla,
    direccion: &str,
) -> Result<Armado, Error> {
    let Some(linea) = lineas::outgoing(&servicio.db).await? else {
        return Ok(Armado::No("sin_linea"));
    };
    let mut abierto = open_text(servicio, encargo, plantilla)?;
    if encargo.clase == Clase::Auth {
        abierto.parametros = only_code(servicio, encargo, plantilla)?;
    }
    if let Some(motivo) = incomplete(encargo, plantilla, &abierto) {
        return Ok(Armado::No(motivo));
    }
    let aprobada = approved(servicio, &linea.cuenta_id, plantilla, &abierto).await?;
    let ventana = lineas::window(&servicio.db, linea.id, direccion).await?;
    let abierta = ventana.is_some_and(|hasta| hasta > servicio.cx.now());
    if let Err(motivo) = aprobada
        && !(abierta && encargo.ajustes.texto_en_ventana)
    {
        return Ok(Armado::No(motivo));
    }
    let con_adjunto = plantilla.contenido.encabezado != Encabezado::Ninguno;
    let carga = CargaWhatsapp {
        texto: abierto.texto,
        boton: abierto.boton,
        nombre: plantilla.contenido.nombre_meta.clone(),
        idioma: plantilla.idioma().to_owned(),
        parametros: abierto.parametros,
        adjunto: encargo.adjuntos.first().filter(|_| con_adjunto).cloned(),
    };
    let bytes = serde_json::to_vec(&carga)
        .map_err(|_| DbError::Corrupt("a message of WhatsApp is not JSON"))?;
    let mut pieza = piece(servicio, encargo, plantilla, direccion);
    let sellar = (bytes, encargo.is_reservada());
    pieza.congelada =
        Some(carga::freeze(&servicio.sello, &servicio.objetos, pieza.id, sellar).await?);
    pieza.linea_id = Some(linea.id);
    Ok(Armado::Listo(Box::new(pieza)))
}

/// A template of authentication is Meta's own text: its only parameter is the code.
fn only_code(
    servicio: &Servicio,
    encargo: &Encargo,
    plantilla: &Plantilla,
) -> Result<Vec<String>, Error> {
    let mut sola = plantilla.clone();
    sola.contenido.cuerpo = "{{codigo}}".to_owned();
    Ok(encargo.opened(servicio, &sola)?.parametros)
}

/// What Meta would refuse, seen here first (W21).
fn incomplete(encargo: &Encargo, plantilla: &Plantilla, abierto: &Pintado) -> Option<&'static str> {
    if plantilla.contenido.encabezado != Encabezado::Ninguno && encargo.adjuntos.is_empty() {
        return Some("falta_adjunto");
    }
    let sin_boton = !plantilla.contenido.boton.is_empty() && abierto.boton.is_none();
    sin_boton.then_some("falta_enlace")
}

/// Whether Meta has the template approved with as many parameters as it will get.
pub(super) async fn approved(
    servicio: &Servicio,
    cuenta: &str,
    plantilla: &Plantilla,
    abierto: &Pintado,
) -> Result<Result<(), &'static str>, DbError> {
    let nombre = &plantilla.contenido.nombre_meta;
    let meta = plantillas::meta(&servicio.db, cuenta, nombre, plantilla.idioma()).await?;
    let Some(meta) = meta else { return Ok(Err("plantilla_desconocida")) };
    if EstadoPlantilla::parse(&meta.estado) != EstadoPlantilla::Aprobada {
        return Ok(Err("plantilla_no_aprobada"));
    }
    let suyos = meta.parametros.and_then(|n| usize::try_from(n).ok());
    let cabe = suyos.is_none_or(|n| n == abierto.parametros.len());
    Ok(if cabe { Ok(()) } else { Err("plantilla_parametros") })
}
