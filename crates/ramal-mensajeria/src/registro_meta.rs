//! Asks Meta for the templates that it does not have. A template with a file above, or of
//! authentication, may need hands at Meta's own page: what Meta says of it stays in the mirror.

use async_trait::async_trait;
use ramal_base::Pais;
use ramal_canales::FallaEnvio;
use ramal_canales::whatsapp::{CategoriaPlantilla, EnvioWhatsapp, NuevaPlantilla};
use ramal_db::{DbError, Tx};
use ramal_jobs::{JobError, Manejador, NuevoTrabajo, Trabajo, enqueue};
use ramal_web::pagina::Formato;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::jobs::TRABAJO_REGISTRAR;
use crate::mantenimiento::mirror;
use crate::plantilla::pintado::{Partes, paint};
use crate::plantilla::{Encabezado, Llave, Plantilla, texto, variables};
use crate::salida::Servicio;
use crate::storage::lineas::{self, Linea};
use crate::storage::plantillas::{self, MetaFila};
use crate::valor::Valor;
use crate::{Canal, Clase};

/// Handler of [`TRABAJO_REGISTRAR`].
pub struct Registrar(pub Servicio);

#[derive(Serialize, Deserialize)]
struct Datos {
    pais: Pais,
}

/// Asks for the job that registers the templates of a country.
pub async fn ask(tx: &Tx, cx: &ramal_base::Cx, pais: Pais) -> Result<(), DbError> {
    let trabajo = NuevoTrabajo::new(TRABAJO_REGISTRAR, json!({ "pais": pais }))
        .with_clave(pais.codigo().to_owned());
    enqueue(tx, cx, trabajo).await
}

#[async_trait]
impl Manejador for Registrar {
    fn tipo(&self) -> &'static str {
        TRABAJO_REGISTRAR
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: Datos = trabajo.datos_as()?;
        let Some(linea) = lineas::outgoing(&self.0.db).await? else { return Ok(()) };
        // What Meta has already is seen first: asking twice for one name is an error there.
        if let Err(falla) = mirror(&self.0, &linea).await? {
            return Err(JobError::retry(falla));
        }
        for clase in Clase::TODAS {
            let llave = Llave { clase, canal: Canal::Whatsapp, pais: datos.pais };
            if let Err(falla) = register(&self.0, &linea, llave).await? {
                return Err(JobError::retry(falla));
            }
        }
        Ok(())
    }
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
    let nueva = request(&vigente, &servicio.sitio);
    let fila = match create(canal.as_ref(), linea, &nueva, servicio.cx.now()).await {
        Ok(fila) => fila,
        Err(falla) => return Ok(Err(falla)),
    };
    let tx = db.begin().await?;
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
    let (estado, categoria, motivo) = match canal.create_template(nueva).await {
        Ok(creada) => {
            (creada.estado.as_str().to_owned(), creada.categoria.as_str().to_owned(), None)
        }
        Err(FallaEnvio::Permanente { codigo, mensaje, .. }) => (
            "REJECTED".to_owned(),
            nueva.categoria.as_str().to_owned(),
            Some(format!("{codigo}: {mensaje}")),
        ),
        Err(falla) => return Err(falla),
    };
    Ok(MetaFila {
        cuenta_id: linea.cuenta_id.clone(),
        nombre: nueva.nombre.clone(),
        idioma: nueva.idioma.clone(),
        estado,
        categoria,
        motivo,
        parametros: None,
        actualizado: ahora,
    })
}

/// What Meta is asked for, with an example of every variable.
pub fn request(plantilla: &Plantilla, sitio: &str) -> NuevaPlantilla {
    let Llave { clase, .. } = plantilla.llave;
    let componentes = if clase == Clase::Auth {
        // Meta writes the text of an authentication template itself.
        json!([
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}
        ])
    } else {
        Value::Array(components(plantilla, sitio))
    };
    NuevaPlantilla {
        nombre: plantilla.contenido.nombre_meta.clone(),
        idioma: plantilla.idioma().to_owned(),
        categoria: CategoriaPlantilla::parse(clase.categoria().as_str()),
        componentes,
    }
}

fn components(plantilla: &Plantilla, sitio: &str) -> Vec<Value> {
    let contenido = &plantilla.contenido;
    let mut lista = Vec::new();
    let formato = match contenido.encabezado {
        Encabezado::Ninguno => None,
        Encabezado::Documento => Some("DOCUMENT"),
        Encabezado::Imagen => Some("IMAGE"),
    };
    if let Some(formato) = formato {
        let ejemplo = json!({"header_handle": ["muestra"]});
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
            let nueva = request(&plantilla, "https://ramal.test");
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
