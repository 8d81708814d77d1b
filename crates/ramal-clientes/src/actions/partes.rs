//! Rows that hang from a customer: addresses and contacts.

use ramal_base::{Cx, Pais, telefono};
use ramal_db::{Bulk, Tx};

use crate::cliente::DatosCliente;
use crate::storage::{COLUMNAS_DOMICILIO, ParteMarca};
use crate::{ClienteId, Error};

const COLUMNAS_CONTACTO: &[&str] =
    &["id", "cliente_id", "nombre", "cargo", "email", "telefono", "creado"];

/// Writes the addresses and contacts of a checked form.
pub(super) async fn insert(
    tx: &Tx,
    cx: &Cx,
    cliente: ClienteId,
    pais: Pais,
    datos: &DatosCliente,
) -> Result<(), Error> {
    let mut domicilios = Bulk::new("domicilios", COLUMNAS_DOMICILIO);
    for d in &datos.domicilios {
        domicilios.push([
            cx.new_id::<ParteMarca>().into(),
            cliente.into(),
            d.clase.as_str().into(),
            d.linea.trim().into(),
            d.colonia.clone().into(),
            d.ciudad.clone().into(),
            d.region.clone().into(),
            d.codigo_postal.clone().into(),
            d.ubigeo.clone().into(),
            d.zona_id.into(),
            cx.now().into(),
        ]);
    }
    domicilios.insert(tx).await?;
    let mut contactos = Bulk::new("contactos", COLUMNAS_CONTACTO);
    for c in &datos.contactos {
        let numero = c.telefono.as_deref().and_then(|t| telefono::e164(pais, t).ok());
        contactos.push([
            cx.new_id::<ParteMarca>().into(),
            cliente.into(),
            c.nombre.trim().into(),
            c.cargo.clone().into(),
            c.email.clone().into(),
            numero.into(),
            cx.now().into(),
        ]);
    }
    contactos.insert(tx).await?;
    Ok(())
}
