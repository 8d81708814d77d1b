//! From what speaks for each candidate to a verdict. One candidate and nothing against, or a
//! person decides.

use super::evidencia::{Evidencia, Lectura};
use super::nombre::Parecido;
use super::{
    Candidato, Cobertura, Destino, FacturaCandidata, Movimiento, Politica, Propuesta, Razon,
    Veredicto,
};

/// Most suggestions of a movement.
const SUGERENCIAS: usize = 5;

/// To whom a movement belongs among the candidates.
///
/// Shape: `Automatico` only of money that entered, not repeated, with exactly one candidate and
/// nothing that points to another; the suggestions come best first. Source: integrations 2.5.
pub fn match_renglon(m: &Movimiento, candidatos: &[Candidato], politica: Politica) -> Veredicto {
    if m.importe <= 0 {
        return Veredicto::Nada;
    }
    let lectura = Lectura::of(m);
    let todas: Vec<Evidencia<'_>> = candidatos.iter().map(|c| Evidencia::of(&lectura, c)).collect();
    let caso = Caso { m, todas: &todas, politica };
    if !m.repetido {
        let unico = caso.by_id().or_else(|| caso.by_strong()).or_else(|| caso.by_number());
        if let Some(propuesta) = unico.or_else(|| caso.by_payer()) {
            return Veredicto::Automatico(propuesta);
        }
    }
    caso.suggestions()
}

struct Caso<'e, 'c> {
    m: &'e Movimiento,
    todas: &'e [Evidencia<'c>],
    politica: Politica,
}

impl<'e, 'c> Caso<'e, 'c> {
    /// 1: the id of something expected, with its amount.
    fn by_id(&self) -> Option<Propuesta> {
        let e = self.only(|e| !e.ids.is_empty())?;
        let [(pago, importe)] = e.ids.as_slice() else { return None };
        if *importe != self.m.importe || self.is_contradicted(e) {
            return None;
        }
        Some(self.proposal(e, Destino::Enlazar { pago: *pago }, Razon::Id))
    }

    /// 2 and 3: his reference with control digit, or his dedicated account; any amount.
    fn by_strong(&self) -> Option<Propuesta> {
        let e = self.only(Evidencia::is_strong)?;
        if !e.ids.is_empty() || e.saldada || self.is_contradicted(e) {
            return None;
        }
        let razon = if e.referencia { Razon::Referencia } else { Razon::CuentaDedicada };
        let destino = self.named(e).or_else(|| self.exact(e)).unwrap_or(Destino::Cuenta);
        self.settled(e, destino, razon)
    }

    /// 2: the number of an invoice or of the customer, with its exact amount.
    fn by_number(&self) -> Option<Propuesta> {
        let e = self.only(Evidencia::is_weak)?;
        if !e.ids.is_empty() || e.saldada || self.is_contradicted(e) {
            return None;
        }
        let esperado = e.awaited(self.m, self.politica.espera).first().map(|p| p.pago);
        let enlace = esperado.map(|pago| Destino::Enlazar { pago });
        let (destino, razon) = match self.named(e) {
            Some(destino) => (destino, Razon::Factura),
            None if e.nombradas.is_empty() => (self.exact(e).or(enlace)?, Razon::Codigo),
            None => return None,
        };
        if !e.is_payer() && !self.is_beyond_a_slip(e) {
            return None;
        }
        self.settled(e, destino, razon)
    }

    /// 4: exact amount and the payer's document or name, near the dates of the invoice.
    fn by_payer(&self) -> Option<Propuesta> {
        let e = self.only(Evidencia::is_payer)?;
        let otros = self.others(e).any(Evidencia::is_pointed);
        if !e.is_surely_payer() || e.is_pointed() && !e.is_weak() || e.saldada || otros {
            return None;
        }
        // Numbers that the text names and that do not add up are a reason to look.
        if !e.nombradas.is_empty() {
            return None;
        }
        let razon = if e.documento { Razon::Documento } else { Razon::Nombre };
        let [factura] = e.exact(self.m.importe)[..] else {
            let pago = e.awaited(self.m, self.politica.espera).first()?.pago;
            return self.settled(e, Destino::Enlazar { pago }, razon);
        };
        let dias = i32::try_from(self.politica.dias).unwrap_or(0);
        let (desde, hasta) =
            (factura.emision.plus_dias(-dias), factura.vencimiento.plus_dias(dias));
        if self.m.fecha < desde || self.m.fecha > hasta {
            return None;
        }
        self.settled(e, parts(&[factura]), razon)
    }

    /// The proposal, unless a payment of his is registered that this line may be the trace of:
    /// alone and with nothing owed of this amount it is that; else a person tells.
    fn settled(&self, e: &Evidencia<'c>, destino: Destino, razon: Razon) -> Option<Propuesta> {
        let esperados = e.awaited(self.m, self.politica.espera);
        match esperados[..] {
            [] => Some(self.proposal(e, destino, razon)),
            [uno] if e.exact(self.m.importe).is_empty() => {
                Some(self.proposal(e, Destino::Enlazar { pago: uno.pago }, razon))
            }
            _ => None,
        }
    }

    /// The only candidate for whom something holds.
    fn only(&self, vale: impl Fn(&Evidencia<'c>) -> bool) -> Option<&'e Evidencia<'c>> {
        let mut suyas = self.todas.iter().filter(|e| vale(e));
        let primera = suyas.next()?;
        suyas.next().is_none().then_some(primera)
    }

    fn others(&self, e: &Evidencia<'c>) -> impl Iterator<Item = &'e Evidencia<'c>> {
        let suyo = e.c.cliente;
        self.todas.iter().filter(move |o| o.c.cliente != suyo)
    }

    /// Whether something of another is in the movement, or another is who paid.
    fn is_contradicted(&self, e: &Evidencia<'c>) -> bool {
        let pagador = e.is_payer();
        self.others(e).any(|o| o.is_pointed() || o.documento || !pagador && o.is_payer())
    }

    /// Whether no other number with the same amount is a slip of the hand away.
    fn is_beyond_a_slip(&self, e: &Evidencia<'c>) -> bool {
        let vecino = |o: &Evidencia<'c>| o.vecino && !o.exact(self.m.importe).is_empty();
        self.politica.cobertura == Cobertura::Completa && !self.others(e).any(vecino)
    }

    /// The invoices that the text names, if they add up to exactly the amount.
    fn named(&self, e: &Evidencia<'c>) -> Option<Destino> {
        let suma: i128 = e.nombradas.iter().map(|f| i128::from(f.abierto)).sum();
        let bien = !e.nombradas.is_empty() && suma == i128::from(self.m.importe);
        bien.then(|| parts(&e.nombradas))
    }

    /// The one invoice that owes exactly this, or all that he owes.
    fn exact(&self, e: &Evidencia<'c>) -> Option<Destino> {
        if let [factura, ..] = e.exact(self.m.importe)[..] {
            return Some(parts(&[factura]));
        }
        (e.owed() == self.m.importe).then_some(Destino::Cuenta)
    }

    fn proposal(&self, e: &Evidencia<'c>, destino: Destino, primera: Razon) -> Propuesta {
        let mut razones = self.reasons(e, &destino);
        razones.retain(|r| *r != primera);
        razones.insert(0, primera);
        Propuesta { cliente: e.c.cliente, puntos: points(&razones), destino, razones }
    }

    fn reasons(&self, e: &Evidencia<'c>, destino: &Destino) -> Vec<Razon> {
        let (importe, debe) = (self.m.importe, e.owed());
        let exacta = !e.exact(importe).is_empty();
        let varias = matches!(destino, Destino::Facturas { partes } if partes.len() > 1);
        let suma = varias || !exacta && debe == importe && debe > 0;
        let es_pago = matches!(destino, Destino::Enlazar { .. });
        let hechos = [
            (!e.ids.is_empty(), Razon::Id),
            (e.referencia, Razon::Referencia),
            (e.dedicada, Razon::CuentaDedicada),
            (!e.nombradas.is_empty(), Razon::Factura),
            (e.codigo, Razon::Codigo),
            (e.documento, Razon::Documento),
            (e.nombre != Parecido::Ninguno, Razon::Nombre),
            (exacta && !es_pago, Razon::Importe),
            (suma && !es_pago, Razon::SumaExacta),
            (!exacta && !suma && !es_pago && importe < debe, Razon::Parcial),
            (!exacta && !suma && !es_pago && importe > debe, Razon::Excedente),
            (!e.awaited(self.m, self.politica.espera).is_empty(), Razon::PagoEsperado),
            (e.saldada, Razon::FacturaSaldada),
            (self.m.repetido, Razon::Repetido),
            (e.is_pointed() && self.is_contradicted(e), Razon::Contradiccion),
        ];
        hechos.into_iter().filter(|(vale, _)| *vale).map(|(_, razon)| razon).collect()
    }

    /// The best candidates for a person.
    fn suggestions(&self) -> Veredicto {
        let por_importe = self.todas.iter().filter(|e| !e.exact(self.m.importe).is_empty()).count();
        let digna = |e: &&Evidencia<'c>| {
            let solo_importe = !e.exact(self.m.importe).is_empty() && por_importe <= SUGERENCIAS;
            e.is_pointed() || e.is_payer() || solo_importe
        };
        let propuesta = |e: &Evidencia<'c>| {
            let destino = self.best(e);
            let razones = self.reasons(e, &destino);
            Propuesta { cliente: e.c.cliente, puntos: points(&razones), destino, razones }
        };
        let mut lista: Vec<Propuesta> = self.todas.iter().filter(digna).map(propuesta).collect();
        lista.sort_by_key(|p| (std::cmp::Reverse(p.puntos), p.cliente));
        lista.truncate(SUGERENCIAS);
        if lista.is_empty() { Veredicto::Nada } else { Veredicto::Sugerencias(lista) }
    }

    /// What a person would most likely do with it.
    fn best(&self, e: &Evidencia<'c>) -> Destino {
        if let [(pago, importe)] = e.ids[..]
            && importe == self.m.importe
        {
            return Destino::Enlazar { pago };
        }
        if let [uno] = e.awaited(self.m, self.politica.espera)[..] {
            return Destino::Enlazar { pago: uno.pago };
        }
        let suma = || e.exact_sum(self.m.importe).map(|f| parts(&f));
        self.named(e).or_else(|| self.exact(e)).or_else(suma).unwrap_or(Destino::Cuenta)
    }
}

fn parts(facturas: &[&FacturaCandidata]) -> Destino {
    Destino::Facturas { partes: facturas.iter().map(|f| (f.id, f.abierto)).collect() }
}

fn points(razones: &[Razon]) -> u32 {
    let peso = |r: &Razon| match r {
        Razon::Id => 100,
        Razon::Referencia => 80,
        Razon::CuentaDedicada => 70,
        Razon::Factura => 60,
        Razon::Codigo => 50,
        Razon::Documento => 45,
        Razon::Nombre => 40,
        Razon::PagoEsperado => 35,
        Razon::Importe => 30,
        Razon::SumaExacta => 25,
        Razon::Parcial => 5,
        Razon::Excedente => 3,
        Razon::FacturaSaldada | Razon::Repetido | Razon::Contradiccion => 0,
    };
    razones.iter().map(peso).sum()
}

#[cfg(test)]
mod tests {
    use ramal_base::{Fecha, Moneda};
    use uuid::Uuid;

    use super::super::Esperado;
    use super::*;

    fn dia(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    fn ana(facturas: &[(&str, i64)], esperados: &[(&str, i64)]) -> Candidato {
        let factura = |(i, (numero, abierto)): (usize, &(&str, i64))| FacturaCandidata {
            id: Uuid::from_u128(100 + i as u128),
            numero: (*numero).to_owned(),
            abierto: *abierto,
            emision: dia("2026-11-10"),
            vencimiento: dia("2026-11-20"),
        };
        let esperado = |(i, (id, importe)): (usize, &(&str, i64))| Esperado {
            pago: Uuid::from_u128(900 + i as u128),
            ids: vec![(*id).to_owned()],
            importe: *importe,
            fecha: dia("2026-11-18"),
        };
        Candidato {
            cliente: Uuid::from_u128(1),
            numero: 201,
            nombre: "Ana Quispe Rojas".to_owned(),
            documento: "44556677".to_owned(),
            dedicadas: Vec::new(),
            facturas: facturas.iter().enumerate().map(factura).collect(),
            esperados: esperados.iter().enumerate().map(esperado).collect(),
        }
    }

    fn deposito(importe: i64, concepto: &str) -> Movimiento {
        Movimiento {
            fecha: dia("2026-11-19"),
            importe,
            moneda: Moneda::Pen,
            referencia: String::new(),
            concepto: concepto.to_owned(),
            contraparte: "ANA QUISPE ROJAS".to_owned(),
            documento: String::new(),
            cuenta_destino: String::new(),
            id_banco: None,
            repetido: false,
        }
    }

    fn of(m: &Movimiento, c: &Candidato) -> Veredicto {
        match_renglon(m, std::slice::from_ref(c), Politica::default())
    }

    #[test]
    fn a_line_of_an_approved_proof_is_linked_and_does_not_pay_again() {
        let c = ana(&[], &[("00123456", 9_990)]);
        let enlace = Destino::Enlazar { pago: Uuid::from_u128(900) };
        for concepto in ["YAPE 123456", "ABONO"] {
            let Veredicto::Automatico(p) = of(&deposito(9_990, concepto), &c) else { panic!() };
            assert_eq!(p.destino, enlace);
        }
    }

    #[test]
    fn with_a_payment_awaited_and_an_invoice_of_the_same_amount_a_person_tells() {
        let c = ana(&[("F001-12", 9_990)], &[("00123456", 9_990)]);
        let Veredicto::Sugerencias(lista) = of(&deposito(9_990, "ABONO F001-12"), &c) else {
            panic!()
        };
        assert!(lista[0].razones.contains(&Razon::PagoEsperado));
    }

    #[test]
    fn money_that_left_belongs_to_nobody() {
        let c = ana(&[("F001-12", 9_990)], &[]);
        assert_eq!(of(&deposito(-9_990, "F001-12"), &c), Veredicto::Nada);
        assert_eq!(of(&deposito(0, "F001-12"), &c), Veredicto::Nada);
    }

    #[test]
    fn a_line_that_the_bank_tells_twice_is_never_paid_alone() {
        let c = ana(&[("F001-12", 9_990), ("F001-13", 9_990)], &[]);
        let m = Movimiento { repetido: true, ..deposito(9_990, "ABONO F001-13") };
        let Veredicto::Sugerencias(lista) = of(&m, &c) else { panic!() };
        assert!(lista[0].razones.contains(&Razon::Repetido));
        let una = Movimiento { repetido: false, ..m };
        assert!(matches!(of(&una, &c), Veredicto::Automatico(_)));
    }

    #[test]
    fn late_money_with_only_a_name_is_looked_at() {
        let c = ana(&[("F001-12", 9_990)], &[]);
        let a_tiempo = deposito(9_990, "ABONO");
        assert!(matches!(of(&a_tiempo, &c), Veredicto::Automatico(_)));
        let tarde = Movimiento { fecha: dia("2026-11-24"), ..a_tiempo };
        assert!(matches!(of(&tarde, &c), Veredicto::Sugerencias(_)));
    }

    #[test]
    fn several_invoices_that_add_up_are_proposed_with_their_parts() {
        let c = ana(&[("F001-31", 49_900), ("F001-32", 49_900), ("F001-33", 10_000)], &[]);
        let Veredicto::Sugerencias(lista) = of(&deposito(99_800, "DEP"), &c) else { panic!() };
        let partes = vec![(Uuid::from_u128(100), 49_900), (Uuid::from_u128(101), 49_900)];
        assert_eq!(lista[0].destino, Destino::Facturas { partes });
        assert!(lista[0].razones.contains(&Razon::SumaExacta));
    }
}
