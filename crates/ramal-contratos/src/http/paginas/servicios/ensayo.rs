//! What a step would do to a service, in words and money: the facts before and after, compared. It
//! knows no rule of the steps; the money is by real days, and billing has the last word.

use ramal_base::dinero::rh_div;
use ramal_base::{Dinero, Fecha};
use ramal_web::pagina::Marco;

use super::hechos::Productos;
use super::palabras::{period, state};
use crate::{
    EventoServicio, Hecho, Motivo, Periodo, PoliticaTramos, Servicio, Tramo, linea_tiempo, tramos,
};

/// A service before and after a step that was done and rolled back.
pub struct Ensayo {
    /// As it is.
    pub antes: Servicio,
    /// As the step would leave it.
    pub despues: Servicio,
    /// Its facts.
    pub eventos: Vec<EventoServicio>,
    /// Its facts with those of the step.
    pub eventos_despues: Vec<EventoServicio>,
    /// Company policy that turns facts into prices.
    pub politica: PoliticaTramos,
    /// Day of the company.
    pub hoy: Fecha,
}

/// Days of the period at one price.
pub struct Renglon {
    /// What they are: plan, suspended, paused.
    pub concepto: String,
    /// The days: `01/11/2026 – 15/11/2026`.
    pub fechas: String,
    /// How many.
    pub dias: i32,
    /// What they would cost.
    pub importe: String,
}

/// What the check page shows.
pub struct Efecto {
    /// Label and text of what changes.
    pub cambios: Vec<(String, String)>,
    /// The period in which it takes effect, day by day; empty if the period itself changes.
    pub renglones: Vec<Renglon>,
    /// Sum of the lines.
    pub total: String,
    /// What the same period costs without the step.
    pub total_antes: String,
    /// The period: `01/11/2026 – 30/11/2026`.
    pub periodo: String,
}

impl Ensayo {
    /// Facts that the step adds.
    fn nuevos(&self) -> &[EventoServicio] {
        &self.eventos_despues[self.eventos.len().min(self.eventos_despues.len())..]
    }

    /// First day on which the step changes something.
    fn rige(&self) -> Fecha {
        let propios = self.nuevos().iter().filter(|e| !matches!(e.hecho, Hecho::Anulacion { .. }));
        propios.map(|e| e.desde).min().unwrap_or(self.hoy)
    }

    /// The effect in words.
    pub fn effect(&self, marco: &Marco, productos: &Productos) -> Efecto {
        let rige = self.rige();
        let mut efecto = Efecto {
            cambios: self.changes(marco, productos, rige),
            renglones: Vec::new(),
            total: String::new(),
            total_antes: String::new(),
            periodo: String::new(),
        };
        let ancla = self.antes.ancla;
        let mismo = linea_tiempo(&self.eventos_despues, self.politica).anclas.len()
            == linea_tiempo(&self.eventos, self.politica).anclas.len();
        if mismo && rige >= self.antes.inicio {
            let periodo = ancla.periodo(ancla.indice_en(rige));
            self.price(marco, productos, periodo, &mut efecto);
        }
        efecto
    }

    fn price(&self, marco: &Marco, productos: &Productos, periodo: Periodo, efecto: &mut Efecto) {
        let moneda = self.antes.precio.moneda;
        let dinero = |centavos| marco.dinero(&Dinero::new(centavos, moneda));
        let antes: i64 = parts(&tramos(&self.eventos, self.politica), periodo)
            .iter()
            .map(|(_, _, importe)| importe)
            .sum();
        let mut total = 0;
        for (tramo, dias, importe) in parts(&tramos(&self.eventos_despues, self.politica), periodo)
        {
            total += importe;
            efecto.renglones.push(Renglon {
                concepto: concept(marco, &tramo, productos),
                fechas: range(marco, dias),
                dias: dias.dias(),
                importe: dinero(importe),
            });
        }
        efecto.total = dinero(total);
        efecto.total_antes = dinero(antes);
        efecto.periodo = range(marco, periodo);
    }

    fn changes(&self, marco: &Marco, productos: &Productos, rige: Fecha) -> Vec<(String, String)> {
        let (antes, despues) = (&self.antes, &self.despues);
        let mut cambios = vec![(marco.t("contratos-ensayo-rige"), marco.fecha_texto(&rige))];
        let flecha = |a: String, b: String| format!("{a} → {b}");
        let estado = |s: &Servicio| state(marco, s.estado);
        if antes.estado != despues.estado {
            let texto = flecha(estado(antes), estado(despues));
            cambios.push((marco.t("contratos-servicio-estado"), texto));
        } else if rige > self.hoy {
            let texto = marco.t("contratos-ensayo-programado");
            cambios.push((marco.t("contratos-servicio-estado"), texto));
        }
        let en = |eventos: &[EventoServicio]| {
            tramos(eventos, self.politica).into_iter().rev().find(|t| t.periodo.desde <= rige)
        };
        if let (Some(a), Some(b)) = (en(&self.eventos), en(&self.eventos_despues)) {
            let nombre = |t: &Tramo| productos.get(&t.producto).cloned().unwrap_or_default();
            if a.producto != b.producto {
                cambios.push((marco.t("contratos-plan"), flecha(nombre(&a), nombre(&b))));
            }
            if a.precio_lista != b.precio_lista {
                let moneda = antes.precio.moneda;
                let precio = |t: &Tramo| marco.dinero(&Dinero::new(t.precio_lista, moneda));
                let texto = flecha(precio(&a), precio(&b));
                let texto = format!("{texto} {}", period(marco, despues.ancla.meses()));
                cambios.push((marco.t("contratos-precio"), texto));
            }
        }
        if antes.fin != despues.fin {
            let texto = despues.fin.map_or_else(
                || marco.t("contratos-ensayo-sin-fin"),
                |fin| marco.fecha_texto(&fin.plus_dias(-1)),
            );
            cambios.push((marco.t("contratos-ensayo-ultimo-dia"), texto));
        }
        cambios
    }
}

/// Segments that fall in a period, with their days there and what they cost by real days.
pub fn parts(tramos: &[Tramo], periodo: Periodo) -> Vec<(Tramo, Periodo, i64)> {
    let total = i128::from(periodo.dias().max(1));
    let parte = |t: &Tramo| {
        let dias = t.periodo.intersect(periodo)?;
        let importe = rh_div(i128::from(t.precio) * i128::from(dias.dias()), total);
        Some((*t, dias, importe))
    };
    tramos.iter().filter_map(parte).collect()
}

fn concept(marco: &Marco, t: &Tramo, productos: &Productos) -> String {
    match t.motivo {
        Motivo::Suspendido => marco.t("contratos-tramo-suspendido"),
        Motivo::Pausado => marco.t("contratos-tramo-pausado"),
        Motivo::Normal => productos.get(&t.producto).cloned().unwrap_or_default(),
    }
}

/// First and last day of a span.
pub fn range(marco: &Marco, p: Periodo) -> String {
    format!("{} – {}", marco.fecha(&p.desde), marco.fecha(&p.hasta.plus_dias(-1)))
}
