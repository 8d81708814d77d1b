//! When each gateway was last heard, by its notices and by its answers. A cut waits while they are
//! silent.

use ramal_base::Instante;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};

/// When a gateway was last heard.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Senal {
    /// Code of the gateway.
    pub pasarela: String,
    /// Last notice with a good signature.
    pub aviso: Option<Instante>,
    /// Last answer to a question of ours.
    pub consulta: Option<Instante>,
    /// Last question without an answer.
    pub falla: Option<Instante>,
    /// Why it had none.
    pub motivo: Option<String>,
}

/// Signals of every gateway.
pub async fn all(c: &impl Consulta) -> Result<Vec<Senal>, DbError> {
    const SQL: &str = "SELECT pasarela, aviso, consulta, falla, motivo FROM pasarela_senales \
        ORDER BY pasarela";
    c.all(SQL, params![]).await
}

/// Notes a notice.
pub async fn note_aviso(tx: &Tx, pasarela: &str, cuando: Instante) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO pasarela_senales (pasarela, aviso) VALUES ($1, $2) \
        ON CONFLICT (pasarela) DO UPDATE SET aviso = excluded.aviso";
    tx.exec(SQL, params![pasarela, cuando]).await.map(|_| ())
}

/// Notes an answer.
pub async fn note_consulta(tx: &Tx, pasarela: &str, cuando: Instante) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO pasarela_senales (pasarela, consulta) VALUES ($1, $2) \
        ON CONFLICT (pasarela) DO UPDATE SET consulta = excluded.consulta";
    tx.exec(SQL, params![pasarela, cuando]).await.map(|_| ())
}

/// Notes a question without an answer.
pub async fn note_falla(
    tx: &Tx,
    pasarela: &str,
    (cuando, motivo): (Instante, &str),
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO pasarela_senales (pasarela, falla, motivo) VALUES ($1, $2, $3) \
        ON CONFLICT (pasarela) DO UPDATE SET falla = excluded.falla, motivo = excluded.motivo";
    tx.exec(SQL, params![pasarela, cuando, motivo]).await.map(|_| ())
}
