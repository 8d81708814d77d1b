//! Sends to Meta for approval the templates that it does not have. What Meta refuses stays in its
//! mirror with Meta's words; it edits no text.

use async_trait::async_trait;
use ramal_base::{Cx, Pais};
use ramal_canales::FallaEnvio;
use ramal_canales::whatsapp::{CategoriaPlantilla, EnvioWhatsapp, MedioSaliente, NuevaPlantilla};
use ramal_db::{DbError, Tx};
use ramal_jobs::{JobError, Manejador, NuevoTrabajo, Trabajo, enqueue};
use ramal_web::pagina::Formato;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::jobs::TRABAJO_ALTA_PLANTILLAS;
use crate::mantenimiento::mirror;
use crate::plantilla::pintado::{Partes, paint};
use crate::plantilla::{Encabezado, Llave, Plantilla, texto, variables};
use crate::salida::Servicio;
use crate::storage::lineas::{self, Linea};
use crate::storage::plantillas::{self, MetaFila};
use crate::valor::Valor;
use crate::{Canal, Clase};

/// A page with nothing on it, as the example of a document.
const MUESTRA_PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n\
xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n\
0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n163\n%%EOF\n";

/// One white point, as the example of a picture.
const MUESTRA_PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54,
    0x08, 0xd7, 0x63, 0xf8, 0xff, 0xff, 0x3f, 0, 0x05, 0xfe, 0x02, 0xfe, 0xdc, 0xcc, 0x59, 0xe7, 0,
    0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Handler of [`TRABAJO_ALTA_PLANTILLAS`].
pub struct Registrar(pub Servicio);

#[derive(Deserialize)]
struct Datos {
    /// Country; that of the company if it is missing.
    #[serde(default)]
    pais: Option<Pais>,
}

/// Asks that the templates of a country be sent to Meta for approval: those that it does not have.
pub async fn submit_plantillas(tx: &Tx, cx: &Cx, pais: Pais) -> Result<(), DbError> {
    let trabajo = NuevoTrabajo::new(TRABAJO_ALTA_PLANTILLAS, json!({ "pais": pais }))
        .with_clave(pais.codigo().to_owned());
    enqueue(tx, cx, trabajo).await
}

#[async_trait]
impl Manejador for Registrar {
    fn tipo(&self) -> &'static str {
        TRABAJO_ALTA_PLANTILLAS
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: Datos = trabajo.datos_as()?;
        let Some(linea) = lineas::outgoing(&self.0.db).await? else { return Ok(()) };
        // What Meta has already is seen first: asking twice for one name is an error there.
        if let Err(falla) = mirror(&self.0, &linea).await? {
            return Err(JobError::retry(falla));
        }
        let pais = match datos.pais {
            Some(pais) => pais,
            None => company_country(&self.0).await?,
        };
        for clase in Clase::TODAS {
            let llave = Llave { clase, canal: Canal::Whatsapp, pais };
            if let Err(falla) = register(&self.0, &linea, llave).await? {
                return Err(JobError::retry(falla));
            }
        }
        Ok(())
    }
}

async fn company_country(servicio: &Servicio) -> Result<Pais, JobError> {
    let empresa = ramal_plataforma::empresa(&servicio.db).await.map_err(JobError::retry)?;
    Ok(empresa.pais)
}

/// Asks for one template unless Meta has it. `Err` is what may pass; a refusal is written down.
async fn register(
    servicio: &Servicio,
    linea: &Linea,
    llave: Llave,
) -> Result<Result<(), FallaEnvio>, DbError> {
    let db = &servicio.db;
    let vigente = plantillas::current(db, llave).await?;
    let nombre = &vigente.contenido.nombre_meta;
    if plantillas::meta(db, &linea.cuenta_id, nombre, vigente.idioma()).await?.is_some() {
        return Ok(Ok(()));
    }
    let canal = match servicio.canales.whatsapp(linea).await {
        Ok(canal) => canal,
        Err(falla) => return Ok(Err(falla)),
    };
    let muestra = match sample_of(canal.as_ref(), vigente.contenido.encabezado).await {
        Ok(muestra) => muestra,
        Err(falla) => return refused(servicio, linea, (&vigente, falla)).await,
    };
    let nueva = request(&vigente, &servicio.sitio, &muestra);
    let fila = match create(canal.as_ref(), linea, &nueva, servicio.cx.now()).await {
        Ok(fila) => fila,
        Err(falla) => return refused(servicio, linea, (&vigente, falla)).await,
    };
    let tx = db.begin().await?;
    plantillas::upsert_meta(&tx, &fila).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Handle of an example of the file that goes above; empty if none does.
async fn sample_of(
    canal: &dyn EnvioWhatsapp,
    encabezado: Encabezado,
) -> Result<String, FallaEnvio> {
    let (nombre, mime, bytes) = match encabezado {
        Encabezado::Ninguno => return Ok(String::new()),
        Encabezado::Documento => ("muestra.pdf", "application/pdf", MUESTRA_PDF.to_vec()),
        Encabezado::Imagen => ("muestra.png", "image/png", MUESTRA_PNG.to_vec()),
    };
    let medio = MedioSaliente { nombre: nombre.to_owned(), mime: mime.to_owned(), bytes };
    canal.upload_sample(&medio).await
}

/// A refusal for good of a template stays in the mirror; anything else comes back later.
async fn refused(
    servicio: &Servicio,
    linea: &Linea,
    (plantilla, falla): (&Plantilla, FallaEnvio),
) -> Result<Result<(), FallaEnvio>, DbError> {
    let FallaEnvio::Permanente { codigo, mensaje, .. } = falla else { return Ok(Err(falla)) };
    let fila = MetaFila {
        cuenta_id: linea.cuenta_id.clone(),
        nombre: plantilla.contenido.nombre_meta.clone(),
        idioma: plantilla.idioma().to_owned(),
        estado: "REJECTED".to_owned(),
        categoria: plantilla.llave.clase.categoria().as_str().to_owned(),
        motivo: Some(format!("{codigo}: {mensaje}")),
        parametros: None,
        actualizado: servicio.cx.now(),
    };
    let tx = servicio.db.begin().await?;
    plantillas::upsert_meta(&tx, &fila).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

async fn create(
    canal: &dyn EnvioWhatsapp,
    linea: &Linea,
    nueva: &NuevaPlantilla,
    ahora: ramal_base::Instante,
) -> Result<MetaFila, FallaEnvio> {
    let creada = canal.create_template(nueva).await?;
    Ok(MetaFila {
        cuenta_id: linea.cuenta_id.clone(),
        nombre: nueva.nombre.clone(),
        idioma: nueva.idioma.clone(),
        estado: creada.estado.as_str().to_owned(),
        categoria: creada.categoria.as_str().to_owned(),
        motivo: None,
        parametros: None,
        actualizado: ahora,
    })
}

/// What Meta is asked for, with an example of every variable; `muestra` is the handle of the
/// example of its file.
pub fn request(plantilla: &Plantilla, sitio: &str, muestra: &str) -> NuevaPlantilla {
    let Llave { clase, .. } = plantilla.llave;
    let componentes = if clase == Clase::Auth {
        // Meta writes the text of an authentication template itself.
        json!([
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}
        ])
    } else {
        Value::Array(components(plantilla, sitio, muestra))
    };
    NuevaPlantilla {
        nombre: plantilla.contenido.nombre_meta.clone(),
        idioma: plantilla.idioma().to_owned(),
        categoria: CategoriaPlantilla::parse(clase.categoria().as_str()),
        componentes,
    }
}

fn components(plantilla: &Plantilla, sitio: &str, muestra: &str) -> Vec<Value> {
    let contenido = &plantilla.contenido;
    let mut lista = Vec::new();
    let formato = match contenido.encabezado {
        Encabezado::Ninguno => None,
        Encabezado::Documento => Some("DOCUMENT"),
        Encabezado::Imagen => Some("IMAGE"),
    };
    if let Some(formato) = formato {
        let ejemplo = json!({"header_handle": [muestra]});
        lista.push(json!({"type": "HEADER", "format": formato, "example": ejemplo}));
    }
    let cuerpo = texto::numbered(&contenido.cuerpo).unwrap_or_else(|_| contenido.cuerpo.clone());
    let ejemplos = examples(plantilla);
    lista.push(if ejemplos.is_empty() {
        json!({"type": "BODY", "text": cuerpo})
    } else {
        json!({"type": "BODY", "text": cuerpo, "example": {"body_text": [ejemplos]}})
    });
    if !contenido.boton.is_empty() {
        let boton = json!({"type": "URL", "text": contenido.boton,
            "url": format!("{sitio}/{{{{1}}}}"), "example": [format!("{sitio}/f/muestra")]});
        lista.push(json!({"type": "BUTTONS", "buttons": [boton]}));
    }
    lista
}

fn examples(plantilla: &Plantilla) -> Vec<String> {
    let pais = plantilla.llave.pais;
    let formato = Formato { pais, ..Formato::default() };
    let partes = Partes { nombre: "Ana Torres".to_owned(), empresa: "Ejemplo".to_owned(), formato };
    let muestra = variables::sample(plantilla.llave.clase, pais);
    let mostrar = |_: &str, valor: &Valor| valor.words(&partes.formato);
    paint(&plantilla.contenido, &muestra, &partes, &mostrar).parametros
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plantilla::fabrica;

    #[test]
    fn every_variable_of_every_template_has_its_example() {
        for clase in Clase::TODAS.into_iter().filter(|c| *c != Clase::Auth) {
            let llave = Llave { clase, canal: Canal::Whatsapp, pais: Pais::Mx };
            let contenido = fabrica::contenido(llave);
            let plantilla = Plantilla { llave, version: 0, contenido };
            let nueva = request(&plantilla, "https://ramal.test", "h");
            let lista = nueva.componentes.as_array().unwrap();
            let cuerpo = lista.iter().find(|c| c["type"] == "BODY").unwrap();
            let n = texto::variables(&plantilla.contenido.cuerpo).unwrap().len();
            let ejemplos = cuerpo["example"]["body_text"][0].as_array().map_or(0, Vec::len);
            assert_eq!(ejemplos, n, "{clase:?}");
            for i in 1..=n {
                assert!(cuerpo["text"].as_str().unwrap().contains(&format!("{{{{{i}}}}}")));
            }
        }
    }
}
