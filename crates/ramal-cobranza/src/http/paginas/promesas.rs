//! Promises by date: what came of each and what follows; taking one back.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::Pagina;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Conteo, Enlace, Filtro, Insignia, Listado, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::acto::Acto;
use super::comun::{PROMESAS, amount, of_body, of_form, tabs, with_query};
use crate::actions;
use crate::http::promesas::{key, named, read};
use crate::http::vistas::DatosMotivo;
use crate::permisos::{AnularPromesas, LeerPromesas};
use crate::reglas::Reglas;
use crate::storage::deuda::{self, Nombre};
use crate::storage::promesas::{self as tabla, FiltroPromesas, PromesaFila};
use crate::textos::TEXTOS;

const ESTADOS: [&str; 4] = ["vigente", "cumplida", "rota", "anulada"];
const TOPE: i64 = 10_000;

#[derive(Template)]
#[template(path = "cobranza/promesas.html", blocks = ["lista"])]
struct Promesas {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    estados: Vec<Opcion>,
    filas: Vec<Fila>,
    puede_anular: bool,
    vacia: bool,
}

struct Fila {
    codigo: String,
    cliente: String,
    ruta: String,
    fecha: String,
    monto: String,
    efecto: String,
    insignia: Insignia,
    anular: String,
}

/// `GET /facturacion/morosos/promesas`
pub async fn lista(
    vista: Vista<LeerPromesas>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-promesas-titulo").listens(&["promesa"]);
    let reglas = Reglas::load(&app.db, vista.cx()).await?;
    let opcion = |e: &str| Opcion::new(e, marco.t(&format!("cobranza-promesa-{e}")));
    let estados: Vec<Opcion> = ESTADOS.into_iter().map(opcion).collect();
    let filtros = vec![
        Filtro::opciones("estado", "kit-estado", estados.clone()),
        Filtro::fecha("desde", "cobranza-filtro-desde"),
        Filtro::fecha("hasta", "cobranza-filtro-hasta"),
    ];
    let l = Listado::new(&marco, filtros).views(views(&marco, reglas.hoy));
    let filtro = of_list(&l);
    let cursor = l.cursor();
    let desde = cursor.cursor.as_deref().and_then(read);
    let filas = tabla::page(&app.db, &filtro, desde, cursor.filas()).await?;
    let pagina = Pagina::cut(filas, &cursor, key);
    let total = tabla::count(&app.db, &filtro, TOPE).await?;
    let ids: Vec<Uuid> = pagina.datos.iter().map(|f| f.cliente_id).collect();
    let nombres = deuda::nombres(&app.db, &ids).await?;
    let fila = |f: &PromesaFila| row(&marco, f, nombres.get(&f.cliente_id), &reglas);
    let filas = pagina.datos.iter().map(fila).collect();
    let vacia = total == 0 && !l.has_filtros();
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let fragmento = vista.peticion().hx.wants("lista");
    let puede_anular = vista.may(AnularPromesas::NOMBRE);
    let pestanas = tabs(&marco, PROMESAS);
    let p = Promesas { marco, pestanas, l, estados, filas, puede_anular, vacia };
    if fragmento {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn views(marco: &Marco, hoy: Fecha) -> Vec<Enlace> {
    let vista = |clave: &str, consulta: String| Enlace {
        texto: marco.t(clave),
        activo: marco.consulta == consulta,
        ruta: with_query(PROMESAS, &consulta),
    };
    vec![
        vista("cobranza-vista-todas", String::new()),
        vista("cobranza-vista-hoy", format!("estado=vigente&desde={hoy}&hasta={hoy}")),
        vista("cobranza-vista-vigentes", "estado=vigente".to_owned()),
        vista("cobranza-vista-rotas", "estado=rota".to_owned()),
    ]
}

fn of_list(l: &Listado) -> FiltroPromesas {
    let dia = |nombre: &str| l.get(nombre).and_then(|t| Fecha::parse(t).ok());
    FiltroPromesas {
        estado: l.get("estado").map(ToOwned::to_owned),
        cliente: None,
        desde: dia("desde"),
        hasta: dia("hasta"),
    }
}

fn row(marco: &Marco, f: &PromesaFila, nombre: Option<&Nombre>, reglas: &Reglas) -> Fila {
    let cliente = nombre.map_or_else(String::new, |n| format!("C-{}", n.numero));
    let viva = f.estado == "vigente";
    Fila {
        ruta: format!("/admin/clientes/{cliente}/cobranza"),
        cliente: nombre.map_or_else(String::new, |n| n.razon_social.clone()),
        fecha: marco.fecha(&f.fecha),
        monto: amount(marco, f.monto, &f.moneda),
        efecto: effect(marco, f, reglas),
        insignia: promise_badge(marco, f, reglas.hoy),
        anular: if viva { format!("{PROMESAS}/{}/anular", f.codigo()) } else { String::new() },
        codigo: f.codigo(),
    }
}

/// Badge of a promise: a live one says whether it ends today.
pub(super) fn promise_badge(marco: &Marco, f: &PromesaFila, hoy: Fecha) -> Insignia {
    match f.estado.as_str() {
        "vigente" if f.fecha <= hoy => Insignia::mal(marco.t("cobranza-promesa-hoy")),
        "vigente" => Insignia::aviso(marco.t("cobranza-promesa-vigente")),
        "cumplida" => Insignia::ok(marco.t("cobranza-promesa-cumplida")),
        "rota" => Insignia::mal(marco.t("cobranza-promesa-rota")),
        _ => Insignia::cruz(marco.t("cobranza-promesa-anulada")),
    }
}

/// What follows: the day of the cut if it is not kept.
pub(super) fn effect(marco: &Marco, f: &PromesaFila, reglas: &Reglas) -> String {
    let (politica, calendario) = reglas.general();
    let corte = calendario.siguiente_permitido(f.fecha).map(|d| marco.fecha_texto(&d));
    let hora = format!("{:02}:00", politica.hora_corte);
    let Some(corte) = corte else { return String::new() };
    match f.estado.as_str() {
        "vigente" => marco.t2("cobranza-efecto-si-no", ("dia", corte), ("hora", hora)),
        "rota" => marco.t2("cobranza-efecto-corte", ("dia", corte), ("hora", hora)),
        "cumplida" if f.motivo.is_some() => marco.t("cobranza-efecto-rectificada"),
        _ => f.motivo.clone().unwrap_or_default(),
    }
}

fn annul_page(
    vista: &Vista<AnularPromesas>,
    promesa: &PromesaFila,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-promesa-anular");
    let lista = marco.t("cobranza-promesas-titulo");
    let marco = marco.miga(lista, PROMESAS).refused(&f);
    Acto {
        consecuencia: marco.t1("cobranza-promesa-anular-efecto", "codigo", promesa.codigo()),
        accion: format!("{PROMESAS}/{}/anular", promesa.codigo()),
        idem: vista.peticion().idem(),
        volver: PROMESAS.to_owned(),
        boton: "cobranza-promesa-anular",
        marco,
        f,
    }
    .page()
}

/// `GET /facturacion/morosos/promesas/{codigo}/anular`
pub async fn get_anular(
    vista: Vista<AnularPromesas>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let promesa = named(&app.db, &codigo).await?;
    annul_page(&vista, &promesa, Formulario::default())
}

/// `POST /facturacion/morosos/promesas/{codigo}/anular`
pub async fn post_anular(
    vista: Vista<AnularPromesas>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let promesa = named(&app.db, &codigo).await?;
    let datos: DatosMotivo = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return annul_page(&vista, &promesa, form.refused(&of_body(problem)?)),
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let reglas = Reglas::load(&tx, vista.cx()).await?;
    let hecho = actions::annul_promesa(&tx, vista.cx(), &reglas, promesa.id, &datos.motivo).await;
    if let Err(error) = hecho {
        tx.rollback().await?;
        return annul_page(&vista, &promesa, form.refused(&of_form(error)?));
    }
    idem.remember_redirect(&tx, vista.cx(), PROMESAS).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-promesa-anular");
    let texto = marco.t1("cobranza-promesa-anulada-hecho", "codigo", promesa.codigo());
    Ok(redirect(&app, PROMESAS, &[Aviso::ok(texto)]))
}
