//! Promises of payment: who may have one (M2), whether it was kept (M4). Pure.

use ramal_base::Fecha;

use super::estado::EstadoPromesa;
use super::politica::PoliticaPromesa;

/// What is known of a customer when he asks for a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Historial {
    /// Live promises.
    pub vivas: usize,
    /// Days on which he made the others that were not annulled.
    pub hechas: Vec<Fecha>,
    /// Date of the last broken one.
    pub ultima_rota: Option<Fecha>,
    /// First day of his oldest service.
    pub antiguedad: Option<Fecha>,
    /// Overdue, minor units, the largest of its currencies.
    pub deuda: i64,
    /// Total of the overdue invoices in that currency, minor units.
    pub facturado: i64,
}

/// Why a promise is refused (M2). The text of each is in the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rechazo {
    /// The company grants none.
    Desactivada,
    /// Nothing is overdue.
    SinDeuda,
    /// Not today nor later.
    FechaPasada,
    /// Later than the policy lets.
    PlazoLargo(Fecha),
    /// He has a live one.
    YaTiene,
    /// He had as many as the policy lets in six months.
    Demasiadas(u16),
    /// He broke one not long ago; when he may ask again.
    RotaReciente(Fecha),
    /// He has not been a customer long enough; from when he may ask.
    PocaAntiguedad(Option<Fecha>),
    /// He owes more than the policy defers.
    DeudaAlta(i64),
    /// A part has to be paid first, minor units.
    FaltaPagoPrevio(i64),
}

impl Rechazo {
    /// Stable code.
    pub fn codigo(self) -> &'static str {
        match self {
            Rechazo::Desactivada => "promesas_desactivadas",
            Rechazo::SinDeuda => "sin_deuda_vencida",
            Rechazo::FechaPasada => "fecha_pasada",
            Rechazo::PlazoLargo(_) => "plazo_largo",
            Rechazo::YaTiene => "promesa_vigente",
            Rechazo::Demasiadas(_) => "demasiadas_promesas",
            Rechazo::RotaReciente(_) => "promesa_incumplida",
            Rechazo::PocaAntiguedad(_) => "poca_antiguedad",
            Rechazo::DeudaAlta(_) => "deuda_alta",
            Rechazo::FaltaPagoPrevio(_) => "falta_pago_previo",
        }
    }
}

/// Every limit that a promise to pay on `fecha`, asked for on `hoy`, would pass. Empty = granted.
pub fn limites(hoy: Fecha, fecha: Fecha, h: &Historial, p: &PoliticaPromesa) -> Vec<Rechazo> {
    let mut no = Vec::new();
    let mut refuse = |mal: bool, rechazo: Rechazo| {
        if mal {
            no.push(rechazo);
        }
    };
    let ultimo = hoy.plus_dias(i32::from(p.max_dias));
    let desde = hoy.plus_meses(-6);
    let recientes = h.hechas.iter().filter(|d| **d > desde).count();
    let vuelve = h.ultima_rota.map(|d| d.plus_dias(i32::from(p.espera_tras_rota)));
    let antiguo = h.antiguedad.map(|d| d.plus_dias(i32::from(p.antiguedad_dias)));
    refuse(!p.activa, Rechazo::Desactivada);
    refuse(h.deuda <= 0, Rechazo::SinDeuda);
    refuse(fecha < hoy, Rechazo::FechaPasada);
    refuse(fecha > ultimo, Rechazo::PlazoLargo(ultimo));
    refuse(h.vivas > 0, Rechazo::YaTiene);
    let demasiadas = recientes >= usize::from(p.max_en_seis_meses);
    refuse(demasiadas, Rechazo::Demasiadas(p.max_en_seis_meses));
    if let Some(vuelve) = vuelve {
        refuse(hoy < vuelve, Rechazo::RotaReciente(vuelve));
    }
    let nuevo = p.antiguedad_dias > 0 && antiguo.is_none_or(|d| hoy < d);
    refuse(nuevo, Rechazo::PocaAntiguedad(antiguo));
    if let Some(maxima) = p.deuda_maxima {
        refuse(h.deuda > maxima, Rechazo::DeudaAlta(maxima));
    }
    refuse(missing_part(h, p) > 0, Rechazo::FaltaPagoPrevio(missing_part(h, p)));
    no
}

/// What is missing of the part that has to be paid first, minor units; the part is rounded up.
fn missing_part(h: &Historial, p: &PoliticaPromesa) -> i64 {
    let pedido = i128::from(h.facturado) * i128::from(p.pago_previo_pct);
    let pedido = i64::try_from((pedido + 99) / 100).unwrap_or(i64::MAX);
    let pagado = h.facturado - h.deuda;
    if p.pago_previo_pct == 0 { 0 } else { (pedido - pagado).max(0) }
}

/// What a live promise is on `as_of`, given what stays open of its invoices counting only what was
/// paid by value date up to its date (M4).
pub fn juzgar(fecha: Fecha, abierto_a_la_fecha: i64, as_of: Fecha) -> EstadoPromesa {
    match (abierto_a_la_fecha <= 0, as_of > fecha) {
        (true, _) => EstadoPromesa::Cumplida,
        (false, true) => EstadoPromesa::Rota,
        (false, false) => EstadoPromesa::Vigente,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    fn limpio() -> Historial {
        Historial {
            vivas: 0,
            hechas: Vec::new(),
            ultima_rota: None,
            antiguedad: Some(f("2026-01-01")),
            deuda: 39_900,
            facturado: 39_900,
        }
    }

    fn ask(fecha: &str, h: &Historial, p: &PoliticaPromesa) -> Vec<&'static str> {
        limites(f("2026-12-01"), f(fecha), h, p).into_iter().map(Rechazo::codigo).collect()
    }

    #[test]
    fn five_days_are_granted_and_six_are_not() {
        let p = PoliticaPromesa::default();
        assert!(ask("2026-12-06", &limpio(), &p).is_empty());
        assert!(ask("2026-12-01", &limpio(), &p).is_empty());
        assert_eq!(ask("2026-12-07", &limpio(), &p), ["plazo_largo"]);
        assert_eq!(ask("2026-11-30", &limpio(), &p), ["fecha_pasada"]);
    }

    #[test]
    fn only_one_at_a_time_and_two_in_six_months() {
        let p = PoliticaPromesa::default();
        let h = Historial { vivas: 1, ..limpio() };
        assert_eq!(ask("2026-12-03", &h, &p), ["promesa_vigente"]);
        let hechas = vec![f("2026-06-02"), f("2026-11-01")];
        let h = Historial { hechas, ..limpio() };
        assert_eq!(ask("2026-12-03", &h, &p), ["demasiadas_promesas"]);
        let h = Historial { hechas: vec![f("2026-06-01"), f("2026-11-01")], ..limpio() };
        assert!(ask("2026-12-03", &h, &p).is_empty());
    }

    #[test]
    fn none_within_sixty_days_of_a_broken_one() {
        let p = PoliticaPromesa::default();
        let h = Historial { ultima_rota: Some(f("2026-10-03")), ..limpio() };
        assert_eq!(ask("2026-12-03", &h, &p), ["promesa_incumplida"]);
        let h = Historial { ultima_rota: Some(f("2026-10-02")), ..limpio() };
        assert!(ask("2026-12-03", &h, &p).is_empty());
    }

    #[test]
    fn seniority_and_debt_and_the_part_paid_first_are_limits_of_their_own() {
        let p = PoliticaPromesa { antiguedad_dias: 335, ..PoliticaPromesa::default() };
        assert_eq!(ask("2026-12-03", &limpio(), &p), ["poca_antiguedad"]);
        let p = PoliticaPromesa { antiguedad_dias: 334, ..PoliticaPromesa::default() };
        assert!(ask("2026-12-03", &limpio(), &p).is_empty());
        let p = PoliticaPromesa { deuda_maxima: Some(39_899), ..PoliticaPromesa::default() };
        assert_eq!(ask("2026-12-03", &limpio(), &p), ["deuda_alta"]);
        let mitad = PoliticaPromesa { pago_previo_pct: 50, ..PoliticaPromesa::default() };
        let no = limites(f("2026-12-01"), f("2026-12-03"), &limpio(), &mitad);
        assert_eq!(no, [Rechazo::FaltaPagoPrevio(19_950)]);
        let h = Historial { deuda: 19_950, ..limpio() };
        assert!(ask("2026-12-03", &h, &mitad).is_empty());
    }

    #[test]
    fn every_limit_passed_is_told_at_once_and_a_company_may_grant_none() {
        let h = Historial { deuda: 0, facturado: 0, vivas: 1, ..limpio() };
        let p = PoliticaPromesa { activa: false, ..PoliticaPromesa::default() };
        let codigos = ask("2026-12-03", &h, &p);
        assert_eq!(codigos, ["promesas_desactivadas", "sin_deuda_vencida", "promesa_vigente"]);
    }

    #[test]
    fn it_is_kept_until_the_end_of_its_date_and_broken_the_day_after() {
        let fecha = f("2026-12-05");
        assert_eq!(juzgar(fecha, 1, f("2026-12-05")), EstadoPromesa::Vigente);
        assert_eq!(juzgar(fecha, 1, f("2026-12-06")), EstadoPromesa::Rota);
        assert_eq!(juzgar(fecha, 0, f("2026-12-02")), EstadoPromesa::Cumplida);
        assert_eq!(juzgar(fecha, 0, f("2027-01-02")), EstadoPromesa::Cumplida);
    }
}
