//! One template: its text, a preview that follows the typing (or a button, without script), its
//! history. `/admin/mensajes/plantillas/{pais}/{clase}/{canal}`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Instante, Pais, Problema, Zona};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Enlace, Formato, Insignia, Marco, Opcion, page, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};

use super::{palabras, plantillas as hoja_plantillas};
use crate::actions::write_plantilla;
use crate::http::api_plantillas::key_of;
use crate::permisos::{EditarPlantillas, LeerMensajes};
use crate::plantilla::pintado::{Partes, Pintado, paint};
use crate::plantilla::{Contenido, Encabezado, Llave, correo as carta, variables};
use crate::storage::{lineas, lista, notificaciones, plantillas};
use crate::textos::TEXTOS;
use crate::valor::{Valor, Variables};
use crate::{Canal, Error};

/// Parts of the address of a template.
pub(super) type Partes3 = (String, String, String);

struct Version {
    numero: i64,
    titulo: String,
    autor: String,
    nota: String,
    creado: Instante,
    asunto: String,
    cuerpo: String,
    vigente: bool,
}

#[derive(Template)]
#[template(path = "mensajeria/plantilla.html", blocks = ["previa"])]
struct Pagina {
    marco: Marco,
    secciones: Vec<Enlace>,
    canales: Vec<Enlace>,
    ruta: String,
    ruta_probar: String,
    f: Formulario,
    version: i64,
    whatsapp: bool,
    correo: bool,
    tiene_enlace: bool,
    encabezados: Vec<Opcion>,
    variables: Vec<(String, String)>,
    meta: Option<Insignia>,
    meta_motivo: String,
    previa: Pintado,
    previa_real: bool,
    previa_rota: bool,
    previa_texto: String,
    versiones: Vec<Version>,
    edita: bool,
    idem: String,
}

/// Which template an address names. Errors: 404.
pub(super) fn key((pais, clase, canal): &Partes3) -> Result<Llave, Problem> {
    let pais = Pais::parse(pais).ok_or_else(|| Problem(Problema::no_encontrado("plantilla")))?;
    key_of(clase, canal, pais)
}

/// `GET /admin/mensajes/plantillas/{pais}/{clase}/{canal}`
pub(super) async fn ver(
    vista: Vista<LeerMensajes>,
    State(app): State<App>,
    Ruta(partes): Ruta<Partes3>,
) -> Result<Response, Problem> {
    let llave = key(&partes)?;
    let actual = plantillas::current(&app.db, llave).await?;
    let c = &actual.contenido;
    let f = Formulario::filled([
        ("asunto", c.asunto.clone()),
        ("cuerpo", c.cuerpo.clone()),
        ("boton", c.boton.clone()),
        ("encabezado", c.encabezado.as_str().to_owned()),
        ("nombre_meta", c.nombre_meta.clone()),
        ("version", actual.version.to_string()),
    ]);
    let pagina = build(&vista, &app, llave, f).await?;
    page(StatusCode::OK, &pagina)
}

/// The text that a form holds.
fn read(form: &Formulario) -> Contenido {
    let sin_cr = |campo: &str| form.value(campo).replace("\r\n", "\n").trim().to_owned();
    let encabezado = match form.value("encabezado") {
        "documento" => Encabezado::Documento,
        "imagen" => Encabezado::Imagen,
        _ => Encabezado::Ninguno,
    };
    Contenido {
        asunto: sin_cr("asunto"),
        cuerpo: sin_cr("cuerpo"),
        boton: sin_cr("boton"),
        encabezado,
        nombre_meta: sin_cr("nombre_meta"),
    }
}

/// `POST /admin/mensajes/plantillas/{pais}/{clase}/{canal}`: looks (`accion=ver`) or saves.
pub(super) async fn guardar(
    vista: Vista<EditarPlantillas>,
    State(app): State<App>,
    Ruta(partes): Ruta<Partes3>,
    form: Formulario,
) -> Result<Response, Problem> {
    let llave = key(&partes)?;
    if form.value("accion") == "ver" {
        return page(StatusCode::OK, &build(&vista, &app, llave, form).await?);
    }
    let leida = form.value("version").parse().unwrap_or(-1);
    let tx = app.db.begin().await?;
    let hecho = write_plantilla::save(&tx, vista.cx(), llave, (leida, read(&form))).await;
    if let Err(error) = hecho {
        tx.rollback().await?;
        let vieja = matches!(error, Error::Version);
        let (estado, mut form) = palabras::refused(form, error)?;
        if vieja {
            let ahora = plantillas::current(&app.db, llave).await?.version;
            form.set("version", ahora.to_string());
        }
        return page(estado, &build(&vista, &app, llave, form).await?);
    }
    tx.commit().await?;
    let lugar = hoja_plantillas::path_of(llave);
    let clave = match llave.canal {
        Canal::Whatsapp => "mensajes-plantilla-guardada-meta",
        _ => "mensajes-plantilla-guardada",
    };
    let aviso = Aviso::ok(palabras::say(vista.peticion(), clave));
    Ok(redirect(&app, &lugar, &[aviso]))
}

/// `POST …/previa`: what would be read with the text of the form.
pub(super) async fn previa(
    vista: Vista<LeerMensajes>,
    State(app): State<App>,
    Ruta(partes): Ruta<Partes3>,
    form: Formulario,
) -> Result<Response, Problem> {
    let pagina = build(&vista, &app, key(&partes)?, form).await?;
    if vista.peticion().hx.wants("previa") {
        return page(StatusCode::OK, &pagina.as_previa());
    }
    page(StatusCode::OK, &pagina)
}

async fn build<P>(
    vista: &Vista<P>,
    app: &App,
    llave: Llave,
    f: Formulario,
) -> Result<Pagina, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-plantillas-titulo").refused(&f);
    let arriba = marco.t("mensajes-plantillas-titulo");
    let regreso = format!("{}?pais={}", hoja_plantillas::RUTA, llave.pais.codigo());
    let clase = palabras::kind(&marco, llave.clase.as_str());
    let marco = marco.titled(clase).miga(arriba, regreso);
    let contenido = read(&f);
    let (variables, real) = data(app, llave, f.has("datos", "real")).await?;
    let partes = partes(app, llave, real.as_deref()).await?;
    let mostrar = |_: &str, valor: &Valor| valor.words(&partes.formato);
    let previa = paint(&contenido, &variables, &partes, &mostrar);
    let meta = meta(app, llave, &contenido).await?;
    let opcion = |e: Encabezado| {
        Opcion::new(e.as_str(), marco.t(&format!("mensajes-encabezado-{}", e.as_str())))
    };
    let encabezados = [Encabezado::Ninguno, Encabezado::Documento, Encabezado::Imagen];
    Ok(Pagina {
        secciones: palabras::message_tabs(&marco),
        canales: channels(&marco, llave),
        ruta_probar: format!("{}/probar", hoja_plantillas::path_of(llave)),
        ruta: hoja_plantillas::path_of(llave),
        version: f.value("version").parse().unwrap_or(0),
        whatsapp: llave.canal == Canal::Whatsapp,
        correo: llave.canal == Canal::Email,
        tiene_enlace: variables::named(llave.clase, "enlace").is_some(),
        encabezados: encabezados.map(opcion).to_vec(),
        variables: names(&marco, llave),
        meta: (llave.canal == Canal::Whatsapp)
            .then(|| hoja_plantillas::badge(&marco, meta.as_ref())),
        meta_motivo: meta.and_then(|m| m.motivo).unwrap_or_default(),
        previa_rota: contenido.check(llave.clase, llave.canal).is_err(),
        previa_texto: carta::plain(&previa),
        previa_real: real.is_some(),
        previa,
        versiones: history(app, &marco, llave).await?,
        edita: vista.may(EditarPlantillas::NOMBRE),
        idem: vista.peticion().idem(),
        marco,
        f,
    })
}

/// Values of the preview: those of the last real one if they are asked for and there is one, else
/// samples; and the name of the real addressee.
async fn data(app: &App, llave: Llave, real: bool) -> Result<(Variables, Option<String>), Problem> {
    let muestra = || variables::sample(llave.clase, llave.pais);
    if !real {
        return Ok((muestra(), None));
    }
    let Some(id) = lista::last_of(&app.db, llave.clase, llave.pais).await? else {
        return Ok((muestra(), None));
    };
    match notificaciones::by_id(&app.db, id).await? {
        Some(fila) => Ok((fila.variables()?, Some(fila.nombre))),
        None => Ok((muestra(), None)),
    }
}

async fn partes(app: &App, llave: Llave, real: Option<&str>) -> Result<Partes, Problem> {
    let empresa = ramal_plataforma::empresa(&app.db).await?;
    let zona = Zona::parse(llave.pais.zona_horaria()).unwrap_or_else(|_| Zona::utc());
    Ok(Partes {
        nombre: real.unwrap_or("Ana Torres").to_owned(),
        empresa: empresa.nombre,
        formato: Formato { pais: llave.pais, zona },
    })
}

async fn meta(
    app: &App,
    llave: Llave,
    contenido: &Contenido,
) -> Result<Option<plantillas::MetaFila>, Problem> {
    let idioma = crate::plantilla::idioma(llave.pais);
    match lineas::outgoing(&app.db).await? {
        Some(linea) if llave.canal == Canal::Whatsapp => {
            let nombre = &contenido.nombre_meta;
            Ok(plantillas::meta(&app.db, &linea.cuenta_id, nombre, idioma).await?)
        }
        _ => Ok(None),
    }
}

fn channels(marco: &Marco, llave: Llave) -> Vec<Enlace> {
    let uno = |canal: Canal| Enlace {
        texto: palabras::channel(marco, canal.as_str()),
        ruta: hoja_plantillas::path_of(Llave { canal, ..llave }),
        activo: canal == llave.canal,
    };
    Canal::TODOS.map(uno).to_vec()
}

/// The variables as they are typed, with what each is.
fn names(marco: &Marco, llave: Llave) -> Vec<(String, String)> {
    let una = |v: variables::Variable| {
        let tipo = marco.t(&format!("mensajes-tipo-{}", v.tipo.as_str()));
        (format!("{{{{{}}}}}", v.nombre), tipo)
    };
    variables::all(llave.clase).map(una).collect()
}

async fn history(app: &App, marco: &Marco, llave: Llave) -> Result<Vec<Version>, Problem> {
    let filas = plantillas::versions(&app.db, llave, 20).await?;
    let mut versiones = Vec::new();
    for (i, fila) in filas.iter().enumerate() {
        let contenido = fila.contenido()?;
        let nota = fila.nota.as_deref().and_then(|n| n.strip_prefix('v'));
        versiones.push(Version {
            numero: fila.version,
            titulo: marco.t1("mensajes-plantilla-version", "n", fila.version),
            autor: fila.autor.clone(),
            nota: nota.map_or_else(String::new, |n| marco.t1("mensajes-plantilla-de", "n", n)),
            creado: fila.creado,
            asunto: contenido.asunto,
            cuerpo: contenido.cuerpo,
            vigente: i == 0,
        });
    }
    Ok(versiones)
}
