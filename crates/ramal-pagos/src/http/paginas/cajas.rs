//! The cajas of the company and its limits: for whoever administers them.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Insignia, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::comun::{CAJA, form_status, of_body, of_form};
use crate::Error;
use crate::actions::{DatosCaja, create_caja, update_caja};
use crate::ajustes::{self, DatosLimites, limites};
use crate::caja::{Caja, CajaId};
use crate::permisos::AdministrarCaja;
use crate::storage::caja;
use crate::textos::TEXTOS;

const RUTA: &str = "/facturacion/caja/cajas";

#[derive(Template)]
#[template(path = "pagos/cajas.html")]
struct Cajas {
    marco: Marco,
    f: Formulario,
    idem: String,
    filas: Vec<FilaCajas>,
    sucursales: Vec<Opcion>,
    monedas: Vec<Opcion>,
    moneda: String,
    limites: Formulario,
}

struct FilaCajas {
    codigo: String,
    nombre: String,
    sucursal: String,
    moneda: String,
    insignia: Insignia,
    accion: String,
    activar: bool,
    version: i64,
}

/// `GET /facturacion/caja/cajas`
pub async fn get_cajas(
    vista: Vista<AdministrarCaja>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    render(&vista, &app, Formulario::default()).await
}

async fn render(
    vista: &Vista<AdministrarCaja>,
    app: &App,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "pagos-cajas-titulo").refused(&f);
    let caja_titulo = marco.t("pagos-caja-titulo");
    let marco = marco.miga(caja_titulo, CAJA);
    let empresa = ramal_plataforma::empresa(&app.db).await.map_err(Error::from)?;
    let sucursales = ramal_plataforma::sucursales(&app.db).await?;
    let opcion = |s: &ramal_plataforma::Sucursal| Opcion::new(s.id.to_string(), s.nombre.clone());
    let opciones: Vec<Opcion> = sucursales.iter().map(opcion).collect();
    let todas = caja::cajas(&app.db).await?;
    let suyos = limites(&empresa, empresa.moneda);
    let texto = ramal_base::dinero::format_centavos;
    let p = Cajas {
        idem: vista.peticion().idem(),
        filas: todas.iter().map(|c| row(&marco, c, &opciones)).collect(),
        monedas: ["MXN", "PEN", "USD"].map(|m| Opcion::new(m, m)).to_vec(),
        moneda: empresa.moneda.codigo().to_owned(),
        limites: Formulario::filled([
            ("devolucion", texto(suyos.devolucion)),
            ("diferencia", texto(suyos.diferencia)),
        ]),
        sucursales: opciones,
        f,
        marco,
    };
    page(form_status(&p.f), &p)
}

fn row(marco: &Marco, c: &Caja, sucursales: &[Opcion]) -> FilaCajas {
    let id = c.sucursal_id.map(|id| id.to_string());
    let suya = sucursales.iter().find(|s| Some(&s.valor) == id.as_ref());
    FilaCajas {
        codigo: c.codigo.clone(),
        nombre: c.nombre.clone(),
        sucursal: suya.map(|s| s.texto.clone()).unwrap_or_default(),
        moneda: c.moneda.codigo().to_owned(),
        insignia: match c.activa {
            true => Insignia::ok(marco.t("pagos-caja-activa")),
            false => Insignia::gris(marco.t("pagos-caja-inactiva")),
        },
        accion: format!("{RUTA}/{}", c.id),
        activar: !c.activa,
        version: c.version,
    }
}

/// `POST /facturacion/caja/cajas`
pub async fn post_caja(
    vista: Vista<AdministrarCaja>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let datos: DatosCaja = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return render(&vista, &app, form.refused(&of_body(problem)?)).await,
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let nueva = match create_caja(&tx, vista.cx(), datos).await {
        Ok(nueva) => nueva,
        Err(error) => {
            tx.rollback().await?;
            return render(&vista, &app, form.refused(&of_form(error)?)).await;
        }
    };
    idem.remember_redirect(&tx, vista.cx(), RUTA).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "pagos-cajas-titulo");
    Ok(redirect(&app, RUTA, &[Aviso::ok(marco.t1("pagos-caja-creada", "codigo", nueva.codigo))]))
}

/// `POST /facturacion/caja/cajas/{caja}`: puts it in service or out of it.
pub async fn post_cambio(
    vista: Vista<AdministrarCaja>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let datos: DatosCaja = form.parse()?;
    let tx = app.db.begin().await?;
    let marco = vista.marco(&TEXTOS, "pagos-cajas-titulo");
    let aviso = match update_caja(&tx, vista.cx(), CajaId::from_uuid(id), datos).await {
        Ok(_) => {
            tx.commit().await?;
            Aviso::ok(marco.t("pagos-caja-cambiada"))
        }
        Err(error) => {
            tx.rollback().await?;
            Aviso::mal(of_form(error)?.detalle)
        }
    };
    Ok(redirect(&app, RUTA, &[aviso]))
}

/// `POST /facturacion/caja/limites`
pub async fn post_limites(
    vista: Vista<AdministrarCaja>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let mut plano = form.clone();
    let formato = &vista.peticion().navegante.formato;
    let leido = plano.plain_money(formato, &["devolucion", "diferencia"]);
    let datos: DatosLimites = match leido.and_then(|()| plano.parse()) {
        Ok(datos) => datos,
        Err(problem) => return render(&vista, &app, form.refused(&of_body(problem)?)).await,
    };
    let tx = app.db.begin().await?;
    if let Err(error) = ajustes::change(&tx, vista.cx(), datos).await {
        tx.rollback().await?;
        return render(&vista, &app, form.refused(&of_form(error)?)).await;
    }
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "pagos-cajas-titulo");
    Ok(redirect(&app, RUTA, &[Aviso::ok(marco.t("pagos-limites-hecho"))]))
}
