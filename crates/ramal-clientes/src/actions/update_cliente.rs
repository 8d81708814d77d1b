//! Change of a customer's data. The identity never changes: another identity is another customer.

use ramal_base::documentos::is_generico;
use ramal_base::{CampoInvalido, Cx, documentos};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use crate::cliente::CambioCliente;
use crate::events::ClienteActualizado;
use crate::{Cliente, ClienteId, Error, storage, validacion};

/// Changes what the command names; `version` refuses a change made on an old reading.
///
/// Errors: `Datos`, `NotFound`, `Desactualizado`, `Storage`. Emits `ClienteActualizado`.
/// A change that changes nothing keeps the version and emits nothing.
pub async fn update_cliente(
    tx: &Tx,
    cx: &Cx,
    id: ClienteId,
    version: Option<i64>,
    cambio: CambioCliente,
) -> Result<(Cliente, Cliente), Error> {
    let antes = storage::lock(tx, id).await?.ok_or(Error::NotFound(id))?;
    if version.is_some_and(|v| v != antes.version) {
        return Err(Error::Desactualizado);
    }
    let cambiado = changed(&antes, cambio).map_err(Error::Datos)?;
    if cambiado == antes {
        return Ok((antes.clone(), antes));
    }
    let despues = Cliente { version: antes.version + 1, actualizado: cx.now(), ..cambiado };
    storage::update(tx, &despues).await?;
    let registro = Registro::new("cliente.actualizar", "cliente", id);
    audit(tx, cx, registro.antes(json!(antes)).despues(json!(despues))).await?;
    tx.emit(cx, &ClienteActualizado { cliente_id: id, version: despues.version }).await?;
    Ok((antes, despues))
}

fn changed(antes: &Cliente, cambio: CambioCliente) -> Result<Cliente, Vec<CampoInvalido>> {
    let mut errores = Vec::new();
    check(antes, &cambio, &mut errores);
    let mut c = antes.clone();
    if let Some(nombre) = cambio.razon_social {
        c.razon_social = nombre.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    if let Some(email) = cambio.email {
        c.email = validacion::check_email(Some(&email), "email", &mut errores);
    }
    if let Some(telefono) = cambio.telefono {
        let campo = "telefono";
        c.telefono = validacion::check_telefono(c.pais, Some(&telefono), campo, &mut errores);
    }
    set(&mut c.nombre_comercial, cambio.nombre_comercial);
    set(&mut c.regimen_fiscal, cambio.regimen_fiscal);
    set(&mut c.uso_cfdi, cambio.uso_cfdi);
    set(&mut c.codigo_postal, cambio.codigo_postal);
    set(&mut c.direccion, cambio.direccion);
    set(&mut c.notas, cambio.notas);
    c.estado = cambio.estado.unwrap_or(c.estado);
    if errores.is_empty() { Ok(c) } else { Err(errores) }
}

fn set(campo: &mut Option<String>, valor: Option<String>) {
    if let Some(valor) = valor {
        let limpio = valor.trim().to_owned();
        *campo = if limpio.is_empty() { None } else { Some(limpio) };
    }
}

fn check(antes: &Cliente, cambio: &CambioCliente, errores: &mut Vec<CampoInvalido>) {
    if let Some(nombre) = &cambio.razon_social {
        let largo = nombre.trim().chars().count();
        if !(1..=300).contains(&largo) || nombre.contains('|') {
            let motivo = "El nombre lleva de 1 a 300 caracteres, sin la barra |.";
            errores.push(CampoInvalido::new("razon_social", "razon_social_invalida", motivo));
        }
    }
    let sent = |t: &Option<String>| t.clone().filter(|t| !t.is_empty());
    if let Some(cp) = sent(&cambio.codigo_postal) {
        validacion::check_codigo_postal(&cp, errores);
    }
    if let Some(regimen) = sent(&cambio.regimen_fiscal) {
        let doc = documentos::validar(antes.tipo_documento, antes.pais, &antes.numero_documento);
        let persona = doc.ok().map(|d| d.persona);
        let generico = is_generico(&antes.numero_documento);
        validacion::check_regimen(&regimen, persona.filter(|_| !generico), errores);
    }
    if let Some(uso) = sent(&cambio.uso_cfdi) {
        validacion::check_uso(&uso, errores);
    }
}
