//! What stops a cut: a proof that nobody looked at, a bank whose statements are old. It decides no
//! cut.

use ramal_base::Instante;
use ramal_db::{Consulta, DbError, params};
use uuid::Uuid;

/// Whether a customer sent a proof that nobody has looked at.
pub async fn comprobantes_sin_revisar(c: &impl Consulta, cliente: Uuid) -> Result<bool, DbError> {
    const SQL: &str = "SELECT id FROM comprobantes_pago \
        WHERE cliente_id = $1 AND estado = 'por_revisar' LIMIT 1";
    Ok(c.scalar::<Uuid>(SQL, params![cliente]).await?.is_some())
}

/// Instant up to which the bank is known: the oldest, among the active bank accounts, of the last
/// reading that reached at least as far as the one before.
///
/// An account that was never read counts from when it was made; none without active bank accounts.
pub async fn banco_al_dia(c: &impl Consulta) -> Result<Option<Instante>, DbError> {
    const SQL: &str = "SELECT COALESCE(al_dia, creado) FROM cuentas_bancarias \
        WHERE activa = TRUE AND clase = 'banco' ORDER BY COALESCE(al_dia, creado) LIMIT 1";
    c.scalar(SQL, params![]).await
}
