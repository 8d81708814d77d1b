//! The line that charges a fee, on the next invoice or on one of its own. Marks nothing.

use std::sync::Arc;

use ramal_base::{Fecha, Moneda};
use ramal_clientes::Cliente;
use ramal_fiscal::{EmisorFiscal, Linea};

use super::{ClaseRecargo, impuesto};
use crate::ClaseFactura;
use crate::corrida::Contexto;
use crate::corrida::papel::{self, Alcance, NuevaFactura, NuevaLinea};
use crate::corrida::plan::{Motivo, Plan, due};
use crate::nucleo::Clase;
use crate::storage::recargos::RecargoFila;

fn line(
    ctx: &Contexto,
    emisor: &EmisorFiscal,
    r: &RecargoFila,
    hoy: Fecha,
) -> Result<NuevaLinea, Motivo> {
    let clase = ClaseRecargo::parse(&r.clase).unwrap_or(ClaseRecargo::Recargo);
    let trato = impuesto::impuesto(emisor.pais, clase, hoy);
    let linea = Linea {
        descripcion: r.descripcion.clone(),
        codigo: None,
        clave_prod_serv: None,
        clave_unidad: None,
        cantidad: 1,
        importe: r.monto,
        impuesto_incluido: true,
        impuesto: ctx.politica.impuesto_recargo.unwrap_or(trato),
    };
    let total = papel::line_total(emisor, &linea, hoy)?;
    let clase: Clase = clase.clase();
    Ok(NuevaLinea { servicio_id: r.servicio_id, clase, linea, total, periodo: None, reduce: None })
}

/// Adds the fees that wait to the customer's sales of the same currency and emisor; the rest go on
/// waiting.
pub(crate) fn add_to_plan(
    ctx: &Contexto,
    mut plan: Plan,
    recargos: &[RecargoFila],
) -> Result<Plan, Motivo> {
    for r in recargos {
        let cabe = |n: &&mut NuevaFactura| {
            matches!(n.clase, ClaseFactura::Factura | ClaseFactura::Recibo)
                && n.moneda.codigo() == r.moneda
                && r.emisor_id.is_none_or(|e| e == n.emisor.id)
                && n.lineas.len() < 100
        };
        let Some(nueva) = plan.papeles.iter_mut().find(cabe) else { continue };
        let linea = line(ctx, &nueva.emisor, r, ctx.issue_day(&nueva.emisor))?;
        nueva.lineas.push(linea);
        let posicion = i32::try_from(nueva.lineas.len()).unwrap_or(i32::MAX);
        nueva.recargos.push((r.id, posicion));
    }
    Ok(plan)
}

/// An invoice with a fee alone.
pub(crate) fn own_factura(
    ctx: &Contexto,
    (cliente, emisor): (&Cliente, Arc<EmisorFiscal>),
    (r, alcance): (&RecargoFila, Alcance),
    moneda: Moneda,
) -> Result<NuevaFactura, Motivo> {
    let hoy = ctx.issue_day(&emisor);
    let linea = line(ctx, &emisor, r, hoy)?;
    let legal = alcance == Alcance::Legal;
    Ok(NuevaFactura {
        clase: if legal { ClaseFactura::Factura } else { ClaseFactura::Recibo },
        emisor,
        cliente_id: cliente.id.uuid(),
        receptor: papel::receiver(cliente),
        moneda,
        vencimiento: due(ctx, hoy),
        lineas: vec![linea],
        cargos: Vec::new(),
        recargos: vec![(r.id, 1)],
        relacionada: None,
        relacion: None,
        alcance,
        forma_pago: None,
    })
}
