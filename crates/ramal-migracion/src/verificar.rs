//! Source against database, service by service. Corrects nothing.

use std::collections::BTreeMap;

use ramal_catalogo::Periodicidad;
use ramal_contratos::{EstadoServicio, ServicioId, storage};
use ramal_db::Consulta;

use crate::Error;
use crate::informe::Grupo;

/// Services asked for at once.
const POR_CONSULTA: usize = 400;

/// What the source says of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Esperado {
    /// The service made of the row.
    pub servicio: ServicioId,
    /// Months of its period.
    pub meses: u16,
    /// State.
    pub estado: EstadoServicio,
    /// Price, minor units.
    pub centavos: i64,
}

/// Result of the comparison.
#[derive(Debug, Default)]
pub struct Comparacion {
    /// By the source.
    pub archivo: Vec<Grupo>,
    /// By the database.
    pub base: Vec<Grupo>,
    /// Services changed since.
    pub modificados: u64,
    /// Whether each service is as the source says.
    pub iguales: bool,
}

/// Groups by period and state.
#[derive(Default)]
struct Suma(BTreeMap<(u16, &'static str), (u64, i64)>);

impl Suma {
    fn add(&mut self, meses: u16, estado: EstadoServicio, centavos: i64) {
        let grupo = self.0.entry((meses, estado.texto())).or_default();
        grupo.0 += 1;
        grupo.1 += centavos;
    }

    fn groups(self) -> Vec<Grupo> {
        let grupos = self.0.into_iter();
        grupos
            .map(|((meses, estado), (servicios, suma))| group(meses, estado, servicios, suma))
            .collect()
    }
}

fn group(meses: u16, estado: &str, servicios: u64, suma_centavos: i64) -> Grupo {
    let periodo = Periodicidad::from_meses(meses);
    let periodo = periodo.map_or_else(|| format!("{meses} meses"), |p| p.as_str().to_owned());
    Grupo { periodo, estado: estado.to_owned(), servicios, suma_centavos }
}

/// The source alone, for a rehearsal.
pub fn summarize(esperados: &[Esperado]) -> Vec<Grupo> {
    let mut suma = Suma::default();
    for e in esperados {
        suma.add(e.meses, e.estado, e.centavos);
    }
    suma.groups()
}

/// Compares each service with its row. Errors: `Storage`.
pub async fn compare(c: &impl Consulta, esperados: &[Esperado]) -> Result<Comparacion, Error> {
    let (mut archivo, mut base) = (Suma::default(), Suma::default());
    let mut resultado = Comparacion { iguales: true, ..Comparacion::default() };
    for tanda in esperados.chunks(POR_CONSULTA) {
        let ids: Vec<ServicioId> = tanda.iter().map(|e| e.servicio).collect();
        let hallados = storage::by_ids(c, &ids).await?;
        let hallados: BTreeMap<ServicioId, _> = hallados.into_iter().map(|s| (s.id, s)).collect();
        for e in tanda {
            let Some(s) = hallados.get(&e.servicio) else {
                archivo.add(e.meses, e.estado, e.centavos);
                resultado.iguales = false;
                continue;
            };
            if s.version > 1 {
                resultado.modificados += 1;
                continue;
            }
            archivo.add(e.meses, e.estado, e.centavos);
            base.add(s.ancla.meses(), s.estado, s.precio.centavos);
            resultado.iguales &=
                (s.ancla.meses(), s.estado, s.precio.centavos) == (e.meses, e.estado, e.centavos);
        }
    }
    Ok(Comparacion { archivo: archivo.groups(), base: base.groups(), ..resultado })
}
