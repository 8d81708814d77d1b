//! Thousands of random lives: the ledger must not depend on which days the run happened (C3, I4).
//! It never compares with a table of amounts; see `vectores`.

use std::collections::BTreeMap;

use ramal_base::{Fecha, Instante};
use ramal_contratos::{
    Ancla, EventoServicio, Hecho, PoliticaAncla, PoliticaTramos, SuspensionCobro, ValorDescuento,
    desde_efectivo, linea_tiempo,
};
use uuid::Uuid;

use super::*;

const CONTRATOS: u64 = 2_000;
const DIAS: i32 = 240;
const CORRIDAS: usize = 60;

/// SplitMix64: the same lives on every machine.
struct Azar(u64);

impl Azar {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn hasta(&mut self, n: i32) -> i32 {
        i32::try_from(self.next() % u64::try_from(n).unwrap()).unwrap()
    }

    fn one_of<T: Copy>(&mut self, opciones: &[T]) -> T {
        opciones[usize::try_from(self.next()).unwrap() % opciones.len()]
    }
}

/// A life: facts in order of registration with the day on which each one becomes known.
struct Vida {
    eventos: Vec<(i32, EventoServicio)>,
    politica: PoliticaTramos,
    facturado_desde: Option<Fecha>,
    reglas: Reglas,
}

fn dia(n: i32) -> Fecha {
    Fecha::new(2027, 10, 15).unwrap().plus_dias(n)
}

fn hecho(azar: &mut Azar, desde: Fecha, secuencia: u32) -> Hecho {
    let precio = i64::from(1000 + azar.hasta(90_000));
    let producto = Uuid::from_u128(u128::from(azar.next() % 5));
    match azar.hasta(13) {
        0 | 1 => Hecho::CambioPrecio { precio },
        2 | 3 => Hecho::CambioPlan { producto, precio },
        4 => Hecho::Suspension,
        5 => Hecho::Reactivacion,
        6 => Hecho::Pausa,
        7 => Hecho::FinPausa,
        8 if azar.hasta(2) == 0 => Hecho::Cancelacion,
        9 => Hecho::CambioAncla { ancla: ancla(azar, desde) },
        10 => Hecho::Descuento {
            etiqueta: azar.one_of(&["a", "b"]).to_owned(),
            valor: ValorDescuento::PuntosBase(1500),
            hasta: Some(desde.plus_dias(1 + azar.hasta(60))),
        },
        11 => Hecho::Anulacion { secuencia: 1 + azar.next() as u32 % secuencia },
        12 => Hecho::Vigencia { hasta: Some(desde.plus_dias(azar.hasta(200))) },
        _ => Hecho::Reactivacion,
    }
}

fn ancla(azar: &mut Azar, inicio: Fecha) -> Ancla {
    let dia = u8::try_from(1 + azar.hasta(31)).unwrap();
    let politica = azar.one_of(&[
        PoliticaAncla::Aniversario,
        PoliticaAncla::DiaFijo(dia),
        PoliticaAncla::UltimoDia,
    ]);
    politica.ancla(inicio, azar.one_of(&[1, 1, 1, 1, 2, 3, 6, 12])).unwrap()
}

fn vida(semilla: u64) -> Vida {
    let mut azar = Azar(semilla);
    let inicio = azar.hasta(60);
    let alta = Hecho::Alta {
        producto: Uuid::nil(),
        precio: i64::from(1000 + azar.hasta(90_000)),
        ancla: ancla(&mut azar, dia(inicio)),
    };
    let mut sabido = inicio;
    let mut hechos = vec![(sabido, dia(inicio), alta)];
    for secuencia in 1..=u32::try_from(azar.hasta(8)).unwrap() {
        sabido += azar.hasta(40);
        let desde = dia((sabido + azar.hasta(70) - 50).max(inicio));
        hechos.push((sabido, desde, hecho(&mut azar, desde, secuencia)));
    }
    let evento = |(secuencia, (sabido, desde, hecho))| {
        let registrado = Instante::from_millis(i64::from(sabido) * 86_400_000);
        (sabido, EventoServicio { secuencia, desde, registrado, hecho })
    };
    let importado = azar.hasta(5) == 0;
    Vida {
        eventos: (1..).zip(hechos).map(evento).collect(),
        politica: PoliticaTramos {
            suspension: azar.one_of(&[
                SuspensionCobro::NoCobrar,
                SuspensionCobro::CobrarHastaFinPeriodo,
                SuspensionCobro::Cobrar,
            ]),
            tope_dias: azar.one_of(&[None, Some(45)]),
        },
        facturado_desde: importado.then(|| dia(inicio + azar.hasta(90))),
        reglas: Reglas {
            prorrateo: azar.one_of(&[
                Prorrateo::DiasReales,
                Prorrateo::DiasReales,
                Prorrateo::Mes30,
                Prorrateo::SinProrrateo,
            ]),
            primer_periodo: azar.one_of(&[
                PrimerPeriodo::Separado,
                PrimerPeriodo::ConSiguiente,
                PrimerPeriodo::Diferido,
                PrimerPeriodo::Gratis,
            ]),
            ventana_dias: azar.one_of(&[0, 0, 5, 10]),
            guardas: Guardas { max_publicaciones: 1000, multiplo_maximo: 1000 },
        },
    }
}

/// Ledger of one service as a run sees it.
struct Libro<'a> {
    vida: &'a Vida,
    sabidos: usize,
    eventos: Vec<EventoServicio>,
    servicio: ServicioFacturable,
    publicado: Vec<Publicado>,
    revision: Option<Fecha>,
}

impl<'a> Libro<'a> {
    fn new(vida: &'a Vida) -> Libro<'a> {
        let servicio = ServicioFacturable::new(linea_tiempo(&[], vida.politica), None);
        let (eventos, publicado) = (Vec::new(), Vec::new());
        Libro { vida, sabidos: 0, eventos, servicio, publicado, revision: None }
    }

    /// Reads the facts known by the day; the first day that they change, if any is new.
    fn learn(&mut self, hoy: i32) -> Option<Fecha> {
        let sabidos = self.vida.eventos.iter().take_while(|(sabido, _)| *sabido <= hoy).count();
        if sabidos == self.sabidos {
            return None;
        }
        let nuevos = self.vida.eventos[self.sabidos..sabidos].iter().map(|(_, e)| e.clone());
        self.eventos.extend(nuevos);
        let desde = self.eventos[self.sabidos..].iter().map(|e| desde_efectivo(&self.eventos, e));
        let desde = desde.min();
        self.sabidos = sabidos;
        let linea = linea_tiempo(&self.eventos, self.vida.politica);
        self.servicio = ServicioFacturable::new(linea, self.vida.facturado_desde);
        desde
    }

    fn post(&mut self, corte: Corte) {
        let reglas = &self.vida.reglas;
        let propuestos = pendientes(&self.servicio, &self.publicado, corte, reglas).unwrap();
        for cargo in propuestos {
            let piezas: i64 = cargo.explicacion.iter().map(|p| p.importe).sum();
            assert_eq!(piezas, cargo.esperado, "the explanation recomputes to the charge");
            let clave = (cargo.periodo.desde, cargo.clase);
            let previo = self.publicado.iter_mut().find(|p| (p.periodo_desde, p.clase) == clave);
            let (periodo_desde, clase) = clave;
            let nuevo = Publicado { periodo_desde, clase, suma: 0, revisiones: 0 };
            let fila = match previo {
                Some(previo) => previo,
                None => {
                    self.publicado.push(nuevo);
                    self.publicado.last_mut().unwrap()
                }
            };
            assert_eq!(fila.revisiones, cargo.revision);
            fila.suma += cargo.monto;
            fila.revisiones += 1;
        }
    }

    fn run(&mut self, hoy: i32) {
        self.learn(hoy);
        self.post(Corte::new(dia(hoy)));
    }

    /// Only when the index date or a new fact asks for it, and only from there on.
    fn run_indexed(&mut self, hoy: i32) {
        let nuevo = self.learn(hoy);
        let ventana = i32::from(self.vida.reglas.ventana_dias);
        let toca = self.revision.filter(|fecha| *fecha <= dia(hoy + ventana));
        let Some(desde) = [nuevo, toca].into_iter().flatten().min() else { return };
        let desde = Some(self.revision.map_or(desde, |fecha| fecha.min(desde)));
        self.post(Corte { desde, ..Corte::new(dia(hoy)) });
        self.revision = siguiente_revision(&self.servicio, dia(hoy), &self.vida.reglas);
    }

    /// Sums that are not zero, less those of periods billed ahead: a correction can move the day
    /// on which a deferred period is due, and what was posted stays until then (no credit and
    /// rebill for a date).
    fn sumas(&self) -> BTreeMap<(Fecha, Clase), i64> {
        let filas = self.publicado.iter().filter(|p| p.suma != 0);
        let filas = filas.filter(|p| !self.is_adelantado(p.periodo_desde));
        filas.map(|p| ((p.periodo_desde, p.clase), p.suma)).collect()
    }

    fn is_adelantado(&self, desde: Fecha) -> bool {
        let periodo = self.servicio.periodo_en(desde).filter(|p| p.cubierto.desde == desde);
        periodo.is_some_and(|p| self.vida.reglas.vence(&p) > self.visto())
    }

    fn visto(&self) -> Fecha {
        dia(DIAS).plus_dias(i32::from(self.vida.reglas.ventana_dias))
    }

    fn assert_complete(&self, semilla: u64) {
        let reglas = &self.vida.reglas;
        let corte = Corte::new(dia(DIAS));
        let otra = pendientes(&self.servicio, &self.publicado, corte, reglas).unwrap();
        assert!(otra.is_empty(), "life {semilla}: a second run posts nothing");
        let visto = self.visto();
        let sumas = self.sumas();
        let debidos = self.servicio.periodos().take_while(|p| p.cubierto.desde <= visto);
        for p in debidos.filter(|p| reglas.vence(p) <= visto) {
            let suma = sumas.get(&(p.cubierto.desde, Clase::Recurrente)).copied().unwrap_or(0);
            assert_eq!(suma, esperado(&self.servicio, &p, reglas), "life {semilla}");
        }
    }
}

#[test]
fn the_ledger_does_not_depend_on_the_days_of_the_run() {
    let mut publicaciones = 0;
    for semilla in 0..CONTRATOS {
        let vida = vida(semilla);
        let (mut diario, mut indexado) = (Libro::new(&vida), Libro::new(&vida));
        (0..=DIAS).for_each(|hoy| diario.run(hoy));
        (0..=DIAS).for_each(|hoy| indexado.run_indexed(hoy));
        let mut azar = Azar(semilla ^ 0xabcd);
        let mut dias: Vec<i32> = (0..CORRIDAS).map(|_| azar.hasta(DIAS)).collect();
        dias.sort_unstable();
        let mut salteado = Libro::new(&vida);
        dias.into_iter().chain([DIAS]).for_each(|hoy| salteado.run(hoy));
        assert_eq!(diario.sumas(), salteado.sumas(), "life {semilla}");
        assert_eq!(diario.sumas(), indexado.sumas(), "life {semilla}, indexed");
        diario.assert_complete(semilla);
        publicaciones += diario.publicado.iter().map(|p| p.revisiones).sum::<u32>();
    }
    assert!(publicaciones > 8_000, "the lives must post something: {publicaciones}");
}
