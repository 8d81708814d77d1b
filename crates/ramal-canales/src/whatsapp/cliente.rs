//! One line of WhatsApp over the Graph API. It keeps no message: a lost answer is told as such.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ramal_base::Clock;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Url};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::limites::check_file;
use super::{
    Aceptado, CategoriaPlantilla, EnvioWhatsapp, Escribiendo, EstadoPlantilla, MedioBajado,
    MedioRemoto, MedioSaliente, MensajeWhatsapp, NuevaPlantilla, PaginaPlantillas, PlantillaCreada,
    PlantillaRemota, cable, of_codigo,
};
use crate::red::{
    Cruda, Efecto, Red, base_url, configuracion, is_safe, lost, of_status, with_wait,
};
use crate::{Causa, FallaEnvio, Secreto};

/// Largest JSON answer read, bytes.
const MAX_JSON: usize = 4 * 1024 * 1024;
/// Largest file downloaded, bytes.
const MAX_MEDIO: usize = 100 * 1024 * 1024;
/// Templates asked for in one page.
const POR_PAGINA: &str = "100";

/// Where and as whom a line sends.
#[derive(Clone, Debug)]
pub struct ConfigWhatsapp {
    /// Base address: `https://graph.facebook.com`, or the emulator's on this machine.
    pub base: String,
    /// Version of the API: `v24.0`. Versions expire, so it is configuration (W31).
    pub version: String,
    /// Line.
    pub phone_number_id: String,
    /// Account, for templates.
    pub waba_id: String,
    /// Token of the system user.
    pub token: Secreto,
    /// Limit to connect, ms.
    pub conexion_ms: u64,
    /// Limit of a call, ms; files get eight times as much.
    pub total_ms: u64,
}

impl ConfigWhatsapp {
    /// The real service with the usual limits: 3 s to connect, 15 s in all.
    pub fn new(phone_number_id: &str, waba_id: &str, token: Secreto) -> ConfigWhatsapp {
        ConfigWhatsapp {
            base: "https://graph.facebook.com".into(),
            version: "v24.0".into(),
            phone_number_id: phone_number_id.into(),
            waba_id: waba_id.into(),
            token,
            conexion_ms: 3_000,
            total_ms: 15_000,
        }
    }
}

/// A line over the Graph API.
pub struct Whatsapp {
    red: Red,
    base: String,
    config: ConfigWhatsapp,
}

impl Whatsapp {
    /// A line.
    ///
    /// Errors: `Detener` with `Configuracion` if the address is not HTTPS (or of this machine), or
    /// the version or an id cannot be part of an address.
    pub fn new(config: ConfigWhatsapp, clock: Arc<dyn Clock>) -> Result<Whatsapp, FallaEnvio> {
        let base = base_url(&config.base)?;
        check_version(&config.version)?;
        for id in [&config.phone_number_id, &config.waba_id] {
            check_id(id)?;
        }
        let red = Red::new(clock, config.conexion_ms)?;
        Ok(Whatsapp { red, base, config })
    }

    fn url(&self, ruta: &str) -> String {
        format!("{}/{}/{ruta}", self.base, self.config.version)
    }

    fn dress(&self, peticion: RequestBuilder, veces: u64) -> RequestBuilder {
        peticion
            .bearer_auth(self.config.token.expose())
            .timeout(Duration::from_millis(self.config.total_ms.saturating_mul(veces)))
    }

    async fn call(&self, peticion: RequestBuilder, efecto: Efecto) -> Result<Value, FallaEnvio> {
        let cruda = self.red.send(self.dress(peticion, 1), efecto, MAX_JSON).await?;
        read(&cruda, efecto)
    }

    async fn get(&self, ruta: &str, consulta: &[(&str, &str)]) -> Result<Value, FallaEnvio> {
        let url = Url::parse_with_params(&self.url(ruta), consulta)
            .map_err(|e| configuracion(e.to_string()))?;
        self.call(self.red.http().get(url), Efecto::Repetible).await
    }

    async fn post_message(&self, cuerpo: &Value, efecto: Efecto) -> Result<Value, FallaEnvio> {
        let ruta = self.url(&format!("{}/messages", self.config.phone_number_id));
        self.call(self.red.http().post(ruta).json(cuerpo), efecto).await
    }
}

#[async_trait]
impl EnvioWhatsapp for Whatsapp {
    fn linea(&self) -> &str {
        &self.config.phone_number_id
    }

    async fn send(&self, mensaje: &MensajeWhatsapp) -> Result<Aceptado, FallaEnvio> {
        let cuerpo = cable::message(mensaje)?;
        let respuesta = self.post_message(&cuerpo, Efecto::Unico).await?;
        let contacto = &respuesta["contacts"][0];
        match text(&respuesta["messages"][0], "id") {
            Some(wamid) => Ok(Aceptado {
                wamid,
                wa_id: text(contacto, "wa_id"),
                bsuid: text(contacto, "user_id"),
            }),
            None => Err(lost("la respuesta no trae el id del mensaje", Efecto::Unico)),
        }
    }

    async fn mark_read(&self, wamid: &str, escribiendo: Escribiendo) -> Result<(), FallaEnvio> {
        let cuerpo = cable::read_mark(wamid, escribiendo);
        self.post_message(&cuerpo, Efecto::Repetible).await.map(|_| ())
    }

    async fn upload(&self, medio: &MedioSaliente) -> Result<String, FallaEnvio> {
        check_file(medio)?;
        let parte = Part::bytes(medio.bytes.clone())
            .file_name(medio.nombre.clone())
            .mime_str(&medio.mime)
            .map_err(|_| super::limites::local("el tipo MIME no es válido", Causa::Parametro))?;
        let formulario = Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", medio.mime.clone())
            .part("file", parte);
        let ruta = self.url(&format!("{}/media", self.config.phone_number_id));
        let peticion = self.dress(self.red.http().post(ruta).multipart(formulario), 8);
        let cruda = self.red.send(peticion, Efecto::Repetible, MAX_JSON).await?;
        let respuesta = read(&cruda, Efecto::Repetible)?;
        text(&respuesta, "id").ok_or_else(|| without("id"))
    }

    async fn upload_sample(&self, medio: &MedioSaliente) -> Result<String, FallaEnvio> {
        check_file(medio)?;
        let peso = medio.bytes.len().to_string();
        let consulta = [
            ("file_length", peso.as_str()),
            ("file_type", &medio.mime),
            ("file_name", &medio.nombre),
        ];
        let url = Url::parse_with_params(&self.url("app/uploads"), consulta)
            .map_err(|e| configuracion(e.to_string()))?;
        let abierta = self.call(self.red.http().post(url), Efecto::Repetible).await?;
        let sesion =
            text(&abierta, "id").filter(|id| is_upload(id)).ok_or_else(|| without("id"))?;
        // This one call wants another word in the header (Graph API, resumable upload).
        let permiso = format!("OAuth {}", self.config.token.expose());
        let peticion = self
            .red
            .http()
            .post(self.url(&sesion))
            .header("authorization", permiso)
            .header("file_offset", "0")
            .timeout(Duration::from_millis(self.config.total_ms.saturating_mul(8)))
            .body(medio.bytes.clone());
        let cruda = self.red.send(peticion, Efecto::Repetible, MAX_JSON).await?;
        let respuesta = read(&cruda, Efecto::Repetible)?;
        text(&respuesta, "h").ok_or_else(|| without("h"))
    }

    async fn media(&self, id: &str) -> Result<MedioRemoto, FallaEnvio> {
        check_id(id)?;
        let linea = [("phone_number_id", self.config.phone_number_id.as_str())];
        let respuesta = self.get(id, &linea).await?;
        Ok(MedioRemoto {
            id: text(&respuesta, "id").unwrap_or_else(|| id.to_owned()),
            url: text(&respuesta, "url").ok_or_else(|| without("url"))?,
            mime: text(&respuesta, "mime_type").unwrap_or_default(),
            sha256: text(&respuesta, "sha256").unwrap_or_default().to_ascii_lowercase(),
            peso_bytes: text(&respuesta, "file_size").and_then(|t| t.parse().ok()).unwrap_or(0),
        })
    }

    async fn download(&self, id: &str) -> Result<MedioBajado, FallaEnvio> {
        let remoto = self.media(id).await?;
        let url = Url::parse(&remoto.url).map_err(|_| without("url"))?;
        if !is_safe(&url) {
            return Err(configuracion("el archivo no se ofrece por HTTPS".into()));
        }
        let peticion = self.dress(self.red.http().get(url), 8);
        let cruda = self.red.send(peticion, Efecto::Repetible, MAX_MEDIO).await?;
        if cruda.http != 200 {
            return Err(read(&cruda, Efecto::Repetible).err().unwrap_or_else(|| without("file")));
        }
        let propia = hex::encode(Sha256::digest(&cruda.cuerpo));
        if !remoto.sha256.is_empty() && propia != remoto.sha256 {
            return Err(FallaEnvio::retry("sha256", "el archivo llegó alterado o incompleto"));
        }
        Ok(MedioBajado { mime: remoto.mime, bytes: cruda.cuerpo })
    }

    async fn templates(&self, cursor: Option<&str>) -> Result<PaginaPlantillas, FallaEnvio> {
        let ruta = format!("{}/message_templates", self.config.waba_id);
        let campos = "id,name,language,status,category,components,parameter_format,rejected_reason";
        let mut consulta = vec![("limit", POR_PAGINA), ("fields", campos)];
        consulta.extend(cursor.map(|c| ("after", c)));
        let respuesta = self.get(&ruta, &consulta).await?;
        let datos = respuesta["data"].as_array().ok_or_else(|| without("data"))?;
        let plantillas = datos.iter().filter_map(template).collect();
        // Without `next` the cursor points at the end: following it would never stop.
        let hay_mas = respuesta["paging"]["next"].is_string();
        let siguiente = text(&respuesta["paging"]["cursors"], "after").filter(|_| hay_mas);
        Ok(PaginaPlantillas { plantillas, siguiente })
    }

    async fn create_template(
        &self,
        plantilla: &NuevaPlantilla,
    ) -> Result<PlantillaCreada, FallaEnvio> {
        let cuerpo = json!({
            "name": plantilla.nombre,
            "language": plantilla.idioma,
            "category": plantilla.categoria.as_str(),
            "components": plantilla.componentes,
        });
        let ruta = self.url(&format!("{}/message_templates", self.config.waba_id));
        let respuesta = self.call(self.red.http().post(ruta).json(&cuerpo), Efecto::Unico).await?;
        let categoria = text(&respuesta, "category");
        Ok(PlantillaCreada {
            id: text(&respuesta, "id").ok_or_else(|| lost("falta el id", Efecto::Unico))?,
            estado: EstadoPlantilla::parse(&text(&respuesta, "status").unwrap_or_default()),
            categoria: categoria
                .map_or_else(|| plantilla.categoria.clone(), |c| CategoriaPlantilla::parse(&c)),
        })
    }
}

fn template(t: &Value) -> Option<PlantillaRemota> {
    Some(PlantillaRemota {
        id: text(t, "id")?,
        nombre: text(t, "name")?,
        idioma: text(t, "language")?,
        categoria: CategoriaPlantilla::parse(&text(t, "category").unwrap_or_default()),
        estado: EstadoPlantilla::parse(&text(t, "status").unwrap_or_default()),
        motivo: text(t, "rejected_reason").filter(|r| r != "NONE"),
        componentes: t.get("components").cloned().unwrap_or(Value::Null),
        formato: text(t, "parameter_format").unwrap_or_else(|| "POSITIONAL".into()),
    })
}

/// The JSON of an answer, or the failure that it tells: by its code, never by its title.
fn read(cruda: &Cruda, efecto: Efecto) -> Result<Value, FallaEnvio> {
    let json: Option<Value> = serde_json::from_slice(&cruda.cuerpo).ok();
    let error = json.as_ref().and_then(|j| j.get("error")).filter(|e| e.is_object());
    if let Some(codigo) = error.and_then(|e| e.get("code")).and_then(Value::as_i64) {
        let mensaje = error.map(describe).unwrap_or_default();
        return Err(with_wait(of_codigo(codigo, &mensaje), cruda.espera_ms));
    }
    match json {
        Some(json) if (200..300).contains(&cruda.http) => Ok(json),
        _ => Err(of_status(cruda, efecto)),
    }
}

fn describe(error: &Value) -> String {
    let mensaje = text(error, "message").unwrap_or_default();
    let detalle = error.get("error_data").and_then(|d| text(d, "details"));
    let usuario = text(error, "error_user_msg");
    let texto = match detalle.or(usuario) {
        Some(detalle) => format!("{mensaje}: {detalle}"),
        None => mensaje,
    };
    texto.chars().take(300).collect()
}

fn text(v: &Value, campo: &str) -> Option<String> {
    match v.get(campo)? {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

fn without(campo: &str) -> FallaEnvio {
    FallaEnvio::retry("respuesta", format!("la respuesta no trae {campo}"))
}

/// What becomes part of an address must not be able to change it.
fn check_id(id: &str) -> Result<(), FallaEnvio> {
    let bien =
        !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    if bien && !id.contains("..") {
        return Ok(());
    }
    Err(configuracion("un identificador de WhatsApp no tiene forma".into()))
}

/// Session of an upload: `upload:…?sig=…`, which becomes part of an address too.
fn is_upload(id: &str) -> bool {
    let limpio = |b: u8| b.is_ascii_alphanumeric() || b":?=&_-.%+~".contains(&b);
    id.starts_with("upload:") && id.bytes().all(limpio) && !id.contains("..")
}

fn check_version(version: &str) -> Result<(), FallaEnvio> {
    let numero = version.strip_prefix('v').and_then(|v| v.split_once('.'));
    let cifras = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    match numero {
        Some((mayor, menor)) if cifras(mayor) && cifras(menor) => Ok(()),
        _ => Err(configuracion(format!("versión {version}: debe ser como v24.0"))),
    }
}
