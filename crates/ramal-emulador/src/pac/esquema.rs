//! Shape of CFDI 4.0 (I, E, P, T) as the schema fixes it: data only. It deliberately checks nothing
//! itself.
//!
//! Source: Anexo 20, cfdv40.xsd, in schema order.

use super::tipos::Tipo;
use Tipo::{
    Base64, Digitos, Entero, FechaHora, Fijo, Importe, Libre, Lista, Positivo, Rfc, Texto, Uuid,
};

/// An attribute: name, whether it is required, type.
pub type Atributo = (&'static str, bool, Tipo);

/// How many of a child: at least, at most (0: no limit), shape.
pub type Hijo = (usize, usize, &'static Elemento);

/// An element with its attributes and, in order, its children.
#[derive(Debug)]
pub struct Elemento {
    /// Local name.
    pub nombre: &'static str,
    /// Attributes.
    pub atributos: &'static [Atributo],
    /// Children in schema order.
    pub hijos: &'static [Hijo],
    /// Whether children of any namespace are let through unseen.
    pub abierto: bool,
}

const fn leaf(nombre: &'static str, atributos: &'static [Atributo]) -> Elemento {
    Elemento { nombre, atributos, hijos: &[], abierto: false }
}

const fn branch(
    nombre: &'static str,
    atributos: &'static [Atributo],
    hijos: &'static [Hijo],
) -> Elemento {
    Elemento { nombre, atributos, hijos, abierto: false }
}

const fn open(nombre: &'static str) -> Elemento {
    Elemento { nombre, atributos: &[], hijos: &[], abierto: true }
}

const CP: Tipo = Digitos(5);
const TASA: Tipo = Importe;

/// Root of the document.
pub static COMPROBANTE: Elemento = branch(
    "Comprobante",
    &[
        ("Version", true, Fijo("4.0")),
        ("Serie", false, Texto(1, 25)),
        ("Folio", false, Texto(1, 40)),
        ("Fecha", true, FechaHora),
        ("Sello", true, Base64),
        ("FormaPago", false, Digitos(2)),
        ("NoCertificado", true, Digitos(20)),
        ("Certificado", true, Base64),
        ("CondicionesDePago", false, Texto(1, 1000)),
        ("SubTotal", true, Importe),
        ("Descuento", false, Importe),
        ("Moneda", true, Texto(3, 3)),
        ("TipoCambio", false, Positivo(6)),
        ("Total", true, Importe),
        ("TipoDeComprobante", true, Lista(&["I", "E", "T", "N", "P"])),
        ("Exportacion", true, Lista(&["01", "02", "03", "04"])),
        ("MetodoPago", false, Texto(3, 3)),
        ("LugarExpedicion", true, CP),
        ("Confirmacion", false, Texto(5, 5)),
    ],
    &[
        (0, 1, &INFORMACION_GLOBAL),
        (0, 0, &CFDI_RELACIONADOS),
        (1, 1, &EMISOR),
        (1, 1, &RECEPTOR),
        (1, 1, &CONCEPTOS),
        (0, 1, &IMPUESTOS),
        (0, 1, &COMPLEMENTO),
        (0, 1, &ADDENDA),
    ],
);

static INFORMACION_GLOBAL: Elemento = leaf(
    "InformacionGlobal",
    &[
        ("Periodicidad", true, Digitos(2)),
        ("Meses", true, Digitos(2)),
        ("Año", true, Entero(2019, 2999)),
    ],
);
static CFDI_RELACIONADOS: Elemento =
    branch("CfdiRelacionados", &[("TipoRelacion", true, Digitos(2))], &[(1, 0, &CFDI_RELACIONADO)]);
static CFDI_RELACIONADO: Elemento = leaf("CfdiRelacionado", &[("UUID", true, Uuid)]);
static EMISOR: Elemento = leaf(
    "Emisor",
    &[
        ("Rfc", true, Rfc),
        ("Nombre", true, Texto(1, 300)),
        ("RegimenFiscal", true, Digitos(3)),
        ("FacAtrAdquirente", false, Digitos(10)),
    ],
);
static RECEPTOR: Elemento = leaf(
    "Receptor",
    &[
        ("Rfc", true, Rfc),
        ("Nombre", true, Texto(1, 300)),
        ("DomicilioFiscalReceptor", true, CP),
        ("ResidenciaFiscal", false, Texto(3, 3)),
        ("NumRegIdTrib", false, Texto(1, 40)),
        ("RegimenFiscalReceptor", true, Digitos(3)),
        ("UsoCFDI", true, Texto(3, 4)),
    ],
);
static CONCEPTOS: Elemento = branch("Conceptos", &[], &[(1, 0, &CONCEPTO)]);
static CONCEPTO: Elemento = branch(
    "Concepto",
    &[
        ("ClaveProdServ", true, Digitos(8)),
        ("NoIdentificacion", false, Texto(1, 100)),
        ("Cantidad", true, Positivo(6)),
        ("ClaveUnidad", true, Texto(1, 3)),
        ("Unidad", false, Texto(1, 20)),
        ("Descripcion", true, Texto(1, 1000)),
        ("ValorUnitario", true, Importe),
        ("Importe", true, Importe),
        ("Descuento", false, Importe),
        ("ObjetoImp", true, Digitos(2)),
    ],
    &[
        (0, 1, &IMPUESTOS_CONCEPTO),
        (0, 1, &A_CUENTA_TERCEROS),
        (0, 0, &INFORMACION_ADUANERA),
        (0, 0, &CUENTA_PREDIAL),
        (0, 1, &COMPLEMENTO_CONCEPTO),
        (0, 0, &PARTE),
    ],
);
static IMPUESTOS_CONCEPTO: Elemento =
    branch("Impuestos", &[], &[(0, 1, &TRASLADOS_CONCEPTO), (0, 1, &RETENCIONES_CONCEPTO)]);
static TRASLADOS_CONCEPTO: Elemento = branch("Traslados", &[], &[(1, 0, &TRASLADO)]);
static RETENCIONES_CONCEPTO: Elemento = branch("Retenciones", &[], &[(1, 0, &RETENCION_CONCEPTO)]);
static TRASLADO: Elemento = leaf(
    "Traslado",
    &[
        ("Base", true, Importe),
        ("Impuesto", true, Digitos(3)),
        ("TipoFactor", true, Libre),
        ("TasaOCuota", false, TASA),
        ("Importe", false, Importe),
    ],
);
static RETENCION_CONCEPTO: Elemento = leaf(
    "Retencion",
    &[
        ("Base", true, Importe),
        ("Impuesto", true, Digitos(3)),
        ("TipoFactor", true, Libre),
        ("TasaOCuota", true, TASA),
        ("Importe", true, Importe),
    ],
);
static A_CUENTA_TERCEROS: Elemento = leaf(
    "ACuentaTerceros",
    &[
        ("RfcACuentaTerceros", true, Rfc),
        ("NombreACuentaTerceros", true, Texto(1, 300)),
        ("RegimenFiscalACuentaTerceros", true, Digitos(3)),
        ("DomicilioFiscalACuentaTerceros", true, CP),
    ],
);
static INFORMACION_ADUANERA: Elemento =
    leaf("InformacionAduanera", &[("NumeroPedimento", true, Texto(21, 21))]);
static CUENTA_PREDIAL: Elemento = leaf("CuentaPredial", &[("Numero", true, Texto(1, 150))]);
static COMPLEMENTO_CONCEPTO: Elemento = open("ComplementoConcepto");
static PARTE: Elemento = branch(
    "Parte",
    &[
        ("ClaveProdServ", true, Digitos(8)),
        ("NoIdentificacion", false, Texto(1, 100)),
        ("Cantidad", true, Positivo(6)),
        ("Unidad", false, Texto(1, 20)),
        ("Descripcion", true, Texto(1, 1000)),
        ("ValorUnitario", false, Importe),
        ("Importe", false, Importe),
    ],
    &[(0, 0, &INFORMACION_ADUANERA)],
);
static IMPUESTOS: Elemento = branch(
    "Impuestos",
    &[("TotalImpuestosRetenidos", false, Importe), ("TotalImpuestosTrasladados", false, Importe)],
    &[(0, 1, &RETENCIONES), (0, 1, &TRASLADOS)],
);
static RETENCIONES: Elemento = branch("Retenciones", &[], &[(1, 0, &RETENCION)]);
static RETENCION: Elemento =
    leaf("Retencion", &[("Impuesto", true, Digitos(3)), ("Importe", true, Importe)]);
static TRASLADOS: Elemento = branch("Traslados", &[], &[(1, 0, &TRASLADO)]);
static COMPLEMENTO: Elemento = open("Complemento");
static ADDENDA: Elemento = open("Addenda");
