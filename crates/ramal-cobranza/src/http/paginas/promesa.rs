//! A new promise of a customer: the policy answers while the day is chosen, with its reasons; then
//! it is recorded once.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_clientes::{Ficha, ficha};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};

use super::comun::{amount, of_body, of_form};
use crate::actions::{self, DatosPromesa, evaluate_promesa};
use crate::error::limite;
use crate::expediente;
use crate::permisos::RegistrarPromesas;
use crate::reglas::Reglas;
use crate::textos::TEXTOS;

/// Ways in which a customer asks.
const CANALES: [&str; 5] = ["telefono", "whatsapp", "oficina", "correo", "portal"];

#[derive(Template)]
#[template(path = "cobranza/promesa.html", blocks = ["respuesta"])]
struct Nueva {
    marco: Marco,
    ficha: Ficha,
    f: Formulario,
    accion: String,
    volver: String,
    idem: String,
    canales: Vec<Opcion>,
    cubre: String,
    concedida: bool,
    reconecta: String,
    corte: String,
    rechazos: Vec<String>,
    ultimo_dia: String,
}

/// `GET /admin/clientes/{codigo}/cobranza/promesa`
pub async fn get_nueva(
    vista: Vista<RegistrarPromesas>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let reglas = Reglas::load(&app.db, vista.cx()).await?;
    let consulta = vista.marco(&TEXTOS, "cobranza-promesa-nueva").consulta;
    let pedida = Formulario::read(consulta.as_bytes())?;
    let fecha = Fecha::parse(pedida.value("fecha")).ok().unwrap_or(reglas.hoy.plus_dias(3));
    let canal = if pedida.value("canal").is_empty() { "telefono" } else { pedida.value("canal") };
    let fecha = fecha.to_string();
    let f = Formulario::filled([
        ("fecha", fecha.as_str()),
        ("canal", canal),
        ("notas", pedida.value("notas")),
    ]);
    render(&vista, &app, &codigo, f).await
}

async fn render(
    vista: &Vista<RegistrarPromesas>,
    app: &App,
    codigo: &str,
    f: Formulario,
) -> Result<Response, Problem> {
    let db = &app.db;
    let ficha = ficha(db, vista.peticion(), codigo).await?;
    let marco = ficha.under(vista.marco(&TEXTOS, "cobranza-promesa-nueva")).refused(&f);
    let reglas = Reglas::load(db, vista.cx()).await?;
    let e = expediente::load(db, &reglas, ficha.cliente.id.uuid(), reglas.hoy).await?;
    let fecha = Fecha::parse(f.value("fecha")).unwrap_or(reglas.hoy);
    let r = evaluate_promesa(&e, reglas.hoy, fecha);
    let cubre: Vec<String> = r.cubre.iter().map(|(m, n)| amount(&marco, *n, m.codigo())).collect();
    let volver = format!("{}/cobranza", ficha.ruta());
    let canal = |c: &str| Opcion::new(c, marco.t(&format!("cobranza-canal-{c}")));
    let reconecta = i64::try_from(r.reconecta).unwrap_or(0);
    let p = Nueva {
        accion: format!("{volver}/promesa"),
        volver,
        idem: vista.peticion().idem(),
        canales: CANALES.into_iter().map(canal).collect(),
        cubre: cubre.join(" · "),
        concedida: r.rechazos.is_empty(),
        reconecta: if reconecta > 0 { marco.formato().numero(reconecta) } else { String::new() },
        corte: r.corte.map(|d| marco.fecha_texto(&d)).unwrap_or_default(),
        rechazos: r.rechazos.iter().map(|x| limite(*x)).collect(),
        ultimo_dia: marco.fecha_texto(&r.ultimo_dia),
        ficha,
        f,
        marco,
    };
    if vista.peticion().hx.wants("respuesta") {
        return page(StatusCode::OK, &p.as_respuesta());
    }
    let mal = p.f.is_refused();
    page(if mal { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &p)
}

/// `POST /admin/clientes/{codigo}/cobranza/promesa`
pub async fn post_nueva(
    vista: Vista<RegistrarPromesas>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    mut form: Formulario,
) -> Result<Response, Problem> {
    form.set("cliente_id", codigo.clone());
    let datos: DatosPromesa = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => {
            let f = form.refused(&of_body(problem)?);
            return render(&vista, &app, &codigo, f).await;
        }
    };
    let destino = format!("/admin/clientes/{codigo}/cobranza");
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let reglas = Reglas::load(&tx, vista.cx()).await?;
    let promesa = match actions::create_promesa(&tx, vista.cx(), &reglas, datos, None).await {
        Ok(promesa) => promesa,
        Err(error) => {
            tx.rollback().await?;
            let f = form.refused(&of_form(error)?);
            return render(&vista, &app, &codigo, f).await;
        }
    };
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "cobranza-promesa-nueva");
    let texto = marco.t1("cobranza-promesa-hecho", "codigo", promesa.codigo());
    Ok(redirect(&app, &destino, &[Aviso::ok(texto)]))
}
