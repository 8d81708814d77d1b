//! The judgement of one row: ready to go in, or out with every defect named. Pure; rows that
//! concern each other (repeats, adjacency) are `actions::corrida`.

use std::collections::HashMap;

use ramal_base::documentos::{self, TipoDocumento};
use ramal_base::{Dinero, Fecha, Moneda, telefono};
use ramal_catalogo::{Periodicidad, Producto, ProductoId};
use ramal_clientes::validacion::{self, DatosValidos};
use ramal_clientes::{Cliente, DatosCliente};
use ramal_contratos::{Ancla, EstadoServicio, PoliticaAncla};

use crate::defecto::{self, Defecto};
use crate::fila::Fila;
use crate::lectura::Rotura;
use crate::perfil::{Perfil, Regla};
use crate::valores::{self, MontoError};

/// What the judgement of a row needs to know beyond the row.
pub struct Entorno {
    /// How the source reads.
    pub perfil: Perfil,
    /// Currency of the emisor.
    pub moneda: Moneda,
    /// What fell before this day was billed by the old system.
    pub al: Fecha,
    /// Products of the catalogue by folded name.
    planes: HashMap<String, ProductoId>,
}

impl Entorno {
    /// Surroundings of an import.
    pub fn new(perfil: Perfil, moneda: Moneda, al: Fecha, catalogo: &[Producto]) -> Entorno {
        let suyos = catalogo.iter().filter(|p| p.precio.moneda == moneda);
        let planes = suyos.map(|p| (fold(&p.nombre), p.id)).collect();
        Entorno { perfil, moneda, al, planes }
    }
}

/// A plan's name without case and repeated spaces, which panels do not keep.
fn fold(nombre: &str) -> String {
    nombre.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The service that a row stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct ServicioLeido {
    /// Product of the catalogue; none = the generic one.
    pub producto: Option<ProductoId>,
    /// What the invoice will say; none = the name of the product.
    pub descripcion: Option<String>,
    /// Price of a full period.
    pub precio: Dinero,
    /// Billing anchor.
    pub ancla: Ancla,
    /// First day of service.
    pub inicio: Fecha,
    /// Periods that begin before it were billed by the old system.
    pub facturado_desde: Fecha,
    /// First day that Ramal bills.
    pub primera: Fecha,
    /// State.
    pub estado: EstadoServicio,
}

/// A row without defects.
#[derive(Clone, Debug)]
pub struct Contenido {
    /// Form of the customer.
    pub datos: DatosCliente,
    /// The form, checked.
    pub validos: DatosValidos,
    /// Whether the state word made the customer inactive.
    pub inactivo: bool,
    /// The service.
    pub servicio: ServicioLeido,
    /// Own data of the service, a JSON object.
    pub configuracion: serde_json::Value,
    /// Notes.
    pub notas: Option<String>,
}

/// A judged row.
pub struct Evaluada {
    /// Key of the customer, when the number is good and somebody's.
    pub identidad: Option<String>,
    /// Why it stays out; empty exactly when there is `contenido`.
    pub defectos: Vec<Defecto>,
    /// What it goes in without.
    pub avisos: Vec<Defecto>,
    /// What goes in.
    pub contenido: Option<Contenido>,
}

/// Judges a row.
pub fn evaluar(entorno: &Entorno, fila: &Fila<'_>) -> Evaluada {
    let mut juicio = Juicio { entorno, fila, defectos: Vec::new(), avisos: Vec::new() };
    if let Some(codigo) = juicio.shape() {
        juicio.reject("fila", codigo);
        let Juicio { defectos, avisos, .. } = juicio;
        return Evaluada { identidad: None, defectos, avisos, contenido: None };
    }
    let identidad = juicio.identidad();
    let cliente = juicio.cliente();
    let servicio = juicio.servicio();
    let Juicio { defectos, mut avisos, .. } = juicio;
    let contenido = match (cliente, servicio) {
        (Some((datos, validos)), Some(servicio)) if defectos.is_empty() => Some(Contenido {
            datos,
            validos,
            inactivo: entorno.perfil.estado_del_cliente
                && servicio.estado != EstadoServicio::Activo,
            servicio,
            configuracion: fila.configuracion(),
            notas: fila.filled("notas"),
        }),
        _ => None,
    };
    if contenido.is_none() {
        avisos.clear();
    }
    Evaluada { identidad, defectos, avisos, contenido }
}

struct Juicio<'a> {
    entorno: &'a Entorno,
    fila: &'a Fila<'a>,
    defectos: Vec<Defecto>,
    avisos: Vec<Defecto>,
}

impl Juicio<'_> {
    fn shape(&self) -> Option<&'static str> {
        let celdas = self.fila.cruda.celdas.len();
        match self.fila.cruda.rotura {
            Some(Rotura::ComillasAbiertas) => Some("comillas_abiertas"),
            Some(Rotura::Codificacion) => Some("codificacion"),
            None if celdas < self.fila.cabecera.columns() => Some("columnas_faltantes"),
            None if celdas > self.fila.cabecera.columns() => Some("columnas_sobrantes"),
            None if self.fila.referencia().is_none() => Some("referencia_vacia"),
            None => None,
        }
    }

    fn reject(&mut self, campo: &str, codigo: &str) {
        let motivo = defecto::motivo(codigo).unwrap_or("Corrija la celda y vuelva a importar.");
        self.defectos.push(Defecto::new(self.fila, campo, codigo, motivo));
    }

    fn warn(&mut self, campo: &str, codigo: &str) {
        let motivo = defecto::motivo(codigo).unwrap_or("La fila entró sin este dato.");
        self.avisos.push(Defecto::new(self.fila, campo, codigo, motivo));
    }

    fn tipo(&self) -> TipoDocumento {
        self.entorno.perfil.documento.parse().unwrap_or(TipoDocumento::Rfc)
    }

    fn identidad(&self) -> Option<String> {
        let (tipo, pais) = (self.tipo(), self.entorno.perfil.pais());
        let valido = documentos::validar(tipo, pais, self.fila.cell("documento")).ok()?;
        let bueno = !valido.avisos.contains(&"rfc_digito");
        bueno.then(|| Cliente::identidad(tipo, pais, &valido.numero)).flatten()
    }

    /// The form of the customer, or nothing and the defects.
    fn cliente(&mut self) -> Option<(DatosCliente, DatosValidos)> {
        let datos = self.form();
        let errores = match validacion::check(&datos) {
            Ok(validos) => return self.required().then_some((datos, validos)),
            Err(errores) => errores,
        };
        self.required();
        // E-mail and telephone were judged by `form`; without a good number the check does not
        // know their country.
        for error in errores.iter().filter(|e| !["email", "telefono"].contains(&&*e.campo)) {
            self.reject_field(&datos, error);
        }
        None
    }

    fn form(&mut self) -> DatosCliente {
        let fila = self.fila;
        DatosCliente {
            tipo_documento: self.tipo().as_str().to_owned(),
            numero_documento: fila.cell("documento").to_owned(),
            razon_social: fila.cell("razon_social").to_owned(),
            pais: Some(self.entorno.perfil.pais().codigo().to_owned()),
            email: self.email(),
            telefono: self.telefono(),
            regimen_fiscal: fila.filled("regimen"),
            uso_cfdi: fila.filled("uso_cfdi"),
            codigo_postal: fila.filled("codigo_postal"),
            direccion: fila.filled("direccion"),
            ..DatosCliente::default()
        }
    }

    fn email(&mut self) -> Option<String> {
        let texto = self.fila.filled("email")?;
        if documentos::correo(&texto).is_err() {
            self.warn("email", "correo_invalido");
            return None;
        }
        Some(texto)
    }

    fn telefono(&mut self) -> Option<String> {
        let texto = self.fila.filled("telefono")?;
        let Err(error) = telefono::e164(self.entorno.perfil.pais(), &texto) else {
            return Some(texto);
        };
        self.warn("telefono", &error.codigo.replace("telefono_", "whatsapp_"));
        None
    }

    /// Rejects each obligatory cell that is empty; whether there was none.
    fn required(&mut self) -> bool {
        let (entorno, fila) = (self.entorno, self.fila);
        let obligatorios = entorno.perfil.obligatorios.iter();
        let vacios: Vec<&String> = obligatorios.filter(|c| fila.cell(c).is_empty()).collect();
        for campo in &vacios {
            match campo.as_str() {
                "codigo_postal" => self.reject(campo, "cp_vacio"),
                "precio" | "documento" | "razon_social" => {}
                otro => self.reject(campo, &format!("{otro}_vacio")),
            }
        }
        vacios.is_empty()
    }

    fn reject_field(&mut self, datos: &DatosCliente, error: &ramal_base::CampoInvalido) {
        let campo = match error.campo.as_str() {
            "numero_documento" | "tipo_documento" => "documento",
            "regimen_fiscal" => "regimen",
            otro => otro,
        };
        let codigo = match campo {
            "documento" if datos.numero_documento.is_empty() => "documento_vacio",
            "razon_social" if datos.razon_social.is_empty() => "razon_social_vacia",
            _ => error.codigo.as_str(),
        };
        let motivo = defecto::motivo(codigo).unwrap_or(error.motivo.as_str());
        self.defectos.push(Defecto::new(self.fila, campo, codigo, motivo));
    }

    /// The service, or nothing and the defects. Every cell is judged before giving up.
    fn servicio(&mut self) -> Option<ServicioLeido> {
        let (precio, meses) = (self.precio(), self.meses());
        let (estado, producto) = (self.estado(), self.producto());
        let fechas = self.fechas(meses.unwrap_or(1));
        let (ancla, inicio, facturado_desde, primera) = fechas?;
        meses?;
        Some(ServicioLeido {
            producto: producto?,
            descripcion: self.fila.filled("descripcion").or_else(|| self.fila.filled("plan")),
            precio: precio?,
            ancla,
            inicio,
            facturado_desde,
            primera,
            estado: estado?,
        })
    }

    fn precio(&mut self) -> Option<Dinero> {
        match valores::monto(self.fila.cell("precio"), &self.entorno.perfil.dinero) {
            Ok(centavos) => {
                if centavos == 0 {
                    self.warn("precio", "monto_cero");
                }
                return Some(Dinero::new(centavos, self.entorno.moneda));
            }
            Err(MontoError::Vacio) => self.reject("precio", "monto_vacio"),
            Err(MontoError::Texto) => self.reject("precio", "precio_texto"),
            Err(MontoError::Negativo) => self.reject("precio", "monto_negativo"),
        }
        None
    }

    fn meses(&mut self) -> Option<u16> {
        let palabra = self.entorno.perfil.periodos.meaning(self.fila.cell("periodo"));
        let meses = palabra.and_then(Periodicidad::parse).map(Periodicidad::meses);
        if meses.is_none() {
            self.reject("periodo", "periodo_desconocido");
        }
        meses
    }

    fn estado(&mut self) -> Option<EstadoServicio> {
        let palabra = self.entorno.perfil.estados.meaning(self.fila.cell("estado"));
        let estado = palabra.and_then(EstadoServicio::parse);
        if estado.is_none() {
            self.reject("estado", "estado_desconocido");
        }
        estado
    }

    /// Outer none: a defect; inner none: the generic product.
    fn producto(&mut self) -> Option<Option<ProductoId>> {
        if self.entorno.perfil.columnas.plan.is_none() {
            return Some(None);
        }
        let plan = self.entorno.planes.get(&fold(self.fila.cell("plan")));
        if plan.is_none() {
            self.reject("plan", "plan_desconocido");
        }
        plan.map(|id| Some(*id))
    }

    /// Anchor, start, first day that counts and first day billed here.
    fn fechas(&mut self, meses: u16) -> Option<(Ancla, Fecha, Fecha, Fecha)> {
        let fecha = valores::fecha(self.fila.cell("fecha"), &self.entorno.perfil.fechas);
        if fecha.is_none() {
            self.reject("fecha", "fecha_invalida");
        }
        match self.entorno.perfil.regla {
            Regla::ProximoVencimiento => {
                let fecha = fecha?;
                Some((Ancla::new(fecha, meses).ok()?, fecha, fecha, fecha))
            }
            Regla::DiaDePago => {
                let dia: Option<u8> = self.fila.cell("dia_pago").parse().ok();
                let Some(dia) = dia.filter(|d| (1..=31).contains(d)) else {
                    self.reject("dia_pago", "dia_invalido");
                    return None;
                };
                installed(fecha?, dia, meses, self.entorno.al)
            }
        }
    }
}

/// Dates of a service installed on `inicio`: the old system billed the periods that began before
/// `al`; one installed on or after `al` is billed from its first day.
fn installed(
    inicio: Fecha,
    dia: u8,
    meses: u16,
    al: Fecha,
) -> Option<(Ancla, Fecha, Fecha, Fecha)> {
    let ancla = PoliticaAncla::DiaFijo(dia).ancla(inicio, meses).ok()?;
    if inicio >= al {
        return Some((ancla, inicio, inicio, inicio));
    }
    Some((ancla, inicio, al, ancla.primer_limite_desde(al)))
}
