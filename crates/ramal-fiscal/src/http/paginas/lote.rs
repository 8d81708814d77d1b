//! Sending many documents again: those picked, or all that a filter meets. From fifty on it goes by
//! a tanda, whose page tells what was done with each.

use axum::extract::State;
use axum::response::Response;
use ramal_db::Tx;
use ramal_jobs::{MINIMO_DE_TANDA, NuevaTanda, Objeto, start_tanda};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Listado, Seleccion, Textos, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem};
use serde_json::json;
use uuid::Uuid;

use super::documentos::{RUTA, bare_filters, filter_of};
use crate::actions::{ReintentarEnTanda, retry_comprobante};
use crate::http::permisos::ReintentarComprobantes;
use crate::listado::{self, Elegido, LOTE_MAXIMO};
use crate::textos::TEXTOS;
use crate::{ComprobanteId, Error};

/// `POST /facturacion/documentos/reintentar`
pub(super) async fn reintentar(
    vista: Vista<ReintentarComprobantes>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let origen = list_address(form.value("filtro"));
    let textos = Textos::new(&TEXTOS, vista.peticion().navegante.formato.pais);
    let elegidos = match chosen(&app, &form).await {
        Ok(elegidos) if elegidos.is_empty() => {
            return Ok(back(&app, &origen, textos.get("fiscal-lote-nada")));
        }
        Ok(elegidos) => elegidos,
        Err(Problem(p)) if p.estado == 422 => {
            let motivo = p.errores.into_iter().next().map_or(p.detalle, |e| e.motivo);
            return Ok(back(&app, &origen, motivo));
        }
        Err(otro) => return Err(otro),
    };
    if i64::try_from(elegidos.len()).is_ok_and(|n| n > LOTE_MAXIMO) {
        return Ok(back(&app, &origen, textos.get("fiscal-lote-demasiados")));
    }
    let clave = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = clave.recall(&tx).await? {
        return Ok(respuesta);
    }
    let (lugar, avisos) = if elegidos.len() >= MINIMO_DE_TANDA {
        (start(&tx, &vista, (textos, origen), elegidos).await?, Vec::new())
    } else {
        let aviso = now(&tx, &vista, &textos, &elegidos).await?;
        (origen, vec![aviso])
    };
    clave.remember_redirect(&tx, vista.cx(), &lugar).await?;
    tx.commit().await?;
    Ok(redirect(&app, &lugar, &avisos))
}

/// The list with the filter that the bulk form carried; a query that is none leads to the bare
/// list.
fn list_address(filtro: &str) -> String {
    let consulta = Listado::of(RUTA, filtro, bare_filters()).consulta();
    if consulta.is_empty() { RUTA.to_owned() } else { format!("{RUTA}?{consulta}") }
}

fn back(app: &App, origen: &str, motivo: String) -> Response {
    redirect(app, origen, &[Aviso::mal(motivo)])
}

async fn chosen(app: &App, form: &Formulario) -> Result<Vec<Elegido>, Problem> {
    match Seleccion::read(form)? {
        Seleccion::Ids(ids) => {
            let ids: Vec<Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
            Ok(listado::elegidos(&app.db, &ids).await?)
        }
        Seleccion::Filtro(consulta) => {
            let l = Listado::of(RUTA, &consulta, bare_filters());
            Ok(listado::reintentables(&app.db, &filter_of(&l)).await?)
        }
    }
}

async fn start(
    tx: &Tx,
    vista: &Vista<ReintentarComprobantes>,
    (textos, origen): (Textos, String),
    elegidos: Vec<Elegido>,
) -> Result<String, Problem> {
    let nueva = NuevaTanda {
        tipo: ReintentarEnTanda::TIPO,
        permiso: ReintentarComprobantes::NOMBRE,
        titulo: textos.get("fiscal-tanda-reintentar"),
        origen,
        destino: "/facturacion/documentos/{id}",
        datos: json!({}),
        objetos: elegidos.into_iter().map(|e| Objeto::new(e.id, e.numero)).collect(),
    };
    let id = start_tanda(tx, vista.cx(), nueva).await.map_err(ramal_base::Problema::from)?;
    Ok(format!("/facturacion/tandas/{id}"))
}

/// Few documents, in the request itself; one that admits no retry does not hold the others.
async fn now(
    tx: &Tx,
    vista: &Vista<ReintentarComprobantes>,
    textos: &Textos,
    elegidos: &[Elegido],
) -> Result<Aviso, Problem> {
    let mut hechos = 0;
    for elegido in elegidos {
        match retry_comprobante(tx, vista.cx(), ComprobanteId::from_uuid(elegido.id)).await {
            Ok(()) => hechos += 1,
            Err(Error::Estado(_) | Error::NotFound) => {}
            Err(otro) => return Err(otro.into()),
        }
    }
    let otros = elegidos.len() - hechos;
    if hechos == 0 {
        return Ok(Aviso::mal(textos.get("fiscal-lote-ninguno")));
    }
    let clave = if otros == 0 { "fiscal-lote-hecho" } else { "fiscal-lote-hecho-parte" };
    let numeros = [("n", hechos.to_string()), ("otros", otros.to_string())];
    Ok(Aviso::ok(textos.with(clave, &numeros)))
}
