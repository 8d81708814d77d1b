//! Sale of a service to a customer: where, which plan with what it costs there, from when; a check
//! of what it would cost; and the sale, once. The address chosen goes in a contract, so that the
//! service knows where it is given.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Cx, Dinero, Fecha};
use ramal_catalogo::{Oferta, ofertas};
use ramal_clientes::cliente::{Domicilio, EstadoCliente};
use ramal_clientes::{Ficha, ficha};
use ramal_db::{Consulta, Tx};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Insignia, Marco, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem, Ruta};

use super::ensayo::{Renglon, parts, range};
use super::ficha::policy;
use super::palabras::{period, route};
use super::paso::typed;
use crate::actions;
use crate::comandos::{DatosContratar, DatosContrato};
use crate::permisos::{ContratarServicios, CrearContratos};
use crate::textos::TEXTOS;
use crate::{Error, Periodo, SIN_FIN, Servicio, storage, tramos};

/// A plan that can be chosen.
struct Plan {
    id: String,
    nombre: String,
    precio: String,
    antes: String,
    promocion: String,
}

#[derive(Template)]
#[template(path = "contratos/contratar.html")]
struct Contratar {
    marco: Marco,
    f: Formulario,
    ruta_contratar: String,
    volver: String,
    domicilios: Vec<Opcion>,
    planes: Vec<Plan>,
    periodos: Vec<Opcion>,
    sin_domicilio: bool,
    ruta_domicilio: String,
    moneda: &'static str,
}

#[derive(Template)]
#[template(path = "contratos/contratar_revision.html")]
struct Revision {
    marco: Marco,
    f: Formulario,
    insignia: Insignia,
    datos: Vec<(String, String)>,
    renglones: Vec<Renglon>,
    total: String,
    despues: String,
    ruta_contratar: String,
    ruta_volver: String,
    clave: String,
}

/// `GET /admin/clientes/{codigo}/servicios/contratar`
pub async fn get_contratar(
    vista: Vista<ContratarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let mut form = Formulario::read(vista.peticion().consulta.as_bytes())?;
    if form.value("_revisar") == "si" {
        return check(&vista, &app, &ficha, form).await;
    }
    if form.value("fecha_inicio").is_empty() {
        let hoy = actions::hoy(&app.db, vista.cx()).await?;
        form.set("fecha_inicio", hoy.to_string());
    }
    show(StatusCode::OK, &vista, &app, &ficha, form).await
}

/// `POST /admin/clientes/{codigo}/servicios/contratar`
pub async fn post_contratar(
    vista: Vista<ContratarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let servicio = match sell(&tx, &vista, &ficha, &form).await {
        Ok(servicio) => servicio,
        Err(problem) => {
            drop(tx);
            return refuse(&vista, &app, &ficha, (problem, form)).await;
        }
    };
    if form.value("_precio") != servicio.precio.importe() {
        drop(tx);
        return check(&vista, &app, &ficha, form).await;
    }
    let ruta = route(&servicio);
    idem.remember_redirect(&tx, vista.cx(), &ruta).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "contratos-contratar-titulo");
    let texto = marco.t2(
        "contratos-contratar-hecho",
        ("codigo", servicio.codigo()),
        ("desde", marco.fecha_texto(&servicio.inicio)),
    );
    Ok(redirect(&app, &ruta, &[Aviso::ok(texto)]))
}

/// The sale in this transaction, with the contract of its address.
async fn sell(
    tx: &Tx,
    vista: &Vista<ContratarServicios>,
    ficha: &Ficha,
    form: &Formulario,
) -> Result<Servicio, Problem> {
    let mut form = form.clone();
    form.set("cliente_id", ficha.cliente.codigo());
    let mut datos: DatosContratar = form.parse()?;
    if let Some(domicilio) = datos.domicilio_id {
        let firma = vista.may(CrearContratos::NOMBRE);
        datos.contrato_id = contract_at(tx, vista.cx(), ficha, domicilio, firma).await?;
    }
    Ok(actions::contratar(tx, vista.cx(), datos).await?)
}

/// The customer's contract at an address; a new one if there is none and the person may sign it.
async fn contract_at(
    tx: &Tx,
    cx: &Cx,
    ficha: &Ficha,
    domicilio: uuid::Uuid,
    firma: bool,
) -> Result<Option<String>, Problem> {
    let contratos = storage::contratos_by_cliente(tx, ficha.cliente.id).await?;
    if let Some(suyo) = contratos.iter().find(|c| c.domicilio_id == Some(domicilio)) {
        return Ok(Some(suyo.codigo()));
    }
    if !firma {
        return Ok(None);
    }
    let datos = DatosContrato {
        cliente_id: ficha.cliente.codigo(),
        domicilio_id: Some(domicilio),
        emisor_id: None,
        desde: None,
    };
    Ok(Some(actions::create_contrato(tx, cx, datos).await?.codigo()))
}

async fn check(
    vista: &Vista<ContratarServicios>,
    app: &App,
    ficha: &Ficha,
    mut form: Formulario,
) -> Result<Response, Problem> {
    let formato = &vista.peticion().navegante.formato;
    if let Err(problem) = form.plain_money(formato, &["precio"]) {
        return refuse(vista, app, ficha, (problem, form)).await;
    }
    let empresa = ramal_plataforma::empresa(&app.db).await.map_err(Error::from)?;
    let tx = app.db.begin().await?;
    let servicio = match sell(&tx, vista, ficha, &form).await {
        Ok(servicio) => servicio,
        Err(problem) => {
            drop(tx);
            return refuse(vista, app, ficha, (problem, form)).await;
        }
    };
    let hechos = storage::hechos(&tx, &[servicio.id]).await?;
    tx.rollback().await?;
    let eventos: Vec<_> = hechos.into_iter().map(|(_, evento)| evento).collect();
    let marco = ficha.under(vista.marco(&TEXTOS, "contratos-contratar-revisar"));
    let tramos = tramos(&eventos, policy(&empresa));
    let (renglones, total) = first_periods(&marco, &servicio, &tramos);
    let ruta_contratar = format!("{}/servicios/contratar", ficha.ruta());
    let lista = tramos.last().map_or(0, |t| t.precio);
    let despues = Dinero::new(lista, servicio.precio.moneda);
    form.set("_precio", servicio.precio.importe());
    let pagina = Revision {
        insignia: Insignia::ramal(marco.t("contratos-contratar-por-confirmar")),
        datos: sale(&marco, &servicio, &tramos),
        despues: format!("{} {}", marco.dinero(&despues), period(&marco, servicio.ancla.meses())),
        renglones,
        total,
        ruta_volver: format!("{ruta_contratar}?{}", typed(&form)),
        clave: vista.peticion().idem(),
        ruta_contratar,
        marco,
        f: form,
    };
    page(StatusCode::OK, &pagina)
}

/// What the sale says, label by label.
fn sale(marco: &Marco, s: &Servicio, tramos: &[crate::Tramo]) -> Vec<(String, String)> {
    let precio = format!("{} {}", marco.dinero(&s.precio), period(marco, s.ancla.meses()));
    let mut datos = vec![
        ("contratos-servicio", s.descripcion.clone()),
        ("contratos-precio-lista", precio),
        ("contratos-inicio", marco.fecha_texto(&s.inicio)),
        ("contratos-dia-facturacion", s.ancla.dia().to_string()),
    ];
    let rebaja = tramos.iter().find(|t| t.precio < t.precio_lista);
    datos.extend(rebaja.map(|t| {
        let precio = marco.dinero(&Dinero::new(t.precio, s.precio.moneda));
        let hasta = match t.periodo.hasta {
            SIN_FIN => precio,
            hasta => {
                let hasta = marco.fecha_texto(&hasta.plus_dias(-1));
                let clave = "contratos-contratar-promocion-hasta";
                marco.t2(clave, ("precio", precio), ("fecha", hasta))
            }
        };
        ("contratos-contratar-promocion", hasta)
    }));
    datos.into_iter().map(|(clave, texto)| (marco.t(clave), texto)).collect()
}

/// The first days up to the billing day, if there are some, and the first whole period.
fn first_periods(marco: &Marco, s: &Servicio, tramos: &[crate::Tramo]) -> (Vec<Renglon>, String) {
    let dinero = |centavos| marco.dinero(&Dinero::new(centavos, s.precio.moneda));
    let limite = s.ancla.primer_limite_desde(s.inicio);
    let parcial = s.ancla.periodo(s.ancla.indice_en(s.inicio));
    let entero = s.ancla.periodo(s.ancla.indice_en(limite));
    let mut todas = Vec::new();
    if limite > s.inicio {
        todas.extend(parts(tramos, parcial).into_iter().map(|p| (p, parcial)));
    }
    todas.extend(parts(tramos, entero).into_iter().map(|p| (p, entero)));
    let total = todas.iter().map(|((_, _, importe), _)| importe).sum();
    let renglon = |((tramo, dias, importe), periodo): ((crate::Tramo, Periodo, i64), Periodo)| {
        let clave = match (dias == periodo, periodo == entero) {
            (true, _) => "contratos-contratar-periodo-entero",
            (false, false) => "contratos-contratar-primeros-dias",
            (false, true) => "contratos-contratar-parte",
        };
        let rebaja = (tramo.precio < tramo.precio_lista)
            .then(|| format!(" · {}", marco.t("contratos-tramo-descuento")));
        Renglon {
            concepto: format!("{}{}", marco.t(clave), rebaja.unwrap_or_default()),
            fechas: range(marco, dias),
            dias: dias.dias(),
            importe: dinero(importe),
        }
    };
    (todas.into_iter().map(renglon).collect(), dinero(total))
}

async fn refuse(
    vista: &Vista<ContratarServicios>,
    app: &App,
    ficha: &Ficha,
    (problem, form): (Problem, Formulario),
) -> Result<Response, Problem> {
    let estado = match problem.0.estado {
        422 => StatusCode::UNPROCESSABLE_ENTITY,
        404 | 409 => StatusCode::CONFLICT,
        _ => return Err(problem),
    };
    let form = form.refused(&problem.0);
    show(estado, vista, app, ficha, form).await
}

async fn show(
    estado: StatusCode,
    vista: &Vista<ContratarServicios>,
    app: &App,
    ficha: &Ficha,
    mut f: Formulario,
) -> Result<Response, Problem> {
    let marco = ficha.under(vista.marco(&TEXTOS, "contratos-contratar-titulo")).refused(&f);
    let domicilios = ramal_clientes::storage::domicilios(&app.db, ficha.cliente.id).await?;
    if let ([unico], "") = (domicilios.as_slice(), f.value("domicilio_id")) {
        f.set("domicilio_id", unico.id.to_string());
    }
    let hoy = actions::hoy(&app.db, vista.cx()).await?;
    let dia = Fecha::parse(f.value("fecha_inicio")).unwrap_or(hoy);
    let elegido = domicilios.iter().find(|d| d.id.to_string() == f.value("domicilio_id"));
    let ofertas = offers(&app.db, elegido, dia).await?;
    let moneda = ofertas.first().map_or("", |o| o.lista.moneda.codigo());
    let periodos = ramal_catalogo::Periodicidad::TODAS.map(|p| {
        Opcion::new(p.as_str(), marco.t(&format!("contratos-periodicidad-{}", p.as_str())))
    });
    let pagina = Contratar {
        planes: ofertas.iter().map(|o| plan(&marco, o)).collect(),
        sin_domicilio: domicilios.is_empty(),
        domicilios: domicilios.into_iter().map(place).collect(),
        periodos: periodos.into(),
        ruta_contratar: format!("{}/servicios/contratar", ficha.ruta()),
        ruta_domicilio: format!("{}/domicilios/nuevo", ficha.ruta()),
        volver: format!("{}/servicios", ficha.ruta()),
        moneda,
        marco,
        f,
    };
    let inactivo = ficha.cliente.estado == EstadoCliente::Inactivo;
    if inactivo && estado == StatusCode::OK {
        return Err(Error::ClienteInactivo.into());
    }
    page(estado, &pagina)
}

fn place(d: Domicilio) -> Opcion {
    let lugar = [Some(d.linea), d.colonia, d.ciudad];
    Opcion::new(d.id.to_string(), lugar.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// What can be sold at an address on a day, with its price there.
async fn offers(
    c: &impl Consulta,
    domicilio: Option<&Domicilio>,
    dia: Fecha,
) -> Result<Vec<Oferta>, Problem> {
    let zona = match domicilio.and_then(|d| d.zona_id) {
        Some(id) => {
            let id = ramal_catalogo::ZonaId::from_uuid(id);
            ramal_catalogo::storage::zona(c, id).await?
        }
        None => None,
    };
    let productos = ramal_catalogo::storage::all(c).await?;
    let activos = productos.into_iter().filter(|p| p.activo).collect();
    let ofertas = ofertas(c, activos, zona.as_ref(), dia).await.map_err(Error::from)?;
    Ok(ofertas.into_iter().filter(|o| o.vendible).collect())
}

fn plan(marco: &Marco, o: &Oferta) -> Plan {
    let meses = o.producto.periodos.first().map_or(1, |p| p.meses());
    let con = |d: &Dinero| format!("{} {}", marco.dinero(d), period(marco, meses));
    Plan {
        id: o.producto.id.to_string(),
        nombre: o.producto.nombre.clone(),
        precio: con(&o.a_pagar),
        antes: if o.descuento.centavos > 0 { con(&o.lista) } else { String::new() },
        promocion: o.promocion.as_ref().map_or_else(String::new, |p| p.nombre.clone()),
    }
}
