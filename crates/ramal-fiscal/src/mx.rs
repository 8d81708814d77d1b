//! From the neutral document to CFDI 4.0. Decides which codes a sale takes; the format itself is
//! ramal-cfdi's.

use ramal_base::CampoInvalido;
use ramal_base::documentos::{TipoDocumento, is_generico};
use ramal_cfdi::construir::{
    DatosEgreso, DatosGlobal, DatosIngreso, DatosPago, GrupoImpuesto, PagoRecibido, Partida,
    Periodo, Recibo,
};
use ramal_cfdi::importes::{ImporteError, Perfil, Precio, Tasa, importes_linea};
use ramal_cfdi::{Csd, Texto, Valor, construir, modelo};

use crate::comprobante::{PagoDe, PartidaPago, ReciboGlobal};
use crate::nombre::nombre_cfdi;
use crate::preparado::{Modelo, Montos, Preparado};
use crate::{
    Comprobante, Contenido, EmisorFiscal, Error, FormaPago, Impuesto, Linea, Receptor, Relacion,
    Sellado, Tipo,
};

/// Clock skew towards the PAC: the document is dated a little before now (cfdi.md 18.8).
const DESFASE_MS: i64 = 60_000;
const RFC_EXTRANJERO: &str = "XEXX010101000";

pub(crate) fn prepare(comprobante: Comprobante) -> Result<Preparado, Error> {
    let modelo = model(&comprobante)?;
    let total = centavos(modelo.total)?;
    let subtotal = centavos(modelo.sub_total)? - modelo.descuento.map_or(Ok(0), centavos)?;
    let montos = Montos { subtotal, impuestos: total - subtotal, total };
    Ok(Preparado { comprobante, montos, modelo: Modelo::Mx(Box::new(modelo)) })
}

fn model(c: &Comprobante) -> Result<modelo::Comprobante, Error> {
    let modelo = match &c.contenido {
        Contenido::Venta { lineas, pago, relacion: None } => {
            construir::ingreso(header(c, pago), lineas.iter().map(line).collect())
        }
        Contenido::Venta { lineas, pago, relacion: Some(relacion) } if c.tipo == Tipo::Ingreso => {
            let datos = substitute(header(c, pago), relacion)?;
            construir::ingreso(datos, lineas.iter().map(line).collect())
        }
        Contenido::Venta { lineas, pago, relacion: Some(relacion) } => {
            construir::egreso(credit(c, pago, relacion)?, lineas.iter().map(line).collect())
        }
        Contenido::Pagos(pagos) => {
            let recibidos = pagos.iter().map(pago_recibido).collect::<Result<Vec<_>, _>>()?;
            construir::pago(cabecera_pago(c), recibidos)
        }
        Contenido::Global { recibos, mes, anio, forma } => {
            let datos = global_header(c, *mes, *anio, forma);
            construir::global(datos, recibos.iter().map(receipt).collect())
        }
    };
    modelo.map_err(amount_error)
}

fn amount_error(error: ImporteError) -> Error {
    Error::Importes(error.to_string())
}

fn centavos(valor: Valor) -> Result<i64, Error> {
    i64::try_from(valor.en_centavos()).map_err(|_| amount_error(ImporteError::Desborde))
}

fn text(texto: &str) -> Texto {
    Texto::Owned(texto.to_owned())
}

/// Serie and folio are absent until the document is numbered; an empty one would be invalid.
fn serie_of(c: &Comprobante) -> Option<Texto> {
    (!c.serie.is_empty()).then(|| text(&c.serie))
}

fn folio_of(c: &Comprobante) -> Option<Texto> {
    (c.folio > 0).then(|| Texto::Owned(c.folio.to_string()))
}

fn local_time(c: &Comprobante) -> Texto {
    Texto::Owned(c.emisor.zona.local(c.emitido.plus_millis(-DESFASE_MS)))
}

fn header(c: &Comprobante, pago: &FormaPago) -> DatosIngreso {
    let (forma_pago, metodo_pago) = match pago {
        FormaPago::Contado { forma } => (text(forma), "PUE".into()),
        FormaPago::Credito { .. } => ("99".into(), "PPD".into()),
    };
    DatosIngreso {
        serie: serie_of(c),
        folio: folio_of(c),
        fecha: local_time(c),
        forma_pago,
        metodo_pago,
        condiciones_de_pago: None,
        lugar_expedicion: text(&c.emisor.codigo_postal),
        emisor: issuer(&c.emisor),
        receptor: receiver(&c.receptor, &c.emisor, None),
        relacionados: Vec::new(),
    }
}

/// An invoice that names another, e.g. one that it substitutes (TipoRelacion 04, cfdi.md 14.1).
fn substitute(mut datos: DatosIngreso, relacion: &Relacion) -> Result<DatosIngreso, Error> {
    let uuid = relacion.uuid_fiscal.as_deref().ok_or(Error::RelacionPendiente)?;
    let (tipo_relacion, uuids) = (text(&relacion.codigo), vec![text(uuid)]);
    datos.relacionados.push(modelo::CfdiRelacionados { tipo_relacion, uuids });
    Ok(datos)
}

fn credit(c: &Comprobante, pago: &FormaPago, relacion: &Relacion) -> Result<DatosEgreso, Error> {
    let uuid = relacion.uuid_fiscal.as_deref().ok_or(Error::RelacionPendiente)?;
    let mut cabecera = header(c, pago);
    cabecera.forma_pago = match pago {
        FormaPago::Contado { forma } => text(forma),
        FormaPago::Credito { .. } => text(&c.emisor.forma_pago_nota),
    };
    cabecera.receptor = receiver(&c.receptor, &c.emisor, Some("G02"));
    Ok(DatosEgreso { cabecera, tipo_relacion: text(&relacion.codigo), uuids: vec![text(uuid)] })
}

fn cabecera_pago(c: &Comprobante) -> DatosPago {
    DatosPago {
        serie: serie_of(c),
        folio: folio_of(c),
        fecha: local_time(c),
        lugar_expedicion: text(&c.emisor.codigo_postal),
        emisor: issuer(&c.emisor),
        receptor: receiver(&c.receptor, &c.emisor, Some("CP01")),
        relacionados: Vec::new(),
    }
}

fn pago_recibido(pago: &PagoDe) -> Result<PagoRecibido, Error> {
    Ok(PagoRecibido {
        fecha: text(&pago.fecha),
        forma_de_pago: text(&pago.forma),
        num_operacion: pago.operacion.as_deref().map(text),
        partidas: pago.partidas.iter().map(settled).collect::<Result<Vec<_>, _>>()?,
    })
}

fn settled(partida: &PartidaPago) -> Result<Partida, Error> {
    let uuid = partida.factura.uuid_fiscal.as_deref().ok_or(Error::RelacionPendiente)?;
    let conceptos = partida.lineas.iter().map(|l| construir::concepto(line(l)));
    let conceptos = conceptos.collect::<Result<Vec<_>, _>>().map_err(amount_error)?;
    let factura = construir::Factura {
        uuid: text(uuid),
        serie: Some(text(&partida.factura.serie)),
        folio: Some(Texto::Owned(partida.factura.folio.to_string())),
        total: partida.total,
        grupos: GrupoImpuesto::de_conceptos(&conceptos),
    };
    Ok(Partida {
        factura,
        num_parcialidad: partida.parcialidad,
        saldo_anterior: partida.saldo_anterior,
        pagado: partida.pagado,
    })
}

fn global_header(c: &Comprobante, mes: u8, anio: i16, forma: &str) -> DatosGlobal {
    DatosGlobal {
        serie: serie_of(c),
        folio: folio_of(c),
        fecha: local_time(c),
        forma_pago: text(forma),
        lugar_expedicion: text(&c.emisor.codigo_postal),
        emisor: issuer(&c.emisor),
        periodo: Periodo::Mensual,
        mes,
        anio,
    }
}

fn receipt(recibo: &ReciboGlobal) -> Recibo {
    Recibo { folio: text(&recibo.folio), lineas: recibo.lineas.iter().map(line).collect() }
}

fn issuer(emisor: &EmisorFiscal) -> modelo::Emisor {
    modelo::Emisor {
        rfc: text(&emisor.numero),
        nombre: Texto::Owned(nombre_cfdi(
            &emisor.razon_social,
            emisor.numero.chars().count() == 12,
        )),
        regimen_fiscal: text(&emisor.regimen_fiscal),
    }
}

/// Receiver with the defaults of §8: generic RFCs take the issuer's postal code, 616 and S01.
fn receiver(r: &Receptor, emisor: &EmisorFiscal, uso: Option<&str>) -> modelo::Receptor {
    let rfc =
        if r.tipo_documento == TipoDocumento::Rfc { r.numero.as_str() } else { RFC_EXTRANJERO };
    let generico = is_generico(rfc);
    let regimen = if generico { "616" } else { r.regimen_fiscal.as_deref().unwrap_or_default() };
    let cp =
        if generico { Some(emisor.codigo_postal.as_str()) } else { r.codigo_postal.as_deref() };
    let propio = r.uso_cfdi.as_deref().unwrap_or(default_use(regimen));
    let uso_cfdi = match uso {
        Some("G02") if !allows_g02(regimen) => "S01",
        Some(fijo) => fijo,
        None if generico => "S01",
        None => propio,
    };
    modelo::Receptor {
        rfc: text(rfc),
        nombre: Texto::Owned(nombre_cfdi(&r.nombre, rfc.chars().count() == 12)),
        domicilio_fiscal: text(cp.unwrap_or_default()),
        residencia_fiscal: None,
        num_reg_id_trib: None,
        regimen_fiscal: text(regimen),
        uso_cfdi: text(uso_cfdi),
    }
}

/// Use that suits a régimen when the customer asked for none (cfdi.md 18.5).
fn default_use(regimen: &str) -> &'static str {
    match regimen {
        "605" | "607" | "608" | "610" | "611" | "614" | "615" | "616" => "S01",
        _ => "G03",
    }
}

fn allows_g02(regimen: &str) -> bool {
    const CON_G02: [&str; 12] =
        ["601", "603", "606", "612", "616", "620", "621", "622", "623", "624", "625", "626"];
    CON_G02.contains(&regimen)
}

fn profile(impuesto: Impuesto) -> Perfil {
    match impuesto {
        Impuesto::General => Perfil::IVA_16,
        Impuesto::Frontera => Perfil::IVA_8,
        Impuesto::Cero => Perfil::IVA_0,
        Impuesto::Exento => Perfil::EXENTO,
        Impuesto::Inafecto => Perfil::NO_OBJETO,
        Impuesto::GeneralIeps => Perfil::IVA_16.con_ieps(Tasa::IEPS_3),
    }
}

/// One concept per line; a line of several units keeps its exact price as one unit of service.
fn line(linea: &Linea) -> construir::Linea {
    let (cantidad, unitario) = match linea.importe % linea.cantidad.max(1) {
        0 => (linea.cantidad.max(1), linea.importe / linea.cantidad.max(1)),
        _ => (1, linea.importe),
    };
    construir::Linea {
        clave_prod_serv: text(linea.clave_prod_serv.as_deref().unwrap_or("81112101")),
        no_identificacion: linea.codigo.as_deref().map(text),
        clave_unidad: text(linea.clave_unidad.as_deref().unwrap_or("E48")),
        descripcion: text(&linea.descripcion),
        cantidad: Valor::entero(cantidad),
        precio: if linea.impuesto_incluido {
            Precio::ConImpuestos(unitario)
        } else {
            Precio::SinImpuestos(unitario)
        },
        descuento: None,
        perfil: profile(linea.impuesto),
    }
}

pub(crate) fn total_de_linea(linea: &Linea) -> Result<i64, Error> {
    let l = line(linea);
    let partes = importes_linea(l.cantidad, l.precio, None, l.perfil).map_err(amount_error)?;
    let impuestos: i128 =
        partes.traslados.iter().filter_map(|t| t.importe).map(Valor::en_micros).sum();
    let micros = partes.importe.en_micros() + impuestos;
    Ok(ramal_base::dinero::rh_div(micros, 10_000))
}

pub(crate) fn number(modelo: &mut modelo::Comprobante, serie: &str, folio: i64) {
    modelo.serie = Some(text(serie));
    modelo.folio = Some(Texto::Owned(folio.to_string()));
}

pub(crate) fn check(modelo: &modelo::Comprobante) -> Vec<CampoInvalido> {
    let hallazgos = ramal_cfdi::validacion::validar(modelo);
    hallazgos.into_iter().map(|h| CampoInvalido::new(h.campo, h.codigo, h.motivo)).collect()
}

pub(crate) fn seal(
    comprobante: Comprobante,
    montos: Montos,
    modelo: &modelo::Comprobante,
    csd: &Csd,
) -> Sellado {
    let sellado = ramal_cfdi::sellar(modelo, csd);
    Sellado { comprobante, montos, xml: sellado.xml, digest: sellado.sello_b64 }
}
