//! Where a customer pays with the link of an invoice: what is owed, what of it, how. Made for a
//! cheap phone without script. It takes no card: the gateway's own page does.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::Consulta;
use ramal_facturacion::cobro::{Abierta, abiertas};
use ramal_facturacion::factura::FacturaFila;
use ramal_facturacion::storage::cambios;
use ramal_pasarelas::MedioRemoto;
use ramal_web::pagina::{Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Peticion, Problem, Ruta};

use super::comun::{amount, means_word, of_form};
use crate::actions::{NuevoCobro, create_cobro};
use crate::ajustes::AjustesPagos;
use crate::cobro::{Origen, Partida};
use crate::http::Puertas;
use crate::http::api::{launched, outward};
use crate::puerto::Pasarelas;
use crate::textos::TEXTOS;
use crate::{Error, cobro_link, enlace, pago_link};

#[derive(Template)]
#[template(path = "cobros/pagar.html")]
struct Pagar {
    marco: Marco,
    f: Formulario,
    accion: String,
    idem: String,
    numero: String,
    importe: String,
    de: String,
    debe: bool,
    facturas: Vec<Deuda>,
    alcances: Vec<Opcion>,
    medios: Vec<Opcion>,
    comprobante: String,
    factura: String,
}

/// An invoice that is owed, as the page tells it.
struct Deuda {
    numero: String,
    vence: String,
    importe: String,
}

/// What a link leads to: its invoice and everything that its customer owes in that currency.
struct Cuenta {
    factura: FacturaFila,
    abiertas: Vec<Abierta>,
    hoy: Fecha,
    medios: Vec<MedioRemoto>,
    pasarela: Option<String>,
}

/// How much of what is owed is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cuanto {
    /// Only the invoice of the link.
    Esta,
    /// All that is overdue.
    Vencido,
    /// All that is owed.
    Todo,
}

impl Cuanto {
    const TODOS: [Cuanto; 3] = [Cuanto::Esta, Cuanto::Vencido, Cuanto::Todo];

    fn codigo(self) -> &'static str {
        match self {
            Cuanto::Esta => "esta",
            Cuanto::Vencido => "vencido",
            Cuanto::Todo => "todo",
        }
    }

    fn parse(texto: &str) -> Option<Cuanto> {
        Cuanto::TODOS.into_iter().find(|c| c.codigo() == texto)
    }
}

impl Cuenta {
    async fn load(app: &App, pasarelas: &dyn Pasarelas, token: &str) -> Result<Cuenta, Error> {
        let id = enlace::open(&app.entorno.firma, token).ok_or(Error::NotFound("factura"))?;
        let factura = cambios::by_id(&app.db, id).await?.ok_or(Error::NotFound("factura"))?;
        Cuenta::of(&app.db, pasarelas, (factura, app.cx.now())).await
    }

    async fn of(
        c: &impl Consulta,
        pasarelas: &dyn Pasarelas,
        (factura, ahora): (FacturaFila, ramal_base::Instante),
    ) -> Result<Cuenta, Error> {
        let empresa = ramal_plataforma::empresa(c).await?;
        let moneda = ramal_base::Moneda::parse(&factura.moneda);
        let moneda = moneda.ok_or(Error::NotFound("factura"))?;
        let ajustes = AjustesPagos::of(&empresa.ajustes);
        let pasarela = pasarelas.predeterminada().map(|p| p.codigo().to_owned());
        let medios = pasarela.as_deref().map_or_else(Vec::new, |p| ajustes.offered(p, moneda));
        let abiertas = abiertas(c, factura.cliente_id, Some(moneda)).await?;
        let hoy = empresa.zona().fecha(ahora);
        Ok(Cuenta { factura, abiertas, hoy, medios, pasarela })
    }

    /// Invoices that a choice pays.
    fn chosen(&self, cuanto: Cuanto) -> Vec<&Abierta> {
        let fits = |a: &&Abierta| match cuanto {
            Cuanto::Esta => a.factura_id == self.factura.id,
            Cuanto::Vencido => a.vencimiento < self.hoy,
            Cuanto::Todo => true,
        };
        self.abiertas.iter().filter(fits).collect()
    }

    fn sum(&self, cuanto: Cuanto) -> i64 {
        self.chosen(cuanto).iter().map(|a| a.abierto).sum()
    }

    /// Choices that differ from the ones before, the invoice of the link first.
    fn choices(&self) -> Vec<Cuanto> {
        let mut vistas: Vec<Cuanto> = Vec::new();
        for cuanto in Cuanto::TODOS {
            let suma = self.sum(cuanto);
            if suma > 0 && vistas.iter().all(|v| self.sum(*v) != suma) {
                vistas.push(cuanto);
            }
        }
        vistas
    }
}

/// `GET /f/{token}/pagar`
pub async fn get_pagar(
    peticion: Peticion,
    State(app): State<App>,
    puertas: Puertas,
    Ruta(token): Ruta<String>,
) -> Result<Response, Problem> {
    let cuenta = Cuenta::load(&app, puertas.as_ref(), &token).await?;
    let primero = cuenta.choices().first().copied().unwrap_or(Cuanto::Esta);
    let medio = cuenta.medios.first().map_or("", |m| m.codigo());
    let f = Formulario::filled([("que", primero.codigo()), ("medio", medio)]);
    render(&peticion, &app, &cuenta, f)
}

fn render(
    peticion: &Peticion,
    app: &App,
    cuenta: &Cuenta,
    f: Formulario,
) -> Result<Response, Problem> {
    let marco = peticion.marco(&TEXTOS, "cobros-pagar-titulo").refused(&f);
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let moneda = cuenta.factura.moneda.as_str();
    let numero = cuenta.factura.numero();
    let id = cuenta.factura.id.uuid();
    let deuda = |a: &Abierta| Deuda {
        numero: a.numero.clone(),
        vence: marco.fecha_texto(&a.vencimiento),
        importe: amount(&marco, a.abierto, moneda),
    };
    let choices = cuenta.choices();
    let primero = choices.first().copied().unwrap_or(Cuanto::Esta);
    let alcance = |c: &Cuanto| {
        let monto = amount(&marco, cuenta.sum(*c), moneda);
        let n = cuenta.chosen(*c).len();
        let texto = match c {
            Cuanto::Esta => {
                marco.t2("cobros-que-esta", ("numero", numero.clone()), ("monto", monto))
            }
            Cuanto::Vencido => marco.t2("cobros-que-vencido", ("n", n), ("monto", monto)),
            Cuanto::Todo => marco.t2("cobros-que-todo", ("n", n), ("monto", monto)),
        };
        Opcion::new(c.codigo(), texto)
    };
    let medio = |m: &MedioRemoto| Opcion::new(m.codigo(), means_word(&marco, m.codigo()));
    let raiz = ramal_facturacion::enlace_publico(&app.entorno.firma, id);
    let dia = marco.fecha_texto(&cuenta.factura.vencimiento);
    let p = Pagar {
        accion: pago_link(&app.entorno.firma, id),
        idem: peticion.idem(),
        importe: amount(&marco, cuenta.sum(primero), moneda),
        de: marco.t2("cobros-pagar-de", ("numero", numero.clone()), ("dia", dia)),
        debe: !choices.is_empty(),
        facturas: cuenta.abiertas.iter().map(deuda).collect(),
        alcances: choices.iter().map(alcance).collect(),
        medios: cuenta.medios.iter().map(medio).collect(),
        comprobante: format!("{raiz}/comprobante"),
        factura: raiz,
        numero,
        f,
        marco,
    };
    page(estado, &p).map(private)
}

/// `POST /f/{token}/pagar`
///
/// The intent is written and committed, then the gateway is asked; pressed twice, it leads to the
/// same cobro.
pub async fn post_pagar(
    peticion: Peticion,
    State(app): State<App>,
    puertas: Puertas,
    Ruta(token): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let cuenta = Cuenta::load(&app, puertas.as_ref(), &token).await?;
    let nuevo = match wanted(&cuenta, &form) {
        Ok(nuevo) => nuevo,
        Err(error) => return render(&peticion, &app, &cuenta, form.refused(&of_form(error)?)),
    };
    let idem = ClaveIdempotencia::of_form(&peticion, &form);
    let cx = app.cx.as_actor("enlace");
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let intencion = create_cobro(&tx, &cx, nuevo).await?;
    let factura = cuenta.factura.id.uuid();
    let destino = cobro_link(&app.entorno.firma, factura, intencion.fila().id);
    idem.remember_redirect(&tx, &cx, &destino).await?;
    tx.commit().await?;
    let ida = outward(&app, intencion.fila()).await?;
    let fila = launched(&app.db, &cx, puertas.as_ref(), (intencion, &ida)).await?;
    let destino = match fila.url {
        Some(_) => format!("{destino}?ir=1"),
        None => destino,
    };
    Ok(redirect(&app, &destino, &[]))
}

fn wanted(cuenta: &Cuenta, form: &Formulario) -> Result<NuevoCobro, Error> {
    let cuanto = Cuanto::parse(form.value("que"))
        .ok_or_else(|| Error::campo("que", "falta_elegir", "Elegir qué se paga."))?;
    let medio = MedioRemoto::parse(form.value("medio")).filter(|m| cuenta.medios.contains(m));
    let medio =
        medio.ok_or_else(|| Error::campo("medio", "falta_elegir", "Elegir cómo se paga."))?;
    let pasarela = cuenta.pasarela.clone().ok_or(Error::SinPasarela)?;
    let elegidas = cuenta.chosen(cuanto);
    let primera = elegidas.first().ok_or_else(|| {
        Error::conflicto("nada_por_pagar", "No hay nada pendiente de pago en lo elegido.")
    })?;
    let moneda = primera.moneda;
    let partida = |a: &&Abierta| Partida {
        factura_id: a.factura_id.uuid(),
        numero: a.numero.clone(),
        monto: a.abierto,
    };
    // The invoice of the link goes first: its link is the one that opens the cobro.
    let mut partidas: Vec<Partida> = elegidas.iter().map(partida).collect();
    partidas.sort_by_key(|p| p.factura_id != cuenta.factura.id.uuid());
    let cliente_id = cuenta.factura.cliente_id;
    Ok(NuevoCobro { cliente_id, moneda, partidas, medio, pasarela, origen: Origen::Enlace })
}

/// No search engine keeps it, and the address is told to nobody else.
pub(super) fn private(mut respuesta: Response) -> Response {
    let cabeceras = respuesta.headers_mut();
    let robots = HeaderName::from_static("x-robots-tag");
    cabeceras.insert(robots, HeaderValue::from_static("noindex, nofollow"));
    cabeceras.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    cabeceras.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    respuesta
}
