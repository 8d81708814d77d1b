//! Rows that hang from a customer: addresses and contacts. They are added, never changed here.

use ramal_base::{Cx, Pais, telefono};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use crate::cliente::{Contacto, DatosCliente, DatosContacto, DatosDomicilio, Domicilio};
use crate::storage::{self, ParteMarca};
use crate::{ClienteId, Error, validacion};

/// Adds an address. Errors: `Datos`, `NotFound`, `Storage`.
pub async fn add_domicilio(
    tx: &Tx,
    cx: &Cx,
    cliente_id: ClienteId,
    datos: DatosDomicilio,
) -> Result<Domicilio, Error> {
    let mut errores = Vec::new();
    validacion::check_domicilio(&datos, "", &mut errores);
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    storage::lock(tx, cliente_id).await?.ok_or(Error::NotFound(cliente_id))?;
    let domicilio = new_domicilio(cx, &datos);
    storage::insert_domicilios(tx, cx.now(), &[(cliente_id, domicilio.clone())]).await?;
    let registro = Registro::new("cliente.agregar_domicilio", "cliente", cliente_id)
        .despues(json!({ "domicilio": domicilio }));
    audit(tx, cx, registro).await?;
    Ok(domicilio)
}

/// Adds a contact. Errors: `Datos`, `NotFound`, `Storage`.
pub async fn add_contacto(
    tx: &Tx,
    cx: &Cx,
    cliente_id: ClienteId,
    datos: DatosContacto,
) -> Result<Contacto, Error> {
    let cliente = storage::lock(tx, cliente_id).await?.ok_or(Error::NotFound(cliente_id))?;
    let mut errores = Vec::new();
    validacion::check_contacto(cliente.pais, &datos, "", &mut errores);
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    let contacto = new_contacto(cx, cliente.pais, &datos);
    storage::insert_contactos(tx, cx.now(), &[(cliente_id, contacto.clone())]).await?;
    let registro = Registro::new("cliente.agregar_contacto", "cliente", cliente_id)
        .despues(json!({ "contacto": contacto }));
    audit(tx, cx, registro).await?;
    Ok(contacto)
}

/// Writes the addresses and contacts of a checked form.
pub(super) async fn insert(
    tx: &Tx,
    cx: &Cx,
    cliente: ClienteId,
    pais: Pais,
    datos: &DatosCliente,
) -> Result<(), Error> {
    let domicilios: Vec<_> =
        datos.domicilios.iter().map(|d| (cliente, new_domicilio(cx, d))).collect();
    storage::insert_domicilios(tx, cx.now(), &domicilios).await?;
    let contactos: Vec<_> =
        datos.contactos.iter().map(|c| (cliente, new_contacto(cx, pais, c))).collect();
    storage::insert_contactos(tx, cx.now(), &contactos).await?;
    Ok(())
}

fn new_domicilio(cx: &Cx, d: &DatosDomicilio) -> Domicilio {
    Domicilio {
        id: cx.new_id::<ParteMarca>().uuid(),
        clase: d.clase.clone(),
        linea: d.linea.trim().to_owned(),
        colonia: text(&d.colonia),
        ciudad: text(&d.ciudad),
        region: text(&d.region),
        codigo_postal: text(&d.codigo_postal),
        ubigeo: text(&d.ubigeo),
        zona_id: d.zona_id,
    }
}

fn new_contacto(cx: &Cx, pais: Pais, c: &DatosContacto) -> Contacto {
    let mut nada = Vec::new();
    Contacto {
        id: cx.new_id::<ParteMarca>().uuid(),
        nombre: c.nombre.trim().to_owned(),
        cargo: text(&c.cargo),
        email: validacion::check_email(c.email.as_deref(), "email", &mut nada),
        telefono: text(&c.telefono).and_then(|t| telefono::e164(pais, &t).ok()),
    }
}

/// The text without its edges; an empty one is none.
pub(super) fn text(texto: &Option<String>) -> Option<String> {
    texto.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}
