//! Sign-up of a customer on one page. A refused form comes back with everything that was typed and
//! every refused field; a document that is known leads to its owner.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{CampoInvalido, Pais, Problema};
use ramal_clientes::cliente::{DatosConsentimiento, DatosContacto, DatosDomicilio};
use ramal_clientes::http::paginas::ficha::route;
use ramal_clientes::permisos::CrearClientes;
use ramal_clientes::{Cliente, DatosCliente, Error, actions, validacion};
use ramal_db::{Consulta, DbError};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Marco, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem};

use super::super::zone_options;
use super::campos::{self, some};
use crate::permisos::ContratarServicios;
use crate::textos::TEXTOS;

const DOMICILIO: &str = "domicilios[0].";
const CONTACTO: &str = "contactos[0].";

#[derive(Template)]
#[template(path = "contratos/alta.html")]
struct Alta {
    marco: Marco,
    f: Formulario,
    idem: String,
    tipos: Vec<Opcion>,
    regimenes: Vec<Opcion>,
    usos: Vec<Opcion>,
    zonas: Vec<Opcion>,
    consentimientos: Vec<Opcion>,
    mexico: bool,
    rfc_dudoso: bool,
    contratar: bool,
    duplicado: Option<Enlace>,
}

/// `GET /admin/clientes/alta`
pub async fn get_alta(
    vista: Vista<CrearClientes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    show(StatusCode::OK, &vista, &app, Formulario::default(), None).await
}

/// `POST /admin/clientes/alta`
pub async fn post_alta(
    vista: Vista<CrearClientes>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let datos = match read(&form) {
        Ok(datos) => datos,
        Err(problema) => return refuse(&vista, &app, form, problema.0).await,
    };
    match actions::create_cliente(&tx, vista.cx(), datos.clone()).await {
        Ok(cliente) => {
            let ruta = next(&cliente, form.value("_sigue"));
            idem.remember_redirect(&tx, vista.cx(), &ruta).await?;
            tx.commit().await?;
            let marco = vista.marco(&TEXTOS, "contratos-alta-titulo");
            let (codigo, nombre) = (cliente.codigo(), cliente.razon_social);
            let texto = marco.t2("contratos-alta-hecha", ("codigo", codigo), ("nombre", nombre));
            Ok(redirect(&app, &ruta, &[Aviso::ok(texto)]))
        }
        Err(Error::Duplicado) => {
            drop(tx);
            let suyo = owner(&app.db, &datos).await?;
            duplicated(&vista, &app, form, suyo).await
        }
        Err(error) => {
            drop(tx);
            refuse(&vista, &app, form, error.into()).await
        }
    }
}

/// Where the sign-up leads: to sell something, or to the sheet.
fn next(cliente: &Cliente, sigue: &str) -> String {
    match sigue {
        "contratar" => format!("{}/servicios/contratar", route(cliente)),
        _ => route(cliente),
    }
}

/// The form as the API's body. The parts are read apart, because one that nobody filled is no part
/// and one that lacks its main field must be refused together with the rest.
fn read(form: &Formulario) -> Result<DatosCliente, Problem> {
    let principal = campos::without(form, &[DOMICILIO, CONTACTO]);
    let mut datos: DatosCliente = principal.parse()?;
    datos.domicilios.extend(address(form, DOMICILIO));
    datos.contactos.extend(contact(form));
    let consentido = |(finalidad, canal): (&str, &str)| DatosConsentimiento {
        finalidad: finalidad.to_owned(),
        canal: canal.to_owned(),
        otorgado: true,
        origen: Some("alta".to_owned()),
    };
    datos.consentimientos.extend(campos::consented(form).into_iter().map(consentido));
    Ok(datos)
}

/// The address of a form, if anything of it was filled.
pub(super) fn address(form: &Formulario, prefijo: &str) -> Option<DatosDomicilio> {
    let campo = |nombre: &str| some(form, &format!("{prefijo}{nombre}"));
    let zona = campo("zona_id");
    let clase = campo("clase").unwrap_or_else(|| "instalacion".to_owned());
    let datos = DatosDomicilio {
        clase,
        linea: campo("linea").unwrap_or_default(),
        colonia: campo("colonia"),
        ciudad: campo("ciudad"),
        region: campo("region"),
        codigo_postal: campo("codigo_postal"),
        ubigeo: campo("ubigeo"),
        zona_id: zona.and_then(|z| z.parse().ok()),
    };
    let textos = [&datos.colonia, &datos.ciudad, &datos.region, &datos.codigo_postal];
    let algo = !datos.linea.is_empty() || datos.zona_id.is_some() || datos.ubigeo.is_some();
    (algo || textos.iter().any(|t| t.is_some())).then_some(datos)
}

fn contact(form: &Formulario) -> Option<DatosContacto> {
    let campo = |nombre: &str| some(form, &format!("{CONTACTO}{nombre}"));
    let datos = DatosContacto {
        nombre: campo("nombre").unwrap_or_default(),
        cargo: campo("cargo"),
        email: campo("email"),
        telefono: campo("telefono"),
    };
    let algo = datos.cargo.is_some() || datos.email.is_some() || datos.telefono.is_some();
    (algo || !datos.nombre.is_empty()).then_some(datos)
}

/// Who has the document already.
async fn owner(c: &impl Consulta, datos: &DatosCliente) -> Result<Option<Cliente>, DbError> {
    let Ok(validos) = validacion::check(datos) else { return Ok(None) };
    let (tipo, pais) = (validos.tipo_documento, validos.pais);
    let Some(identidad) = Cliente::identidad(tipo, pais, &validos.numero_documento) else {
        return Ok(None);
    };
    match ramal_clientes::storage::by_identidad(c, &identidad).await? {
        Some(id) => ramal_clientes::storage::by_id(c, id).await,
        None => Ok(None),
    }
}

async fn duplicated(
    vista: &Vista<CrearClientes>,
    app: &App,
    form: Formulario,
    suyo: Option<Cliente>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "contratos-alta-titulo");
    let enlace = suyo.map(|c| Enlace {
        texto: marco.t2(
            "contratos-alta-duplicado-abrir",
            ("codigo", c.codigo()),
            ("nombre", c.razon_social.clone()),
        ),
        ruta: route(&c),
        activo: false,
    });
    let motivo = marco.t("contratos-alta-duplicado");
    let campo = CampoInvalido::new("numero_documento", "cliente_duplicado", motivo);
    let form = form.refused(&Problema::campos(vec![campo]));
    show(StatusCode::CONFLICT, vista, app, form, enlace).await
}

async fn refuse(
    vista: &Vista<CrearClientes>,
    app: &App,
    form: Formulario,
    problema: Problema,
) -> Result<Response, Problem> {
    if problema.estado != 422 {
        return Err(Problem(problema));
    }
    let form = form.refused(&problema);
    show(StatusCode::UNPROCESSABLE_ENTITY, vista, app, form, None).await
}

async fn show(
    estado: StatusCode,
    vista: &Vista<CrearClientes>,
    app: &App,
    f: Formulario,
    duplicado: Option<Enlace>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "contratos-alta-titulo").refused(&f);
    let lista = marco.t("contratos-clientes-titulo");
    let pais = marco.formato().pais;
    let dudoso = |e: &CampoInvalido| e.codigo == "rfc_digito";
    let pagina = Alta {
        idem: vista.peticion().idem(),
        tipos: campos::kinds(pais),
        regimenes: campos::regimes(f.value("regimen_fiscal")),
        usos: campos::uses(f.value("uso_cfdi")),
        zonas: zone_options(&app.db).await?,
        consentimientos: campos::consents(&marco),
        mexico: pais == Pais::Mx,
        rfc_dudoso: f.errores().iter().any(dudoso) || f.has("rfc_confirmado", "on"),
        contratar: vista.may(ContratarServicios::NOMBRE),
        duplicado,
        marco: marco.miga(lista, "/admin/clientes"),
        f,
    };
    page(estado, &pagina)
}
