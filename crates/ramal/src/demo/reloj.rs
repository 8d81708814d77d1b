//! A clock that stands some days behind the machine's and goes on at its pace: what the demo lived
//! is dated when it happened. It measures nothing.

use std::sync::Arc;

use ramal_base::{Clock, Cx, Fecha, Instante, Zona};

use crate::casa::Casa;

/// The machine's clock, moved.
struct Corrido {
    base: Arc<dyn Clock>,
    desfase_ms: i64,
}

impl Clock for Corrido {
    fn now(&self) -> Instante {
        self.base.now().plus_millis(self.desfase_ms)
    }
}

/// The same house as it stood at an hour of a day gone by.
pub fn on(casa: &Casa, dia: Fecha, hora: &str) -> anyhow::Result<Casa> {
    let base = casa.cx.clock();
    let entonces = Zona::parse("America/Mexico_City")?.instante(&format!("{dia}T{hora}"))?;
    let desfase_ms = entonces.millis() - base.now().millis();
    let reloj = Arc::new(Corrido { base, desfase_ms });
    Ok(Casa { cx: Cx::with_clock(reloj, "demo"), ..casa.clone() })
}
