//! Everything that collections know of a customer on a day: what he has open by value date, his
//! services with the state of each, notices, promises, episodes. Loaded for a page of customers at
//! once. It writes nothing.

use std::collections::{BTreeMap, HashMap};

use ramal_base::Fecha;
use ramal_contratos::EstadoServicio;
use ramal_db::{Consulta, DbError};
use uuid::Uuid;

use crate::Error;
use crate::aviso::{EstadoAviso, reopening_step};
use crate::nucleo::estado::{
    Compromiso, Deuda, EstadoPromesa, Partida, Situacion, estado_cobranza,
};
use crate::nucleo::politica::{Alcance, ClaseAviso};
use crate::reglas::{Regla, Reglas};
use crate::storage::avisos::{self, AvisoFila};
use crate::storage::deuda::{self, Abierto, ServicioVisto};
use crate::storage::episodios::{self, EpisodioFila, ExencionFila};
use crate::storage::promesas::{self, PartidaFila, PromesaFila};
use crate::storage::recargos::{self, RecargoFila};

/// A service and where it stands.
#[derive(Clone, Debug)]
pub struct Cuadro {
    /// The service.
    pub servicio: ServicioVisto,
    /// Its policy and calendar.
    pub regla: Regla,
    /// What it answers for.
    pub deuda: Deuda,
    /// Where it stands.
    pub situacion: Situacion,
    /// Its suspension for debt, if it lasts.
    pub episodio: Option<EpisodioFila>,
    /// Its exemption, if it has one.
    pub exencion: Option<ExencionFila>,
}

/// A promise with what it covers.
#[derive(Clone, Debug)]
pub struct Prometido {
    /// The promise.
    pub promesa: PromesaFila,
    /// What it covers.
    pub partidas: Vec<PartidaFila>,
}

impl Prometido {
    /// State on record.
    pub fn estado(&self) -> EstadoPromesa {
        EstadoPromesa::parse(&self.promesa.estado).unwrap_or(EstadoPromesa::Anulada)
    }

    fn compromiso(&self) -> Compromiso {
        Compromiso {
            fecha: self.promesa.fecha,
            estado: self.estado(),
            facturas: self.partidas.iter().map(|p| p.factura_id).collect(),
        }
    }
}

/// What is known of a customer on a day.
#[derive(Clone, Debug)]
pub struct Expediente {
    /// The customer.
    pub cliente_id: Uuid,
    /// The day.
    pub as_of: Fecha,
    /// What he has open, oldest due first.
    pub abiertos: Vec<Abierto>,
    /// His services, oldest first.
    pub servicios: Vec<Cuadro>,
    /// Notices given or waiting.
    pub avisos: Vec<AvisoFila>,
    /// His promises, newest first.
    pub promesas: Vec<Prometido>,
    /// Late fees triggered or held.
    pub recargos: Vec<RecargoFila>,
    /// Days on which bounced payments opened invoices again.
    pub reabiertas: HashMap<Uuid, Fecha>,
    /// Policy of what has no service.
    pub regla: Regla,
}

impl Expediente {
    /// What he has overdue, oldest due first.
    pub fn vencidos(&self) -> impl Iterator<Item = &Abierto> {
        self.abiertos.iter().filter(|a| a.vencimiento < self.as_of)
    }

    /// His live promise, if he has one.
    pub fn vigente(&self) -> Option<&Prometido> {
        self.promesas.iter().find(|p| p.estado() == EstadoPromesa::Vigente)
    }

    /// The service with an id.
    pub fn cuadro(&self, servicio: Uuid) -> Option<&Cuadro> {
        self.servicios.iter().find(|c| c.servicio.id == servicio)
    }

    /// Policy and calendar for an invoice: those of its first service.
    pub fn regla_de(&self, factura: Uuid) -> &Regla {
        let servicio = self
            .abiertos
            .iter()
            .filter(|a| a.factura_id == factura)
            .find_map(|a| self.cuadro(a.servicio_id?));
        servicio.map_or(&self.regla, |c| &c.regla)
    }
}

/// What is known of one customer on a day. Errors: `Storage`.
pub async fn load(
    c: &impl Consulta,
    reglas: &Reglas,
    cliente: Uuid,
    as_of: Fecha,
) -> Result<Expediente, Error> {
    let uno = load_page(c, reglas, &[cliente], as_of).await?.into_iter().next();
    uno.ok_or(Error::NotFound("cliente"))
}

/// What is known of these customers on a day, in the order in which they are named.
///
/// The number of statements does not depend on how many they are. Errors: `Storage`.
pub async fn load_page(
    c: &impl Consulta,
    reglas: &Reglas,
    clientes: &[Uuid],
    as_of: Fecha,
) -> Result<Vec<Expediente>, Error> {
    let mut datos = Datos::read(c, clientes, as_of).await?;
    let mut expedientes = Vec::with_capacity(clientes.len());
    for cliente in clientes {
        expedientes.push(datos.assemble(reglas, *cliente, as_of)?);
    }
    Ok(expedientes)
}

/// Rows of a page of customers, not yet told apart.
struct Datos {
    abiertos: HashMap<Uuid, Vec<Abierto>>,
    servicios: HashMap<Uuid, Vec<ServicioVisto>>,
    avisos: HashMap<Uuid, Vec<AvisoFila>>,
    promesas: HashMap<Uuid, Vec<Prometido>>,
    episodios: HashMap<Uuid, EpisodioFila>,
    exenciones: HashMap<Uuid, ExencionFila>,
    recargos: HashMap<Uuid, Vec<RecargoFila>>,
    reabiertas: HashMap<Uuid, Fecha>,
    pausados: Vec<Uuid>,
    segmentos: HashMap<Uuid, String>,
}

impl Datos {
    async fn read(c: &impl Consulta, clientes: &[Uuid], as_of: Fecha) -> Result<Datos, DbError> {
        let servicios = deuda::servicios(c, clientes).await?;
        let ids: Vec<Uuid> = servicios.iter().map(|s| s.id).collect();
        let promesas = promesas::of_clientes(c, clientes).await?;
        let suyas: Vec<Uuid> = promesas.iter().map(|p| p.id).collect();
        let mut partidas = by(promesas::partidas(c, &suyas).await?, |p| p.promesa_id);
        let prometidos = promesas.into_iter().map(|promesa| {
            let partidas = partidas.remove(&promesa.id).unwrap_or_default();
            Prometido { promesa, partidas }
        });
        let episodios = episodios::live_of(c, clientes).await?;
        let exenciones = episodios::exenciones_of(c, clientes).await?;
        Ok(Datos {
            abiertos: by(deuda::abiertos(c, clientes, as_of).await?, |a| a.cliente_id),
            avisos: by(avisos::of_clientes(c, clientes).await?, |a| a.cliente_id),
            promesas: by(prometidos.collect(), |p| p.promesa.cliente_id),
            episodios: episodios.into_iter().map(|e| (e.servicio_id, e)).collect(),
            exenciones: exenciones.into_iter().map(|e| (e.servicio_id, e)).collect(),
            recargos: by(recargos::of_clientes(c, clientes).await?, |r| r.cliente_id),
            reabiertas: recargos::reopened(c, clientes).await?.into_iter().collect(),
            pausados: deuda::en_pausa(c, &ids, as_of).await?,
            segmentos: deuda::segmentos(c, clientes).await?,
            servicios: by(servicios, |s| s.cliente_id),
        })
    }

    fn assemble(
        &mut self,
        reglas: &Reglas,
        cliente: Uuid,
        as_of: Fecha,
    ) -> Result<Expediente, DbError> {
        let segmento = self.segmentos.remove(&cliente).unwrap_or_default();
        let mut e = Expediente {
            cliente_id: cliente,
            as_of,
            abiertos: self.abiertos.remove(&cliente).unwrap_or_default(),
            servicios: Vec::new(),
            avisos: self.avisos.remove(&cliente).unwrap_or_default(),
            promesas: self.promesas.remove(&cliente).unwrap_or_default(),
            recargos: self.recargos.remove(&cliente).unwrap_or_default(),
            reabiertas: HashMap::new(),
            regla: reglas.of(None, &segmento),
        };
        for a in &e.abiertos {
            if let Some(dia) = self.reabiertas.get(&a.factura_id) {
                e.reabiertas.insert(a.factura_id, *dia);
            }
        }
        for servicio in self.servicios.remove(&cliente).unwrap_or_default() {
            let regla = reglas.of(servicio.zona_id, &segmento);
            let cuadro = self.frame(&e, servicio, regla)?;
            e.servicios.push(cuadro);
        }
        Ok(e)
    }

    fn frame(
        &mut self,
        e: &Expediente,
        servicio: ServicioVisto,
        regla: Regla,
    ) -> Result<Cuadro, DbError> {
        let bad = DbError::Corrupt("state of a servicio");
        let estado = EstadoServicio::parse(&servicio.estado).ok_or(bad)?;
        let episodio = self.episodios.remove(&servicio.id);
        let exencion = self.exenciones.remove(&servicio.id);
        let pausado = self.pausados.contains(&servicio.id);
        let desde = episodio.as_ref().map(|ep| ep.desde);
        // Held by a person and not by collections: it is suspended, and nothing here lifts it.
        let a_mano = (estado == EstadoServicio::Suspendido && !pausado).then_some(e.as_of);
        let deuda = Deuda {
            partidas: partidas(e, &servicio, &regla),
            suspendido_desde: desde.or(a_mano),
            pausado,
            baja: matches!(estado, EstadoServicio::Cancelado | EstadoServicio::Vencido),
            exento_hasta: exencion.as_ref().map(|x| x.hasta),
        };
        let promesas: Vec<Compromiso> = e.promesas.iter().map(Prometido::compromiso).collect();
        let situacion = estado_cobranza(e.as_of, &deuda, &promesas, &regla.0, &regla.1);
        Ok(Cuadro { servicio, regla, deuda, situacion, episodio, exencion })
    }
}

/// What a service answers for: its own lines, or everything, by the scope of its policy (S3).
fn partidas(e: &Expediente, servicio: &ServicioVisto, regla: &Regla) -> Vec<Partida> {
    let suya = |a: &&Abierto| match regla.0.alcance {
        Alcance::Servicio => a.servicio_id == Some(servicio.id),
        Alcance::Cliente => true,
    };
    let mut por_factura: BTreeMap<Uuid, Partida> = BTreeMap::new();
    for a in e.abiertos.iter().filter(suya) {
        let nueva = || {
            let (avisado, entregado) = notice(e, a.factura_id);
            let reabierta = e.reabiertas.get(&a.factura_id).copied();
            let (factura_id, vencimiento, moneda) = (a.factura_id, a.vencimiento, a.moneda);
            Partida { factura_id, vencimiento, abierto: 0, moneda, avisado, entregado, reabierta }
        };
        let partida = por_factura.entry(a.factura_id).or_insert_with(nueva);
        partida.abierto = partida.abierto.saturating_add(a.abierto);
    }
    por_factura.into_values().collect()
}

/// Day of the notice of the cut of an invoice and whether it got there. An invoice opened again
/// needs the notice of that.
fn notice(e: &Expediente, factura: Uuid) -> (Option<Fecha>, bool) {
    let etapa = e.reabiertas.get(&factura).map(|dia| reopening_step(*dia));
    let aviso = e.avisos.iter().filter(|a| a.factura_id == factura).find(|a| match &etapa {
        Some(etapa) => a.etapa == *etapa,
        None => a.clase == ClaseAviso::Corte.as_str(),
    });
    let Some(aviso) = aviso else { return (None, false) };
    let entregado = EstadoAviso::parse(&aviso.estado).is_some_and(EstadoAviso::counts);
    (aviso.avisado, entregado)
}

fn by<T>(filas: Vec<T>, clave: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut grupos: HashMap<Uuid, Vec<T>> = HashMap::new();
    for fila in filas {
        grupos.entry(clave(&fila)).or_default().push(fila);
    }
    grupos
}
