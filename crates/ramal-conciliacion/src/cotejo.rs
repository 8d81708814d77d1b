//! From a line to what it may be: gathers the candidates of the database and asks the pure
//! matching. It moves no money.

use ramal_db::{Consulta, DbError};
use ramal_extractos::cotejo::{Destino, Politica, Propuesta, Razon, Veredicto, match_renglon};
use ramal_extractos::texto::{flat, operation};
use uuid::Uuid;

use crate::actions::Resolucion;
use crate::storage::vinculos::Liquidacion;
use crate::storage::{candidatos, renglones, vinculos};
use crate::{ClaseCuenta, CuentaBancaria, Renglon, Sugerencia};

/// What the matching says of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cotejo {
    /// Exactly one candidate exists: what it is, and the same as a person would see it.
    Automatico(Resolucion, Sugerencia),
    /// For a person; may be empty.
    Sugerencias(Vec<Sugerencia>),
}

/// What a line may be. Errors: `DbError`.
pub async fn look(
    c: &impl Consulta,
    cuenta: &CuentaBancaria,
    r: &Renglon,
) -> Result<Cotejo, DbError> {
    let repetido = renglones::is_repeated(c, r).await?;
    match cuenta.clase {
        ClaseCuenta::Pasarela => of_report(c, cuenta, r, repetido).await,
        ClaseCuenta::Banco => of_bank(c, r, repetido).await,
    }
}

/// A line of a gateway's report is the payment that the gateway told, before its fee.
async fn of_report(
    c: &impl Consulta,
    cuenta: &CuentaBancaria,
    r: &Renglon,
    repetido: bool,
) -> Result<Cotejo, DbError> {
    let proveedor = cuenta.proveedor.as_deref().unwrap_or("");
    let ids = [r.id_banco.as_deref().unwrap_or(""), r.referencia.as_str()];
    let hallados = candidatos::pago_de_pasarela(c, proveedor, &ids).await?;
    let bruto = r.bruto.unwrap_or(r.importe);
    if let [(pago, monto, _)] = hallados[..]
        && monto == bruto
        && !repetido
        && r.importe > 0
    {
        let (resolucion, suya) =
            (Resolucion::Enlazar { pago }, told(&hallados[0], bruto, repetido));
        return Ok(Cotejo::Automatico(resolucion, suya));
    }
    let sugerencias = hallados.iter().map(|h| told(h, bruto, repetido)).collect();
    Ok(Cotejo::Sugerencias(sugerencias))
}

/// A payment of a gateway as a suggestion; its amount or its repetition may speak against it.
fn told((pago, monto, cliente): &(Uuid, i64, Uuid), bruto: i64, repetido: bool) -> Sugerencia {
    let mut razones = vec![Razon::Id];
    razones.extend((*monto != bruto).then_some(Razon::Contradiccion));
    razones.extend(repetido.then_some(Razon::Repetido));
    let destino = Destino::Enlazar { pago: *pago };
    let propuesta = Propuesta { cliente: *cliente, destino, razones, puntos: 0 };
    Sugerencia::Cliente { propuesta }
}

/// A line of a bank is a customer's money or a gateway's pay-out.
async fn of_bank(c: &impl Consulta, r: &Renglon, repetido: bool) -> Result<Cotejo, DbError> {
    if r.importe <= 0 {
        return Ok(Cotejo::Sugerencias(Vec::new()));
    }
    let m = r.movimiento(repetido);
    let pagos_de = (r.importe, r.moneda.codigo());
    let liquidaciones = vinculos::payouts(c, pagos_de, r.fecha_operacion).await?;
    let (todos, cobertura) = candidatos::gather(c, &m).await?;
    let politica = Politica { cobertura, ..Politica::default() };
    let veredicto = match_renglon(&m, &todos, politica);
    if let [una] = liquidaciones.as_slice()
        && !repetido
        && is_named(r, una)
        && !matches!(veredicto, Veredicto::Automatico(_))
    {
        let (cuenta, liquidacion) = (una.cuenta_id, una.liquidacion.clone());
        let resolucion = Resolucion::Liquidacion { cuenta, liquidacion };
        return Ok(Cotejo::Automatico(resolucion, payout(una.clone())));
    }
    let pagadas = liquidaciones.into_iter().map(payout);
    match veredicto {
        Veredicto::Automatico(p) if pagadas.len() == 0 => {
            let resolucion = Resolucion::of(r, &p);
            Ok(Cotejo::Automatico(resolucion, Sugerencia::Cliente { propuesta: p }))
        }
        Veredicto::Automatico(p) => {
            let suyo = std::iter::once(Sugerencia::Cliente { propuesta: p });
            Ok(Cotejo::Sugerencias(suyo.chain(pagadas).collect()))
        }
        Veredicto::Sugerencias(lista) => {
            let suyas = lista.into_iter().map(|propuesta| Sugerencia::Cliente { propuesta });
            Ok(Cotejo::Sugerencias(pagadas.chain(suyas).collect()))
        }
        Veredicto::Nada => Ok(Cotejo::Sugerencias(pagadas.collect())),
    }
}

fn payout(l: Liquidacion) -> Sugerencia {
    Sugerencia::Liquidacion {
        cuenta_id: l.cuenta_id.uuid(),
        liquidacion: l.liquidacion,
        neto: l.neto,
        comision: l.comision,
        lineas: l.lineas,
    }
}

/// Whether the bank line says which pay-out it is, or at least which gateway's.
fn is_named(r: &Renglon, l: &Liquidacion) -> bool {
    let texto = flat(&format!("{} {} {}", r.referencia, r.concepto, r.contraparte));
    let junto = texto.replace(' ', "");
    let id = operation(&l.liquidacion);
    let proveedor = flat(l.proveedor.as_deref().unwrap_or("")).replace(' ', "");
    id.len() >= 4 && junto.contains(&id) || proveedor.len() >= 4 && junto.contains(&proveedor)
}
