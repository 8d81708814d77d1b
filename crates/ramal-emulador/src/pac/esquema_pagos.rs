//! Shape of the complement Pagos 2.0: data only. It deliberately leaves the CRP rules to
//! `reglas_pagos`.
//!
//! Source: Pagos20.xsd, in schema order.

use super::esquema::Elemento;
use super::tipos::Tipo;
use Tipo::{
    Base64, Digitos, Entero, FechaHora, Fijo, Importe, ImporteMxn, Libre, Positivo, Texto, Uuid,
};

/// `pago20:Pagos`.
pub static PAGOS: Elemento = Elemento {
    nombre: "Pagos",
    atributos: &[("Version", true, Fijo("2.0"))],
    hijos: &[(1, 1, &TOTALES), (1, 0, &PAGO)],
    abierto: false,
};

static TOTALES: Elemento = Elemento {
    nombre: "Totales",
    atributos: &[
        ("TotalRetencionesIVA", false, ImporteMxn),
        ("TotalRetencionesISR", false, ImporteMxn),
        ("TotalRetencionesIEPS", false, ImporteMxn),
        ("TotalTrasladosBaseIVA16", false, ImporteMxn),
        ("TotalTrasladosImpuestoIVA16", false, ImporteMxn),
        ("TotalTrasladosBaseIVA8", false, ImporteMxn),
        ("TotalTrasladosImpuestoIVA8", false, ImporteMxn),
        ("TotalTrasladosBaseIVA0", false, ImporteMxn),
        ("TotalTrasladosImpuestoIVA0", false, ImporteMxn),
        ("TotalTrasladosBaseIVAExento", false, ImporteMxn),
        ("MontoTotalPagos", true, ImporteMxn),
    ],
    hijos: &[],
    abierto: false,
};

static PAGO: Elemento = Elemento {
    nombre: "Pago",
    atributos: &[
        ("FechaPago", true, FechaHora),
        ("FormaDePagoP", true, Digitos(2)),
        ("MonedaP", true, Texto(3, 3)),
        ("TipoCambioP", false, Positivo(6)),
        ("Monto", true, Importe),
        ("NumOperacion", false, Texto(1, 100)),
        ("RfcEmisorCtaOrd", false, Texto(12, 13)),
        ("NomBancoOrdExt", false, Texto(1, 300)),
        ("CtaOrdenante", false, Texto(10, 50)),
        ("RfcEmisorCtaBen", false, Texto(12, 13)),
        ("CtaBeneficiario", false, Texto(10, 50)),
        ("TipoCadPago", false, Digitos(2)),
        ("CertPago", false, Base64),
        ("CadPago", false, Libre),
        ("SelloPago", false, Base64),
    ],
    hijos: &[(1, 0, &DOCTO), (0, 1, &IMPUESTOS_P)],
    abierto: false,
};

static DOCTO: Elemento = Elemento {
    nombre: "DoctoRelacionado",
    atributos: &[
        ("IdDocumento", true, Uuid),
        ("Serie", false, Texto(1, 25)),
        ("Folio", false, Texto(1, 40)),
        ("MonedaDR", true, Texto(3, 3)),
        ("EquivalenciaDR", false, Positivo(10)),
        ("NumParcialidad", true, Entero(1, 999)),
        ("ImpSaldoAnt", true, Importe),
        ("ImpPagado", true, Importe),
        ("ImpSaldoInsoluto", true, Importe),
        ("ObjetoImpDR", true, Digitos(2)),
    ],
    hijos: &[(0, 1, &IMPUESTOS_DR)],
    abierto: false,
};

static IMPUESTOS_DR: Elemento = Elemento {
    nombre: "ImpuestosDR",
    atributos: &[],
    hijos: &[(0, 1, &RETENCIONES_DR), (0, 1, &TRASLADOS_DR)],
    abierto: false,
};
static RETENCIONES_DR: Elemento = list("RetencionesDR", &[(1, 0, &RETENCION_DR)]);
static TRASLADOS_DR: Elemento = list("TrasladosDR", &[(1, 0, &TRASLADO_DR)]);
static RETENCION_DR: Elemento = Elemento {
    nombre: "RetencionDR",
    atributos: &[
        ("BaseDR", true, Importe),
        ("ImpuestoDR", true, Digitos(3)),
        ("TipoFactorDR", true, Libre),
        ("TasaOCuotaDR", true, Importe),
        ("ImporteDR", true, Importe),
    ],
    hijos: &[],
    abierto: false,
};
static TRASLADO_DR: Elemento = Elemento {
    nombre: "TrasladoDR",
    atributos: &[
        ("BaseDR", true, Importe),
        ("ImpuestoDR", true, Digitos(3)),
        ("TipoFactorDR", true, Libre),
        ("TasaOCuotaDR", false, Importe),
        ("ImporteDR", false, Importe),
    ],
    hijos: &[],
    abierto: false,
};
static IMPUESTOS_P: Elemento = Elemento {
    nombre: "ImpuestosP",
    atributos: &[],
    hijos: &[(0, 1, &RETENCIONES_P), (0, 1, &TRASLADOS_P)],
    abierto: false,
};
static RETENCIONES_P: Elemento = list("RetencionesP", &[(1, 0, &RETENCION_P)]);
static TRASLADOS_P: Elemento = list("TrasladosP", &[(1, 0, &TRASLADO_P)]);
static RETENCION_P: Elemento = Elemento {
    nombre: "RetencionP",
    atributos: &[("ImpuestoP", true, Digitos(3)), ("ImporteP", true, Importe)],
    hijos: &[],
    abierto: false,
};
static TRASLADO_P: Elemento = Elemento {
    nombre: "TrasladoP",
    atributos: &[
        ("BaseP", true, Importe),
        ("ImpuestoP", true, Digitos(3)),
        ("TipoFactorP", true, Libre),
        ("TasaOCuotaP", false, Importe),
        ("ImporteP", false, Importe),
    ],
    hijos: &[],
    abierto: false,
};

const fn list(nombre: &'static str, hijos: &'static [super::esquema::Hijo]) -> Elemento {
    Elemento { nombre, atributos: &[], hijos, abierto: false }
}
