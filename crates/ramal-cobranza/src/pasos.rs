//! The steps of the ladder that came due for a customer on the day of his file. It tells nobody.

use ramal_base::Fecha;
use uuid::Uuid;

use crate::expediente::{Cuadro, Expediente};
use crate::nucleo::escalera::{Tramo, debidos};
use crate::nucleo::estado::EstadoPromesa;
use crate::nucleo::politica::ClaseAviso;
use crate::storage::avisos::NuevoPaso;
use crate::storage::deuda::Abierto;

/// Steps that came due, once per invoice and step.
pub(crate) fn due(e: &Expediente) -> Vec<NuevoPaso> {
    let mut vistas: Vec<Uuid> = Vec::new();
    let mut pasos = Vec::new();
    for a in &e.abiertos {
        if vistas.contains(&a.factura_id) {
            continue;
        }
        vistas.push(a.factura_id);
        pasos.extend(of_factura(e, a));
    }
    pasos
}

fn of_factura(e: &Expediente, a: &Abierto) -> Vec<NuevoPaso> {
    let (politica, calendario) = e.regla_de(a.factura_id);
    let promesa = promised(e, a.factura_id);
    let prometida = promesa.map(|(fecha, _)| fecha);
    let tramo = Tramo { emision: a.fecha, vencimiento: a.vencimiento, prometida };
    let suyos = e.avisos.iter().filter(|x| x.factura_id == a.factura_id);
    let dados: Vec<String> = suyos.map(|x| x.etapa.clone()).collect();
    let viva = promesa.is_some_and(|(fecha, viva)| viva && e.as_of <= fecha);
    // Who promised to pay is not told every day that he owes.
    let cortable = cuts(e, a.factura_id);
    let calla = |clase: ClaseAviso| match clase {
        ClaseAviso::Vencido => viva,
        ClaseAviso::Corte => !cortable,
        ClaseAviso::Proximo => false,
    };
    debidos(e.as_of, &tramo, &dados, politica, calendario)
        .into_iter()
        .filter(|(_, etapa)| !calla(etapa.clase))
        .map(|(fecha, etapa)| NuevoPaso {
            cliente_id: a.cliente_id,
            factura_id: a.factura_id,
            etapa: etapa.codigo.clone(),
            clase: etapa.clase.as_str(),
            fecha,
        })
        .collect()
}

/// Whether an invoice can lead to a cut: some service that lives answers for it.
fn cuts(e: &Expediente, factura: Uuid) -> bool {
    let responde =
        |c: &Cuadro| !c.deuda.baja && c.deuda.partidas.iter().any(|p| p.factura_id == factura);
    e.servicios.iter().any(responde)
}

/// Date of the last promise that covers an invoice, and whether it is live.
fn promised(e: &Expediente, factura: Uuid) -> Option<(Fecha, bool)> {
    let cubren = e.promesas.iter().filter(|p| p.partidas.iter().any(|x| x.factura_id == factura));
    let cuentan = cubren.filter_map(|p| match p.estado() {
        EstadoPromesa::Vigente => Some((p.promesa.fecha, true)),
        EstadoPromesa::Rota => Some((p.promesa.fecha, false)),
        EstadoPromesa::Cumplida | EstadoPromesa::Anulada => None,
    });
    cuentan.max()
}
