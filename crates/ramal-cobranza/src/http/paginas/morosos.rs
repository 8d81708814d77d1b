//! Who owes: age buckets, the drawing, the list and the bulk reminder. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::{Consulta, Cursor};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::grafico::{Grafico, Punto, Rotulo, barras};
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, Opcion, page};
use ramal_web::{App, Marco, Problem};
use uuid::Uuid;

use super::comun::{MOROSOS, amount, badge, tabs, today, with_query, word};
use crate::http::morosos::{TRAMOS, filter, page as page_of};
use crate::permisos::{AvisarCobranza, LeerCobranza};
use crate::storage::deuda::{self, Nombre};
use crate::storage::morosos::{self as tabla, FiltroMorosos, MorosoFila, OrdenMorosos};
use crate::textos::TEXTOS;

/// States by which the list is filtered.
const ESTADOS: [&str; 7] =
    ["VENCIDO", "EN_GRACIA", "PROMESA", "SUSPENDIDO", "CORTADO", "EXENTO", "PAUSA_CLIENTE"];
/// Fields by which it is ordered.
const ORDENES: &[&str] = &["dias", "vencido"];
/// Rows that the count looks at.
const TOPE: i64 = 10_000;

#[derive(Template)]
#[template(path = "cobranza/morosos.html", blocks = ["lista"])]
struct Morosos {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    tramos: Vec<Opcion>,
    estados: Vec<Opcion>,
    mosaicos: Vec<Mosaico>,
    graficos: Vec<Grafico>,
    filas: Vec<Fila>,
    puede_avisar: bool,
    vacia: bool,
}

/// An age bucket that leads to its customers.
struct Mosaico {
    clave: &'static str,
    valor: String,
    nota: String,
    ruta: String,
}

struct Fila {
    id: String,
    cliente: String,
    codigo: String,
    ruta: String,
    vencido: String,
    dias: String,
    facturas: String,
    corte: String,
    insignia: Insignia,
}

/// `GET /facturacion/morosos`
pub async fn lista(
    vista: Vista<LeerCobranza>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-morosos-titulo").listens(&["promesa", "corte"]);
    let db = &app.db;
    let hoy = today(db, vista.cx()).await?;
    let (tramos, estados) = (ages(&marco), states(&marco));
    let l = Listado::new(&marco, filters(&tramos, &estados)).sortable(ORDENES);
    let filtro = of_list(db, &l, hoy).await?;
    let orden = match l.orden() {
        Some(o) if o.campo == "vencido" => OrdenMorosos::Vencido,
        _ => OrdenMorosos::Dias,
    };
    let pagina = match page_of(db, &filtro, orden, &l.cursor()).await {
        Ok(pagina) => pagina,
        // A cursor of another order: the first page.
        Err(_) => page_of(db, &filtro, orden, &Cursor { cursor: None, ..l.cursor() }).await?,
    };
    let total = tabla::count(db, &filtro, TOPE).await?;
    let ids: Vec<Uuid> = pagina.datos.iter().map(|f| f.cliente_id).collect();
    let nombres = deuda::nombres(db, &ids).await?;
    let fila = |f: &MorosoFila| row(&marco, f, nombres.get(&f.cliente_id), hoy);
    let filas = pagina.datos.iter().map(fila).collect();
    let vacia = total == 0 && !l.has_filtros();
    let (mosaicos, graficos) = buckets(db, &marco, hoy).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let fragmento = vista.peticion().hx.wants("lista");
    let p = Morosos {
        pestanas: tabs(&marco, MOROSOS),
        puede_avisar: vista.may(AvisarCobranza::NOMBRE),
        marco,
        l,
        tramos,
        estados,
        mosaicos,
        graficos,
        filas,
        vacia,
    };
    if fragmento {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn ages(marco: &Marco) -> Vec<Opcion> {
    TRAMOS.iter().map(|t| Opcion::new(t.codigo, marco.t(age_key(t.codigo)))).collect()
}

fn age_key(codigo: &str) -> &'static str {
    match codigo {
        "1-15" => "cobranza-tramo-1",
        "16-30" => "cobranza-tramo-2",
        "31-60" => "cobranza-tramo-3",
        _ => "cobranza-tramo-4",
    }
}

fn states(marco: &Marco) -> Vec<Opcion> {
    let opcion = |e: &str| Opcion::new(e, marco.t(&format!("cobranza-estado-{}", word(e))));
    ESTADOS.into_iter().map(opcion).collect()
}

/// What the list declares.
pub(super) fn filters(tramos: &[Opcion], estados: &[Opcion]) -> Vec<Filtro> {
    vec![
        Filtro::texto("q", "cobranza-filtro-buscar"),
        Filtro::opciones("tramo", "cobranza-filtro-tramo", tramos.to_vec()),
        Filtro::opciones("estado", "kit-estado", estados.to_vec()),
    ]
}

/// The filters of a list as the storage takes them.
pub(super) async fn of_list(
    c: &impl Consulta,
    l: &Listado,
    hoy: Fecha,
) -> Result<FiltroMorosos, Problem> {
    let filtro = filter((l.get("tramo"), l.get("estado")), None, hoy);
    let Some(texto) = l.get("q").filter(|q| !q.trim().is_empty()) else { return Ok(filtro) };
    let hallados = ramal_clientes::search(c, texto, 200).await?;
    let numeros: Vec<i64> =
        hallados.iter().filter_map(|h| h.codigo().trim_start_matches("C-").parse().ok()).collect();
    let clientes = deuda::ids_by_numero(c, &numeros).await?;
    Ok(FiltroMorosos { clientes: Some(clientes), ..filtro })
}

fn row(marco: &Marco, f: &MorosoFila, nombre: Option<&Nombre>, hoy: Fecha) -> Fila {
    let codigo = nombre.map_or_else(String::new, |n| format!("C-{}", n.numero));
    Fila {
        id: f.cliente_id.to_string(),
        cliente: nombre.map_or_else(String::new, |n| n.razon_social.clone()),
        ruta: format!("/admin/clientes/{codigo}/cobranza"),
        codigo,
        vencido: amount(marco, f.vencido, &f.moneda),
        dias: marco.formato().numero(f.desde.dias_hasta(hoy)),
        facturas: marco.formato().numero(f.facturas),
        corte: f.corte.map(|c| marco.fecha(&c)).unwrap_or_default(),
        insignia: badge(marco, &f.estado),
    }
}

/// A tile per age, and a drawing per currency.
async fn buckets(
    c: &impl Consulta,
    marco: &Marco,
    hoy: Fecha,
) -> Result<(Vec<Mosaico>, Vec<Grafico>), Problem> {
    let monedas = tabla::monedas(c).await?;
    let mut mosaicos: Vec<(i64, Vec<String>)> = TRAMOS.iter().map(|_| (0, Vec::new())).collect();
    let mut graficos = Vec::new();
    for moneda in &monedas {
        let mut puntos = Vec::new();
        let mut suma = 0_i64;
        for (tramo, mosaico) in TRAMOS.iter().zip(&mut mosaicos) {
            let t = tabla::bucket(c, moneda, tramo.due(hoy)).await?;
            let monto = amount(marco, t.vencido, moneda);
            mosaico.0 += t.clientes;
            mosaico.1.push(monto.clone());
            suma = suma.saturating_add(t.vencido);
            puntos.push(Punto::new(marco.t(age_key(tramo.codigo)), t.vencido, monto));
        }
        let conclusion = marco.t1("cobranza-grafico-suma", "monto", amount(marco, suma, moneda));
        let titulo = marco.t1("cobranza-grafico-titulo", "moneda", moneda);
        let rotulo = Rotulo::new(format!("edades-{moneda}"), titulo, conclusion);
        let columna = marco.t("cobranza-vencido");
        graficos.push(barras(&rotulo, &columna, &puntos, |n| amount(marco, n, moneda)));
    }
    let mosaico = |(tramo, (clientes, montos)): (&crate::http::morosos::TramoEdad, _)| {
        let (clientes, montos): (i64, Vec<String>) = (clientes, montos);
        Mosaico {
            clave: age_key(tramo.codigo),
            valor: marco.formato().numero(clientes),
            nota: montos.join(" · "),
            ruta: with_query(MOROSOS, &encoded(tramo.codigo)),
        }
    };
    Ok((TRAMOS.iter().zip(mosaicos).map(mosaico).collect(), graficos))
}

/// `60+` travels with its plus escaped.
fn encoded(codigo: &str) -> String {
    format!("tramo={}", codigo.replace('+', "%2B"))
}
