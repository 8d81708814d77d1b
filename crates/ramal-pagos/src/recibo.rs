//! The printed form of a receipt of the cash desk, for a PDF of any paper and for a page. It is no
//! legal document and says so.

use ramal_base::{Dinero, Pais};
use ramal_clientes::{Cliente, ClienteId};
use ramal_db::Consulta;
use ramal_pdf::{ColumnaTabla, Dato, Impreso, Marca, TablaImpresa};
use ramal_web::pagina::{Formato, Textos};

use crate::caja::Recibo;
use crate::storage::{caja, pagos};
use crate::{Error, Pago};

/// Everything that a receipt says.
///
/// Errors: `NotFound("recibo")` of a payment that no caja took; `Storage`.
pub(crate) async fn form(
    c: &impl Consulta,
    pago: &Pago,
    (textos, formato): (&Textos, &Formato),
) -> Result<Impreso, Error> {
    let recibo = caja::recibo(c, pago.id.uuid()).await?.ok_or(Error::NotFound("recibo"))?;
    let empresa = ramal_plataforma::empresa(c).await?;
    let cliente = ClienteId::from_uuid(pago.cliente_id);
    let cliente = ramal_clientes::storage::by_id(c, cliente).await?;
    let cliente = cliente.ok_or(Error::NotFound("cliente"))?;
    let dinero = |centavos: i64| formato.dinero(Dinero::new(centavos, pago.moneda));
    let aplicado = pagos::aplicado_a(c, pago.id).await?;
    let fila = |a: &pagos::AplicadoA| vec![a.numero(), a.descripcion.clone(), dinero(a.monto)];
    let t = |clave: &str| textos.get(clave);
    let tabla = TablaImpresa {
        titulo: t("pagos-aplicaciones"),
        datos: Vec::new(),
        columnas: vec![
            ColumnaTabla::texto(t("pagos-factura"), 3),
            ColumnaTabla::texto(t("pagos-concepto"), 5),
            ColumnaTabla::importe(t("pagos-monto"), 3),
        ],
        filas: aplicado.iter().map(fila).collect(),
    };
    let monto = Dinero::new(pago.monto, pago.moneda);
    Ok(Impreso {
        titulo: t("pagos-recibo-titulo"),
        numero: recibo.codigo(),
        emisor: vec![Dato::solo(empresa.nombre)],
        receptor: receiver(textos, &cliente),
        documento: facts(pago, &recibo, (textos, formato)),
        totales: totals(textos, pago, dinero),
        importe_en_letras: match empresa.pais {
            Pais::Mx => ramal_base::letras::importe_mx(monto),
            _ => ramal_base::letras::importe_pe(monto),
        },
        pagos: if aplicado.is_empty() { Vec::new() } else { vec![tabla] },
        leyendas: vec![t("pagos-recibo-leyenda")],
        marca: (!pago.estado.is_vigente()).then(|| Marca {
            texto: t("pagos-recibo-anulado"),
            fecha: pago.deshecho.map(|d| formato.momento(d)).unwrap_or_default(),
        }),
        ..Impreso::default()
    })
}

fn receiver(textos: &Textos, cliente: &Cliente) -> Vec<Dato> {
    vec![
        Dato::solo(cliente.razon_social.clone()),
        Dato::new(textos.get("pagos-cliente"), cliente.codigo()),
    ]
}

fn facts(pago: &Pago, recibo: &Recibo, (textos, formato): (&Textos, &Formato)) -> Vec<Dato> {
    let dato = |clave: &str, texto: String| Dato::new(textos.get(clave), texto);
    let medio = textos.get(&format!("pagos-medio-{}", pago.medio.as_str().replace('_', "-")));
    let mut datos = vec![
        dato("pagos-fecha", formato.momento(recibo.registrado)),
        dato("pagos-numero", pago.codigo()),
        dato("pagos-medio", medio),
    ];
    if let Some(operacion) = &pago.operacion {
        datos.push(dato("pagos-operacion", operacion.clone()));
    }
    datos
}

fn totals(textos: &Textos, pago: &Pago, dinero: impl Fn(i64) -> String) -> Vec<Dato> {
    let mut totales = Vec::new();
    if pago.a_favor() > 0 && pago.aplicado > 0 {
        totales.push(Dato::new(textos.get("pagos-aplicado"), dinero(pago.aplicado)));
        totales.push(Dato::new(textos.get("pagos-a-favor"), dinero(pago.a_favor())));
    }
    totales.push(Dato::new(textos.get("pagos-recibido"), dinero(pago.monto)));
    totales
}
