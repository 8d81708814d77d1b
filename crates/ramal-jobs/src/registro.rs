//! What the program can do in the background: handlers, subscriptions, schedules. Declared once, at
//! start.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::horario::Programado;
use crate::{Horario, Manejador, Publicador};

/// Handlers by kind, subscriptions by event, schedules, and the sink of events.
#[derive(Default)]
pub struct Registro {
    pub(crate) manejadores: BTreeMap<&'static str, Arc<dyn Manejador>>,
    pub(crate) suscripciones: BTreeMap<&'static str, Vec<&'static str>>,
    pub(crate) horarios: Vec<Programado>,
    pub(crate) publicador: Option<Arc<dyn Publicador>>,
}

impl Registro {
    /// Registry that can do nothing yet.
    pub fn new() -> Registro {
        Registro::default()
    }

    /// Adds the handler of a kind; two for one kind is a mistake of the program.
    #[must_use]
    pub fn handler(mut self, manejador: Arc<dyn Manejador>) -> Registro {
        let anterior = self.manejadores.insert(manejador.tipo(), manejador);
        assert!(anterior.is_none(), "each kind of job has one handler");
        self
    }

    /// Each event `evento_tipo` asks for one job `trabajo_tipo`, whose `datos` are an
    /// `EventoEntregado`.
    #[must_use]
    pub fn on(mut self, evento_tipo: &'static str, trabajo_tipo: &'static str) -> Registro {
        let lista = self.suscripciones.entry(evento_tipo).or_default();
        assert!(!lista.contains(&trabajo_tipo), "a subscription is declared once");
        lista.push(trabajo_tipo);
        self
    }

    /// Adds a schedule; a cron text that does not parse is a mistake of the program.
    #[must_use]
    pub fn schedule(mut self, horario: Horario) -> Registro {
        let repetido = self.horarios.iter().any(|h| h.nombre() == horario.nombre);
        assert!(!repetido, "each schedule has its own name");
        let nombre = horario.nombre;
        let programado = Programado::new(horario);
        assert!(programado.is_ok(), "the cron text of schedule {nombre} does not parse");
        self.horarios.extend(programado);
        self
    }

    /// Sink to which the relay publishes every event; without one, events only wake subscriptions.
    #[must_use]
    pub fn publish_to(mut self, publicador: Arc<dyn Publicador>) -> Registro {
        self.publicador = Some(publicador);
        self
    }
}
