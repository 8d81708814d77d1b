//! Change of a service: its own data at once, its commercial terms as facts. It quotes nothing:
//! billing does.

use ramal_base::{CampoInvalido, Cx, Dinero};
use ramal_catalogo::oferta::{Oferta, oferta};
use ramal_db::Tx;

use super::contratar::{check_periodo, check_vendible, meses_de_lista};
use super::partes;
use super::record::{Asiento, Bloqueado, lock, record};
pub use crate::cambio::BajaInmediata;
use crate::cambio::{Pedido, Plazo, hechos_de_cambio};
use crate::comandos::CambioServicio;
use crate::reglas::{self, escalar};
use crate::{Error, Servicio, ServicioId, referencia};

/// Changes what the command names; `version` refuses a change made on an old reading.
///
/// A change that changes nothing keeps the version and emits nothing.
/// Errors: `NotFound`, `Desactualizado`, `Datos`, `Estado`, `BajaInmediata`, `Catalogo`,
/// `ProductoInactivo`, `ZonaCerrada`, `Storage`. Emits `ContratoModificado`.
pub async fn update_servicio(
    tx: &Tx,
    cx: &Cx,
    (id, version): (ServicioId, Option<i64>),
    cambio: CambioServicio,
    baja: BajaInmediata,
) -> Result<Servicio, Error> {
    let bloqueado = lock(tx, cx, id).await?;
    let actual = &bloqueado.servicio;
    if version.is_some_and(|v| v != actual.version) {
        return Err(Error::Desactualizado);
    }
    let oferta = offered(tx, &bloqueado, cambio.producto_id.as_deref()).await?;
    let mut errores = Vec::new();
    let motivo = reglas::check_texto(cambio.motivo.as_deref(), "motivo", 300, &mut errores);
    let pedido = asked(actual, &cambio, oferta.as_ref(), baja, &mut errores);
    let mut propuesto = changed(actual, &cambio, &mut errores);
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    let hechos = hechos_de_cambio(actual, &bloqueado.eventos, &pedido, bloqueado.hoy)?;
    match pedido.plazo {
        Some(Plazo::SeRenueva) => propuesto.auto_renovacion = true,
        Some(Plazo::Termina(_)) => propuesto.auto_renovacion = false,
        None => {}
    }
    if hechos.is_empty() && propuesto == *actual {
        return Ok(propuesto);
    }
    let campos = changed_fields(actual, &propuesto);
    let asiento = Asiento { accion: "servicio.actualizar", hechos, campos, motivo };
    record(tx, cx, bloqueado, propuesto, asiento).await
}

/// The product asked for, as it is sold today where the service is given.
async fn offered(tx: &Tx, b: &Bloqueado, texto: Option<&str>) -> Result<Option<Oferta>, Error> {
    let Some(texto) = texto else { return Ok(None) };
    let producto = referencia::producto(tx, texto).await?;
    if producto.id == b.servicio.producto_id {
        return Ok(None);
    }
    let zona = partes::zona_de_servicio(tx, &b.servicio).await?;
    let oferta = oferta(tx, producto, zona.as_ref(), b.hoy).await?;
    check_vendible(&oferta, zona.as_ref())?;
    Ok(Some(oferta))
}

fn asked(
    s: &Servicio,
    cambio: &CambioServicio,
    oferta: Option<&Oferta>,
    baja: BajaInmediata,
    errores: &mut Vec<CampoInvalido>,
) -> Pedido {
    let moneda = s.precio.moneda;
    let propio = cambio.precio.as_deref();
    let propio = propio.and_then(|texto| reglas::check_precio(texto, moneda, errores));
    let meses = match (cambio.periodo_facturacion, oferta) {
        (periodo, Some(oferta)) => {
            let periodo = periodo.or(s.periodicidad());
            check_product(s, oferta, propio, errores);
            check_periodo(periodo, &oferta.producto, errores).meses()
        }
        (Some(periodo), None) => periodo.meses(),
        (None, None) => s.ancla.meses(),
    };
    if cambio.dia_facturacion.is_some_and(|dia| !(1..=31).contains(&dia)) {
        let motivo = "El día de facturación va de 1 a 31.";
        errores.push(CampoInvalido::new("dia_facturacion", "fuera_de_rango", motivo));
    }
    if let Some(desde) = cambio.desde {
        reglas::check_fecha(desde, "desde", Some(s.inicio), errores);
    }
    let lista = oferta.map(|o| escalar(o.lista, meses_de_lista(&o.producto), meses));
    let proporcion =
        || (meses != s.ancla.meses()).then(|| escalar(s.precio, s.ancla.meses(), meses));
    Pedido {
        producto: oferta.map(|o| o.producto.id.uuid()),
        precio: propio.or(lista).or_else(proporcion),
        meses,
        dia: cambio.dia_facturacion,
        momento: cambio.momento,
        desde: cambio.desde,
        baja,
        plazo: term(s, cambio, errores),
    }
}

/// Refuses a product that cannot continue the service: another currency, or prices that count
/// taxes another way.
fn check_product(
    s: &Servicio,
    oferta: &Oferta,
    propio: Option<Dinero>,
    errores: &mut Vec<CampoInvalido>,
) {
    let producto = &oferta.producto;
    let mut refuse = |codigo: &str, motivo: &str| {
        errores.push(CampoInvalido::new("producto_id", codigo, motivo));
    };
    if producto.precio.moneda != s.precio.moneda {
        refuse(
            "moneda_distinta",
            "El plan se vende en otra moneda. Contrátelo como otro servicio.",
        );
    } else if producto.impuesto_incluido != s.impuesto_incluido && propio.is_none() {
        let motivo = "El precio del plan y el del servicio no tratan igual el impuesto. Indique \
            el precio como lo lleva el servicio.";
        refuse("impuesto_distinto", motivo);
    }
}

fn term(s: &Servicio, cambio: &CambioServicio, errores: &mut Vec<CampoInvalido>) -> Option<Plazo> {
    reglas::check_fin(cambio.fecha_fin, s.inicio, errores);
    match (cambio.auto_renovacion, cambio.fecha_fin) {
        (Some(true), Some(_)) => {
            let motivo = "Un servicio que se renueva solo no tiene fecha de fin.";
            errores.push(CampoInvalido::new("fecha_fin", "sobra", motivo));
            None
        }
        (Some(true), None) => (!s.auto_renovacion || s.fin.is_some()).then_some(Plazo::SeRenueva),
        (Some(false), None) => s.auto_renovacion.then_some(Plazo::Termina(None)),
        (_, Some(fin)) => (s.fin != Some(fin)).then_some(Plazo::Termina(Some(fin))),
        (None, None) => None,
    }
}

/// The service with the fields that are no facts.
fn changed(s: &Servicio, cambio: &CambioServicio, errores: &mut Vec<CampoInvalido>) -> Servicio {
    let mut s = s.clone();
    let descripcion = cambio.descripcion.as_deref();
    if let Some(texto) = reglas::check_texto(descripcion, "descripcion", 300, errores) {
        s.descripcion = texto.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    if let Some(grupo) = &cambio.grupo {
        s.grupo = reglas::check_texto(grupo.as_deref(), "grupo", 60, errores);
    }
    if let Some(notas) = &cambio.notas {
        s.notas = reglas::check_texto(notas.as_deref(), "notas", 2000, errores);
    }
    reglas::check_configuracion(cambio.configuracion.as_ref(), errores);
    if let Some(configuracion) = &cambio.configuracion {
        s.configuracion = configuracion.clone();
    }
    s.requiere_factura = cambio.requiere_factura.unwrap_or(s.requiere_factura);
    s
}

fn changed_fields(antes: &Servicio, despues: &Servicio) -> Vec<String> {
    let campos = [
        ("descripcion", antes.descripcion != despues.descripcion),
        ("grupo", antes.grupo != despues.grupo),
        ("notas", antes.notas != despues.notas),
        ("configuracion", antes.configuracion != despues.configuracion),
        ("requiere_factura", antes.requiere_factura != despues.requiere_factura),
    ];
    campos.into_iter().filter(|(_, cambio)| *cambio).map(|(c, _)| c.to_owned()).collect()
}
