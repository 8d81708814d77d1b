//! What the pages of money share: words of states and means, amounts, who people are, tabs. It
//! renders nothing.

use std::collections::{BTreeMap, HashMap};

use ramal_base::{CampoInvalido, Dinero, Fecha, Moneda, Problema};
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Value};
use ramal_facturacion::storage::lista::printed;
use ramal_plataforma::UsuarioId;
use ramal_web::pagina::{Enlace, Formulario, Insignia, Opcion, Textos};
use ramal_web::{App, Marco, Problem};
use uuid::Uuid;

use crate::caja::EstadoTurno;
use crate::{Error, EstadoDevolucion, EstadoPago, Medio, OrigenPago, Pago};

/// Where the list is.
pub(super) const LISTA: &str = "/facturacion/pagos";
/// Where the cash desk is.
pub(super) const CAJA: &str = "/facturacion/caja";
/// Where the refunds are.
pub(super) const DEVOLUCIONES: &str = "/facturacion/devoluciones";

/// Address of a payment.
pub(super) fn route(pago: &Pago) -> String {
    format!("{LISTA}/{}", pago.codigo())
}

/// Today in the zone of the company. Errors: those of plataforma.
pub(super) async fn today(app: &App) -> Result<Fecha, Error> {
    let empresa = ramal_plataforma::empresa(&app.db).await?;
    Ok(empresa.zona().fecha(app.cx.now()))
}

/// An amount as the country writes it.
pub(super) fn amount(marco: &Marco, centavos: i64, moneda: Moneda) -> String {
    marco.dinero(&Dinero::new(centavos, moneda))
}

/// The same of a currency as it is stored.
pub(super) fn amount_of(marco: &Marco, centavos: i64, moneda: &str) -> String {
    match Moneda::parse(moneda) {
        Some(moneda) => amount(marco, centavos, moneda),
        None => ramal_base::dinero::format_centavos(centavos),
    }
}

/// Sums by currency in one line; a zero of nothing if there is none.
pub(super) fn amounts(marco: &Marco, sumas: &BTreeMap<String, i64>) -> String {
    let textos: Vec<String> = sumas.iter().map(|(m, n)| amount_of(marco, *n, m)).collect();
    if textos.is_empty() { marco.formato().numero(0) } else { textos.join(" · ") }
}

/// Word of a means.
pub(super) fn means(textos: &Textos, medio: Medio) -> String {
    textos.get(&format!("pagos-medio-{}", medio.as_str().replace('_', "-")))
}

/// Word of a means as it is stored.
pub(super) fn means_of(textos: &Textos, medio: &str) -> String {
    Medio::parse(medio).map_or_else(|| medio.to_owned(), |m| means(textos, m))
}

/// Word of a door.
pub(super) fn door(textos: &Textos, origen: OrigenPago) -> String {
    textos.get(&format!("pagos-origen-{}", origen.as_str()))
}

/// Word of a state.
pub(super) fn state(textos: &Textos, estado: EstadoPago) -> String {
    textos.get(&format!("pagos-estado-{}", estado.as_str()))
}

/// Badge of a state.
pub(super) fn badge(textos: &Textos, estado: EstadoPago) -> Insignia {
    let texto = state(textos, estado);
    match estado {
        EstadoPago::Aplicado => Insignia::ok(texto),
        EstadoPago::Registrado | EstadoPago::Parcial => Insignia::aviso(texto),
        EstadoPago::Contracargado => Insignia::mal(texto),
        EstadoPago::Revertido | EstadoPago::Devuelto => Insignia::cruz(texto),
    }
}

/// Badge of a refund.
pub(super) fn refund_badge(textos: &Textos, estado: EstadoDevolucion) -> Insignia {
    let texto = textos.get(&format!("pagos-devolucion-{}", estado.as_str()));
    match estado {
        EstadoDevolucion::Pendiente => Insignia::aviso(texto),
        EstadoDevolucion::Hecha => Insignia::ok(texto),
        EstadoDevolucion::Rechazada => Insignia::cruz(texto),
    }
}

/// Badge of a shift.
pub(super) fn shift_badge(textos: &Textos, estado: EstadoTurno) -> Insignia {
    let texto = textos.get(&format!("pagos-turno-{}", estado.as_str().replace('_', "-")));
    match estado {
        EstadoTurno::Abierto => Insignia::ramal(texto),
        EstadoTurno::PorAprobar => Insignia::mal(texto),
        EstadoTurno::Cerrado => Insignia::ok(texto),
    }
}

/// Means that a form offers; whatever has no word of its own goes through the API.
pub(super) fn means_options(textos: &Textos) -> Vec<Opcion> {
    let medios = Medio::TODOS.into_iter().filter(|m| *m != Medio::Otro);
    medios.map(|m| Opcion::new(m.as_str(), means(textos, m))).collect()
}

/// The tabs of the workspace's entry, the one of this page active.
pub(super) fn tabs(marco: &Marco, aqui: &str) -> Vec<Enlace> {
    let enlace = |ruta: &str, clave: &str| Enlace {
        texto: marco.t(clave),
        ruta: ruta.to_owned(),
        activo: ruta == aqui,
    };
    let mut pestanas = vec![
        enlace(LISTA, "pagos-titulo"),
        enlace(CAJA, "pagos-caja-titulo"),
        enlace(DEVOLUCIONES, "pagos-devoluciones-titulo"),
        enlace("/facturacion/pagos/reporte", "pagos-reporte-titulo"),
    ];
    // The requests for money belong to the slice above; its page is named, not called.
    if marco.puede("cobros:leer") {
        pestanas.insert(1, enlace("/facturacion/cobros", "pagos-pestana-cobros"));
    }
    pestanas
}

#[derive(FromQueryResult)]
struct Persona {
    id: UsuarioId,
    nombre: String,
}

/// Names of actors, for people: one statement however many.
pub(super) struct Nombres {
    personas: HashMap<String, String>,
    programa: String,
}

impl Nombres {
    /// Reads the names of these actors. Errors: `Storage`.
    pub(super) async fn load(
        c: &impl Consulta,
        textos: &Textos,
        actores: impl Iterator<Item = &str>,
    ) -> Result<Nombres, DbError> {
        let mut ids: Vec<UsuarioId> =
            actores.filter_map(ramal_plataforma::usuario::of_actor).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut personas = HashMap::new();
        for parte in ids.chunks(400) {
            let sql = format!(
                "SELECT id, nombre FROM usuarios WHERE id IN {}",
                placeholders(1, parte.len())
            );
            let valores = parte.iter().map(|id| Value::from(*id)).collect();
            let filas: Vec<Persona> = c.all(&sql, valores).await?;
            let suyas =
                filas.into_iter().map(|p| (ramal_plataforma::usuario::actor(p.id), p.nombre));
            personas.extend(suyas);
        }
        Ok(Nombres { personas, programa: textos.get("pagos-actor-programa") })
    }

    /// The name of an actor: the person's, that of the key, or that it was the program.
    pub(super) fn of(&self, actor: &str) -> String {
        if let Some(nombre) = self.personas.get(actor) {
            return nombre.clone();
        }
        match actor.split_once(':') {
            Some(("clave" | "usuario", nombre)) => nombre.to_owned(),
            _ => self.programa.clone(),
        }
    }
}

/// The refusal that a form shows; anything but the fields and what somebody else did meanwhile is
/// a page of its own.
pub(super) fn of_form(error: Error) -> Result<Problema, Problem> {
    let problema = Problema::from(error);
    if matches!(problema.estado, 409 | 422) { Ok(problema) } else { Err(Problem(problema)) }
}

/// The same of what refused a body.
pub(super) fn of_body(problem: Problem) -> Result<Problema, Problem> {
    if matches!(problem.0.estado, 409 | 422) { Ok(problem.0) } else { Err(problem) }
}

/// The refusal with a field under the name that the form gives it.
pub(super) fn renamed(problema: Problema, de: &str, a: &str) -> Problema {
    let errores = problema.errores.into_iter().map(|e| match e.campo == de {
        true => CampoInvalido { campo: a.to_owned(), ..e },
        false => e,
    });
    Problema { errores: errores.collect(), ..problema }
}

/// Status of a form: shown, refused for its fields, or overtaken by somebody else.
pub(super) fn form_status(f: &Formulario) -> axum::http::StatusCode {
    match (f.is_refused(), f.general()) {
        (false, _) => axum::http::StatusCode::OK,
        (true, None) => axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        (true, Some(_)) => axum::http::StatusCode::CONFLICT,
    }
}

/// The factura that an address names: printed number or identifier; of two emisores with one
/// number, the newest. Errors: 404 `factura_no_encontrado`, `Storage`.
pub(super) async fn factura(c: &impl Consulta, nombre: &str) -> Result<Uuid, Error> {
    if let Ok(id) = nombre.trim().parse::<Uuid>() {
        return Ok(id);
    }
    const SQL: &str = "SELECT id FROM facturas WHERE folio = $1 AND UPPER(serie) = $2 \
        ORDER BY id DESC LIMIT 1";
    let Some((Some(serie), folio)) = printed(nombre) else {
        return Err(Error::NotFound("factura"));
    };
    let id: Option<Uuid> = c.scalar(SQL, ramal_db::params![folio, serie]).await?;
    id.ok_or(Error::NotFound("factura"))
}

/// The customer that a combo gives: «C-12 Bodega El Sol» → `C-12`.
pub(super) fn first_word(texto: &str) -> &str {
    texto.split_whitespace().next().unwrap_or("")
}
