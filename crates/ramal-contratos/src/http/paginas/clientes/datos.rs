//! First tab of the sheet: data, addresses with their zones, contacts, consents. It changes
//! nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Pais;
use ramal_clientes::cliente::{Consentimiento, Contacto, Domicilio, EstadoCliente};
use ramal_clientes::permisos::{EditarClientes, LeerClientes};
use ramal_clientes::{Cliente, Ficha, ficha, storage};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Insignia, Marco, Opcion, page};
use ramal_web::{App, Problem, Ruta};

use super::super::{zone_name, zone_options};
use crate::permisos::ContratarServicios;
use crate::textos::TEXTOS;

struct FilaDomicilio {
    clase: String,
    linea: String,
    lugar: String,
    zona: String,
}

struct FilaContacto {
    nombre: String,
    cargo: String,
    vias: String,
}

struct FilaConsentimiento {
    finalidad: String,
    canal: String,
    estado: Insignia,
    cuando: String,
}

#[derive(Template)]
#[template(path = "contratos/datos.html")]
struct Datos {
    marco: Marco,
    ficha: Ficha,
    mexico: bool,
    activo: bool,
    editar: bool,
    contratar: bool,
    domicilios: Vec<FilaDomicilio>,
    contactos: Vec<FilaContacto>,
    consentimientos: Vec<FilaConsentimiento>,
}

impl Datos {
    /// A datum that may be missing.
    fn o<'a>(&self, texto: &'a Option<String>) -> &'a str {
        texto.as_deref().unwrap_or("")
    }

    fn cliente(&self) -> &Cliente {
        &self.ficha.cliente
    }
}

/// `GET /admin/clientes/{codigo}`
pub async fn datos(
    vista: Vista<LeerClientes>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let ficha = ficha(&app.db, vista.peticion(), &codigo).await?;
    let marco = ficha.titled(vista.marco(&TEXTOS, "contratos-datos-titulo"));
    let id = ficha.cliente.id;
    let domicilios = storage::domicilios(&app.db, id).await?;
    let zonas = match domicilios.iter().any(|d| d.zona_id.is_some()) {
        true => zone_options(&app.db).await?,
        false => Vec::new(),
    };
    let contactos = storage::contactos(&app.db, id).await?;
    let consentimientos = current(storage::consentimientos(&app.db, id).await?);
    let pagina = Datos {
        mexico: ficha.cliente.pais == Pais::Mx,
        activo: ficha.cliente.estado == EstadoCliente::Activo,
        editar: vista.may(EditarClientes::NOMBRE),
        contratar: vista.may(ContratarServicios::NOMBRE),
        domicilios: domicilios.into_iter().map(|d| address(&marco, d, &zonas)).collect(),
        contactos: contactos.into_iter().map(|c| contact(&marco, c)).collect(),
        consentimientos: consentimientos.into_iter().map(|c| consent(&marco, c)).collect(),
        marco,
        ficha,
    };
    page(StatusCode::OK, &pagina)
}

fn address(marco: &Marco, d: Domicilio, zonas: &[Opcion]) -> FilaDomicilio {
    let lugar = [d.colonia, d.ciudad, d.region, d.codigo_postal, d.ubigeo];
    FilaDomicilio {
        clase: marco.t(&format!("contratos-domicilio-{}", d.clase)),
        linea: d.linea,
        lugar: lugar.into_iter().flatten().collect::<Vec<_>>().join(", "),
        zona: d.zona_id.map_or_else(String::new, |zona| zone_name(zonas, zona)),
    }
}

fn contact(marco: &Marco, c: Contacto) -> FilaContacto {
    let telefono = c.telefono.as_deref().map(|t| marco.formato().telefono(t));
    FilaContacto {
        nombre: c.nombre,
        cargo: c.cargo.unwrap_or_default(),
        vias: telefono.into_iter().chain(c.email).collect::<Vec<_>>().join(" · "),
    }
}

/// The last version of each purpose and channel; they come in the order of their versions.
fn current(todos: Vec<Consentimiento>) -> Vec<Consentimiento> {
    let mut vigentes: Vec<Consentimiento> = Vec::new();
    for c in todos {
        match vigentes.last_mut() {
            Some(v) if v.finalidad == c.finalidad && v.canal == c.canal => *v = c,
            _ => vigentes.push(c),
        }
    }
    vigentes
}

fn consent(marco: &Marco, c: Consentimiento) -> FilaConsentimiento {
    let finalidad = c.finalidad.replace('_', "-");
    FilaConsentimiento {
        finalidad: marco.t(&format!("contratos-finalidad-{finalidad}")),
        canal: marco.t(&format!("contratos-canal-{}", c.canal)),
        estado: match c.otorgado {
            true => Insignia::ok(marco.t("contratos-consentimiento-dado")),
            false => Insignia::cruz(marco.t("contratos-consentimiento-retirado")),
        },
        cuando: marco.momento(&c.fecha),
    }
}
