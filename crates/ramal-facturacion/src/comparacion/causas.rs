//! Causes of one service: what changed between its lines of two papers. Their sum is the difference
//! of those lines, whatever the lines say.

use ramal_base::dinero::rh_div;
use ramal_contratos::Motivo;
use uuid::Uuid;

use super::{Causa, Entorno, Renglon, Suerte, Tipo};
use crate::nucleo::Clase;

/// Adds the causes of a service that is on one of the papers, or on both.
pub(super) fn of_service(
    causas: &mut Vec<Causa>,
    servicio: Uuid,
    (ahora, antes): (&[&Renglon], &[&Renglon]),
    entorno: &Entorno,
) {
    let mut suyas = Suyas { servicio, causas };
    let (ahora, ajustes) = parted(ahora);
    let (antes, ajustes_antes) = parted(antes);
    for r in ajustes {
        suyas.add(kind_of(r, Tipo::Ajuste, Tipo::Cargo), r, r.total);
    }
    for r in ajustes_antes {
        suyas.add(kind_of(r, Tipo::AjusteAnterior, Tipo::CargoAnterior), r, -r.total);
    }
    match (Lado::of(&ahora), Lado::of(&antes)) {
        (Some(ahora), Some(antes)) => suyas.compare(&ahora, &antes),
        (Some(lado), None) => {
            let conocido = entorno.cobrados_antes.contains(&servicio);
            let tipo = if conocido { Tipo::OtraFactura } else { Tipo::ServicioNuevo };
            suyas.whole(tipo, &lado, lado.total);
        }
        (None, Some(lado)) => {
            let tipo = match entorno.suertes.get(&servicio) {
                Some(Suerte::Baja) => Tipo::ServicioTerminado,
                Some(Suerte::Suspendido) => Tipo::ServicioSuspendido,
                None => Tipo::SinCobro,
            };
            suyas.whole(tipo, &lado, -lado.total);
        }
        (None, None) => {}
    }
}

fn kind_of(r: &Renglon, ajuste: Tipo, cargo: Tipo) -> Tipo {
    if r.clase == Clase::Ajuste || r.clase == Clase::Recurrente { ajuste } else { cargo }
}

/// The lines of periods, and the rest: corrections and one-off charges. A negative line of a period
/// is a correction.
fn parted<'a>(renglones: &[&'a Renglon]) -> (Vec<&'a Renglon>, Vec<&'a Renglon>) {
    let periodo = |r: &&'a Renglon| r.clase == Clase::Recurrente && r.total >= 0;
    renglones.iter().copied().partition(periodo)
}

/// Periods of a service on one paper. Amounts with taxes, minor units.
struct Lado<'a> {
    ultimo: &'a Renglon,
    periodos: i64,
    /// What the papers says.
    total: i64,
    /// What whole periods would have cost.
    entero: i64,
    /// Whole price of the last one.
    precio: i64,
    /// What a promotion takes off each.
    descuento: i64,
}

impl<'a> Lado<'a> {
    fn of(renglones: &[&'a Renglon]) -> Option<Lado<'a>> {
        let ultimo = renglones.iter().copied().max_by_key(|r| r.periodo)?;
        Some(Lado {
            ultimo,
            periodos: i64::try_from(renglones.len()).unwrap_or(i64::MAX),
            total: renglones.iter().map(|r| r.total).sum(),
            entero: renglones.iter().map(|r| taxed(r, full_price(r))).sum(),
            precio: taxed(ultimo, full_price(ultimo)),
            descuento: taxed(ultimo, ultimo.descuento),
        })
    }
}

/// Price of the whole period in force at its end, as sold.
fn full_price(r: &Renglon) -> i64 {
    let cobradas = r.piezas.iter().rev().filter(|p| p.motivo == Motivo::Normal);
    cobradas.map(|p| p.precio).next().filter(|p| *p > 0).unwrap_or(r.importe)
}

/// An amount as sold with the taxes that the line has.
fn taxed(r: &Renglon, importe: i64) -> i64 {
    match r.importe {
        sin if sin <= 0 => importe,
        con => rh_div(i128::from(importe) * i128::from(r.total), i128::from(con)),
    }
}

struct Suyas<'a> {
    servicio: Uuid,
    causas: &'a mut Vec<Causa>,
}

impl Suyas<'_> {
    fn add(&mut self, tipo: Tipo, r: &Renglon, monto: i64) {
        let (servicio, nombre) = (Some(self.servicio), r.nombre.clone());
        self.causas.push(Causa { tipo, servicio, nombre, antes: None, monto, dias: None });
    }

    /// A service that is on one paper only; says the days if they are not a whole period.
    fn whole(&mut self, tipo: Tipo, lado: &Lado<'_>, monto: i64) {
        self.add(tipo, lado.ultimo, monto);
        if let Some(causa) = self.causas.last_mut() {
            causa.dias = days(lado.ultimo);
        }
    }

    /// Whole periods against whole periods first, then what each paper left out of them.
    fn compare(&mut self, ahora: &Lado<'_>, antes: &Lado<'_>) {
        let de_mas = (ahora.periodos - antes.periodos) * antes.precio;
        self.add(Tipo::Periodos, ahora.ultimo, de_mas);
        self.price(ahora, antes, ahora.entero - antes.entero - de_mas);
        self.left_out(Tipo::Prorrateo, Tipo::DiasSinServicio, ahora, ahora.total - ahora.entero);
        let antes_sin = antes.entero - antes.total;
        let (parcial, sin_dias) = (Tipo::ProrrateoAnterior, Tipo::DiasSinServicioAntes);
        self.left_out(parcial, sin_dias, antes, antes_sin);
    }

    /// The difference of the whole prices: promotion, then tax, then plan or price for the rest.
    fn price(&mut self, ahora: &Lado<'_>, antes: &Lado<'_>, diferencia: i64) {
        if diferencia == 0 {
            return;
        }
        let promocion = (antes.descuento - ahora.descuento) * ahora.periodos;
        let tipo = if promocion > 0 { Tipo::FinPromocion } else { Tipo::Promocion };
        self.add(tipo, ahora.ultimo, promocion);
        let mut resto = diferencia - promocion;
        let sin_promocion = |l: &Lado<'_>| full_price(l.ultimo) + l.ultimo.descuento;
        let vendido = sin_promocion(ahora) - sin_promocion(antes);
        let otro_plan = ahora.ultimo.nombre != antes.ultimo.nombre;
        if ahora.ultimo.impuesto != antes.ultimo.impuesto || (vendido == 0 && !otro_plan) {
            let como_antes = taxed(antes.ultimo, vendido) * ahora.periodos;
            self.add(Tipo::Impuesto, ahora.ultimo, resto - como_antes);
            resto = como_antes;
        }
        let tipo = if otro_plan { Tipo::CambioPlan } else { Tipo::CambioPrecio };
        self.add(tipo, ahora.ultimo, resto);
        if let Some(causa) = self.causas.last_mut().filter(|_| otro_plan) {
            causa.antes = Some(antes.ultimo.nombre.clone());
        }
    }

    fn left_out(&mut self, parcial: Tipo, sin_dias: Tipo, lado: &Lado<'_>, monto: i64) {
        let cortado = lado.ultimo.piezas.iter().any(|p| p.motivo != Motivo::Normal);
        self.add(if cortado { sin_dias } else { parcial }, lado.ultimo, monto);
        if let Some(causa) = self.causas.last_mut() {
            causa.dias = days(lado.ultimo);
        }
    }
}

/// Days billed of the days of the period; none of a whole one.
fn days(r: &Renglon) -> Option<(i32, i32)> {
    let total = r.piezas.first()?.total;
    let cobrados = r.piezas.iter().filter(|p| p.motivo == Motivo::Normal).map(|p| p.dias).sum();
    (cobrados != total).then_some((cobrados, total))
}
