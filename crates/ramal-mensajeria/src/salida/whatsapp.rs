//! A message of WhatsApp: its file uploaded, and the call that lets it leave. Which shape it takes
//! was decided before.

use ramal_canales::whatsapp::{
    Aceptado, BotonVariable, ClaseMedio, Contenido, DestinoWhatsapp, Encabezado, FuenteMedio,
    MedioEnviado, MedioSaliente, MensajeWhatsapp, PlantillaEnviada, TipoBoton, Variable,
    VistaPrevia,
};
use ramal_canales::{Causa, FallaEnvio};

use super::Servicio;
use super::carga::CargaWhatsapp;
use crate::notificacion::Adjunto;
use crate::storage::envios::EnvioFila;
use crate::storage::lineas::{self, Linea};
use crate::{Clase, telefono};

/// How a message leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forma {
    /// As an approved template.
    Plantilla,
    /// As free text, the window being open.
    Texto,
}

impl Forma {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Forma::Plantilla => "plantilla",
            Forma::Texto => "texto",
        }
    }
}

fn storage(_: ramal_db::DbError) -> FallaEnvio {
    FallaEnvio::retry("base", "la base de datos no respondió")
}

/// The line of an envio. Errors: `Detener` if it is there no more.
pub(super) async fn line_of(servicio: &Servicio, envio: &EnvioFila) -> Result<Linea, FallaEnvio> {
    let linea = match envio.linea_id {
        Some(id) => lineas::linea(&servicio.db, id).await.map_err(storage)?,
        None => None,
    };
    linea.ok_or_else(|| FallaEnvio::never("sin_linea", "la línea ya no existe", Causa::Otra))
}

/// Uploads the file of a message, if it has one, and gives its id. May be repeated.
pub(super) async fn upload(
    servicio: &Servicio,
    linea: &Linea,
    adjunto: &Adjunto,
) -> Result<String, FallaEnvio> {
    let bytes = servicio.objetos.get(&adjunto.objeto, &adjunto.huella).await;
    let bytes = bytes.map_err(|_| FallaEnvio::retry("adjunto", "el adjunto no se pudo leer"))?;
    let medio = MedioSaliente { nombre: adjunto.nombre.clone(), mime: adjunto.mime.clone(), bytes };
    servicio.canales.whatsapp(linea).await?.upload(&medio).await
}

/// Lets a message leave.
pub(super) async fn call(
    servicio: &Servicio,
    linea: &Linea,
    envio: &EnvioFila,
    (carga, forma): (CargaWhatsapp, Forma),
) -> Result<Aceptado, FallaEnvio> {
    let destino = if telefono::is_bsuid(&envio.direccion) {
        DestinoWhatsapp::Bsuid(envio.direccion.clone())
    } else {
        DestinoWhatsapp::Telefono(envio.direccion.clone())
    };
    let es_codigo = envio.clase == Clase::Auth.as_str();
    let mensaje = MensajeWhatsapp {
        destino,
        contenido: content(carga, forma, envio.medio.as_deref(), es_codigo.into()),
        referencia: envio.id.to_string(),
        cita: None,
    };
    servicio.canales.whatsapp(linea).await?.send(&mensaje).await
}

/// Whether the message carries a one-time code, which has a button of its own to copy it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Codigo {
    Si,
    No,
}

impl From<bool> for Codigo {
    fn from(si: bool) -> Codigo {
        if si { Codigo::Si } else { Codigo::No }
    }
}

fn content(carga: CargaWhatsapp, forma: Forma, medio: Option<&str>, codigo: Codigo) -> Contenido {
    let adjunto = carga.adjunto.as_ref().zip(medio);
    if forma == Forma::Plantilla {
        let encabezado = adjunto.map(|(a, id)| Encabezado::Medio(file(a, id, None)));
        return Contenido::Plantilla(PlantillaEnviada {
            botones: buttons(&carga, codigo),
            nombre: carga.nombre,
            idioma: carga.idioma,
            encabezado,
            cuerpo: carga.parametros.into_iter().map(Variable::positional).collect(),
        });
    }
    let texto = match &carga.boton {
        Some(b) => format!("{}\n\n{}: {}", carga.texto, b.rotulo, b.enlace),
        None => carga.texto.clone(),
    };
    match adjunto {
        Some((a, id)) => Contenido::Medio(file(a, id, Some(texto))),
        None => Contenido::Texto { cuerpo: texto, vista_previa: VistaPrevia::No },
    }
}

fn file(adjunto: &Adjunto, id: &str, pie: Option<String>) -> MedioEnviado {
    let imagen = adjunto.mime.starts_with("image/");
    MedioEnviado {
        clase: if imagen { ClaseMedio::Imagen } else { ClaseMedio::Documento },
        fuente: FuenteMedio::Id(id.to_owned()),
        pie,
        nombre: (!imagen).then(|| adjunto.nombre.clone()),
    }
}

/// Values of the buttons: the suffix of the address, for a template keeps the rest; the code, for
/// the button that copies it.
fn buttons(carga: &CargaWhatsapp, codigo: Codigo) -> Vec<BotonVariable> {
    let de = |tipo, texto| vec![BotonVariable { indice: 0, tipo, texto }];
    match (codigo, &carga.boton) {
        (Codigo::Si, _) => {
            // Meta wants the code of an authentication template in its button again; it is the
            // parameter after the name of the company.
            carga.parametros.last().map_or_else(Vec::new, |c| de(TipoBoton::Url, c.clone()))
        }
        (Codigo::No, Some(boton)) => de(TipoBoton::Url, suffix(&boton.enlace).to_owned()),
        (Codigo::No, None) => Vec::new(),
    }
}

/// What follows the host: `https://host/f/abc` gives `f/abc`.
pub(crate) fn suffix(enlace: &str) -> &str {
    let tras = enlace.split_once("://").map_or(enlace, |(_, resto)| resto);
    tras.split_once('/').map_or("", |(_, ruta)| ruta)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plantilla::pintado::Boton;

    fn carga(adjunto: Option<Adjunto>) -> CargaWhatsapp {
        CargaWhatsapp {
            texto: "Hola Ana".into(),
            boton: Some(Boton {
                rotulo: "Pagar".into(),
                enlace: "https://r.test/f/abc?x=1".into(),
            }),
            nombre: "ramal_orden_pago".into(),
            idioma: "es_MX".into(),
            parametros: vec!["Ana".into()],
            adjunto,
        }
    }

    #[test]
    fn a_template_gets_the_suffix_of_the_link_and_free_text_all_of_it() {
        let Contenido::Plantilla(p) = content(carga(None), Forma::Plantilla, None, Codigo::No)
        else {
            panic!("not a template")
        };
        assert_eq!(p.botones[0].texto, "f/abc?x=1");
        let Contenido::Texto { cuerpo, .. } = content(carga(None), Forma::Texto, None, Codigo::No)
        else {
            panic!("not a text")
        };
        assert_eq!(cuerpo, "Hola Ana\n\nPagar: https://r.test/f/abc?x=1");
    }

    #[test]
    fn a_file_goes_above_the_template_and_under_the_text_as_its_caption() {
        let pdf = Adjunto {
            nombre: "F-1.pdf".into(),
            mime: "application/pdf".into(),
            objeto: "o".into(),
            huella: "h".into(),
        };
        let una = content(carga(Some(pdf.clone())), Forma::Plantilla, Some("m1"), Codigo::No);
        let Contenido::Plantilla(p) = una else { panic!("not a template") };
        assert!(matches!(p.encabezado, Some(Encabezado::Medio(m)) if m.pie.is_none()));
        let otra = content(carga(Some(pdf)), Forma::Texto, Some("m1"), Codigo::No);
        assert!(matches!(otra, Contenido::Medio(m) if m.pie.is_some()));
    }
}
