//! What came in between two days: by day, by means, by cashier; drawn, in tables and as a CSV. It
//! changes nothing.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ramal_base::Fecha;
use ramal_base::dinero::format_centavos;
use ramal_plataforma::Vista;
use ramal_web::grafico::{Grafico, Punto, Rotulo, barras};
use ramal_web::pagina::{Enlace, Filtro, Listado, Textos, page};
use ramal_web::{App, Marco, Problem};

use super::comun::{Nombres, amount_of, amounts, means_of, tabs, today};
use super::exportar::{BOM, named, row};
use super::lista::with_query;
use crate::permisos::LeerPagos;
use crate::storage::lista::within_calendar;
use crate::storage::reporte::{DIAS, Grupo, Suma, grupos, sums};
use crate::textos::TEXTOS;

const RUTA: &str = "/facturacion/pagos/reporte";

#[derive(Template)]
#[template(path = "pagos/reporte.html", blocks = ["lista"])]
struct Reporte {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    titulo: String,
    total: String,
    cuantos: String,
    deshecho: String,
    graficos: Vec<Grafico>,
    tablas: Vec<Tabla>,
    exportar: String,
}

/// Sums of one kind.
struct Tabla {
    titulo: String,
    columna: String,
    filas: Vec<FilaReporte>,
}

struct FilaReporte {
    nombre: String,
    n: String,
    monto: String,
    deshecho: String,
}

/// The days asked for: this month if none were said, never longer than a year.
async fn span(app: &App, l: &Listado) -> Result<(Fecha, Fecha), Problem> {
    let hoy = today(app).await?;
    let dia = |nombre: &str| l.get(nombre).and_then(|t| Fecha::parse(t).ok()).map(within_calendar);
    let hasta = dia("hasta").unwrap_or(hoy);
    let primero = hasta.plus_dias(1 - i32::from(hasta.dia()));
    let desde = dia("desde").unwrap_or(primero).min(hasta);
    let tope = i32::try_from(DIAS).unwrap_or(366) - 1;
    Ok((desde.max(hasta.plus_dias(-tope)), hasta))
}

fn filters() -> Vec<Filtro> {
    vec![Filtro::fecha("desde", "pagos-filtro-desde"), Filtro::fecha("hasta", "pagos-filtro-hasta")]
}

/// `GET /facturacion/pagos/reporte`
pub async fn reporte(vista: Vista<LeerPagos>, State(app): State<App>) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "pagos-reporte-titulo");
    let l = Listado::new(&marco, filters());
    let (desde, hasta) = span(&app, &l).await?;
    let grupos = grupos(&app.db, desde, hasta).await?;
    let actores = grupos.iter().map(|g| g.actor.as_str());
    let nombres = Nombres::load(&app.db, &marco.textos, actores).await?;
    let (dias, medios) = ("pagos-reporte-dia", "pagos-medio");
    let p = Reporte {
        pestanas: tabs(&marco, RUTA),
        titulo: marco.t2(
            "pagos-reporte-entre",
            ("desde", marco.fecha_texto(&desde)),
            ("hasta", marco.fecha_texto(&hasta)),
        ),
        total: amounts(&marco, &by_currency(&grupos, |g| g.monto)),
        cuantos: marco.formato().numero(grupos.iter().map(|g| g.n).sum()),
        deshecho: amounts(&marco, &by_currency(&grupos, |g| g.deshecho)),
        graficos: charts(&marco, &grupos),
        tablas: vec![
            table(&marco, medios, sums(&grupos, |g| g.medio.as_str()), |m| {
                means_of(&marco.textos, m)
            }),
            table(&marco, "pagos-cajero", sums(&grupos, |g| g.actor.as_str()), |a| nombres.of(a)),
            table(&marco, dias, sums(&grupos, |g| g.fecha), |dia| marco.fecha(dia)),
        ],
        exportar: with_query("/facturacion/pagos/reporte.csv", &l.consulta()),
        l,
        marco,
    };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn by_currency(grupos: &[Grupo], valor: impl Fn(&Grupo) -> i64) -> BTreeMap<String, i64> {
    let mut sumas: BTreeMap<String, i64> = BTreeMap::new();
    for g in grupos {
        *sumas.entry(g.moneda.clone()).or_default() += valor(g);
    }
    sumas
}

fn table<K: Ord>(
    marco: &Marco,
    columna: &str,
    sumas: BTreeMap<(K, &str), Suma>,
    nombre: impl Fn(&K) -> String,
) -> Tabla {
    let columna = marco.t(columna);
    let fila = |((clave, moneda), s): (&(K, &str), &Suma)| FilaReporte {
        nombre: nombre(clave),
        n: marco.formato().numero(s.n),
        monto: amount_of(marco, s.monto, moneda),
        deshecho: match s.deshecho {
            0 => String::new(),
            n => amount_of(marco, n, moneda),
        },
    };
    Tabla {
        titulo: marco.t1("pagos-reporte-por", "que", columna.to_lowercase()),
        columna,
        filas: sumas.iter().map(fila).collect(),
    }
}

/// Bars by day, a drawing per currency.
fn charts(marco: &Marco, grupos: &[Grupo]) -> Vec<Grafico> {
    let sumas = sums(grupos, |g| g.fecha);
    let mut monedas: Vec<&str> = sumas.keys().map(|(_, m)| *m).collect();
    monedas.sort_unstable();
    monedas.dedup();
    let grafico = |moneda: &str| {
        let suyas = sumas.iter().filter(|((_, m), _)| *m == moneda);
        let punto = |((dia, _), s): (&(Fecha, &str), &Suma)| {
            let etiqueta = format!("{}/{}", dia.dia(), dia.mes());
            Punto::new(etiqueta, s.monto, amount_of(marco, s.monto, moneda))
        };
        let puntos: Vec<Punto> = suyas.map(punto).collect();
        let suma: i64 = puntos.iter().map(|p| p.valor).sum();
        let conclusion = marco.t1("pagos-reporte-suman", "monto", amount_of(marco, suma, moneda));
        let titulo = marco.t1("pagos-reporte-grafico", "moneda", moneda);
        let rotulo = Rotulo::new(format!("cobrado-{moneda}"), titulo, conclusion);
        barras(&rotulo, &marco.t("pagos-monto"), &puntos, |c| amount_of(marco, c, moneda))
    };
    monedas.into_iter().map(grafico).collect()
}

/// `GET /facturacion/pagos/reporte.csv`
pub async fn csv(vista: Vista<LeerPagos>, State(app): State<App>) -> Result<Response, Problem> {
    let peticion = vista.peticion();
    let textos = Textos::new(&TEXTOS, peticion.navegante.formato.pais);
    let l = Listado::of("", &peticion.consulta, filters());
    let (desde, hasta) = span(&app, &l).await?;
    let grupos = grupos(&app.db, desde, hasta).await?;
    let actores = grupos.iter().map(|g| g.actor.as_str());
    let nombres = Nombres::load(&app.db, &textos, actores).await?;
    let cabeza = [
        "pagos-reporte-dia",
        "pagos-medio",
        "pagos-cajero",
        "pagos-moneda",
        "pagos-reporte-cuantos",
        "pagos-monto",
        "pagos-reporte-deshecho",
    ];
    let mut texto = format!("{BOM}{}", row(cabeza.map(|c| textos.get(c))));
    for g in &grupos {
        texto.push_str(&row([
            g.fecha.to_string(),
            means_of(&textos, &g.medio),
            nombres.of(&g.actor),
            g.moneda.clone(),
            g.n.to_string(),
            format_centavos(g.monto),
            format_centavos(g.deshecho),
        ]));
    }
    let nombre = format!("cobranza-{desde}-{hasta}.csv");
    Ok(named(Body::from(texto).into_response(), "text/csv; charset=utf-8", &nombre))
}
