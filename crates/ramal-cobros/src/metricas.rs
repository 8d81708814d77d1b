//! Counters for whoever watches: refused notices and notices by state, as the text that Prometheus
//! reads. It serves no route: the binary decides where they are read.

use std::fmt::Write;

use ramal_db::{Consulta, DbError};

use crate::storage::cuarentena;
use crate::storage::webhooks::{self, Conteo, Rechazo};

/// Counters in Prometheus text format, e.g.
/// `ramal_webhook_rechazados_total{proveedor="emulada",motivo="firma_invalida"} 3`.
///
/// Source: integrations.md 0.
pub async fn metricas(c: &impl Consulta) -> Result<String, DbError> {
    let rechazos = webhooks::refused(c, None).await?;
    let conteos = webhooks::counts(c).await?;
    let esperan = cuarentena::waiting(c).await?;
    Ok(rendered(&rechazos, &conteos, esperan))
}

/// Refused notices since ever, by gateway and reason.
pub async fn rechazados(c: &impl Consulta) -> Result<Vec<Rechazo>, DbError> {
    webhooks::refused(c, None).await
}

fn rendered(rechazos: &[Rechazo], conteos: &[Conteo], esperan: i64) -> String {
    let mut texto = String::from("# TYPE ramal_webhook_rechazados_total counter\n");
    for r in rechazos {
        let (proveedor, motivo, total) = (&r.proveedor, &r.motivo, r.total);
        // Writing to a text cannot fail.
        let _ = writeln!(
            texto,
            "ramal_webhook_rechazados_total{{proveedor=\"{proveedor}\",motivo=\"{motivo}\"}} \
             {total}"
        );
    }
    texto.push_str("# TYPE ramal_webhook_entrantes gauge\n");
    for n in conteos {
        let (proveedor, estado, total) = (&n.proveedor, &n.estado, n.total);
        let _ = writeln!(
            texto,
            "ramal_webhook_entrantes{{proveedor=\"{proveedor}\",estado=\"{estado}\"}} {total}"
        );
    }
    let _ =
        writeln!(texto, "# TYPE ramal_cobros_cuarentena gauge\nramal_cobros_cuarentena {esperan}");
    texto
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_have_the_name_that_alerts_wait_for() {
        let r = Rechazo { proveedor: "stripe".into(), motivo: "sin_firma".into(), total: 4 };
        let n = Conteo { proveedor: "stripe".into(), estado: "muerto".into(), total: 1 };
        let texto = rendered(&[r], &[n], 2);
        let linea = "ramal_webhook_rechazados_total{proveedor=\"stripe\",motivo=\"sin_firma\"} 4";
        assert!(texto.lines().any(|l| l == linea), "{texto}");
        assert!(texto.ends_with("ramal_cobros_cuarentena 2\n"), "{texto}");
    }
}
