//! The board of the workspace: what needs a person today, each with the list behind it. And the
//! indicators, drawn. They change nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Dinero, Fecha};
use ramal_db::{Consulta, FromQueryResult, params};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::grafico::{Grafico, Punto, Rotulo, barras};
use ramal_web::pagina::{Insignia, page};
use ramal_web::{App, Marco, Problem};

use super::comun::{LISTA, amount, today};
use super::corridas::{phase_badge, run_route};
use super::lista::with_query;
use super::revisar_vista::{Certificado, certificates};
use crate::http::facturas::kpis;
use crate::permisos::{LeerFacturacion, LeerFacturas};
use crate::storage::consultas;
use crate::storage::corridas::CorridaFila;
use crate::storage::lista::{EstadoLista, FiltroLista, TOPE, count};
use crate::textos::TEXTOS;
use crate::vistas_corrida::KpisView;

/// A number that leads to its list.
struct Mosaico {
    clave: &'static str,
    valor: String,
    nota: String,
    ruta: String,
}

#[derive(Template)]
#[template(path = "facturacion/tablero.html")]
struct Tablero {
    marco: Marco,
    mosaicos: Vec<Mosaico>,
    certificados: Vec<Certificado>,
    corrida: Option<(String, String, Insignia)>,
    por_facturar: String,
    puede_corridas: bool,
}

/// `GET /facturacion`
pub async fn tablero(
    vista: Vista<LeerFacturas>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "facturacion-tablero-titulo").listens(&["corrida", "factura"]);
    let hoy = today(&app).await?;
    let emisores = ramal_plataforma::emisores(&app.db).await?;
    let ids = emisores.iter().map(|e| e.id.uuid()).collect();
    let p = Tablero {
        mosaicos: tiles(&app, &marco, hoy).await?,
        certificados: certificates(&app.db, &marco, &ids).await?,
        corrida: last_run(&app, &marco).await?,
        por_facturar: match due_today(&app, hoy).await? {
            0 => String::new(),
            n => marco.formato().numero(n),
        },
        puede_corridas: vista.may(LeerFacturacion::NOMBRE),
        marco,
    };
    page(StatusCode::OK, &p)
}

async fn tiles(app: &App, marco: &Marco, hoy: Fecha) -> Result<Vec<Mosaico>, Problem> {
    let estados = [
        (EstadoLista::Rechazada, "facturacion-tablero-rechazadas"),
        (EstadoLista::Detenida, "facturacion-tablero-detenidas"),
        (EstadoLista::Enviando, "facturacion-tablero-enviando"),
        (EstadoLista::Vencida, "facturacion-tablero-vencidas"),
    ];
    let mut mosaicos = Vec::new();
    for (estado, clave) in estados {
        let filtro = FiltroLista { estado: Some(estado), ..FiltroLista::default() };
        let n = count(&app.db, &filtro, Some(hoy)).await?;
        mosaicos.push(Mosaico {
            clave,
            valor: bounded(marco, n),
            nota: String::new(),
            ruta: with_query(LISTA, &format!("estado={}", estado.as_str())),
        });
    }
    Ok(mosaicos)
}

fn bounded(marco: &Marco, n: i64) -> String {
    if n > TOPE {
        return marco.t1("kit-mas-de", "n", marco.formato().numero(TOPE));
    }
    marco.formato().numero(n)
}

/// Customers with a service to bill today or before.
async fn due_today(app: &App, hoy: Fecha) -> Result<i64, Problem> {
    const SQL: &str = "SELECT COUNT(DISTINCT cliente_id) FROM servicios \
        WHERE proxima_revision IS NOT NULL AND proxima_revision <= $1";
    Ok(app.db.scalar(SQL, params![hoy]).await?.unwrap_or(0))
}

async fn last_run(app: &App, marco: &Marco) -> Result<Option<(String, String, Insignia)>, Problem> {
    const SQL: &str = "SELECT id, fecha, estado, creado, terminado FROM corridas \
        ORDER BY fecha DESC LIMIT 1";
    let ultima: Option<CorridaFila> = app.db.opt(SQL, params![]).await?;
    Ok(ultima.map(|c| {
        let insignia = phase_badge(marco, &c.estado);
        (marco.fecha_texto(&c.fecha), run_route(c.fecha), insignia)
    }))
}

#[derive(Template)]
#[template(path = "facturacion/kpis.html")]
struct Kpis {
    marco: Marco,
    mosaicos: Vec<Mosaico>,
    ingresos: Vec<Grafico>,
    graficos: Vec<Grafico>,
}

/// `GET /facturacion/kpis`
pub async fn indicadores(
    vista: Vista<LeerFacturas>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "facturacion-kpis-titulo");
    let k = kpis(&app).await?;
    let mes = today(&app).await?;
    let primero = mes.plus_dias(1 - i32::from(mes.dia()));
    let mosaicos = kpi_tiles(&app, &marco, &k, primero).await?;
    let ingresos = income(&marco, &k);
    let graficos =
        vec![states(&app, &marco, primero).await?, by_series(&app, &marco, primero).await?];
    page(StatusCode::OK, &Kpis { marco, mosaicos, ingresos, graficos })
}

fn money_list(marco: &Marco, dinero: &[Dinero]) -> String {
    let textos: Vec<String> = dinero.iter().map(|d| marco.dinero(d)).collect();
    if textos.is_empty() { marco.formato().numero(0) } else { textos.join(" · ") }
}

async fn kpi_tiles(
    app: &App,
    marco: &Marco,
    k: &KpisView,
    primero: Fecha,
) -> Result<Vec<Mosaico>, Problem> {
    let numero = |n: i64| marco.formato().numero(n);
    let del_mes = format!("desde={primero}");
    let lista = |consulta: &str| with_query(LISTA, consulta);
    let primera = first_send(app, primero).await?;
    Ok(vec![
        Mosaico {
            clave: "facturacion-kpi-emitidas",
            valor: numero(k.emitidas),
            nota: money_list(marco, &k.totales),
            ruta: lista(&del_mes),
        },
        Mosaico {
            clave: "facturacion-kpi-por-cobrar",
            valor: money_list(marco, &k.por_cobrar),
            nota: marco.t1("facturacion-kpi-documentos", "n", numero(k.pendientes_de_pago)),
            ruta: lista("estado=pendiente"),
        },
        Mosaico {
            clave: "facturacion-kpi-primera",
            valor: primera
                .map_or_else(|| marco.t("kit-sin-dato"), |d| marco.formato().porcentaje(d)),
            nota: marco.t1("facturacion-kpi-aceptadas", "n", numero(k.aceptadas)),
            ruta: lista(&del_mes),
        },
        Mosaico {
            clave: "facturacion-kpi-rechazadas",
            valor: numero(k.rechazadas),
            nota: String::new(),
            ruta: lista(&format!("estado=rechazada&{del_mes}")),
        },
    ])
}

/// Tenths of a percent of this month's answered documents that were accepted at the first sending.
async fn first_send(app: &App, primero: Fecha) -> Result<Option<i64>, Problem> {
    const SQL: &str = "SELECT COUNT(*) AS respondidas, CAST(COALESCE(SUM(CASE \
        WHEN k.estado IN ('aceptado', 'aceptado_obs', 'baja_pendiente', 'baja') \
        AND k.intentos <= 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS primeras \
        FROM facturas f JOIN comprobantes k ON k.id = f.comprobante_id WHERE f.fecha >= $1 \
        AND k.estado IN ('aceptado', 'aceptado_obs', 'baja_pendiente', 'baja', 'rechazado', \
        'excepcion')";
    #[derive(FromQueryResult)]
    struct Fila {
        respondidas: i64,
        primeras: i64,
    }
    let fila: Option<Fila> = app.db.opt(SQL, params![primero]).await?;
    Ok(fila.filter(|f| f.respondidas > 0).map(|f| f.primeras * 1_000 / f.respondidas))
}

/// Income by month, a drawing per currency.
fn income(marco: &Marco, k: &KpisView) -> Vec<Grafico> {
    let mut monedas: Vec<&String> = k.serie.iter().flat_map(|m| m.totales.keys()).collect();
    monedas.sort_unstable();
    monedas.dedup();
    let grafico = |moneda: &&String| {
        let punto = |m: &crate::vistas_corrida::MesView| {
            let texto = m.totales.get(*moneda).map_or("0", String::as_str);
            let centavos = ramal_base::dinero::parse_centavos(texto).unwrap_or(0);
            let dia = Fecha::parse(&format!("{}-01", m.mes));
            let mes = dia.map_or_else(|_| m.mes.clone(), |d| marco.formato().periodo(d));
            // Twelve labels must fit under the bars: the month alone.
            let mes = mes.chars().take(3).collect::<String>();
            Punto::new(mes, centavos, amount(marco, centavos, moneda))
        };
        let puntos: Vec<Punto> = k.serie.iter().map(punto).collect();
        let ultimo = puntos.last().map(|p| p.texto.clone()).unwrap_or_default();
        let conclusion = marco.t1("facturacion-grafico-ingresos-este", "monto", ultimo);
        let titulo = marco.t1("facturacion-grafico-ingresos", "moneda", *moneda);
        let rotulo = Rotulo::new(format!("ingresos-{moneda}"), titulo, conclusion);
        barras(&rotulo, &marco.t("kit-total"), &puntos, |c| amount(marco, c, moneda))
    };
    monedas.iter().map(grafico).collect()
}

#[derive(FromQueryResult)]
struct Cuenta {
    nombre: String,
    n: i64,
}

async fn states(app: &App, marco: &Marco, primero: Fecha) -> Result<Grafico, Problem> {
    let estados = consultas::estados_legales(&app.db, primero).await?;
    let punto = |(estado, n): &(String, i64)| {
        let clave = format!("facturacion-legal-{}", estado.replace('_', "-"));
        Punto::new(marco.t(&clave), *n, marco.formato().numero(*n))
    };
    Ok(drawn(marco, "estados", estados.iter().map(punto).collect()))
}

async fn by_series(app: &App, marco: &Marco, primero: Fecha) -> Result<Grafico, Problem> {
    const SQL: &str = "SELECT serie AS nombre, COUNT(*) AS n FROM facturas WHERE fecha >= $1 \
        GROUP BY serie ORDER BY serie LIMIT 24";
    let series: Vec<Cuenta> = app.db.all(SQL, params![primero]).await?;
    let punto = |c: &Cuenta| Punto::new(c.nombre.clone(), c.n, marco.formato().numero(c.n));
    Ok(drawn(marco, "series", series.iter().map(punto).collect()))
}

fn drawn(marco: &Marco, id: &str, puntos: Vec<Punto>) -> Grafico {
    let suma: i64 = puntos.iter().map(|p| p.valor).sum();
    let conclusion = marco.t1("facturacion-kpi-documentos", "n", marco.formato().numero(suma));
    let titulo = marco.t(&format!("facturacion-grafico-{id}"));
    let rotulo = Rotulo::new(id, titulo, conclusion);
    barras(&rotulo, &marco.t("facturacion-corrida-documentos"), &puntos, |n| {
        marco.formato().numero(n)
    })
}
