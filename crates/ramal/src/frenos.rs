//! What stops a cut, asked of the slices that know: money on its way, proofs that nobody looked at,
//! sources of payments that went silent. It decides nothing.

use async_trait::async_trait;
use ramal_base::Instante;
use ramal_cobranza::nucleo::Freno;
use ramal_cobranza::puertos::{FallaPuerto, Frenos, Fuente};
use ramal_db::Db;
use uuid::Uuid;

/// The brakes of the program.
pub struct FrenosDeRamal {
    /// Database.
    pub db: Db,
}

#[async_trait]
impl Frenos for FrenosDeRamal {
    async fn frenos(&self, cliente: Uuid, ahora: Instante) -> Result<Vec<Freno>, FallaPuerto> {
        let mut frenos = Vec::new();
        if ramal_cobros::en_curso(&self.db, cliente, ahora).await? {
            frenos.push(Freno::PagoEnCurso);
        }
        if ramal_conciliacion::comprobantes_sin_revisar(&self.db, cliente).await? {
            frenos.push(Freno::ComprobanteSinRevisar);
        }
        Ok(frenos)
    }

    async fn banco(&self) -> Result<Vec<Fuente>, FallaPuerto> {
        let senales = ramal_cobros::senales(&self.db).await?;
        let pasarelas = senales
            .into_iter()
            .map(|s| Fuente { nombre: s.pasarela, al_dia: s.aviso.max(s.consulta) });
        let mut fuentes: Vec<Fuente> = pasarelas.collect();
        if let Some(al_dia) = ramal_conciliacion::banco_al_dia(&self.db).await? {
            fuentes.push(Fuente { nombre: "banco".to_owned(), al_dia: Some(al_dia) });
        }
        Ok(fuentes)
    }
}
