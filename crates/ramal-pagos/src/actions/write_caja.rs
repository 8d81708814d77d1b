//! Making and changing cajas. Their code and currency never change: receipts are named by them.

use ramal_base::{CampoInvalido, Cx, Moneda, Problema};
use ramal_db::{DbError, Tx};
use ramal_plataforma::{Registro, SucursalId, audit, empresa, sucursal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Error;
use crate::caja::{Caja, CajaId};
use crate::storage::caja;

/// Cuerpo de `POST /caja/cajas` y `PATCH /caja/cajas/{id}`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosCaja {
    /// Código de 1 a 8 letras o cifras; encabeza sus recibos. Solo al crearla.
    #[schema(example = "CJ1")]
    pub codigo: Option<String>,
    /// Nombre, de 1 a 60 caracteres.
    #[schema(example = "Caja de la oficina")]
    pub nombre: Option<String>,
    /// Sucursal donde está.
    pub sucursal_id: Option<Uuid>,
    /// Moneda; la de la empresa si no se dice. Solo al crearla.
    #[schema(example = "PEN")]
    pub moneda: Option<String>,
    /// Si admite turnos nuevos; sí si no se dice.
    pub activa: Option<bool>,
    /// Versión que se vio, al cambiarla.
    pub version: Option<i64>,
}

/// Makes a caja. Errors: `Refused` naming the bad fields (a code that another has, too); `Storage`.
pub async fn create_caja(tx: &Tx, cx: &Cx, datos: DatosCaja) -> Result<Caja, Error> {
    let codigo = datos.codigo.as_deref().unwrap_or("").trim().to_uppercase();
    let bien = (1..=8).contains(&codigo.len()) && codigo.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut malos = Vec::new();
    if !bien {
        let motivo = "El código lleva de 1 a 8 letras o cifras, sin acentos.";
        malos.push(CampoInvalido::new("codigo", "codigo_invalido", motivo));
    }
    let nombre = name(datos.nombre.as_deref(), &mut malos);
    let moneda = match datos.moneda.as_deref() {
        None => Some(empresa(tx).await?.moneda),
        Some(texto) => Moneda::parse(texto),
    };
    if moneda.is_none() {
        let motivo = "Se admite MXN, PEN o USD.";
        malos.push(CampoInvalido::new("moneda", "moneda_desconocida", motivo));
    }
    check_sucursal(tx, datos.sucursal_id, &mut malos).await?;
    if caja::cajas(tx).await?.iter().any(|c| c.codigo == codigo) {
        let motivo = "Otra caja tiene ese código. Elegir otro.";
        malos.push(CampoInvalido::new("codigo", "codigo_repetido", motivo));
    }
    let Some(moneda) = moneda.filter(|_| malos.is_empty()) else {
        return Err(Error::Refused(Problema::campos(malos)));
    };
    let nueva = Caja {
        id: cx.new_id(),
        codigo,
        nombre,
        sucursal_id: datos.sucursal_id,
        moneda,
        activa: datos.activa.unwrap_or(true),
        version: 1,
    };
    caja::insert_caja(tx, cx, &nueva).await.map_err(|error| match error {
        DbError::Unique(_) => Error::conflicto("codigo_repetido", "Otra caja tiene ese código."),
        otro => Error::Storage(otro),
    })?;
    let registro = Registro::new("caja.crear", "caja", nueva.id);
    audit(tx, cx, registro.despues(photo(&nueva))).await?;
    Ok(nueva)
}

/// Changes name, branch and whether it works. What is not said stays.
///
/// Errors: `NotFound("caja")`; 409 `caja_cambio` if somebody changed it since; `Refused`;
/// `Storage`.
pub async fn update_caja(tx: &Tx, cx: &Cx, id: CajaId, datos: DatosCaja) -> Result<Caja, Error> {
    let antes = caja::caja(tx, id).await?.ok_or(Error::NotFound("caja"))?;
    let mut malos = Vec::new();
    let nombre = match &datos.nombre {
        None => antes.nombre.clone(),
        Some(texto) => name(Some(texto), &mut malos),
    };
    check_sucursal(tx, datos.sucursal_id, &mut malos).await?;
    if !malos.is_empty() {
        return Err(Error::Refused(Problema::campos(malos)));
    }
    let nueva = Caja {
        nombre,
        sucursal_id: datos.sucursal_id.or(antes.sucursal_id),
        activa: datos.activa.unwrap_or(antes.activa),
        version: datos.version.unwrap_or(antes.version),
        ..antes.clone()
    };
    if !caja::update_caja(tx, &nueva).await? {
        let detalle = "Alguien más cambió la caja. Volver a abrirla y repetir el cambio.";
        return Err(Error::conflicto("caja_cambio", detalle));
    }
    let registro = Registro::new("caja.cambiar", "caja", id);
    audit(tx, cx, registro.antes(photo(&antes)).despues(photo(&nueva))).await?;
    caja::caja(tx, id).await?.ok_or(Error::NotFound("caja"))
}

fn name(texto: Option<&str>, malos: &mut Vec<CampoInvalido>) -> String {
    let nombre = texto.unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
    if !(1..=60).contains(&nombre.chars().count()) {
        let motivo = "Falta el nombre de la caja: de 1 a 60 caracteres.";
        malos.push(CampoInvalido::new("nombre", "nombre_largo", motivo));
    }
    nombre
}

async fn check_sucursal(
    tx: &Tx,
    id: Option<Uuid>,
    malos: &mut Vec<CampoInvalido>,
) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    match sucursal(tx, SucursalId::from_uuid(id)).await {
        Ok(_) => Ok(()),
        Err(ramal_plataforma::Error::Storage(error)) => Err(error.into()),
        Err(_) => {
            let motivo = "No existe esa sucursal.";
            malos.push(CampoInvalido::new("sucursal_id", "sucursal_desconocida", motivo));
            Ok(())
        }
    }
}

fn photo(c: &Caja) -> Value {
    json!({
        "codigo": c.codigo,
        "nombre": c.nombre,
        "sucursal_id": c.sucursal_id,
        "moneda": c.moneda,
        "activa": c.activa,
    })
}
