//! A step on a service as two looks and one act: the form (GET), the check of what would happen
//! (GET, with the form in the address, so that going back loses nothing) and the act (POST, once).

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{CampoInvalido, Cx, Problema};
use ramal_db::{Consulta, Tx};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Marco, Opcion, Peticion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem};
use serde::de::DeserializeOwned;

use super::cambio::plan_options;
use super::ensayo::{Efecto, Ensayo};
use super::ficha::{policy, product_names};
use super::palabras::{FilaServicio, route};
use crate::actions::{self, BajaInmediata};
use crate::comandos::CambioServicio;
use crate::permisos::BajarPlan;
use crate::textos::TEXTOS;
use crate::{Error, EventoServicio, Servicio, ServicioId, referencia, storage};

/// Steps that have a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acto {
    /// Cut or pause.
    Suspender,
    /// Back in service.
    Reactivar,
    /// End.
    Cancelar,
    /// Another plan.
    Plan,
    /// Another price.
    Precio,
}

impl Acto {
    /// Last part of its address and of the keys of its texts.
    pub fn nombre(self) -> &'static str {
        match self {
            Acto::Suspender => "suspender",
            Acto::Reactivar => "reactivar",
            Acto::Cancelar => "cancelar",
            Acto::Plan => "plan",
            Acto::Precio => "precio",
        }
    }

    /// Key of one of its texts.
    fn key(self, cual: &str) -> String {
        format!("contratos-paso-{}-{cual}", self.nombre())
    }

    async fn run(
        self,
        tx: &Tx,
        quien: &Quien<'_>,
        leido: (ServicioId, i64),
        form: &Formulario,
    ) -> Result<Servicio, Problem> {
        let (cx, id) = (quien.cx, leido.0);
        let hecho = match self {
            Acto::Suspender => actions::suspend(tx, cx, id, read(form)?).await,
            Acto::Reactivar => actions::reactivate(tx, cx, id, read(form)?).await,
            Acto::Cancelar => actions::cancel(tx, cx, id, read(form)?).await,
            Acto::Plan | Acto::Precio => {
                let cambio: CambioServicio = self.asked(read(form)?)?;
                let leido = (id, Some(leido.1));
                actions::update_servicio(tx, cx, leido, cambio, quien.baja).await
            }
        };
        Ok(hecho?)
    }

    /// Refuses a change that does not say what changes.
    fn asked(self, cambio: CambioServicio) -> Result<CambioServicio, Problem> {
        let falta = match self {
            Acto::Plan if cambio.producto_id.is_none() => ("producto_id", "Falta elegir el plan."),
            Acto::Precio if cambio.precio.is_none() => ("precio", "Falta el precio nuevo."),
            _ => return Ok(cambio),
        };
        Err(Problem::campo(falta.0, "requerido", falta.1))
    }
}

/// The form without its own fields, as the API's body.
fn read<T: DeserializeOwned>(form: &Formulario) -> Result<T, Problem> {
    form.parse()
}

/// Who asks, whatever the permission that the page asked for.
pub struct Quien<'a> {
    /// The request.
    pub peticion: &'a Peticion,
    /// Context in his name.
    pub cx: &'a Cx,
    /// Whether he may go down to a cheaper plan at once.
    pub baja: BajaInmediata,
}

impl<'a> Quien<'a> {
    /// From the proof of any permission.
    pub fn of<P: Permiso>(vista: &'a Vista<P>) -> Quien<'a> {
        let baja = match vista.may(BajarPlan::NOMBRE) {
            true => BajaInmediata::Permitida,
            false => BajaInmediata::Negada,
        };
        Quien { peticion: vista.peticion(), cx: vista.cx(), baja }
    }
}

#[derive(Template)]
#[template(path = "contratos/paso.html")]
struct Formulada {
    marco: Marco,
    f: Formulario,
    acto: Acto,
    fila: FilaServicio,
    ruta_paso: String,
    explica: String,
    clases: Vec<Opcion>,
    momentos: Vec<Opcion>,
    planes: Vec<Opcion>,
    moneda: &'static str,
}

#[derive(Template)]
#[template(path = "contratos/revision.html")]
struct Revision {
    marco: Marco,
    f: Formulario,
    fila: FilaServicio,
    efecto: Efecto,
    ruta_paso: String,
    ruta_volver: String,
    confirmar: String,
    peligro: bool,
    clave: String,
    version: i64,
    cambiado: bool,
}

/// The service named in an address.
pub async fn load(c: &impl Consulta, codigo: &str) -> Result<Servicio, Problem> {
    let id = referencia::servicio(c, codigo).await?;
    Ok(storage::by_id(c, id).await?.ok_or(Error::NotFound)?)
}

/// The form of a step, or its check if the address carries the form.
pub async fn show(
    app: &App,
    quien: &Quien<'_>,
    acto: Acto,
    codigo: &str,
) -> Result<Response, Problem> {
    let s = load(&app.db, codigo).await?;
    let form = Formulario::read(quien.peticion.consulta.as_bytes())?;
    if form.value("_revisar") == "si" {
        return check(app, quien, acto, &s, (StatusCode::OK, form)).await;
    }
    let mut form = form;
    if form.value("fecha").is_empty() && acto != Acto::Plan && acto != Acto::Precio {
        let hoy = actions::hoy(&app.db, quien.cx).await?;
        form.set("fecha", hoy.max(s.inicio).to_string());
    }
    if form.value("clase").is_empty() {
        form.set("clase", "corte");
    }
    formulated(app, quien, acto, &s, (StatusCode::OK, form)).await
}

/// Does the step once, if the service is still as the check showed it.
pub async fn post(
    app: &App,
    quien: &Quien<'_>,
    acto: Acto,
    codigo: &str,
    form: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(quien.peticion, &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let s = load(&tx, codigo).await?;
    if form.value("_version") != s.version.to_string() {
        drop(tx);
        return check(app, quien, acto, &s, (StatusCode::CONFLICT, form)).await;
    }
    let despues = match acto.run(&tx, quien, (s.id, s.version), &form).await {
        Ok(despues) => despues,
        Err(problem) => {
            drop(tx);
            return refuse(app, quien, acto, &s, (problem, form)).await;
        }
    };
    let hechos = storage::hechos(&tx, &[s.id]).await?;
    let ruta = route(&s);
    idem.remember_redirect(&tx, quien.cx, &ruta).await?;
    tx.commit().await?;
    let marco = quien.peticion.marco(&TEXTOS, "contratos-servicios-titulo");
    let clave = acto.key("hecho");
    let aviso = Aviso::ok(marco.t1(&clave, "codigo", s.codigo()));
    let eventos: Vec<EventoServicio> = hechos.into_iter().map(|(_, e)| e).collect();
    let aviso = match undo_path(&s, &despues, &eventos) {
        Some(deshacer) => aviso.undo(deshacer),
        None => aviso,
    };
    Ok(redirect(app, &ruta, &[aviso]))
}

/// Where the act is undone, if every fact that it added can be taken back.
fn undo_path(antes: &Servicio, despues: &Servicio, eventos: &[EventoServicio]) -> Option<String> {
    let previos = u32::try_from(antes.hechos).ok()?;
    let nuevos: Vec<_> = eventos.iter().filter(|e| e.secuencia > previos).collect();
    let vuelve = !nuevos.is_empty() && nuevos.iter().all(|e| actions::is_reversible(&e.hecho));
    let termino = despues.estado == crate::EstadoServicio::Cancelado;
    let ruta = route(antes);
    (vuelve && !termino).then(|| format!("{ruta}/deshacer/{}/{previos}", despues.version))
}

async fn refuse(
    app: &App,
    quien: &Quien<'_>,
    acto: Acto,
    s: &Servicio,
    (problem, form): (Problem, Formulario),
) -> Result<Response, Problem> {
    let estado = match problem.0.estado {
        422 => StatusCode::UNPROCESSABLE_ENTITY,
        403 | 409 => StatusCode::CONFLICT,
        _ => return Err(problem),
    };
    let form = form.refused(&problem.0);
    formulated(app, quien, acto, s, (estado, form)).await
}

async fn check(
    app: &App,
    quien: &Quien<'_>,
    acto: Acto,
    s: &Servicio,
    (estado, form): (StatusCode, Formulario),
) -> Result<Response, Problem> {
    let mut form = form;
    let formato = &quien.peticion.navegante.formato;
    if let Err(problem) = form.plain_money(formato, &["precio"]) {
        return refuse(app, quien, acto, s, (problem, form)).await;
    }
    let ensayo = match rehearse(app, quien, acto, s, &form).await {
        Ok(ensayo) => ensayo,
        Err(problem) => return refuse(app, quien, acto, s, (problem, form)).await,
    };
    if ensayo.antes == ensayo.despues {
        let nada = "Así no cambia nada: es lo que el servicio ya tiene.";
        let campo = CampoInvalido::new(acto.main_field(), "sin_cambios", nada);
        let problem = Problem(Problema::campos(vec![campo]));
        return refuse(app, quien, acto, s, (problem, form)).await;
    }
    let productos = product_names(&app.db, &ensayo.eventos_despues).await?;
    let marco = under(app, quien, s, &acto.key("revisar")).await?;
    let ruta_paso = format!("{}/{}", route(s), acto.nombre());
    let pagina = Revision {
        efecto: ensayo.effect(&marco, &productos),
        fila: FilaServicio::read(&app.db, &marco, s, ensayo.hoy).await?,
        ruta_volver: format!("{ruta_paso}?{}", typed(&form)),
        confirmar: acto.key("confirmar"),
        peligro: acto == Acto::Cancelar,
        clave: quien.peticion.idem(),
        version: s.version,
        cambiado: estado == StatusCode::CONFLICT,
        ruta_paso,
        marco,
        f: form,
    };
    page(estado, &pagina)
}

impl Acto {
    /// Field on which the refusal of a change that changes nothing lands.
    fn main_field(self) -> &'static str {
        match self {
            Acto::Plan => "producto_id",
            Acto::Precio => "precio",
            _ => "fecha",
        }
    }
}

/// What was typed, as a query that brings the form back with it.
pub(super) fn typed(form: &Formulario) -> String {
    let mut texto = form_urlencoded::Serializer::new(String::new());
    for (nombre, valor) in form.fields().iter().filter(|(n, _)| !n.starts_with('_')) {
        texto.append_pair(nombre, valor);
    }
    texto.finish()
}

/// Does the step and rolls it back, keeping what it would have left.
async fn rehearse(
    app: &App,
    quien: &Quien<'_>,
    acto: Acto,
    s: &Servicio,
    form: &Formulario,
) -> Result<Ensayo, Problem> {
    let empresa = ramal_plataforma::empresa(&app.db).await.map_err(Error::from)?;
    let tx = app.db.begin().await?;
    let eventos = facts(&tx, s.id).await?;
    let despues = acto.run(&tx, quien, (s.id, s.version), form).await?;
    let eventos_despues = facts(&tx, s.id).await?;
    tx.rollback().await?;
    Ok(Ensayo {
        antes: s.clone(),
        despues,
        eventos,
        eventos_despues,
        politica: policy(&empresa),
        hoy: empresa.zona().fecha(quien.cx.now()),
    })
}

async fn facts(c: &impl Consulta, id: ServicioId) -> Result<Vec<EventoServicio>, Problem> {
    Ok(storage::hechos(c, &[id]).await?.into_iter().map(|(_, evento)| evento).collect())
}

async fn under(app: &App, quien: &Quien<'_>, s: &Servicio, clave: &str) -> Result<Marco, Problem> {
    let marco = quien.peticion.marco(&TEXTOS, clave);
    let lista = marco.t("contratos-servicios-titulo");
    let cliente = ramal_clientes::storage::by_id(&app.db, s.cliente_id).await?;
    let nombre = cliente.map_or_else(String::new, |c| c.razon_social);
    let marco = marco.miga(lista, "/admin/servicios");
    Ok(marco.miga(format!("{} {} · {nombre}", s.codigo(), s.descripcion), route(s)))
}

async fn formulated(
    app: &App,
    quien: &Quien<'_>,
    acto: Acto,
    s: &Servicio,
    (estado, f): (StatusCode, Formulario),
) -> Result<Response, Problem> {
    let marco = under(app, quien, s, &acto.key("titulo")).await?.refused(&f);
    let hoy = actions::hoy(&app.db, quien.cx).await?;
    let opciones = |valores: &[&str], grupo: &str| -> Vec<Opcion> {
        let opcion = |v: &&str| {
            Opcion::new(*v, marco.t(&format!("contratos-{grupo}-{}", v.replace('_', "-"))))
        };
        valores.iter().map(opcion).collect()
    };
    let planes = match acto {
        Acto::Plan => plan_options(&app.db, &marco, s, hoy).await?,
        _ => Vec::new(),
    };
    let explica = acto.key("explica");
    let pagina = Formulada {
        fila: FilaServicio::read(&app.db, &marco, s, hoy).await?,
        ruta_paso: format!("{}/{}", route(s), acto.nombre()),
        explica: marco.t(&explica),
        clases: opciones(&["corte", "pausa"], "clase"),
        momentos: opciones(&["inmediato", "fin_de_periodo"], "momento"),
        moneda: s.precio.moneda.codigo(),
        planes,
        acto,
        marco,
        f,
    };
    page(estado, &pagina)
}
