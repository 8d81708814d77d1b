//! Watch over certificates: warns 60, 30, 15 and 5 days before one ends, once each. It renews none.

use async_trait::async_trait;
use ramal_base::Instante;
use ramal_db::params;
use ramal_jobs::{JobError, Manejador, Trabajo};

use crate::conexiones::Servicio;
use crate::events::CertificadoPorVencer;
use crate::firmante::{self, CertificadoFila};
use crate::jobs::TRABAJO_CERTIFICADOS;

const DIA_MS: i64 = 86_400_000;
/// Days left at which somebody must know, nearest first.
const AVISOS: [i32; 4] = [5, 15, 30, 60];

/// Handler of `fiscal.certificados`.
pub(crate) struct VigilarCertificados(pub(crate) Servicio);

/// Whole days until the certificate ends; negative once it ended.
pub fn dias_restantes(hasta: Instante, ahora: Instante) -> i64 {
    (hasta.millis() - ahora.millis()).div_euclid(DIA_MS)
}

fn due(fila: &CertificadoFila, ahora: Instante) -> Option<i32> {
    let dias = dias_restantes(fila.hasta, ahora);
    AVISOS.into_iter().find(|aviso| dias <= i64::from(*aviso))
}

#[async_trait]
impl Manejador for VigilarCertificados {
    fn tipo(&self) -> &'static str {
        TRABAJO_CERTIFICADOS
    }

    async fn run(&self, _trabajo: &Trabajo) -> Result<(), JobError> {
        let (s, ahora) = (&self.0, self.0.cx.now());
        let limite = ahora.plus_millis(i64::from(AVISOS[3]) * DIA_MS + DIA_MS);
        for fila in firmante::expiring(&s.db, limite).await? {
            let Some(aviso) = due(&fila, ahora) else { continue };
            const SQL: &str = "INSERT INTO certificado_avisos (certificado_id, dias) \
                VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let tx = s.db.begin().await?;
            if tx.exec(SQL, params![fila.id, aviso]).await? == 1 {
                let dias = dias_restantes(fila.hasta, ahora);
                tracing::warn!(certificado.numero = fila.numero, dias, "certificate ends soon");
                let (certificado_id, titular) = (fila.id, fila.titular.clone());
                let evento = CertificadoPorVencer { certificado_id, titular, dias };
                tx.emit(&s.cx, &evento).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_warning_is_the_one_given() {
        let ahora = Instante::from_millis(0);
        let fila = |dias: i64| CertificadoFila {
            id: uuid::Uuid::nil(),
            numero: String::new(),
            titular: String::new(),
            desde: ahora,
            hasta: Instante::from_millis(dias * DIA_MS),
            prueba: true,
        };
        let casos = [
            (61, None),
            (60, Some(60)),
            (31, Some(60)),
            (30, Some(30)),
            (15, Some(15)),
            (5, Some(5)),
            (-1, Some(5)),
        ];
        for (dias, esperado) in casos {
            assert_eq!(due(&fila(dias), ahora), esperado, "{dias}");
        }
    }
}
