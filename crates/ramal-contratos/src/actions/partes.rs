//! Questions that several actions ask: the day of the company, who sells, who bills, where. They
//! write nothing.

use ramal_base::{CampoInvalido, Cx, Fecha};
use ramal_catalogo::{Zona, ZonaId};
use ramal_clientes::{Cliente, ClienteId, EstadoCliente, referencia as referencia_cliente};
use ramal_db::{Consulta, Tx};
use ramal_plataforma::{EmisorId, Empresa};
use uuid::Uuid;

use crate::{Error, Servicio, storage};

/// Today in the zone of the company. Errors: `Plataforma(EmpresaNotFound)`, `Storage`.
pub async fn hoy(c: &impl Consulta, cx: &Cx) -> Result<Fecha, Error> {
    Ok(ramal_plataforma::empresa(c).await?.zona().fecha(cx.now()))
}

/// The same day, of a company that was read already.
pub(super) fn hoy_de(empresa: &Empresa, cx: &Cx) -> Fecha {
    empresa.zona().fecha(cx.now())
}

/// The customer named in a body, locked and active. Errors: `Cliente`, `ClienteInactivo`.
pub(super) async fn lock_activo(tx: &Tx, texto: &str) -> Result<Cliente, Error> {
    let id = cliente_id(tx, texto).await?;
    let cliente = ramal_clientes::storage::lock(tx, id).await?;
    let cliente = cliente.ok_or(ramal_clientes::Error::NotFound(id))?;
    match cliente.estado {
        EstadoCliente::Activo => Ok(cliente),
        EstadoCliente::Inactivo => Err(Error::ClienteInactivo),
    }
}

/// The customer named in a body or a filter. Errors: `Cliente`, naming the field `cliente_id`.
pub async fn cliente_id(c: &impl Consulta, texto: &str) -> Result<ClienteId, Error> {
    Ok(referencia_cliente::resolve(c, texto).await.map_err(rename_id)?)
}

/// In an address the customer is `id`; in a body he is `cliente_id`.
fn rename_id(error: ramal_clientes::Error) -> ramal_clientes::Error {
    match error {
        ramal_clientes::Error::Datos(errores) => {
            let renombrado = |e| CampoInvalido { campo: "cliente_id".to_owned(), ..e };
            ramal_clientes::Error::Datos(errores.into_iter().map(renombrado).collect())
        }
        otro => otro,
    }
}

/// Zone of one of the customer's addresses; none if it has none.
///
/// Errors: `Datos` if the address is not his, `Storage`.
pub(super) async fn zona_de(
    c: &impl Consulta,
    cliente: ClienteId,
    domicilio: Option<Uuid>,
) -> Result<Option<Zona>, Error> {
    let Some(id) = domicilio else { return Ok(None) };
    let suyos = ramal_clientes::storage::domicilios(c, cliente).await?;
    let Some(domicilio) = suyos.into_iter().find(|d| d.id == id) else {
        let motivo = "Ese domicilio no es del cliente. Agréguelo primero a sus domicilios.";
        return Err(Error::campo("domicilio_id", "domicilio_ajeno", motivo));
    };
    let Some(zona) = domicilio.zona_id else { return Ok(None) };
    Ok(ramal_catalogo::storage::zona(c, ZonaId::from_uuid(zona)).await?)
}

/// Zone of the address at which a service is given; none if nobody said where.
///
/// Errors: `Catalogo`, `Storage`.
pub async fn zona_de_servicio(c: &impl Consulta, s: &Servicio) -> Result<Option<Zona>, Error> {
    let domicilio = match s.contrato_id {
        Some(id) => {
            let contrato = storage::contrato_by_id(c, ramal_base::Id::from_uuid(id)).await?;
            contrato.and_then(|c| c.domicilio_id)
        }
        None => None,
    };
    zona_de(c, s.cliente_id, domicilio).await
}

/// Who bills: the one asked for, or the only one of the customer's country.
///
/// Errors: `Plataforma(EmisorNotFound)`, `Datos` if there is none or more than one to choose from.
pub(super) async fn emisor_de(
    c: &impl Consulta,
    cliente: &Cliente,
    pedido: Option<Uuid>,
) -> Result<Uuid, Error> {
    if let Some(id) = pedido {
        let emisor = ramal_plataforma::emisor(c, EmisorId::from_uuid(id)).await?;
        return Ok(emisor.id.uuid());
    }
    let emisores = ramal_plataforma::emisores(c).await?;
    let mut suyos = emisores.iter().filter(|e| e.pais == cliente.pais);
    match (suyos.next(), suyos.next()) {
        (Some(unico), None) => Ok(unico.id.uuid()),
        _ => {
            let motivo = "Indique el emisor: en el país del cliente no hay uno solo.";
            Err(Error::campo("emisor_id", "campo_requerido", motivo))
        }
    }
}
