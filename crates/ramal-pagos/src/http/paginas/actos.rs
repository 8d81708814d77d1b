//! What is done to a payment after it was registered: a page that says what will happen, and the
//! act. The rules are in the actions.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use ramal_db::Tx;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};

use super::comun::{amount, form_status, means_options, of_body, of_form, route, today};
use super::detalle::under;
use super::reparto::{Abiertas, Corte, Renglon, carry, fill, moved};
use crate::actions::{
    MotivoReverso, apply_pago, check_reversible, record_contracargo, request_devolucion,
    reverse_pago, unapply_pago,
};
use crate::http::api::actos::{asked, charged, faculty};
use crate::http::api::pagos::named;
use crate::permisos::{AplicarPagos, AprobarDevoluciones, DevolverPagos, RevertirPagos};
use crate::textos::TEXTOS;
use crate::vistas::{
    DatosAplicar, DatosContracargo, DatosDevolucion, DatosMotivo, at_sent, destino,
};
use crate::{Error, EstadoDevolucion, Pago};

#[derive(Template)]
#[template(path = "pagos/acto.html")]
struct Acto {
    marco: Marco,
    f: Formulario,
    idem: String,
    accion: String,
    volver: String,
    consecuencia: String,
    monto: String,
    clase: Clase,
    moneda: String,
    medios: Vec<Opcion>,
    clases: Vec<Opcion>,
    boton: &'static str,
    peligro: bool,
}

/// Which act a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clase {
    Desaplicar,
    Revertir,
    Devolver,
    Contracargo,
}

impl Clase {
    fn word(self) -> &'static str {
        match self {
            Clase::Desaplicar => "desaplicar",
            Clase::Revertir => "revertir",
            Clase::Devolver => "devolver",
            Clase::Contracargo => "contracargo",
        }
    }

    /// Keys of title and consequence, which its button repeats.
    fn keys(self) -> (&'static str, &'static str) {
        match self {
            Clase::Desaplicar => ("pagos-desaplicar", "pagos-desaplicar-consecuencia"),
            Clase::Revertir => ("pagos-revertir", "pagos-revertir-consecuencia"),
            Clase::Devolver => ("pagos-devolver", "pagos-devolver-consecuencia"),
            Clase::Contracargo => ("pagos-contracargo", "pagos-contracargo-consecuencia"),
        }
    }

    fn is_peligro(self) -> bool {
        matches!(self, Clase::Revertir | Clase::Contracargo)
    }

    fn is_devolver(&self) -> bool {
        *self == Clase::Devolver
    }

    fn is_contracargo(&self) -> bool {
        *self == Clase::Contracargo
    }
}

fn render<P>(
    vista: &Vista<P>,
    clase: Clase,
    (pago, f): (&Pago, Formulario),
) -> Result<Response, Problem> {
    let (titulo, consecuencia) = clase.keys();
    let marco = vista.marco(&TEXTOS, titulo).refused(&f);
    let texto = format!("{} · {}", marco.titulo, pago.codigo());
    let marco = under(marco, pago).titled(texto).miga(pago.codigo(), route(pago));
    let opcion = |c: &str| Opcion::new(c, marco.t(&format!("pagos-clase-{}", c.replace('_', "-"))));
    let p = Acto {
        idem: vista.peticion().idem(),
        accion: format!("{}/{}", route(pago), clase.word()),
        volver: route(pago),
        consecuencia: marco.t(consecuencia),
        monto: amount(&marco, shown(pago, clase), pago.moneda),
        moneda: pago.moneda.codigo().to_owned(),
        medios: means_options(&marco.textos),
        clases: ["contracargo", "cheque_rechazado"].into_iter().map(opcion).collect(),
        boton: titulo,
        peligro: clase.is_peligro(),
        clase,
        f,
        marco,
    };
    page(form_status(&p.f), &p)
}

/// The amount that the act moves.
fn shown(pago: &Pago, clase: Clase) -> i64 {
    match clase {
        Clase::Desaplicar => pago.aplicado,
        Clase::Devolver => pago.a_favor(),
        Clase::Revertir | Clase::Contracargo => pago.monto - pago.devuelto,
    }
}

/// What an act told: the notice of where it leads.
type Hecho = Result<Aviso, Error>;

/// Sends the form of an act: once, whatever is sent twice.
async fn send<P>(
    vista: &Vista<P>,
    app: &App,
    (clase, pago, form): (Clase, &Pago, Formulario),
    act: impl AsyncFnOnce(&Tx, &Formulario) -> Result<Hecho, Problem>,
) -> Result<Response, Problem> {
    let mut plano = form.clone();
    let formato = &vista.peticion().navegante.formato;
    if let Err(problem) = plano.plain_money(formato, &["monto", "recargo"]) {
        return render(vista, clase, (pago, form.refused(&of_body(problem)?)));
    }
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let refusal = match act(&tx, &plano).await {
        Ok(Ok(aviso)) => {
            let destino = route(pago);
            idem.remember_redirect(&tx, vista.cx(), &destino).await?;
            tx.commit().await?;
            return Ok(redirect(app, &destino, &[aviso]));
        }
        Ok(Err(error)) => of_form(error)?,
        Err(problem) => of_body(problem)?,
    };
    tx.rollback().await?;
    render(vista, clase, (pago, form.refused(&refusal)))
}

fn done(vista: &Vista<impl Sized>, clave: &str, pago: &Pago) -> Aviso {
    let marco = vista.marco(&TEXTOS, "pagos-titulo");
    Aviso::ok(marco.t1(clave, "numero", pago.codigo()))
}

/// `GET /facturacion/pagos/{pago}/desaplicar`
pub async fn get_desaplicar(
    vista: Vista<AplicarPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    render(&vista, Clase::Desaplicar, (&pago, Formulario::default()))
}

/// `POST /facturacion/pagos/{pago}/desaplicar`
pub async fn post_desaplicar(
    vista: Vista<AplicarPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    send(&vista, &app, (Clase::Desaplicar, &pago, form), async |tx, form| {
        let datos: DatosMotivo = form.parse()?;
        let motivo = datos.motivo.unwrap_or_default();
        let hecho = unapply_pago(tx, vista.cx(), pago.id, &motivo).await;
        Ok(hecho.map(|()| done(&vista, "pagos-desaplicado", &pago)))
    })
    .await
}

/// `GET /facturacion/pagos/{pago}/revertir`
pub async fn get_revertir(
    vista: Vista<RevertirPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    render(&vista, Clase::Revertir, (&pago, Formulario::default()))
}

/// `POST /facturacion/pagos/{pago}/revertir`
pub async fn post_revertir(
    vista: Vista<RevertirPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    send(&vista, &app, (Clase::Revertir, &pago, form), async |tx, form| {
        let datos: DatosMotivo = form.parse()?;
        let motivo = MotivoReverso::new(datos.motivo.unwrap_or_default());
        let hecho = match check_reversible(&pago) {
            Ok(()) => reverse_pago(tx, vista.cx(), pago.id, motivo).await,
            Err(no) => Err(no),
        };
        Ok(hecho.map(|p| done(&vista, "pagos-revertido", &p)))
    })
    .await
}

/// `GET /facturacion/pagos/{pago}/devolver`
pub async fn get_devolver(
    vista: Vista<DevolverPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    let libre = ramal_base::dinero::format_centavos(pago.a_favor());
    let form = Formulario::filled([("monto", libre.as_str()), ("medio", pago.medio.as_str())]);
    render(&vista, Clase::Devolver, (&pago, form))
}

/// `POST /facturacion/pagos/{pago}/devolver`
pub async fn post_devolver(
    vista: Vista<DevolverPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    send(&vista, &app, (Clase::Devolver, &pago, form), async |tx, form| {
        let datos: DatosDevolucion = form.parse()?;
        let nueva = match asked(&pago, datos) {
            Ok(nueva) => nueva,
            Err(error) => return Ok(Err(error)),
        };
        let facultad = faculty(vista.may(AprobarDevoluciones::NOMBRE));
        let hecho = request_devolucion(tx, vista.cx(), nueva, facultad).await;
        Ok(hecho.map(|d| match d.estado {
            EstadoDevolucion::Pendiente => {
                let marco = vista.marco(&TEXTOS, "pagos-titulo");
                Aviso::info(marco.t1("pagos-devolucion-espera", "numero", d.codigo()))
            }
            _ => done(&vista, "pagos-devuelto-hecho", &pago),
        }))
    })
    .await
}

/// `GET /facturacion/pagos/{pago}/contracargo`
pub async fn get_contracargo(
    vista: Vista<RevertirPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    let clase = match pago.medio {
        crate::Medio::Cheque => "cheque_rechazado",
        _ => "contracargo",
    };
    render(&vista, Clase::Contracargo, (&pago, Formulario::filled([("clase", clase)])))
}

/// `POST /facturacion/pagos/{pago}/contracargo`
pub async fn post_contracargo(
    vista: Vista<RevertirPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    send(&vista, &app, (Clase::Contracargo, &pago, form), async |tx, form| {
        let datos: DatosContracargo = form.parse()?;
        let nuevo = match charged(&pago, datos) {
            Ok(nuevo) => nuevo,
            Err(error) => return Ok(Err(error)),
        };
        let hecho = record_contracargo(tx, vista.cx(), nuevo).await;
        Ok(hecho.map(|p| done(&vista, "pagos-contracargado", &p)))
    })
    .await
}

#[derive(Template)]
#[template(path = "pagos/aplicar.html")]
struct Aplicar {
    marco: Marco,
    f: Formulario,
    idem: String,
    accion: String,
    volver: String,
    a_favor: String,
    moneda: String,
    filas: Vec<Renglon>,
    repartos: Vec<Opcion>,
}

/// `GET /facturacion/pagos/{pago}/aplicar`
pub async fn get_aplicar(
    vista: Vista<AplicarPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    let mut form = Formulario::filled([("reparto", "automatico")]);
    let filas = rows(&vista, &app, &pago).await?;
    fill(&mut form, &filas, |_| false);
    apply_page(&vista, (&pago, filas), form)
}

async fn rows(
    vista: &Vista<AplicarPagos>,
    app: &App,
    pago: &Pago,
) -> Result<Vec<Renglon>, Problem> {
    let marco = vista.marco(&TEXTOS, "pagos-aplicar");
    let abiertas = Abiertas::load(&app.db, pago.cliente_id).await?;
    Ok(abiertas.rows(&marco, (pago.moneda, Corte::PorLinea), today(app).await?))
}

fn apply_page(
    vista: &Vista<AplicarPagos>,
    (pago, filas): (&Pago, Vec<Renglon>),
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "pagos-aplicar").refused(&f);
    let texto = format!("{} · {}", marco.titulo, pago.codigo());
    let marco = under(marco, pago).titled(texto).miga(pago.codigo(), route(pago));
    let reparto =
        |r: &str| Opcion::new(r, marco.t(&format!("pagos-reparto-{}", r.replace('_', "-"))));
    let p = Aplicar {
        idem: vista.peticion().idem(),
        accion: format!("{}/aplicar", route(pago)),
        volver: route(pago),
        a_favor: amount(&marco, pago.a_favor(), pago.moneda),
        moneda: pago.moneda.codigo().to_owned(),
        repartos: ["automatico", "elegir"].into_iter().map(reparto).collect(),
        filas,
        f,
        marco,
    };
    page(form_status(&p.f), &p)
}

/// `POST /facturacion/pagos/{pago}/aplicar`
pub async fn post_aplicar(
    vista: Vista<AplicarPagos>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let pago = named(&app.db, &nombre).await?;
    match apply(&vista, &app, (&pago, &form)).await {
        Ok(respuesta) => Ok(respuesta),
        Err(problem) => {
            let problema = of_body(problem)?;
            let filas = rows(&vista, &app, &pago).await?;
            let nuevo = carry(&form, &filas);
            let problema = moved(problema, &form, &nuevo);
            apply_page(&vista, (&pago, filas), nuevo.refused(&problema))
        }
    }
}

async fn apply(
    vista: &Vista<AplicarPagos>,
    app: &App,
    (pago, form): (&Pago, &Formulario),
) -> Result<Response, Problem> {
    let mut plano = form.clone();
    plano.plain_money(&vista.peticion().navegante.formato, &["partidas[].monto"])?;
    let datos: DatosAplicar = plano.parse()?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let donde = match destino(datos.reparto, &datos.partidas) {
        Ok(donde) => apply_pago(&tx, vista.cx(), pago.id, donde).await,
        Err(error) => Err(error),
    };
    if let Err(error) = donde {
        tx.rollback().await?;
        return Err(Problem(of_form(at_sent(error, &datos.partidas))?));
    }
    idem.remember_redirect(&tx, vista.cx(), &route(pago)).await?;
    tx.commit().await?;
    Ok(redirect(app, &route(pago), &[done(vista, "pagos-aplicado-hecho", pago)]))
}
