//! Settings of collecting by gateway: mode, gateway, means, accounts, secrets that go in and never
//! come out, and a question that proves that the credentials work.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_pasarelas::MedioRemoto;
use ramal_plataforma::{Modo, Sello, Vista, put_secret, secret_names};
use ramal_web::pagina::{Aviso, Insignia, Opcion, page, redirect};
use ramal_web::{App, Formulario, Marco, Problem};

use super::comun::{gateway_word, means_word, of_form};
use crate::Error;
use crate::ajustes::{AjustesPagos, PASARELAS, SECRETOS, secret_name};
use crate::http::Puertas;
use crate::permisos::AjustarCobros;
use crate::puerto::Pasarelas;
use crate::storage::senales;
use crate::storage::webhooks;
use crate::textos::TEXTOS;

const RUTA: &str = "/admin/ajustes/pagos";

#[derive(Template)]
#[template(path = "cobros/ajustes.html")]
struct Ajustes {
    marco: Marco,
    f: Formulario,
    s: Formulario,
    real: bool,
    pasarelas: Vec<Opcion>,
    medios: Vec<Opcion>,
    reales: Vec<Opcion>,
    secretos: Vec<Opcion>,
    estados: Vec<Estado>,
    rechazos: Vec<Rechazo>,
    aviso: String,
}

/// How a gateway is.
struct Estado {
    codigo: String,
    nombre: String,
    insignia: Insignia,
    cuenta: String,
    secretos: String,
    oida: String,
    falla: String,
    configurada: bool,
}

struct Rechazo {
    pasarela: String,
    motivo: String,
    total: String,
}

/// `GET /admin/ajustes/pagos`
pub async fn ver(
    vista: Vista<AjustarCobros>,
    State(app): State<App>,
    puertas: Puertas,
) -> Result<Response, Problem> {
    let ajustes = AjustesPagos::load(&app.db).await?;
    render(&vista, &app, puertas.as_ref(), (filled(&ajustes), Formulario::default())).await
}

fn filled(a: &AjustesPagos) -> Formulario {
    let texto = |t: &Option<String>| t.clone().unwrap_or_default();
    let mut campos = vec![
        ("pasarela", texto(&a.pasarela)),
        ("cuenta_mercadopago", texto(&a.cuenta_mercadopago)),
        ("cuenta_stripe", texto(&a.cuenta_stripe)),
        ("vence_horas", a.vence_horas.to_string()),
        ("vence_referencia_horas", a.vence_referencia_horas.to_string()),
    ];
    campos.extend(a.medios.iter().map(|m| ("medios", m.clone())));
    Formulario::filled(campos)
}

async fn render(
    vista: &Vista<AjustarCobros>,
    app: &App,
    pasarelas: &dyn Pasarelas,
    (f, s): (Formulario, Formulario),
) -> Result<Response, Problem> {
    let mal = f.is_refused() || s.is_refused();
    let estado = if mal { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let marco = vista.marco(&TEXTOS, "cobros-ajustes-titulo");
    let arriba = marco.t("cobros-ajustes-arriba");
    let marco = marco.miga(arriba, "/admin/ajustes");
    let marco = Marco { error: mal, ..marco };
    let opcion = |p: &str| Opcion::new(p, gateway_word(&marco, p));
    let medio = |m: MedioRemoto| Opcion::new(m.codigo(), means_word(&marco, m.codigo()));
    let secreto = |c: &str| {
        let clave = format!("cobros-secreto-{}", c.replace('_', "-"));
        Opcion::new(c, marco.t(&clave))
    };
    let p = Ajustes {
        real: pasarelas.modo() == Modo::Real,
        pasarelas: PASARELAS.into_iter().map(opcion).collect(),
        medios: POR_PAGINA.into_iter().map(medio).collect(),
        reales: PASARELAS.into_iter().skip(1).map(opcion).collect(),
        secretos: SECRETOS.into_iter().map(secreto).collect(),
        estados: states(app, &marco, pasarelas).await?,
        rechazos: refusals(app, &marco).await?,
        aviso: format!("{}/webhooks/", app.entorno.url_publica),
        f,
        s,
        marco,
    };
    page(estado, &p)
}

/// Means that the page of a customer may offer.
const POR_PAGINA: [MedioRemoto; 4] =
    [MedioRemoto::Enlace, MedioRemoto::Spei, MedioRemoto::Oxxo, MedioRemoto::PagoEfectivo];

async fn states(
    app: &App,
    marco: &Marco,
    pasarelas: &dyn Pasarelas,
) -> Result<Vec<Estado>, Problem> {
    let senales = senales::all(&app.db).await?;
    let guardados = secret_names(&app.db).await?;
    let state = |codigo: &str| {
        let suya = pasarelas.get(codigo);
        let senal = senales.iter().find(|s| s.pasarela == codigo);
        let puestos = SECRETOS.iter().filter(|c| guardados.contains(&secret_name(codigo, c)));
        let palabra = |c: &&str| marco.t(&format!("cobros-secreto-{}", c.replace('_', "-")));
        let oida = senal.and_then(|s| s.aviso.max(s.consulta));
        let falla = senal.filter(|s| s.falla > oida).and_then(|s| s.motivo.clone());
        let insignia = match (&suya, &falla) {
            (None, _) => Insignia::gris(marco.t("cobros-sin-configurar")),
            (Some(_), Some(_)) => Insignia::mal(marco.t("cobros-con-falla")),
            (Some(_), None) => Insignia::ok(marco.t("cobros-configurada")),
        };
        Estado {
            nombre: gateway_word(marco, codigo),
            insignia,
            cuenta: suya.as_ref().map(|p| p.cuenta().to_owned()).unwrap_or_default(),
            secretos: puestos.map(palabra).collect::<Vec<_>>().join(", "),
            oida: oida.map(|o| marco.momento(&o)).unwrap_or_default(),
            falla: falla.unwrap_or_default(),
            configurada: suya.is_some(),
            codigo: codigo.to_owned(),
        }
    };
    Ok(PASARELAS.into_iter().map(state).collect())
}

async fn refusals(app: &App, marco: &Marco) -> Result<Vec<Rechazo>, Problem> {
    let hoy = ramal_base::Zona::utc().fecha(app.cx.now());
    let filas = webhooks::refused(&app.db, Some(hoy.plus_dias(-6))).await?;
    let fila = |r: webhooks::Rechazo| Rechazo {
        pasarela: gateway_word(marco, &r.proveedor),
        motivo: marco.t(&format!("cobros-rechazo-{}", r.motivo.replace('_', "-"))),
        total: marco.numero(&r.total),
    };
    Ok(filas.into_iter().map(fila).collect())
}

/// `POST /admin/ajustes/pagos`
pub async fn guardar(
    vista: Vista<AjustarCobros>,
    State(app): State<App>,
    puertas: Puertas,
    form: Formulario,
) -> Result<Response, Problem> {
    let texto = |campo: &str| Some(form.value(campo).trim().to_owned()).filter(|t| !t.is_empty());
    let horas = |campo: &str| form.value(campo).trim().parse().unwrap_or(0);
    let ajustes = AjustesPagos {
        pasarela: texto("pasarela"),
        medios: form.values("medios").into_iter().map(str::to_owned).collect(),
        cuenta_mercadopago: texto("cuenta_mercadopago"),
        cuenta_stripe: texto("cuenta_stripe"),
        vence_horas: horas("vence_horas"),
        vence_referencia_horas: horas("vence_referencia_horas"),
    };
    let tx = app.db.begin().await?;
    if let Err(error) = ajustes.save(&tx, vista.cx()).await {
        tx.rollback().await?;
        let formas = (form.refused(&of_form(error)?), Formulario::default());
        return render(&vista, &app, puertas.as_ref(), formas).await;
    }
    tx.commit().await?;
    let avisos = reloaded(&vista, puertas.as_ref(), "cobros-ajustes-guardado").await;
    Ok(redirect(&app, RUTA, &avisos))
}

/// What was kept is in force at once, or the notice says what is wrong with it.
async fn reloaded(
    vista: &Vista<AjustarCobros>,
    pasarelas: &dyn Pasarelas,
    clave: &str,
) -> Vec<Aviso> {
    let marco = vista.marco(&TEXTOS, "cobros-ajustes-titulo");
    let mut avisos = vec![Aviso::ok(marco.t(clave))];
    if let Err(falla) = pasarelas.reload().await {
        avisos.push(Aviso::mal(falla.to_string()));
    }
    avisos
}

/// `POST /admin/ajustes/pagos/secretos`
///
/// A new key of notices leaves the one before it alive, so that nothing is refused while the
/// gateway changes over.
pub async fn guardar_secreto(
    vista: Vista<AjustarCobros>,
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    puertas: Puertas,
    form: Formulario,
) -> Result<Response, Problem> {
    if let Err(error) = keep_secret(&vista, &app, &sello, &form).await {
        let s = form.refused(&of_form(error)?);
        let ajustes = AjustesPagos::load(&app.db).await?;
        return render(&vista, &app, puertas.as_ref(), (filled(&ajustes), s)).await;
    }
    let avisos = reloaded(&vista, puertas.as_ref(), "cobros-secreto-guardado").await;
    Ok(redirect(&app, RUTA, &avisos))
}

async fn keep_secret(
    vista: &Vista<AjustarCobros>,
    app: &App,
    sello: &Sello,
    form: &Formulario,
) -> Result<(), Error> {
    let pasarela = PASARELAS.into_iter().find(|p| *p == form.value("de"));
    let pasarela =
        pasarela.ok_or_else(|| Error::campo("de", "falta_elegir", "Elegir de qué pasarela es."))?;
    let cual = SECRETOS.into_iter().find(|c| *c == form.value("cual"));
    let cual =
        cual.ok_or_else(|| Error::campo("cual", "falta_elegir", "Elegir qué secreto es."))?;
    let valor = form.value("valor").trim();
    if !(8..=400).contains(&valor.len()) || !valor.bytes().all(|b| b.is_ascii_graphic()) {
        let motivo = "Pegar el secreto tal como lo da la pasarela, sin espacios.";
        return Err(Error::campo("valor", "secreto_invalido", motivo));
    }
    let tx = app.db.begin().await?;
    if cual == "aviso" {
        let nombre = secret_name(pasarela, "aviso");
        if let Some(antes) = ramal_plataforma::get_secret(&tx, sello, &nombre).await? {
            let anterior = secret_name(pasarela, "aviso_anterior");
            put_secret(&tx, vista.cx(), sello, &anterior, &antes).await?;
        }
    }
    let nombre = secret_name(pasarela, cual);
    put_secret(&tx, vista.cx(), sello, &nombre, valor.as_bytes()).await?;
    tx.commit().await?;
    Ok(())
}

/// `POST /admin/ajustes/pagos/probar`
pub async fn probar(
    vista: Vista<AjustarCobros>,
    State(app): State<App>,
    puertas: Puertas,
    form: Formulario,
) -> Result<Response, Problem> {
    let codigo = form.value("de").to_owned();
    let pasarela = puertas.get(&codigo).ok_or(Error::SinPasarela)?;
    let marco = vista.marco(&TEXTOS, "cobros-ajustes-titulo");
    let antes = app.cx.now();
    let respuesta = pasarela.check().await;
    let ms = app.cx.now().millis() - antes.millis();
    let aviso = match respuesta {
        Ok(cuenta) => {
            let tx = app.db.begin().await?;
            senales::note_consulta(&tx, pasarela.codigo(), app.cx.now()).await?;
            tx.commit().await?;
            Aviso::ok(marco.t2("cobros-probar-bien", ("cuenta", cuenta), ("ms", ms)))
        }
        Err(falla) => {
            let (db, cx) = (&app.db, vista.cx());
            crate::actions::note_failure(db, cx, pasarela.codigo(), &falla).await?;
            Aviso::mal(marco.t2("cobros-probar-mal", ("motivo", falla.to_string()), ("ms", ms)))
        }
    };
    Ok(redirect(&app, RUTA, &[aviso]))
}
