//! Who is told: a cliente with his addresses and what his consents allow. It asks nobody and sends
//! nothing.

use ramal_clientes::cliente::Consentimiento;
use ramal_clientes::{Cliente, ClienteId, storage};
use ramal_db::{Consulta, DbError};
use ramal_mensajeria::{Canal, Clase, Destinatario, Finalidad};
use uuid::Uuid;

/// The addressee of a kind of notification; none if there is no such cliente.
pub async fn addressee(
    c: &impl Consulta,
    cliente: Uuid,
    clase: Clase,
) -> Result<Option<Destinatario>, DbError> {
    let id = ClienteId::from_uuid(cliente);
    let Some(cliente) = storage::by_id(c, id).await? else { return Ok(None) };
    let consentimientos = storage::consentimientos(c, id).await?;
    let canales = allowed(&consentimientos, clase.finalidad());
    let zona = match ramal_plataforma::empresa_if_any(c).await {
        Ok(Some(e)) if e.pais == cliente.pais => e.zona_horaria,
        _ => cliente.pais.zona_horaria().to_owned(),
    };
    Ok(Some(destination(cliente, zona, canales)))
}

fn destination(cliente: Cliente, zona_horaria: String, canales: Vec<Canal>) -> Destinatario {
    Destinatario {
        cliente_id: Some(cliente.id.uuid()),
        usuario_id: None,
        nombre: cliente.nombre_comercial.unwrap_or(cliente.razon_social),
        email: cliente.email,
        whatsapp: cliente.telefono,
        pais: cliente.pais,
        zona_horaria,
        canales,
    }
}

/// Channels that the last word of each consent leaves open.
///
/// What concerns the contract is told unless it was refused; advertising only if it was accepted;
/// a note inside the program bothers nobody.
fn allowed(consentimientos: &[Consentimiento], finalidad: Finalidad) -> Vec<Canal> {
    let opens = |canal: &Canal| {
        let ultimo = consentimientos
            .iter()
            .filter(|x| x.finalidad == finalidad.as_str() && x.canal == canal.as_str())
            .max_by_key(|x| x.version);
        match (canal, finalidad) {
            (Canal::App, _) | (_, Finalidad::Seguridad) => true,
            (_, Finalidad::Marketing) => ultimo.is_some_and(|x| x.otorgado),
            _ => ultimo.is_none_or(|x| x.otorgado),
        }
    };
    Canal::TODOS.into_iter().filter(opens).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::Instante;

    fn word(finalidad: &str, version: i64, otorgado: bool) -> Consentimiento {
        Consentimiento {
            finalidad: finalidad.to_owned(),
            canal: "whatsapp".to_owned(),
            version,
            otorgado,
            origen: "portal".to_owned(),
            fecha: Instante::from_millis(0),
        }
    }

    #[test]
    fn advertising_waits_for_a_yes_and_the_contract_goes_on_until_a_no() {
        use Canal::{App, Email, Whatsapp};
        assert_eq!(allowed(&[], Finalidad::Marketing), [App]);
        assert_eq!(allowed(&[], Finalidad::Cobranza), [Whatsapp, Email, App]);
        let no = [word("cobranza", 1, true), word("cobranza", 2, false)];
        assert_eq!(allowed(&no, Finalidad::Cobranza), [Email, App]);
        assert_eq!(allowed(&no, Finalidad::Facturacion), [Whatsapp, Email, App]);
        let si = [word("marketing", 2, true), word("marketing", 1, false)];
        assert_eq!(allowed(&si, Finalidad::Marketing), [Whatsapp, App]);
    }
}
