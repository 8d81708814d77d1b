//! The owner's first page: six figures that each lead to the list behind them, a year of sales and
//! what needs somebody's attention. It computes no rule of its own.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Dinero, Fecha, Moneda};
use ramal_facturacion::storage::consultas::Saldo;
use ramal_plataforma::Vista;
use ramal_web::grafico::{self, Grafico, Punto, Rotulo};
use ramal_web::pagina::{Insignia, page};
use ramal_web::{App, Marco, Problem};

use super::TEXTOS;
use super::lecturas::{self, Lectura};
use super::permisos::VerTablero;

/// A figure with the list behind it.
struct Mosaico {
    /// Key of its name.
    clave: &'static str,
    valor: String,
    nota: String,
    ruta: &'static str,
}

/// Something to do, with where to do it.
struct Pendiente {
    insignia: Insignia,
    /// Key of the link's text.
    accion: &'static str,
    ruta: &'static str,
}

#[derive(Template)]
#[template(path = "ramal/tablero.html")]
struct Tablero {
    marco: Marco,
    mosaicos: Vec<Mosaico>,
    pendientes: Vec<Pendiente>,
    grafico: Option<Grafico>,
}

/// `GET /admin`
pub async fn tablero(
    vista: Vista<VerTablero>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "tablero-titulo");
    let ahora = app.cx.now();
    let hoy = marco.formato().zona.fecha(ahora);
    let mes = hoy.plus_dias(1 - i32::from(hoy.dia()));
    let lectura = lecturas::read(&app.db, (hoy, mes.plus_meses(-11)), ahora).await?;
    let pagina = Tablero {
        mosaicos: tiles(&marco, &lectura, mes),
        pendientes: todo(&marco, &lectura),
        grafico: sales(&marco, &lectura, mes),
        marco,
    };
    page(StatusCode::OK, &pagina)
}

fn tiles(marco: &Marco, l: &Lectura, mes: Fecha) -> Vec<Mosaico> {
    let nombre = &mes.to_string()[..7];
    let del_mes = l.meses.iter().filter(|s| s.mes == nombre);
    let facturado = sum(marco, del_mes.map(|s| (s.moneda.as_str(), s.total)));
    let saldos = |s: &[Saldo]| sum(marco, s.iter().map(|s| (s.moneda.as_str(), s.total)));
    let estado = |cual: &str| l.servicios.iter().find(|s| s.estado == cual).map_or(0, |s| s.n);
    let numero = |n: i64| marco.formato().numero(n);
    let vencidas: i64 = l.vencido.iter().map(|s| s.n).sum();
    let (buenas, malas) = (legal(l, &["aceptado", "aceptado_obs"]), l.rechazadas);
    vec![
        Mosaico {
            clave: "tablero-facturado",
            valor: facturado,
            nota: marco.formato().periodo(mes),
            ruta: "/facturacion/kpis",
        },
        Mosaico {
            clave: "tablero-por-cobrar",
            valor: saldos(&l.por_cobrar),
            nota: marco.t1("tablero-vencidas", "n", vencidas),
            ruta: "/facturacion/facturas?estado=pendiente",
        },
        Mosaico {
            clave: "tablero-clientes",
            valor: numero(l.clientes),
            nota: String::new(),
            ruta: "/admin/clientes?estado=activo",
        },
        Mosaico {
            clave: "tablero-servicios",
            valor: numero(estado("activo")),
            nota: marco.t1("tablero-suspendidos", "n", estado("suspendido")),
            ruta: "/admin/servicios?estado=activo",
        },
        Mosaico {
            clave: "tablero-aceptados",
            valor: numero(buenas),
            nota: marco.t1("tablero-rechazados", "n", malas),
            ruta: "/facturacion/documentos",
        },
    ]
}

fn legal(l: &Lectura, estados: &[&str]) -> i64 {
    l.comprobantes.iter().filter(|(e, _)| estados.contains(&e.as_str())).map(|(_, n)| n).sum()
}

/// Sums by currency, short, the biggest first: `$1.24 M · S/ 312 k`.
fn sum<'a>(marco: &Marco, partes: impl Iterator<Item = (&'a str, i64)>) -> String {
    let mut sumas: BTreeMap<&str, i64> = BTreeMap::new();
    for (moneda, total) in partes {
        let suma = sumas.entry(moneda).or_default();
        *suma = suma.saturating_add(total);
    }
    let mut sumas: Vec<(&str, i64)> = sumas.into_iter().collect();
    sumas.sort_by_key(|(_, total)| -total);
    let corto = |(moneda, total): (&str, i64)| {
        let moneda = Moneda::parse(moneda).unwrap_or(Moneda::Mxn);
        marco.formato().dinero_corto(Dinero::new(total, moneda))
    };
    let textos: Vec<String> = sumas.into_iter().map(corto).collect();
    if textos.is_empty() { "0".to_owned() } else { textos.join(" · ") }
}

fn todo(marco: &Marco, l: &Lectura) -> Vec<Pendiente> {
    let mut pendientes = Vec::new();
    let mut add = |n: i64, mal: bool, clave: &str, accion: &'static str, ruta: &'static str| {
        if n > 0 {
            let texto = marco.t1(clave, "n", n);
            let insignia = if mal { Insignia::mal(texto) } else { Insignia::aviso(texto) };
            pendientes.push(Pendiente { insignia, accion, ruta });
        }
    };
    let corregir = "tablero-corregir";
    let facturas = "/facturacion/facturas?estado=rechazada";
    add(l.rechazadas, true, "tablero-hay-rechazados", corregir, facturas);
    let por_vencer = i64::try_from(l.certificados.len()).unwrap_or(0);
    let certificados = "/admin/ajustes/certificados";
    add(por_vencer, true, "tablero-certificados", "tablero-renovar", certificados);
    add(l.aparcados, false, "tablero-aparcados", corregir, "/facturacion/corridas");
    add(l.muertos, false, "tablero-muertos", "tablero-mirar", "/admin/sistema#muertos");
    pendientes
}

/// Twelve bars of the currency in which most is sold; the others are in the list of KPI.
fn sales(marco: &Marco, l: &Lectura, mes: Fecha) -> Option<Grafico> {
    let mut totales: BTreeMap<&str, i64> = BTreeMap::new();
    for s in &l.meses {
        *totales.entry(s.moneda.as_str()).or_default() += s.total;
    }
    let (moneda, _) = totales.into_iter().max_by_key(|(_, total)| *total)?;
    let moneda = Moneda::parse(moneda)?;
    let meses: Vec<Fecha> = (0..12).map(|i| mes.plus_meses(i - 11)).collect();
    let total = |m: &Fecha| {
        let nombre = &m.to_string()[..7];
        let suya = |s: &&ramal_facturacion::storage::consultas::Suma| {
            s.mes == nombre && s.moneda == moneda.codigo()
        };
        l.meses.iter().filter(suya).map(|s| s.total).sum::<i64>()
    };
    let texto = |v: i64| marco.formato().dinero_corto(Dinero::new(v, moneda));
    // The year is said once, by the title's twelve months: twelve labels must fit under the bars.
    let nombre = |m: &Fecha| marco.formato().periodo(*m).chars().take(3).collect::<String>();
    let punto = |m: &Fecha| Punto::new(nombre(m), total(m), texto(total(m)));
    let puntos: Vec<Punto> = meses.iter().map(punto).collect();
    let mejor = meses.iter().max_by_key(|m| total(m)).copied().unwrap_or(mes);
    let conclusion = marco.t2(
        "tablero-ventas-conclusion",
        ("mes", marco.formato().periodo(mejor)),
        ("total", marco.formato().dinero(Dinero::new(total(&mejor), moneda))),
    );
    let titulo = marco.t1("tablero-ventas", "moneda", moneda.codigo());
    let rotulo = Rotulo::new("ventas", titulo, conclusion);
    Some(grafico::barras(&rotulo, &marco.t("tablero-columna"), &puntos, texto))
}
