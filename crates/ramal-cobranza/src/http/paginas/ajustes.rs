//! Settings of collections: the policy of the company, of a zone or of a kind of document; the
//! calendar, with the next day of cuts explained.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Problema;
use ramal_db::Consulta;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Enlace, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::ajustes_forma::{ETAPAS, filled, read};
use super::comun::{of_body, of_form};
use super::cortes::next_day;
use crate::actions::{self, NuevoDia};
use crate::http::politica::{AmbitoQuery, stored};
use crate::nucleo::feriados::feriados_del_anio;
use crate::nucleo::norma::{Materia, norma};
use crate::permisos::AjustarCobranza;
use crate::reglas::{Ambito, Reglas};
use crate::storage::politicas::{self, DiaFila};
use crate::textos::TEXTOS;

const RUTA: &str = "/admin/ajustes/cobranza";

#[derive(Template)]
#[template(path = "cobranza/ajustes.html")]
struct Ajustes {
    marco: Marco,
    f: Formulario,
    d: Formulario,
    ambitos: Vec<Enlace>,
    zona: String,
    segmento: String,
    propia: bool,
    idem: String,
    etapas: Vec<usize>,
    clases: Vec<Opcion>,
    alcances: Vec<Opcion>,
    bloqueos: Vec<Opcion>,
    modos: Vec<Opcion>,
    momentos: Vec<Opcion>,
    finales: Vec<Opcion>,
    semana: Vec<Opcion>,
    zonas: Vec<Opcion>,
    dias_clases: Vec<Opcion>,
    proximo: String,
    antes: Vec<String>,
    propios: Vec<Dia>,
    feriados: Vec<(String, String, String)>,
    normas: Vec<(String, String)>,
}

struct Dia {
    id: String,
    fecha: String,
    clase: String,
    nombre: String,
    zona: String,
}

fn scope(form: &Formulario) -> AmbitoQuery {
    let segmento = form.value("segmento").trim().to_uppercase();
    AmbitoQuery {
        zona_id: form.value("zona").parse().ok(),
        segmento: Some(segmento).filter(|s| !s.is_empty()),
    }
}

/// `GET /admin/ajustes/cobranza`
pub async fn ver(
    vista: Vista<AjustarCobranza>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let consulta = vista.marco(&TEXTOS, "cobranza-ajustes-titulo").consulta;
    let pedido = scope(&Formulario::read(consulta.as_bytes())?);
    let actual = stored(&app.db, &pedido.ambito()).await?;
    let f = filled(&actual.politica, actual.version);
    render(&vista, &app, &pedido, (f, Formulario::default())).await
}

async fn render(
    vista: &Vista<AjustarCobranza>,
    app: &App,
    pedido: &AmbitoQuery,
    (f, d): (Formulario, Formulario),
) -> Result<Response, Problem> {
    let db = &app.db;
    let mal = f.is_refused() || d.is_refused();
    let marco = vista.marco(&TEXTOS, "cobranza-ajustes-titulo").refused(&f);
    let reglas = Reglas::load(db, vista.cx()).await?;
    let zonas = zones(db).await?;
    let (proximo, antes) = next_day(&marco, &reglas);
    let (nombre, clave) = pedido.ambito().stored();
    let propia = politicas::one(db, (nombre, &clave)).await?.is_some();
    let lista = |grupo: &str, palabras: &[&str]| choices(&marco, grupo, palabras);
    let p = Ajustes {
        ambitos: scopes(db, &marco, (pedido, &zonas)).await?,
        zona: pedido.zona_id.map(|z| z.to_string()).unwrap_or_default(),
        segmento: pedido.segmento.clone().unwrap_or_default(),
        propia: propia && pedido.ambito() != Ambito::Empresa,
        idem: vista.peticion().idem(),
        etapas: (0..ETAPAS).collect(),
        clases: lista("clase", &["proximo", "vencido", "corte"]),
        alcances: lista("alcance", &["SERVICIO", "CLIENTE"]),
        bloqueos: lista("bloqueo", &["aviso", "total"]),
        modos: lista("modo", &["VENCIDO_SERVICIO", "VENCIDO_TODO", "VENCIDO_TODO_MAS_CARGOS"]),
        momentos: lista("momento", &["siguiente_factura", "antes"]),
        finales: lista("final", &["perdonar", "cobrar"]),
        semana: lista("dia", &["1", "2", "3", "4", "5", "6", "7"]),
        dias_clases: lista("dia-clase", &["feriado", "sin_reconexion", "habil"]),
        propios: own_days(db, &marco, (&reglas, &zonas)).await?,
        feriados: holidays(&marco, &reglas),
        normas: norms(&marco, &reglas),
        zonas,
        proximo,
        antes,
        f,
        d,
        marco,
    };
    page(if mal { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &p)
}

fn choices(marco: &Marco, grupo: &str, palabras: &[&str]) -> Vec<Opcion> {
    let clave = |p: &str| format!("cobranza-{grupo}-{}", super::comun::word(p));
    palabras.iter().map(|p| Opcion::new(*p, marco.t(&clave(p)))).collect()
}

async fn zones(c: &impl Consulta) -> Result<Vec<Opcion>, Problem> {
    #[derive(ramal_db::FromQueryResult)]
    struct Fila {
        id: Uuid,
        nombre: String,
    }
    const SQL: &str = "SELECT id, nombre FROM zonas ORDER BY nombre LIMIT 500";
    let filas: Vec<Fila> = c.all(SQL, vec![]).await?;
    Ok(filas.into_iter().map(|f| Opcion::new(f.id.to_string(), f.nombre)).collect())
}

/// The policies that there are, as tabs.
async fn scopes(
    c: &impl Consulta,
    marco: &Marco,
    (pedido, zonas): (&AmbitoQuery, &[Opcion]),
) -> Result<Vec<Enlace>, Problem> {
    let actual = pedido.ambito();
    let mut enlaces = vec![Enlace {
        texto: marco.t("cobranza-ambito-empresa"),
        activo: actual == Ambito::Empresa,
        ruta: RUTA.to_owned(),
    }];
    for fila in politicas::all(c).await? {
        let Some(ambito) = Ambito::read(&fila.ambito, &fila.clave) else { continue };
        let (texto, ruta) = match &ambito {
            Ambito::Empresa => continue,
            Ambito::Zona(id) => {
                let nombre = zonas.iter().find(|z| z.valor == id.to_string());
                let nombre = nombre.map_or_else(|| id.to_string(), |z| z.texto.clone());
                (nombre, format!("{RUTA}?zona={id}"))
            }
            Ambito::Segmento(tipo) => (tipo.clone(), format!("{RUTA}?segmento={tipo}")),
        };
        enlaces.push(Enlace { texto, activo: ambito == actual, ruta });
    }
    Ok(enlaces)
}

async fn own_days(
    c: &impl Consulta,
    marco: &Marco,
    (reglas, zonas): (&Reglas, &[Opcion]),
) -> Result<Vec<Dia>, Problem> {
    let dias = politicas::dias(c, reglas.hoy).await?;
    let dia = |d: &DiaFila| {
        let zona = d.zona_id.map(|z| z.to_string()).unwrap_or_default();
        let zona = zonas.iter().find(|z| z.valor == zona).map(|z| z.texto.clone());
        Dia {
            id: d.id.to_string(),
            fecha: marco.fecha_texto(&d.fecha),
            clase: marco.t(&format!("cobranza-dia-clase-{}", super::comun::word(&d.clase))),
            nombre: d.nombre.clone(),
            zona: zona.unwrap_or_else(|| marco.t("cobranza-todas-las-zonas")),
        }
    };
    Ok(dias.iter().map(dia).collect())
}

/// National holidays of this year and the next that are still to come, with their source.
fn holidays(marco: &Marco, reglas: &Reglas) -> Vec<(String, String, String)> {
    let anio = reglas.hoy.anio();
    let anios = [anio, anio.saturating_add(1)];
    let todos = anios.into_iter().flat_map(|a| feriados_del_anio(reglas.pais, a));
    todos
        .filter(|(dia, ..)| *dia >= reglas.hoy)
        .take(20)
        .map(|(dia, nombre, fuente)| (marco.fecha_texto(&dia), nombre.to_owned(), fuente))
        .collect()
}

/// What the norm of the country fixes, with its source.
fn norms(marco: &Marco, reglas: &Reglas) -> Vec<(String, String)> {
    let materias = [
        (Materia::AvisoHabiles, "cobranza-norma-aviso"),
        (Materia::PausaMinimo, "cobranza-norma-pausa-minimo"),
        (Materia::PausaMeses, "cobranza-norma-pausa-meses"),
        (Materia::PausaEfectiva, "cobranza-norma-pausa-efectiva"),
    ];
    let una = |(materia, clave): (Materia, &str)| {
        let n = norma(reglas.pais, materia, reglas.hoy)?;
        Some((marco.t1(clave, "n", n.valor), n.fuente.to_owned()))
    };
    materias.into_iter().filter_map(una).collect()
}

fn back(pedido: &AmbitoQuery) -> String {
    match pedido.ambito() {
        Ambito::Empresa => RUTA.to_owned(),
        Ambito::Zona(id) => format!("{RUTA}?zona={id}"),
        Ambito::Segmento(tipo) => format!("{RUTA}?segmento={tipo}"),
    }
}

/// `POST /admin/ajustes/cobranza`
pub async fn post_politica(
    vista: Vista<AjustarCobranza>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let pedido = scope(&form);
    let nada = Formulario::default;
    let marco = vista.marco(&TEXTOS, "cobranza-ajustes-titulo");
    let politica = match read(&form, marco.formato()) {
        Ok(politica) => politica,
        Err(malos) => {
            let f = form.refused(&Problema::campos(malos));
            return render(&vista, &app, &pedido, (f, nada())).await;
        }
    };
    let version = form.value("version").parse().unwrap_or(0);
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let ambito = pedido.ambito();
    if let Err(error) = actions::write_politica(&tx, vista.cx(), &ambito, &politica, version).await
    {
        tx.rollback().await?;
        let f = form.refused(&of_form(error)?);
        return render(&vista, &app, &pedido, (f, nada())).await;
    }
    let destino = back(&pedido);
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    Ok(redirect(&app, &destino, &[Aviso::ok(marco.t("cobranza-ajustes-hecho"))]))
}

/// `POST /admin/ajustes/cobranza/quitar`
pub async fn post_quitar(
    vista: Vista<AjustarCobranza>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-ajustes-titulo");
    let tx = app.db.begin().await?;
    if let Err(error) = actions::delete_politica(&tx, vista.cx(), &scope(&form).ambito()).await {
        tx.rollback().await?;
        return Ok(redirect(&app, RUTA, &[Aviso::mal(of_form(error)?.detalle)]));
    }
    tx.commit().await?;
    Ok(redirect(&app, RUTA, &[Aviso::ok(marco.t("cobranza-ajustes-quitada"))]))
}

/// `POST /admin/ajustes/cobranza/dias`
pub async fn post_dia(
    vista: Vista<AjustarCobranza>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let sola = AmbitoQuery::default();
    let hecho = match form.parse::<NuevoDia>() {
        Ok(dia) => dia,
        Err(problem) => {
            let d = form.refused(&of_body(problem)?);
            let actual = stored(&app.db, &Ambito::Empresa).await?;
            let f = filled(&actual.politica, actual.version);
            return render(&vista, &app, &sola, (f, d)).await;
        }
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = actions::add_dia(&tx, vista.cx(), hecho).await {
        tx.rollback().await?;
        let d = form.refused(&of_form(error)?);
        let actual = stored(&app.db, &Ambito::Empresa).await?;
        let f = filled(&actual.politica, actual.version);
        return render(&vista, &app, &sola, (f, d)).await;
    }
    idem.remember_redirect(&tx, vista.cx(), RUTA).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-ajustes-titulo");
    Ok(redirect(&app, RUTA, &[Aviso::ok(marco.t("cobranza-dia-hecho"))]))
}

/// `POST /admin/ajustes/cobranza/dias/{id}/quitar`
pub async fn post_quitar_dia(
    vista: Vista<AjustarCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-ajustes-titulo");
    let tx = app.db.begin().await?;
    if let Err(error) = actions::delete_dia(&tx, vista.cx(), id).await {
        tx.rollback().await?;
        return Ok(redirect(&app, RUTA, &[Aviso::mal(of_form(error)?.detalle)]));
    }
    tx.commit().await?;
    Ok(redirect(&app, RUTA, &[Aviso::ok(marco.t("cobranza-dia-quitado"))]))
}
