//! The tab «Cobranza» of a customer: where each service stands, promises, suspensions, notices; and
//! forgiving the fee of a suspension.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_clientes::{Ficha, ficha};
use ramal_db::Consulta;
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Familia, Hito, Insignia, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};
use uuid::Uuid;

use super::acto::Acto;
use super::avisos::notice_badge;
use super::comun::{MOROSOS, PROMESAS, amount, badge, of_body, of_form, printed_facturas};
use super::promesas::{effect, promise_badge};
use crate::Error;
use crate::actions;
use crate::expediente::{self, Cuadro, Expediente};
use crate::http::vistas::DatosMotivo;
use crate::permisos::{
    AnularPromesas, EximirCobranza, LeerCobranza, PausarServicios, RegistrarPromesas,
};
use crate::reglas::Reglas;
use crate::storage::avisos::{self, AvisoFila};
use crate::storage::episodios::{self, EpisodioFila};
use crate::storage::{pausas, promesas, red};
use crate::textos::TEXTOS;

/// Rows of each history.
const FILAS: i64 = 20;

#[derive(Template)]
#[template(path = "cobranza/cliente.html")]
struct Pestana {
    marco: Marco,
    ficha: Ficha,
    servicios: Vec<Servicio>,
    promesas: Vec<Promesa>,
    episodios: Vec<Episodio>,
    avisos: Vec<Notado>,
    cumplimiento: String,
    nueva_promesa: String,
    puede_eximir: bool,
    puede_pausar: bool,
}

struct Servicio {
    codigo: String,
    descripcion: String,
    insignia: Insignia,
    vencido: String,
    dias: String,
    corte: String,
    exento: String,
    pausa: String,
    red: String,
}

struct Promesa {
    codigo: String,
    fecha: String,
    monto: String,
    insignia: Insignia,
    efecto: String,
    anular: String,
}

struct Episodio {
    titulo: String,
    hitos: Vec<Hito>,
    condonar: String,
}

struct Notado {
    que: String,
    factura: String,
    dia: String,
    insignia: Insignia,
}

/// `GET /admin/clientes/{codigo}/cobranza`
pub async fn ver(
    vista: Vista<LeerCobranza>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let db = &app.db;
    let ficha = ficha(db, vista.peticion(), &codigo).await?;
    let marco = ficha.titled(vista.marco(&TEXTOS, "cobranza-cliente-titulo"));
    let marco = marco.listens(&["promesa", "corte", "servicio"]);
    let reglas = Reglas::load(db, vista.cx()).await?;
    let id = ficha.cliente.id.uuid();
    let e = expediente::load(db, &reglas, id, reglas.hoy).await?;
    let (si, no) = promesas::kept_and_broken(db, id).await?;
    let numero = |n: i64| marco.formato().numero(n);
    let cumplimiento = match si + no {
        0 => String::new(),
        _ => marco.t2("cobranza-cumplimiento", ("si", numero(si)), ("no", numero(no))),
    };
    let anula = vista.may(AnularPromesas::NOMBRE);
    let p = Pestana {
        servicios: service_rows(db, &marco, &e).await?,
        promesas: promise_rows(&marco, &e, &reglas, anula),
        episodios: episode_rows(db, &marco, &e, vista.may(EximirCobranza::NOMBRE)).await?,
        avisos: notice_rows(db, &marco, id).await?,
        cumplimiento,
        nueva_promesa: match vista.may(RegistrarPromesas::NOMBRE) {
            true => format!("{}/cobranza/promesa", ficha.ruta()),
            false => String::new(),
        },
        puede_eximir: vista.may(EximirCobranza::NOMBRE),
        puede_pausar: vista.may(PausarServicios::NOMBRE),
        ficha,
        marco,
    };
    page(StatusCode::OK, &p)
}

async fn service_rows(
    c: &impl Consulta,
    marco: &Marco,
    e: &Expediente,
) -> Result<Vec<Servicio>, Problem> {
    let ids: Vec<Uuid> = e.servicios.iter().map(|x| x.servicio.id).collect();
    let redes = red::of_servicios(c, &ids).await?;
    let pausas = pausas::live_of(c, &ids).await?;
    let fila = |x: &Cuadro| {
        let vencido: Vec<String> =
            x.situacion.vencido.iter().map(|(m, n)| amount(marco, *n, m.codigo())).collect();
        let dia = |d: Option<Fecha>| d.map(|d| marco.fecha_texto(&d)).unwrap_or_default();
        let pausa = pausas.iter().find(|p| p.servicio_id == x.servicio.id);
        let red = redes.iter().find(|r| r.servicio_id == x.servicio.id);
        Servicio {
            codigo: format!("S-{}", x.servicio.numero),
            descripcion: x.servicio.descripcion.clone(),
            insignia: badge(marco, x.situacion.estado.as_str()),
            vencido: vencido.join(" · "),
            dias: marco.formato().numero(x.situacion.dias),
            corte: dia(x.situacion.corte),
            exento: dia(x.deuda.exento_hasta),
            pausa: pausa.map_or_else(String::new, |p| {
                let desde = marco.fecha_texto(&p.desde);
                marco.t2("cobranza-pausa-dias", ("desde", desde), ("hasta", dia(Some(p.hasta))))
            }),
            red: red.map_or_else(String::new, |r| network(marco, r)),
        }
    };
    Ok(e.servicios.iter().map(fila).collect())
}

/// What is asked of the network and what it says.
fn network(marco: &Marco, r: &red::RedFila) -> String {
    let deseado = marco.t(&format!("cobranza-red-{}", super::comun::word(&r.deseado)));
    let clave = match (r.pendiente, r.confirmado) {
        (true, _) => "cobranza-red-pidiendo",
        (false, true) => "cobranza-red-confirmado",
        (false, false) => "cobranza-red-registrado",
    };
    marco.t1(clave, "estado", deseado)
}

fn promise_rows(marco: &Marco, e: &Expediente, reglas: &Reglas, anula: bool) -> Vec<Promesa> {
    let fila = |p: &expediente::Prometido| {
        let f = &p.promesa;
        Promesa {
            fecha: marco.fecha_texto(&f.fecha),
            monto: amount(marco, f.monto, &f.moneda),
            insignia: promise_badge(marco, f, reglas.hoy),
            efecto: effect(marco, f, reglas),
            anular: match anula && f.estado == "vigente" {
                true => format!("{PROMESAS}/{}/anular", f.codigo()),
                false => String::new(),
            },
            codigo: f.codigo(),
        }
    };
    e.promesas.iter().take(20).map(fila).collect()
}

async fn episode_rows(
    c: &impl Consulta,
    marco: &Marco,
    e: &Expediente,
    condona: bool,
) -> Result<Vec<Episodio>, Problem> {
    let episodios = episodios::latest(c, e.cliente_id, FILAS).await?;
    let fila = |f: &EpisodioFila| {
        let servicio = e.cuadro(f.servicio_id);
        let codigo = servicio.map_or_else(String::new, |s| format!("S-{}", s.servicio.numero));
        let desde = marco.fecha_texto(&f.desde);
        let perdona = condona && f.cargo != "perdonado" && f.cargo_monto > 0;
        Episodio {
            titulo: marco.t2("cobranza-episodio-titulo", ("servicio", codigo), ("dia", desde)),
            hitos: milestones(marco, f),
            condonar: match perdona {
                true => format!("{MOROSOS}/episodios/{}/condonar", f.id),
                false => String::new(),
            },
        }
    };
    Ok(episodios.iter().map(fila).collect())
}

fn milestones(marco: &Marco, f: &EpisodioFila) -> Vec<Hito> {
    let mut hitos =
        vec![Hito::new(f.suspendido, marco.t("cobranza-hito-corte")).family(Familia::Mal)];
    match f.confirmado {
        Some(cuando) => hitos.push(Hito::new(cuando, marco.t("cobranza-hito-confirmado"))),
        None if f.hasta.is_none() => {
            hitos.push(Hito::pending(marco.t("cobranza-hito-sin-confirmar")));
        }
        None => {}
    }
    if f.cargo_monto > 0 {
        let monto = amount(marco, f.cargo_monto, &f.cargo_moneda);
        let detalle = marco.t(&format!("cobranza-cargo-{}", f.cargo));
        let titulo = marco.t1("cobranza-hito-cargo", "monto", monto);
        hitos.push(Hito::pending(titulo).detail(detalle));
    }
    match (f.terminado, &f.fin) {
        (Some(cuando), Some(fin)) => {
            hitos.push(Hito::new(cuando, marco.t(&format!("cobranza-fin-{fin}"))).current());
        }
        _ => hitos.push(Hito::pending(marco.t("cobranza-hito-dura")).current()),
    }
    hitos
}

async fn notice_rows(
    c: &impl Consulta,
    marco: &Marco,
    cliente: Uuid,
) -> Result<Vec<Notado>, Problem> {
    let filas = avisos::latest(c, cliente, FILAS).await?;
    let ids: Vec<Uuid> = filas.iter().map(|a| a.factura_id).collect();
    let facturas = printed_facturas(c, &ids).await?;
    let fila = |a: &AvisoFila| {
        let factura = facturas.iter().find(|(id, _)| *id == a.factura_id);
        Notado {
            que: marco.t(&format!("cobranza-clase-{}", a.clase)),
            factura: factura.map_or_else(String::new, |(_, numero)| numero.clone()),
            dia: marco.fecha(&a.avisado.unwrap_or(a.fecha)),
            insignia: notice_badge(marco, &a.estado),
        }
    };
    Ok(filas.iter().map(fila).collect())
}

fn waive_page(vista: &Vista<EximirCobranza>, id: Uuid, f: Formulario) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-condonar").refused(&f);
    Acto {
        consecuencia: marco.t("cobranza-condonar-efecto"),
        accion: format!("{MOROSOS}/episodios/{id}/condonar"),
        idem: vista.peticion().idem(),
        volver: MOROSOS.to_owned(),
        boton: "cobranza-condonar",
        marco,
        f,
    }
    .page()
}

/// `GET /facturacion/morosos/episodios/{id}/condonar`
pub async fn get_condonar(
    vista: Vista<EximirCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    owner(&app.db, id).await?;
    waive_page(&vista, id, Formulario::default())
}

/// Address of the customer of an episode.
async fn owner(c: &impl Consulta, id: Uuid) -> Result<String, Problem> {
    const SQL: &str = "SELECT c.numero FROM episodios e JOIN clientes c ON c.id = e.cliente_id \
        WHERE e.id = $1";
    let numero: Option<i64> = c.scalar(SQL, ramal_db::params![id]).await?;
    let numero = numero.ok_or(Error::NotFound("episodio"))?;
    Ok(format!("/admin/clientes/C-{numero}/cobranza"))
}

/// `POST /facturacion/morosos/episodios/{id}/condonar`
pub async fn post_condonar(
    vista: Vista<EximirCobranza>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    form: Formulario,
) -> Result<Response, Problem> {
    let datos: DatosMotivo = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return waive_page(&vista, id, form.refused(&of_body(problem)?)),
    };
    let destino = owner(&app.db, id).await?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if let Err(error) = actions::waive_reconexion(&tx, vista.cx(), id, &datos.motivo).await {
        tx.rollback().await?;
        return waive_page(&vista, id, form.refused(&of_form(error)?));
    }
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-condonar");
    Ok(redirect(&app, &destino, &[Aviso::ok(marco.t("cobranza-condonar-hecho"))]))
}
