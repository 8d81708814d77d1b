//! Forms that make and change a product. The price of an existing one changes on its own page,
//! where it is told whom that touches.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Moneda;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Formulario, Marco, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Problem, Ruta};

use super::conflicto::{Campo, conflict, differences};
use super::{RAIZ, check_number, for_form, palabras, query_form, status};
use crate::formulario::{CambioProducto, DatosProducto};
use crate::permisos::EditarCatalogo;
use crate::storage::{self, Componente};
use crate::textos::TEXTOS;
use crate::{ClaseProducto, Error, Producto, actions};

/// Empty lines for parts that the form of a combo offers.
const LIBRES: usize = 3;
/// Most parts of a combo.
const PARTES: usize = 50;

#[derive(Template)]
#[template(path = "catalogo/producto_form.html")]
struct Pagina {
    marco: Marco,
    f: Formulario,
    idem: String,
    /// Code of the product; empty for a new one.
    codigo: String,
    moneda: String,
    combo: bool,
    lineas: Vec<Linea>,
    clases: Vec<Opcion>,
    categorias: Vec<Opcion>,
    tecnologias: Vec<Opcion>,
    periodos: Vec<Opcion>,
    impuestos: Vec<Opcion>,
    productos: Vec<Opcion>,
    volver: String,
}

/// A line for a part: the names of its two fields.
struct Linea {
    numero: usize,
    producto: String,
    cantidad: String,
}

/// `GET /admin/catalogo/nuevo`
pub async fn get_nuevo(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let clase = query_form(&vista.peticion().consulta).value("clase").to_owned();
    let f = Formulario::filled([
        ("clase", if clase == "combo" { "combo" } else { "plan" }),
        ("categoria", "internet"),
        ("periodos", "mensual"),
        ("impuesto", "general"),
        ("impuesto_incluido", "on"),
        ("requiere_factura", "on"),
    ]);
    show(&app, &vista, StatusCode::OK, (f, None)).await
}

/// `POST /admin/catalogo/nuevo`
pub async fn post_nuevo(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    match create(&app, &vista, &form).await {
        Ok(respuesta) => Ok(respuesta),
        Err(problema) => {
            let problema = for_form(problema)?;
            show(&app, &vista, status(&problema), (form.refused(&problema), None)).await
        }
    }
}

async fn create(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    form: &Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), form);
    let hay = storage::all(&app.db).await?;
    let mut llano = form.clone();
    llano.plain_money(&vista.peticion().navegante.formato, &["precio.importe"])?;
    let datos = body(&llano, &hay)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let producto = actions::create_producto(&tx, vista.cx(), datos).await?;
    let ruta = format!("{RAIZ}/productos/{}", producto.codigo);
    idem.remember_redirect(&tx, vista.cx(), &ruta).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let texto = marco.t1("catalogo-creado", "nombre", producto.nombre);
    Ok(redirect(app, &ruta, &[Aviso::ok(texto)]))
}

/// `GET /admin/catalogo/productos/{codigo}/editar`
pub async fn get_editar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let (producto, partes) = found(&app, &codigo).await?;
    let f = filled(&producto, &partes);
    show(&app, &vista, StatusCode::OK, (f, Some(&producto))).await
}

/// `POST /admin/catalogo/productos/{codigo}/editar`
pub async fn post_editar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let (producto, partes) = found(&app, &codigo).await?;
    if form.value("version") != producto.version.to_string() {
        let marco = vista.marco(&TEXTOS, "error-409-titulo");
        let campos = compared(&marco);
        let diferencias = differences(&campos, &filled(&producto, &partes), &form);
        let version = producto.version.to_string();
        return conflict(marco, diferencias, (&form, &version), route(&producto));
    }
    match save(&app, &vista, &form, &producto).await {
        Ok(respuesta) => Ok(respuesta),
        Err(problema) => {
            let problema = for_form(problema)?;
            let f = form.refused(&problema);
            show(&app, &vista, status(&problema), (f, Some(&producto))).await
        }
    }
}

async fn save(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    form: &Formulario,
    antes: &Producto,
) -> Result<Response, Problem> {
    let hay = storage::all(&app.db).await?;
    let mut completo = form.clone();
    completo.set("precio.importe", antes.precio.importe());
    completo.set("precio.moneda", antes.precio.moneda.codigo());
    let cambio = change(body(&completo, &hay)?, antes);
    let tx = app.db.begin().await?;
    let actual = storage::lock(&tx, antes.id).await?.ok_or(Error::ProductoNotFound)?;
    if actual.version != antes.version {
        return Err(Problem(ramal_base::Problema::conflicto("version_distinta", STALE)));
    }
    let producto = actions::update_producto(&tx, vista.cx(), antes.id, cambio).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let texto = marco.t1("catalogo-guardado", "nombre", &producto.nombre);
    Ok(redirect(app, &route(&producto), &[Aviso::ok(texto)]))
}

/// Refusal of an edit that crosses another one.
pub(super) const STALE: &str =
    "Otra persona guardó cambios mientras se escribía. Enviar de nuevo los muestra.";

/// A whole form as a change: what it shows and leaves empty is emptied.
fn change(datos: DatosProducto, antes: &Producto) -> CambioProducto {
    let combo = antes.clase == ClaseProducto::Combo;
    CambioProducto {
        nombre: Some(datos.nombre),
        categoria: Some(datos.categoria),
        tecnologia: Some(datos.tecnologia),
        periodos: Some(datos.periodos),
        impuesto_incluido: Some(datos.impuesto_incluido),
        requiere_factura: Some(datos.requiere_factura),
        impuesto: datos.impuesto,
        clave_prod_serv: Some(datos.clave_prod_serv),
        clave_unidad: Some(datos.clave_unidad),
        velocidad_mbps: Some(datos.velocidad_mbps),
        componentes: combo.then_some(datos.componentes),
        ..CambioProducto::default()
    }
}

async fn found(app: &App, codigo: &str) -> Result<(Producto, Vec<Componente>), Problem> {
    let producto = storage::by_codigo(&app.db, codigo).await?.ok_or(Error::ProductoNotFound)?;
    let partes = storage::componentes(&app.db, &[producto.id]).await?;
    Ok((producto, partes))
}

fn route(producto: &Producto) -> String {
    format!("{RAIZ}/productos/{}", producto.codigo)
}

/// The form of what is saved.
fn filled(p: &Producto, partes: &[Componente]) -> Formulario {
    let mut campos = vec![
        ("version".to_owned(), p.version.to_string()),
        ("clase".to_owned(), p.clase.as_str().to_owned()),
        ("nombre".to_owned(), p.nombre.clone()),
        ("categoria".to_owned(), p.categoria.as_str().to_owned()),
        ("impuesto".to_owned(), p.impuesto.as_str().to_owned()),
    ];
    let mut put = |nombre: &str, valor: Option<String>| {
        campos.extend(valor.map(|v| (nombre.to_owned(), v)));
    };
    put("tecnologia", p.tecnologia.map(|t| t.as_str().to_owned()));
    put("velocidad_mbps", p.velocidad_mbps.map(|v| v.to_string()));
    put("clave_prod_serv", p.clave_prod_serv.clone());
    put("clave_unidad", p.clave_unidad.clone());
    put("impuesto_incluido", p.impuesto_incluido.then(|| "on".to_owned()));
    put("requiere_factura", p.requiere_factura.then(|| "on".to_owned()));
    for (i, periodo) in p.periodos.iter().enumerate() {
        let nombre = if i == 0 { "periodos" } else { "otros_periodos" };
        put(nombre, Some(periodo.as_str().to_owned()));
    }
    for (i, parte) in partes.iter().enumerate() {
        put(&format!("componentes[{i}].producto_id"), Some(parte.codigo.clone()));
        put(&format!("componentes[{i}].cantidad"), Some(parte.cantidad.to_string()));
    }
    Formulario::filled(campos)
}

/// The body of the API that a form means: codes of parts become ids, marks that are off say so.
fn body(form: &Formulario, hay: &[Producto]) -> Result<DatosProducto, Problem> {
    check_number(form, "velocidad_mbps")?;
    let mut campos: Vec<(String, String)> = Vec::new();
    let base = form.value("periodos").to_owned();
    let libre = |nombre: &str| {
        let resto = nombre.strip_suffix("].cantidad");
        resto.is_some_and(|r| form.value(&format!("{r}].producto_id")).trim().is_empty())
    };
    for (nombre, valor) in form.fields() {
        match nombre.as_str() {
            "version" | "impuesto_incluido" | "requiere_factura" => {}
            "otros_periodos" if *valor == base => {}
            "otros_periodos" => campos.push(("periodos".to_owned(), valor.clone())),
            n if libre(n) => {}
            n if n.ends_with("].producto_id") => {
                campos.push((nombre.clone(), part_id(n, valor, hay)?));
            }
            _ => campos.push((nombre.clone(), valor.clone())),
        }
    }
    for marca in ["impuesto_incluido", "requiere_factura"] {
        campos.push((marca.to_owned(), form.has(marca, "on").to_string()));
    }
    Formulario::filled(campos).parse()
}

/// The id of the product with a code. Errors: 422 on its field.
fn part_id(campo: &str, codigo: &str, hay: &[Producto]) -> Result<String, Problem> {
    let codigo = codigo.trim();
    if codigo.is_empty() {
        return Ok(String::new());
    }
    let producto = hay.iter().find(|p| p.codigo == codigo);
    producto.map(|p| p.id.to_string()).ok_or_else(|| {
        let motivo = "No hay producto con ese código; elegir uno de la lista.";
        Problem::campo(campo, "producto_desconocido", motivo)
    })
}

/// The fields that the page of a conflict compares.
fn compared(marco: &Marco) -> Vec<Campo> {
    vec![
        Campo::texto("nombre", "catalogo-nombre"),
        Campo::opciones("categoria", "catalogo-categoria", palabras::categorias(marco)),
        Campo::opciones("tecnologia", "catalogo-tecnologia", palabras::tecnologias(marco)),
        Campo::texto("velocidad_mbps", "catalogo-velocidad"),
        Campo::opciones("periodos", "catalogo-periodo-base", palabras::periodos(marco)),
        Campo::opciones("otros_periodos", "catalogo-otros-periodos", palabras::periodos(marco)),
        Campo::opciones("impuesto", "catalogo-impuesto", palabras::impuestos(marco)),
        Campo::opciones("impuesto_incluido", "catalogo-impuesto-incluido", yes(marco)),
        Campo::opciones("requiere_factura", "catalogo-requiere-factura", yes(marco)),
        Campo::texto("clave_prod_serv", "catalogo-clave-prod-serv"),
        Campo::texto("clave_unidad", "catalogo-clave-unidad"),
    ]
}

fn yes(marco: &Marco) -> Vec<Opcion> {
    vec![Opcion::new("on", marco.t("kit-si"))]
}

async fn show(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    estado: StatusCode,
    (f, producto): (Formulario, Option<&Producto>),
) -> Result<Response, Problem> {
    let clave = if producto.is_some() { "catalogo-editar" } else { "catalogo-nuevo" };
    let mut marco = vista.marco(&TEXTOS, clave).refused(&f);
    let raiz = marco.t("catalogo-titulo");
    marco = marco.miga(raiz, RAIZ);
    let volver = producto.map_or_else(|| RAIZ.to_owned(), route);
    if let Some(p) = producto {
        let titulo = marco.t1("catalogo-editar-que", "nombre", &p.nombre);
        marco = marco.miga(&p.nombre, &volver).titled(titulo);
    }
    let combo = f.value("clase") == "combo";
    let productos = if combo { parts_to_choose(app).await? } else { Vec::new() };
    let moneda = match producto {
        Some(p) => p.precio.moneda,
        None => currency(app).await?,
    };
    let pagina = Pagina {
        lineas: if combo { lines(&f) } else { Vec::new() },
        idem: vista.peticion().idem(),
        codigo: producto.map_or_else(String::new, |p| p.codigo.clone()),
        moneda: moneda.codigo().to_owned(),
        clases: palabras::todas_las_clases(&marco),
        categorias: palabras::categorias(&marco),
        tecnologias: palabras::tecnologias(&marco),
        periodos: palabras::periodos(&marco),
        impuestos: palabras::impuestos(&marco),
        marco,
        f,
        combo,
        productos,
        volver,
    };
    page(estado, &pagina)
}

/// Currency of the company; that of Mexico while there is no company.
pub(super) async fn currency(app: &App) -> Result<Moneda, Problem> {
    let empresa = ramal_plataforma::empresa_if_any(&app.db).await?;
    Ok(empresa.map_or(Moneda::Mxn, |e| e.moneda))
}

async fn parts_to_choose(app: &App) -> Result<Vec<Opcion>, Problem> {
    let todos = storage::all(&app.db).await?;
    let sueltos = todos.into_iter().filter(|p| p.clase != ClaseProducto::Combo && p.activo);
    Ok(sueltos.map(|p| Opcion::new(p.codigo, p.nombre)).collect())
}

/// The lines with a part and some free ones.
fn lines(f: &Formulario) -> Vec<Linea> {
    let puesta = |i: &usize| !f.value(&format!("componentes[{i}].producto_id")).trim().is_empty();
    let ultima = (0..PARTES).rev().find(puesta).map_or(0, |i| i + 1);
    let linea = |i: usize| Linea {
        numero: i + 1,
        producto: format!("componentes[{i}].producto_id"),
        cantidad: format!("componentes[{i}].cantidad"),
    };
    (0..(ultima + LIBRES).min(PARTES)).map(linea).collect()
}
