//! A service in words: badge, price by period, days left. It decides no state.

use std::collections::HashMap;

use ramal_base::Fecha;
use ramal_db::{Consulta, DbError};
use ramal_web::pagina::{Insignia, Marco};

use crate::vencimiento::fecha_vencimiento;
use crate::{EstadoServicio, EstadoVencimiento, Servicio, storage};

/// A service as a row or a card shows it.
pub struct FilaServicio {
    /// Printed code.
    pub codigo: String,
    /// Address of its sheet.
    pub ruta: String,
    /// What the customer reads on the invoice.
    pub descripcion: String,
    /// State in the vocabulary of the screens.
    pub insignia: Insignia,
    /// Price of a period.
    pub precio: String,
    /// Length of the period.
    pub periodo: String,
    /// Next due date; empty if there is none.
    pub vence: String,
    /// Days left in words; empty if nothing falls due.
    pub faltan: String,
    /// Code and name of the customer, where the list is not of one.
    pub cliente: Option<(String, String)>,
}

impl FilaServicio {
    /// A service whose due mark is read now. Errors: `DbError`.
    pub async fn read(
        c: &impl Consulta,
        marco: &Marco,
        s: &Servicio,
        hoy: Fecha,
    ) -> Result<FilaServicio, DbError> {
        let marcado = storage::with_marcas(c, vec![s.clone()]).await?;
        let marca = marcado.first().and_then(|(_, marca)| *marca);
        Ok(FilaServicio::new(marco, s, marca, hoy))
    }

    /// A service with its due mark, on a day of the company.
    pub fn new(marco: &Marco, s: &Servicio, marca: Option<Fecha>, hoy: Fecha) -> FilaServicio {
        let vence = fecha_vencimiento(s, marca, hoy);
        let dias = vence.map(|v| hoy.dias_hasta(v));
        let activo = s.estado == EstadoServicio::Activo;
        FilaServicio {
            codigo: s.codigo(),
            ruta: route(s),
            descripcion: s.descripcion.clone(),
            insignia: badge(marco, s.estado, EstadoVencimiento::of(s.estado, dias)),
            precio: marco.dinero(&s.precio),
            periodo: period(marco, s.ancla.meses()),
            vence: vence.filter(|_| activo).map_or_else(String::new, |v| marco.fecha(&v)),
            faltan: dias.filter(|_| activo).map_or_else(String::new, |d| days(marco, d)),
            cliente: None,
        }
    }
}

/// Address of a service's sheet.
pub fn route(s: &Servicio) -> String {
    format!("/admin/servicios/{}", s.codigo())
}

/// Badge of a service: what falls due while it is active, its state otherwise.
pub fn badge(marco: &Marco, estado: EstadoServicio, venc: EstadoVencimiento) -> Insignia {
    match (estado, venc) {
        (EstadoServicio::Suspendido, _) => Insignia::pausa(marco.t("estado-servicio-suspendido")),
        (EstadoServicio::Cancelado, _) => Insignia::cruz(marco.t("contratos-estado-cancelado")),
        (EstadoServicio::Vencido, _) => Insignia::cruz(marco.t("contratos-estado-vencido")),
        (_, EstadoVencimiento::Vencido) => Insignia::mal(marco.t("estado-servicio-vencido")),
        (_, EstadoVencimiento::VenceHoy) => Insignia::aviso(marco.t("estado-servicio-vence-hoy")),
        (_, EstadoVencimiento::PorVencer) => Insignia::aviso(marco.t("estado-servicio-por-vencer")),
        _ => Insignia::ok(marco.t("estado-servicio-al-dia")),
    }
}

/// Length of a period in words: «por mes».
pub fn period(marco: &Marco, meses: u16) -> String {
    match meses {
        1 => marco.t("contratos-periodo-mes"),
        12 => marco.t("contratos-periodo-anio"),
        n => marco.t1("contratos-periodo-meses", "n", n),
    }
}

/// Days until a due date in words.
pub fn days(marco: &Marco, dias: i64) -> String {
    match dias {
        0 => marco.t("contratos-vence-hoy"),
        1.. => marco.t1("contratos-vence-en", "n", dias),
        _ => marco.t1("contratos-vencio-hace", "n", -dias),
    }
}

/// A state in words, for sentences.
pub fn state(marco: &Marco, estado: EstadoServicio) -> String {
    marco.t(&format!("contratos-estado-{}", estado.texto()))
}

/// Names of people by actor.
pub type Nombres = HashMap<String, String>;

/// Who did something: the person's name if it was one, else the kind of caller.
pub fn who(marco: &Marco, actor: &str, nombres: &Nombres) -> String {
    match (nombres.get(actor), actor.split_once(':')) {
        (Some(nombre), _) => nombre.clone(),
        (None, Some(("clave", clave))) => marco.t1("contratos-actor-clave", "nombre", clave),
        (None, Some(("usuario", _))) => marco.t("contratos-actor-persona"),
        _ => marco.t("contratos-actor-sistema"),
    }
}
