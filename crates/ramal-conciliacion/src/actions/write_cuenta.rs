//! Accounts are made and changed. Their files are read by the profile of that moment.

use ramal_base::{Cx, Moneda};
use ramal_db::Tx;
use ramal_extractos::{Perfil, perfiles};
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::storage::cuentas;
use crate::{ClaseCuenta, CuentaBancaria, CuentaId, Error};

/// What is told of an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct DatosCuenta {
    /// Nombre para la oficina, único
    pub nombre: String,
    /// Número, CLABE o CCI; vacío si los archivos no lo traen
    pub numero: String,
    /// Moneda ISO: MXN, PEN, USD
    pub moneda: String,
    /// `banco` o `pasarela`
    pub clase: String,
    /// Pasarela cuyos reportes son: mercadopago, stripe, emulada
    pub proveedor: String,
    /// Código de un perfil de los que vienen; vacío para MT940, camt.053 u OFX
    pub perfil: String,
    /// Perfil propio en JSON, en lugar del código
    pub perfil_json: String,
    /// `no` si ya no se esperan sus extractos
    pub activa: String,
}

/// Makes an account. Errors: 422 with the bad field.
pub async fn create_cuenta(tx: &Tx, cx: &Cx, datos: &DatosCuenta) -> Result<CuentaBancaria, Error> {
    let moneda = Moneda::parse(datos.moneda.trim());
    let moneda = moneda
        .ok_or_else(|| Error::campo("moneda", "moneda_desconocida", "Elegir MXN, PEN o USD."))?;
    let clase = ClaseCuenta::parse(datos.clase.trim());
    let clase = clase
        .ok_or_else(|| Error::campo("clase", "clase_desconocida", "Elegir banco o pasarela."))?;
    let base = CuentaBancaria {
        id: cx.new_id(),
        nombre: String::new(),
        numero: String::new(),
        moneda,
        clase,
        proveedor: None,
        perfil: None,
        activa: true,
        ultima_linea: None,
        al_dia: None,
        version: 1,
        creado: cx.now(),
    };
    let cuenta = merged(base, datos)?;
    cuentas::insert(tx, &cuenta).await?;
    let registro = Registro::new("cuenta_bancaria.crear", "cuenta_bancaria", cuenta.id);
    audit(tx, cx, registro.despues(photo(&cuenta))).await?;
    Ok(cuenta)
}

/// Changes an account of a version. Currency and kind never change: its lines have them.
///
/// Errors: `NotFound`, `Desactualizado`, 422 with the bad field.
pub async fn update_cuenta(
    tx: &Tx,
    cx: &Cx,
    (id, version): (CuentaId, i64),
    datos: &DatosCuenta,
) -> Result<CuentaBancaria, Error> {
    let antes = cuentas::by_id(tx, id).await?.ok_or(Error::NotFound("cuenta_bancaria"))?;
    let cuenta = merged(CuentaBancaria { version, ..antes.clone() }, datos)?;
    if !cuentas::update(tx, &cuenta).await? {
        return Err(Error::Desactualizado);
    }
    let registro = Registro::new("cuenta_bancaria.editar", "cuenta_bancaria", id);
    audit(tx, cx, registro.antes(photo(&antes)).despues(photo(&cuenta))).await?;
    cuentas::by_id(tx, id).await?.ok_or(Error::NotFound("cuenta_bancaria"))
}

fn photo(c: &CuentaBancaria) -> serde_json::Value {
    json!({
        "nombre": c.nombre,
        "moneda": c.moneda,
        "clase": c.clase,
        "proveedor": c.proveedor,
        "perfil": c.perfil.as_ref().map(|p| p.codigo.clone()),
        "activa": c.activa,
    })
}

fn merged(cuenta: CuentaBancaria, datos: &DatosCuenta) -> Result<CuentaBancaria, Error> {
    let nombre = datos.nombre.trim();
    if !(2..=60).contains(&nombre.chars().count()) || nombre.chars().any(char::is_control) {
        let motivo = "Escribir un nombre de 2 a 60 caracteres.";
        return Err(Error::campo("nombre", "nombre_invalido", motivo));
    }
    let numero: String = datos.numero.chars().filter(|c| !c.is_whitespace()).collect();
    check_number(&numero)?;
    let proveedor = Some(datos.proveedor.trim().to_lowercase()).filter(|p| !p.is_empty());
    if cuenta.clase == ClaseCuenta::Pasarela && proveedor.is_none() {
        let motivo = "Indicar de qué pasarela son los reportes.";
        return Err(Error::campo("proveedor", "proveedor_requerido", motivo));
    }
    Ok(CuentaBancaria {
        nombre: nombre.to_owned(),
        numero,
        proveedor,
        perfil: profile(datos)?,
        activa: datos.activa.trim() != "no",
        ..cuenta
    })
}

/// A number of 18 digits is a CLABE and one of 20 a CCI; any other is the bank's own.
fn check_number(numero: &str) -> Result<(), Error> {
    let cifras = !numero.is_empty() && numero.bytes().all(|b| b.is_ascii_digit());
    let mal = match numero.len() {
        _ if !cifras => false,
        18 => !ramal_extractos::cuentas::is_clabe(numero),
        20 => !ramal_extractos::cuentas::is_cci_shape(numero),
        _ => false,
    };
    if mal || numero.len() > 64 {
        let motivo = "El número no cierra con su dígito de control. Revisarlo cifra por cifra.";
        return Err(Error::campo("numero", "cuenta_invalida", motivo));
    }
    Ok(())
}

fn profile(datos: &DatosCuenta) -> Result<Option<Perfil>, Error> {
    let json = datos.perfil_json.trim();
    if !json.is_empty() {
        let leido = Perfil::parse(json);
        let mal = |e: ramal_extractos::Motivo| {
            Error::campo("perfil_json", "perfil_invalido", format!("{e}."))
        };
        return leido.map(Some).map_err(mal);
    }
    match datos.perfil.trim() {
        "" => Ok(None),
        codigo => {
            let perfil = perfiles::by_code(codigo);
            let falta =
                || Error::campo("perfil", "perfil_desconocido", "Elegir un perfil de la lista.");
            perfil.map(Some).ok_or_else(falta)
        }
    }
}
