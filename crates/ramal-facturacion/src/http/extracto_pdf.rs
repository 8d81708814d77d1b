//! The statement of an account on paper: what the screen says, laid out by ramal-pdf. It has no
//! legal value and says so.

use ramal_base::{Dinero, Moneda};
use ramal_clientes::Cliente;
use ramal_cuenta::{Extracto, Rango};
use ramal_db::Consulta;
use ramal_pdf::{ColumnaTabla, Dato, Impreso, Papel, TablaImpresa};
use ramal_web::Problem;
use ramal_web::pagina::{Formato, Textos};

use crate::extracto::{Numeros, outcome, sides, words};

/// Whose statement, of which account and days.
pub(crate) struct De<'a> {
    pub(crate) cliente: &'a Cliente,
    pub(crate) moneda: Moneda,
    pub(crate) rango: Rango,
}

/// The statement as a PDF.
pub(crate) async fn pdf(
    c: &impl Consulta,
    de: De<'_>,
    (extracto, numeros): (&Extracto, &Numeros),
    (textos, formato): (&Textos, &Formato),
) -> Result<Vec<u8>, Problem> {
    let empresa = ramal_plataforma::empresa(c).await?;
    let t = |clave: &str| textos.get(clave);
    let dinero = |centavos: i64| formato.dinero(Dinero::new(centavos, de.moneda));
    let (clave, importe) = outcome(extracto.last());
    let dia = |f: Option<ramal_base::Fecha>| f.map_or_else(String::new, |d| formato.fecha(d));
    let fila = |r: &ramal_cuenta::Renglon| {
        let (cargo, abono) = sides(r);
        let celda = |n: i64| if n == 0 { String::new() } else { dinero(n) };
        vec![
            formato.fecha(r.movimiento.fecha),
            words(r, numeros, textos),
            celda(cargo),
            celda(abono),
            dinero(r.saldo.neto()),
        ]
    };
    let tabla = TablaImpresa {
        titulo: t("facturacion-cuenta-movimientos"),
        datos: vec![Dato::new(t("facturacion-cuenta-inicial"), dinero(extracto.inicial.neto()))],
        columnas: vec![
            ColumnaTabla::texto(t("kit-fecha"), 2),
            ColumnaTabla::texto(t("facturacion-cuenta-movimiento"), 6),
            ColumnaTabla::importe(t("facturacion-cuenta-cargo"), 2),
            ColumnaTabla::importe(t("facturacion-cuenta-abono"), 2),
            ColumnaTabla::importe(t("facturacion-cuenta-saldo"), 2),
        ],
        filas: extracto.filas.iter().map(fila).collect(),
    };
    let impreso = Impreso {
        titulo: t("facturacion-extracto-titulo"),
        numero: de.cliente.codigo(),
        emisor: vec![Dato::solo(empresa.nombre.clone())],
        receptor: vec![
            Dato::solo(de.cliente.razon_social.clone()),
            Dato::solo(de.cliente.numero_documento.clone()),
        ],
        documento: vec![
            Dato::new(t("facturacion-moneda"), de.moneda.codigo()),
            Dato::new(t("facturacion-filtro-desde"), dia(de.rango.desde)),
            Dato::new(t("facturacion-filtro-hasta"), dia(de.rango.hasta)),
        ],
        totales: vec![Dato::new(t(clave), dinero(importe))],
        pagos: vec![tabla],
        leyendas: vec![t("facturacion-extracto-leyenda")],
        ..Impreso::default()
    };
    let hecho = ramal_pdf::render(&impreso, Papel::A4);
    hecho.map_err(|e| {
        tracing::error!(error = %e, "a statement could not be printed");
        Problem(ramal_base::Problema::interno())
    })
}
