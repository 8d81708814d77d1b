//! The parts of an invoice's page in words: header, lines with their arithmetic, notes, history.
//! It asks nothing.

use ramal_base::Fecha;
use ramal_clientes::Cliente;
use ramal_fiscal::{Estado, Receptor};
use ramal_web::Marco;
use ramal_web::pagina::{Familia, Hito, Insignia};

use super::comun::{amount, badge, kind_key, period, route};
use crate::factura::{FacturaFila, LineaFila};
use crate::nucleo::Pieza;
use crate::storage::cambios::CargoFila;
use crate::storage::consultas::Legal;
use crate::storage::lista::EstadoLista;
use crate::vistas::PasoView;

/// What is read first.
pub(super) struct Cabeza {
    /// State.
    pub(super) insignia: Insignia,
    /// Total.
    pub(super) total: String,
    /// Still owed.
    pub(super) saldo: String,
    /// What notes took off; empty if nothing.
    pub(super) acreditado: String,
    /// What payments settled; empty if nothing.
    pub(super) aplicado: String,
    /// Day of issue.
    pub(super) fecha: String,
    /// Due day.
    pub(super) vence: String,
    /// Name of the customer.
    pub(super) cliente: String,
    /// His page.
    pub(super) cliente_ruta: String,
    /// To whom it was issued, as it was that day.
    pub(super) receptor: String,
    /// Fiscal UUID; empty without one.
    pub(super) uuid: String,
    /// When it was settled; empty if it was not.
    pub(super) pagada: String,
    /// Reason of a note.
    pub(super) motivo: String,
}

impl Cabeza {
    pub(super) fn of(
        marco: &Marco,
        f: &FacturaFila,
        (legal, hoy): (Option<&Legal>, Fecha),
        (cliente, receptor): (Option<&Cliente>, Option<&Receptor>),
    ) -> Cabeza {
        let estado = EstadoLista::of(
            (&f.estado, &f.clase, &f.tipo),
            legal.map(|l| l.estado.as_str()),
            (f.vencimiento, hoy),
        );
        let debe = f.estado == "emitida" && f.clase != "nota_credito";
        let moneda = f.moneda.as_str();
        let codigo = cliente.map(Cliente::codigo).unwrap_or_default();
        Cabeza {
            insignia: badge(estado, &marco.textos),
            total: amount(marco, f.total, moneda),
            saldo: amount(marco, if debe { f.saldo() } else { 0 }, moneda),
            acreditado: match f.acreditado {
                0 => String::new(),
                n => amount(marco, n, moneda),
            },
            aplicado: match f.aplicado {
                0 => String::new(),
                n => amount(marco, n, moneda),
            },
            fecha: marco.fecha_texto(&f.fecha),
            vence: marco.fecha_texto(&f.vencimiento),
            cliente: cliente.map_or_else(String::new, |c| format!("{codigo} {}", c.razon_social)),
            cliente_ruta: format!("/admin/clientes/{codigo}"),
            receptor: receptor.map_or_else(String::new, |r| {
                format!("{} · {} {}", r.nombre, r.tipo_documento.as_str(), r.numero)
            }),
            uuid: legal.and_then(|l| l.uuid_fiscal.clone()).unwrap_or_default(),
            pagada: f.pagada.map_or_else(String::new, |p| marco.momento(&p)),
            motivo: f.motivo.clone().unwrap_or_default(),
        }
    }
}

/// A line with its arithmetic.
pub(super) struct LineaDetalle {
    /// What the customer reads.
    pub(super) descripcion: String,
    /// Days that it covers.
    pub(super) periodo: String,
    /// Units.
    pub(super) cantidad: i64,
    /// As sold.
    pub(super) importe: String,
    /// Tax treatment.
    pub(super) impuesto: String,
    /// With taxes.
    pub(super) total: String,
    /// Credited; empty if nothing.
    pub(super) acreditado: String,
    /// Settled by payments; empty if nothing or if all of it.
    pub(super) aplicado: String,
    /// Where the amount comes from, step by step.
    pub(super) cuenta: Vec<String>,
}

pub(super) fn lines_of(
    marco: &Marco,
    lineas: Vec<LineaFila>,
    cargos: &[CargoFila],
    moneda: &str,
) -> Vec<LineaDetalle> {
    let dinero = |centavos| amount(marco, centavos, moneda);
    let linea = |l: LineaFila| LineaDetalle {
        cuenta: steps(marco, &l, cargos, moneda),
        periodo: period(marco, l.periodo_desde, l.periodo_hasta),
        descripcion: crate::comparacion::sold(&l.descripcion).to_owned(),
        cantidad: l.cantidad,
        importe: dinero(l.importe),
        impuesto: tax(marco, &l),
        total: dinero(l.total),
        acreditado: if l.acreditado == 0 { String::new() } else { dinero(l.acreditado) },
        aplicado: match l.aplicado > 0 && l.abierto() > 0 {
            true => dinero(l.aplicado),
            false => String::new(),
        },
    };
    lineas.into_iter().map(linea).collect()
}

fn tax(marco: &Marco, l: &LineaFila) -> String {
    let trato = marco.t(&format!("facturacion-impuesto-{}", l.impuesto.replace('_', "-")));
    let clave = match l.impuesto_incluido {
        true => "facturacion-impuesto-incluido",
        false => "facturacion-impuesto-aparte",
    };
    marco.t1(clave, "trato", trato)
}

/// `12 de 31 días de S/ 399.00 = S/ 154.45`, and why the days were billed so.
fn steps(marco: &Marco, l: &LineaFila, cargos: &[CargoFila], moneda: &str) -> Vec<String> {
    let suyos = cargos.iter().filter(|c| c.linea == Some(l.linea));
    let piezas = suyos
        .filter_map(|c| serde_json::from_str::<Vec<Pieza>>(c.detalle.as_deref()?).ok())
        .flatten();
    let paso = |p: Pieza| {
        let clave = match p.motivo {
            ramal_contratos::Motivo::Normal => "facturacion-cuenta-normal",
            ramal_contratos::Motivo::Suspendido => "facturacion-cuenta-suspendido",
            ramal_contratos::Motivo::Pausado => "facturacion-cuenta-pausado",
        };
        let variables = [
            ("dias", p.dias.to_string()),
            ("total", p.total.to_string()),
            ("precio", amount(marco, p.precio, moneda)),
            ("importe", amount(marco, p.importe, moneda)),
        ];
        marco.textos.with(clave, &variables)
    };
    piezas.map(paso).collect()
}

/// A note on the invoice.
pub(super) struct NotaFila {
    /// Printed number.
    pub(super) numero: String,
    /// Its page.
    pub(super) ruta: String,
    /// Kind.
    pub(super) clase: String,
    /// Day.
    pub(super) fecha: String,
    /// Why.
    pub(super) motivo: String,
    /// Amount.
    pub(super) total: String,
}

impl NotaFila {
    pub(super) fn of(marco: &Marco, n: &FacturaFila) -> NotaFila {
        NotaFila {
            numero: n.numero(),
            ruta: route(&n.numero()),
            clase: marco.t(kind_key(&n.clase)),
            fecha: marco.fecha(&n.fecha),
            motivo: n.motivo.clone().unwrap_or_default(),
            total: amount(marco, n.total, &n.moneda),
        }
    }
}

/// What happened before the authority, from the issue on.
pub(super) fn milestones(marco: &Marco, f: &FacturaFila, pasos: &[PasoView]) -> Vec<Hito> {
    let mut hitos = vec![Hito::new(f.emitida, marco.t("facturacion-hito-emitida"))];
    hitos.extend(pasos.iter().map(|p| step(marco, p)));
    if let Some(pagada) = f.pagada {
        hitos.push(Hito::new(pagada, marco.t("facturacion-hito-pagada")));
    }
    if let Some(ultimo) = hitos.pop() {
        hitos.push(ultimo.current());
    }
    hitos
}

fn step(marco: &Marco, p: &PasoView) -> Hito {
    let estado = Estado::parse(&p.estado);
    let familia = match estado {
        Some(Estado::Aceptado | Estado::AceptadoObs) => Familia::Ok,
        Some(Estado::Rechazado | Estado::Excepcion | Estado::Incierto) => Familia::Mal,
        Some(Estado::Pausado | Estado::BajaPendiente) => Familia::Aviso,
        Some(Estado::Baja) => Familia::Gris,
        _ => Familia::Ramal,
    };
    let clave = format!("facturacion-legal-{}", p.estado.replace('_', "-"));
    let codigo = p.codigo.as_deref().unwrap_or("");
    let mensaje = p.mensaje.as_deref().unwrap_or("");
    let detalle = format!("{codigo} {mensaje}").trim().to_owned();
    Hito::new(p.instante, marco.t(&clave)).detail(detalle).family(familia)
}
