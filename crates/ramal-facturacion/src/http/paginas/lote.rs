//! Sending many invoices again: chosen or all that a filter gives. It is looked at first, because
//! it is a legal act; then it is done one by one, and a failure stops none of the rest.

use axum::extract::State;
use axum::response::Response;
use ramal_jobs::{NuevaTanda, Objeto, start_tanda};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Listado, Seleccion, Textos, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem};
use uuid::Uuid;

use super::comun::{LISTA, today};
use super::filtro::{Opciones, of_list};
use super::formas::{Confirmar, EDITAR, HACER, PASO, typed};
use super::lista::with_query;
use crate::permisos::{EmitirFacturas, LeerFacturas};
use crate::reenvio::TANDA_REENVIAR;
use crate::storage::lista::{self, EstadoLista, FiltroLista, Nombrada, TOPE};
use crate::textos::TEXTOS;

/// `POST /facturacion/facturas/lote`
pub async fn post_lote(
    vista: Vista<EmitirFacturas>,
    State(app): State<App>,
    mut form: Formulario,
) -> Result<Response, Problem> {
    if form.has("alcance", "filtro") {
        form.set("todos", "si");
    }
    let seleccion = Seleccion::read(&form)?;
    let consulta = form.value("filtro").to_owned();
    let origen = with_query(LISTA, &consulta);
    if form.value(PASO) == EDITAR {
        return Ok(redirect(&app, &origen, &[]));
    }
    let elegidas = chosen(&vista, &app, &seleccion).await?;
    if form.value(PASO) != HACER {
        return look(&vista, &form, elegidas.len());
    }
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let marco = vista.marco(&TEXTOS, "facturacion-lote-titulo");
    let tanda = batch(marco.titulo.clone(), origen, &elegidas);
    let id = start_tanda(&tx, vista.cx(), tanda).await.map_err(ramal_base::Problema::from)?;
    let destino = format!("/facturacion/tandas/{id}");
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    Ok(redirect(&app, &destino, &[]))
}

/// A bulk act that sends these again.
pub(super) fn batch(titulo: String, origen: String, elegidas: &[Nombrada]) -> NuevaTanda {
    let objeto = |n: &Nombrada| Objeto::new(n.id, format!("{}-{}", n.serie, n.folio));
    NuevaTanda {
        tipo: TANDA_REENVIAR,
        permiso: LeerFacturas::NOMBRE,
        titulo,
        origen,
        destino: "/facturacion/facturas/{id}",
        datos: serde_json::json!({}),
        objetos: elegidas.iter().map(objeto).collect(),
    }
}

async fn chosen(
    vista: &Vista<EmitirFacturas>,
    app: &App,
    seleccion: &Seleccion,
) -> Result<Vec<Nombrada>, Problem> {
    let consulta = match seleccion {
        Seleccion::Ids(ids) => {
            let ids: Vec<Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            return Ok(lista::named_of(&app.db, &ids).await?);
        }
        Seleccion::Filtro(consulta) => consulta,
    };
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    let opciones = Opciones::load(app, &textos).await?;
    let filtro = of_list(app, &Listado::of("", consulta, opciones.filters())).await?;
    stopped(app, filtro).await
}

/// Of what a filter gives, only what can be sent again: the refused and the stopped.
pub(super) async fn stopped(app: &App, filtro: FiltroLista) -> Result<Vec<Nombrada>, Problem> {
    let reenviables = [EstadoLista::Rechazada, EstadoLista::Detenida];
    let pedidos: Vec<EstadoLista> = match filtro.estado {
        Some(estado) => reenviables.into_iter().filter(|e| *e == estado).collect(),
        None => reenviables.to_vec(),
    };
    let hoy = Some(today(app).await?);
    let mut todas = Vec::new();
    for estado in pedidos {
        let uno = FiltroLista { estado: Some(estado), ..filtro.clone() };
        todas.extend(lista::named(&app.db, &uno, hoy, TOPE).await?);
    }
    if todas.is_empty() {
        let detalle = "Ninguna de las elegidas está rechazada ni detenida: no hay qué reenviar.";
        return Err(Problem(ramal_base::Problema::conflicto("nada_que_reenviar", detalle)));
    }
    Ok(todas)
}

fn look(vista: &Vista<EmitirFacturas>, form: &Formulario, n: usize) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "facturacion-lote-titulo");
    let lista = marco.t("facturacion-facturas-titulo");
    let marco = marco.miga(lista, LISTA);
    let cuantas = marco.formato().numero(i64::try_from(n).unwrap_or(i64::MAX));
    Confirmar {
        consecuencia: marco.t("facturacion-lote-consecuencia"),
        accion: "/facturacion/facturas/lote".to_owned(),
        idem: vista.peticion().idem(),
        campos: typed(form),
        datos: vec![(marco.t("facturacion-lote-cuantas"), cuantas)],
        renglones: Vec::new(),
        total: String::new(),
        boton: "facturacion-lote-confirmar",
        clase: "principal",
        marco,
    }
    .page()
}
