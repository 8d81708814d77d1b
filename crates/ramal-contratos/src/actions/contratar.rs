//! Contracting a service: what it costs, from when, on which anchor. It bills nothing: the run
//! finds the new service by its marks.

use ramal_base::{CampoInvalido, Cx, Dinero, Fecha};
use ramal_catalogo::oferta::{Oferta, oferta};
use ramal_catalogo::promocion::Descuento;
use ramal_catalogo::{Periodicidad, Producto, Zona};
use ramal_clientes::Cliente;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit, empresa};

use super::partes;
use super::record::{portrait, sequence};
use crate::comandos::DatosContratar;
use crate::contrato::Contrato;
use crate::events::{ServicioContratado, Sujeto};
use crate::reglas::{self, escalar, fin_de_periodos};
use crate::vigente::{proximo_cambio, refreshed};
use crate::{
    Ancla, Error, EstadoServicio, Hecho, PoliticaAncla, Servicio, ValorDescuento, referencia,
    storage,
};

/// Contracts a product for an active customer.
///
/// Without price it costs what the catalogue says on its first day in the zone of the address, in
/// proportion to the period; the best promotion is recorded as a discount.
/// Errors: `Datos`, `Cliente`, `ClienteInactivo`, `ProductoInactivo`, `ZonaCerrada`, `Catalogo`,
/// `ContratoNotFound`, `Plataforma`, `Storage`. Emits `ServicioContratado`.
pub async fn contratar(tx: &Tx, cx: &Cx, datos: DatosContratar) -> Result<Servicio, Error> {
    let empresa = empresa(tx).await?;
    let hoy = partes::hoy_de(&empresa, cx);
    let cliente = partes::lock_activo(tx, &datos.cliente_id).await?;
    let contrato = contract_of(tx, &cliente, datos.contrato_id.as_deref()).await?;
    let domicilio = datos.domicilio_id.or(contrato.as_ref().and_then(|c| c.domicilio_id));
    let zona = partes::zona_de(tx, cliente.id, domicilio).await?;
    let producto = referencia::producto(tx, &datos.producto_id).await?;
    let inicio = datos.fecha_inicio.unwrap_or(hoy);
    let mut errores = Vec::new();
    reglas::check_fecha(inicio, "fecha_inicio", None, &mut errores);
    // A day that no engine stores is refused with the other fields, so it must not be asked for.
    let dia = if errores.is_empty() { inicio } else { hoy };
    let oferta = oferta(tx, producto, zona.as_ref(), dia).await?;
    check_vendible(&oferta, zona.as_ref())?;
    let politica =
        reglas::politica_ancla(datos.politica_ancla, datos.dia_facturacion, &empresa, &mut errores);
    let venta = Venta::checked(&datos, &oferta, (inicio, politica), errores)?;
    let pedido = datos.emisor_id.or(contrato.as_ref().map(|c| c.emisor_id));
    let emisor_id = partes::emisor_de(tx, &cliente, pedido).await?;
    let numero = tx.take_numbers("servicios", 1).await?;
    let quien = (cliente.id, contrato.map(|c| c.id.uuid()), emisor_id);
    let servicio = venta.servicio(cx, numero, quien, oferta.producto);
    write(tx, cx, hoy, servicio, venta.hechos).await
}

async fn contract_of(
    tx: &Tx,
    cliente: &Cliente,
    texto: Option<&str>,
) -> Result<Option<Contrato>, Error> {
    let Some(texto) = texto else { return Ok(None) };
    let contrato = referencia::contrato(tx, texto, "contrato_id").await?;
    if contrato.cliente_id != cliente.id {
        let motivo = "Ese contrato es de otro cliente.";
        return Err(Error::campo("contrato_id", "contrato_ajeno", motivo));
    }
    Ok(Some(contrato))
}

/// Tells why an offer cannot be sold. Errors: `ProductoInactivo`, `ZonaCerrada`, `Catalogo`.
pub(super) fn check_vendible(oferta: &Oferta, zona: Option<&Zona>) -> Result<(), Error> {
    if oferta.vendible {
        return Ok(());
    }
    if !oferta.producto.activo {
        return Err(Error::ProductoInactivo);
    }
    match zona {
        Some(zona) if !zona.activa => Err(Error::ZonaCerrada),
        _ => Err(ramal_catalogo::Error::TecnologiaIncompatible.into()),
    }
}

/// Months of the period whose price the catalogue states.
pub(super) fn meses_de_lista(producto: &Producto) -> u16 {
    producto.periodos.first().map_or(1, |p| p.meses())
}

/// A checked sale: what is written of it, but for who buys.
struct Venta {
    inicio: Fecha,
    ancla: Ancla,
    precio: Dinero,
    auto_renovacion: bool,
    /// Facts after the start: discount, term.
    hechos: Vec<(Fecha, Hecho)>,
    descripcion: Option<String>,
    grupo: Option<String>,
    notas: Option<String>,
    configuracion: serde_json::Value,
    requiere_factura: bool,
}

impl Venta {
    fn checked(
        datos: &DatosContratar,
        oferta: &Oferta,
        (inicio, politica): (Fecha, PoliticaAncla),
        mut errores: Vec<CampoInvalido>,
    ) -> Result<Venta, Error> {
        let producto = &oferta.producto;
        let periodo = check_periodo(datos.periodo_facturacion, producto, &mut errores);
        let propio = own_price(datos, producto, &mut errores);
        reglas::check_fin(datos.fecha_fin, inicio, &mut errores);
        reglas::check_configuracion(datos.configuracion.as_ref(), &mut errores);
        let mut text = |campo: &str, valor: &Option<String>, maximo| {
            reglas::check_texto(valor.as_deref(), campo, maximo, &mut errores)
        };
        let descripcion = text("descripcion", &datos.descripcion, 300);
        let (grupo, notas) = (text("grupo", &datos.grupo, 60), text("notas", &datos.notas, 2000));
        check_renovacion(datos, &mut errores);
        let ancla = politica.ancla(inicio, periodo.meses()).ok().filter(|_| errores.is_empty());
        let Some(ancla) = ancla else { return Err(Error::Datos(errores)) };
        let meses = (meses_de_lista(producto), periodo.meses());
        let mut hechos = Vec::new();
        if propio.is_none() {
            hechos.extend(discount(oferta, meses, ancla, inicio));
        }
        let auto_renovacion = datos.auto_renovacion.unwrap_or(datos.fecha_fin.is_none());
        if !auto_renovacion {
            let fin = datos.fecha_fin.unwrap_or_else(|| fin_de_periodos(ancla, inicio, 1));
            hechos.push((inicio, Hecho::Vigencia { hasta: Some(fin) }));
        }
        Ok(Venta {
            inicio,
            ancla,
            precio: propio.unwrap_or_else(|| escalar(oferta.lista, meses.0, meses.1)),
            auto_renovacion,
            hechos,
            descripcion,
            grupo,
            notas,
            configuracion: reglas::configuracion(producto, datos.configuracion.clone()),
            requiere_factura: datos.requiere_factura.unwrap_or(producto.requiere_factura),
        })
    }

    fn servicio(
        &self,
        cx: &Cx,
        numero: i64,
        (cliente_id, contrato_id, emisor_id): (
            ramal_clientes::ClienteId,
            Option<uuid::Uuid>,
            uuid::Uuid,
        ),
        producto: Producto,
    ) -> Servicio {
        let ahora = cx.now();
        let descripcion = self.descripcion.clone();
        Servicio {
            id: cx.new_id(),
            numero,
            cliente_id,
            contrato_id,
            emisor_id,
            producto_id: producto.id,
            descripcion: descripcion
                .unwrap_or_else(|| reglas::descripcion(&producto, &self.configuracion)),
            precio: self.precio,
            impuesto_incluido: producto.impuesto_incluido,
            requiere_factura: self.requiere_factura,
            ancla: self.ancla,
            inicio: self.inicio,
            facturado_desde: self.inicio,
            fin: None,
            estado: EstadoServicio::Activo,
            auto_renovacion: self.auto_renovacion,
            grupo: self.grupo.clone(),
            hechos: 1 + i32::try_from(self.hechos.len()).unwrap_or(i32::MAX - 1),
            revisar_desde: self.inicio,
            proxima_revision: Some(self.inicio),
            configuracion: self.configuracion.clone(),
            notas: self.notas.clone(),
            version: 1,
            creado: ahora,
            actualizado: ahora,
        }
    }
}

fn check_renovacion(datos: &DatosContratar, errores: &mut Vec<CampoInvalido>) {
    if datos.auto_renovacion == Some(true) && datos.fecha_fin.is_some() {
        let motivo = "Un servicio que se renueva solo no tiene fecha de fin.";
        errores.push(CampoInvalido::new("fecha_fin", "sobra", motivo));
    }
}

fn own_price(
    datos: &DatosContratar,
    producto: &Producto,
    errores: &mut Vec<CampoInvalido>,
) -> Option<Dinero> {
    let moneda = producto.precio.moneda;
    reglas::check_moneda(datos.moneda.as_deref(), moneda, errores);
    reglas::check_precio(datos.precio.as_deref()?, moneda, errores)
}

/// The period asked for, or the first one; refuses one in which the product is not sold.
pub(super) fn check_periodo(
    pedido: Option<Periodicidad>,
    producto: &Producto,
    errores: &mut Vec<CampoInvalido>,
) -> Periodicidad {
    let periodo = pedido.or(producto.periodos.first().copied());
    let periodo = periodo.unwrap_or(Periodicidad::Mensual);
    if !producto.periodos.contains(&periodo) {
        let hay: Vec<&str> = producto.periodos.iter().map(|p| p.as_str()).collect();
        let motivo = format!("Ese producto se vende por período {}.", hay.join(", "));
        errores.push(CampoInvalido::new("periodo_facturacion", "periodo_no_vendido", motivo));
    }
    periodo
}

/// The promotion of the offer as a discount from the first day, for as many whole periods as it
/// grants.
fn discount(
    oferta: &Oferta,
    (de, a): (u16, u16),
    ancla: Ancla,
    inicio: Fecha,
) -> Option<(Fecha, Hecho)> {
    let promocion = oferta.promocion.as_ref()?;
    let valor = match promocion.descuento {
        Descuento::Porcentaje(puntos) => {
            ValorDescuento::PuntosBase(u32::try_from(puntos).unwrap_or(10_000))
        }
        Descuento::Importe(importe) => ValorDescuento::Importe(escalar(importe, de, a).centavos),
    };
    let hasta = promocion.periodos.map(|n| fin_de_periodos(ancla, inicio, n));
    Some((inicio, Hecho::Descuento { etiqueta: promocion.codigo.clone(), valor, hasta }))
}

async fn write(
    tx: &Tx,
    cx: &Cx,
    hoy: Fecha,
    servicio: Servicio,
    hechos: Vec<(Fecha, Hecho)>,
) -> Result<Servicio, Error> {
    let mut eventos = vec![servicio.alta()];
    let nuevos = sequence(cx, &eventos, hechos);
    eventos.extend_from_slice(&nuevos);
    let servicio = refreshed(servicio, &eventos, hoy);
    storage::insert_many(tx, cx, std::slice::from_ref(&servicio), None).await?;
    storage::append_hechos(tx, cx, servicio.id, &nuevos, None).await?;
    storage::set_cambia(tx, servicio.id, proximo_cambio(&eventos, hoy)).await?;
    let registro = Registro::new("servicio.contratar", "servicio", servicio.id);
    audit(tx, cx, registro.despues(portrait(&servicio))).await?;
    let evento = ServicioContratado { servicio: Sujeto::from(&servicio), desde: servicio.inicio };
    tx.emit(cx, &evento).await?;
    Ok(servicio)
}
