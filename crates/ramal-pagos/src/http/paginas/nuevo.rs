//! Registering a payment: the cliente, his open facturas, how the money is split. The rules are in
//! the action; a form sent twice, or from two tabs, registers once.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use ramal_base::{Dinero, Moneda, Problema};
use ramal_clientes::Cliente;
use ramal_db::Tx;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Filtros, Formulario, Marco, Problem};
use serde::Deserialize;

use super::comun::{
    LISTA, amount, factura, first_word, form_status, means_options, of_body, of_form, renamed,
    route, today,
};
use super::reparto::{Abiertas, Corte, Renglon, carry, cents, fill, given, moved};
use crate::http::api::pagos::register;
use crate::permisos::RegistrarPagos;
use crate::storage::{caja, pagos};
use crate::textos::TEXTOS;
use crate::vistas::DatosNuevoPago;
use crate::{Error, Pago};

/// Field that says how far the form is.
const PASO: &str = "_paso";

/// For whom and for what, if it is known.
#[derive(Debug, Default, Deserialize)]
pub struct ParaQuien {
    cliente: Option<String>,
    factura: Option<String>,
}

#[derive(Template)]
#[template(path = "pagos/nuevo.html")]
struct Nuevo {
    marco: Marco,
    f: Formulario,
    idem: String,
    marca: String,
    cliente: Option<(String, String)>,
    filas: Vec<Renglon>,
    por_linea: bool,
    monedas: Vec<Opcion>,
    moneda: String,
    medios: Vec<Opcion>,
    repartos: Vec<Opcion>,
    debe: String,
    repartido: String,
    resto: String,
    turno: String,
    volver: String,
}

/// `GET /facturacion/pagos/nuevo`
pub async fn get_nuevo(
    vista: Vista<RegistrarPagos>,
    State(app): State<App>,
    Filtros(quien): Filtros<ParaQuien>,
) -> Result<Response, Problem> {
    let hoy = today(&app).await?.to_string();
    let campos = [("fecha_valor", hoy.as_str()), ("medio", "transferencia")];
    let mut form = Formulario::filled(campos);
    let elegida = match quien.factura.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        Some(nombre) => Some(factura(&app.db, nombre).await?),
        None => None,
    };
    let codigo = match elegida {
        Some(id) => {
            let fila = ramal_facturacion::storage::cambios::by_id(&app.db, id).await?;
            let fila = fila.ok_or(Error::NotFound("factura"))?;
            form.set("moneda", fila.moneda.clone());
            fila.cliente_id.to_string()
        }
        None => quien.cliente.unwrap_or_default(),
    };
    let Some(cliente) = find(&app, &codigo).await? else {
        form.set("_cliente", codigo);
        return render(&vista, &app, form, None).await;
    };
    form.set("_cliente", label(&cliente));
    let abiertas = Abiertas::load(&app.db, cliente.id.uuid()).await?;
    let moneda = currency(&app, &form, &abiertas).await?;
    let marco = vista.marco(&TEXTOS, "pagos-nuevo-titulo");
    let filas = abiertas.rows(&marco, (moneda, Corte::PorFactura), today(&app).await?);
    let suya = elegida.map(|id| id.to_string());
    let es = |fila: &Renglon| suya.as_ref().is_none_or(|id| *id == fila.factura_id);
    fill(&mut form, &filas, es);
    form.set("reparto", if suya.is_some() { "elegir" } else { "automatico" });
    let suma = given(&form);
    if suma > 0 {
        form.set("monto", ramal_base::dinero::format_centavos(suma));
    }
    render(&vista, &app, form, Some(cliente)).await
}

/// The cliente that a text names; `None` if it names none.
async fn find(app: &App, texto: &str) -> Result<Option<Cliente>, Problem> {
    let codigo = first_word(texto);
    if codigo.is_empty() {
        return Ok(None);
    }
    match ramal_clientes::referencia::resolve(&app.db, codigo).await {
        Ok(id) => Ok(ramal_clientes::storage::by_id(&app.db, id).await?),
        Err(ramal_clientes::Error::Storage(error)) => Err(error.into()),
        Err(_) => only_one(app, texto).await,
    }
}

/// The cliente of a name or a document, if only one has it.
async fn only_one(app: &App, texto: &str) -> Result<Option<Cliente>, Problem> {
    let hallados = ramal_clientes::search(&app.db, texto, 2).await?;
    let [uno] = hallados.as_slice() else { return Ok(None) };
    let id = ramal_clientes::referencia::resolve(&app.db, uno.codigo()).await?;
    Ok(ramal_clientes::storage::by_id(&app.db, id).await?)
}

fn label(cliente: &Cliente) -> String {
    format!("{} {}", cliente.codigo(), cliente.razon_social)
}

/// The currency of the form: the one typed, that of the debt, that of the company.
async fn currency(app: &App, form: &Formulario, abiertas: &Abiertas) -> Result<Moneda, Error> {
    if let Some(moneda) = Moneda::parse(form.value("moneda")) {
        return Ok(moneda);
    }
    let suya = ramal_plataforma::empresa(&app.db).await?.moneda;
    let monedas = abiertas.monedas();
    Ok(if monedas.contains(&suya) { suya } else { monedas.first().copied().unwrap_or(suya) })
}

async fn render(
    vista: &Vista<RegistrarPagos>,
    app: &App,
    f: Formulario,
    cliente: Option<Cliente>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "pagos-nuevo-titulo").refused(&f);
    let lista = marco.t("pagos-titulo");
    let marco = marco.miga(lista, LISTA);
    let hoy = today(app).await?;
    let abiertas = match &cliente {
        Some(c) => Abiertas::load(&app.db, c.id.uuid()).await?,
        None => Abiertas::none(),
    };
    let moneda = currency(app, &f, &abiertas).await?;
    let por_linea = f.value("_por_linea") == "si";
    let corte = if por_linea { Corte::PorLinea } else { Corte::PorFactura };
    let filas = abiertas.rows(&marco, (moneda, corte), hoy);
    let turno = caja::abierto_de(&app.db, vista.cx().actor()).await?;
    let (repartido, total) = (given(&f), cents(f.value("monto")).unwrap_or(0));
    let monedas = abiertas.monedas();
    let reparto =
        |r: &str| Opcion::new(r, marco.t(&format!("pagos-reparto-{}", r.replace('_', "-"))));
    let p = Nuevo {
        idem: vista.peticion().idem(),
        marca: abiertas.marca(),
        cliente: cliente.as_ref().map(|c| (label(c), format!("/admin/clientes/{}", c.codigo()))),
        medios: means_options(&marco.textos),
        repartos: ["automatico", "elegir", "a_cuenta"].into_iter().map(reparto).collect(),
        monedas: match monedas.len() {
            0 | 1 => Vec::new(),
            _ => monedas.iter().map(|m| Opcion::new(m.codigo(), m.codigo())).collect(),
        },
        debe: amount(&marco, abiertas.suma(moneda), moneda),
        repartido: amount(&marco, repartido, moneda),
        resto: if total > repartido {
            amount(&marco, total - repartido, moneda)
        } else {
            String::new()
        },
        turno: turno.map_or_else(String::new, |t| t.numero.to_string()),
        volver: LISTA.to_owned(),
        moneda: moneda.codigo().to_owned(),
        filas,
        por_linea,
        f,
        marco,
    };
    page(form_status(&p.f), &p)
}

/// `POST /facturacion/pagos/nuevo`
pub async fn post_nuevo(
    vista: Vista<RegistrarPagos>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let cliente = find(&app, form.value("_cliente")).await?;
    let Some(cliente) = cliente else {
        let falta = "Falta elegir un cliente: escribir su código, su nombre o su documento.";
        let problema = Problem::campo("_cliente", "cliente_desconocido", falta).0;
        return render(&vista, &app, form.refused(&problema), None).await;
    };
    match form.value(PASO) {
        "" => {}
        paso => {
            let form = stepped(&vista, &app, (&form, paso), &cliente).await?;
            return render(&vista, &app, form, Some(cliente)).await;
        }
    }
    match send(&vista, &app, &form, &cliente).await {
        Ok(respuesta) => Ok(respuesta),
        Err(problem) => {
            let problema = renamed(of_body(problem)?, "cliente", "_cliente");
            let nuevo = relaid(&vista, &app, &form, &cliente).await?;
            let problema = moved(problema, &form, &nuevo);
            render(&vista, &app, nuevo.refused(&problema), Some(cliente)).await
        }
    }
}

/// The form with the rows that are open now and what was typed on them.
async fn relaid(
    vista: &Vista<RegistrarPagos>,
    app: &App,
    form: &Formulario,
    cliente: &Cliente,
) -> Result<Formulario, Problem> {
    let abiertas = Abiertas::load(&app.db, cliente.id.uuid()).await?;
    let moneda = currency(app, form, &abiertas).await?;
    let corte = match form.value("_por_linea") {
        "si" => Corte::PorLinea,
        _ => Corte::PorFactura,
    };
    let marco = vista.marco(&TEXTOS, "pagos-nuevo-titulo");
    Ok(carry(form, &abiertas.rows(&marco, (moneda, corte), today(app).await?)))
}

/// Another look at the form: the facturas of the chosen cliente, one row per line, the sums.
async fn stepped(
    vista: &Vista<RegistrarPagos>,
    app: &App,
    (form, paso): (&Formulario, &str),
    cliente: &Cliente,
) -> Result<Formulario, Problem> {
    let mut form = form.clone();
    form.set(PASO, "");
    form.set("_cliente", label(cliente));
    match paso {
        "lineas" => form.set("_por_linea", "si"),
        "facturas" => form.set("_por_linea", ""),
        _ => {}
    }
    if form.value("reparto").is_empty() {
        form.set("reparto", "automatico");
    }
    let mut form = relaid(vista, app, &form, cliente).await?;
    if paso == "ver" && form.value("monto").is_empty() {
        let abiertas = Abiertas::load(&app.db, cliente.id.uuid()).await?;
        let suma = abiertas.suma(currency(app, &form, &abiertas).await?);
        if suma > 0 {
            form.set("monto", ramal_base::dinero::format_centavos(suma));
        }
    }
    Ok(form)
}

async fn send(
    vista: &Vista<RegistrarPagos>,
    app: &App,
    form: &Formulario,
    cliente: &Cliente,
) -> Result<Response, Problem> {
    let mut plano = form.clone();
    plano.plain_money(&vista.peticion().navegante.formato, &["monto", "partidas[].monto"])?;
    plano.set("cliente", cliente.id.to_string());
    let datos: DatosNuevoPago = plano.parse()?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let conocido = known(&tx, &datos).await?;
    let hecho = match conocido {
        Some(pago) => Ok((pago, false)),
        None => match check_mark(&tx, form, cliente).await {
            Ok(()) => register(&tx, vista.cx(), datos).await.map(|r| (r.pago, r.nuevo)),
            Err(error) => Err(error),
        },
    };
    let (pago, nuevo) = match hecho {
        Ok(hecho) => hecho,
        Err(error) => {
            tx.rollback().await?;
            return Err(Problem(of_form(error)?));
        }
    };
    let destino = route(&pago);
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "pagos-nuevo-titulo");
    Ok(redirect(app, &destino, &[notice(&marco, &pago, nuevo)]))
}

fn notice(marco: &Marco, pago: &Pago, nuevo: bool) -> Aviso {
    if !nuevo {
        return Aviso::info(marco.t1("pagos-nuevo-repetido", "numero", pago.codigo()));
    }
    let monto = marco.dinero(&Dinero::new(pago.monto, pago.moneda));
    let datos = (("numero", pago.codigo()), ("monto", monto));
    Aviso::ok(marco.t2("pagos-nuevo-hecho", datos.0, datos.1))
}

/// The payment that has this operation already, if it says the same money.
async fn known(tx: &Tx, datos: &DatosNuevoPago) -> Result<Option<Pago>, Error> {
    let Some((proveedor, referencia)) =
        crate::actions::operation_key(datos.medio, datos.operacion.as_deref())
    else {
        return Ok(None);
    };
    let suyo = pagos::by_referencia(tx, &proveedor, &referencia).await?;
    let monto = ramal_base::dinero::parse_centavos(&datos.monto).unwrap_or(0);
    let igual = |p: &Pago| p.cliente_id.to_string() == datos.cliente && p.monto == monto;
    Ok(suyo.filter(igual))
}

/// Whether what is open is what the form showed: of two tabs, the second looks again.
async fn check_mark(tx: &Tx, form: &Formulario, cliente: &Cliente) -> Result<(), Error> {
    let vista = form.value("_visto");
    if vista.is_empty() || Abiertas::load(tx, cliente.id.uuid()).await?.marca() == vista {
        return Ok(());
    }
    let detalle = "Las facturas de este cliente cambiaron mientras se escribía: entró otro pago o \
        se emitió algo. No se registró nada. Abajo está lo de ahora; revisar y registrar de nuevo.";
    Err(Error::Refused(Problema::conflicto("cuenta_cambio", detalle)))
}
