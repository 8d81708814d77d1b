//! What the dashboard counts that no slice counts for itself. Reads only.

use ramal_base::{Fecha, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, params};
use ramal_facturacion::storage::consultas::{self, Saldo, Suma};
use ramal_fiscal::firmante::{self, CertificadoFila};

/// Days before its end at which a certificate is on the dashboard.
const AVISO_CERTIFICADO_MS: i64 = 30 * 86_400_000;

/// Everything that the dashboard shows.
pub struct Lectura {
    /// Sales of the last twelve months, by month and currency.
    pub meses: Vec<Suma>,
    /// What is owed, by currency.
    pub por_cobrar: Vec<Saldo>,
    /// What is owed past its day, by currency.
    pub vencido: Vec<Saldo>,
    /// Active clients.
    pub clientes: i64,
    /// Services by state.
    pub servicios: Vec<PorEstado>,
    /// Legal documents by state.
    pub comprobantes: Vec<(String, i64)>,
    /// Invoices whose present document waits for a person; a refused number that another one took
    /// waits for nobody.
    pub rechazadas: i64,
    /// Certificates that end within a month, soonest first.
    pub certificados: Vec<CertificadoFila>,
    /// Jobs given up.
    pub muertos: i64,
    /// Customers set aside in the last run.
    pub aparcados: i64,
}

/// How many are in a state.
#[derive(FromQueryResult)]
pub struct PorEstado {
    /// State.
    pub estado: String,
    /// How many.
    pub n: i64,
}

const VENCIDO: &str = "SELECT moneda, COUNT(*) AS n, \
    CAST(SUM(CASE WHEN total > acreditado + aplicado THEN total - acreditado - aplicado \
    ELSE 0 END) AS BIGINT) AS total \
    FROM facturas WHERE estado = 'emitida' AND clase IN ('factura', 'recibo', 'nota_debito') \
    AND vencimiento < $1 GROUP BY moneda ORDER BY moneda";
const RECHAZADAS: &str = "SELECT COUNT(*) FROM comprobantes c \
    JOIN facturas f ON f.id = c.origen_id AND f.comprobante_id = c.id \
    WHERE c.estado IN ('rechazado', 'excepcion', 'incierto')";
const APARCADOS: &str = "SELECT COUNT(*) FROM corrida_clientes \
    WHERE estado = 'aparcado' AND corrida_id = (SELECT MAX(id) FROM corridas)";

/// Reads it all; `desde` is the first day of the first of the twelve months.
pub async fn read(
    c: &impl Consulta,
    (hoy, desde): (Fecha, Fecha),
    ahora: Instante,
) -> Result<Lectura, DbError> {
    let n =
        async |sql: &str| -> Result<i64, DbError> { Ok(c.scalar(sql, vec![]).await?.unwrap_or(0)) };
    let por_estado = "SELECT estado, COUNT(*) AS n FROM servicios GROUP BY estado ORDER BY estado";
    Ok(Lectura {
        meses: consultas::por_mes(c, desde).await?,
        por_cobrar: consultas::por_cobrar(c).await?,
        vencido: c.all(VENCIDO, params![hoy]).await?,
        clientes: n("SELECT COUNT(*) FROM clientes WHERE estado = 'activo'").await?,
        servicios: c.all(por_estado, vec![]).await?,
        comprobantes: ramal_fiscal::storage::conteos(c).await?,
        rechazadas: n(RECHAZADAS).await?,
        certificados: firmante::expiring(c, ahora.plus_millis(AVISO_CERTIFICADO_MS)).await?,
        muertos: n("SELECT COUNT(*) FROM trabajos WHERE estado = 'muerto'").await?,
        aparcados: n(APARCADOS).await?,
    })
}
