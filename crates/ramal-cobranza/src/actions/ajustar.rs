//! Changing policies and the calendar. Whoever reads them sees the change at the next act.

use ramal_base::{CampoInvalido, Cx, Fecha};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Error;
use crate::nucleo::{ClaseDia, Politica};
use crate::reglas::Ambito;
use crate::storage::politicas::{self, DiaFila};

/// Writes the policy of a scope over the version that was read (0 = there was none).
///
/// Errors: `Datos` naming what could not work, `NotFound` without such zone, `Desactualizado`,
/// `Storage`.
pub async fn write_politica(
    tx: &Tx,
    cx: &Cx,
    ambito: &Ambito,
    politica: &Politica,
    version: i64,
) -> Result<(), Error> {
    let malos = politica.check();
    if !malos.is_empty() {
        return Err(Error::Datos(malos));
    }
    check_ambito(tx, ambito).await?;
    let (nombre, clave) = ambito.stored();
    let antes = politicas::one(tx, (nombre, &clave)).await?;
    let datos = serde_json::to_string(politica).unwrap_or_default();
    if !politicas::write(tx, cx, (nombre, &clave), &datos, version).await? {
        return Err(Error::Desactualizado);
    }
    let antes = antes.and_then(|a| serde_json::from_str::<Value>(&a.datos).ok());
    let registro = Registro::new("politica_cobranza.cambiar", "politica_cobranza", nombre);
    let registro = registro.antes(antes.unwrap_or(Value::Null));
    audit(tx, cx, registro.despues(json!(politica))).await?;
    Ok(())
}

async fn check_ambito(tx: &Tx, ambito: &Ambito) -> Result<(), Error> {
    match ambito {
        Ambito::Empresa => Ok(()),
        Ambito::Zona(id) => {
            let id = ramal_catalogo::ZonaId::from_uuid(*id);
            let zona = ramal_catalogo::storage::zona(tx, id).await?;
            zona.map(|_| ()).ok_or(Error::NotFound("zona"))
        }
        Ambito::Segmento(tipo) => {
            let letra = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
            let bien = (2..=20).contains(&tipo.len()) && tipo.bytes().all(letra);
            let motivo = "El segmento es un tipo de documento, por ejemplo RUC.";
            if bien { Ok(()) } else { Err(Error::campo("segmento", "segmento_forma", motivo)) }
        }
    }
}

/// Takes the policy of a zone or of a segment away: the general one rules again.
///
/// Errors: `NotFound`, `Estado` for that of the company, which always exists.
pub async fn delete_politica(tx: &Tx, cx: &Cx, ambito: &Ambito) -> Result<(), Error> {
    if *ambito == Ambito::Empresa {
        let detalle = "La política de la empresa se cambia, no se quita.";
        return Err(Error::Estado("politica_general", detalle));
    }
    let (nombre, clave) = ambito.stored();
    if !politicas::delete(tx, (nombre, &clave)).await? {
        return Err(Error::NotFound("politica"));
    }
    let registro = Registro::new("politica_cobranza.quitar", "politica_cobranza", nombre);
    audit(tx, cx, registro.antes(json!({ "clave": clave }))).await?;
    Ok(())
}

/// A day to add to the calendar.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NuevoDia {
    /// El día.
    #[schema(value_type = String, format = Date, example = "2026-12-24")]
    pub fecha: Fecha,
    /// Qué es.
    pub clase: ClaseDia,
    /// Su nombre.
    #[schema(max_length = 80)]
    pub nombre: String,
    /// Zona; si falta, toda la empresa.
    pub zona_id: Option<Uuid>,
}

/// Adds a day to the calendar. Errors: `Datos`, `NotFound` without such zone, `Storage`.
pub async fn add_dia(tx: &Tx, cx: &Cx, dia: NuevoDia) -> Result<Uuid, Error> {
    let nombre = dia.nombre.trim().to_owned();
    if nombre.is_empty() || nombre.chars().count() > 80 {
        let motivo = "Escriba el nombre del día, hasta 80 letras.";
        return Err(Error::Datos(vec![CampoInvalido::new("nombre", "nombre_largo", motivo)]));
    }
    if let Some(zona) = dia.zona_id {
        check_ambito(tx, &Ambito::Zona(zona)).await?;
    }
    let fila = DiaFila {
        id: cx.new_id::<DiaFila>().uuid(),
        zona_id: dia.zona_id,
        fecha: dia.fecha,
        clase: dia.clase.as_str().to_owned(),
        nombre,
    };
    politicas::insert_dia(tx, cx, &fila).await?;
    let registro = Registro::new("calendario.agregar", "cobranza_dia", fila.id);
    audit(tx, cx, registro.despues(json!({ "fecha": fila.fecha, "clase": fila.clase }))).await?;
    Ok(fila.id)
}

/// Takes a day away from the calendar. Errors: `NotFound`.
pub async fn delete_dia(tx: &Tx, cx: &Cx, id: Uuid) -> Result<(), Error> {
    if !politicas::delete_dia(tx, id).await? {
        return Err(Error::NotFound("dia"));
    }
    audit(tx, cx, Registro::new("calendario.quitar", "cobranza_dia", id)).await?;
    Ok(())
}
