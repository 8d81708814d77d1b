//! What a printed legal document says, as texts ready to be read.
//!
//! It holds no rule of any country: the caller decides every label, code and legend. It does not
//! format amounts or dates; each text is printed as it comes.

/// One label with its value, such as `Moneda` and `MXN Peso mexicano`.
///
/// Shape: an empty `etiqueta` prints the value alone. Line feeds in `valor` are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dato {
    /// Label, printed small.
    pub etiqueta: String,
    /// Text of the value.
    pub valor: String,
}

impl Dato {
    /// A label with its value.
    pub fn new(etiqueta: impl Into<String>, valor: impl Into<String>) -> Self {
        Self { etiqueta: etiqueta.into(), valor: valor.into() }
    }

    /// A value without label: a name, an address.
    pub fn solo(valor: impl Into<String>) -> Self {
        Self::new("", valor)
    }
}

/// One line of the document. A field nobody needs stays empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineaImpresa {
    /// Key of the product (`ClaveProdServ`, own code…). Line feeds are kept.
    pub clave: String,
    /// Quantity, as text.
    pub cantidad: String,
    /// Unit: code, text or both.
    pub unidad: String,
    /// Description; any length.
    pub descripcion: String,
    /// Price of one unit without taxes.
    pub valor_unitario: String,
    /// Price of one unit with taxes, where the country prints it.
    pub precio_unitario: String,
    /// Discount of the line.
    pub descuento: String,
    /// Amount of the line.
    pub importe: String,
    /// Small text below the description: taxes, tax object, period. Line feeds are kept.
    pub detalle: String,
}

/// A field of [`LineaImpresa`] that can have its own column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Campo {
    /// `clave`
    Clave,
    /// `cantidad`
    Cantidad,
    /// `unidad`
    Unidad,
    /// `descripcion`, with `detalle` below; takes the room that the others leave.
    Descripcion,
    /// `valor_unitario`
    ValorUnitario,
    /// `precio_unitario`
    PrecioUnitario,
    /// `descuento`
    Descuento,
    /// `importe`
    Importe,
}

/// One column of the lines, with its heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columna {
    /// Field shown.
    pub campo: Campo,
    /// Heading.
    pub titulo: String,
}

impl Columna {
    /// A column with its heading.
    pub fn new(campo: Campo, titulo: impl Into<String>) -> Self {
        Self { campo, titulo: titulo.into() }
    }
}

/// Side to which the texts of a column lean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Alineacion {
    /// Texts.
    #[default]
    Izquierda,
    /// Short codes.
    Centro,
    /// Amounts.
    Derecha,
}

/// One column of a [`TablaImpresa`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnaTabla {
    /// Heading.
    pub titulo: String,
    /// Side to which the texts lean.
    pub alineacion: Alineacion,
    /// Share of the width against the other columns; 0 counts as 1.
    pub peso: u16,
}

impl ColumnaTabla {
    /// A column of texts.
    pub fn texto(titulo: impl Into<String>, peso: u16) -> Self {
        Self { titulo: titulo.into(), alineacion: Alineacion::Izquierda, peso }
    }

    /// A column of amounts.
    pub fn importe(titulo: impl Into<String>, peso: u16) -> Self {
        Self { titulo: titulo.into(), alineacion: Alineacion::Derecha, peso }
    }
}

/// A table of its own: the documents settled by a payment (REP), the cuotas of a credit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TablaImpresa {
    /// Heading of the table.
    pub titulo: String,
    /// Facts above the rows: date, way and amount of the payment.
    pub datos: Vec<Dato>,
    /// Columns. Without columns only `titulo` and `datos` are printed.
    pub columnas: Vec<ColumnaTabla>,
    /// Rows, one text per column; missing cells are empty, further ones are ignored.
    pub filas: Vec<Vec<String>>,
}

/// Error correction of a QR code (ISO/IEC 18004).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NivelQr {
    /// 15 %, as SAT prints.
    M,
    /// 25 %, as SUNAT asks.
    Q,
}

/// A QR code and the size it needs to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrImpreso {
    /// Text, written as UTF-8.
    pub texto: String,
    /// Error correction.
    pub nivel: NivelQr,
    /// Smallest side of the code in tenths of a millimetre, quiet zone apart: 275 for SAT.
    ///
    /// Shape: taken between 150 and 600, so that it is legible and fits on every paper.
    pub minimo_decimas_mm: u16,
}

/// A mark across every page of a document that is not valid any more, or never was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marca {
    /// `CANCELADO`, `ANULADO`, `RECHAZADO`, `SIN VALIDEZ FISCAL — PRUEBA`.
    pub texto: String,
    /// Date printed below the mark; empty when there is none.
    pub fecha: String,
}

/// The printed form of a legal document, of any country.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Impreso {
    /// Kind of document: `FACTURA ELECTRÓNICA`.
    pub titulo: String,
    /// Series and number.
    pub numero: String,
    /// Registry number of the issuer for the number box (`R.U.C. 20600000005`); may be empty.
    pub registro: String,
    /// Issuer; the first value is its name and is printed large.
    pub emisor: Vec<Dato>,
    /// Customer; the first value is its name and is printed in bold.
    pub receptor: Vec<Dato>,
    /// Facts of the document: dates, currency, way of payment, UUID, certificates.
    pub documento: Vec<Dato>,
    /// Columns of the lines, in order. Empty: the usual columns that have any text.
    pub columnas: Vec<Columna>,
    /// Lines, 1 to many; none for a payment receipt.
    pub lineas: Vec<LineaImpresa>,
    /// Sums: label and amount; the last one is the total.
    pub totales: Vec<Dato>,
    /// Total in words.
    pub importe_en_letras: String,
    /// Related documents: kind of relation and identifier.
    pub relacionados: Vec<Dato>,
    /// Payments (REP) or instalments.
    pub pagos: Vec<TablaImpresa>,
    /// Legends and observations, one paragraph each.
    pub leyendas: Vec<String>,
    /// Seals, digests and original strings: label and long text, broken at any character.
    pub sellos: Vec<Dato>,
    /// QR code.
    pub qr: Option<QrImpreso>,
    /// Foot of every page, such as the legend of the printed form.
    pub pie: String,
    /// Mark across every page.
    pub marca: Option<Marca>,
    /// Logo, the bytes of a PNG.
    pub logo: Option<Vec<u8>>,
}
