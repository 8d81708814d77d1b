//! A gateway in memory that obeys the port: what it knows is set by the test, what it fails at is
//! asked for by the test. It speaks to no network and asserts nothing.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws_lc_rs::hmac;
use ramal_base::{Instante, Moneda};
use ramal_cobros::Pasarelas;
use ramal_pasarelas::{
    AvisoCrudo, AvisoVerificado, CODIGO_NO_EXISTE, ClaseAviso, CobroCreado, DevolucionRemota,
    EstadoCobro, EstadoDevolucion, EstadoRemoto, FallaPasarela, Instruccion, MedioRemoto, Pasarela,
    PedidoCobro, PedidoDevolucion, RechazoAviso,
};
use serde_json::{Value, json};

/// Account that collects.
pub const CUENTA: &str = "comercio-1";
const SECRETO: &[u8] = b"secreto-de-la-pasarela-falsa";
const VENTANA_MS: i64 = 300_000;

/// What a call does instead of its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tropiezo {
    /// Nothing happens there and it says so.
    NoAtiende,
    /// It happens there and no answer comes.
    SinRespuesta,
    /// Nothing happens there and no answer comes.
    SePierde,
    /// It says no.
    Rechaza,
}

#[derive(Default)]
struct Adentro {
    paginas: HashMap<String, CobroCreado>,
    claves: HashMap<String, String>,
    externas: HashMap<String, String>,
    pagos: HashMap<String, EstadoRemoto>,
    devoluciones: Vec<DevolucionRemota>,
    tropiezos: VecDeque<Tropiezo>,
    muda: bool,
}

/// The gateway.
#[derive(Default)]
pub struct Falsa {
    adentro: Mutex<Adentro>,
    creados: AtomicU64,
    consultas: AtomicU64,
}

impl Falsa {
    pub fn new() -> Arc<Falsa> {
        Arc::new(Falsa::default())
    }

    fn adentro(&self) -> std::sync::MutexGuard<'_, Adentro> {
        self.adentro.lock().unwrap()
    }

    /// The next calls stumble so.
    pub fn stumble(&self, tropiezos: &[Tropiezo]) {
        self.adentro().tropiezos.extend(tropiezos);
    }

    /// Answers nothing at all until told otherwise.
    pub fn silence(&self, muda: bool) {
        self.adentro().muda = muda;
    }

    /// A payment as the gateway knows it from now on.
    pub fn set(&self, pago: EstadoRemoto) {
        self.adentro().pagos.insert(pago.referencia.clone(), pago);
    }

    /// Calls that created something there.
    pub fn created(&self) -> u64 {
        self.creados.load(Ordering::SeqCst)
    }

    /// Questions that were asked.
    pub fn asked(&self) -> u64 {
        self.consultas.load(Ordering::SeqCst)
    }

    fn asks(&self) -> Result<(), FallaPasarela> {
        self.consultas.fetch_add(1, Ordering::SeqCst);
        match self.adentro().muda {
            true => Err(away()),
            false => Ok(()),
        }
    }

    fn make(&self, pedido: &PedidoCobro) -> CobroCreado {
        let mut adentro = self.adentro();
        if let Some(referencia) = adentro.claves.get(&pedido.clave) {
            return adentro.paginas[referencia].clone();
        }
        let n = self.creados.fetch_add(1, Ordering::SeqCst) + 1;
        let referencia = format!("pag_{n}");
        let instruccion = match pedido.medio {
            MedioRemoto::Spei => Some(Instruccion::Clabe {
                clabe: "646180111000000011".into(),
                banco: Some("STP".into()),
                beneficiario: Some("Ramal".into()),
                referencia: None,
            }),
            MedioRemoto::PagoEfectivo => {
                Some(Instruccion::Cip { cip: format!("7{n:08}"), ficha: None })
            }
            MedioRemoto::Oxxo => Some(Instruccion::Referencia {
                referencia: format!("9300026250{n:010}"),
                codigo_barras: None,
                ficha: None,
            }),
            _ => None,
        };
        let url = instruccion.is_none().then(|| format!("https://pagos.ejemplo/{referencia}"));
        let creado =
            CobroCreado { referencia: referencia.clone(), url, instruccion, vence: pedido.vence };
        adentro.claves.insert(pedido.clave.clone(), referencia.clone());
        adentro.externas.insert(pedido.externa.clone(), referencia.clone());
        adentro.paginas.insert(referencia, creado.clone());
        creado
    }
}

fn away() -> FallaPasarela {
    FallaPasarela::Reintentable { motivo: "503".into(), espera_ms: None }
}

fn unsure() -> FallaPasarela {
    FallaPasarela::Incierta { motivo: "tiempo agotado".into() }
}

/// A payment with everything as a cobro asked for.
pub fn pago(referencia: &str, externa: &str, importe: i64, estado: EstadoCobro) -> EstadoRemoto {
    EstadoRemoto {
        referencia: referencia.into(),
        externa: Some(externa.into()),
        estado,
        importe,
        devuelto: 0,
        moneda: Moneda::Pen,
        comision: Some(importe / 30),
        neto: None,
        acreditado: None,
        cuenta: Some(CUENTA.into()),
        medio: Some("visa".into()),
        detalle: None,
    }
}

#[async_trait]
impl Pasarela for Falsa {
    fn codigo(&self) -> &'static str {
        "emulada"
    }

    fn cuenta(&self) -> &str {
        CUENTA
    }

    async fn create_cobro(&self, pedido: &PedidoCobro) -> Result<CobroCreado, FallaPasarela> {
        let tropiezo = self.adentro().tropiezos.pop_front();
        match tropiezo {
            None => Ok(self.make(pedido)),
            Some(Tropiezo::NoAtiende) => Err(away()),
            Some(Tropiezo::SePierde) => Err(unsure()),
            Some(Tropiezo::Rechaza) => Err(FallaPasarela::rechazada("monto", "fuera de límite")),
            Some(Tropiezo::SinRespuesta) => {
                self.make(pedido);
                Err(unsure())
            }
        }
    }

    async fn resolve(&self, pedido: &PedidoCobro) -> Result<Option<CobroCreado>, FallaPasarela> {
        self.asks()?;
        let adentro = self.adentro();
        let referencia = adentro.externas.get(&pedido.externa);
        Ok(referencia.and_then(|r| adentro.paginas.get(r)).cloned())
    }

    async fn consult(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela> {
        self.asks()?;
        // Lets the other tasks in between, as a network would.
        tokio::task::yield_now().await;
        let pago = self.adentro().pagos.get(referencia).cloned();
        pago.ok_or_else(|| FallaPasarela::rechazada(CODIGO_NO_EXISTE, "not found"))
    }

    async fn search(&self, externa: &str) -> Result<Vec<EstadoRemoto>, FallaPasarela> {
        self.asks()?;
        let adentro = self.adentro();
        let suyos = adentro.pagos.values().filter(|p| p.externa.as_deref() == Some(externa));
        Ok(suyos.cloned().collect())
    }

    async fn refund(&self, pedido: &PedidoDevolucion) -> Result<DevolucionRemota, FallaPasarela> {
        let tropiezo = self.adentro().tropiezos.pop_front();
        if tropiezo == Some(Tropiezo::NoAtiende) {
            return Err(away());
        }
        let mut adentro = self.adentro();
        let conocida =
            adentro.devoluciones.iter().find(|d| d.clave.as_deref() == Some(&pedido.clave));
        let devolucion = match conocida {
            Some(conocida) => conocida.clone(),
            None => {
                let nueva = DevolucionRemota {
                    id: format!("dev_{}", adentro.devoluciones.len() + 1),
                    referencia: pedido.referencia.clone(),
                    importe: pedido.importe,
                    moneda: Some(pedido.moneda),
                    estado: EstadoDevolucion::Hecha,
                    clave: Some(pedido.clave.clone()),
                };
                adentro.devoluciones.push(nueva.clone());
                let pago = adentro.pagos.get_mut(&pedido.referencia).unwrap();
                pago.devuelto += pedido.importe;
                if pago.devuelto == pago.importe {
                    pago.estado = EstadoCobro::Devuelto;
                }
                nueva
            }
        };
        match tropiezo {
            Some(Tropiezo::SinRespuesta) => Err(unsure()),
            _ => Ok(devolucion),
        }
    }

    async fn refunds_of(&self, referencia: &str) -> Result<Vec<DevolucionRemota>, FallaPasarela> {
        self.asks()?;
        let adentro = self.adentro();
        let suyas = adentro.devoluciones.iter().filter(|d| d.referencia == referencia);
        Ok(suyas.cloned().collect())
    }

    async fn cancel(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela> {
        let adentro = self.adentro();
        let externa = adentro.externas.iter().find(|(_, r)| *r == referencia);
        let externa = externa.map(|(e, _)| e.clone()).unwrap();
        if adentro.pagos.values().any(|p| p.externa.as_ref() == Some(&externa)) {
            return Err(FallaPasarela::rechazada("pagado", "already paid"));
        }
        Ok(pago(referencia, &externa, 1, EstadoCobro::Cancelado))
    }

    async fn check(&self) -> Result<String, FallaPasarela> {
        self.asks()?;
        Ok(CUENTA.to_owned())
    }

    fn verify(&self, aviso: &AvisoCrudo) -> Result<AvisoVerificado, RechazoAviso> {
        let firma = aviso.cabecera("x-firma").ok_or(RechazoAviso::SinFirma)?;
        let ts = aviso.cabecera("x-ts").and_then(|t| t.parse::<i64>().ok());
        let ts = ts.ok_or(RechazoAviso::Malformado)?;
        if sign(ts, &aviso.cuerpo) != firma {
            return Err(RechazoAviso::FirmaInvalida);
        }
        let desfase = aviso.recibido.millis() - ts;
        if desfase.abs() > VENTANA_MS {
            return Err(RechazoAviso::FueraDeVentana { desfase_s: desfase / 1000 });
        }
        let cuerpo: Value =
            serde_json::from_slice(&aviso.cuerpo).map_err(|_| RechazoAviso::Malformado)?;
        let texto = |campo: &str| cuerpo[campo].as_str().unwrap_or("").to_owned();
        Ok(AvisoVerificado {
            evento_id: texto("id"),
            clase: if texto("clase") == "otro" { ClaseAviso::Otro } else { ClaseAviso::Cobro },
            recurso: texto("recurso"),
            momento: Instante::from_millis(ts),
            fuera_de_ventana: false,
        })
    }
}

/// Signature of a notice at a moment.
pub fn sign(ts: i64, cuerpo: &[u8]) -> String {
    let clave = hmac::Key::new(hmac::HMAC_SHA256, SECRETO);
    let mut texto = ts.to_string().into_bytes();
    texto.push(b'.');
    texto.extend_from_slice(cuerpo);
    base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        hmac::sign(&clave, &texto).as_ref(),
    )
}

/// A notice on the wire.
#[derive(Clone, Debug)]
pub struct Aviso {
    pub cuerpo: Vec<u8>,
    pub ts: i64,
    pub firma: String,
}

impl Aviso {
    /// Well signed at a moment.
    pub fn new(id: &str, recurso: &str, ts: i64) -> Aviso {
        let cuerpo = json!({ "id": id, "recurso": recurso, "clase": "pago" });
        Aviso::signed(cuerpo.to_string().into_bytes(), ts)
    }

    pub fn signed(cuerpo: Vec<u8>, ts: i64) -> Aviso {
        let firma = sign(ts, &cuerpo);
        Aviso { cuerpo, ts, firma }
    }

    /// The same with a signature of somebody else.
    pub fn forged(self) -> Aviso {
        Aviso { firma: self.firma.chars().rev().collect(), ..self }
    }
}

/// The port of the slice over one gateway, or over any other.
pub struct Puertas(pub Arc<dyn Pasarela>);

#[async_trait]
impl Pasarelas for Puertas {
    fn get(&self, codigo: &str) -> Option<Arc<dyn Pasarela>> {
        (codigo == self.0.codigo()).then(|| self.0.clone())
    }

    fn predeterminada(&self) -> Option<Arc<dyn Pasarela>> {
        Some(self.0.clone())
    }

    fn codigos(&self) -> Vec<&'static str> {
        vec![self.0.codigo()]
    }
}
