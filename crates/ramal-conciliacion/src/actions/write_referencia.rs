//! Accounts and references that are one customer's alone.

use ramal_base::Cx;
use ramal_clientes::ClienteId;
use ramal_db::Tx;
use ramal_extractos::cuentas::{is_cci_shape, is_clabe, reference};
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Error;
use crate::storage::referencias::{self, ReferenciaPago};

/// What is told of a reference.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct DatosReferencia {
    /// CLABE, CCI o cuenta dedicada; vacía para la referencia propia del cliente
    pub valor: String,
    /// Pasarela que la dio, si la dio una
    pub proveedor: Option<String>,
}

/// Gives a customer an account of his own (as a gateway gave it), or his own reference: `R`, his
/// number and a control digit.
///
/// The same again gives the first. Errors: `NotFound`, 422 if the control digit is wrong, 409
/// `referencia_de_otro`.
pub async fn create_referencia(
    tx: &Tx,
    cx: &Cx,
    cliente: Uuid,
    datos: &DatosReferencia,
) -> Result<ReferenciaPago, Error> {
    let suyo = ramal_clientes::storage::by_id(tx, ClienteId::from_uuid(cliente)).await?;
    let suyo = suyo.ok_or(Error::NotFound("cliente"))?;
    let limpio: String = datos.valor.chars().filter(char::is_ascii_alphanumeric).collect();
    let (clase, valor) = match limpio.to_ascii_uppercase() {
        vacio if vacio.is_empty() => ("referencia", reference(suyo.numero)),
        valor if valor.len() == 20 && is_cci_shape(&valor) => ("cci", valor),
        valor if is_clabe(&valor) => ("clabe", valor),
        _ => {
            let motivo = "Escribir una CLABE de 18 dígitos o un CCI de 20, con su dígito de \
                control correcto.";
            return Err(Error::campo("valor", "cuenta_invalida", motivo));
        }
    };
    let nueva = ReferenciaPago {
        id: cx.new_id::<ReferenciaPago>().uuid(),
        cliente_id: cliente,
        clase: clase.to_owned(),
        valor,
        proveedor: datos.proveedor.clone(),
        creado: cx.now(),
    };
    if referencias::insert(tx, cx, &nueva).await? {
        let registro = Registro::new("referencia_pago.crear", "cliente", cliente);
        audit(tx, cx, registro.despues(json!({"clase": clase}))).await?;
        return Ok(nueva);
    }
    let valores = [nueva.valor.clone()];
    let primera = referencias::by_values(tx, &valores).await?.into_iter().next();
    match primera.filter(|r| r.cliente_id == cliente) {
        Some(r) => Ok(r),
        None => Err(Error::conflicto("referencia_de_otro", "Esa cuenta ya es de otro cliente.")),
    }
}
