//! An import file of the one-service-per-client shape, as large as wanted and without defects.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;

/// Writes `count` rows, one company each, all due on the day of the corrida.
pub fn write(path: &Path, count: u32) -> Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    let header =
        "id,ruc,razon_social,direccion,monto,fecha_vencimiento,tipo_servicio,whatsapp,activo";
    writeln!(file, "{header}")?;
    for n in 1..=count {
        let (soles, centimos) = (50 + n % 200, n % 100);
        let movil = 900_000_000 + n;
        writeln!(
            file,
            "{n},{},Empresa {n} S.A.C.,Jr. Unión {n},{soles}.{centimos:02},{},mensual,{movil},1",
            ruc(n),
            super::FECHA
        )?;
    }
    Ok(file.flush()?)
}

/// A RUC of a company with its check digit.
fn ruc(n: u32) -> String {
    const PESOS: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let base = format!("20{:08}", 50_000_000 + n);
    let digits = base.bytes().map(|b| u32::from(b - b'0'));
    let sum: u32 = digits.zip(PESOS).map(|(digit, peso)| digit * peso).sum();
    format!("{base}{}", (11 - sum % 11) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_different_companies_with_valid_numbers() {
        // 20512333797 of sunat.md 2.
        assert_eq!(ruc(1_233_379), "20512333797");
        let path = std::env::temp_dir().join(format!("xtask-archivo-{}.csv", std::process::id()));
        write(&path, 3).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let row = "1,20500000016,Empresa 1 S.A.C.,Jr. Unión 1,51.01,2026-12-01,mensual,900000001,1";
        assert_eq!(text.lines().nth(1), Some(row));
        assert_eq!(text.lines().count(), 4);
    }
}
