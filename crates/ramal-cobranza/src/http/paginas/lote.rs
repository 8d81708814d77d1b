//! The bulk reminder: of those chosen, or of all that a filter gives. A customer is reminded once a
//! day, however many times it is asked.

use axum::extract::State;
use axum::response::Response;
use ramal_db::Cursor;
use ramal_jobs::{MINIMO_DE_TANDA, NuevaTanda, Objeto, start_tanda};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Aviso, Listado, Seleccion, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem};
use uuid::Uuid;

use super::comun::{MOROSOS, today, with_query};
use super::morosos::{filters, of_list};
use crate::http::morosos::page as page_of;
use crate::jobs::TANDA_RECORDAR;
use crate::permisos::{AvisarCobranza, LeerCobranza};
use crate::reglas::Reglas;
use crate::storage::deuda;
use crate::storage::morosos::OrdenMorosos;
use crate::textos::TEXTOS;
use crate::{actions, expediente};

/// Most customers reminded at once.
const MAXIMO: usize = 10_000;

/// `POST /facturacion/morosos/recordar`
pub async fn post_recordar(
    vista: Vista<AvisarCobranza>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let seleccion = Seleccion::read(&form)?;
    let consulta = form.value("filtro").to_owned();
    let origen = with_query(MOROSOS, &consulta);
    let elegidos = chosen(&vista, &app, &seleccion).await?;
    let marco = vista.marco(&TEXTOS, "cobranza-recordar");
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    if elegidos.len() >= MINIMO_DE_TANDA {
        let tanda = batch(&app, marco.titulo.clone(), origen, &elegidos).await?;
        let id = start_tanda(&tx, vista.cx(), tanda).await.map_err(ramal_base::Problema::from)?;
        let destino = format!("/facturacion/tandas/{id}");
        idem.remember_redirect(&tx, vista.cx(), &destino).await?;
        tx.commit().await?;
        return Ok(redirect(&app, &destino, &[]));
    }
    let reglas = Reglas::load(&tx, vista.cx()).await?;
    let mut avisados: i64 = 0;
    for e in expediente::load_page(&tx, &reglas, &elegidos, reglas.hoy).await? {
        avisados += i64::from(actions::remind(&tx, vista.cx(), &e).await?);
    }
    idem.remember_redirect(&tx, vista.cx(), &origen).await?;
    tx.commit().await?;
    let texto = marco.t1("cobranza-recordar-hecho", "n", avisados);
    Ok(redirect(&app, &origen, &[Aviso::ok(texto)]))
}

async fn chosen(
    vista: &Vista<AvisarCobranza>,
    app: &App,
    seleccion: &Seleccion,
) -> Result<Vec<Uuid>, Problem> {
    let consulta = match seleccion {
        Seleccion::Ids(ids) => return Ok(ids.iter().filter_map(|id| id.parse().ok()).collect()),
        Seleccion::Filtro(consulta) => consulta,
    };
    let hoy = today(&app.db, vista.cx()).await?;
    let l = Listado::of("", consulta, filters(&[], &[]));
    let filtro = of_list(&app.db, &l, hoy).await?;
    let mut ids: Vec<Uuid> = Vec::new();
    let mut cursor = Cursor { limite: 200, cursor: None };
    while ids.len() < MAXIMO {
        let pagina = page_of(&app.db, &filtro, OrdenMorosos::Dias, &cursor).await?;
        ids.extend(pagina.datos.iter().map(|f| f.cliente_id));
        match pagina.siguiente {
            Some(siguiente) => cursor.cursor = Some(siguiente),
            None => break,
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

async fn batch(
    app: &App,
    titulo: String,
    origen: String,
    elegidos: &[Uuid],
) -> Result<NuevaTanda, Problem> {
    let mut objetos = Vec::new();
    for parte in elegidos.chunks(500) {
        let nombres = deuda::nombres(&app.db, parte).await?;
        let objeto = |id: &Uuid| {
            let codigo = nombres.get(id).map_or_else(String::new, |n| format!("C-{}", n.numero));
            Objeto::new(*id, codigo)
        };
        objetos.extend(parte.iter().map(objeto));
    }
    Ok(NuevaTanda {
        tipo: TANDA_RECORDAR,
        permiso: LeerCobranza::NOMBRE,
        titulo,
        origen,
        destino: "/admin/clientes/{id}/cobranza",
        datos: serde_json::json!({}),
        objetos,
    })
}
