//! Sign-up of a customer with addresses, contacts and consents.

use ramal_base::Cx;
use ramal_db::{DbError, Tx};
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use super::partes::{self, text};
use super::register_consentimiento;
use crate::cliente::{DatosCliente, EstadoCliente};
use crate::events::ClienteCreado;
use crate::validacion::{self, DatosValidos};
use crate::{Cliente, Error, storage};

/// Makes a customer from the form.
///
/// Errors: `Datos` with every refused field, `Duplicado`, `Storage`. Emits `ClienteCreado`.
pub async fn create_cliente(tx: &Tx, cx: &Cx, datos: DatosCliente) -> Result<Cliente, Error> {
    let validos = validacion::check(&datos).map_err(Error::Datos)?;
    let numero = tx.take_numbers("clientes", 1).await?;
    let cliente = new_cliente(cx, &datos, validos, numero);
    storage::insert_many(tx, std::slice::from_ref(&cliente), None).await.map_err(duplicate)?;
    partes::insert(tx, cx, cliente.id, cliente.pais, &datos).await?;
    for consentimiento in datos.consentimientos {
        register_consentimiento(tx, cx, cliente.id, consentimiento).await?;
    }
    let registro = Registro::new("cliente.crear", "cliente", cliente.id);
    audit(tx, cx, registro.despues(json!(cliente))).await?;
    tx.emit(cx, &ClienteCreado::from(&cliente)).await?;
    Ok(cliente)
}

/// The customer that a checked form makes; writes nothing (imports write in bulk).
pub fn new_cliente(cx: &Cx, datos: &DatosCliente, validos: DatosValidos, numero: i64) -> Cliente {
    let ahora = cx.now();
    Cliente {
        id: cx.new_id(),
        numero,
        pais: validos.pais,
        tipo_documento: validos.tipo_documento,
        numero_documento: validos.numero_documento,
        razon_social: validos.razon_social,
        nombre_comercial: text(&datos.nombre_comercial),
        email: validos.email,
        telefono: validos.telefono,
        regimen_fiscal: text(&datos.regimen_fiscal),
        uso_cfdi: text(&datos.uso_cfdi),
        codigo_postal: text(&datos.codigo_postal),
        direccion: text(&datos.direccion),
        estado: EstadoCliente::Activo,
        notas: text(&datos.notas),
        version: 1,
        creado: ahora,
        actualizado: ahora,
    }
}

fn duplicate(error: DbError) -> Error {
    match error {
        DbError::Unique(_) => Error::Duplicado,
        otro => Error::Storage(otro),
    }
}
