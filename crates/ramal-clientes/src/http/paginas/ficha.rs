//! Header and tabs that every page of a customer's sheet shares. The body of each tab is its own
//! page, here or in a slice above.

use ramal_db::Consulta;
use ramal_web::Problem;
use ramal_web::pagina::{Enlace, Insignia, Marco, Peticion, Textos};

use crate::cliente::EstadoCliente;
use crate::textos::TEXTOS;
use crate::{Cliente, Error, referencia, storage};

/// What the sheet of a customer shows above its tab.
#[derive(Clone, Debug)]
pub struct Ficha {
    /// The customer.
    pub cliente: Cliente,
    /// His state.
    pub insignia: Insignia,
    /// Document with its kind: `RUC 20131312955`.
    pub documento: String,
    /// Telephone, grouped.
    pub telefono: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Label and text of what the header says.
    pub datos: Vec<(String, String)>,
    /// Tabs that the person may open; the one of this page is active.
    pub pestanas: Vec<Enlace>,
}

/// Tabs: what follows the address of the customer, key of the text, permission.
const PESTANAS: [(&str, &str, &str); 5] = [
    ("", "clientes-ficha-datos", "clientes:leer"),
    ("/servicios", "clientes-ficha-servicios", "servicios:leer"),
    ("/facturas", "clientes-ficha-facturas", "facturas:leer"),
    ("/cuenta", "clientes-ficha-cuenta", "facturas:leer"),
    ("/actividad", "clientes-ficha-actividad", "clientes:leer"),
];

/// Header and tabs of a customer's sheet. `codigo` is what the address says: `C-12`, `12` or an
/// identifier.
///
/// Errors: 404 `cliente_no_encontrado`; 422 if the text names no kind of thing; 500.
pub async fn ficha(c: &impl Consulta, peticion: &Peticion, codigo: &str) -> Result<Ficha, Problem> {
    let id = referencia::resolve(c, codigo).await?;
    let cliente = storage::by_id(c, id).await?.ok_or(Error::NotFound(id))?;
    Ok(Ficha::new(cliente, peticion))
}

impl Ficha {
    /// The header of a customer that was read already.
    pub fn new(cliente: Cliente, peticion: &Peticion) -> Ficha {
        let formato = &peticion.navegante.formato;
        let textos = Textos::new(&TEXTOS, formato.pais);
        let documento = document(&cliente);
        let telefono = cliente.telefono.as_deref().map(grouped);
        let alta = formato.fecha_texto(formato.zona.fecha(cliente.creado));
        let mut datos = vec![(textos.get("clientes-ficha-documento"), documento.clone())];
        let dato = |clave: &str, texto: &Option<String>| {
            texto.clone().map(|texto| (textos.get(clave), texto))
        };
        datos.extend(dato("clientes-ficha-telefono", &telefono));
        datos.extend(dato("clientes-ficha-correo", &cliente.email));
        datos.push((textos.get("clientes-ficha-desde"), alta));
        Ficha {
            insignia: badge(cliente.estado, &textos),
            documento,
            telefono,
            email: cliente.email.clone(),
            datos,
            pestanas: tabs(&cliente, peticion, &textos),
            cliente,
        }
    }

    /// Address of the customer: `/admin/clientes/C-12`.
    pub fn ruta(&self) -> String {
        route(&self.cliente)
    }

    /// Adds a datum to the header.
    #[must_use]
    pub fn dato(mut self, etiqueta: impl Into<String>, texto: impl Into<String>) -> Ficha {
        self.datos.push((etiqueta.into(), texto.into()));
        self
    }

    /// The shell of a page under the sheet: the name as title, the list and the customer above it.
    pub fn titled(&self, marco: Marco) -> Marco {
        let clientes = Textos::new(&TEXTOS, marco.formato().pais).get("clientes-titulo");
        let mut marco = marco.miga(clientes, "/admin/clientes");
        marco.descripcion = format!("{}: {}", self.cliente.codigo(), marco.titulo);
        marco.titulo.clone_from(&self.cliente.razon_social);
        marco
    }

    /// The shell of a page one step below the sheet, which keeps its own title.
    pub fn under(&self, marco: Marco) -> Marco {
        let clientes = Textos::new(&TEXTOS, marco.formato().pais).get("clientes-titulo");
        let nombre = format!("{} {}", self.cliente.codigo(), self.cliente.razon_social);
        marco.miga(clientes, "/admin/clientes").miga(nombre, self.ruta())
    }
}

/// Address of a customer's sheet.
pub fn route(cliente: &Cliente) -> String {
    format!("/admin/clientes/{}", cliente.codigo())
}

/// Document with its kind.
pub fn document(cliente: &Cliente) -> String {
    format!("{} {}", cliente.tipo_documento.as_str(), cliente.numero_documento)
}

/// Badge of a state.
pub fn badge(estado: EstadoCliente, textos: &Textos) -> Insignia {
    match estado {
        EstadoCliente::Activo => Insignia::ok(textos.get("clientes-estado-activo")),
        EstadoCliente::Inactivo => Insignia::gris(textos.get("clientes-estado-inactivo")),
    }
}

fn tabs(cliente: &Cliente, peticion: &Peticion, textos: &Textos) -> Vec<Enlace> {
    let raiz = route(cliente);
    let puede = |permiso: &str| (peticion.navegante.puede)(permiso);
    // The address may say the customer in another way (a UUID): what follows it tells the tab.
    let resto: String = peticion.ruta.split('/').skip(4).take(1).map(|t| format!("/{t}")).collect();
    let suyas = PESTANAS.iter().filter(|(_, _, permiso)| puede(permiso));
    suyas
        .map(|(sufijo, clave, _)| Enlace {
            texto: textos.get(clave),
            ruta: format!("{raiz}{sufijo}"),
            activo: *sufijo == resto,
        })
        .collect()
}

/// `+51987654321` as `+51 987 654 321`: country and groups of three from the right.
pub fn grouped(telefono: &str) -> String {
    let pais = ["+51", "+52", "+54"].into_iter().find(|p| telefono.starts_with(p));
    let Some(pais) = pais else { return telefono.to_owned() };
    let resto: Vec<char> = telefono[pais.len()..].chars().collect();
    let grupos: Vec<String> = resto.rchunks(3).rev().map(|g| g.iter().collect()).collect();
    format!("{pais} {}", grupos.join(" "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_telephone_is_grouped_and_a_foreign_one_is_left_alone() {
        assert_eq!(super::grouped("+51987654321"), "+51 987 654 321");
        assert_eq!(super::grouped("+528112345678"), "+52 8 112 345 678");
        assert_eq!(super::grouped("+34600123456"), "+34600123456");
    }
}
