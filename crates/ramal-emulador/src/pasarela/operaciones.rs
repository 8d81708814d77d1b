//! What can be done with pages and payments, whatever the wire: every rule of the emulated gateway
//! is here. Each change writes the object and puts its notices under one lock.

use std::collections::BTreeMap;
use std::sync::MutexGuard;

use ramal_base::Instante;

use super::avisos::Suceso;
use super::estado::{
    Cliente, Contracargo, Datos, Devolucion, Hilo, Metodo, Pagina, Pago, Resultado, Retornos,
    Situacion,
};
use super::registro::Registro;
use super::{Emulador, importes};
use crate::Error;

/// Shortest and longest life of a reference, ms.
const VIDA_REFERENCIA_MS: i64 = 3 * 86_400_000;

/// Why something was not done; each wire says it its way.
#[derive(Debug)]
pub enum Negativa {
    /// There is no such object, or it belongs to another account.
    NoExiste,
    /// A value is wrong.
    Invalido(&'static str, String),
    /// The state does not allow it.
    Conflicto(&'static str, String),
    /// The journal could not be written.
    Disco(Error),
}

impl From<Error> for Negativa {
    fn from(error: Error) -> Negativa {
        Negativa::Disco(error)
    }
}

/// Outcome that a person or a test card chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desenlace {
    /// Paid at once.
    Aprueba,
    /// Refused for lack of funds.
    Rechaza,
    /// Held for review.
    Revisa,
    /// A reference was given: to be paid outside.
    Espera,
}

impl Emulador {
    /// The state, after closing what ended by time.
    pub fn state(&self) -> MutexGuard<'_, Registro> {
        let mut registro = self.lock();
        let ahora = self.now();
        for id in registro.vencidos(ahora) {
            if let Err(Negativa::Disco(error)) = self.expire(&mut registro, &id, ahora) {
                tracing::error!(%error, "la pasarela emulada no pudo anotar un vencimiento");
            }
        }
        registro
    }

    fn expire(&self, r: &mut Registro, id: &str, ahora: Instante) -> Result<(), Negativa> {
        let paso = |vence: Option<Instante>| vence.is_some_and(|v| v <= ahora);
        if let Some(pagina) = r.pagina(id).filter(|p| paso(p.datos.vence)).cloned() {
            let vive = |p: &Pago| p.situacion.is_abierta() || p.situacion == Situacion::Acreditado;
            let tiene_pago = pagina.pagos.iter().filter_map(|id| r.pago(id)).any(vive);
            let vencida = Pagina { vencida: true, ..pagina };
            r.put_pagina(vencida.clone())?;
            if !tiene_pago {
                self.tell_pagina(r, &vencida, Suceso::Vencido)?;
            }
        }
        let pendiente = |p: &&Pago| p.situacion == Situacion::Pendiente && paso(p.datos.vence);
        if let Some(pago) = r.pago(id).filter(pendiente).cloned() {
            let detalle = "expired".to_owned();
            self.change(
                r,
                Pago { situacion: Situacion::Vencido, detalle, ..pago },
                Suceso::Vencido,
            )?;
        }
        Ok(())
    }

    /// Writes a payment and puts its notices.
    fn change(&self, r: &mut Registro, pago: Pago, suceso: Suceso) -> Result<Pago, Negativa> {
        r.put_pago(pago.clone())?;
        self.tell_pago(r, &pago, suceso)?;
        Ok(pago)
    }

    /// Makes a hosted page.
    pub fn new_pagina(&self, r: &mut Registro, nueva: NuevaPagina) -> Result<Pagina, Negativa> {
        self.check(&nueva.datos)?;
        if let Some(metodo) = nueva.metodo {
            check_metodo(metodo, &nueva.datos)?;
        }
        let (_, azar) = r.next()?;
        let id = match nueva.datos.hilo {
            Hilo::Emulada => format!("cob_{azar}"),
            Hilo::Mercadopago => format!("{}-{}", nueva.datos.cuenta, uuid_of(&azar)),
            Hilo::Stripe => format!("cs_test_{azar}"),
        };
        let pagina = Pagina {
            id,
            datos: nueva.datos,
            metodo: nueva.metodo,
            retornos: nueva.retornos,
            creada: self.now(),
            cancelada: false,
            vencida: false,
            pagos: Vec::new(),
            metadatos_pago: nueva.metadatos_pago,
            servidor: nueva.servidor,
        };
        r.put_pagina(pagina.clone())?;
        Ok(pagina)
    }

    /// Makes a payment that is of no page.
    pub fn new_pago(&self, r: &mut Registro, nuevo: NuevoPago) -> Result<Pago, Negativa> {
        self.check(&nuevo.datos)?;
        if let Some(metodo) = nuevo.metodo {
            check_metodo(metodo, &nuevo.datos)?;
        }
        let pago = self.blank(r, nuevo)?;
        self.change(r, pago, Suceso::Creado)
    }

    fn check(&self, datos: &Datos) -> Result<(), Negativa> {
        if datos.importe <= 0 || datos.importe > importes::MAXIMO {
            return Err(Negativa::Invalido("importe", "amount out of range".into()));
        }
        let comercio = self.account(datos.hilo, &datos.cuenta).ok_or(Negativa::NoExiste)?;
        if !comercio.monedas.contains(&datos.moneda) {
            return Err(Negativa::Invalido("moneda", "the account does not collect in it".into()));
        }
        if datos.vence.is_some_and(|v| v <= self.now()) {
            return Err(Negativa::Invalido("vence", "it is in the past".into()));
        }
        if datos.concepto.trim().is_empty() {
            return Err(Negativa::Invalido("concepto", "it is empty".into()));
        }
        Ok(())
    }

    fn blank(&self, r: &mut Registro, nuevo: NuevoPago) -> Result<Pago, Negativa> {
        let (numero, azar) = r.next()?;
        let id = match nuevo.datos.hilo {
            Hilo::Emulada => format!("pag_{azar}"),
            Hilo::Mercadopago => (1_300_000_000 + numero).to_string(),
            Hilo::Stripe => format!("pi_{azar}"),
        };
        let ahora = self.now();
        let mut datos = nuevo.datos;
        let con_referencia = nuevo.metodo.filter(|m| m.is_con_referencia());
        if con_referencia.is_some() && nuevo.metodo != Some(Metodo::Spei) {
            datos.vence = datos.vence.or(Some(ahora.plus_millis(VIDA_REFERENCIA_MS)));
        }
        let referencia = con_referencia.map(|m| {
            nuevo.clabe.filter(|_| m == Metodo::Spei).unwrap_or_else(|| reference(m, numero))
        });
        Ok(Pago {
            id,
            recibido: datos.importe,
            datos,
            pagina: nuevo.pagina,
            metodo: nuevo.metodo,
            situacion: Situacion::Pendiente,
            detalle: "pending".into(),
            comision: 0,
            creado: ahora,
            acreditado: None,
            referencia,
            devoluciones: Vec::new(),
            contracargo: None,
            cliente: nuevo.cliente,
            servidor: nuevo.servidor,
        })
    }

    /// A person tries to pay a page.
    pub fn attempt(
        &self,
        r: &mut Registro,
        pagina: &str,
        metodo: Metodo,
        desenlace: Desenlace,
    ) -> Result<Pago, Negativa> {
        let p = r.pagina(pagina).cloned().ok_or(Negativa::NoExiste)?;
        if p.cancelada || p.vencida {
            return Err(Negativa::Conflicto("cerrado", "the page is closed".into()));
        }
        let tomado = |p: &Pago| matches!(p.situacion, Situacion::Acreditado | Situacion::EnProceso);
        if p.pagos.iter().filter_map(|id| r.pago(id)).any(tomado) {
            return Err(Negativa::Conflicto("ya_pagado", "the page has a payment".into()));
        }
        if p.metodo.is_some_and(|m| m != metodo) {
            return Err(Negativa::Invalido("metodo", "the page does not take it".into()));
        }
        check_metodo(metodo, &p.datos)?;
        let pago = match self.reusable(r, &p) {
            Some(pago) => self.again(r, pago, metodo)?,
            None => self.blank(r, NuevoPago::of_pagina(&p, metodo))?,
        };
        if !p.pagos.contains(&pago.id) {
            let mut con = p;
            con.pagos.push(pago.id.clone());
            r.put_pagina(con)?;
        }
        let pago = self.change(r, pago, Suceso::Creado)?;
        self.settle(r, &pago.id, desenlace)
    }

    /// Stripe keeps one payment per session and tries again on it.
    fn reusable(&self, r: &Registro, pagina: &Pagina) -> Option<Pago> {
        let ultimo = r.pago(pagina.pagos.last()?)?;
        let de_nuevo = matches!(ultimo.situacion, Situacion::Rechazado | Situacion::Vencido);
        (ultimo.datos.hilo == Hilo::Stripe && de_nuevo).then(|| ultimo.clone())
    }

    fn again(&self, r: &mut Registro, pago: Pago, metodo: Metodo) -> Result<Pago, Negativa> {
        let (numero, _) = r.next()?;
        let referencia = metodo.is_con_referencia().then(|| reference(metodo, numero));
        Ok(Pago {
            metodo: Some(metodo),
            situacion: Situacion::Pendiente,
            detalle: "pending".into(),
            referencia,
            ..pago
        })
    }

    /// Ends, or holds, a payment that can still be paid.
    pub fn settle(
        &self,
        r: &mut Registro,
        id: &str,
        desenlace: Desenlace,
    ) -> Result<Pago, Negativa> {
        let pago = r.pago(id).cloned().ok_or(Negativa::NoExiste)?;
        if !pago.situacion.is_abierta() {
            return Err(Negativa::Conflicto("terminado", "the payment is not open".into()));
        }
        let con =
            |situacion, detalle: &str| Pago { situacion, detalle: detalle.into(), ..pago.clone() };
        let (nuevo, suceso) = match desenlace {
            Desenlace::Espera => return Ok(pago),
            Desenlace::Aprueba => return self.credit(r, pago),
            Desenlace::Rechaza => {
                (con(Situacion::Rechazado, "insufficient_funds"), Suceso::Rechazado)
            }
            Desenlace::Revisa => (con(Situacion::EnProceso, "in_review"), Suceso::EnProceso),
        };
        self.change(r, nuevo, suceso)
    }

    fn credit(&self, r: &mut Registro, pago: Pago) -> Result<Pago, Negativa> {
        let de_mas = self.conmutadores.fires(|f| &mut f.importe_equivocado);
        let recibido = pago.datos.importe + if de_mas { 100 } else { 0 };
        let pagado = Pago {
            situacion: Situacion::Acreditado,
            detalle: "accredited".into(),
            comision: importes::part(recibido, self.opciones.comision_por_diez_mil),
            acreditado: Some(self.now()),
            recibido,
            ..pago
        };
        self.change(r, pagado, Suceso::Acreditado)
    }

    /// The seller closes a payment that nobody paid.
    pub fn cancel_pago(&self, r: &mut Registro, id: &str) -> Result<Pago, Negativa> {
        let pago = r.pago(id).cloned().ok_or(Negativa::NoExiste)?;
        if !matches!(pago.situacion, Situacion::Pendiente | Situacion::Rechazado) {
            return Err(Negativa::Conflicto("terminado", "the payment cannot be cancelled".into()));
        }
        let detalle = "by_collector".to_owned();
        self.change(r, Pago { situacion: Situacion::Cancelado, detalle, ..pago }, Suceso::Cancelado)
    }

    /// The seller closes a page, and the references that it gave.
    pub fn cancel_pagina(&self, r: &mut Registro, id: &str) -> Result<Pagina, Negativa> {
        let pagina = r.pagina(id).cloned().ok_or(Negativa::NoExiste)?;
        let suyos: Vec<Pago> = pagina.pagos.iter().filter_map(|p| r.pago(p).cloned()).collect();
        let tarde = |p: &Pago| matches!(p.situacion, Situacion::Acreditado | Situacion::EnProceso);
        if suyos.iter().any(tarde) {
            return Err(Negativa::Conflicto("ya_pagado", "the page has a payment".into()));
        }
        for pago in suyos.iter().filter(|p| p.situacion == Situacion::Pendiente) {
            self.cancel_pago(r, &pago.id)?;
        }
        let cerrada = Pagina { cancelada: true, ..pagina };
        r.put_pagina(cerrada.clone())?;
        self.tell_pagina(r, &cerrada, Suceso::Cancelado)?;
        Ok(cerrada)
    }

    /// Gives money back.
    pub fn refund(
        &self,
        r: &mut Registro,
        id: &str,
        importe: i64,
        metadatos: BTreeMap<String, String>,
    ) -> Result<(Pago, Devolucion), Negativa> {
        let mut pago = r.pago(id).cloned().ok_or(Negativa::NoExiste)?;
        if pago.situacion != Situacion::Acreditado || pago.is_contracargado() {
            return Err(Negativa::Conflicto("sin_dinero", "the payment holds no money".into()));
        }
        let queda = pago.recibido - pago.devuelto();
        if importe <= 0 || importe > queda {
            return Err(Negativa::Invalido("importe", "more than what is left".into()));
        }
        let (numero, azar) = r.next()?;
        let id = match pago.datos.hilo {
            Hilo::Emulada => format!("dev_{azar}"),
            Hilo::Mercadopago => (1_500_000_000 + numero).to_string(),
            Hilo::Stripe => format!("re_{azar}"),
        };
        let devolucion = Devolucion { id, importe, creada: self.now(), metadatos };
        pago.devoluciones.push(devolucion.clone());
        let pago = self.change(r, pago, Suceso::Devuelto)?;
        Ok((pago, devolucion))
    }

    /// The bank of who paid takes the money back.
    pub fn dispute(&self, r: &mut Registro, id: &str) -> Result<Pago, Negativa> {
        let pago = r.pago(id).cloned().ok_or(Negativa::NoExiste)?;
        let libre = pago.situacion == Situacion::Acreditado && pago.contracargo.is_none();
        if !libre || pago.devuelto() >= pago.recibido {
            return Err(Negativa::Conflicto("sin_dinero", "it cannot be disputed".into()));
        }
        let (numero, azar) = r.next()?;
        let id = match pago.datos.hilo {
            Hilo::Emulada => format!("con_{azar}"),
            Hilo::Mercadopago => format!("{}", 217_000_000 + numero),
            Hilo::Stripe => format!("dp_{azar}"),
        };
        let abierto = Contracargo { id, creado: self.now(), resultado: Resultado::Abierto };
        let disputado = Pago { contracargo: Some(abierto), ..pago };
        self.change(r, disputado, Suceso::ContracargoAbierto)
    }

    /// The dispute ends.
    pub fn close_dispute(
        &self,
        r: &mut Registro,
        id: &str,
        resultado: Resultado,
    ) -> Result<Pago, Negativa> {
        let pago = r.pago(id).cloned().ok_or(Negativa::NoExiste)?;
        let abierto = pago.contracargo.clone().filter(|c| c.resultado == Resultado::Abierto);
        let Some(abierto) = abierto else {
            return Err(Negativa::Conflicto("sin_disputa", "there is no open dispute".into()));
        };
        let cerrado = Contracargo { resultado, ..abierto };
        let pago = Pago { contracargo: Some(cerrado), ..pago };
        self.change(r, pago, Suceso::ContracargoCerrado)
    }

    /// Makes a customer with a CLABE of its own.
    pub fn new_cliente(
        &self,
        r: &mut Registro,
        cuenta: &str,
        nombre: &str,
        correo: Option<String>,
    ) -> Result<Cliente, Negativa> {
        let (numero, azar) = r.next()?;
        let cliente = Cliente {
            id: format!("cus_{azar}"),
            cuenta: cuenta.to_owned(),
            nombre: nombre.to_owned(),
            correo,
            clabe: reference(Metodo::Spei, numero),
            creado: self.now(),
        };
        r.put_cliente(cliente.clone())?;
        Ok(cliente)
    }
}

/// A page to make.
pub struct NuevaPagina {
    /// What it asks for.
    pub datos: Datos,
    /// The only means it takes.
    pub metodo: Option<Metodo>,
    /// Where the person goes after it.
    pub retornos: Retornos,
    /// Free data for its payments.
    pub metadatos_pago: BTreeMap<String, String>,
    /// Server that it is made through.
    pub servidor: String,
}

/// A payment to make.
pub struct NuevoPago {
    /// What it pays.
    pub datos: Datos,
    /// Page that it is tried on.
    pub pagina: Option<String>,
    /// Means.
    pub metodo: Option<Metodo>,
    /// Customer, and its CLABE.
    pub cliente: Option<String>,
    /// CLABE of the customer.
    pub clabe: Option<String>,
    /// Server that it is made through.
    pub servidor: String,
}

impl NuevoPago {
    fn of_pagina(p: &Pagina, metodo: Metodo) -> NuevoPago {
        let metadatos = match p.datos.hilo {
            Hilo::Stripe => p.metadatos_pago.clone(),
            _ => p.datos.metadatos.clone(),
        };
        NuevoPago {
            datos: Datos { metadatos, ..p.datos.clone() },
            pagina: Some(p.id.clone()),
            metodo: Some(metodo),
            cliente: None,
            clabe: None,
            servidor: p.servidor.clone(),
        }
    }
}

fn check_metodo(metodo: Metodo, datos: &Datos) -> Result<(), Negativa> {
    let de_stripe = !matches!(metodo, Metodo::Pagoefectivo | Metodo::Yape);
    if metodo.takes(datos.moneda) && (datos.hilo != Hilo::Stripe || de_stripe) {
        return Ok(());
    }
    Err(Negativa::Invalido("metodo", "not offered in this currency".into()))
}

/// Reference of a means, never the same twice.
fn reference(metodo: Metodo, numero: u64) -> String {
    match metodo {
        Metodo::Spei => {
            let sin = format!("646180{numero:011}");
            format!("{sin}{}", check_digit(&sin))
        }
        Metodo::Oxxo => format!("9300{numero:010}"),
        _ => format!("{}", 20_000_000 + numero % 80_000_000),
    }
}

/// Last digit of a CLABE: weights 3, 7, 1.
fn check_digit(sin: &str) -> u32 {
    let pesos = [3, 7, 1].into_iter().cycle();
    let suma: u32 =
        sin.bytes().zip(pesos).map(|(b, peso)| u32::from(b.wrapping_sub(b'0')) * peso % 10).sum();
    (10 - suma % 10) % 10
}

/// 24 hexadecimal digits as a UUID v4.
fn uuid_of(azar: &str) -> String {
    let parte = |desde: usize, hasta: usize| azar.get(desde..hasta).unwrap_or("0").to_owned();
    let (a, b, c, d) = (parte(0, 8), parte(8, 12), parte(12, 15), parte(15, 18));
    format!("{a}-{b}-4{c}-8{d}-{}", parte(12, 24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clabe_carries_its_check_digit() {
        assert_eq!(check_digit("00218003224094867"), 2);
        assert_eq!(check_digit("64618011100000001"), 1);
        let clabe = reference(Metodo::Spei, 7);
        assert_eq!((clabe.len(), &clabe[..6]), (18, "646180"));
        assert_ne!(reference(Metodo::Oxxo, 7), reference(Metodo::Oxxo, 8));
        assert_eq!(uuid_of("0123456789abcdef01234567").len(), 36);
    }
}
