//! A proof comes in: its bytes kept as they came, its facts as they were typed. It decides nothing
//! of its truth.

use ramal_base::{Cx, Fecha, Moneda};
use ramal_clientes::ClienteId;
use ramal_db::{Consulta, Objetos, Tx};
use ramal_pagos::Medio;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::archivo::{MAX_COMPROBANTE, Tipo};
use crate::events::ComprobanteRecibido;
use crate::storage::comprobantes;
use crate::{ComprobantePago, Error, EstadoComprobante};

/// What is typed beside a proof.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct DatosComprobante {
    /// Medio: transferencia, yape, plin, deposito, spei, oxxo…
    pub medio: String,
    /// Número de operación o clave de rastreo
    pub operacion: String,
    /// Importe, decimal
    pub importe: String,
    /// Día del pago, AAAA-MM-DD
    pub fecha: String,
    /// Lo que quiera agregar quien lo envía
    pub notas: String,
}

/// The facts of a proof, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hechos {
    pub(super) medio: Medio,
    pub(super) operacion: Option<String>,
    pub(super) importe: Option<i64>,
    pub(super) fecha: Option<Fecha>,
    pub(super) notas: Option<String>,
}

impl DatosComprobante {
    /// Reads what was typed; what was left empty is not known. Errors: 422 with the bad field.
    pub(super) fn read(&self, hoy: Fecha) -> Result<Hechos, Error> {
        let medio = match self.medio.trim() {
            "" => Medio::Transferencia,
            texto => Medio::parse(texto).ok_or_else(|| {
                Error::campo("medio", "medio_desconocido", "Elegir un medio de la lista.")
            })?,
        };
        Ok(Hechos {
            medio,
            operacion: short("operacion", &self.operacion, 60)?,
            importe: amount(&self.importe)?,
            fecha: day(&self.fecha, hoy)?,
            notas: short("notas", &self.notas, 300)?,
        })
    }
}

fn amount(texto: &str) -> Result<Option<i64>, Error> {
    let texto = texto.trim();
    if texto.is_empty() {
        return Ok(None);
    }
    match ramal_base::dinero::parse_centavos(texto) {
        Ok(n) if (1..=1_000_000_000_000).contains(&n) => Ok(Some(n)),
        _ => {
            let motivo = "Escribir el importe con hasta dos decimales: 499.00.";
            Err(Error::campo("importe", "importe_invalido", motivo))
        }
    }
}

fn day(texto: &str, hoy: Fecha) -> Result<Option<Fecha>, Error> {
    let texto = texto.trim();
    if texto.is_empty() {
        return Ok(None);
    }
    match Fecha::parse(texto) {
        Ok(dia) if dia <= hoy && dia >= hoy.plus_meses(-12) => Ok(Some(dia)),
        Ok(_) => {
            let motivo = "El día del pago no puede ser futuro ni de hace más de un año.";
            Err(Error::campo("fecha", "fecha_invalida", motivo))
        }
        Err(_) => Err(Error::campo("fecha", "fecha_invalida", "Escribir el día del pago.")),
    }
}

fn short(campo: &str, texto: &str, largo: usize) -> Result<Option<String>, Error> {
    let limpio = texto.trim();
    let control = |c: char| c.is_control() && c != '\n' && c != '\r' || c == '|';
    if limpio.chars().count() > largo || limpio.chars().any(control) {
        let motivo = format!("Hasta {largo} caracteres, sin la barra |.");
        return Err(Error::campo(campo, "texto_largo", motivo));
    }
    let una_linea = limpio.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok((!una_linea.is_empty()).then_some(una_linea))
}

/// A proof whose bytes are in the store.
#[derive(Clone, Debug)]
pub struct NuevoComprobante {
    cliente_id: Uuid,
    archivo: String,
    tipo: Tipo,
    bytes: i64,
    sha256: String,
    objeto: String,
    /// Invoice whose link was used.
    pub factura_id: Option<Uuid>,
    /// `cliente` or `personal`.
    pub origen: &'static str,
    /// Currency of what is paid.
    pub moneda: Moneda,
    /// What was typed.
    pub datos: DatosComprobante,
}

impl NuevoComprobante {
    /// Keeps the bytes in the store, before any transaction.
    ///
    /// Errors: 422 on `archivo` if there is none, it is larger than 10 MB or its bytes are not of a
    /// photo or a PDF; `Storage`.
    pub async fn keep(
        objetos: &Objetos,
        cliente_id: Uuid,
        (archivo, bytes): (&str, Vec<u8>),
        datos: DatosComprobante,
    ) -> Result<NuevoComprobante, Error> {
        let falla = |codigo: &str, motivo: &str| Err(Error::campo("archivo", codigo, motivo));
        if bytes.is_empty() {
            return falla("archivo_vacio", "Falta elegir la foto o el PDF del comprobante.");
        }
        if bytes.len() > MAX_COMPROBANTE {
            return falla(
                "archivo_grande",
                "El archivo pasa de 10 MB. Sacar otra foto o recortarla.",
            );
        }
        let Some(tipo) = Tipo::of(&bytes) else {
            return falla("archivo_tipo", "Enviar una foto (JPG, PNG, WebP, HEIC) o un PDF.");
        };
        let largo = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let sha256 = hex::encode(Sha256::digest(&bytes));
        let objeto = format!("comprobantes_pago/{cliente_id}/{sha256}");
        objetos.put(&objeto, bytes).await?;
        let archivo = archivo.chars().filter(|c| !c.is_control()).take(120).collect();
        Ok(NuevoComprobante {
            cliente_id,
            archivo,
            tipo,
            bytes: largo,
            sha256,
            objeto,
            factura_id: None,
            origen: "personal",
            moneda: Moneda::Mxn,
            datos,
        })
    }
}

/// Registers a proof that waits for a person. The same file of the same customer is the same proof,
/// whatever became of it.
///
/// Errors: `NotFound`, 422 with the bad field, 429 `demasiados_comprobantes`, `Storage`. Emits
/// `comprobante_pago.recibido`.
pub async fn receive_comprobante(
    tx: &Tx,
    cx: &Cx,
    nuevo: NuevoComprobante,
) -> Result<ComprobantePago, Error> {
    let cliente = ClienteId::from_uuid(nuevo.cliente_id);
    let cliente = ramal_clientes::storage::lock(tx, cliente).await?;
    cliente.ok_or(Error::NotFound("cliente"))?;
    if let Some(igual) = comprobantes::by_file(tx, nuevo.cliente_id, &nuevo.sha256).await? {
        return Ok(igual);
    }
    check_waiting(tx, nuevo.cliente_id).await?;
    let hoy = ramal_plataforma::empresa(tx).await?.zona().fecha(cx.now());
    let hechos = nuevo.datos.read(hoy)?;
    let comprobante = ComprobantePago {
        id: cx.new_id(),
        numero: tx.take_numbers("comprobantes_pago", 1).await?,
        cliente_id: nuevo.cliente_id,
        factura_id: nuevo.factura_id,
        origen: nuevo.origen.to_owned(),
        archivo: nuevo.archivo,
        tipo: nuevo.tipo.mime().to_owned(),
        bytes: nuevo.bytes,
        sha256: nuevo.sha256,
        objeto: nuevo.objeto,
        medio: hechos.medio,
        operacion: hechos.operacion,
        importe: hechos.importe,
        moneda: nuevo.moneda,
        fecha: hechos.fecha,
        notas: hechos.notas,
        estado: EstadoComprobante::PorRevisar,
        motivo: None,
        pago_id: None,
        actor: cx.actor().to_owned(),
        creado: cx.now(),
        revisado: None,
        revisado_por: None,
        version: 1,
    };
    if !comprobantes::insert(tx, &comprobante).await? {
        return Err(Error::Storage(ramal_db::DbError::Busy));
    }
    let registro = Registro::new("comprobante_pago.recibir", "comprobante_pago", comprobante.id);
    let despues = json!({"numero": comprobante.codigo(), "origen": comprobante.origen});
    audit(tx, cx, registro.despues(despues)).await?;
    tx.emit(cx, &ComprobanteRecibido::of(&comprobante)).await?;
    Ok(comprobante)
}

/// Proofs of one customer that may wait at once: the door is public.
const EN_ESPERA: i64 = 10;

/// Whether a customer may send another proof. Errors: 429 `demasiados_comprobantes`.
pub async fn check_waiting(c: &impl Consulta, cliente: Uuid) -> Result<(), Error> {
    let filtro = comprobantes::FiltroComprobantes {
        estado: Some(EstadoComprobante::PorRevisar),
        cliente: Some(cliente),
    };
    if comprobantes::count(c, &filtro).await? < EN_ESPERA {
        return Ok(());
    }
    Err(Error::Refused(ramal_base::Problema::new(
        429,
        "demasiados_comprobantes",
        "Ya hay comprobantes por revisar",
        "Hay varios comprobantes por revisar. Esperar la respuesta antes de enviar otro.",
    )))
}
