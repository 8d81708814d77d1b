//! Settings of messaging: lines, mailbox, notifications, rates. Secrets are sealed and never come
//! back; the trail says that they changed, never to what.

use ramal_base::Cx;
use ramal_db::{DbError, Tx};
use ramal_plataforma::{Registro, Sello, audit, put_secret};
use serde::Serialize;

use crate::ajustes::{Ajustes, AjustesCorreo};
use crate::storage::lineas::Linea;
use crate::storage::{ajustes, costos, lineas};
use crate::{Categoria, Error};

/// Writes the settings of notifications over the version that was read. Errors: `Campos`,
/// `Version`.
pub async fn save_notificaciones(
    tx: &Tx,
    cx: &Cx,
    (leida, nuevos): (i64, &Ajustes),
) -> Result<(), Error> {
    nuevos.check()?;
    let antes: Ajustes = ajustes::load(tx, ajustes::NOTIFICACIONES).await?.valor;
    save(tx, cx, ajustes::NOTIFICACIONES, (leida, &antes, nuevos)).await
}

/// Writes the settings of the mailbox, and the secrets that were given: name and text. Errors:
/// `Campos`, `Version`, `Storage`.
pub async fn save_correo(
    tx: &Tx,
    cx: &Cx,
    sello: &Sello,
    (leida, nuevos): (i64, &AjustesCorreo),
    secretos: &[(&str, String)],
) -> Result<(), Error> {
    nuevos.check()?;
    let antes: AjustesCorreo = ajustes::load(tx, ajustes::CORREO).await?.valor;
    save(tx, cx, ajustes::CORREO, (leida, &antes, nuevos)).await?;
    keep(tx, cx, sello, secretos).await
}

async fn save<T: Serialize + PartialEq>(
    tx: &Tx,
    cx: &Cx,
    nombre: &'static str,
    (leida, antes, nuevos): (i64, &T, &T),
) -> Result<(), Error> {
    if !ajustes::save(tx, nombre, nuevos, leida).await? {
        return Err(Error::Version);
    }
    if antes != nuevos {
        let json = |v: &T| serde_json::to_value(v).unwrap_or_default();
        let registro = Registro::new("mensajeria.ajustar", "ajustes_mensajeria", nombre);
        audit(tx, cx, registro.antes(json(antes)).despues(json(nuevos))).await?;
    }
    Ok(())
}

async fn keep(tx: &Tx, cx: &Cx, sello: &Sello, secretos: &[(&str, String)]) -> Result<(), Error> {
    for (nombre, texto) in secretos.iter().filter(|(_, texto)| !texto.is_empty()) {
        put_secret(tx, cx, sello, nombre, texto.as_bytes()).await?;
    }
    Ok(())
}

/// Writes a line, new or over the version that was read, and the secrets that were given.
///
/// Errors: `Campos` (also if another line has that number at Meta), `Version`, `Storage`.
pub async fn save_linea(
    tx: &Tx,
    cx: &Cx,
    sello: &Sello,
    linea: &Linea,
    secretos: &[(&str, String)],
) -> Result<(), Error> {
    linea.check()?;
    let repetida = || {
        let motivo = "Otra línea ya tiene ese identificador de número.";
        Error::campo("telefono_id", "linea_repetida", motivo)
    };
    match lineas::save(tx, linea).await {
        Err(DbError::Unique(_)) => return Err(repetida()),
        Ok(false) => return Err(Error::Version),
        otro => otro?,
    };
    let despues = serde_json::json!({
        "nombre": linea.nombre, "numero": linea.numero, "telefono_id": linea.telefono_id,
        "cuenta_id": linea.cuenta_id, "version_graph": linea.version_graph,
        "base_url": linea.base_url, "activa": linea.activa, "por_segundo": linea.por_segundo,
    });
    let registro = Registro::new("linea.guardar", "linea", linea.id).despues(despues);
    audit(tx, cx, registro).await?;
    let nombres: Vec<(String, String)> =
        secretos.iter().map(|(cual, texto)| (linea.secreto(cual), texto.clone())).collect();
    let prestados: Vec<(&str, String)> =
        nombres.iter().map(|(n, t)| (n.as_str(), t.clone())).collect();
    keep(tx, cx, sello, &prestados).await
}

/// Writes a rate of WhatsApp. Errors: `Campos`, `Storage`.
pub async fn save_rate(tx: &Tx, cx: &Cx, tarifa: &costos::Tarifa) -> Result<(), Error> {
    let pais = tarifa.mercado.len() == 2 && tarifa.mercado.bytes().all(|b| b.is_ascii_uppercase());
    if !pais {
        let motivo = "El mercado son dos letras, por ejemplo MX.";
        return Err(Error::campo("mercado", "mercado_forma", motivo));
    }
    if Categoria::parse(&tarifa.categoria).is_none() {
        let motivo = "Elija una categoría.";
        return Err(Error::campo("categoria", "categoria_desconocida", motivo));
    }
    if !(0..=100_000_000).contains(&tarifa.micros) {
        let motivo = "El precio va de 0 a 100.";
        return Err(Error::campo("precio", "precio_rango", motivo));
    }
    costos::put_rate(tx, tarifa).await?;
    let que = format!("{}/{}/{}", tarifa.mercado, tarifa.categoria, tarifa.desde);
    let despues = serde_json::json!({"micros": tarifa.micros, "moneda": tarifa.moneda});
    let registro = Registro::new("tarifa.guardar", "tarifa_whatsapp", que).despues(despues);
    Ok(audit(tx, cx, registro).await?)
}
