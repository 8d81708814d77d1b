//! What the pages share: tabs, words of states, amounts, and a refusal that goes to a form or to
//! whoever dresses errors.

use ramal_base::{Dinero, Fecha, Moneda, Problema};
use ramal_pagos::Medio;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Enlace, Insignia, Opcion};
use ramal_web::{App, Marco, Problem};

use crate::permisos::{LeerComprobantesPago, LeerConciliacion};
use crate::{Error, EstadoComprobante, EstadoLote, EstadoRenglon};

/// Where the list of lotes is.
pub(super) const LOTES: &str = "/facturacion/conciliacion";
/// Where the accounts are.
pub(super) const CUENTAS: &str = "/facturacion/conciliacion/cuentas";
/// Where the lines are.
pub(super) const RENGLONES: &str = "/facturacion/conciliacion/renglones";
/// Where the money that nobody knows is; its page is that of the gateways.
pub(super) const CUARENTENA: &str = "/facturacion/conciliacion/cuarentena";
/// Where the list of proofs is.
pub(super) const COMPROBANTES: &str = "/facturacion/comprobantes";

/// Tabs of the three lists, without those that the person may not open.
pub(super) fn tabs<P>(vista: &Vista<P>, marco: &Marco, activa: &str) -> Vec<Enlace> {
    let todas = [
        ("conciliacion-pestana-lotes", LOTES, LeerConciliacion::NOMBRE),
        ("conciliacion-pestana-comprobantes", COMPROBANTES, LeerComprobantesPago::NOMBRE),
        ("conciliacion-pestana-cuentas", CUENTAS, LeerConciliacion::NOMBRE),
        ("conciliacion-pestana-cuarentena", CUARENTENA, "cobros:leer"),
    ];
    let suyas = todas.into_iter().filter(|(_, _, permiso)| vista.may(permiso));
    let enlace = |(clave, ruta, _): (&str, &str, &str)| Enlace {
        texto: marco.t(clave),
        ruta: ruta.to_owned(),
        activo: ruta == activa,
    };
    suyas.map(enlace).collect()
}

/// An amount as the country writes it.
pub(super) fn amount(marco: &Marco, centavos: i64, moneda: Moneda) -> String {
    marco.dinero(&Dinero::new(centavos, moneda))
}

/// Badge of a lote.
pub(super) fn lote_badge(marco: &Marco, estado: EstadoLote) -> Insignia {
    let texto = marco.t(&format!("conciliacion-lote-{}", estado.as_str()));
    match estado {
        EstadoLote::Recibido | EstadoLote::Cotejando => Insignia::aviso(texto),
        EstadoLote::Abierto => Insignia::ramal(texto),
        EstadoLote::Cerrado => Insignia::ok(texto),
        EstadoLote::Rechazado => Insignia::mal(texto),
    }
}

/// Badge of a line.
pub(super) fn renglon_badge(marco: &Marco, estado: EstadoRenglon) -> Insignia {
    let texto = marco.t(renglon_key(estado));
    match estado {
        EstadoRenglon::PorConciliar => Insignia::aviso(texto),
        EstadoRenglon::Conciliado => Insignia::ok(texto),
        EstadoRenglon::Apartado => Insignia::pausa(texto),
        EstadoRenglon::Ajuste => Insignia::gris(texto),
    }
}

/// Key of the word of a line's state.
pub(super) fn renglon_key(estado: EstadoRenglon) -> &'static str {
    match estado {
        EstadoRenglon::PorConciliar => "conciliacion-renglon-por-conciliar",
        EstadoRenglon::Conciliado => "conciliacion-renglon-conciliado",
        EstadoRenglon::Apartado => "conciliacion-renglon-apartado",
        EstadoRenglon::Ajuste => "conciliacion-renglon-ajuste",
    }
}

/// Badge of a proof.
pub(super) fn proof_badge(marco: &Marco, estado: EstadoComprobante) -> Insignia {
    let texto = marco.t(proof_key(estado));
    match estado {
        EstadoComprobante::PorRevisar => Insignia::aviso(texto),
        EstadoComprobante::Aprobado => Insignia::ok(texto),
        EstadoComprobante::Rechazado => Insignia::mal(texto),
        EstadoComprobante::OtraFoto => Insignia::pausa(texto),
    }
}

/// Key of the word of a proof's state.
pub(super) fn proof_key(estado: EstadoComprobante) -> &'static str {
    match estado {
        EstadoComprobante::PorRevisar => "conciliacion-comprobante-por-revisar",
        EstadoComprobante::Aprobado => "conciliacion-comprobante-aprobado",
        EstadoComprobante::Rechazado => "conciliacion-comprobante-rechazado",
        EstadoComprobante::OtraFoto => "conciliacion-comprobante-otra-foto",
    }
}

/// Means that a proof may show, for a form.
pub(super) fn means(marco: &Marco) -> Vec<Opcion> {
    const OFRECIDOS: [Medio; 7] = [
        Medio::Transferencia,
        Medio::Spei,
        Medio::Yape,
        Medio::Plin,
        Medio::Deposito,
        Medio::Oxxo,
        Medio::PagoEfectivo,
    ];
    let clave = |m: Medio| format!("conciliacion-medio-{}", m.as_str().replace('_', "-"));
    OFRECIDOS.into_iter().map(|m| Opcion::new(m.as_str(), marco.t(&clave(m)))).collect()
}

/// A refusal that a form shows; the rest goes to whoever dresses errors.
pub(super) fn for_form(error: Error) -> Result<Problema, Problem> {
    let problema = Problema::from(error);
    match problema.estado {
        409 | 422 | 429 => Ok(problema),
        _ => Err(Problem(problema)),
    }
}

/// The same of a problem.
pub(super) fn of_problem(problem: Problem) -> Result<Problema, Problem> {
    match problem.0.estado {
        409 | 413 | 422 | 429 => Ok(problem.0),
        _ => Err(problem),
    }
}

/// Today in the zone of the company. Errors: 404 without a company.
pub(super) async fn today(app: &App) -> Result<Fecha, Problem> {
    let empresa = ramal_plataforma::empresa(&app.db).await.map_err(Error::from)?;
    Ok(empresa.zona().fecha(app.cx.now()))
}
