//! Which variables each kind takes, their types, and samples of them. It holds no template.

use ramal_base::{Dinero, Fecha, Instante, Moneda, Pais, Zona};

use crate::valor::{Tipo, Valor, Variables};
use crate::{Clase, Error};

/// Whether whoever notifies must give it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exigencia {
    /// Must be given.
    Obligatoria,
    /// May be missing: the line that names it is left out.
    Opcional,
    /// Comes by itself: name, company, the summary of a group.
    Propia,
}

/// A variable that a kind takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Name in templates.
    pub nombre: &'static str,
    /// Type.
    pub tipo: Tipo,
    /// Whether it must be given.
    pub exigencia: Exigencia,
}

const fn must(nombre: &'static str, tipo: Tipo) -> Variable {
    Variable { nombre, tipo, exigencia: Exigencia::Obligatoria }
}

const fn may(nombre: &'static str, tipo: Tipo) -> Variable {
    Variable { nombre, tipo, exigencia: Exigencia::Opcional }
}

const fn own(nombre: &'static str) -> Variable {
    Variable { nombre, tipo: Tipo::Texto, exigencia: Exigencia::Propia }
}

const FACTURA: Variable = may("factura", Tipo::Texto);
const SERVICIO: Variable = may("servicio", Tipo::Texto);
const UN_SERVICIO: Variable = must("servicio", Tipo::Texto);
const IMPORTE: Variable = must("importe", Tipo::Dinero);
const ENLACE: Variable = must("enlace", Tipo::Enlace);
const ENLACE_OPCIONAL: Variable = may("enlace", Tipo::Enlace);

const COBRO: &[Variable] = &[
    IMPORTE,
    must("vencimiento", Tipo::Fecha),
    ENLACE,
    FACTURA,
    SERVICIO,
    may("dias", Tipo::Texto),
];
const PROPIAS: [Variable; 4] = [own("nombre"), own("empresa"), own("detalle"), own("cantidad")];

/// Variables that whoever notifies of a kind gives.
pub fn given(clase: Clase) -> &'static [Variable] {
    match clase {
        Clase::OrdenPago | Clase::RecordatorioProximo | Clase::RecordatorioVencido => COBRO,
        Clase::Auth => const { &[must("codigo", Tipo::Texto), may("minutos", Tipo::Texto)] },
        Clase::RecuperacionPassword => const { &[ENLACE] },
        Clase::FacturaElectronica => {
            const {
                &[
                    must("factura", Tipo::Texto),
                    IMPORTE,
                    may("vencimiento", Tipo::Fecha),
                    ENLACE_OPCIONAL,
                    SERVICIO,
                ]
            }
        }
        Clase::ConfirmacionPago => {
            const {
                &[
                    IMPORTE,
                    must("fecha", Tipo::Fecha),
                    may("recibo", Tipo::Texto),
                    may("medio", Tipo::Texto),
                    may("saldo", Tipo::Dinero),
                    FACTURA,
                    ENLACE_OPCIONAL,
                ]
            }
        }
        Clase::ServicioSuspendido => {
            const { &[UN_SERVICIO, may("importe", Tipo::Dinero), ENLACE_OPCIONAL] }
        }
        Clase::ServicioRenovado => {
            const { &[UN_SERVICIO, may("fecha", Tipo::Fecha), ENLACE_OPCIONAL] }
        }
        Clase::AvisoCorte => {
            const { &[must("fecha", Tipo::Fecha), IMPORTE, ENLACE, SERVICIO, FACTURA] }
        }
        Clase::PromesaRegistrada => {
            const { &[IMPORTE, must("fecha", Tipo::Fecha), ENLACE_OPCIONAL] }
        }
        Clase::PromesaRota => const { &[IMPORTE, must("fecha", Tipo::Fecha), ENLACE_OPCIONAL] },
        Clase::ComprobanteRechazado => {
            const { &[must("motivo", Tipo::Texto), may("importe", Tipo::Dinero), ENLACE_OPCIONAL] }
        }
        Clase::PagoRechazado => {
            const { &[IMPORTE, may("motivo", Tipo::Texto), FACTURA, ENLACE_OPCIONAL] }
        }
        Clase::Promocion => {
            const {
                &[
                    must("titulo", Tipo::Texto),
                    must("texto", Tipo::Texto),
                    may("vigencia", Tipo::Fecha),
                    ENLACE_OPCIONAL,
                ]
            }
        }
    }
}

/// Everything that a template of a kind may name.
pub fn all(clase: Clase) -> impl Iterator<Item = Variable> {
    given(clase).iter().copied().chain(PROPIAS)
}

/// The variable of that name, if the kind takes it.
pub fn named(clase: Clase, nombre: &str) -> Option<Variable> {
    all(clase).find(|v| v.nombre == nombre)
}

/// Whether what was given serves. Errors: `FaltaVariable` and `TipoVariable`, which name it.
pub fn check(clase: Clase, dadas: &Variables) -> Result<(), Error> {
    for variable in given(clase) {
        match dadas.get(variable.nombre) {
            None if variable.exigencia == Exigencia::Obligatoria => {
                return Err(Error::FaltaVariable { clase, nombre: variable.nombre.to_owned() });
            }
            Some(valor) if !valor.fits(variable.tipo) => {
                let nombre = variable.nombre.to_owned();
                return Err(Error::TipoVariable { nombre, tipo: variable.tipo.as_str() });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Values to show a template with.
pub fn sample(clase: Clase, pais: Pais) -> Variables {
    let moneda = pais.moneda().unwrap_or(Moneda::Usd);
    let valor = |v: &Variable| {
        let valor = match v.tipo {
            Tipo::Texto => Valor::texto(sample_text(v.nombre)),
            Tipo::Dinero => Valor::Dinero(Dinero::new(48_990, moneda)),
            Tipo::Fecha => Valor::Fecha(sample_date()),
            Tipo::Enlace => Valor::enlace("https://ejemplo.test/f/muestra"),
        };
        (v.nombre.to_owned(), valor)
    };
    given(clase).iter().map(valor).collect()
}

/// 5 December 2026; the page says that it is a sample.
fn sample_date() -> Fecha {
    Zona::utc().fecha(Instante::from_millis(1_796_428_800_000))
}

fn sample_text(nombre: &str) -> &'static str {
    match nombre {
        "factura" => "F001-1234",
        "servicio" => "Fibra 200 Mbps",
        "codigo" => "493 018",
        "minutos" => "10",
        "dias" => "3",
        "recibo" => "R-0457",
        "medio" => "transferencia",
        "motivo" => "la imagen no muestra el número de operación",
        "titulo" => "El doble de velocidad por tres meses",
        "texto" => "Hasta fin de mes, con el plan actual y sin costo de instalación.",
        _ => "muestra",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_of_every_kind_is_complete() {
        for clase in Clase::TODAS {
            assert!(check(clase, &sample(clase, Pais::Pe)).is_ok(), "{clase:?}");
        }
    }

    #[test]
    fn a_missing_variable_is_refused_by_its_name() {
        let mut dadas = sample(Clase::OrdenPago, Pais::Mx);
        dadas.remove("vencimiento");
        let error = check(Clase::OrdenPago, &dadas).unwrap_err();
        assert!(matches!(error, Error::FaltaVariable { nombre, .. } if nombre == "vencimiento"));
    }

    #[test]
    fn a_value_of_another_type_is_refused_by_its_name() {
        let mut dadas = sample(Clase::OrdenPago, Pais::Mx);
        dadas.insert("importe".into(), Valor::texto("399.00"));
        let error = check(Clase::OrdenPago, &dadas).unwrap_err();
        assert!(matches!(error, Error::TipoVariable { nombre, .. } if nombre == "importe"));
    }
}
