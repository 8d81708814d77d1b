//! Shapes of the JSON routes.

use std::collections::BTreeMap;

use ramal_base::{
    CampoInvalido, Dinero, Fecha, Instante, Moneda, Pais, Problema, dinero, telefono,
};
use ramal_web::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::notificacion::{Destinatario, NuevaNotificacion};
use crate::plantilla::variables;
use crate::storage::costos::Suma;
use crate::storage::envios::{EnvioFila, PasoFila};
use crate::storage::lista::FiltroEnvios;
use crate::valor::{Tipo, Valor, Variables};
use crate::{Canal, Clase, EstadoEnvio, EstadoNotificacion};

/// Filters of the envios.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct FiltroEnviosQuery {
    /// Estado.
    pub estado: Option<EstadoEnvio>,
    /// Canal.
    pub canal: Option<Canal>,
    /// Clase de notificación.
    pub clase: Option<Clase>,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Dirección exacta: correo o teléfono.
    pub direccion: Option<String>,
    /// Desde este día.
    #[param(value_type = Option<String>, example = "2026-11-01")]
    pub desde: Option<Fecha>,
    /// Hasta este día, incluido.
    #[param(value_type = Option<String>, example = "2026-11-30")]
    pub hasta: Option<Fecha>,
}

impl From<FiltroEnviosQuery> for FiltroEnvios {
    fn from(q: FiltroEnviosQuery) -> FiltroEnvios {
        FiltroEnvios {
            estados: q.estado.into_iter().collect(),
            canal: q.canal,
            clase: q.clase,
            cliente_id: q.cliente_id,
            direccion: q.direccion,
            desde: q.desde,
            hasta: q.hasta,
            nada: false,
        }
    }
}

/// Un envío: un intento por un canal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EnvioView {
    /// Identificador.
    pub id: Uuid,
    /// Notificación que lleva.
    pub notificacion_id: Uuid,
    /// Lugar entre los envíos de la notificación.
    pub orden: i32,
    /// Canal.
    pub canal: String,
    /// Clase.
    pub clase: String,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Dirección.
    pub direccion: String,
    /// Estado.
    pub estado: String,
    /// Código del último rechazo, o motivo por el que no salió.
    pub codigo: Option<String>,
    /// Lo que dijo el proveedor.
    pub mensaje: Option<String>,
    /// Qué espera, si espera.
    pub espera: Option<String>,
    /// `plantilla` o `texto` (WhatsApp).
    pub forma: Option<String>,
    /// Llamadas hechas.
    pub intentos: i32,
    /// Envío al que suple.
    pub respaldo_de: Option<Uuid>,
    /// Cuándo se creó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Cuándo lo aceptó el proveedor.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub aceptado: Option<Instante>,
    /// Cuándo lo envió el proveedor.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub enviado: Option<Instante>,
    /// Cuándo llegó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub entregado: Option<Instante>,
    /// Cuándo se leyó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub leido: Option<Instante>,
    /// Cuándo falló.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub fallido: Option<Instante>,
}

impl From<EnvioFila> for EnvioView {
    fn from(e: EnvioFila) -> EnvioView {
        EnvioView {
            id: e.id.uuid(),
            notificacion_id: e.notificacion_id.uuid(),
            orden: e.orden,
            canal: e.canal,
            clase: e.clase,
            cliente_id: e.cliente_id,
            direccion: e.direccion,
            estado: e.estado,
            codigo: e.codigo,
            mensaje: e.mensaje,
            espera: e.espera,
            forma: e.forma,
            intentos: e.intentos,
            respaldo_de: e.respaldo_de.map(|id| id.uuid()),
            creado: e.creado,
            aceptado: e.aceptado,
            enviado: e.enviado,
            entregado: e.entregado,
            leido: e.leido,
            fallido: e.fallido,
        }
    }
}

/// Un paso de la vida de un envío.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PasoView {
    /// Cuándo.
    #[schema(value_type = String, format = DateTime)]
    pub momento: Instante,
    /// Qué pasó.
    pub paso: String,
    /// Código.
    pub codigo: Option<String>,
    /// Detalle.
    pub detalle: Option<String>,
}

impl From<PasoFila> for PasoView {
    fn from(p: PasoFila) -> PasoView {
        PasoView { momento: p.momento, paso: p.paso, codigo: p.codigo, detalle: p.detalle }
    }
}

/// Un envío con lo que se leyó y su historia. Lo reservado viene tapado.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EnvioDetalleView {
    /// El envío.
    #[serde(flatten)]
    pub envio: EnvioView,
    /// Asunto.
    pub asunto: String,
    /// Texto.
    pub texto: String,
    /// Historia, de la más antigua a la más nueva.
    pub pasos: Vec<PasoView>,
    /// Costo en millonésimas, si se conoce.
    pub costo_micros: Option<i64>,
    /// Moneda del costo.
    pub costo_moneda: Option<String>,
}

/// Pedido de repetir un envío.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReintentarCmd {
    /// Repetir aunque el anterior haya podido llegar.
    pub aunque_duplique: bool,
}

/// Aviso a un destinatario.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificacionCmd {
    /// Clase de notificación.
    pub clase: Clase,
    /// A quién.
    pub destinatario: DestinatarioCmd,
    /// Valores de la plantilla, por nombre. Un importe es `{"importe","moneda"}`; lo demás, texto.
    #[schema(value_type = Object)]
    pub variables: BTreeMap<String, serde_json::Value>,
    /// Sobre qué es, por ejemplo `factura`.
    #[serde(default)]
    pub objeto_tipo: Option<String>,
    /// Cuál.
    #[serde(default)]
    pub objeto_id: Option<Uuid>,
    /// No antes de este instante.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub no_antes: Option<Instante>,
}

/// Destinatario de un aviso.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DestinatarioCmd {
    /// Cliente, si lo es: cuentan los consentimientos que retiró.
    #[serde(default)]
    pub cliente_id: Option<Uuid>,
    /// Nombre.
    #[schema(example = "Ana Quispe")]
    pub nombre: String,
    /// Correo.
    #[serde(default)]
    pub email: Option<String>,
    /// Teléfono con WhatsApp.
    #[serde(default)]
    #[schema(example = "+51987654321")]
    pub whatsapp: Option<String>,
    /// País; el de la empresa si falta.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "PE")]
    pub pais: Option<Pais>,
    /// Zona horaria IANA; la de la empresa si falta.
    #[serde(default)]
    pub zona_horaria: Option<String>,
    /// Canales admitidos, el preferido primero.
    pub canales: Vec<Canal>,
}

impl NotificacionCmd {
    /// The notification, with what the company says by default. Errors: 422 naming the fields.
    pub fn read(
        self,
        empresa: &ramal_plataforma::Empresa,
        clave: String,
    ) -> Result<NuevaNotificacion, Problem> {
        let mut malos = Vec::new();
        let pais = self.destinatario.pais.unwrap_or(empresa.pais);
        let d = self.destinatario;
        if d.nombre.trim().is_empty() || d.nombre.chars().count() > 200 {
            let motivo = "Escriba el nombre, hasta 200 caracteres.";
            malos.push(CampoInvalido::new("destinatario.nombre", "nombre_largo", motivo));
        }
        let email = d.email.as_deref().map(ramal_base::documentos::correo).transpose();
        let email = email.unwrap_or_else(|e| {
            malos.push(CampoInvalido::new("destinatario.email", e.codigo, e.motivo));
            None
        });
        let whatsapp = d.whatsapp.as_deref().map(|t| telefono::e164(pais, t)).transpose();
        let whatsapp = whatsapp.unwrap_or_else(|e| {
            malos.push(CampoInvalido::new("destinatario.whatsapp", e.codigo, e.motivo));
            None
        });
        let valores = read_values(self.clase, self.variables, &mut malos);
        if !malos.is_empty() {
            return Err(Problem(Problema::campos(malos)));
        }
        let destinatario = Destinatario {
            cliente_id: d.cliente_id,
            usuario_id: None,
            nombre: d.nombre.trim().to_owned(),
            email,
            whatsapp,
            pais,
            zona_horaria: d.zona_horaria.unwrap_or_else(|| empresa.zona_horaria.clone()),
            canales: d.canales,
        };
        Ok(NuevaNotificacion {
            objeto: self.objeto_tipo.zip(self.objeto_id),
            no_antes: self.no_antes,
            ..NuevaNotificacion::new(self.clase, destinatario, valores, clave)
        })
    }
}

/// Values by the type that the kind gives each name; a name that it does not take is refused.
fn read_values(
    clase: Clase,
    dados: BTreeMap<String, serde_json::Value>,
    malos: &mut Vec<CampoInvalido>,
) -> Variables {
    let mut valores = Variables::new();
    for (nombre, dado) in dados {
        let campo = format!("variables.{nombre}");
        let Some(variable) = variables::given(clase).iter().find(|v| v.nombre == nombre) else {
            let hay: Vec<&str> = variables::given(clase).iter().map(|v| v.nombre).collect();
            let motivo = format!("Esa variable no existe aquí. Las que hay: {}.", hay.join(", "));
            malos.push(CampoInvalido::new(campo, "variable_desconocida", motivo));
            continue;
        };
        match read_value(variable.tipo, &dado) {
            Some(valor) => {
                valores.insert(nombre, valor);
            }
            None => {
                let motivo = format!("Debe ser de tipo {}.", variable.tipo.as_str());
                malos.push(CampoInvalido::new(campo, "tipo_variable", motivo));
            }
        }
    }
    valores
}

fn read_value(tipo: Tipo, dado: &serde_json::Value) -> Option<Valor> {
    match tipo {
        Tipo::Texto => dado.as_str().map(Valor::texto),
        Tipo::Enlace => {
            let web = |t: &&str| t.starts_with("https://") || t.starts_with("http://");
            dado.as_str().filter(web).map(Valor::enlace)
        }
        Tipo::Fecha => Fecha::parse(dado.as_str()?).ok().map(Valor::Fecha),
        Tipo::Dinero => {
            let moneda = Moneda::parse(dado["moneda"].as_str()?)?;
            let centavos = dinero::parse_centavos(dado["importe"].as_str()?).ok()?;
            Some(Valor::Dinero(Dinero::new(centavos, moneda)))
        }
    }
}

/// Notificación registrada.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NotificacionView {
    /// Identificador.
    pub id: Uuid,
    /// Estado.
    pub estado: EstadoNotificacion,
}

/// Qué mes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct MesQuery {
    /// Mes, `AAAA-MM`; el actual si falta.
    #[param(example = "2026-11")]
    pub mes: Option<String>,
    /// Solo los mensajes de este cliente.
    pub cliente_id: Option<Uuid>,
}

/// Costo de unos mensajes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CostoView {
    /// Categoría o clase.
    pub nombre: String,
    /// Moneda.
    pub moneda: String,
    /// Mensajes.
    pub mensajes: i64,
    /// De ellos, cobrados.
    pub cobrados: i64,
    /// Costo en millonésimas de la moneda.
    pub micros: i64,
}

impl From<Suma> for CostoView {
    fn from(s: Suma) -> CostoView {
        CostoView {
            nombre: s.nombre,
            moneda: s.moneda,
            mensajes: s.mensajes,
            cobrados: s.cobrados,
            micros: s.micros,
        }
    }
}

/// Costos de un mes, según los precios que informa el proveedor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CostosView {
    /// Mes.
    pub mes: String,
    /// Por categoría de WhatsApp.
    pub por_categoria: Vec<CostoView>,
    /// Por clase de notificación; vacío si se pidió un cliente.
    pub por_clase: Vec<CostoView>,
}

/// De quién son los avisos.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AvisosQuery {
    /// Cliente.
    pub cliente_id: Uuid,
}
