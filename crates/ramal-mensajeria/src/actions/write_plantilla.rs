//! Editing a template, and going back to an earlier text. Every save is a version; none is lost.

use ramal_base::Cx;
use ramal_db::{DbError, Tx};
use ramal_plataforma::{Registro, audit};

use crate::plantilla::{Contenido, Llave, Plantilla, fabrica};
use crate::storage::plantillas::{self, NuevaVersion, VersionFila};
use crate::{Canal, Error};

/// Writes a new version over the one that was read. The same text again writes nothing.
///
/// A WhatsApp text that changes takes a new name at Meta, because Meta approves each text apart:
/// until it is approved, free text and the other channels carry the kind.
/// Errors: `Campos`, `Version`, `Storage`.
pub async fn save(
    tx: &Tx,
    cx: &Cx,
    llave: Llave,
    (leida, contenido): (i64, Contenido),
) -> Result<Plantilla, Error> {
    contenido.check(llave.clase, llave.canal)?;
    write(tx, cx, llave, (leida, contenido, None)).await
}

/// Brings back the text of an earlier version as a new one; 0 is the text of the program. Errors:
/// `Campos` if there is no such version, `Version`, `Storage`.
pub async fn bring_back(
    tx: &Tx,
    cx: &Cx,
    llave: Llave,
    (leida, cual): (i64, i64),
) -> Result<Plantilla, Error> {
    let versiones = plantillas::versions(tx, llave, 200).await?;
    let contenido = match versiones.iter().find(|v| v.version == cual) {
        Some(version) => version.contenido()?,
        None if cual == 0 => fabrica::contenido(llave),
        None => {
            let motivo = "Esa versión no existe.";
            return Err(Error::campo("version", "version_desconocida", motivo));
        }
    };
    write(tx, cx, llave, (leida, contenido, Some(format!("v{cual}")))).await
}

async fn write(
    tx: &Tx,
    cx: &Cx,
    llave: Llave,
    (leida, contenido, nota): (i64, Contenido, Option<String>),
) -> Result<Plantilla, Error> {
    let actual = plantillas::current(tx, llave).await?;
    if actual.version != leida {
        return Err(Error::Version);
    }
    if actual.contenido == contenido {
        return Ok(actual);
    }
    let version = leida + 1;
    let contenido = renamed(&actual, contenido, version);
    let nueva = NuevaVersion {
        id: cx.new_id::<VersionFila>().uuid(),
        llave,
        version,
        contenido: &contenido,
        autor: cx.actor(),
        nota,
        creado: cx.now(),
    };
    match plantillas::insert(tx, nueva).await {
        Err(DbError::Unique(_)) => return Err(Error::Version),
        otro => otro?,
    }
    let nombre =
        format!("{}/{}/{}", llave.clase.as_str(), llave.canal.as_str(), llave.pais.codigo());
    let json = |c: &Contenido| serde_json::to_value(c).unwrap_or_default();
    let registro = Registro::new("plantilla.editar", "plantilla", nombre)
        .antes(json(&actual.contenido))
        .despues(json(&contenido));
    audit(tx, cx, registro).await?;
    Ok(Plantilla { llave, version, contenido })
}

/// A text of WhatsApp that changed without its name gets the name of its version.
fn renamed(actual: &Plantilla, contenido: Contenido, version: i64) -> Contenido {
    let texto_igual = actual.contenido.cuerpo == contenido.cuerpo
        && actual.contenido.boton == contenido.boton
        && actual.contenido.encabezado == contenido.encabezado;
    let mismo_nombre = actual.contenido.nombre_meta == contenido.nombre_meta;
    if actual.llave.canal != Canal::Whatsapp || texto_igual || !mismo_nombre {
        return contenido;
    }
    let raiz = contenido.nombre_meta.trim_end_matches(|c: char| c.is_ascii_digit());
    let raiz = raiz.strip_suffix("_v").unwrap_or(&contenido.nombre_meta);
    Contenido { nombre_meta: format!("{raiz}_v{version}"), ..contenido }
}
