//! Ramal's own wire: JSON in Spanish, amounts as decimal text, Bearer and `Idempotency-Key`. It
//! holds no rule of money.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ramal_base::{Instante, Moneda};
use serde::Deserialize;
use serde_json::{Value, json};

use super::autenticar::{Escritura, Fallo, Pedido, Respuesta, is_direccion};
use super::estado::{Comercio, Datos, Devolucion, Hilo, Metodo, Pagina, Pago, Resultado, Retornos};
use super::operaciones::{Desenlace, Negativa, NuevaPagina};
use super::registro::Registro;
use super::{Emulador, importes, liquidacion};

type App = State<Arc<Emulador>>;

/// Routes of the wire.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/v1/cobros", post(create_cobro).get(list_cobros))
        .route("/v1/cobros/{id}", get(read_cobro))
        .route("/v1/cobros/{id}/cancelacion", post(cancel_cobro))
        .route("/v1/pagos", get(list_pagos))
        .route("/v1/pagos/{id}", get(read_pago))
        .route("/v1/pagos/{id}/devoluciones", post(refund).get(list_refunds))
        .route("/v1/contracargos/{id}", get(read_dispute))
        .route("/v1/liquidaciones", get(settlements))
        .route("/v1/liquidaciones.csv", get(settlements_csv))
        .route("/v1/cuenta", get(account))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NuevoCobro {
    externa: String,
    importe: String,
    moneda: Moneda,
    concepto: String,
    medio: String,
    pagador: NuevoPagador,
    #[serde(default)]
    vence: Option<Instante>,
    retorno: String,
    aviso: String,
    #[serde(default)]
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NuevoPagador {
    nombre: String,
    #[serde(default)]
    correo: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NuevaDevolucion {
    importe: String,
    moneda: Moneda,
    clave: String,
}

async fn create_cobro(State(em): App, pedido: Pedido) -> Response {
    answer(em.write_emulada(&pedido, |r, c| {
        let cuerpo: NuevoCobro = body(&pedido)?;
        em.make_cobro(r, c, cuerpo, em.servidor(&pedido))
    }))
}

async fn list_cobros(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_emulada(&pedido, |r, c| {
        let suyas = r.paginas_of(Hilo::Emulada, &c.cuenta, externa(&pedido)?);
        let datos: Vec<Value> = suyas.iter().map(|p| em.cobro_json(r, p)).collect();
        Ok(Respuesta::json(200, &json!({ "datos": datos })))
    }))
}

async fn read_cobro(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_emulada(&pedido, |r, c| {
        let pagina = page_of(r, c, &id)?;
        Ok(Respuesta::json(200, &em.cobro_json(r, &pagina)))
    }))
}

async fn cancel_cobro(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.write_emulada(&pedido, |r, c| {
        page_of(r, c, &id)?;
        let cerrada = em.cancel_pagina(r, &id)?;
        let mut json = em.cobro_json(r, &cerrada);
        json["pagos"] = json!([]);
        Ok(Respuesta::json(200, &json))
    }))
}

async fn list_pagos(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_emulada(&pedido, |r, c| {
        let suyos = r.pagos_of(Hilo::Emulada, &c.cuenta, externa(&pedido)?);
        let datos: Vec<Value> = suyos.into_iter().map(payment_json).collect();
        Ok(Respuesta::json(200, &json!({ "datos": datos })))
    }))
}

async fn read_pago(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_emulada(&pedido, |r, c| {
        Ok(Respuesta::json(200, &payment_json(&payment_of(r, c, &id)?)))
    }))
}

async fn refund(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.write_emulada(&pedido, |r, c| {
        let cuerpo: NuevaDevolucion = body(&pedido)?;
        let pago = payment_of(r, c, &id)?;
        if cuerpo.moneda != pago.datos.moneda {
            return Err(invalid("moneda", "no es la del pago"));
        }
        let importe = amount(&cuerpo.importe)?;
        let metadatos = BTreeMap::from([("clave".to_owned(), cuerpo.clave)]);
        let (pago, hecha) = em.refund(r, &id, importe, metadatos)?;
        Ok(Respuesta::json(201, &refund_json(&pago, &hecha)))
    }))
}

async fn list_refunds(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_emulada(&pedido, |r, c| {
        let pago = payment_of(r, c, &id)?;
        let datos: Vec<Value> = pago.devoluciones.iter().map(|d| refund_json(&pago, d)).collect();
        Ok(Respuesta::json(200, &json!({ "datos": datos })))
    }))
}

async fn read_dispute(State(em): App, Path(id): Path<String>, pedido: Pedido) -> Response {
    answer(em.read_emulada(&pedido, |r, c| {
        let suyo = |p: &&Pago| {
            p.datos.cuenta == c.cuenta && p.contracargo.as_ref().is_some_and(|k| k.id == id)
        };
        let pago = r.pagos().find(suyo).ok_or(Negativa::NoExiste)?;
        let abierto = pago.contracargo.as_ref().map(|k| k.resultado);
        let estado = match abierto {
            Some(Resultado::Ganado) => "ganado",
            Some(Resultado::Perdido) => "perdido",
            _ => "abierto",
        };
        let importe = importes::write(pago.recibido);
        let json = json!({ "id": id, "pago": pago.id, "importe": importe, "estado": estado });
        Ok(Respuesta::json(200, &json))
    }))
}

async fn settlements(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_emulada(&pedido, |r, c| {
        let filas = liquidacion::rows(r, c, liquidacion::Rango::read(&pedido)?);
        Ok(Respuesta::json(200, &json!({ "datos": filas })))
    }))
}

async fn settlements_csv(State(em): App, pedido: Pedido) -> Response {
    let leida = em.authenticate(Hilo::Emulada, &pedido).and_then(|c| {
        let r = em.state();
        Ok(liquidacion::csv(&liquidacion::rows(&r, &c, liquidacion::Rango::read(&pedido)?)))
    });
    match leida {
        Ok(texto) => liquidacion::csv_response(texto),
        Err(fallo) => refusal(fallo).into_response(),
    }
}

async fn account(State(em): App, pedido: Pedido) -> Response {
    answer(em.read_emulada(&pedido, |_, c| {
        Ok(Respuesta::json(200, &json!({ "cuenta": c.cuenta, "monedas": c.monedas })))
    }))
}

impl Emulador {
    fn read_emulada(
        &self,
        pedido: &Pedido,
        op: impl FnOnce(&Registro, &Comercio) -> Result<Respuesta, Fallo>,
    ) -> Result<Respuesta, Fallo> {
        let comercio = self.authenticate(Hilo::Emulada, pedido)?;
        op(&self.state(), &comercio)
    }

    fn write_emulada(
        &self,
        pedido: &Pedido,
        op: impl FnOnce(&mut Registro, &Comercio) -> Result<Respuesta, Fallo>,
    ) -> Result<Respuesta, Fallo> {
        let comercio = self.authenticate(Hilo::Emulada, pedido)?;
        let clave = pedido.cabecera("idempotency-key").filter(|c| c.len() <= 255);
        let clave = Some(clave.ok_or(Fallo::ClaveMala)?);
        self.once(&Escritura { pedido, comercio: &comercio, clave }, |r| op(r, &comercio))
    }

    fn make_cobro(
        &self,
        r: &mut Registro,
        comercio: &Comercio,
        cuerpo: NuevoCobro,
        servidor: String,
    ) -> Result<Respuesta, Fallo> {
        if cuerpo.externa.is_empty() || cuerpo.externa.len() > 64 {
            return Err(invalid("externa", "lleva de 1 a 64 caracteres"));
        }
        if !is_direccion(&cuerpo.retorno) || !is_direccion(&cuerpo.aviso) {
            return Err(invalid("retorno", "retorno y aviso son direcciones http"));
        }
        let metodo = match cuerpo.medio.as_str() {
            "enlace" => None,
            medio => Some(Metodo::parse(medio).ok_or_else(|| invalid("medio", "no existe"))?),
        };
        let importe = amount(&cuerpo.importe)?;
        let desenlace = immediate(metodo, cuerpo.token.as_deref())?;
        let retorno = cuerpo.retorno;
        let pagina = self.new_pagina(
            r,
            NuevaPagina {
                datos: Datos {
                    hilo: Hilo::Emulada,
                    cuenta: comercio.cuenta.clone(),
                    externa: cuerpo.externa,
                    importe,
                    moneda: cuerpo.moneda,
                    concepto: cuerpo.concepto,
                    pagador: (cuerpo.pagador.nombre, cuerpo.pagador.correo),
                    aviso: Some(cuerpo.aviso),
                    vence: cuerpo.vence,
                    metadatos: BTreeMap::new(),
                },
                metodo,
                retornos: Retornos {
                    exito: retorno.clone(),
                    pendiente: retorno.clone(),
                    fracaso: retorno,
                },
                metadatos_pago: BTreeMap::new(),
                servidor,
            },
        )?;
        if let (Some(metodo), Some(desenlace)) = (metodo, desenlace) {
            self.attempt(r, &pagina.id, metodo, desenlace)?;
        }
        let pagina = r.pagina(&pagina.id).cloned().unwrap_or(pagina);
        Ok(Respuesta::json(201, &self.cobro_json(r, &pagina)))
    }

    fn cobro_json(&self, r: &Registro, p: &Pagina) -> Value {
        let mut pagos: Vec<&Pago> = p.pagos.iter().filter_map(|id| r.pago(id)).collect();
        pagos.sort_by_key(|p| std::cmp::Reverse((p.avance(), p.id.clone())));
        let estado = match (p.cancelada, p.vencida, pagos.first()) {
            (_, _, Some(pago)) if pago.avance() > 0 => pago.estado(),
            (true, _, _) => "cancelado",
            (_, true, _) => "vencido",
            _ => "pendiente",
        };
        json!({
            "id": p.id,
            "externa": p.datos.externa,
            "estado": estado,
            "importe": importes::write(p.datos.importe),
            "moneda": p.datos.moneda,
            "cuenta": p.datos.cuenta,
            "url": format!("{}/pagar/{}", p.servidor, p.id),
            "instruccion": pagos.first().and_then(|p| instruction_json(p)),
            "vence": p.datos.vence,
            "pagos": pagos.iter().map(|p| payment_json(p)).collect::<Vec<_>>(),
        })
    }
}

/// What a direct means does at once; `None` is a page to be visited.
fn immediate(metodo: Option<Metodo>, token: Option<&str>) -> Result<Option<Desenlace>, Fallo> {
    let Some(metodo) = metodo else { return Ok(None) };
    if metodo.is_con_referencia() {
        return Ok(Some(Desenlace::Espera));
    }
    Ok(Some(match token {
        Some("tok_aprobada") => Desenlace::Aprueba,
        Some("tok_rechazada") => Desenlace::Rechaza,
        Some("tok_revision") => Desenlace::Revisa,
        _ => return Err(invalid("token", "no existe")),
    }))
}

fn instruction_json(p: &Pago) -> Option<Value> {
    let referencia = p.referencia.as_ref()?;
    Some(match p.metodo? {
        Metodo::Spei => json!({
            "tipo": "clabe", "clabe": referencia, "banco": "STP",
            "beneficiario": "Comercio de demostración",
        }),
        Metodo::Oxxo => json!({
            "tipo": "referencia", "referencia": referencia,
            "codigo_barras": format!("{referencia}{:08}", p.datos.importe),
        }),
        Metodo::Pagoefectivo => json!({ "tipo": "cip", "cip": referencia }),
        Metodo::Tarjeta | Metodo::Yape => return None,
    })
}

fn payment_json(p: &Pago) -> Value {
    let pagado = p.acreditado.is_some();
    let neto = p.recibido - p.comision;
    json!({
        "id": p.id,
        "cobro": p.pagina,
        "externa": p.datos.externa,
        "estado": p.estado(),
        "detalle": p.detalle,
        "importe": importes::write(p.recibido),
        "devuelto": importes::write(p.devuelto()),
        "moneda": p.datos.moneda,
        "cuenta": p.datos.cuenta,
        "comision": pagado.then(|| importes::write(p.comision)),
        "neto": pagado.then(|| importes::write(neto)),
        "acreditado": p.acreditado,
        "medio": p.metodo.map(Metodo::codigo),
        "contracargo": p.contracargo.as_ref().map(|c| &c.id),
    })
}

fn refund_json(p: &Pago, d: &Devolucion) -> Value {
    json!({
        "id": d.id,
        "pago": p.id,
        "importe": importes::write(d.importe),
        "moneda": p.datos.moneda,
        "estado": "hecha",
        "clave": d.metadatos.get("clave"),
    })
}

fn page_of(r: &Registro, c: &Comercio, id: &str) -> Result<Pagina, Fallo> {
    let suya = r.pagina(id).filter(|p| p.datos.hilo == c.hilo && p.datos.cuenta == c.cuenta);
    Ok(suya.cloned().ok_or(Negativa::NoExiste)?)
}

fn payment_of(r: &Registro, c: &Comercio, id: &str) -> Result<Pago, Fallo> {
    let suyo = r.pago(id).filter(|p| p.datos.hilo == c.hilo && p.datos.cuenta == c.cuenta);
    Ok(suyo.cloned().ok_or(Negativa::NoExiste)?)
}

fn externa(pedido: &Pedido) -> Result<&str, Fallo> {
    let externa = pedido.parametro("externa").filter(|e| !e.is_empty());
    externa.ok_or_else(|| invalid("externa", "falta"))
}

fn amount(texto: &str) -> Result<i64, Fallo> {
    importes::read(texto).ok_or_else(|| invalid("importe", "lleva hasta dos decimales, sin signo"))
}

fn body<'a, T: Deserialize<'a>>(pedido: &'a Pedido) -> Result<T, Fallo> {
    serde_json::from_slice(&pedido.cuerpo)
        .map_err(|e| Negativa::Invalido("cuerpo", e.to_string()).into())
}

fn invalid(campo: &'static str, mensaje: &str) -> Fallo {
    Negativa::Invalido(campo, mensaje.to_owned()).into()
}

fn answer(resultado: Result<Respuesta, Fallo>) -> Response {
    resultado.unwrap_or_else(refusal).into_response()
}

fn refusal(fallo: Fallo) -> Respuesta {
    let (estado, codigo, mensaje) = match fallo {
        Fallo::SinCredenciales => (401, "credenciales", "la clave no es válida".to_owned()),
        Fallo::ClaveMala => (400, "sin_clave", "falta Idempotency-Key".to_owned()),
        Fallo::ClaveUsada => {
            (409, "clave_en_conflicto", "la clave se usó con otro pedido".to_owned())
        }
        Fallo::Negativa(Negativa::NoExiste) => (404, "no_existe", "no existe".to_owned()),
        Fallo::Negativa(Negativa::Invalido(campo, m)) => (422, campo, m),
        Fallo::Negativa(Negativa::Conflicto(codigo, m)) => (409, codigo, m),
        Fallo::Negativa(Negativa::Disco(e)) => (500, "disco", e.to_string()),
    };
    Respuesta::json(estado, &json!({ "codigo": codigo, "mensaje": mensaje }))
}
