//! Fault switches of both emulators, as one JSON value. It deliberately knows no dialect: each
//! server answers its own way.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// When a fault fires: for the next `proximas` requests, and then for a share of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Regla {
    /// Requests that still fail for certain; counts down.
    pub proximas: u32,
    /// Share of the other requests, in ten thousandths: 200 is 2 %.
    pub por_diez_mil: u32,
}

/// An HTTP answer that replaces the real one, before anything is processed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FallaHttp {
    /// When it fires.
    pub regla: Regla,
    /// HTTP status: 401, 500, 503, or 200 for a page where XML was due. 0 means 503.
    pub estado: u16,
    /// Whether the body is an HTML page; otherwise it is empty.
    pub html: bool,
}

/// A fixed authority code for the next documents, in place of the evaluation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FallaCodigo {
    /// When it fires.
    pub regla: Regla,
    /// Code as the authority writes it: `CFDI40148`, `708`, `0109`, `2022`.
    pub codigo: String,
    /// Text that goes with it; empty takes the catalogue's.
    pub mensaje: String,
}

/// Prefix that the root of a CDR carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrefijoCdr {
    /// `<ar:ApplicationResponse>`, as SUNAT writes today.
    #[default]
    Ar,
    /// `<ns3:ApplicationResponse>`.
    Ns3,
    /// Default namespace, no prefix.
    Ninguno,
}

/// Shapes of CDR seen in practice (SUNAT only).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VarianteCdr {
    /// A `dummy/` entry before the document.
    pub dummy: bool,
    /// The entry ends in `.XML`.
    pub mayusculas: bool,
    /// Prefix of the root.
    pub prefijo: PrefijoCdr,
    /// Encoded and declared as ISO-8859-1.
    pub latin1: bool,
    /// Observations, `"4252 - texto"`, written as `cbc:Note`.
    pub notas: Vec<String>,
    /// The reference names another document.
    pub referencia_equivocada: bool,
    /// The zip is cut in half.
    pub zip_corrupto: bool,
}

/// Everything that can be made to go wrong. The default makes nothing go wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fallas {
    /// Operations that suffer transport faults, by a part of the path or SOAPAction; empty is all.
    pub operaciones: Vec<String>,
    /// Fixed delay before processing, ms.
    pub latencia_ms: u64,
    /// Extra delay from 0 to this many ms, drawn from the seed.
    pub latencia_variacion_ms: u64,
    /// Connection closed before anything is processed.
    pub cortar_antes: Regla,
    /// Connection closed after the state changed and before the answer.
    pub cortar_despues: Regla,
    /// The request is processed twice and the second answer is sent.
    pub procesar_dos_veces: Regla,
    /// The answer, already decided, waits `demora_ms`.
    pub demorar_respuesta: Regla,
    /// Wait of a late answer, ms.
    pub demora_ms: u64,
    /// HTTP status in place of an answer.
    pub http: FallaHttp,
    /// Fixed authority code in place of the evaluation.
    pub codigo: FallaCodigo,
    /// Share of documents refused as bad data, in ten thousandths, by hash of document and seed.
    pub rechazo_por_diez_mil: u32,
    /// Added to the clock, ms, to try deadlines.
    pub reloj_desfase_ms: i64,
    /// Stamps left; `null` is unlimited (PAC).
    pub timbres_restantes: Option<u64>,
    /// Every stamp and cancellation answers 708: SAT is not reachable (PAC).
    pub sat_no_disponible: bool,
    /// 307 comes without the earlier stamp (PAC).
    pub previo_sin_datos: bool,
    /// Time after stamping in which the SAT does not know the document yet, ms (PAC).
    pub desconocido_ms: u64,
    /// Times that a ticket answers 98 before its result (SUNAT).
    pub en_proceso_veces: u32,
    /// Time that a ticket takes, ms (SUNAT).
    pub demora_ticket_ms: u64,
    /// `statusCode` padded to four digits: `0098` (SUNAT).
    pub estado_relleno: bool,
    /// Rejections of `sendBill` come as a SOAP fault instead of a CDR (SUNAT).
    pub rechazo_como_fault: bool,
    /// Shape of the CDR (SUNAT).
    pub cdr: VarianteCdr,
}

/// The switches in use and the draws made from the seed.
pub struct Control {
    fallas: Mutex<Fallas>,
    semilla: u64,
    sorteos: AtomicU64,
}

impl Control {
    /// Switches at their initial position.
    pub fn new(fallas: Fallas, semilla: u64) -> Control {
        Control { fallas: Mutex::new(fallas), semilla, sorteos: AtomicU64::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, Fallas> {
        self.fallas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the switches as they stand.
    pub fn current(&self) -> Fallas {
        self.lock().clone()
    }

    /// Replaces all the switches.
    pub fn replace(&self, fallas: Fallas) {
        *self.lock() = fallas;
    }

    /// Reads one value of the switches.
    pub fn get<T>(&self, pick: impl FnOnce(&Fallas) -> T) -> T {
        pick(&self.lock())
    }

    /// Whether the rule fires now; counts it down.
    pub fn fires(&self, pick: impl FnOnce(&mut Fallas) -> &mut Regla) -> bool {
        let mut fallas = self.lock();
        let regla = pick(&mut fallas);
        if regla.proximas > 0 {
            regla.proximas -= 1;
            return true;
        }
        let parte = regla.por_diez_mil;
        drop(fallas);
        parte > 0 && self.draw(10_000) < u64::from(parte)
    }

    /// Delay of this request, ms.
    pub fn latency(&self) -> u64 {
        let (fija, variacion) = self.get(|f| (f.latencia_ms, f.latencia_variacion_ms));
        fija + if variacion == 0 { 0 } else { self.draw(variacion + 1) }
    }

    /// The fixed code, if it fires now.
    pub fn fixed_code(&self) -> Option<FallaCodigo> {
        let codigo = self.get(|f| f.codigo.clone());
        (!codigo.codigo.is_empty() && self.fires(|f| &mut f.codigo.regla)).then_some(codigo)
    }

    /// The HTTP answer, if it fires now.
    pub fn http(&self) -> Option<FallaHttp> {
        self.fires(|f| &mut f.http.regla).then(|| self.get(|f| f.http.clone()))
    }

    /// Whether the seed refuses this document. The same text gives the same answer, always.
    pub fn refuses(&self, documento: &str) -> bool {
        let parte = self.get(|f| f.rechazo_por_diez_mil);
        parte > 0 && number(self.semilla, documento.as_bytes()) % 10_000 < u64::from(parte)
    }

    /// Takes one of the stamps left; false when none is.
    pub fn take_timbre(&self) -> bool {
        match &mut self.lock().timbres_restantes {
            None => true,
            Some(0) => false,
            Some(n) => {
                *n -= 1;
                true
            }
        }
    }

    /// The seed.
    pub fn semilla(&self) -> u64 {
        self.semilla
    }

    fn draw(&self, sobre: u64) -> u64 {
        let n = self.sorteos.fetch_add(1, Ordering::SeqCst);
        number(self.semilla, &n.to_be_bytes()) % sobre.max(1)
    }
}

/// A number that depends on nothing but the seed and the bytes.
fn number(semilla: u64, bytes: &[u8]) -> u64 {
    let mut h = Sha256::new();
    h.update(semilla.to_be_bytes());
    h.update(bytes);
    let d = h.finalize();
    d.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_refuses_the_same_documents_and_about_the_share() {
        let control = |semilla| {
            Control::new(Fallas { rechazo_por_diez_mil: 200, ..Fallas::default() }, semilla)
        };
        let (a, b, c) = (control(7), control(7), control(8));
        let ids: Vec<String> = (0..10_000).map(|n| format!("F001-{n}")).collect();
        let refused = |k: &Control| ids.iter().filter(|id| k.refuses(id)).count();
        assert_eq!(refused(&a), refused(&b));
        assert!((150..250).contains(&refused(&a)), "{}", refused(&a));
        assert!(ids.iter().any(|id| a.refuses(id) != c.refuses(id)));
    }

    #[test]
    fn the_next_n_fail_and_then_no_more() {
        let control = Control::new(Fallas::default(), 1);
        control.replace(Fallas {
            cortar_antes: Regla { proximas: 2, por_diez_mil: 0 },
            ..Fallas::default()
        });
        let fires: Vec<bool> = (0..4).map(|_| control.fires(|f| &mut f.cortar_antes)).collect();
        assert_eq!(fires, [true, true, false, false]);
    }
}
