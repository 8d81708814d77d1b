//! Whom a change of the catalogue's price touches: counted over the contracted services, for the
//! check page of the catalogue. It changes no price.

use async_trait::async_trait;
use ramal_catalogo::{Afectados, AfectadosPort, ProductoId, ZonaId};
use ramal_db::{Consulta, Db, DbError, params};

/// Counts in this database.
pub struct EnContratos(pub Db);

const DE_PRODUCTO: &str = "SELECT COUNT(*) FROM servicios \
    WHERE producto_id = $1 AND estado IN ('activo', 'suspendido')";
const DE_ZONA: &str = "SELECT COUNT(*) FROM servicios s \
    JOIN contratos c ON c.id = s.contrato_id JOIN domicilios d ON d.id = c.domicilio_id \
    WHERE s.producto_id = $1 AND d.zona_id = $2 AND s.estado IN ('activo', 'suspendido')";

#[async_trait]
impl AfectadosPort for EnContratos {
    /// A contracted service keeps the price that it has: nobody changes.
    async fn afectados(
        &self,
        producto: ProductoId,
        zona: Option<ZonaId>,
    ) -> Result<Afectados, DbError> {
        let n: Option<i64> = match zona {
            None => self.0.scalar(DE_PRODUCTO, params![producto]).await?,
            Some(zona) => self.0.scalar(DE_ZONA, params![producto, zona]).await?,
        };
        Ok(Afectados { cambian: 0, conservan: n.unwrap_or(0) })
    }
}
