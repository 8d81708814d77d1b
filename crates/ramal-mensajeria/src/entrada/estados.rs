//! Statuses of what we sent. An envio is computed again from everything told of it, so the order of
//! hearing does not matter.

use ramal_base::{Cx, Zona};
use ramal_canales::whatsapp::of_codigo;
use ramal_canales::whatsapp::webhook::{Avance, EstadoMensaje, Precio};
use ramal_db::{DbError, Tx};

use crate::salida::{asiento, revision};
use crate::storage::costos::{self, Costo};
use crate::storage::entrada::{self, EstadoFila};
use crate::storage::envios::{self, Cambio, EnvioFila};
use crate::storage::oposiciones;
use crate::{Canal, EnvioId, EstadoEnvio, telefono};

/// Reads a status: keeps it, prices it, and settles its envio if it is known.
pub async fn hear(
    tx: &Tx,
    cx: &Cx,
    telefono_id: &str,
    estado: &EstadoMensaje,
) -> Result<(), DbError> {
    let Some(nombre) = name(&estado.avance) else { return Ok(()) };
    let error = estado.errores.first();
    let fila = EstadoFila {
        telefono_id: telefono_id.to_owned(),
        wamid: estado.wamid.clone(),
        estado: nombre.to_owned(),
        momento: estado.momento,
        marca: estado.referencia.clone(),
        codigo: error.map(|e| e.codigo),
        detalle: error.map(|e| e.texto()),
        envio_id: None,
    };
    // The envio before its statuses, as whoever writes down the answer of the call does.
    if let Some(id) = owner(tx, &fila.wamid, std::slice::from_ref(&fila)).await? {
        envios::lock(tx, id).await?;
    }
    if !entrada::put_estado(tx, &fila, cx.now()).await? {
        return Ok(());
    }
    if let Some(precio) = &estado.precio {
        price(tx, telefono_id, estado, precio).await?;
    }
    settle(tx, cx, &estado.wamid).await
}

fn name(avance: &Avance) -> Option<&'static str> {
    match avance {
        Avance::Enviado => Some("sent"),
        Avance::Entregado => Some("delivered"),
        Avance::Leido => Some("read"),
        Avance::Reproducido => Some("played"),
        Avance::Fallido => Some("failed"),
        Avance::Otro(_) => None,
    }
}

/// Writes down what a message cost, by the rate of its day: the provider tells category and type,
/// the rate table the price (W27).
async fn price(
    tx: &Tx,
    telefono_id: &str,
    estado: &EstadoMensaje,
    precio: &Precio,
) -> Result<(), DbError> {
    let mercado = telefono::market(estado.destinatario.as_deref().unwrap_or_default());
    let categoria = precio.categoria.as_deref().unwrap_or("service").to_ascii_uppercase();
    let facturable = precio.cobrable.unwrap_or(false);
    let dia = Zona::utc().fecha(estado.momento);
    let tarifa = costos::rate(tx, mercado, &categoria, dia).await?;
    let moneda = tarifa.as_ref().map_or_else(|| "USD".to_owned(), |t| t.moneda.clone());
    let micros = tarifa.filter(|_| facturable).map_or(0, |t| t.micros);
    let costo = Costo {
        telefono_id: telefono_id.to_owned(),
        wamid: estado.wamid.clone(),
        envio_id: None,
        cliente_id: None,
        clase: None,
        mercado: mercado.to_owned(),
        categoria,
        modelo: precio.modelo.clone().unwrap_or_default(),
        tipo: precio.tipo.clone().unwrap_or_default(),
        facturable,
        micros,
        moneda,
        momento: estado.momento,
        mes: revision::month(estado.momento),
    };
    costos::put(tx, &costo).await
}

/// Brings everything told of a message to its envio. Without an envio it stays parked: the answer
/// of the call may still be on its way (W24).
pub async fn settle(tx: &Tx, cx: &Cx, wamid: &str) -> Result<(), DbError> {
    let dichos = entrada::estados_of(tx, wamid).await?;
    let Some(id) = owner(tx, wamid, &dichos).await? else { return Ok(()) };
    let Some(envio) = envios::lock(tx, id).await? else { return Ok(()) };
    entrada::attach(tx, wamid, id).await?;
    costos::attach(tx, wamid, (id, envio.cliente_id, &envio.clase)).await?;
    apply(tx, cx, &envio, (wamid, &dichos)).await
}

/// The envio of a message: by our reference, which comes back also when the answer of the call got
/// lost (W23), or by the identifier of the provider.
async fn owner(tx: &Tx, wamid: &str, dichos: &[EstadoFila]) -> Result<Option<EnvioId>, DbError> {
    if let Some(id) = envios::id_by_wamid(tx, wamid).await? {
        return Ok(Some(id));
    }
    let marca = dichos.iter().find_map(|d| d.marca.as_deref()?.parse::<EnvioId>().ok());
    let Some(id) = marca else { return Ok(None) };
    // A reference that names an envio of another message is not ours to believe.
    let envio = envios::by_id(tx, id).await?;
    let libre = envio.is_some_and(|e| {
        e.canal == Canal::Whatsapp.as_str() && e.wamid.as_deref().is_none_or(|w| w == wamid)
    });
    Ok(libre.then_some(id))
}

async fn apply(
    tx: &Tx,
    cx: &Cx,
    envio: &EnvioFila,
    (wamid, dichos): (&str, &[EstadoFila]),
) -> Result<(), DbError> {
    let antes = envio.estado()?;
    let mut cambio = Cambio { wamid: Some(wamid.to_owned()), ..Cambio::default() };
    let mut estado = antes;
    let mut fallo = None;
    for dicho in dichos {
        let (noticia, lugar) = match dicho.estado.as_str() {
            "sent" => (EstadoEnvio::Enviado, &mut cambio.enviado),
            "delivered" => (EstadoEnvio::Entregado, &mut cambio.entregado),
            "read" | "played" => (EstadoEnvio::Leido, &mut cambio.leido),
            "failed" => (EstadoEnvio::Fallido, &mut cambio.fallido),
            _ => continue,
        };
        *lugar = Some(lugar.map_or(dicho.momento, |otro| otro.min(dicho.momento)));
        estado = estado.heard(noticia);
        if noticia == EstadoEnvio::Fallido {
            fallo = Some(dicho);
        }
    }
    if let Some(dicho) = fallo {
        let codigo = dicho.codigo.map_or_else(|| "failed".to_owned(), |c| c.to_string());
        cambio.causa = Some((codigo, dicho.detalle.clone().unwrap_or_default()));
    }
    cambio.estado = Some(estado);
    asiento::change(tx, cx, envio, cambio).await?;
    if estado.is_llegado() {
        oposiciones::clear_doubt(tx, Canal::Whatsapp, &envio.direccion).await?;
    }
    match fallo {
        Some(dicho) if estado == EstadoEnvio::Fallido && antes != EstadoEnvio::Fallido => {
            let falla = of_codigo(dicho.codigo.unwrap_or(-1), "");
            asiento::consequences(tx, cx, envio, &falla).await?;
            asiento::ask_next(tx, cx, envio, cx.now()).await
        }
        _ => Ok(()),
    }
}
