//! The intent: what is asked for, written before any gateway hears of it. It calls nobody.

use ramal_base::{Cx, Moneda, Problema};
use ramal_db::{Consulta, Tx};
use ramal_facturacion::cobro::{Abierta, abierta};
use ramal_pasarelas::MedioRemoto;
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ajustes::AjustesPagos;
use crate::cobro::{Estado, Fila, Origen, Partida};
use crate::storage::cobros;
use crate::{CobroId, Error};

/// Minutes after which the gateway is asked about a cobro of which nothing is heard (Y6).
pub(crate) const SILENCIO_MS: i64 = 10 * 60_000;
/// Invoices that one cobro may settle.
const MAX_FACTURAS: usize = 50;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct NuevoCobro {
    /// Whose debt it is.
    pub cliente_id: Uuid,
    /// Currency, that of every invoice.
    pub moneda: Moneda,
    /// Invoices and amounts.
    pub partidas: Vec<Partida>,
    /// How it will be paid.
    pub medio: MedioRemoto,
    /// Code of the gateway.
    pub pasarela: String,
    /// Who asks.
    pub origen: Origen,
}

/// What asking gave.
#[derive(Clone, Debug)]
pub enum Intencion {
    /// A new cobro, which the gateway does not know yet.
    Nueva(Fila),
    /// An open one asks for exactly the same.
    YaPedida(Fila),
}

impl Intencion {
    /// The cobro, new or not.
    pub fn fila(&self) -> &Fila {
        match self {
            Intencion::Nueva(fila) | Intencion::YaPedida(fila) => fila,
        }
    }
}

/// Writes the intent of a cobro, or gives the open one that asks for the same: however often the
/// button is pressed there is one.
///
/// Errors: `Refused` with 422 if there is nothing to pay or the amounts do not fit the invoices.
pub async fn create_cobro(tx: &Tx, cx: &Cx, nuevo: NuevoCobro) -> Result<Intencion, Error> {
    if nuevo.partidas.is_empty() {
        let detalle = "No hay nada pendiente de pago en lo elegido.";
        return Err(Error::conflicto("nada_por_pagar", detalle));
    }
    let huella = fingerprint(&nuevo);
    if let Some(abierto) = live_twin(tx, cx, &huella).await? {
        return Ok(Intencion::YaPedida(abierto));
    }
    let fila = row(tx, cx, &nuevo).await?;
    if cobros::insert(tx, &fila, &huella, &nuevo.partidas).await? == 0 {
        let otro = cobros::open_by_huella(tx, &huella).await?;
        return otro.map(Intencion::YaPedida).ok_or(Error::NotFound("cobro"));
    }
    let detalle = json!({ "monto": fila.monto, "medio": fila.medio, "pasarela": fila.pasarela });
    cobros::append(tx, cx, fila.id, ("creado", detalle.clone())).await?;
    audit(tx, cx, Registro::new("cobro.crear", "cobro", fila.id).despues(detalle)).await?;
    Ok(Intencion::Nueva(fila))
}

/// The open cobro that asks for the same; one whose time is over makes room.
async fn live_twin(tx: &Tx, cx: &Cx, huella: &str) -> Result<Option<Fila>, Error> {
    let Some(otro) = cobros::open_by_huella(tx, huella).await? else { return Ok(None) };
    let Some(otro) = cobros::lock(tx, otro.id).await? else { return Ok(None) };
    let estado = otro.estado()?;
    if !estado.is_abierto() {
        return Ok(None);
    }
    if otro.vence > cx.now() || estado == Estado::EnProceso {
        return Ok(Some(otro));
    }
    cobros::set_estado(tx, cx, otro.id, (Estado::Vencido, None)).await?;
    cobros::append(tx, cx, otro.id, ("vencido", json!({}))).await?;
    Ok(None)
}

async fn row(tx: &Tx, cx: &Cx, nuevo: &NuevoCobro) -> Result<Fila, Error> {
    let ajustes = AjustesPagos::load(tx).await?;
    let ahora = cx.now();
    let id: CobroId = cx.new_id();
    let monto = nuevo.partidas.iter().map(|p| p.monto).sum();
    Ok(Fila {
        id,
        numero: tx.take_numbers("cobros", 1).await?,
        cliente_id: nuevo.cliente_id,
        moneda: nuevo.moneda.codigo().to_owned(),
        monto,
        pasarela: nuevo.pasarela.clone(),
        medio: nuevo.medio.codigo().to_owned(),
        estado: Estado::Creado.as_str().to_owned(),
        origen: nuevo.origen.as_str().to_owned(),
        clave: id.to_string(),
        referencia: None,
        url: None,
        instruccion: None,
        falla: None,
        vence: ahora.plus_millis(i64::from(ajustes.horas(nuevo.medio)) * 3_600_000),
        consultas: 0,
        proxima: Some(ahora.plus_millis(SILENCIO_MS)),
        regreso: None,
        acreditado: None,
        creado: ahora,
        actualizado: ahora,
        version: 1,
    })
}

/// What makes two requests the same: who, where, how, and how much of which invoices.
fn fingerprint(nuevo: &NuevoCobro) -> String {
    let mut partes: Vec<String> =
        nuevo.partidas.iter().map(|p| format!("{}:{}", p.factura_id, p.monto)).collect();
    partes.sort_unstable();
    let texto = format!(
        "{}|{}|{}|{}|{}",
        nuevo.cliente_id,
        nuevo.moneda.codigo(),
        nuevo.pasarela,
        nuevo.medio.codigo(),
        partes.join(";")
    );
    hex::encode(Sha256::digest(texto.as_bytes()))
}

/// Reads what is open of the invoices asked for and checks the amounts; without an amount, all
/// that is open of it.
///
/// Errors: 422 that names each invoice that is not the customer's, is in another currency, owes
/// nothing or less than asked.
pub async fn resolve_partidas(
    c: &impl Consulta,
    (cliente, moneda): (Uuid, Moneda),
    pedidas: &[(Uuid, Option<i64>)],
) -> Result<Vec<Partida>, Error> {
    let mut partidas = Vec::with_capacity(pedidas.len());
    let mut malos = Vec::new();
    if pedidas.len() > MAX_FACTURAS {
        let motivo = "Un cobro lleva hasta 50 facturas.";
        return Err(Error::campo("facturas", "demasiadas_facturas", motivo));
    }
    for (i, (factura, monto)) in pedidas.iter().enumerate() {
        let suya = abierta(c, *factura).await?;
        let suya = suya.filter(|a| a.cliente_id == cliente && a.moneda == moneda);
        let repetida = pedidas[..i].iter().any(|(otra, _)| otra == factura);
        match checked(suya, *monto).filter(|_| !repetida) {
            Some(partida) => partidas.push(partida),
            None => malos.push(ramal_base::CampoInvalido::new(
                format!("facturas[{i}]"),
                "factura_no_cobrable",
                "La factura no es del cliente, no debe nada en esa moneda o debe menos que eso.",
            )),
        }
    }
    if malos.is_empty() { Ok(partidas) } else { Err(Error::Refused(Problema::campos(malos))) }
}

fn checked(suya: Option<Abierta>, monto: Option<i64>) -> Option<Partida> {
    let suya = suya?;
    let monto = monto.unwrap_or(suya.abierto);
    (monto > 0 && monto <= suya.abierto).then(|| Partida {
        factura_id: suya.factura_id.uuid(),
        numero: suya.numero,
        monto,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nuevo(partidas: &[(u128, i64)]) -> NuevoCobro {
        let partida = |(n, monto): &(u128, i64)| Partida {
            factura_id: Uuid::from_u128(*n),
            numero: format!("F-{n}"),
            monto: *monto,
        };
        NuevoCobro {
            cliente_id: Uuid::from_u128(9),
            moneda: Moneda::Pen,
            partidas: partidas.iter().map(partida).collect(),
            medio: MedioRemoto::Enlace,
            pasarela: "emulada".into(),
            origen: Origen::Enlace,
        }
    }

    #[test]
    fn the_same_request_in_another_order_is_the_same_request() {
        let uno = fingerprint(&nuevo(&[(1, 100), (2, 50)]));
        assert_eq!(uno, fingerprint(&nuevo(&[(2, 50), (1, 100)])));
        assert_ne!(uno, fingerprint(&nuevo(&[(1, 101), (2, 50)])));
        let spei = NuevoCobro { medio: MedioRemoto::Spei, ..nuevo(&[(1, 100), (2, 50)]) };
        assert_ne!(uno, fingerprint(&spei));
    }
}
