//! The check page of a price: what it is now, what it will be, from when, whom it touches; then one
//! POST. It prices nothing itself: the rules of `precio` do.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Dinero, Fecha, Problema};
use ramal_db::{Consulta, Tx};
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Formulario, Marco, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Problem, Ruta};

use super::super::dia;
use super::conflicto::{Diferencia, conflict};
use super::{RAIZ, for_form, query_form, status};
use crate::formulario::CambioProducto;
use crate::permisos::EditarCatalogo;
use crate::precio::{DatosPrecio, vigente};
use crate::textos::TEXTOS;
use crate::{Afecta, Afectados, Error, Producto, Zona, actions, reglas, storage};

/// Name of the field with the amount.
const IMPORTE: &str = "precio.importe";

#[derive(Template)]
#[template(path = "catalogo/precio.html")]
struct Pagina {
    marco: Marco,
    f: Formulario,
    /// Whether the price is that of no zone.
    general: bool,
    producto: String,
    lugar: String,
    moneda: String,
    volver: String,
    revision: Option<Revision>,
}

/// What a new price would do.
struct Revision {
    ahora: String,
    nuevo: String,
    diferencia: String,
    desde: String,
    hasta: String,
    /// What is paid with the promotion of that day; empty without one.
    a_pagar: String,
    promocion: String,
    /// The price that begins on the same day and goes away; empty if there is none.
    reemplaza: String,
    cambian: String,
    conservan: String,
    idem: String,
    campos: Vec<(&'static str, String)>,
}

/// Of what the price is.
struct Lugar {
    producto: Producto,
    zona: Option<Zona>,
}

/// A price that a form asks for.
struct Pedido {
    precio: Dinero,
    desde: Fecha,
    hasta: Option<Fecha>,
}

/// `GET /admin/catalogo/productos/{codigo}/precio`
pub async fn get_general(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    afecta: Option<Extension<Afecta>>,
) -> Result<Response, Problem> {
    let lugar = Lugar::find(&app, &codigo, None).await?;
    review(&app, &vista, &lugar, afecta.map(|e| e.0)).await
}

/// `GET /admin/catalogo/productos/{codigo}/precios/{zona}`
pub async fn get_zona(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta((codigo, zona)): Ruta<(String, String)>,
    afecta: Option<Extension<Afecta>>,
) -> Result<Response, Problem> {
    let lugar = Lugar::find(&app, &codigo, Some(&zona)).await?;
    review(&app, &vista, &lugar, afecta.map(|e| e.0)).await
}

/// `POST /admin/catalogo/productos/{codigo}/precio`
pub async fn post_general(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let lugar = Lugar::find(&app, &codigo, None).await?;
    apply(&app, &vista, &lugar, form).await
}

/// `POST /admin/catalogo/productos/{codigo}/precios/{zona}`
pub async fn post_zona(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta((codigo, zona)): Ruta<(String, String)>,
    form: Formulario,
) -> Result<Response, Problem> {
    let lugar = Lugar::find(&app, &codigo, Some(&zona)).await?;
    apply(&app, &vista, &lugar, form).await
}

impl Lugar {
    async fn find(app: &App, codigo: &str, zona: Option<&str>) -> Result<Lugar, Problem> {
        let producto = storage::by_codigo(&app.db, codigo).await?;
        let producto = producto.ok_or(Error::ProductoNotFound)?;
        let zona = match zona {
            Some(codigo) => {
                let zona = storage::zona_by_codigo(&app.db, codigo).await?;
                Some(zona.ok_or(Error::ZonaNotFound)?)
            }
            None => None,
        };
        Ok(Lugar { producto, zona })
    }

    fn volver(&self) -> String {
        format!("{RAIZ}/productos/{}#precios", self.producto.codigo)
    }

    fn nombre(&self, marco: &Marco) -> String {
        let todas = || marco.t("catalogo-todas-las-zonas");
        self.zona.as_ref().map_or_else(todas, |z| z.nombre.clone())
    }

    /// The price that would hold on a day if nothing changed.
    async fn lista(
        &self,
        c: &impl Consulta,
        producto: &Producto,
        dia: Fecha,
    ) -> Result<Dinero, Problem> {
        let Some(zona) = &self.zona else { return Ok(producto.precio) };
        let precios = storage::precios_de(c, producto.id).await?;
        Ok(vigente(producto, Some(zona.id), &precios, &[], dia).lista)
    }

    /// What the form asks for. Errors: 422 with every field that does not fit.
    fn pedido(&self, form: &Formulario, hoy: Fecha) -> Result<Pedido, Problem> {
        let mut errores = Vec::new();
        let desde = match (&self.zona, super::day(form, "desde")) {
            (None, _) => Some(hoy),
            (Some(_), Ok(Some(desde))) => Some(desde),
            (Some(_), Ok(None)) => {
                let motivo = "Falta el primer día en que rige.";
                errores.push(ramal_base::CampoInvalido::new("desde", "campo_requerido", motivo));
                None
            }
            (Some(_), Err(problema)) => {
                errores.extend(problema.0.errores);
                None
            }
        };
        let hasta = super::day(form, "hasta").unwrap_or_else(|problema| {
            errores.extend(problema.0.errores);
            None
        });
        let precio = self.precio(form, &mut errores);
        if let Some(desde) = desde {
            reglas::check_vigencia(desde, hasta, &mut errores);
        }
        match (precio, desde) {
            (Some(precio), Some(desde)) if errores.is_empty() => {
                Ok(Pedido { precio, desde, hasta })
            }
            _ => Err(Problem(Problema::campos(errores))),
        }
    }

    fn precio(
        &self,
        form: &Formulario,
        errores: &mut Vec<ramal_base::CampoInvalido>,
    ) -> Option<Dinero> {
        let mut refuse = |codigo: &str, motivo: String| {
            errores.push(ramal_base::CampoInvalido::new(IMPORTE, codigo, motivo));
            None
        };
        if form.value(IMPORTE).trim().is_empty() {
            return refuse("campo_requerido", "Falta el precio.".to_owned());
        }
        let plano = match ramal_web::pagina::importe::parse(form.value(IMPORTE)) {
            Ok(plano) => plano,
            Err(error) => return refuse("importe_dudoso", error.to_string()),
        };
        match Dinero::parse(&plano, self.producto.precio.moneda) {
            Ok(precio) => reglas::check_precio(precio, IMPORTE, errores).then_some(precio),
            Err(error) => refuse("precio_texto", error.to_string()),
        }
    }
}

async fn review(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    lugar: &Lugar,
    afecta: Option<Afecta>,
) -> Result<Response, Problem> {
    let hoy = dia(app, None).await?;
    let form = query_form(&vista.peticion().consulta);
    if form.fields().is_empty() {
        let f = Formulario::filled([("desde", hoy.to_string())]);
        return show(vista, lugar, StatusCode::OK, (f, None));
    }
    let pedido = match lugar.pedido(&form, hoy) {
        Ok(pedido) => pedido,
        Err(problema) => {
            let problema = for_form(problema)?;
            return show(vista, lugar, status(&problema), (form.refused(&problema), None));
        }
    };
    let revision = lugar.revision(app, vista, &pedido, afecta).await?;
    show(vista, lugar, StatusCode::OK, (form, Some(revision)))
}

impl Lugar {
    async fn revision(
        &self,
        app: &App,
        vista: &Vista<EditarCatalogo>,
        pedido: &Pedido,
        afecta: Option<Afecta>,
    ) -> Result<Revision, Problem> {
        let marco = vista.marco(&TEXTOS, "catalogo-titulo");
        let ahora = self.lista(&app.db, &self.producto, pedido.desde).await?;
        let promociones = storage::promociones_en(&app.db, pedido.desde).await?;
        let zona = self.zona.as_ref().map(|z| z.id);
        let nuevo = Producto { precio: pedido.precio, ..self.producto.clone() };
        let con = vigente(&nuevo, None, &[], &promociones, pedido.desde);
        let promocion = con.promocion.map_or_else(String::new, |p| p.nombre.clone());
        let a_pagar = if promocion.is_empty() { String::new() } else { marco.dinero(&con.a_pagar) };
        let reemplaza = match zona {
            Some(zona) => storage::precio_en(&app.db, self.producto.id, zona, pedido.desde).await?,
            None => None,
        };
        let afectados = match afecta {
            Some(puerto) => puerto.afectados(self.producto.id, zona).await?,
            None => Afectados::default(),
        };
        let cuenta = |clave: &str, n: i64| {
            if n == 0 { String::new() } else { marco.t1(clave, "n", n) }
        };
        Ok(Revision {
            ahora: marco.dinero(&ahora),
            nuevo: marco.dinero(&pedido.precio),
            diferencia: difference(&marco, ahora, pedido.precio),
            desde: marco.fecha_texto(&pedido.desde),
            hasta: pedido.hasta.map_or_else(String::new, |h| marco.fecha_texto(&h)),
            a_pagar,
            promocion,
            reemplaza: reemplaza.map_or_else(String::new, |p| marco.dinero(&p.precio)),
            cambian: cuenta("catalogo-cambian", afectados.cambian),
            conservan: cuenta("catalogo-conservan", afectados.conservan),
            idem: vista.peticion().idem(),
            campos: vec![
                ("version", ahora.centavos.to_string()),
                (IMPORTE, pedido.precio.importe()),
                ("desde", pedido.desde.to_string()),
                ("hasta", pedido.hasta.map_or_else(String::new, |h| h.to_string())),
            ],
        })
    }
}

/// The change in money and, if it can be told, in percent.
fn difference(marco: &Marco, ahora: Dinero, nuevo: Dinero) -> String {
    let centavos = nuevo.centavos - ahora.centavos;
    let dinero = marco.dinero(&Dinero::new(centavos, nuevo.moneda));
    let signo = if centavos > 0 { "+" } else { "" };
    if ahora.centavos == 0 || centavos == 0 {
        return format!("{signo}{dinero}");
    }
    let decimas =
        ramal_base::dinero::rh_div(i128::from(centavos) * 1000, i128::from(ahora.centavos));
    format!("{signo}{dinero} ({signo}{})", marco.formato().porcentaje(decimas))
}

async fn apply(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    lugar: &Lugar,
    form: Formulario,
) -> Result<Response, Problem> {
    match put(app, vista, lugar, &form).await {
        Ok(respuesta) => Ok(respuesta),
        Err(problema) => {
            let problema = for_form(problema)?;
            show(vista, lugar, status(&problema), (form.refused(&problema), None))
        }
    }
}

async fn put(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    lugar: &Lugar,
    form: &Formulario,
) -> Result<Response, Problem> {
    let idem = ClaveIdempotencia::of_form(vista.peticion(), form);
    let pedido = lugar.pedido(form, dia(app, None).await?)?;
    let marco = vista.marco(&TEXTOS, "error-409-titulo");
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let producto = storage::lock(&tx, lugar.producto.id).await?.ok_or(Error::ProductoNotFound)?;
    let ahora = lugar.lista(&tx, &producto, pedido.desde).await?;
    if form.value("version") != ahora.centavos.to_string() {
        let diferencia = Diferencia {
            etiqueta: "catalogo-precio",
            guardado: marco.dinero(&ahora),
            escrito: marco.dinero(&pedido.precio),
        };
        let version = ahora.centavos.to_string();
        return conflict(marco, vec![diferencia], (form, &version), lugar.volver());
    }
    lugar.set(&tx, vista, &pedido).await?;
    idem.remember_redirect(&tx, vista.cx(), &lugar.volver()).await?;
    tx.commit().await?;
    let texto = marco.t2(
        "catalogo-precio-puesto",
        ("precio", marco.dinero(&pedido.precio)),
        ("dia", marco.fecha_texto(&pedido.desde)),
    );
    Ok(redirect(app, &lugar.volver(), &[Aviso::ok(texto)]))
}

impl Lugar {
    async fn set(
        &self,
        tx: &Tx,
        vista: &Vista<EditarCatalogo>,
        pedido: &Pedido,
    ) -> Result<(), Error> {
        let (id, precio) = (self.producto.id, pedido.precio);
        let Some(zona) = &self.zona else {
            let cambio = CambioProducto { precio: Some(precio), ..CambioProducto::default() };
            return actions::update_producto(tx, vista.cx(), id, cambio).await.map(drop);
        };
        let (producto_id, zona_id) = (id.uuid(), zona.id.uuid());
        let Pedido { desde, hasta, .. } = *pedido;
        let datos = DatosPrecio { producto_id, zona_id, precio, desde, hasta };
        actions::set_precio_zona(tx, vista.cx(), datos).await.map(drop)
    }
}

fn show(
    vista: &Vista<EditarCatalogo>,
    lugar: &Lugar,
    estado: StatusCode,
    (f, revision): (Formulario, Option<Revision>),
) -> Result<Response, Problem> {
    let clave =
        if revision.is_some() { "catalogo-revisar-precio" } else { "catalogo-poner-precio" };
    let marco = vista.marco(&TEXTOS, clave).refused(&f);
    let raiz = marco.t("catalogo-titulo");
    let ficha = format!("{RAIZ}/productos/{}", lugar.producto.codigo);
    let marco = marco.miga(raiz, RAIZ).miga(&lugar.producto.nombre, ficha);
    let pagina = Pagina {
        f,
        general: lugar.zona.is_none(),
        producto: lugar.producto.nombre.clone(),
        lugar: lugar.nombre(&marco),
        moneda: lugar.producto.precio.moneda.codigo().to_owned(),
        volver: lugar.volver(),
        revision,
        marco,
    };
    page(estado, &pagina)
}
