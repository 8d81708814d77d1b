//! Acts on a template: going back to an earlier text, and a test sent to oneself. The text that is
//! tested is the one that was saved.

use axum::extract::State;
use axum::response::Response;
use ramal_base::telefono;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem, Ruta};

use super::plantilla::{Partes3, key};
use super::{palabras, plantillas as hoja_plantillas};
use crate::actions::write_plantilla;
use crate::notificacion::{Destinatario, NuevaNotificacion};
use crate::permisos::EditarPlantillas;
use crate::plantilla::{Llave, variables};
use crate::{Canal, Error, notify, registro_meta};

/// `POST …/volver`
pub(super) async fn volver(
    vista: Vista<EditarPlantillas>,
    State(app): State<App>,
    Ruta(partes): Ruta<Partes3>,
    form: Formulario,
) -> Result<Response, Problem> {
    let llave = key(&partes)?;
    let leida = form.value("version").parse().unwrap_or(-1);
    let cual = form.value("cual").parse().unwrap_or(-1);
    let tx = app.db.begin().await?;
    write_plantilla::bring_back(&tx, vista.cx(), llave, (leida, cual)).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-plantilla-vuelta"));
    Ok(redirect(&app, &hoja_plantillas::path_of(llave), &[aviso]))
}

/// `POST …/probar`
pub(super) async fn probar(
    vista: Vista<EditarPlantillas>,
    State(app): State<App>,
    Ruta(partes): Ruta<Partes3>,
    form: Formulario,
) -> Result<Response, Problem> {
    let llave = key(&partes)?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let destinatario = oneself(&vista, &tx, llave, &form).await?;
    let clave = format!("prueba/{}", vista.cx().new_id::<NuevaNotificacion>());
    let valores = variables::sample(llave.clase, llave.pais);
    let nueva = NuevaNotificacion::new(llave.clase, destinatario, valores, clave);
    notify(&tx, vista.cx(), nueva).await?;
    let lugar = hoja_plantillas::path_of(llave);
    idem.remember_redirect(&tx, vista.cx(), &lugar).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-prueba-enviada"));
    Ok(redirect(&app, &lugar, &[aviso]))
}

/// Who asks, as an addressee on the channel of the template. Errors: 422 without a telephone for
/// WhatsApp.
async fn oneself(
    vista: &Vista<EditarPlantillas>,
    tx: &ramal_db::Tx,
    llave: Llave,
    form: &Formulario,
) -> Result<Destinatario, Error> {
    let empresa = ramal_plataforma::empresa(tx).await?;
    let usuario = match vista.identidad().usuario() {
        Some(id) => Some(ramal_plataforma::usuario(tx, id).await?),
        None => None,
    };
    let numero = form.value("telefono");
    let whatsapp = match llave.canal {
        Canal::Whatsapp => {
            let leido = telefono::e164(llave.pais, numero);
            Some(leido.map_err(|e| Error::campo("telefono", e.codigo, e.motivo))?)
        }
        _ => None,
    };
    Ok(Destinatario {
        cliente_id: None,
        usuario_id: usuario.as_ref().map(|u| u.id.uuid()),
        nombre: vista.identidad().nombre.clone(),
        email: usuario.map(|u| u.correo),
        whatsapp,
        pais: llave.pais,
        zona_horaria: empresa.zona_horaria,
        canales: vec![llave.canal],
    })
}

/// `POST /admin/mensajes/plantillas/registrar`: asks Meta for those of a country that it does not
/// have.
pub(super) async fn registrar(
    vista: Vista<EditarPlantillas>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let pais = ramal_base::Pais::parse(form.value("pais"));
    let pais = pais.ok_or_else(|| Error::campo("pais", "pais_desconocido", "Elija un país."))?;
    let tx = app.db.begin().await?;
    registro_meta::submit_plantillas(&tx, vista.cx(), pais).await?;
    tx.commit().await?;
    let lugar = format!("{}?pais={}", hoja_plantillas::RUTA, pais.codigo());
    let aviso = Aviso::ok(palabras::say(vista.peticion(), "mensajes-registro-pedido"));
    Ok(redirect(&app, &lugar, &[aviso]))
}
