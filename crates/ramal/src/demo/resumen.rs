//! What the demo prints at the end: the table and the addresses.

use std::collections::BTreeMap;

use ramal_base::Fecha;
use ramal_db::Consulta;
use ramal_facturacion::corrida::{self, ResumenCorrida};
use serde::Serialize;

use super::cuentas::Cuenta;
use crate::casa::Casa;
use crate::salida::problem;

/// Summary of the demo company.
#[derive(Serialize)]
pub struct Resumen {
    /// Customers.
    pub clientes: i64,
    /// Active services.
    pub servicios: i64,
    /// Invoices of the month.
    pub facturas: i64,
    /// Documents that their authority accepted.
    pub aceptadas: i64,
    /// Documents that their authority refused.
    pub rechazadas: i64,
    /// Customers set aside.
    pub aparcados: i64,
    /// Sum of the invoices by currency.
    pub totales: BTreeMap<String, String>,
    /// Day of the run.
    pub fecha: Fecha,
    /// First API key; only when the company was made now.
    pub clave_api: Option<String>,
    /// Who can sign in, and how.
    pub cuentas: Vec<Cuenta>,
}

/// Counts what is there after the run of `fecha`.
pub async fn read(
    casa: &Casa,
    fecha: Fecha,
    (clave, cuentas): (Option<String>, Vec<Cuenta>),
) -> anyhow::Result<Resumen> {
    let corrida: ResumenCorrida = corrida::resumen(&casa.db, fecha).await.map_err(problem)?;
    let count = async |sql: &str| -> anyhow::Result<i64> {
        Ok(casa.db.scalar(sql, vec![]).await?.unwrap_or(0))
    };
    let estado = |nombre: &str| corrida.comprobantes.get(nombre).copied().unwrap_or(0);
    Ok(Resumen {
        clientes: count("SELECT COUNT(*) FROM clientes").await?,
        servicios: count("SELECT COUNT(*) FROM servicios WHERE estado = 'activo'").await?,
        facturas: corrida.facturas,
        aceptadas: estado("aceptado") + estado("aceptado_obs"),
        rechazadas: estado("rechazado") + estado("excepcion"),
        aparcados: corrida.aparcados,
        totales: corrida.totales,
        fecha,
        clave_api: clave,
        cuentas,
    })
}

impl Resumen {
    /// The table for people.
    pub fn print(&self) {
        println!("Empresa de demostración · corrida del {}", self.fecha);
        let filas = [
            ("clientes", self.clientes),
            ("servicios activos", self.servicios),
            ("facturas", self.facturas),
            ("aceptadas", self.aceptadas),
            ("rechazadas", self.rechazadas),
            ("aparcados", self.aparcados),
        ];
        for (nombre, n) in filas {
            println!("  {nombre:<18}{n:>12}");
        }
        for (moneda, total) in &self.totales {
            println!("  {:<18}{total:>12}", format!("total {moneda}"));
        }
        if let Some(clave) = &self.clave_api {
            println!("Clave de la API (se muestra una sola vez): {clave}");
        }
        println!("Personas de la demostración:");
        for c in &self.cuentas {
            println!("  {:<15}{:<36}{}", c.rol, c.correo, c.contrasena);
        }
    }
}
