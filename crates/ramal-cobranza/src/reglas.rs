//! The policies and calendars in force, loaded once and asked many times: by company, zone and
//! kind of document of the customer. They decide nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use ramal_base::{Cx, Fecha, Instante, Pais, Zona};
use ramal_db::{Consulta, DbError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Error;
use crate::nucleo::calendario::{Calendario, ClaseDia, DiaPropio};
use crate::nucleo::norma::{Materia, norma};
use crate::nucleo::pausa::con_norma;
use crate::nucleo::politica::{ClaseAviso, Politica};
use crate::storage::politicas::{self, DiaFila};

/// Whose policy it is; a kind of document wins over a zone, and a zone over the company.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "ambito", content = "clave")]
pub enum Ambito {
    /// Toda la empresa.
    Empresa,
    /// Una zona.
    Zona(Uuid),
    /// Clientes con un tipo de documento, por ejemplo `RUC`.
    Segmento(String),
}

impl Ambito {
    /// Stored scope and key.
    pub fn stored(&self) -> (&'static str, String) {
        match self {
            Ambito::Empresa => ("empresa", String::new()),
            Ambito::Zona(id) => ("zona", id.to_string()),
            Ambito::Segmento(tipo) => ("segmento", tipo.clone()),
        }
    }

    /// Reads the stored scope and key.
    pub fn read(ambito: &str, clave: &str) -> Option<Ambito> {
        match ambito {
            "empresa" => Some(Ambito::Empresa),
            "zona" => clave.parse().ok().map(Ambito::Zona),
            "segmento" => Some(Ambito::Segmento(clave.to_owned())),
            _ => None,
        }
    }
}

/// A policy and the calendar that goes with it.
pub type Regla = (Arc<Politica>, Arc<Calendario>);

/// Policies and calendars in force on a day.
pub struct Reglas {
    /// Country of the company.
    pub pais: Pais,
    /// Zone in which its days begin.
    pub zona: Zona,
    /// Today in it.
    pub hoy: Fecha,
    politicas: HashMap<Ambito, Politica>,
    dias: Vec<DiaFila>,
    hechas: Mutex<HashMap<(Option<Uuid>, String), Regla>>,
}

/// Days of the calendar are read from this long ago: a pass may be that late.
const ATRAS: i32 = -120;

impl Reglas {
    /// Reads them all. Errors: `Plataforma`, `Storage`.
    pub async fn load(c: &impl Consulta, cx: &Cx) -> Result<Reglas, Error> {
        let empresa = ramal_plataforma::empresa(c).await?;
        let (zona, pais) = (empresa.zona(), empresa.pais);
        let hoy = zona.fecha(cx.now());
        let mut todas = HashMap::new();
        for fila in politicas::all(c).await? {
            let bad = || DbError::Corrupt("policy of collections");
            let ambito = Ambito::read(&fila.ambito, &fila.clave).ok_or_else(bad)?;
            todas.insert(ambito, serde_json::from_str(&fila.datos).map_err(|_| bad())?);
        }
        let dias = politicas::dias(c, hoy.plus_dias(ATRAS)).await?;
        let hechas = Mutex::default();
        Ok(Reglas { pais, zona, hoy, politicas: todas, dias, hechas })
    }

    /// Policy and calendar of a service in a zone, of a customer with a kind of document.
    pub fn of(&self, zona: Option<Uuid>, segmento: &str) -> Regla {
        let mut hechas = self.hechas.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let clave = (zona, segmento.to_owned());
        hechas.entry(clave).or_insert_with(|| self.make(zona, segmento)).clone()
    }

    /// Policy and calendar of the company.
    pub fn general(&self) -> Regla {
        self.of(None, "")
    }

    fn make(&self, zona: Option<Uuid>, segmento: &str) -> Regla {
        let de_zona = || zona.and_then(|z| self.politicas.get(&Ambito::Zona(z)));
        let suya = self.politicas.get(&Ambito::Segmento(segmento.to_owned())).or_else(de_zona);
        let elegida = suya.or_else(|| self.politicas.get(&Ambito::Empresa));
        let politica = self.legal(elegida.cloned().unwrap_or_default());
        let dias = self.dias.iter().filter(|d| d.zona_id.is_none() || d.zona_id == zona);
        let propios = dias.filter_map(own_day).collect();
        let calendario = Calendario::new(self.pais, politica.dias_prohibidos.clone(), propios);
        (Arc::new(politica), Arc::new(calendario))
    }

    /// The policy, never harsher than the norm of the country.
    fn legal(&self, mut politica: Politica) -> Politica {
        if let Some(minimo) = norma(self.pais, Materia::AvisoHabiles, self.hoy) {
            let minimo = i16::try_from(minimo.valor).unwrap_or(i16::MAX);
            for etapa in politica.escalera.iter_mut().filter(|e| e.clase == ClaseAviso::Corte) {
                etapa.dias = etapa.dias.max(minimo);
            }
        }
        politica.pausa = con_norma(politica.pausa, self.pais, self.hoy);
        politica
    }

    /// Days before the due day of the earliest step of any policy: how far ahead a pass looks.
    pub fn antelacion(&self) -> i32 {
        let base = Politica::default();
        let todas = self.politicas.values().chain([&base]);
        let previas = todas.flat_map(|p| {
            let avisos = p.escalera.iter().map(|e| match e.clase {
                // Working days before a cut that may follow several holidays.
                ClaseAviso::Corte => i32::from(e.dias) * 2 + 10,
                _ => -i32::from(e.dias),
            });
            avisos.chain([i32::from(p.por_vencer_dias)])
        });
        previas.max().unwrap_or(0).max(0)
    }

    /// Local hour of an instant, 0 to 23.
    pub fn hora(&self, instante: Instante) -> u8 {
        let local = self.zona.local(instante);
        local.get(11..13).and_then(|h| h.parse().ok()).unwrap_or(0)
    }
}

fn own_day(d: &DiaFila) -> Option<DiaPropio> {
    let clase = ClaseDia::parse(&d.clase)?;
    Some(DiaPropio { fecha: d.fecha, clase, nombre: d.nombre.clone() })
}
