//! Ramal's own emulated gateway, for demos and practice: the same kind of wire as a real one. It
//! skips no step of a real adapter.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::{Instante, Moneda};
use reqwest::Client;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::aviso::{AvisoCrudo, AvisoVerificado, RechazoAviso};
use crate::cobro::{
    CobroCreado, DevolucionRemota, EstadoCobro, EstadoDevolucion, EstadoRemoto, Instruccion,
    PedidoCobro, PedidoDevolucion,
};
use crate::comun::{check_pedido, idempotency_text, parse_escrita, parse_leida};
use crate::emulada_aviso as aviso;
use crate::falla::{CODIGO_NO_EXISTE, FallaPasarela};
use crate::importe::parse as parse_importe;
use crate::mercadopago_aviso::is_limpio;
use crate::pasarela::Pasarela;
use crate::red::{Clase, Cruda, Linea, Red};
use crate::secreto::{Secreto, Secretos};

/// How to enter.
#[derive(Clone, Debug)]
pub struct ConfigEmulada {
    /// `http://127.0.0.1:8093/emulada`.
    pub base: String,
    /// Bearer key.
    pub clave: Secreto,
    /// Account that collects.
    pub cuenta: String,
    /// Secrets `whsec_…` of the notices.
    pub firmas: Secretos,
}

/// The gateway.
pub struct Emulada {
    linea: Linea,
    config: ConfigEmulada,
}

#[derive(Serialize)]
struct NuevoCobro<'a> {
    externa: &'a str,
    importe: String,
    moneda: &'a str,
    concepto: &'a str,
    medio: &'a str,
    pagador: NuevoPagador<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vence: Option<Instante>,
    retorno: &'a str,
    aviso: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

#[derive(Serialize)]
struct NuevoPagador<'a> {
    nombre: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    correo: Option<&'a str>,
}

#[derive(Serialize)]
struct NuevaDevolucion<'a> {
    importe: String,
    moneda: &'a str,
    clave: &'a str,
}

#[derive(Deserialize)]
struct Cobro {
    id: String,
    externa: String,
    estado: String,
    importe: String,
    moneda: Moneda,
    cuenta: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    instruccion: Option<InstruccionWire>,
    #[serde(default)]
    vence: Option<Instante>,
    #[serde(default)]
    pagos: Vec<Pago>,
}

#[derive(Deserialize)]
#[serde(tag = "tipo", rename_all = "snake_case")]
enum InstruccionWire {
    Clabe { clabe: String, banco: Option<String>, beneficiario: Option<String> },
    Referencia { referencia: String, codigo_barras: Option<String> },
    Cip { cip: String },
}

#[derive(Deserialize)]
struct Pago {
    id: String,
    externa: String,
    estado: String,
    importe: String,
    devuelto: String,
    moneda: Moneda,
    cuenta: String,
    #[serde(default)]
    comision: Option<String>,
    #[serde(default)]
    neto: Option<String>,
    #[serde(default)]
    acreditado: Option<Instante>,
    #[serde(default)]
    medio: Option<String>,
    #[serde(default)]
    detalle: Option<String>,
}

#[derive(Deserialize)]
struct Devolucion {
    id: String,
    pago: String,
    importe: String,
    moneda: Moneda,
    estado: String,
    #[serde(default)]
    clave: Option<String>,
}

#[derive(Deserialize)]
struct Contracargo {
    pago: String,
}

#[derive(Deserialize)]
struct Cuenta {
    cuenta: String,
}

#[derive(Deserialize)]
struct Lista<T> {
    datos: Vec<T>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorWire {
    codigo: String,
    mensaje: String,
}

impl Cobro {
    fn creado(self) -> CobroCreado {
        let ficha = self.url.clone();
        let instruccion = self.instruccion.map(|i| match i {
            InstruccionWire::Clabe { clabe, banco, beneficiario } => {
                Instruccion::Clabe { clabe, banco, beneficiario, referencia: None }
            }
            InstruccionWire::Referencia { referencia, codigo_barras } => {
                Instruccion::Referencia { referencia, codigo_barras, ficha }
            }
            InstruccionWire::Cip { cip } => Instruccion::Cip { cip, ficha },
        });
        CobroCreado { referencia: self.id, url: self.url, instruccion, vence: self.vence }
    }

    /// State of a page that nobody paid; `None` if its words are not ours.
    fn sin_pago(self) -> Option<EstadoRemoto> {
        Some(EstadoRemoto {
            referencia: self.id,
            externa: Some(self.externa),
            estado: EstadoCobro::parse(&self.estado)?,
            importe: parse_importe(&self.importe)?,
            devuelto: 0,
            moneda: self.moneda,
            comision: None,
            neto: None,
            acreditado: None,
            cuenta: Some(self.cuenta),
            medio: None,
            detalle: None,
        })
    }
}

impl Pago {
    fn estado(self) -> Option<EstadoRemoto> {
        let opcional = |t: Option<String>| match t {
            None => Some(None),
            Some(t) => parse_importe(&t).map(Some),
        };
        Some(EstadoRemoto {
            referencia: self.id,
            externa: Some(self.externa),
            estado: EstadoCobro::parse(&self.estado)?,
            importe: parse_importe(&self.importe)?,
            devuelto: parse_importe(&self.devuelto)?,
            moneda: self.moneda,
            comision: opcional(self.comision)?,
            neto: opcional(self.neto)?,
            acreditado: self.acreditado,
            cuenta: Some(self.cuenta),
            medio: self.medio,
            detalle: self.detalle,
        })
    }
}

impl Devolucion {
    fn remota(self) -> Option<DevolucionRemota> {
        let estado = match self.estado.as_str() {
            "hecha" => EstadoDevolucion::Hecha,
            "fallida" => EstadoDevolucion::Fallida,
            _ => EstadoDevolucion::EnProceso,
        };
        Some(DevolucionRemota {
            id: self.id,
            referencia: self.pago,
            importe: parse_importe(&self.importe)?,
            moneda: Some(self.moneda),
            estado,
            clave: self.clave,
        })
    }
}

impl Emulada {
    /// Errors: `Configuracion` if the address, the key or the account cannot be.
    pub fn new(red: &Arc<Red>, config: ConfigEmulada) -> Result<Emulada, FallaPasarela> {
        if config.clave.is_vacio() || config.cuenta.is_empty() {
            let motivo = "la pasarela emulada necesita la clave y la cuenta".to_owned();
            return Err(FallaPasarela::Configuracion { motivo });
        }
        Ok(Emulada { linea: red.linea(&config.base)?, config })
    }

    async fn get<T: DeserializeOwned>(&self, ruta: &str) -> Result<T, FallaPasarela> {
        let clave = self.config.clave.expose();
        let build = |http: &Client, url: String| http.get(url).bearer_auth(clave);
        let cruda = self.linea.call(Clase::Lectura, ruta, build).await?;
        parse_leida(accepted(cruda)?)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        ruta: &str,
        clave: &str,
        cuerpo: &(impl Serialize + Sync),
    ) -> Result<T, FallaPasarela> {
        let bearer = self.config.clave.expose();
        let clave = idempotency_text(clave);
        let build = |http: &Client, url: String| {
            http.post(url).bearer_auth(bearer).header("Idempotency-Key", &clave).json(cuerpo)
        };
        let cruda = self.linea.call(Clase::Escritura, ruta, build).await?;
        parse_escrita(accepted(cruda)?)
    }

    async fn cobros_of(&self, externa: &str) -> Result<Vec<Cobro>, FallaPasarela> {
        let lista: Lista<Cobro> = self.get(&format!("/v1/cobros?externa={externa}")).await?;
        Ok(lista.datos.into_iter().filter(|c| c.externa == externa).collect())
    }

    async fn pago(&self, id: &str) -> Result<EstadoRemoto, FallaPasarela> {
        let pago: Pago = self.get(&format!("/v1/pagos/{id}")).await?;
        pago.estado().ok_or_else(unreadable)
    }
}

#[async_trait]
impl Pasarela for Emulada {
    fn codigo(&self) -> &'static str {
        "emulada"
    }

    fn cuenta(&self) -> &str {
        &self.config.cuenta
    }

    async fn create_cobro(&self, p: &PedidoCobro) -> Result<CobroCreado, FallaPasarela> {
        check_pedido(p)?;
        let cuerpo = NuevoCobro {
            externa: &p.externa,
            importe: ramal_base::dinero::format_centavos(p.importe),
            moneda: p.moneda.codigo(),
            concepto: &p.concepto,
            medio: p.medio.codigo(),
            pagador: NuevoPagador { nombre: &p.pagador.nombre, correo: p.pagador.email.as_deref() },
            vence: p.vence,
            retorno: &p.retorno,
            aviso: &p.aviso,
            token: p.token.as_ref().map(|t| t.expose()),
        };
        let cobro: Cobro = self.post("/v1/cobros", &p.clave, &cuerpo).await?;
        Ok(cobro.creado())
    }

    async fn resolve(&self, p: &PedidoCobro) -> Result<Option<CobroCreado>, FallaPasarela> {
        check_pedido(p)?;
        let hallados = self.cobros_of(&p.externa).await?;
        Ok(hallados.into_iter().next().map(Cobro::creado))
    }

    async fn consult(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela> {
        if !is_limpio(referencia) {
            return Err(no_existe());
        }
        if referencia.starts_with("con_") {
            let c: Contracargo = self.get(&format!("/v1/contracargos/{referencia}")).await?;
            return self.pago(&c.pago).await;
        }
        if !referencia.starts_with("cob_") {
            return self.pago(referencia).await;
        }
        let mut cobro: Cobro = self.get(&format!("/v1/cobros/{referencia}")).await?;
        // The gateway lists the decisive payment first.
        let pago = (!cobro.pagos.is_empty()).then(|| cobro.pagos.remove(0));
        let estado = match pago {
            Some(pago) => pago.estado(),
            None => cobro.sin_pago(),
        };
        estado.ok_or_else(unreadable)
    }

    async fn search(&self, externa: &str) -> Result<Vec<EstadoRemoto>, FallaPasarela> {
        if !is_limpio(externa) {
            return Ok(Vec::new());
        }
        let lista: Lista<Pago> = self.get(&format!("/v1/pagos?externa={externa}")).await?;
        let suyos = lista.datos.into_iter().filter(|p| p.externa == externa);
        suyos.map(|p| p.estado().ok_or_else(unreadable)).collect()
    }

    async fn refund(&self, p: &PedidoDevolucion) -> Result<DevolucionRemota, FallaPasarela> {
        if !is_limpio(&p.referencia) {
            return Err(no_existe());
        }
        let cuerpo = NuevaDevolucion {
            importe: ramal_base::dinero::format_centavos(p.importe),
            moneda: p.moneda.codigo(),
            clave: &p.clave,
        };
        let ruta = format!("/v1/pagos/{}/devoluciones", p.referencia);
        let hecha: Devolucion = self.post(&ruta, &p.clave, &cuerpo).await?;
        hecha.remota().ok_or_else(|| FallaPasarela::Incierta {
            motivo: "la respuesta de la pasarela no se entiende".to_owned(),
        })
    }

    async fn refunds_of(&self, referencia: &str) -> Result<Vec<DevolucionRemota>, FallaPasarela> {
        if !is_limpio(referencia) {
            return Err(no_existe());
        }
        let ruta = format!("/v1/pagos/{referencia}/devoluciones");
        let lista: Lista<Devolucion> = self.get(&ruta).await?;
        lista.datos.into_iter().map(|d| d.remota().ok_or_else(unreadable)).collect()
    }

    async fn cancel(&self, referencia: &str) -> Result<EstadoRemoto, FallaPasarela> {
        if !is_limpio(referencia) {
            return Err(no_existe());
        }
        let ruta = format!("/v1/cobros/{referencia}/cancelacion");
        let clave = format!("cancelar:{referencia}");
        let cobro: Cobro = self.post(&ruta, &clave, &serde_json::json!({})).await?;
        cobro.sin_pago().ok_or_else(unreadable)
    }

    async fn check(&self) -> Result<String, FallaPasarela> {
        let cuenta: Cuenta = self.get("/v1/cuenta").await?;
        Ok(cuenta.cuenta)
    }

    fn verify(&self, crudo: &AvisoCrudo) -> Result<AvisoVerificado, RechazoAviso> {
        aviso::verify(&self.config.firmas, crudo)
    }
}

fn no_existe() -> FallaPasarela {
    FallaPasarela::rechazada(CODIGO_NO_EXISTE, "la pasarela no conoce la referencia")
}

fn unreadable() -> FallaPasarela {
    FallaPasarela::Reintentable {
        motivo: "la respuesta de la pasarela no se entiende".to_owned(),
        espera_ms: None,
    }
}

/// A 4xx in types; 2xx passes.
fn accepted(cruda: Cruda) -> Result<Cruda, FallaPasarela> {
    if cruda.is_ok() {
        return Ok(cruda);
    }
    let error: ErrorWire = serde_json::from_slice(&cruda.cuerpo).unwrap_or_default();
    let codigo = match cruda.http {
        404 => CODIGO_NO_EXISTE.to_owned(),
        http if error.codigo.is_empty() => http.to_string(),
        _ => error.codigo,
    };
    Err(FallaPasarela::Rechazada { codigo, mensaje: error.mensaje })
}
