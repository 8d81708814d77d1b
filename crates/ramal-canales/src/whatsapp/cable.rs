//! JSON of the requests, as the Graph API wants it (integrations.md 1.2). It sends nothing.

use serde_json::{Map, Value, json};

use super::limites::{check_media, check_phone, check_template, check_text, local};
use super::telefono::is_bsuid;
use super::{
    BotonVariable, ClaseMedio, Contenido, DestinoWhatsapp, Encabezado, Escribiendo, FuenteMedio,
    MedioEnviado, MensajeWhatsapp, PlantillaEnviada, TipoBoton, Variable, VistaPrevia,
};
use crate::FallaEnvio;
use crate::falla::Causa;

/// Longest reference echoed back, characters.
const MAX_REFERENCIA: usize = 512;

/// Body of `POST /{phone_number_id}/messages`.
///
/// Errors: what the channel would surely refuse, as `Permanente` with code `local`.
pub(crate) fn message(m: &MensajeWhatsapp) -> Result<Value, FallaEnvio> {
    if m.referencia.chars().count() > MAX_REFERENCIA {
        return Err(local("la referencia pasa de 512 caracteres", Causa::Parametro));
    }
    let mut cuerpo = Map::new();
    cuerpo.insert("messaging_product".into(), json!("whatsapp"));
    cuerpo.insert("recipient_type".into(), json!("individual"));
    let (campo, destino) = recipient(&m.destino)?;
    cuerpo.insert(campo.into(), json!(destino));
    let (tipo, contenido) = content(&m.contenido)?;
    cuerpo.insert("type".into(), json!(tipo));
    cuerpo.insert(tipo.into(), contenido);
    if let Some(wamid) = &m.cita {
        cuerpo.insert("context".into(), json!({ "message_id": wamid }));
    }
    if !m.referencia.is_empty() {
        cuerpo.insert("biz_opaque_callback_data".into(), json!(m.referencia));
    }
    Ok(Value::Object(cuerpo))
}

/// Body of a read mark.
pub(crate) fn read_mark(wamid: &str, escribiendo: Escribiendo) -> Value {
    let mut cuerpo =
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": wamid });
    if let (Escribiendo::Si, Value::Object(campos)) = (escribiendo, &mut cuerpo) {
        campos.insert("typing_indicator".into(), json!({ "type": "text" }));
    }
    cuerpo
}

/// A phone goes in `to`, a BSUID in `recipient` (W11).
fn recipient(destino: &DestinoWhatsapp) -> Result<(&'static str, String), FallaEnvio> {
    match destino {
        DestinoWhatsapp::Telefono(telefono) => Ok(("to", check_phone(telefono)?)),
        DestinoWhatsapp::Bsuid(id) if is_bsuid(id) => Ok(("recipient", id.clone())),
        DestinoWhatsapp::Bsuid(_) => Err(local("el BSUID no tiene forma", Causa::Parametro)),
    }
}

fn content(contenido: &Contenido) -> Result<(&'static str, Value), FallaEnvio> {
    match contenido {
        Contenido::Texto { cuerpo, vista_previa } => {
            check_text(cuerpo)?;
            let previa = *vista_previa == VistaPrevia::Si;
            Ok(("text", json!({ "preview_url": previa, "body": cuerpo })))
        }
        Contenido::Plantilla(plantilla) => {
            check_template(plantilla)?;
            Ok(("template", template(plantilla)?))
        }
        Contenido::Medio(medio) => Ok((media_kind(medio.clase), media(medio)?)),
    }
}

fn media_kind(clase: ClaseMedio) -> &'static str {
    match clase {
        ClaseMedio::Imagen => "image",
        ClaseMedio::Video => "video",
        ClaseMedio::Audio => "audio",
        ClaseMedio::Documento => "document",
        ClaseMedio::Sticker => "sticker",
    }
}

fn media(medio: &MedioEnviado) -> Result<Value, FallaEnvio> {
    check_media(medio)?;
    let mut cuerpo = Map::new();
    match &medio.fuente {
        FuenteMedio::Id(id) => cuerpo.insert("id".into(), json!(id)),
        FuenteMedio::Enlace(enlace) => cuerpo.insert("link".into(), json!(enlace)),
    };
    if let Some(pie) = &medio.pie {
        cuerpo.insert("caption".into(), json!(pie));
    }
    if let (ClaseMedio::Documento, Some(nombre)) = (medio.clase, &medio.nombre) {
        cuerpo.insert("filename".into(), json!(nombre));
    }
    Ok(Value::Object(cuerpo))
}

fn template(p: &PlantillaEnviada) -> Result<Value, FallaEnvio> {
    let mut componentes = Vec::new();
    if let Some(encabezado) = &p.encabezado {
        componentes.push(json!({ "type": "header", "parameters": [header(encabezado)?] }));
    }
    if !p.cuerpo.is_empty() {
        let valores: Vec<Value> = p.cuerpo.iter().map(variable).collect();
        componentes.push(json!({ "type": "body", "parameters": valores }));
    }
    componentes.extend(p.botones.iter().map(button));
    let mut cuerpo = json!({
        "name": p.nombre,
        "language": { "code": p.idioma, "policy": "deterministic" },
    });
    if let (false, Value::Object(campos)) = (componentes.is_empty(), &mut cuerpo) {
        campos.insert("components".into(), Value::Array(componentes));
    }
    Ok(cuerpo)
}

fn header(encabezado: &Encabezado) -> Result<Value, FallaEnvio> {
    match encabezado {
        Encabezado::Texto(valor) => Ok(variable(valor)),
        Encabezado::Medio(medio) => {
            let tipo = media_kind(medio.clase);
            if !["image", "video", "document"].contains(&tipo) {
                return Err(local("ese archivo no cabe en un encabezado", Causa::Plantilla));
            }
            // The header of a template takes no caption.
            let solo = MedioEnviado { pie: None, ..medio.clone() };
            let mut parametro = Map::new();
            parametro.insert("type".into(), json!(tipo));
            parametro.insert(tipo.into(), media(&solo)?);
            Ok(Value::Object(parametro))
        }
    }
}

fn variable(v: &Variable) -> Value {
    match &v.nombre {
        Some(nombre) => json!({ "type": "text", "parameter_name": nombre, "text": v.texto }),
        None => json!({ "type": "text", "text": v.texto }),
    }
}

fn button(b: &BotonVariable) -> Value {
    let (tipo, parametro) = match b.tipo {
        TipoBoton::Url => ("url", json!({ "type": "text", "text": b.texto })),
        TipoBoton::CopiarCodigo => {
            ("copy_code", json!({ "type": "coupon_code", "coupon_code": b.texto }))
        }
        TipoBoton::Respuesta => ("quick_reply", json!({ "type": "payload", "payload": b.texto })),
    };
    json!({
        "type": "button", "sub_type": tipo, "index": b.indice.to_string(),
        "parameters": [parametro],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mensaje(contenido: Contenido) -> MensajeWhatsapp {
        MensajeWhatsapp {
            destino: DestinoWhatsapp::Telefono("+525512345678".into()),
            contenido,
            referencia: "ob_01J8ZK".into(),
            cita: None,
        }
    }

    #[test]
    fn a_text_is_written_as_the_norm_shows_it() {
        let texto = Contenido::Texto {
            cuerpo: "Su pago fue acreditado".into(),
            vista_previa: VistaPrevia::No,
        };
        let m = MensajeWhatsapp { cita: Some("wamid.A".into()), ..mensaje(texto) };
        assert_eq!(
            message(&m).unwrap(),
            json!({"messaging_product":"whatsapp","recipient_type":"individual",
                "to":"525512345678","type":"text",
                "text":{"preview_url":false,"body":"Su pago fue acreditado"},
                "context":{"message_id":"wamid.A"},"biz_opaque_callback_data":"ob_01J8ZK"})
        );
    }

    #[test]
    fn a_template_is_written_as_the_norm_shows_it() {
        let documento = MedioEnviado {
            clase: ClaseMedio::Documento,
            fuente: FuenteMedio::Id("77".into()),
            pie: Some("no va".into()),
            nombre: Some("F001-123.pdf".into()),
        };
        let plantilla = PlantillaEnviada {
            nombre: "aviso_vencimiento".into(),
            idioma: "es_MX".into(),
            encabezado: Some(Encabezado::Medio(documento)),
            cuerpo: vec![Variable::positional("Javier"), Variable::positional("$ 450.00")],
            botones: vec![BotonVariable {
                indice: 0,
                tipo: TipoBoton::Url,
                texto: "tok123".into(),
            }],
        };
        let escrito = message(&mensaje(Contenido::Plantilla(plantilla))).unwrap();
        assert_eq!(
            escrito["template"],
            json!({"name":"aviso_vencimiento",
                "language":{"code":"es_MX","policy":"deterministic"},
                "components":[
                  {"type":"header","parameters":[{"type":"document",
                    "document":{"id":"77","filename":"F001-123.pdf"}}]},
                  {"type":"body","parameters":[{"type":"text","text":"Javier"},
                    {"type":"text","text":"$ 450.00"}]},
                  {"type":"button","sub_type":"url","index":"0",
                    "parameters":[{"type":"text","text":"tok123"}]}]})
        );
    }

    #[test]
    fn a_bsuid_goes_in_recipient_and_never_in_to() {
        let texto = Contenido::Texto { cuerpo: "Hola".into(), vista_previa: VistaPrevia::No };
        let a = |destino| MensajeWhatsapp { destino, ..mensaje(texto.clone()) };
        let escrito = message(&a(DestinoWhatsapp::Bsuid("MX.1349".into()))).unwrap();
        assert_eq!(escrito["recipient"], "MX.1349");
        assert_eq!(escrito.get("to"), None);
        assert!(message(&a(DestinoWhatsapp::Bsuid("525512345678".into()))).is_err());
        assert!(message(&a(DestinoWhatsapp::Telefono("MX.1349".into()))).is_err());
    }
}
