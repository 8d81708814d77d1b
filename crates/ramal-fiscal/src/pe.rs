//! From the neutral document to SUNAT's UBL. Decides which codes a sale takes; the format itself is
//! ramal-sunat's.

use ramal_base::documentos::{self, TipoDocumento};
use ramal_base::{CampoInvalido, Dinero, Fecha, letras};
use ramal_sunat::armado::{self, Cabecera, Motivo};
use ramal_sunat::catalogos::{Afectacion, TipoIdentidad};
use ramal_sunat::firma::{Firmado, FirmanteSunat};
use ramal_sunat::importes::{ImportesError, Venta, linea};
use ramal_sunat::modelo::{
    Afectado, Cliente, Comun, Cpe, Cuota, Direccion, Emisor, Nota, TipoCpe, TipoNota,
};
use ramal_sunat::{escritura, normas};
use rust_decimal::Decimal;

use crate::preparado::{Modelo, Montos, Preparado};
use crate::{
    Comprobante, Contenido, EmisorFiscal, Error, FormaPago, Impuesto, Linea, Receptor, Relacion,
    Sellado, Tipo,
};

pub(crate) fn prepare(comprobante: Comprobante) -> Result<Preparado, Error> {
    let Contenido::Venta { lineas, pago, relacion } = &comprobante.contenido else {
        return Err(Error::Importes("SUNAT no recibe este tipo de comprobante.".into()));
    };
    let modelo = match (comprobante.tipo, relacion) {
        (Tipo::Factura, _) => Modelo::Cpe(Box::new(factura(&comprobante, lineas, pago)?)),
        (Tipo::NotaCredito | Tipo::NotaDebito, Some(relacion)) => {
            Modelo::Nota(Box::new(nota(&comprobante, lineas, relacion)?))
        }
        (Tipo::NotaCredito | Tipo::NotaDebito, None) => {
            return Err(Error::Importes("Una nota debe decir qué comprobante corrige.".into()));
        }
        _ => Modelo::Cpe(Box::new(boleta(&comprobante, lineas)?)),
    };
    let montos = amounts(match &modelo {
        Modelo::Nota(nota) => &nota.comun,
        Modelo::Cpe(cpe) => &cpe.comun,
        Modelo::Mx(_) => return Err(Error::Importes("país".into())),
    });
    Ok(Preparado { comprobante, montos, modelo })
}

fn amounts(comun: &Comun) -> Montos {
    let (impuestos, total) = (comun.totales.impuestos.centavos, comun.totales.total.centavos);
    Montos { subtotal: total - impuestos, impuestos, total }
}

fn amount_error(error: ImportesError) -> Error {
    Error::Importes(error.to_string())
}

fn factura(c: &Comprobante, lineas: &[Linea], pago: &FormaPago) -> Result<Cpe, Error> {
    let cpe = document(c, TipoCpe::Factura, lineas)?;
    let total = cpe.comun.totales.total;
    Ok(match pago {
        FormaPago::Credito { vencimiento } if *vencimiento > c.fecha() => {
            cpe.a_credito(total, vec![Cuota { monto: total, vence: *vencimiento }])
        }
        _ => cpe,
    })
}

fn boleta(c: &Comprobante, lineas: &[Linea]) -> Result<Cpe, Error> {
    document(c, TipoCpe::Boleta, lineas)
}

fn document(c: &Comprobante, tipo: TipoCpe, lineas: &[Linea]) -> Result<Cpe, Error> {
    let ventas = lineas.iter().map(|l| sale(c, l)).collect();
    let mut cpe = armado::cpe(tipo, header(c), ventas, &[]).map_err(amount_error)?;
    dress(&mut cpe.comun);
    Ok(cpe)
}

fn nota(c: &Comprobante, lineas: &[Linea], relacion: &Relacion) -> Result<Nota, Error> {
    let tipo = match c.tipo {
        Tipo::NotaDebito => TipoNota::Debito,
        _ => TipoNota::Credito,
    };
    let afectado = match relacion.tipo {
        Tipo::Boleta => TipoCpe::Boleta,
        _ => TipoCpe::Factura,
    };
    let motivo = Motivo {
        codigo: relacion.codigo.clone(),
        sustento: relacion.sustento.clone(),
        afectado: Afectado { tipo: afectado, id: format!("{}-{}", relacion.serie, relacion.folio) },
    };
    let ventas = lineas.iter().map(|l| sale(c, l)).collect();
    let mut nota = armado::nota(tipo, header(c), motivo, ventas).map_err(amount_error)?;
    dress(&mut nota.comun);
    Ok(nota)
}

/// Amount in words and the legend of the Amazonía, which follow from the amounts.
fn dress(comun: &mut Comun) {
    comun.con_letras(&letras::importe_pe(comun.totales.total));
    comun.con_amazonia();
}

fn header(c: &Comprobante) -> Cabecera {
    let local = c.emisor.zona.local(c.emitido);
    Cabecera {
        serie: c.serie.clone(),
        numero: folio(c.folio),
        fecha: c.fecha(),
        hora: local.split_once('T').map(|(_, hora)| hora.to_owned()),
        moneda: c.moneda,
        emisor: issuer(&c.emisor),
        cliente: receiver(&c.receptor),
    }
}

fn folio(folio: i64) -> u32 {
    u32::try_from(folio).unwrap_or(u32::MAX)
}

fn issuer(e: &EmisorFiscal) -> Emisor {
    Emisor {
        ruc: e.numero.clone(),
        razon_social: e.razon_social.clone(),
        nombre_comercial: e.nombre_comercial.clone(),
        direccion: Direccion {
            ubigeo: e.ubigeo.clone(),
            establecimiento: e.establecimiento.clone(),
            urbanizacion: None,
            provincia: e.provincia.clone(),
            departamento: e.departamento.clone(),
            distrito: e.distrito.clone(),
            linea: e.direccion.clone(),
        },
    }
}

fn receiver(r: &Receptor) -> Cliente {
    let tipo = match r.tipo_documento {
        TipoDocumento::Ruc => TipoIdentidad::Ruc,
        TipoDocumento::Dni => TipoIdentidad::Dni,
        TipoDocumento::Ce => TipoIdentidad::CarneExtranjeria,
        TipoDocumento::Pasaporte => TipoIdentidad::Pasaporte,
        TipoDocumento::Rfc | TipoDocumento::Curp | TipoDocumento::Cuit => TipoIdentidad::SinRuc,
    };
    let cliente = Cliente::new(tipo, &r.numero, &r.nombre);
    Cliente { direccion: r.direccion.clone(), correo: r.email.clone(), ..cliente }
}

fn affectation(impuesto: Impuesto) -> Afectacion {
    match impuesto {
        Impuesto::Exento => Afectacion::Exonerado,
        Impuesto::Inafecto => Afectacion::Inafecto,
        _ => Afectacion::Gravado,
    }
}

fn sale(c: &Comprobante, l: &Linea) -> Venta {
    let cantidad = Decimal::from(l.cantidad.max(1));
    let afectacion = affectation(l.impuesto);
    let venta = if l.impuesto_incluido {
        let bruto = Dinero::new(l.importe, c.moneda);
        Venta::incluido(&l.descripcion, cantidad, bruto, afectacion)
    } else {
        let unitario = Decimal::new(l.importe, 2) / cantidad;
        Venta::mas_impuesto(&l.descripcion, cantidad, (unitario, c.moneda), afectacion)
    };
    Venta {
        unidad: unit(l.clave_unidad.as_deref()),
        codigo: l.codigo.clone(),
        unspsc: l.clave_prod_serv.clone(),
        ..venta
    }
}

/// Unit of catalogue 03; the Mexican key of a service means `ZZ`.
fn unit(clave: Option<&str>) -> String {
    match clave {
        None | Some("E48" | "ACT" | "") => "ZZ".into(),
        Some("H87") => "NIU".into(),
        Some(otra) => otra.to_owned(),
    }
}

pub(crate) fn total_de_linea(l: &Linea, fecha: Fecha) -> Result<i64, Error> {
    let valor = (Decimal::new(l.importe, 2), ramal_base::Moneda::Pen);
    let venta = Venta::mas_impuesto("x", Decimal::ONE, valor, affectation(l.impuesto));
    let tasa = normas::tasa_igv(fecha).ok_or(amount_error(ImportesError::SinTasa))?;
    let linea = linea(venta, tasa).map_err(amount_error)?;
    Ok(linea.valor_venta.centavos + linea.impuesto.centavos)
}

pub(crate) fn number(comun: &mut Comun, serie: &str, numero: i64) {
    comun.serie = serie.to_owned();
    comun.numero = folio(numero);
}

/// What SUNAT would refuse for the customer's data; the whole document is judged again before it is
/// sent.
///
/// Codes: 2017 (identity), 2022 (name), 3105 (amount). Source: sunat.md 5.5, 10.2.
pub(crate) fn check(comun: &Comun, c: &Comprobante) -> Vec<CampoInvalido> {
    let mut malos = Vec::new();
    let r = &c.receptor;
    if let Err(e) = documentos::validar(r.tipo_documento, ramal_base::Pais::Pe, &r.numero) {
        malos.push(CampoInvalido::new("receptor.numero", "2017", e.motivo));
    }
    let letras = r.nombre.trim().chars().count();
    if !(3..=1500).contains(&letras) {
        let motivo = "El nombre del cliente lleva de 3 a 1500 caracteres.";
        malos.push(CampoInvalido::new("receptor.nombre", "2022", motivo));
    }
    if comun.lineas.iter().any(|l| l.valor_venta.centavos <= 0) {
        let motivo = "Cada línea debe tener un importe mayor que cero.";
        malos.push(CampoInvalido::new("lineas", "3105", motivo));
    }
    malos
}

pub(crate) fn sign_cpe(cpe: &Cpe, c: &Comprobante, f: &FirmanteSunat) -> Result<Firmado, Error> {
    let firmado = f.firmar(&escritura::escribir_cpe(cpe), c.emitido);
    firmado.map_err(|e| Error::Certificado(e.to_string()))
}

pub(crate) fn sign_nota(nota: &Nota, c: &Comprobante, f: &FirmanteSunat) -> Result<Firmado, Error> {
    let firmado = f.firmar(&escritura::escribir_nota(nota), c.emitido);
    firmado.map_err(|e| Error::Certificado(e.to_string()))
}

pub(crate) fn sealed(comprobante: Comprobante, montos: Montos, firmado: Firmado) -> Sellado {
    Sellado { comprobante, montos, xml: firmado.xml, digest: firmado.digest_b64 }
}
