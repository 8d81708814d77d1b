//! What speaks for each candidate, fact by fact. It weighs nothing: the decision does.

use uuid::Uuid;

use super::nombre::{Parecido, compare, significant};
use super::referencias::{Mencion, is_slip, mentions, names_operation};
use super::{Candidato, Esperado, FacturaCandidata, Movimiento};
use crate::texto::{flat, operation, words};

/// The texts of a movement, worked out once.
pub(super) struct Lectura<'m> {
    pub(super) m: &'m Movimiento,
    pub(super) menciones: Vec<Mencion>,
    texto: String,
    palabras: Vec<String>,
    pagador: Vec<String>,
}

impl<'m> Lectura<'m> {
    pub(super) fn of(m: &'m Movimiento) -> Lectura<'m> {
        let menciones = mentions(&[&m.referencia, &m.concepto]);
        let texto = format!("{} {}", m.referencia, m.concepto);
        let palabras = words(&texto);
        Lectura { m, menciones, texto, palabras, pagador: significant(&m.contraparte) }
    }
}

/// What speaks for one candidate.
pub(super) struct Evidencia<'c> {
    pub(super) c: &'c Candidato,
    /// Expected payments whose id the movement carries.
    pub(super) ids: Vec<(Uuid, i64)>,
    /// His own reference, with control digit.
    pub(super) referencia: bool,
    /// His dedicated account.
    pub(super) dedicada: bool,
    /// His open invoices that the text names.
    pub(super) nombradas: Vec<&'c FacturaCandidata>,
    /// An invoice of his that the text names and that is not owed.
    pub(super) saldada: bool,
    /// His printed number.
    pub(super) codigo: bool,
    /// His identity document.
    pub(super) documento: bool,
    /// His name.
    pub(super) nombre: Parecido,
    /// A number of his is a slip of the hand away from one that the text names.
    pub(super) vecino: bool,
}

impl<'c> Evidencia<'c> {
    pub(super) fn of(l: &Lectura<'_>, c: &'c Candidato) -> Evidencia<'c> {
        let nombrada = |f: &&FacturaCandidata| l.menciones.iter().any(|m| is_named(m, f));
        Evidencia {
            ids: ids(l, c),
            referencia: l.menciones.contains(&Mencion::Referencia(c.numero)),
            dedicada: dedicated(l, c),
            nombradas: c.facturas.iter().filter(|f| f.abierto > 0).filter(nombrada).collect(),
            saldada: c.facturas.iter().filter(|f| f.abierto <= 0).any(|f| nombrada(&f)),
            codigo: l.menciones.contains(&Mencion::Codigo(c.numero)),
            documento: document(l, c),
            nombre: compare(&l.pagador, &c.nombre),
            vecino: l.menciones.iter().any(|m| is_near(m, c)),
            c,
        }
    }

    /// Whether something that is his alone is in the movement.
    pub(super) fn is_pointed(&self) -> bool {
        self.is_strong() || self.is_weak() || self.saldada || !self.ids.is_empty()
    }

    /// A reference or account that cannot be another's by a slip.
    pub(super) fn is_strong(&self) -> bool {
        self.referencia || self.dedicada
    }

    /// A number without control digit.
    pub(super) fn is_weak(&self) -> bool {
        !self.nombradas.is_empty() || self.codigo
    }

    /// Whether it is he who paid, as far as the bank tells.
    pub(super) fn is_payer(&self) -> bool {
        self.documento || self.nombre != Parecido::Ninguno
    }

    /// Whether the payer is he without doubt.
    pub(super) fn is_surely_payer(&self) -> bool {
        self.documento || self.nombre == Parecido::Pleno
    }

    /// His open invoices that owe exactly the amount.
    pub(super) fn exact(&self, importe: i64) -> Vec<&'c FacturaCandidata> {
        self.c.facturas.iter().filter(|f| f.abierto == importe).collect()
    }

    /// Payments of his with this amount that are registered and whose line has not appeared.
    pub(super) fn awaited(&self, m: &Movimiento, dias: i64) -> Vec<&'c Esperado> {
        let cerca =
            |e: &&Esperado| e.importe == m.importe && e.fecha.dias_hasta(m.fecha).abs() <= dias;
        self.c.esperados.iter().filter(cerca).collect()
    }

    /// Everything that he owes, minor units.
    pub(super) fn owed(&self) -> i64 {
        self.c.facturas.iter().map(|f| f.abierto.max(0)).fold(0, i64::saturating_add)
    }

    /// Two or more of his invoices, oldest first, that add up to exactly the amount.
    pub(super) fn exact_sum(&self, importe: i64) -> Option<Vec<&'c FacturaCandidata>> {
        let mut abiertas: Vec<_> = self.c.facturas.iter().filter(|f| f.abierto > 0).collect();
        abiertas.sort_by_key(|f| (f.vencimiento, f.emision, f.id));
        abiertas.truncate(12);
        let mut mejor: Option<Vec<&'c FacturaCandidata>> = None;
        for marca in 1_u32..(1 << abiertas.len()) {
            let elegidas = || (0..abiertas.len()).filter(move |i| marca >> i & 1 == 1);
            let suma: i128 = elegidas().map(|i| i128::from(abiertas[i].abierto)).sum();
            let cuantas = elegidas().count();
            let menos = mejor.as_ref().is_none_or(|m| cuantas < m.len());
            if cuantas > 1 && suma == i128::from(importe) && menos {
                mejor = Some(elegidas().map(|i| abiertas[i]).collect());
            }
        }
        mejor
    }
}

fn ids(l: &Lectura<'_>, c: &Candidato) -> Vec<(Uuid, i64)> {
    let propio = l.m.id_banco.as_deref().unwrap_or("");
    let campos = [propio, l.m.referencia.as_str()];
    let lo_dice = |ids: &[String]| ids.iter().any(|id| names_operation(&campos, &l.texto, id));
    let esperados = c.esperados.iter().filter(|e| lo_dice(&e.ids));
    esperados.map(|e| (e.pago, e.importe)).collect()
}

fn dedicated(l: &Lectura<'_>, c: &Candidato) -> bool {
    let destino = operation(&l.m.cuenta_destino);
    let es = |d: &String| {
        let propia = operation(d);
        let larga = propia.len() >= 16;
        propia.len() >= 8
            && (destino == propia || larga && l.palabras.iter().any(|p| operation(p) == propia))
    };
    c.dedicadas.iter().any(es)
}

fn document(l: &Lectura<'_>, c: &Candidato) -> bool {
    let suyo = flat(&c.documento);
    if suyo.len() < 8 || is_generic(&suyo) {
        return false;
    }
    flat(&l.m.documento) == suyo || l.palabras.contains(&suyo)
}

/// Documents that stand for «somebody»: RFC of the general public and of foreigners, zeros.
fn is_generic(documento: &str) -> bool {
    matches!(documento, "XAXX010101000" | "XEXX010101000") || documento.bytes().all(|b| b == b'0')
}

fn is_named(mencion: &Mencion, f: &FacturaCandidata) -> bool {
    match (mencion, number_of(&f.numero)) {
        (Mencion::Factura(serie, folio), Some((suya, suyo))) => *serie == suya && *folio == suyo,
        _ => false,
    }
}

fn is_near(mencion: &Mencion, c: &Candidato) -> bool {
    match mencion {
        Mencion::Codigo(numero) => is_slip(*numero, c.numero),
        Mencion::Factura(serie, folio) => c.facturas.iter().any(|f| {
            let suya = number_of(&f.numero);
            f.abierto > 0 && suya.is_some_and(|(s, n)| s == *serie && is_slip(*folio, n))
        }),
        Mencion::Referencia(_) => false,
    }
}

fn number_of(numero: &str) -> Option<(String, i64)> {
    let (serie, folio) = numero.rsplit_once('-')?;
    Some((flat(serie), folio.parse().ok()?))
}
