//! Daily summaries and voidings: tickets, whole acceptance, repeated files, states.

use ramal_emulador::Fallas;
use serde_json::json;

use crate::cfdi::at;
use crate::http;
use crate::ubl::{
    BILL, Cpe, RUC, bill, call, cdr, clock, emulador, fault, field, send, signed, signer, verdict,
};

fn header(tipo: &str, n: u32, fecha: &str, dia: &str) -> String {
    let version = if tipo == "RC" { "1.1" } else { "1.0" };
    let compacto = dia.replace('-', "");
    format!(
        "<cbc:UBLVersionID>2.0</cbc:UBLVersionID><cbc:CustomizationID>{version}\
         </cbc:CustomizationID><cbc:ID>{tipo}-{compacto}-{n}</cbc:ID><cbc:ReferenceDate>{fecha}\
         </cbc:ReferenceDate><cbc:IssueDate>{dia}</cbc:IssueDate>{}<cac:AccountingSupplierParty>\
         <cbc:CustomerAssignedAccountID>{RUC}</cbc:CustomerAssignedAccountID>\
         <cbc:AdditionalAccountID>6</cbc:AdditionalAccountID><cac:Party><cac:PartyLegalEntity>\
         <cbc:RegistrationName>RAMAL DEMO S.A.C.</cbc:RegistrationName></cac:PartyLegalEntity>\
         </cac:Party></cac:AccountingSupplierParty>",
        signer()
    )
}

fn rc_line(orden: usize, id: &str, estado: u8) -> String {
    format!(
        "<sac:SummaryDocumentsLine><cbc:LineID>{orden}</cbc:LineID><cbc:DocumentTypeCode>03\
         </cbc:DocumentTypeCode><cbc:ID>{id}</cbc:ID><cac:AccountingCustomerParty>\
         <cbc:CustomerAssignedAccountID>10117410</cbc:CustomerAssignedAccountID>\
         <cbc:AdditionalAccountID>1</cbc:AdditionalAccountID></cac:AccountingCustomerParty>\
         <cac:Status><cbc:ConditionCode>{estado}</cbc:ConditionCode></cac:Status>\
         <sac:TotalAmount currencyID=\"PEN\">100.00</sac:TotalAmount><sac:BillingPayment>\
         <cbc:PaidAmount currencyID=\"PEN\">84.75</cbc:PaidAmount><cbc:InstructionID>01\
         </cbc:InstructionID></sac:BillingPayment><cac:TaxTotal><cbc:TaxAmount \
         currencyID=\"PEN\">15.25</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxAmount \
         currencyID=\"PEN\">15.25</cbc:TaxAmount><cac:TaxCategory><cac:TaxScheme><cbc:ID>1000\
         </cbc:ID><cbc:Name>IGV</cbc:Name><cbc:TaxTypeCode>VAT</cbc:TaxTypeCode></cac:TaxScheme>\
         </cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal></sac:SummaryDocumentsLine>"
    )
}

/// Name and XML of an RC of one issue date.
fn rc(n: u32, lineas: &[(&str, u8)]) -> (String, String) {
    let mut cuerpo = header("RC", n, "2026-11-20", "2026-11-20");
    for (orden, (id, estado)) in lineas.iter().enumerate() {
        cuerpo.push_str(&rc_line(orden + 1, id, *estado));
    }
    (format!("{RUC}-RC-20261120-{n}"), signed("SummaryDocuments", &cuerpo))
}

fn ra(n: u32, dia: &str, tipo: &str, serie: &str, numero: u32) -> (String, String) {
    let linea = format!(
        "<sac:VoidedDocumentsLine><cbc:LineID>1</cbc:LineID><cbc:DocumentTypeCode>{tipo}\
         </cbc:DocumentTypeCode><sac:DocumentSerialID>{serie}</sac:DocumentSerialID>\
         <sac:DocumentNumberID>{numero}</sac:DocumentNumberID><sac:VoidReasonDescription>ERROR\
         </sac:VoidReasonDescription></sac:VoidedDocumentsLine>"
    );
    let cuerpo = format!("{}{linea}", header("RA", n, "2026-11-20", dia));
    let compacto = dia.replace('-', "");
    (format!("{RUC}-RA-{compacto}-{n}"), signed("VoidedDocuments", &cuerpo))
}

async fn present(router: &axum::Router, (base, xml): &(String, String)) -> String {
    let r = send(router, "sendSummary", base, xml).await;
    field(&r, "ticket").unwrap_or_else(|| panic!("{r}"))
}

/// statusCode and the code of the CDR.
async fn outcome(router: &axum::Router, ticket: &str) -> (String, Option<String>) {
    let r = call(router, BILL, "getStatus", &format!("<ticket>{ticket}</ticket>")).await;
    let codigo = field(&r, "statusCode").unwrap_or_else(|| panic!("{r}"));
    let cdr = field(&r, "content").map(|zip| String::from_utf8(cdr(&zip).1).unwrap());
    (codigo, cdr.map(|xml| verdict(&xml)))
}

async fn result(router: &axum::Router, archivo: &(String, String)) -> (String, Option<String>) {
    let ticket = present(router, archivo).await;
    outcome(router, &ticket).await
}

fn pair(codigo: &str, cdr: &str) -> (String, Option<String>) {
    (codigo.to_owned(), Some(cdr.to_owned()))
}

#[tokio::test]
async fn boletas_enter_change_and_leave_by_summary() {
    let (emulador, router) = emulador(clock());
    let altas = rc(1, &[("B001-1", 1), ("B001-2", 1)]);
    assert_eq!(result(&router, &altas).await, pair("0", "0"));
    assert_eq!(result(&router, &rc(2, &[("B001-1", 2)])).await, pair("0", "0"));
    assert_eq!(result(&router, &rc(3, &[("B001-2", 3)])).await, pair("0", "0"));
    assert_eq!(result(&router, &rc(4, &[("B001-2", 3)])).await, pair("99", "2987"));
    assert_eq!(bill(&router, &Cpe::boleta(1)).await.unwrap_err(), "1033");
    assert_eq!(bill(&router, &Cpe::boleta(2)).await.unwrap_err(), "1032");
    assert_eq!(emulador.conteos()["20600000005-03-B001-1"].aceptaciones, 1);
}

#[tokio::test]
async fn one_bad_line_refuses_the_whole_file() {
    let (_, router) = emulador(clock());
    assert_eq!(result(&router, &rc(1, &[("B001-1", 1)])).await, pair("0", "0"));
    let mixta = rc(2, &[("B001-2", 1), ("B001-1", 1)]);
    assert_eq!(result(&router, &mixta).await, pair("99", "2282"));
    assert_eq!(result(&router, &rc(3, &[("B001-2", 3)])).await, pair("99", "2663"));
    assert_eq!(result(&router, &rc(4, &[("B001-2", 1), ("B001-2", 1)])).await, pair("99", "3094"));
    assert_eq!(result(&router, &rc(5, &[("B001-2", 1), ("B001-2", 2)])).await, pair("99", "3095"));
    assert_eq!(result(&router, &rc(6, &[("B001-2", 1)])).await, pair("0", "0"));
}

#[tokio::test]
async fn a_presented_file_is_not_taken_again() {
    let (_, router) = emulador(clock());
    let archivo = rc(1, &[("B001-1", 1)]);
    present(&router, &archivo).await;
    let r = send(&router, "sendSummary", &archivo.0, &archivo.1).await;
    assert_eq!(fault(&r), "2223");
    bill(&router, &Cpe::factura(1)).await.unwrap();
    let baja = ra(1, "2026-11-20", "01", "F001", 1);
    present(&router, &baja).await;
    let r = send(&router, "sendSummary", &baja.0, &baja.1).await;
    assert_eq!(fault(&r), "2324");
}

#[tokio::test]
async fn a_factura_is_voided_by_ra_within_seven_days() {
    let reloj = clock();
    let (_, router) = emulador(reloj.clone());
    let nadie = result(&router, &ra(1, "2026-11-20", "01", "F001", 1)).await;
    assert_eq!(nadie, pair("99", "2105"));
    bill(&router, &Cpe::factura(1)).await.unwrap();
    bill(&router, &Cpe::factura(2)).await.unwrap();
    assert_eq!(result(&router, &ra(2, "2026-11-20", "03", "B001", 1)).await, pair("99", "2308"));
    assert_eq!(result(&router, &ra(3, "2026-11-20", "01", "F001", 1)).await, pair("0", "0"));
    assert_eq!(result(&router, &ra(4, "2026-11-20", "01", "F001", 1)).await, pair("99", "2323"));
    let nota = Cpe::credito(1, "F001-1");
    assert_eq!(verdict(&bill(&router, &nota).await.unwrap()), "2120");
    reloj.set(at("2026-11-28T16:00:00Z"));
    assert_eq!(result(&router, &ra(1, "2026-11-28", "01", "F001", 2)).await, pair("99", "2957"));
}

#[tokio::test]
async fn a_ticket_says_98_as_often_and_as_long_as_asked() {
    let reloj = clock();
    let (emulador, router) = emulador(reloj.clone());
    let fallas = Fallas { en_proceso_veces: 2, estado_relleno: true, ..Fallas::default() };
    emulador.control().replace(fallas);
    let ticket = present(&router, &rc(1, &[("B001-1", 1)])).await;
    for esperado in ["0098", "0098", "0000"] {
        assert_eq!(outcome(&router, &ticket).await.0, esperado);
    }
    emulador.control().replace(Fallas { demora_ticket_ms: 60_000, ..Fallas::default() });
    let ticket = present(&router, &rc(2, &[("B001-2", 1)])).await;
    assert_eq!(outcome(&router, &ticket).await, ("98".to_owned(), None));
    reloj.advance(60_000);
    assert_eq!(outcome(&router, &ticket).await, pair("0", "0"));
    let ticket = present(&router, &rc(3, &[("B001-3", 1)])).await;
    let ruta = format!("/_emulador/tickets/{ticket}");
    assert_eq!(http::json(&router, "POST", &ruta, json!(null)).await.estado, 204);
    assert_eq!(outcome(&router, &ticket).await, pair("0", "0"));
    let r = call(&router, BILL, "getStatus", "<ticket>1999999999999</ticket>").await;
    assert_eq!(fault(&r), "0127");
}

#[tokio::test]
async fn five_hundred_boletas_go_in_one_file_and_501_do_not() {
    let (_, router) = emulador(clock());
    let ids: Vec<String> = (1..=501).map(|n| format!("B001-{n}")).collect();
    let lineas: Vec<(&str, u8)> = ids.iter().map(|id| (id.as_str(), 1)).collect();
    assert_eq!(result(&router, &rc(1, &lineas)).await, pair("99", "0306"));
    assert_eq!(result(&router, &rc(2, &lineas[..500])).await, pair("0", "0"));
    let r = http::get(&router, "/_emulador/estado").await.json();
    assert_eq!((&r["aceptados"], &r["dobles"]), (&json!(500), &json!([])));
}
