//! The lines of the list of cuts of today: who goes in, who stays out and why. It cuts nobody.

use ramal_base::Cx;
use ramal_db::Tx;
use uuid::Uuid;

use crate::Error;
use crate::corte::EstadoCorte;
use crate::expediente::{Cuadro, Expediente};
use crate::nucleo::lista::veredicto;
use crate::nucleo::{EstadoCobranza, Freno, Impedimento, Motivo, Veredicto};
use crate::puertos::Puertos;
use crate::reglas::Reglas;
use crate::storage::cortes::{self, RenglonFila};
use crate::storage::deuda;

/// Writes the lines of these customers in the list of today, which begins with the first of them.
/// A list that is being executed takes no more.
pub(crate) async fn write(
    tx: &Tx,
    cx: &Cx,
    (puertos, reglas): (&Puertos, &Reglas),
    archivo: &[Expediente],
) -> Result<(), Error> {
    let mut propuestos = Vec::new();
    for e in archivo.iter().filter(|e| has_candidate(e)) {
        let frenos = puertos.frenos.frenos(e.cliente_id, cx.now()).await?;
        let lineas = e.servicios.iter().filter_map(|c| line(e, c, &frenos));
        propuestos.extend(lineas);
    }
    if propuestos.is_empty() {
        return Ok(());
    }
    cortes::open(tx, cx, reglas.hoy, deuda::activos(tx).await?).await?;
    let corte = cortes::lock(tx, reglas.hoy).await?.ok_or(Error::NotFound("corte"))?;
    if EstadoCorte::parse(&corte.estado) != Some(EstadoCorte::Propuesta) {
        return Ok(());
    }
    for r in &mut propuestos {
        r.corte_id = corte.id;
    }
    Ok(cortes::write_renglones(tx, &propuestos).await?)
}

fn has_candidate(e: &Expediente) -> bool {
    use EstadoCobranza::{EnGracia, Exento, PausaCliente, Promesa};
    let mira = |c: &Cuadro| {
        matches!(c.situacion.estado, EnGracia | Exento | PausaCliente | Promesa)
            && c.situacion.dias > 0
    };
    e.servicios.iter().any(mira)
}

fn line(e: &Expediente, c: &Cuadro, frenos: &[Freno]) -> Option<RenglonFila> {
    // A day on which nobody is cut has no list; one on which nobody can reconnect says so.
    let impedimento = c.regla.1.impedimento(e.as_of);
    if impedimento.is_some_and(|i| !matches!(i, Impedimento::SinReconexion(_))) {
        return None;
    }
    let (incluido, motivos): (bool, Vec<Motivo>) =
        match veredicto(e.as_of, &c.situacion, frenos, &c.regla.1) {
            Veredicto::Fuera => return None,
            Veredicto::Incluido => (true, Vec::new()),
            Veredicto::Excluido(motivos) => (false, motivos),
        };
    let mayor = c.situacion.vencido.iter().max_by_key(|(_, monto)| **monto);
    let (moneda, vencido) = mayor.map_or(("", 0), |(m, monto)| (m.codigo(), *monto));
    Some(RenglonFila {
        corte_id: Uuid::nil(),
        servicio_id: c.servicio.id,
        cliente_id: e.cliente_id,
        decision: if incluido { "incluido" } else { "excluido" }.to_owned(),
        motivos: serde_json::to_string(&motivos).unwrap_or_default(),
        vencido,
        moneda: moneda.to_owned(),
        dias: c.situacion.dias,
        resultado: if incluido { "pendiente" } else { "fuera" }.to_owned(),
        resuelto: None,
    })
}
