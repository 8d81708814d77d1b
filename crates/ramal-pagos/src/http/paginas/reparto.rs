//! The open facturas of a cliente as rows of a form, one per factura or one per line, and the mark
//! that tells whether they changed since they were shown. It splits nothing: the action does.

use std::collections::HashMap;

use ramal_base::{CampoInvalido, Fecha, Moneda, Problema};
use ramal_db::{Consulta, DbError};
use ramal_facturacion::cobro::{Abierta, abiertas};
use ramal_facturacion::storage::facturas;
use ramal_web::Marco;
use ramal_web::pagina::Formulario;
use uuid::Uuid;

use super::comun::amount;
use crate::Error;

/// Most rows of a form; more are paid oldest first.
const FILAS_MAX: usize = 120;

/// One row per factura, or one per line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Corte {
    /// One row per factura.
    PorFactura,
    /// One row per line.
    PorLinea,
}

/// A row of the form.
pub(super) struct Renglon {
    /// Name of the field of the factura.
    pub(super) campo_factura: String,
    /// Name of the field of the line.
    pub(super) campo_linea: String,
    /// Name of the field of the amount.
    pub(super) campo_monto: String,
    /// Factura.
    pub(super) factura_id: String,
    /// Line, empty for the whole factura.
    pub(super) linea: String,
    /// What the row is: number, or number and line.
    pub(super) titulo: String,
    /// Page of the factura.
    pub(super) ruta: String,
    /// Due day.
    pub(super) vence: String,
    /// Whether it is overdue.
    pub(super) vencida: bool,
    /// What is open, for people.
    pub(super) abierto: String,
    /// What is open, as a plain decimal.
    pub(super) plano: String,
}

/// The open facturas of a cliente.
pub(super) struct Abiertas {
    /// In order of settling.
    pub(super) todas: Vec<Abierta>,
    descripciones: HashMap<(Uuid, i32), String>,
}

impl Abiertas {
    /// Reads them. Errors: those of billing.
    pub(super) async fn load(c: &impl Consulta, cliente: Uuid) -> Result<Abiertas, Error> {
        let todas = abiertas(c, cliente, None).await?;
        let ids: Vec<Uuid> = todas.iter().map(|a| a.factura_id.uuid()).collect();
        let descripciones = descriptions(c, &ids).await?;
        Ok(Abiertas { todas, descripciones })
    }

    /// Nobody's.
    pub(super) fn none() -> Abiertas {
        Abiertas { todas: Vec::new(), descripciones: HashMap::new() }
    }

    /// Currencies in which something is open.
    pub(super) fn monedas(&self) -> Vec<Moneda> {
        let mut lista: Vec<Moneda> = self.todas.iter().map(|a| a.moneda).collect();
        lista.sort_unstable();
        lista.dedup();
        lista
    }

    /// What is open in a currency, minor units.
    pub(super) fn suma(&self, moneda: Moneda) -> i64 {
        self.todas.iter().filter(|a| a.moneda == moneda).map(|a| a.abierto).sum()
    }

    /// A mark of what is open: it changes when any of it does.
    pub(super) fn marca(&self) -> String {
        let n = self.todas.len();
        let suma: i64 = self.todas.iter().map(|a| a.abierto).sum();
        let ultima = self.todas.iter().map(|a| a.factura_id.uuid().as_u128()).fold(0, |a, b| a ^ b);
        format!("{n}.{suma}.{ultima:x}")
    }

    /// The rows of a currency.
    pub(super) fn rows(
        &self,
        marco: &Marco,
        (moneda, corte): (Moneda, Corte),
        hoy: Fecha,
    ) -> Vec<Renglon> {
        let suyas = self.todas.iter().filter(|a| a.moneda == moneda);
        let mut filas = Vec::new();
        for a in suyas {
            match corte {
                Corte::PorFactura => filas.push(self.row(marco, (a, None, a.abierto), hoy)),
                Corte::PorLinea => {
                    let linea = |l: &ramal_facturacion::cobro::LineaAbierta| {
                        self.row(marco, (a, Some(l.linea), l.abierto), hoy)
                    };
                    filas.extend(a.lineas.iter().map(linea));
                }
            }
        }
        filas.truncate(FILAS_MAX);
        for (i, fila) in filas.iter_mut().enumerate() {
            fila.campo_factura = format!("partidas[{i}].factura_id");
            fila.campo_linea = format!("partidas[{i}].linea");
            fila.campo_monto = format!("partidas[{i}].monto");
        }
        filas
    }

    fn row(
        &self,
        marco: &Marco,
        (a, linea, abierto): (&Abierta, Option<i32>, i64),
        hoy: Fecha,
    ) -> Renglon {
        let dicho = linea.and_then(|l| self.descripciones.get(&(a.factura_id.uuid(), l)));
        Renglon {
            campo_factura: String::new(),
            campo_linea: String::new(),
            campo_monto: String::new(),
            factura_id: a.factura_id.to_string(),
            linea: linea.map(|l| l.to_string()).unwrap_or_default(),
            titulo: match dicho {
                Some(texto) => format!("{} · {texto}", a.numero),
                None => a.numero.clone(),
            },
            ruta: format!("/facturacion/facturas/{}", a.numero),
            vence: marco.fecha(&a.vencimiento),
            vencida: a.vencimiento < hoy,
            abierto: amount(marco, abierto, a.moneda),
            plano: ramal_base::dinero::format_centavos(abierto),
        }
    }
}

async fn descriptions(
    c: &impl Consulta,
    ids: &[Uuid],
) -> Result<HashMap<(Uuid, i32), String>, DbError> {
    let mut dichas = HashMap::new();
    for parte in ids.chunks(400) {
        let lineas = facturas::lineas(c, parte).await?;
        dichas.extend(lineas.into_iter().map(|l| ((l.factura_id.uuid(), l.linea), l.descripcion)));
    }
    Ok(dichas)
}

/// What the form gives to facturas, minor units; amounts that cannot be read count nothing.
pub(super) fn given(form: &Formulario) -> i64 {
    let partes = form.fields().iter().filter(|(n, _)| is_part(n));
    partes.map(|(_, v)| cents(v).unwrap_or(0)).sum()
}

/// An amount as it was typed, minor units.
pub(super) fn cents(texto: &str) -> Option<i64> {
    let plano = ramal_web::pagina::importe::parse(texto).ok()?;
    ramal_base::dinero::parse_centavos(&plano).ok()
}

fn is_part(nombre: &str) -> bool {
    nombre.starts_with("partidas[") && nombre.ends_with("].monto")
}

/// Puts in a form what its rows say: the factura and line of each, and the amounts by `monto`.
pub(super) fn fill(form: &mut Formulario, filas: &[Renglon], monto: impl Fn(&Renglon) -> bool) {
    for fila in filas {
        form.set(&fila.campo_factura, fila.factura_id.clone());
        form.set(&fila.campo_linea, fila.linea.clone());
        if monto(fila) {
            form.set(&fila.campo_monto, fila.plano.clone());
        }
    }
}

/// The amounts that were typed, kept on the rows that are still there: rows move when somebody
/// else pays a factura meanwhile.
pub(super) fn carry(form: &Formulario, filas: &[Renglon]) -> Formulario {
    let mut tecleado: HashMap<(&str, &str), &str> = HashMap::new();
    for i in 0..FILAS_MAX {
        let valor = |campo: &str| form.value(&format!("partidas[{i}].{campo}"));
        let clave = (valor("factura_id"), valor("linea"));
        if !valor("monto").is_empty() {
            tecleado.insert(clave, valor("monto"));
        }
    }
    let fijos = form.fields().iter().filter(|(n, _)| !n.starts_with("partidas[")).cloned();
    let mut nuevo = Formulario::filled(fijos.collect::<Vec<_>>());
    for fila in filas {
        nuevo.set(&fila.campo_factura, fila.factura_id.clone());
        nuevo.set(&fila.campo_linea, fila.linea.clone());
        let clave = (fila.factura_id.as_str(), fila.linea.as_str());
        if let Some(texto) = tecleado.get(&clave) {
            nuevo.set(&fila.campo_monto, *texto);
        }
    }
    nuevo
}

/// The refusal with the parts under the names that the new rows have.
pub(super) fn moved(problema: Problema, antes: &Formulario, ahora: &Formulario) -> Problema {
    let clave = |f: &Formulario, i: usize| {
        let valor = |campo: &str| f.value(&format!("partidas[{i}].{campo}")).to_owned();
        (valor("factura_id"), valor("linea"))
    };
    let lugar = |campo: &str| -> Option<String> {
        let (i, fin) = campo.strip_prefix("partidas[")?.split_once(']')?;
        let suya = clave(antes, i.parse().ok()?);
        let nueva = (0..FILAS_MAX).find(|j| clave(ahora, *j) == suya)?;
        Some(format!("partidas[{nueva}]{fin}"))
    };
    let errores = problema.errores.into_iter().map(|e| match lugar(&e.campo) {
        Some(campo) => CampoInvalido { campo, ..e },
        None if e.campo.starts_with("partidas[") => {
            CampoInvalido { campo: "reparto".to_owned(), ..e }
        }
        None => e,
    });
    Problema { errores: errores.collect(), ..problema }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fila(i: usize, factura: &str) -> Renglon {
        Renglon {
            campo_factura: format!("partidas[{i}].factura_id"),
            campo_linea: format!("partidas[{i}].linea"),
            campo_monto: format!("partidas[{i}].monto"),
            factura_id: factura.into(),
            linea: String::new(),
            titulo: factura.into(),
            ruta: String::new(),
            vence: String::new(),
            vencida: false,
            abierto: String::new(),
            plano: "10.00".into(),
        }
    }

    #[test]
    fn what_was_typed_stays_on_its_factura_when_another_is_paid_meanwhile() {
        let mut antes = Formulario::default();
        fill(&mut antes, &[fila(0, "a"), fila(1, "b")], |_| true);
        antes.set("partidas[1].monto", "7,50");
        antes.set("monto", "17.50");
        let ahora = carry(&antes, &[fila(0, "b")]);
        assert_eq!(ahora.value("partidas[0].factura_id"), "b");
        assert_eq!(ahora.value("partidas[0].monto"), "7,50");
        assert_eq!((ahora.value("monto"), ahora.value("partidas[1].monto")), ("17.50", ""));
        assert_eq!((given(&antes), given(&ahora)), (1_750, 750));
        let campo = |c: &str| CampoInvalido::new(c, "x", "y");
        let malo = Problema::campos(vec![campo("partidas[1].monto"), campo("partidas[0].monto")]);
        let errores = moved(malo, &antes, &ahora).errores;
        assert_eq!(errores[0].campo, "partidas[0].monto");
        assert_eq!(errores[1].campo, "reparto", "its row is gone");
    }
}
