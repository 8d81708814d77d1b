//! What WhatsApp costs: by month, category and kind, with its rates and its cap.
//! `/admin/mensajes/costos`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Fecha, Moneda, Zona};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::grafico::{self, Grafico, Punto, Rotulo};
use ramal_web::pagina::{Aviso, Enlace, Filtro, Listado, Marco, Opcion, page, redirect};
use ramal_web::{App, Formulario, Problem};

use super::palabras;
use crate::actions::write_ajustes;
use crate::ajustes::Ajustes;
use crate::clase::Categoria;
use crate::permisos::{AjustarMensajes, LeerMensajes};
use crate::storage::ajustes as almacen;
use crate::storage::costos::{self, Por, Suma, Tarifa};
use crate::textos::TEXTOS;
use crate::{Error, salida::revision};

const RUTA: &str = "/admin/mensajes/costos";

struct Renglon {
    nombre: String,
    mensajes: String,
    cobrados: String,
    costo: String,
}

struct Precio {
    mercado: String,
    categoria: String,
    desde: Fecha,
    precio: String,
}

#[derive(Template)]
#[template(path = "mensajeria/costos.html")]
struct Pagina {
    marco: Marco,
    secciones: Vec<Enlace>,
    mes: String,
    anterior: String,
    siguiente: String,
    total: String,
    mensajes: String,
    por_mensaje: String,
    tope: String,
    alcanzado: bool,
    grafico: Option<Grafico>,
    categorias: Vec<Renglon>,
    clases: Vec<Renglon>,
    precios: Vec<Precio>,
    opciones: Vec<Opcion>,
    monedas: Vec<Opcion>,
    ajusta: bool,
    f: Formulario,
}

/// `GET /admin/mensajes/costos`
pub(super) async fn ver(
    vista: Vista<LeerMensajes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    show(&vista, &app, (StatusCode::OK, Formulario::default())).await
}

/// First day of a month text; the present month if it is none.
fn first_day(texto: Option<&str>, hoy: Fecha) -> Fecha {
    let leido = texto.and_then(|t| Fecha::parse(&format!("{t}-01")).ok());
    leido.unwrap_or_else(|| hoy.plus_dias(1 - i32::from(hoy.dia())))
}

fn month(dia: Fecha) -> String {
    format!("{:04}-{:02}", dia.anio(), dia.mes())
}

async fn show<P>(
    vista: &Vista<P>,
    app: &App,
    (estado, f): (StatusCode, Formulario),
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-costos-titulo").refused(&f);
    let l = Listado::new(&marco, vec![Filtro::texto("mes", "mensajes-mes")]);
    let hoy = Zona::utc().fecha(marco.ahora);
    let dia = first_day(l.get("mes"), hoy);
    let mes = month(dia);
    let categorias = costos::of_month(&app.db, &mes, Por::Categoria).await?;
    let clases = costos::of_month(&app.db, &mes, Por::Clase).await?;
    let ajustes: Ajustes = almacen::load(&app.db, almacen::NOTIFICACIONES).await?.valor;
    let gastado = costos::spent(&app.db, &revision::month(marco.ahora)).await?;
    let meses = costos::months(&app.db, &month(dia.plus_meses(-11))).await?;
    let tope = ajustes.tope_micros;
    let con_tope = (tope > 0).then(|| palabras::micros(&marco, tope, "USD"));
    let (total, n, cobrados) = totals(&categorias);
    let pagina = Pagina {
        secciones: palabras::message_tabs(&marco),
        anterior: format!("{RUTA}?mes={}", month(dia.plus_meses(-1))),
        siguiente: format!("{RUTA}?mes={}", month(dia.plus_meses(1))),
        total: palabras::micros(&marco, total, "USD"),
        mensajes: marco.numero(&n),
        por_mensaje: if cobrados > 0 {
            palabras::unit_price(total / cobrados)
        } else {
            "—".into()
        },
        tope: con_tope.unwrap_or_default(),
        alcanzado: tope > 0 && gastado >= tope,
        grafico: chart(&marco, &meses),
        categorias: categorias.iter().map(|s| line(&marco, s, category(&marco, s))).collect(),
        clases: clases.iter().map(|s| line(&marco, s, kind(&marco, s))).collect(),
        precios: costos::rates(&app.db).await?.into_iter().map(|t| price(&marco, t)).collect(),
        opciones: category_options(&marco),
        monedas: [Moneda::Usd, Moneda::Mxn, Moneda::Pen]
            .map(|m| Opcion::new(m.codigo(), m.codigo()))
            .to_vec(),
        ajusta: vista.may(AjustarMensajes::NOMBRE),
        mes: marco.formato().periodo(dia),
        marco,
        f,
    };
    page(estado, &pagina)
}

fn totals(sumas: &[Suma]) -> (i64, i64, i64) {
    let suma = |f: fn(&Suma) -> i64| sumas.iter().map(f).sum();
    (suma(|s| s.micros), suma(|s| s.mensajes), suma(|s| s.cobrados))
}

fn line(marco: &Marco, s: &Suma, nombre: String) -> Renglon {
    Renglon {
        nombre,
        mensajes: marco.numero(&s.mensajes),
        cobrados: marco.numero(&s.cobrados),
        costo: palabras::micros(marco, s.micros, &s.moneda),
    }
}

fn category(marco: &Marco, s: &Suma) -> String {
    let clave = format!("mensajes-categoria-{}", palabras::slug(&s.nombre.to_lowercase()));
    let texto = marco.t(&clave);
    if texto == clave { s.nombre.clone() } else { texto }
}

fn kind(marco: &Marco, s: &Suma) -> String {
    if s.nombre.is_empty() {
        return marco.t("mensajes-costos-sin-clase");
    }
    palabras::kind(marco, &s.nombre)
}

fn price(marco: &Marco, t: Tarifa) -> Precio {
    let suma = Suma {
        nombre: t.categoria.clone(),
        moneda: t.moneda.clone(),
        mensajes: 0,
        cobrados: 0,
        micros: 0,
    };
    Precio {
        categoria: category(marco, &suma),
        precio: format!("{} {}", t.moneda, palabras::unit_price(t.micros)),
        mercado: t.mercado,
        desde: t.desde,
    }
}

fn category_options(marco: &Marco) -> Vec<Opcion> {
    let una = |c: Categoria| {
        let clave = format!("mensajes-categoria-{}", c.as_str().to_lowercase());
        Opcion::new(c.as_str(), marco.t(&clave))
    };
    [Categoria::Utility, Categoria::Marketing, Categoria::Authentication].map(una).to_vec()
}

/// Bars of the last twelve months, in dollars; nothing if nothing was ever charged.
fn chart(marco: &Marco, meses: &[Suma]) -> Option<Grafico> {
    let en_dolares: Vec<&Suma> = meses.iter().filter(|s| s.moneda == "USD").collect();
    if en_dolares.is_empty() {
        return None;
    }
    let punto = |s: &&Suma| {
        let dia = Fecha::parse(&format!("{}-01", s.nombre)).ok();
        let etiqueta = dia.map_or_else(|| s.nombre.clone(), |d| marco.formato().periodo(d));
        let centavos = ramal_base::dinero::rh_div(i128::from(s.micros), 10_000);
        Punto::new(etiqueta, centavos, palabras::micros(marco, s.micros, "USD"))
    };
    let puntos: Vec<Punto> = en_dolares.iter().map(punto).collect();
    let rotulo = Rotulo::new("costos-mes", marco.t("mensajes-costos-por-mes"), "");
    let marca = |centavos: i64| palabras::micros(marco, centavos * 10_000, "USD");
    Some(grafico::barras(&rotulo, &marco.t("mensajes-costo"), &puntos, marca))
}

/// `POST /admin/mensajes/costos/tarifas`
pub(super) async fn guardar(
    vista: Vista<AjustarMensajes>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    let hecho = match read(&form) {
        Ok(tarifa) => write_ajustes::save_rate(&tx, vista.cx(), &tarifa).await,
        Err(error) => Err(error),
    };
    if let Err(error) = hecho {
        tx.rollback().await?;
        return show(&vista, &app, palabras::refused(form, error)?).await;
    }
    tx.commit().await?;
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-tarifa-guardada"));
    Ok(redirect(&app, RUTA, &[aviso]))
}

fn read(form: &Formulario) -> Result<Tarifa, Error> {
    let precio = palabras::parse_micros(form.value("precio")).ok_or_else(|| {
        Error::campo("precio", "precio_forma", "Escriba el precio, por ejemplo 0.0085.")
    })?;
    let desde = Fecha::parse(form.value("desde"))
        .map_err(|_| Error::campo("desde", "fecha_forma", "Elija el día desde el que rige."))?;
    let moneda = Moneda::parse(form.value("moneda"))
        .ok_or_else(|| Error::campo("moneda", "moneda_desconocida", "Elija una moneda."))?;
    Ok(Tarifa {
        mercado: form.value("mercado").trim().to_ascii_uppercase(),
        categoria: form.value("categoria").to_owned(),
        desde,
        moneda: moneda.codigo().to_owned(),
        micros: precio,
    })
}
