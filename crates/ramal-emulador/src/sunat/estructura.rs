//! Order of the elements of the UBL 2.1 schema, and the place of the signature. It deliberately
//! adds up nothing.

use ramal_base::Instante;
use ramal_xml::{Document, NodeRef, verify_enveloped};

use super::fallo::{Fallo, ensure};

const UBL: &str = "urn:oasis:names:specification:ubl:schema:xsd:";
const SUNAT: &str = "urn:sunat:names:specification:ubl:peru:schema:xsd:";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

const INVOICE: &str = "UBLExtensions UBLVersionID CustomizationID ProfileID ProfileExecutionID ID \
    CopyIndicator UUID IssueDate IssueTime DueDate InvoiceTypeCode Note TaxPointDate \
    DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode PaymentCurrencyCode \
    PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric \
    BuyerReference InvoicePeriod OrderReference BillingReference DespatchDocumentReference \
    ReceiptDocumentReference StatementDocumentReference OriginatorDocumentReference \
    ContractDocumentReference AdditionalDocumentReference ProjectReference Signature \
    AccountingSupplierParty AccountingCustomerParty PayeeParty BuyerCustomerParty \
    SellerSupplierParty TaxRepresentativeParty Delivery DeliveryTerms PaymentMeans PaymentTerms \
    PrepaidPayment AllowanceCharge TaxExchangeRate PricingExchangeRate PaymentExchangeRate \
    PaymentAlternativeExchangeRate TaxTotal WithholdingTaxTotal LegalMonetaryTotal InvoiceLine";

const CREDIT_NOTE: &str = "UBLExtensions UBLVersionID CustomizationID ProfileID \
    ProfileExecutionID ID CopyIndicator UUID IssueDate IssueTime TaxPointDate \
    CreditNoteTypeCode Note DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode \
    PaymentCurrencyCode PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost \
    LineCountNumeric BuyerReference InvoicePeriod DiscrepancyResponse OrderReference \
    BillingReference DespatchDocumentReference ReceiptDocumentReference \
    ContractDocumentReference AdditionalDocumentReference StatementDocumentReference \
    OriginatorDocumentReference Signature AccountingSupplierParty AccountingCustomerParty \
    PayeeParty BuyerCustomerParty SellerSupplierParty TaxRepresentativeParty Delivery \
    DeliveryTerms PaymentMeans PaymentTerms TaxExchangeRate PricingExchangeRate \
    PaymentExchangeRate PaymentAlternativeExchangeRate AllowanceCharge TaxTotal \
    LegalMonetaryTotal CreditNoteLine";

const DEBIT_NOTE: &str = "UBLExtensions UBLVersionID CustomizationID ProfileID \
    ProfileExecutionID ID CopyIndicator UUID IssueDate IssueTime Note TaxPointDate \
    DocumentCurrencyCode TaxCurrencyCode PricingCurrencyCode PaymentCurrencyCode \
    PaymentAlternativeCurrencyCode AccountingCostCode AccountingCost LineCountNumeric \
    InvoicePeriod DiscrepancyResponse OrderReference BillingReference \
    DespatchDocumentReference ReceiptDocumentReference StatementDocumentReference \
    ContractDocumentReference AdditionalDocumentReference Signature AccountingSupplierParty \
    AccountingCustomerParty PayeeParty BuyerCustomerParty SellerSupplierParty \
    TaxRepresentativeParty PrepaidPayment AllowanceCharge Delivery DeliveryTerms PaymentMeans \
    PaymentTerms TaxExchangeRate PricingExchangeRate PaymentExchangeRate \
    PaymentAlternativeExchangeRate TaxTotal RequestedMonetaryTotal DebitNoteLine";

const SUMMARY: &str = "UBLExtensions UBLVersionID CustomizationID ID ReferenceDate IssueDate Note \
    Signature AccountingSupplierParty SummaryDocumentsLine";
const VOIDED: &str = "UBLExtensions UBLVersionID CustomizationID ID ReferenceDate IssueDate Note \
    Signature AccountingSupplierParty VoidedDocumentsLine";

/// Order inside the aggregates whose content is checked, by name of the aggregate.
const AGGREGATES: &[(&str, &str)] = &[
    (
        "Party",
        "MarkCareIndicator MarkAttentionIndicator WebsiteURI LogoReferenceID EndpointID \
         IndustryClassificationCode PartyIdentification PartyName Language PostalAddress \
         PhysicalLocation PartyTaxScheme PartyLegalEntity Contact Person AgentParty",
    ),
    (
        "PartyLegalEntity",
        "RegistrationName CompanyID RegistrationDate RegistrationExpirationDate \
         CompanyLegalFormCode CompanyLegalForm SoleProprietorshipIndicator \
         CompanyLiquidationStatusCode CorporateStockAmount FullyPaidSharesIndicator \
         RegistrationAddress CorporateRegistrationScheme HeadOfficeParty ShareholderParty",
    ),
    (
        "RegistrationAddress",
        "ID AddressTypeCode AddressFormatCode Postbox Floor Room StreetName AdditionalStreetName \
         BlockName BuildingName BuildingNumber InhouseMail Department MarkAttention MarkCare \
         PlotIdentification CitySubdivisionName CityName PostalZone CountrySubentity \
         CountrySubentityCode Region District TimezoneOffset AddressLine Country \
         LocationCoordinate",
    ),
    (
        "PaymentTerms",
        "ID PaymentMeansID PrepaidPaymentReferenceID Note ReferenceEventCode \
         SettlementDiscountPercent PenaltySurchargePercent PaymentPercent Amount \
         SettlementDiscountAmount PenaltyAmount PaymentTermsDetailsURI PaymentDueDate \
         InstallmentDueDate InvoicingPartyReference SettlementPeriod PenaltyPeriod \
         ExchangeRate ValidityPeriod",
    ),
    (
        "AllowanceCharge",
        "ID ChargeIndicator AllowanceChargeReasonCode AllowanceChargeReason \
         MultiplierFactorNumeric PrepaidIndicator SequenceNumeric Amount BaseAmount \
         AccountingCostCode AccountingCost PerUnitAmount TaxCategory TaxTotal PaymentMeans",
    ),
    ("TaxTotal", "TaxAmount RoundingAmount TaxEvidenceIndicator TaxIncludedIndicator TaxSubtotal"),
    (
        "TaxSubtotal",
        "TaxableAmount TaxAmount CalculationSequenceNumeric TransactionCurrencyTaxAmount Percent \
         BaseUnitMeasure PerUnitAmount TierRange TierRatePercent TaxCategory",
    ),
    (
        "TaxCategory",
        "ID Name Percent BaseUnitMeasure PerUnitAmount TaxExemptionReasonCode \
         TaxExemptionReason TierRange TierRatePercent TaxScheme",
    ),
    ("TaxScheme", "ID Name TaxTypeCode CurrencyCode JurisdictionRegionAddress"),
    ("LegalMonetaryTotal", MONETARY),
    ("RequestedMonetaryTotal", MONETARY),
    (
        "InvoiceLine",
        "ID UUID Note InvoicedQuantity LineExtensionAmount TaxPointDate AccountingCostCode \
         AccountingCost PaymentPurposeCode FreeOfChargeIndicator InvoicePeriod \
         OrderLineReference DespatchLineReference ReceiptLineReference BillingReference \
         DocumentReference PricingReference OriginatorParty Delivery PaymentTerms \
         AllowanceCharge TaxTotal WithholdingTaxTotal Item Price DeliveryTerms SubInvoiceLine \
         ItemPriceExtension",
    ),
    ("CreditNoteLine", NOTE_LINE),
    ("DebitNoteLine", NOTE_LINE),
    (
        "Item",
        "Description PackQuantity PackSizeNumeric CatalogueIndicator Name \
         HazardousRiskIndicator AdditionalInformation Keyword BrandName ModelName \
         BuyersItemIdentification SellersItemIdentification ManufacturersItemIdentification \
         StandardItemIdentification CatalogueItemIdentification AdditionalItemIdentification \
         CatalogueDocumentReference ItemSpecificationDocumentReference OriginCountry \
         CommodityClassification TransactionConditions HazardousItem ClassifiedTaxCategory \
         AdditionalItemProperty ManufacturerParty InformationContentProviderParty \
         OriginAddress ItemInstance Certificate Dimension",
    ),
    (
        "SummaryDocumentsLine",
        "LineID DocumentTypeCode ID DocumentSerialID StartDocumentNumberID EndDocumentNumberID \
         AccountingCustomerParty BillingReference SUNATPerceptionSummaryDocumentReference Status \
         TotalAmount BillingPayment AllowanceCharge TaxTotal",
    ),
    (
        "VoidedDocumentsLine",
        "LineID DocumentTypeCode DocumentSerialID DocumentNumberID VoidReasonDescription",
    ),
];

const MONETARY: &str = "LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount \
    AllowanceTotalAmount ChargeTotalAmount WithholdingTaxTotalAmount PrepaidAmount \
    PayableRoundingAmount PayableAmount PayableAlternativeAmount";
const NOTE_LINE: &str = "ID UUID Note CreditedQuantity DebitedQuantity LineExtensionAmount \
    TaxPointDate AccountingCostCode AccountingCost PaymentPurposeCode FreeOfChargeIndicator \
    InvoicePeriod DiscrepancyResponse OrderLineReference DespatchLineReference \
    ReceiptLineReference BillingReference DocumentReference PricingReference OriginatorParty \
    Delivery PaymentTerms TaxTotal AllowanceCharge Item Price DeliveryTerms SubCreditNoteLine \
    SubDebitNoteLine ItemPriceExtension";

/// Checks root, namespaces and order. `tipo` is that of the file name. Errors: 1003, 0306.
pub fn check(doc: &Document, tipo: &str) -> Result<(), Fallo> {
    let root = doc.root();
    let (ns, nombre, orden) = match tipo {
        "01" | "03" => (format!("{UBL}Invoice-2"), "Invoice", INVOICE),
        "07" => (format!("{UBL}CreditNote-2"), "CreditNote", CREDIT_NOTE),
        "08" => (format!("{UBL}DebitNote-2"), "DebitNote", DEBIT_NOTE),
        "RC" => (format!("{SUNAT}SummaryDocuments-1"), "SummaryDocuments", SUMMARY),
        _ => (format!("{SUNAT}VoidedDocuments-1"), "VoidedDocuments", VOIDED),
    };
    let texto = format!("la raíz {} no es la del tipo {tipo}", root.qname());
    ensure(root.is(&ns, nombre), "1003", texto)?;
    check_order(root, orden)?;
    walk(root)
}

fn walk(root: NodeRef<'_>) -> Result<(), Fallo> {
    let mut pending: Vec<NodeRef<'_>> = root.children().collect();
    while let Some(node) = pending.pop() {
        let ns = node.ns();
        if ns == DS {
            continue;
        }
        let known = ns.starts_with(UBL) || ns.starts_with(SUNAT);
        ensure(known, "0306", format!("el espacio de {} no se espera", node.qname()))?;
        // Totals of a summary line and of its RC parties have other content than in an invoice.
        if let Some((_, orden)) = AGGREGATES.iter().find(|(nombre, _)| *nombre == node.name()) {
            check_order(node, orden)?;
        }
        pending.extend(node.children());
    }
    Ok(())
}

fn check_order(node: NodeRef<'_>, orden: &str) -> Result<(), Fallo> {
    let mut resto = orden.split_whitespace().peekable();
    for hijo in node.children() {
        while resto.peek().is_some_and(|esperado| *esperado != hijo.name()) {
            resto.next();
        }
        let texto = format!("{} no se espera ahí dentro de {}", hijo.qname(), node.qname());
        ensure(resto.peek().is_some(), "0306", texto)?;
    }
    Ok(())
}

/// Checks the signature: exactly one, in its place, whole, of its certificate. Gives the
/// DigestValue.
///
/// Any issuer is accepted, as in SUNAT's beta; an expired certificate is not (2327).
pub fn check_signature(doc: &Document, ahora: Instante) -> Result<String, Fallo> {
    let informe = verify_enveloped(doc).map_err(|e| match e {
        ramal_xml::DsigError::NoSignature => Fallo::new("2085", "el documento no está firmado"),
        otro => Fallo::new("2336", otro.to_string()),
    })?;
    let firma = doc.node(informe.signature);
    let mut lugar = Vec::new();
    let mut arriba = firma.parent();
    while let Some(node) = arriba {
        lugar.push(node.name());
        arriba = node.parent();
    }
    let raiz = doc.root().name();
    let esperado = ["ExtensionContent", "UBLExtension", "UBLExtensions", raiz];
    ensure(lugar == esperado, "2336", "la firma no está en ExtensionContent")?;
    ensure(firma.attr("Id").is_some_and(|id| !id.is_empty()), "2085", "falta el Id de la firma")?;
    ensure(informe.digest_ok, "2335", "")?;
    ensure(informe.signature_ok, "2336", "")?;
    ensure(informe.problems.is_empty(), "2336", informe.problems.join("; "))?;
    let vigente = informe
        .certificate
        .as_ref()
        .is_some_and(|c| (c.valid_from()..=c.valid_to()).contains(&ahora.millis()));
    ensure(vigente, "2327", "el certificado no está vigente")?;
    Ok(informe.digest_value)
}
