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
    /// The list from which the person came, with its filters; the whole list if he came from
    /// elsewhere.
    pub lista: String,
}

/// Address of the list.
const LISTA: &str = "/admin/clientes";

/// Tabs: what follows the address of the customer, key of the text, permission.
const PESTANAS: [(&str, &str, &str); 7] = [
    ("", "clientes-ficha-datos", "clientes:leer"),
    ("/servicios", "clientes-ficha-servicios", "servicios:leer"),
    ("/facturas", "clientes-ficha-facturas", "facturas:leer"),
    ("/cuenta", "clientes-ficha-cuenta", "facturas:leer"),
    ("/pagos", "clientes-ficha-pagos", "pagos:leer"),
    ("/cobranza", "clientes-ficha-cobranza", "cobranza:leer"),
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
        let telefono = cliente.telefono.as_deref().map(|t| formato.telefono(t));
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
            lista: list_of(peticion).unwrap_or_else(|| LISTA.to_owned()),
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
        let mut marco = marco.miga(clientes, self.lista.clone());
        marco.descripcion = format!("{}: {}", self.cliente.codigo(), marco.titulo);
        marco.titulo.clone_from(&self.cliente.razon_social);
        marco
    }

    /// The shell of a page one step below the sheet, which keeps its own title.
    pub fn under(&self, marco: Marco) -> Marco {
        let clientes = Textos::new(&TEXTOS, marco.formato().pais).get("clientes-titulo");
        let nombre = format!("{} {}", self.cliente.codigo(), self.cliente.razon_social);
        marco.miga(clientes, self.lista.clone()).miga(nombre, self.ruta())
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
    let cola = list_of(peticion).map_or_else(String::new, |lista| back(peticion, &lista));
    let suyas = PESTANAS.iter().filter(|(_, _, permiso)| puede(permiso));
    suyas
        .map(|(sufijo, clave, _)| Enlace {
            texto: textos.get(clave),
            ruta: format!("{raiz}{sufijo}{cola}"),
            activo: *sufijo == resto,
        })
        .collect()
}

/// The list that the address says to come back to, if it says so and it is that of customers.
fn list_of(peticion: &Peticion) -> Option<String> {
    let (_, firmado) = form_urlencoded::parse(peticion.consulta.as_bytes())
        .find(|(nombre, _)| nombre == "volver")?;
    let lista = peticion.open_volver(&firmado)?;
    (lista.split('?').next() == Some(LISTA)).then(|| lista.to_owned())
}

/// What an address carries to come back to a list: `?volver=…`, signed.
pub fn back(peticion: &Peticion, lista: &str) -> String {
    let firmado = peticion.sign_volver(lista);
    let texto: String = form_urlencoded::byte_serialize(firmado.as_bytes()).collect();
    format!("?volver={texto}")
}
