//! Readers of the blocks of a document. Each takes its element and gives its flat form; none
//! judges it.

use ramal_xml::NodeRef;

use super::acceso::{a, atributo, b, camino, contenido, de_nodo, monto, texto, texto_en, todos};
use super::vista::{
    AfectadoLeido, CargoLeido, ImpuestoLeido, LineaBajaLeida, LineaLeida, LineaResumenLeida,
    MedioLeido, Monto, MotivoLeido, ParteLeida, PrecioLeido, RelacionadoLeido, SubtotalLeido,
    TotalesLeidos,
};
use crate::escritura::{CBC, DS, EXT, Raiz, SAC};

/// Kind of the document from its root; `None` if it is not of SUNAT.
pub(super) fn tipo(raiz: NodeRef<'_>) -> Option<String> {
    let es = |r: Raiz| raiz.is(r.espacio(), r.nombre());
    let otro = |ns: &str| raiz.ns() == ns;
    let codigo = if es(Raiz::Invoice) {
        return Some(texto(raiz, "InvoiceTypeCode"));
    } else if es(Raiz::CreditNote) {
        "07"
    } else if es(Raiz::DebitNote) {
        "08"
    } else if es(Raiz::SummaryDocuments) {
        "RC"
    } else if es(Raiz::VoidedDocuments) {
        if texto(raiz, "ID").starts_with("RR-") { "RR" } else { "RA" }
    } else if otro("urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2") {
        "09"
    } else if otro("urn:sunat:names:specification:ubl:peru:schema:xsd:Retention-1") {
        "20"
    } else if otro("urn:sunat:names:specification:ubl:peru:schema:xsd:Perception-1") {
        "40"
    } else {
        return None;
    };
    Some(codigo.to_owned())
}

/// First `ds:DigestValue` of the document.
pub(super) fn hash(raiz: NodeRef<'_>) -> String {
    raiz.find_all(DS, "DigestValue").first().map(|n| contenido(*n)).unwrap_or_default()
}

/// Operation code: attribute of the type in UBL 2.1, ProfileID in the drafts.
pub(super) fn operacion(raiz: NodeRef<'_>) -> String {
    let lista = atributo(raiz, "InvoiceTypeCode", "listID");
    if lista.is_empty() { texto(raiz, "ProfileID") } else { lista }
}

pub(super) fn leyendas(raiz: NodeRef<'_>) -> Vec<(String, String)> {
    let notas = raiz.children().filter(|n| n.is(CBC, "Note"));
    let codigo = |n: NodeRef<'_>| n.attr("languageLocaleID").unwrap_or_default().to_owned();
    notas.map(|n| (codigo(n), contenido(n))).collect()
}

pub(super) fn motivo(nodo: NodeRef<'_>) -> MotivoLeido {
    MotivoLeido {
        referencia: texto(nodo, "ReferenceID"),
        codigo: texto(nodo, "ResponseCode"),
        sustento: texto(nodo, "Description"),
    }
}

pub(super) fn afectado(nodo: NodeRef<'_>) -> Option<AfectadoLeido> {
    let documento = a(nodo, "InvoiceDocumentReference")?;
    Some(AfectadoLeido { id: texto(documento, "ID"), tipo: texto(documento, "DocumentTypeCode") })
}

pub(super) fn relacionado(nodo: NodeRef<'_>) -> RelacionadoLeido {
    RelacionadoLeido {
        id: texto(nodo, "ID"),
        tipo: texto(nodo, "DocumentTypeCode"),
        indice: texto(nodo, "DocumentStatusCode"),
        ruc: texto_en(nodo, &["IssuerParty", "PartyIdentification"], "ID"),
    }
}

/// A party of UBL 2.1, or of UBL 2.0 with its number outside `cac:Party`.
pub(super) fn parte(nodo: NodeRef<'_>) -> ParteLeida {
    let party = a(nodo, "Party").unwrap_or(nodo);
    let identidades: Vec<NodeRef<'_>> = todos(party, "PartyIdentification").collect();
    let primera = identidades.first().copied();
    let antigua = texto(nodo, "CustomerAssignedAccountID");
    let (tipo, numero) = match primera {
        Some(p) => (atributo(p, "ID", "schemeID"), texto(p, "ID")),
        None => (texto(nodo, "AdditionalAccountID"), antigua.clone()),
    };
    let legal = a(party, "PartyLegalEntity");
    let direccion =
        legal.and_then(|l| a(l, "RegistrationAddress")).or_else(|| a(party, "PostalAddress"));
    let en = |hoja: &str| direccion.map(|d| texto(d, hoja)).unwrap_or_default();
    let linea = direccion.map(|d| texto_en(d, &["AddressLine"], "Line")).unwrap_or_default();
    ParteLeida {
        identificaciones: identidades.len().max(usize::from(!antigua.is_empty())),
        tipo,
        numero,
        nombre: legal.map(|l| texto(l, "RegistrationName")).unwrap_or_default(),
        nombre_comercial: texto_en(party, &["PartyName"], "Name"),
        ubigeo: en("ID"),
        establecimiento: en("AddressTypeCode"),
        direccion: if linea.is_empty() { en("StreetName") } else { linea },
        distrito: en("District"),
        provincia: en("CityName"),
        departamento: en("CountrySubentity"),
        correo: texto_en(party, &["Contact"], "ElectronicMail"),
    }
}

pub(super) fn medio(nodo: NodeRef<'_>) -> MedioLeido {
    MedioLeido {
        id: texto(nodo, "ID"),
        codigo: texto(nodo, "PaymentMeansCode"),
        cuenta: texto_en(nodo, &["PayeeFinancialAccount"], "ID"),
    }
}

pub(super) fn cargo(nodo: NodeRef<'_>) -> CargoLeido {
    CargoLeido {
        indicador: texto(nodo, "ChargeIndicator"),
        codigo: texto(nodo, "AllowanceChargeReasonCode"),
        factor: texto(nodo, "MultiplierFactorNumeric"),
        monto: monto(nodo, "Amount"),
        base: monto(nodo, "BaseAmount"),
    }
}

pub(super) fn impuesto(nodo: NodeRef<'_>) -> ImpuestoLeido {
    let subtotal = |s: NodeRef<'_>| {
        let categoria = a(s, "TaxCategory");
        let de = |hoja: &str| categoria.map(|c| texto(c, hoja)).unwrap_or_default();
        let esquema = categoria.and_then(|c| a(c, "TaxScheme"));
        let del_esquema = |hoja: &str| esquema.map(|e| texto(e, hoja)).unwrap_or_default();
        SubtotalLeido {
            base: monto(s, "TaxableAmount"),
            impuesto: monto(s, "TaxAmount"),
            porcentaje: de("Percent"),
            afectacion: de("TaxExemptionReasonCode"),
            tributo: del_esquema("ID"),
            nombre: del_esquema("Name"),
            tipo: del_esquema("TaxTypeCode"),
        }
    };
    ImpuestoLeido {
        total: monto(nodo, "TaxAmount"),
        subtotales: todos(nodo, "TaxSubtotal").map(subtotal).collect(),
    }
}

pub(super) fn totales(raiz: NodeRef<'_>) -> TotalesLeidos {
    let nodo = a(raiz, "LegalMonetaryTotal").or_else(|| a(raiz, "RequestedMonetaryTotal"));
    let Some(t) = nodo else { return TotalesLeidos::default() };
    TotalesLeidos {
        valor_venta: monto(t, "LineExtensionAmount"),
        precio_venta: monto(t, "TaxInclusiveAmount"),
        descuentos: monto(t, "AllowanceTotalAmount"),
        cargos: monto(t, "ChargeTotalAmount"),
        anticipos: monto(t, "PrepaidAmount"),
        redondeo: monto(t, "PayableRoundingAmount"),
        total: monto(t, "PayableAmount"),
    }
}

pub(super) fn precios(linea: NodeRef<'_>) -> Vec<PrecioLeido> {
    let referencia = a(linea, "PricingReference");
    let precios = referencia.into_iter().flat_map(|r| todos(r, "AlternativeConditionPrice"));
    let precio = |p: NodeRef<'_>| PrecioLeido {
        monto: monto(p, "PriceAmount"),
        tipo: texto(p, "PriceTypeCode"),
    };
    precios.map(precio).collect()
}

pub(super) fn lineas(raiz: NodeRef<'_>) -> Vec<LineaLeida> {
    let nombre = match raiz.name() {
        "Invoice" => "InvoiceLine",
        "CreditNote" => "CreditNoteLine",
        "DebitNote" => "DebitNoteLine",
        _ => return Vec::new(),
    };
    todos(raiz, nombre).map(LineaLeida::de_nodo).collect()
}

fn sac<'a>(nodo: NodeRef<'a>, nombre: &str) -> Option<NodeRef<'a>> {
    nodo.children().find(|n| n.is(SAC, nombre))
}

pub(super) fn lineas_de_resumen(raiz: NodeRef<'_>) -> Vec<LineaResumenLeida> {
    let lineas = raiz.children().filter(|n| n.is(SAC, "SummaryDocumentsLine"));
    lineas.map(linea_de_resumen).collect()
}

fn linea_de_resumen(nodo: NodeRef<'_>) -> LineaResumenLeida {
    let cliente = a(nodo, "AccountingCustomerParty");
    let identidad =
        |c: NodeRef<'_>| (texto(c, "AdditionalAccountID"), texto(c, "CustomerAssignedAccountID"));
    let pagos = nodo.children().filter(|n| n.is(SAC, "BillingPayment"));
    LineaResumenLeida {
        linea: texto(nodo, "LineID"),
        tipo: texto(nodo, "DocumentTypeCode"),
        id: texto(nodo, "ID"),
        cliente: cliente.map(identidad),
        afectado: a(nodo, "BillingReference").and_then(afectado),
        condicion: texto_en(nodo, &["Status"], "ConditionCode"),
        total: sac(nodo, "TotalAmount").map(de_nodo).unwrap_or_default(),
        pagos: pagos.map(|p| (monto(p, "PaidAmount"), texto(p, "InstructionID"))).collect(),
        cargos: todos(nodo, "AllowanceCharge").map(cargo).collect(),
        impuestos: todos(nodo, "TaxTotal").map(impuesto).collect(),
    }
}

fn de_sac(nodo: NodeRef<'_>, nombre: &str) -> String {
    sac(nodo, nombre).map(contenido).unwrap_or_default()
}

pub(super) fn lineas_de_baja(raiz: NodeRef<'_>) -> Vec<LineaBajaLeida> {
    let lineas = raiz.children().filter(|n| n.is(SAC, "VoidedDocumentsLine"));
    let linea = |n: NodeRef<'_>| LineaBajaLeida {
        linea: texto(n, "LineID"),
        tipo: texto(n, "DocumentTypeCode"),
        serie: de_sac(n, "DocumentSerialID"),
        numero: de_sac(n, "DocumentNumberID"),
        motivo: de_sac(n, "VoidReasonDescription"),
    };
    lineas.map(linea).collect()
}

/// Contents of every `ext:ExtensionContent`.
fn contenidos(raiz: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    let extensiones = raiz.children().filter(|n| n.is(EXT, "UBLExtensions"));
    extensiones
        .flat_map(|e| e.children())
        .filter(|n| n.is(EXT, "UBLExtension"))
        .flat_map(|e| e.children())
        .filter(|n| n.is(EXT, "ExtensionContent"))
        .flat_map(|c| c.children())
}

pub(super) fn totales_antiguos(raiz: NodeRef<'_>) -> Vec<(String, Monto)> {
    let informacion = contenidos(raiz).filter(|n| n.is(SAC, "AdditionalInformation"));
    let totales =
        informacion.flat_map(|n| n.children()).filter(|n| n.is(SAC, "AdditionalMonetaryTotal"));
    totales.map(|t| (texto(t, "ID"), monto(t, "PayableAmount"))).collect()
}

pub(super) fn extensiones_desconocidas(raiz: NodeRef<'_>) -> Vec<String> {
    let conocida = |n: &NodeRef<'_>| n.is(DS, "Signature") || n.is(SAC, "AdditionalInformation");
    let otras = contenidos(raiz).filter(|n| !conocida(n));
    otras.map(|n| format!("{{{}}}{}", n.ns(), n.name())).collect()
}

/// Elements that the schema allows once; a repetition lets one reader see what another does not.
pub(super) fn repetidos(raiz: NodeRef<'_>) -> Vec<String> {
    let unicos = [
        "UBLExtensions",
        "UBLVersionID",
        "ID",
        "IssueDate",
        "InvoiceTypeCode",
        "DocumentCurrencyCode",
        "AccountingSupplierParty",
        "AccountingCustomerParty",
        "LegalMonetaryTotal",
        "RequestedMonetaryTotal",
    ];
    let veces = |nombre: &&str| raiz.children().filter(|n| n.name() == *nombre).count() > 1;
    let mut lista: Vec<String> =
        unicos.iter().filter(|n| veces(n)).map(|n| (*n).to_owned()).collect();
    let repetida = |p: &[&str], hoja: &str| {
        let nodo = camino(raiz, p);
        nodo.is_some_and(|n| n.children().filter(|h| h.is(CBC, hoja)).count() > 1)
    };
    for (p, hoja) in [(["LegalMonetaryTotal"], "PayableAmount")] {
        if repetida(&p, hoja) || b(raiz, hoja).is_some() {
            lista.push(hoja.to_owned());
        }
    }
    lista
}
