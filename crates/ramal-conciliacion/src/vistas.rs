//! Shapes of the JSON routes. Amounts are decimal text; descriptions are in Spanish because they
//! are the API's documentation.

use ramal_base::dinero::format_centavos;
use ramal_base::{Fecha, Instante};
use ramal_extractos::cotejo::Destino;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::actions::{DestinoParte, Parte, Resolucion};
use crate::storage::lotes::Resumen;
use crate::storage::referencias::ReferenciaPago;
use crate::storage::vinculos::Vinculo;
use crate::{
    ClaseCuenta, CuentaBancaria, CuentaId, Error, EstadoLote, EstadoRenglon, Lote, Renglon,
    Sugerencia,
};

/// Una cuenta cuyos extractos se importan.
#[derive(Debug, Serialize, ToSchema)]
pub struct CuentaBancariaView {
    /// Identificador.
    pub id: Uuid,
    /// Nombre para la oficina.
    pub nombre: String,
    /// Número, CLABE o CCI.
    pub numero: String,
    /// Moneda ISO.
    pub moneda: String,
    /// De quién es.
    pub clase: ClaseCuenta,
    /// Pasarela, si es de una.
    pub proveedor: Option<String>,
    /// Código del perfil de lectura.
    pub perfil: Option<String>,
    /// Si se esperan sus extractos.
    pub activa: bool,
    /// Último día leído.
    #[schema(value_type = Option<String>, format = Date)]
    pub ultima_linea: Option<Fecha>,
    /// Última lectura que llegó al menos tan lejos como la anterior.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub al_dia: Option<Instante>,
    /// Versión, para editar.
    pub version: i64,
}

impl From<CuentaBancaria> for CuentaBancariaView {
    fn from(c: CuentaBancaria) -> CuentaBancariaView {
        CuentaBancariaView {
            id: c.id.uuid(),
            nombre: c.nombre,
            numero: c.numero,
            moneda: c.moneda.codigo().to_owned(),
            clase: c.clase,
            proveedor: c.proveedor,
            perfil: c.perfil.map(|p| p.codigo),
            activa: c.activa,
            ultima_linea: c.ultima_linea,
            al_dia: c.al_dia,
            version: c.version,
        }
    }
}

/// Un perfil de lectura de los que vienen.
#[derive(Debug, Serialize, ToSchema)]
pub struct PerfilView {
    /// Código.
    pub codigo: String,
    /// Nombre.
    pub nombre: String,
    /// País, o vacío.
    pub pais: String,
    /// El perfil entero, para copiarlo y editarlo.
    #[schema(value_type = Object)]
    pub perfil: serde_json::Value,
}

/// Cuántos renglones y por cuánto.
#[derive(Debug, Serialize, ToSchema)]
pub struct SumaView {
    /// Renglones.
    pub renglones: i64,
    /// Importe.
    pub importe: String,
}

impl From<crate::storage::Suma> for SumaView {
    fn from(s: crate::storage::Suma) -> SumaView {
        SumaView { renglones: s.n, importe: format_centavos(s.total) }
    }
}

/// Un lote: un extracto importado.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoteView {
    /// Identificador.
    pub id: Uuid,
    /// Número impreso.
    #[schema(example = "L-12")]
    pub codigo: String,
    /// Cuenta.
    pub cuenta_id: Uuid,
    /// Nombre del archivo.
    pub archivo: String,
    /// Formato.
    pub formato: String,
    /// SHA-256 del archivo.
    pub sha256: String,
    /// Estado.
    pub estado: EstadoLote,
    /// Por qué se rechazó.
    pub motivo: Option<String>,
    /// Línea del archivo que lo rechazó.
    pub linea: Option<i64>,
    /// Renglones del archivo.
    pub leidos: i64,
    /// Renglones que ningún lote anterior tenía.
    pub nuevos: i64,
    /// Renglones que el cotejo ya miró.
    pub cotejados: i64,
    /// Primer día.
    #[schema(value_type = Option<String>, format = Date)]
    pub desde: Option<Fecha>,
    /// Último día.
    #[schema(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
    /// Saldo inicial.
    pub saldo_inicial: Option<String>,
    /// Saldo final.
    pub saldo_final: Option<String>,
    /// Con pago.
    pub conciliados: SumaView,
    /// Sin explicar.
    pub por_conciliar: SumaView,
    /// Apartados.
    pub apartados: SumaView,
    /// Que no son de clientes.
    pub ajustes: SumaView,
    /// Sugerencias exactas que esperan.
    pub exactas: i64,
    /// Diferencia que impide cerrar.
    pub diferencia: String,
    /// Ajuste con que se cerró.
    pub ajuste: Option<String>,
    /// Qué es el ajuste.
    pub ajuste_motivo: Option<String>,
    /// Versión.
    pub version: i64,
}

impl LoteView {
    /// A lote with its sums.
    pub fn of(l: Lote, r: &Resumen) -> LoteView {
        LoteView {
            id: l.id.uuid(),
            codigo: l.codigo(),
            cuenta_id: l.cuenta_id.uuid(),
            archivo: l.archivo,
            formato: l.formato,
            sha256: l.sha256,
            estado: l.estado,
            motivo: l.motivo,
            linea: l.linea_mala,
            leidos: l.leidos,
            nuevos: l.nuevos,
            cotejados: l.cotejados,
            desde: l.desde,
            hasta: l.hasta,
            saldo_inicial: l.saldo_inicial.map(format_centavos),
            saldo_final: l.saldo_final.map(format_centavos),
            conciliados: r.conciliados.into(),
            por_conciliar: r.por_conciliar.into(),
            apartados: r.apartados.into(),
            ajustes: r.ajustes.into(),
            exactas: r.exactas,
            diferencia: format_centavos(r.diferencia()),
            ajuste: l.ajuste.map(format_centavos),
            ajuste_motivo: l.ajuste_motivo,
            version: l.version,
        }
    }
}

/// Parte de una factura que se pagaría.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FacturaParteView {
    /// Factura.
    pub factura_id: Uuid,
    /// Importe.
    pub importe: String,
}

/// Lo que un renglón puede ser.
#[derive(Debug, Serialize, ToSchema)]
pub struct SugerenciaView {
    /// `cliente` o `liquidacion`.
    pub clase: String,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Pago ya registrado al que se enlazaría.
    pub pago_id: Option<Uuid>,
    /// Facturas que pagaría; vacío si lo más viejo primero.
    pub facturas: Vec<FacturaParteView>,
    /// Liquidación de la pasarela.
    pub liquidacion: Option<String>,
    /// Por qué se sugiere.
    pub razones: Vec<String>,
}

impl From<&Sugerencia> for SugerenciaView {
    fn from(s: &Sugerencia) -> SugerenciaView {
        let vacia = SugerenciaView {
            clase: "liquidacion".to_owned(),
            cliente_id: None,
            pago_id: None,
            facturas: Vec::new(),
            liquidacion: None,
            razones: Vec::new(),
        };
        match s {
            Sugerencia::Liquidacion { liquidacion, .. } => {
                SugerenciaView { liquidacion: Some(liquidacion.clone()), ..vacia }
            }
            Sugerencia::Cliente { propuesta } => {
                let (pago_id, partes) = match &propuesta.destino {
                    Destino::Enlazar { pago } => (Some(*pago), Vec::new()),
                    Destino::Facturas { partes } => (None, partes.clone()),
                    Destino::Cuenta => (None, Vec::new()),
                };
                let parte = |(factura_id, monto): (Uuid, i64)| FacturaParteView {
                    factura_id,
                    importe: format_centavos(monto),
                };
                SugerenciaView {
                    clase: "cliente".to_owned(),
                    cliente_id: Some(propuesta.cliente),
                    pago_id,
                    facturas: partes.into_iter().map(parte).collect(),
                    razones: propuesta.razones.iter().map(|r| r.as_str().to_owned()).collect(),
                    ..vacia
                }
            }
        }
    }
}

/// Un renglón de un extracto.
#[derive(Debug, Serialize, ToSchema)]
pub struct RenglonView {
    /// Identificador.
    pub id: Uuid,
    /// Lote.
    pub lote_id: Uuid,
    /// Lugar en el archivo.
    pub orden: i64,
    /// Día desde el que vale el dinero.
    #[schema(value_type = String, format = Date)]
    pub fecha_valor: Fecha,
    /// Día en que el banco lo anotó.
    #[schema(value_type = String, format = Date)]
    pub fecha_operacion: Fecha,
    /// Importe con signo.
    pub importe: String,
    /// Moneda.
    pub moneda: String,
    /// Referencia del banco.
    pub referencia: String,
    /// Concepto.
    pub concepto: String,
    /// Quién pagó, como lo escribe el banco.
    pub contraparte: String,
    /// Identificador del banco o de la pasarela.
    pub id_banco: Option<String>,
    /// Estado.
    pub estado: EstadoRenglon,
    /// `automatico` o `persona`.
    pub modo: Option<String>,
    /// Si su única sugerencia no deja nada que pensar.
    pub exacta: bool,
    /// Lo que puede ser, lo mejor primero.
    pub sugerencias: Vec<SugerenciaView>,
    /// Por qué se apartó o ajustó.
    pub motivo: Option<String>,
    /// Pagos que tiene.
    pub pagos: Vec<Uuid>,
    /// Versión, para resolverlo.
    pub version: i64,
}

impl RenglonView {
    /// A line with its payments.
    pub fn of(r: &Renglon, vinculos: &[Vinculo]) -> RenglonView {
        RenglonView {
            id: r.id.uuid(),
            lote_id: r.lote_id.uuid(),
            orden: r.orden,
            fecha_valor: r.fecha_valor,
            fecha_operacion: r.fecha_operacion,
            importe: format_centavos(r.importe),
            moneda: r.moneda.codigo().to_owned(),
            referencia: r.referencia.clone(),
            concepto: r.concepto.clone(),
            contraparte: r.contraparte.clone(),
            id_banco: r.id_banco.clone(),
            estado: r.estado,
            modo: r.modo.clone(),
            exacta: r.exacta,
            sugerencias: r.sugerencias.iter().map(SugerenciaView::from).collect(),
            motivo: r.motivo.clone(),
            pagos: vinculos.iter().map(|v| v.pago_id).collect(),
            version: r.version,
        }
    }
}

/// Filtros de los lotes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroLotesQuery {
    /// Estado.
    pub estado: Option<EstadoLote>,
    /// Cuenta.
    pub cuenta: Option<Uuid>,
}

/// Filtros de los renglones de un lote.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroRenglonesQuery {
    /// Estado.
    pub estado: Option<EstadoRenglon>,
}

/// De qué es el archivo que se sube.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SubirLoteQuery {
    /// Cuenta.
    pub cuenta: Uuid,
    /// Nombre del archivo.
    #[serde(default)]
    pub archivo: String,
}

/// Una parte del dinero de un renglón.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ParteDatos {
    /// Cliente, por identificador o número: `C-201`.
    pub cliente: String,
    /// Importe; el del renglón si es la única parte.
    #[serde(default)]
    pub importe: Option<String>,
    /// `automatico` (lo más viejo primero), `facturas` o `a_cuenta`.
    #[serde(default)]
    pub reparto: Option<String>,
    /// Facturas, con `reparto` = `facturas`.
    #[serde(default)]
    pub facturas: Vec<FacturaParteView>,
}

/// Qué es un renglón. Uno solo de los tres.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ResolverDatos {
    /// Versión que se vio.
    pub version: Option<i64>,
    /// Pago ya registrado al que se enlaza.
    pub pago_id: Option<Uuid>,
    /// Liquidación de una pasarela.
    pub liquidacion: Option<String>,
    /// Cuenta de la pasarela de la liquidación.
    pub cuenta_id: Option<Uuid>,
    /// Partes que suman el renglón.
    pub partes: Vec<ParteDatos>,
}

/// Aceptar una sugerencia.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct AceptarDatos {
    /// Versión que se vio.
    pub version: Option<i64>,
    /// Lugar de la sugerencia, desde 0.
    pub sugerencia: usize,
}

/// Un motivo.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct MotivoDatos {
    /// Versión que se vio.
    pub version: Option<i64>,
    /// Motivo, de 3 a 200 caracteres.
    pub motivo: String,
}

/// Cerrar un lote.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct CerrarDatos {
    /// La diferencia que se nombra, si la hay.
    pub ajuste: Option<String>,
    /// Qué es la diferencia.
    pub motivo: String,
}

/// Un trabajo sobre muchos renglones, en segundo plano.
#[derive(Debug, Serialize, ToSchema)]
pub struct TandaPedidaView {
    /// La tanda, para seguirla.
    pub tanda_id: String,
}

/// Una cuenta o referencia de un solo cliente.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenciaPagoView {
    /// Identificador.
    pub id: Uuid,
    /// `clabe`, `cci` o `referencia`.
    pub clase: String,
    /// Lo que se escribe al pagar.
    #[schema(example = "R0002015")]
    pub valor: String,
    /// Pasarela que la dio.
    pub proveedor: Option<String>,
}

impl From<ReferenciaPago> for ReferenciaPagoView {
    fn from(r: ReferenciaPago) -> ReferenciaPagoView {
        ReferenciaPagoView { id: r.id, clase: r.clase, valor: r.valor, proveedor: r.proveedor }
    }
}

/// Minor units of a decimal. Errors: 422 on the field.
pub(crate) fn cents(campo: &str, texto: &str) -> Result<i64, Error> {
    ramal_base::dinero::parse_centavos(texto.trim()).map_err(|_| {
        let motivo = "Escribir el importe con hasta dos decimales: 499.00.";
        Error::campo(campo, "importe_invalido", motivo)
    })
}

impl ResolverDatos {
    /// What a body says that a line is. `clientes` are those of its parts, in order. Errors: 422.
    pub(crate) fn resolucion(&self, r: &Renglon, clientes: &[Uuid]) -> Result<Resolucion, Error> {
        if let Some(pago) = self.pago_id {
            return Ok(Resolucion::Enlazar { pago });
        }
        if let (Some(liquidacion), Some(cuenta)) = (&self.liquidacion, self.cuenta_id) {
            let cuenta = CuentaId::from_uuid(cuenta);
            return Ok(Resolucion::Liquidacion { cuenta, liquidacion: liquidacion.clone() });
        }
        let sola = self.partes.len() == 1;
        let mut partes = Vec::new();
        for (i, (parte, cliente_id)) in self.partes.iter().zip(clientes).enumerate() {
            let importe = match &parte.importe {
                Some(texto) if !texto.trim().is_empty() => {
                    cents(&format!("partes[{i}].importe"), texto)?
                }
                _ if sola => r.importe,
                _ => 0,
            };
            let destino = parte.destino(i)?;
            partes.push(Parte { cliente_id: *cliente_id, importe, destino });
        }
        Ok(Resolucion::Pagar(partes))
    }
}

impl ParteDatos {
    fn destino(&self, i: usize) -> Result<DestinoParte, Error> {
        match self.reparto.as_deref().unwrap_or("") {
            "a_cuenta" => Ok(DestinoParte::ACuenta),
            "" | "automatico" if self.facturas.is_empty() => Ok(DestinoParte::Automatico),
            "" | "facturas" => {
                let mut partes = Vec::new();
                for (j, f) in self.facturas.iter().enumerate() {
                    let campo = format!("partes[{i}].facturas[{j}].importe");
                    partes.push((f.factura_id, cents(&campo, &f.importe)?));
                }
                Ok(DestinoParte::Facturas(partes))
            }
            _ => {
                let campo = format!("partes[{i}].reparto");
                let motivo = "Elegir automatico, facturas o a_cuenta.";
                Err(Error::campo(&campo, "reparto_desconocido", motivo))
            }
        }
    }
}
