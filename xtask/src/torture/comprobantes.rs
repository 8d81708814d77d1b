//! What the authority received, read back from an export: number, customer and amount of each
//! document. It trusts file names as the norm gives them and does not check signatures.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// One exported factura.
#[derive(Debug)]
pub struct Comprobante {
    /// For instance `F001`.
    pub serie: String,
    /// Running number in the series.
    pub numero: u32,
    /// RUC of the customer.
    pub cliente: String,
    /// Payable amount as written.
    pub importe: String,
}

/// Reads every `RUC-01-SERIE-NUMBER.xml` below a folder.
pub fn read(folder: &Path) -> Result<Vec<Comprobante>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(read(&path)?);
            continue;
        }
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some((serie, numero)) = number(&name) {
            let text = std::fs::read_to_string(&path)?;
            let content = content(&text).with_context(|| format!("{name} is not a factura"))?;
            found.push(Comprobante { serie, numero, cliente: content.0, importe: content.1 });
        }
    }
    Ok(found)
}

/// Series and number of a file name; `None` for anything but an invoice in XML.
fn number(name: &str) -> Option<(String, u32)> {
    let parts: Vec<&str> = name.strip_suffix(".xml")?.split('-').collect();
    match parts[..] {
        [ruc, "01" | "03", serie, numero] if ruc.len() == 11 => {
            Some((serie.to_string(), numero.parse().ok()?))
        }
        _ => None,
    }
}

/// Customer and payable amount.
fn content(xml: &str) -> Option<(String, String)> {
    let party = xml.split("<cac:AccountingCustomerParty").nth(1)?;
    let cliente = leaf(party.split("<cac:PartyIdentification").nth(1)?, "cbc:ID")?;
    Some((cliente, leaf(xml, "cbc:PayableAmount")?))
}

fn leaf(xml: &str, name: &str) -> Option<String> {
    let rest = xml.split(&format!("<{name}")).nth(1)?;
    let text = rest.split_once('>')?.1;
    Some(text.split_once('<')?.0.trim().to_string())
}

/// Each series counts from 1 without gap or repeat. Errors: the first number that does not.
pub fn check_numbers(issued: &[Comprobante]) -> Result<()> {
    let mut series: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for c in issued {
        series.entry(&c.serie).or_default().push(c.numero);
    }
    for (serie, mut numbers) in series {
        numbers.sort_unstable();
        let wrong = numbers.iter().zip(1..).find(|(number, expected)| *number != expected);
        ensure!(wrong.is_none(), "series {serie}: number and expected {wrong:?}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issued(numbers: &[u32]) -> Vec<Comprobante> {
        let one = |n: &u32| Comprobante {
            serie: "F001".into(),
            numero: *n,
            cliente: String::new(),
            importe: String::new(),
        };
        numbers.iter().map(one).collect()
    }

    #[test]
    fn gaps_and_repeats_are_found() {
        assert!(check_numbers(&issued(&[3, 1, 2])).is_ok());
        for wrong in [&[1, 3][..], &[1, 1, 2], &[2, 3], &[0, 1]] {
            assert!(check_numbers(&issued(wrong)).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn only_invoices_by_the_name_of_the_norm_are_read() {
        assert_eq!(number("20600000005-01-F001-00000012.xml"), Some(("F001".into(), 12)));
        assert_eq!(number("20600000005-01-F001-12.xml"), Some(("F001".into(), 12)));
        for other in [
            "R-20600000005-01-F001-12.xml",
            "20600000005-01-F001-12.pdf",
            "a.xml",
            "20600000005-RC-20261201-1.xml",
        ] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn the_customer_is_not_taken_from_the_issuer() {
        let xml = "<cac:AccountingSupplierParty><cac:PartyIdentification><cbc:ID>1</cbc:ID>\
            </cac:PartyIdentification></cac:AccountingSupplierParty><cac:AccountingCustomerParty>\
            <cac:Party><cac:PartyIdentification><cbc:ID schemeID=\"6\">2</cbc:ID>\
            </cac:PartyIdentification></cac:Party></cac:AccountingCustomerParty>\
            <cbc:PayableAmount currencyID=\"PEN\">118.00</cbc:PayableAmount>";
        assert_eq!(content(xml), Some(("2".into(), "118.00".into())));
        assert_eq!(content("<Invoice/>"), None);
    }
}
