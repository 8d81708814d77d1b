//! The port: what Ramal asks of any gateway. It says nothing of wires; each adapter is a file of
//! its own.

use async_trait::async_trait;

use crate::aviso::{AvisoCrudo, AvisoVerificado, RechazoAviso};
use crate::cobro::{CobroCreado, DevolucionRemota, EstadoRemoto, PedidoCobro, PedidoDevolucion};
use crate::falla::FallaPasarela;

/// A payment gateway.
///
/// Every write carries a key that the caller stored before the call. A write that fails as
/// [`FallaPasarela::Incierta`] may have happened: ask [`Pasarela::resolve`] or
/// [`Pasarela::refunds_of`] first; repeat with the *same* key only if they know nothing.
#[async_trait]
pub trait Pasarela: Send + Sync {
    /// Stable code of the gateway: `emulada`, `mercadopago`, `stripe`.
    fn codigo(&self) -> &'static str;

    /// Account that must collect, as [`EstadoRemoto::cuenta`] tells it; for [`crate::judge`].
    fn cuenta(&self) -> &str;

    /// Creates a request for money: a hosted page, a CLABE, a reference at a shop.
    async fn create_cobro(&self, pedido: &PedidoCobro) -> Result<CobroCreado, FallaPasarela>;

    /// What an uncertain [`Pasarela::create_cobro`] left at the gateway; `None` if nothing is known
    /// there of its external reference.
    async fn resolve(&self, pedido: &PedidoCobro) -> Result<Option<CobroCreado>, FallaPasarela>;

    /// State of whatever a reference names: a payment, the page that waits for one, a dispute.
    ///
    /// The state's own `referencia` is that of the payment as soon as there is one, so it is the
    /// key against double posting. Errors: `Rechazada` with [`crate::CODIGO_NO_EXISTE`].
    async fn consult(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela>;

    /// Every payment that carries our external reference, newest first; a page that nobody paid is
    /// not one. Two paid ones mean that the person paid twice.
    async fn search(&self, externa: &str) -> Result<Vec<EstadoRemoto>, FallaPasarela>;

    /// Gives back a part or the whole of a payment.
    async fn refund(&self, pedido: &PedidoDevolucion) -> Result<DevolucionRemota, FallaPasarela>;

    /// Refunds of a payment, to resolve an uncertain one.
    async fn refunds_of(&self, referencia: &str) -> Result<Vec<DevolucionRemota>, FallaPasarela>;

    /// Closes what is not paid yet. Errors: `Rechazada` if it was paid meanwhile.
    async fn cancel(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela>;

    /// Account that the credentials belong to: proves that they work.
    async fn check(&self) -> Result<String, FallaPasarela>;

    /// Judges the signature of a notice on its raw bytes. What it says is only a hint: money is
    /// believed after [`Pasarela::consult`] of its `recurso`.
    fn verify(&self, aviso: &AvisoCrudo) -> Result<AvisoVerificado, RechazoAviso>;
}
