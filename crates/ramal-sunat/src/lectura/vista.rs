//! Flat view of a document as written: texts and amounts, nothing computed. Absent things are
//! empty texts.

use ramal_xml::{Document, Limits, NodeRef, XmlError, parse};
use rust_decimal::Decimal;
use serde::Serialize;

use super::acceso::{a, atributo, contenido, monto, texto, texto_en, todos};
use super::cifras::numero;
use super::partes;

/// Why a document has no view.
#[derive(Debug, thiserror::Error)]
pub enum LecturaError {
    /// Not XML, or over the limits.
    #[error("no es un XML legible: {0}")]
    Xml(#[from] XmlError),
    /// Root that is not of a SUNAT document.
    #[error("la raíz {0} no es de un comprobante de SUNAT")]
    Raiz(String),
}

/// Amount as written. Empty text: absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Monto {
    /// Digits as written.
    pub texto: String,
    /// `currencyID`.
    pub moneda: String,
}

impl Monto {
    /// Value, if the text is a plain decimal (digits, one dot, maybe a minus sign).
    pub fn valor(&self) -> Option<Decimal> {
        numero(&self.texto)
    }

    /// Value, or zero when absent or unreadable.
    pub fn o_cero(&self) -> Decimal {
        self.valor().unwrap_or_default()
    }

    /// Whether it was written at all.
    pub fn esta(&self) -> bool {
        !self.texto.is_empty()
    }
}

/// A party.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ParteLeida {
    /// How many identifications it holds.
    pub identificaciones: usize,
    /// Catalogue 06.
    pub tipo: String,
    /// Number.
    pub numero: String,
    /// Legal name.
    pub nombre: String,
    /// Trade name.
    pub nombre_comercial: String,
    /// INEI code.
    pub ubigeo: String,
    /// Establecimiento anexo.
    pub establecimiento: String,
    /// Street and number.
    pub direccion: String,
    /// Distrito.
    pub distrito: String,
    /// Provincia.
    pub provincia: String,
    /// Departamento.
    pub departamento: String,
    /// E-mail.
    pub correo: String,
}

/// `cac:DiscrepancyResponse` of a note.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MotivoLeido {
    /// Affected document.
    pub referencia: String,
    /// Catalogue 09 or 10.
    pub codigo: String,
    /// Text.
    pub sustento: String,
}

/// `cac:BillingReference` of a note.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AfectadoLeido {
    /// Identifier.
    pub id: String,
    /// Catalogue 01.
    pub tipo: String,
}

/// `cac:AdditionalDocumentReference`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RelacionadoLeido {
    /// Identifier.
    pub id: String,
    /// Catalogue 12.
    pub tipo: String,
    /// Number that ties it to a `cac:PrepaidPayment`.
    pub indice: String,
    /// RUC that issued it.
    pub ruc: String,
}

/// `cac:PaymentMeans`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MedioLeido {
    /// `Detraccion`.
    pub id: String,
    /// Catalogue 59.
    pub codigo: String,
    /// Account.
    pub cuenta: String,
}

/// `cac:PaymentTerms`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TerminoLeido {
    /// `FormaPago`, `Detraccion`…
    pub id: String,
    /// `Contado`, `Credito`, `Cuota001`, or a code of catalogue 54.
    pub medio: String,
    /// How many `PaymentMeansID` it holds; one datum per element (3461).
    pub medios: usize,
    /// Percent.
    pub porcentaje: String,
    /// Amount.
    pub monto: Monto,
    /// Due day.
    pub vence: String,
}

/// `cac:AllowanceCharge`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CargoLeido {
    /// `true` charge, `false` discount, as written.
    pub indicador: String,
    /// Catalogue 53.
    pub codigo: String,
    /// Factor.
    pub factor: String,
    /// Amount.
    pub monto: Monto,
    /// Base.
    pub base: Monto,
}

/// `cac:TaxTotal`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImpuestoLeido {
    /// Its total.
    pub total: Monto,
    /// Its subtotals.
    pub subtotales: Vec<SubtotalLeido>,
}

/// `cac:TaxSubtotal`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SubtotalLeido {
    /// Base.
    pub base: Monto,
    /// Tax.
    pub impuesto: Monto,
    /// Percent.
    pub porcentaje: String,
    /// Catalogue 07.
    pub afectacion: String,
    /// Catalogue 05: identifier, name, type code.
    pub tributo: String,
    /// Name of the tribute.
    pub nombre: String,
    /// Type code of the tribute.
    pub tipo: String,
}

/// Monetary total.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TotalesLeidos {
    /// LineExtensionAmount.
    pub valor_venta: Monto,
    /// TaxInclusiveAmount.
    pub precio_venta: Monto,
    /// AllowanceTotalAmount.
    pub descuentos: Monto,
    /// ChargeTotalAmount.
    pub cargos: Monto,
    /// PrepaidAmount.
    pub anticipos: Monto,
    /// PayableRoundingAmount.
    pub redondeo: Monto,
    /// PayableAmount.
    pub total: Monto,
}

/// `cac:AlternativeConditionPrice`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PrecioLeido {
    /// Price.
    pub monto: Monto,
    /// Catalogue 16.
    pub tipo: String,
}

/// A line of 01, 03, 07 or 08.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LineaLeida {
    /// Number.
    pub id: String,
    /// Quantity.
    pub cantidad: String,
    /// Unit.
    pub unidad: String,
    /// LineExtensionAmount.
    pub valor_venta: Monto,
    /// Unit prices.
    pub precios: Vec<PrecioLeido>,
    /// Discounts and charges.
    pub cargos: Vec<CargoLeido>,
    /// Taxes.
    pub impuestos: Vec<ImpuestoLeido>,
    /// How many descriptions it holds.
    pub descripciones: usize,
    /// First description.
    pub descripcion: String,
    /// Code of the seller.
    pub codigo: String,
    /// UNSPSC.
    pub unspsc: String,
    /// Unit value.
    pub valor_unitario: Monto,
}

/// A line of an RC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LineaResumenLeida {
    /// Number.
    pub linea: String,
    /// Catalogue 01.
    pub tipo: String,
    /// Identifier.
    pub id: String,
    /// Catalogue 06 and number, if the customer is named.
    pub cliente: Option<(String, String)>,
    /// Affected document, if any.
    pub afectado: Option<AfectadoLeido>,
    /// Catalogue 19.
    pub condicion: String,
    /// Total.
    pub total: Monto,
    /// Amount and code of catalogue 11.
    pub pagos: Vec<(Monto, String)>,
    /// Other charges.
    pub cargos: Vec<CargoLeido>,
    /// Taxes.
    pub impuestos: Vec<ImpuestoLeido>,
}

/// A line of an RA.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LineaBajaLeida {
    /// Number.
    pub linea: String,
    /// Catalogue 01.
    pub tipo: String,
    /// Series.
    pub serie: String,
    /// Number of the document.
    pub numero: String,
    /// Reason.
    pub motivo: String,
}

/// A document, flat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Vista {
    /// Root element.
    pub raiz: String,
    /// Kind as in file names: 01, 03, 07, 08, RC, RA, and 09, 20, 40 of other software.
    pub tipo: String,
    /// UBLVersionID.
    pub ubl: String,
    /// CustomizationID.
    pub version: String,
    /// Identifier.
    pub id: String,
    /// Issue day.
    pub fecha: String,
    /// Issue time.
    pub hora: String,
    /// Due day.
    pub vencimiento: String,
    /// Issue day of the documents of an RC or RA.
    pub fecha_documentos: String,
    /// Catalogue 51.
    pub operacion: String,
    /// Code and text of the legends.
    pub leyendas: Vec<(String, String)>,
    /// Currency.
    pub moneda: String,
    /// Purchase order.
    pub orden_compra: String,
    /// Motives of a note.
    pub motivos: Vec<MotivoLeido>,
    /// Documents that a note touches.
    pub afectados: Vec<AfectadoLeido>,
    /// Related documents.
    pub relacionados: Vec<RelacionadoLeido>,
    /// RUC of `cac:Signature`.
    pub firmante: String,
    /// `ds:DigestValue`, the printed hash; not verified here.
    pub hash: String,
    /// Issuer.
    pub emisor: ParteLeida,
    /// Customer.
    pub cliente: Option<ParteLeida>,
    /// Means of payment.
    pub medios: Vec<MedioLeido>,
    /// Payment terms.
    pub terminos: Vec<TerminoLeido>,
    /// Advances: identifier and gross.
    pub anticipos: Vec<(String, Monto)>,
    /// Header discounts and charges.
    pub cargos: Vec<CargoLeido>,
    /// Header taxes.
    pub impuestos: Vec<ImpuestoLeido>,
    /// Monetary total.
    pub totales: TotalesLeidos,
    /// Lines.
    pub lineas: Vec<LineaLeida>,
    /// Lines of an RC.
    pub resumen: Vec<LineaResumenLeida>,
    /// Lines of an RA.
    pub bajas: Vec<LineaBajaLeida>,
    /// Totals by code of the old UBL 2.0 extension (1001 gravadas…).
    pub totales_antiguos: Vec<(String, Monto)>,
    /// Content of the extensions that is neither a signature nor known: `{namespace}name`.
    pub extensiones_desconocidas: Vec<String>,
    /// Elements that must appear once and are repeated.
    pub repetidos: Vec<String>,
}

/// Reads the view of a file.
///
/// Errors: `LecturaError`; never panics whatever the bytes.
pub fn leer(bytes: &[u8]) -> Result<Vista, LecturaError> {
    leer_documento(&parse(bytes, &Limits::default())?)
}

/// Reads the view of a parsed document. Errors: `Raiz`.
pub fn leer_documento(documento: &Document) -> Result<Vista, LecturaError> {
    let raiz = documento.root();
    let tipo = partes::tipo(raiz).ok_or_else(|| LecturaError::Raiz(raiz.qname()))?;
    let pago = |t: NodeRef<'_>| TerminoLeido {
        id: texto(t, "ID"),
        medio: texto(t, "PaymentMeansID"),
        medios: t.children().filter(|n| n.name() == "PaymentMeansID").count(),
        porcentaje: texto(t, "PaymentPercent"),
        monto: monto(t, "Amount"),
        vence: texto(t, "PaymentDueDate"),
    };
    let emisor = a(raiz, "AccountingSupplierParty").or_else(|| a(raiz, "AgentParty"));
    Ok(Vista {
        raiz: raiz.name().to_owned(),
        tipo,
        ubl: texto(raiz, "UBLVersionID"),
        version: texto(raiz, "CustomizationID"),
        id: texto(raiz, "ID"),
        fecha: texto(raiz, "IssueDate"),
        hora: texto(raiz, "IssueTime"),
        vencimiento: texto(raiz, "DueDate"),
        fecha_documentos: texto(raiz, "ReferenceDate"),
        operacion: partes::operacion(raiz),
        leyendas: partes::leyendas(raiz),
        moneda: texto(raiz, "DocumentCurrencyCode"),
        orden_compra: texto_en(raiz, &["OrderReference"], "ID"),
        motivos: todos(raiz, "DiscrepancyResponse").map(partes::motivo).collect(),
        afectados: todos(raiz, "BillingReference").filter_map(partes::afectado).collect(),
        relacionados: todos(raiz, "AdditionalDocumentReference").map(partes::relacionado).collect(),
        firmante: texto_en(raiz, &["Signature", "SignatoryParty", "PartyIdentification"], "ID"),
        hash: partes::hash(raiz),
        emisor: emisor
            .or_else(|| a(raiz, "DespatchSupplierParty"))
            .map(partes::parte)
            .unwrap_or_default(),
        cliente: a(raiz, "AccountingCustomerParty").map(partes::parte),
        medios: todos(raiz, "PaymentMeans").map(partes::medio).collect(),
        terminos: todos(raiz, "PaymentTerms").map(pago).collect(),
        anticipos: todos(raiz, "PrepaidPayment")
            .map(|p| (texto(p, "ID"), monto(p, "PaidAmount")))
            .collect(),
        cargos: todos(raiz, "AllowanceCharge").map(partes::cargo).collect(),
        impuestos: todos(raiz, "TaxTotal").map(partes::impuesto).collect(),
        totales: partes::totales(raiz),
        lineas: partes::lineas(raiz),
        resumen: partes::lineas_de_resumen(raiz),
        bajas: partes::lineas_de_baja(raiz),
        totales_antiguos: partes::totales_antiguos(raiz),
        extensiones_desconocidas: partes::extensiones_desconocidas(raiz),
        repetidos: partes::repetidos(raiz),
    })
}

impl CargoLeido {
    /// Whether it adds to the price.
    pub fn is_cargo(&self) -> bool {
        self.indicador == "true" || self.indicador == "1"
    }
}

impl LineaLeida {
    /// Reads one line.
    pub(super) fn de_nodo(linea: NodeRef<'_>) -> LineaLeida {
        let cantidades = ["InvoicedQuantity", "CreditedQuantity", "DebitedQuantity"];
        let nombre = cantidades.iter().find(|n| super::acceso::b(linea, n).is_some());
        let nombre = nombre.copied().unwrap_or("InvoicedQuantity");
        let articulo = a(linea, "Item");
        let descripciones: Vec<String> = articulo
            .into_iter()
            .flat_map(|i| i.children())
            .filter(|n| n.name() == "Description")
            .map(contenido)
            .collect();
        let en_articulo =
            |c: &[&str], hoja: &str| articulo.map(|i| texto_en(i, c, hoja)).unwrap_or_default();
        LineaLeida {
            id: texto(linea, "ID"),
            cantidad: texto(linea, nombre),
            unidad: atributo(linea, nombre, "unitCode"),
            valor_venta: monto(linea, "LineExtensionAmount"),
            precios: partes::precios(linea),
            cargos: todos(linea, "AllowanceCharge").map(partes::cargo).collect(),
            impuestos: todos(linea, "TaxTotal").map(partes::impuesto).collect(),
            descripciones: descripciones.len(),
            descripcion: descripciones.into_iter().next().unwrap_or_default(),
            codigo: en_articulo(&["SellersItemIdentification"], "ID"),
            unspsc: en_articulo(&["CommodityClassification"], "ItemClassificationCode"),
            valor_unitario: a(linea, "Price").map(|p| monto(p, "PriceAmount")).unwrap_or_default(),
        }
    }
}
