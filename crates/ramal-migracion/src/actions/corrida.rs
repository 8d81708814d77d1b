//! A run over the rows of a source: what one row means for another (repeats, adjacency, rows of
//! earlier runs) and the writing of a handful of them. Begins and commits nothing.

use std::collections::{HashMap, HashSet};

use ramal_base::Cx;
use ramal_catalogo::Producto;
use ramal_clientes::actions::new_cliente;
use ramal_clientes::{Cliente, ClienteId, EstadoCliente};
use ramal_contratos::{EstadoServicio, EventoServicio, Hecho, Servicio, ServicioId};
use ramal_db::{Consulta, Db, Tx};
use ramal_plataforma::Emisor;
use uuid::Uuid;

use super::importar::{Duplicados, Intencion};
use crate::Error;
use crate::defecto::{self, Defecto};
use crate::evaluar::{Contenido, Entorno, Evaluada, evaluar};
use crate::fila::{Cabecera, Fila};
use crate::informe::{Avance, Informe, Totales, Verificacion};
use crate::lectura::FilaCruda;
use crate::perfil::Forma;
use crate::storage::{self, Conocida, FilaPrevia};
use crate::verificar::{self, Esperado};

/// A good row that waits for its transaction.
struct Pendiente {
    linea: u64,
    referencia: String,
    /// Key of its customer inside this run.
    clave: String,
    identidad: Option<String>,
    contenido: Contenido,
    avisos: Vec<Defecto>,
    /// What to say if its number turns out to be another customer's.
    duplicado: Defecto,
    crudo: String,
}

/// A row that stays out, to be kept as it was.
pub(super) struct Rechazada {
    pub(super) linea: u64,
    pub(super) codigos: String,
    pub(super) crudo: String,
}

/// Good rows with their customer known, ready to be written.
#[derive(Default)]
pub(super) struct Tanda {
    nuevos: Vec<Cliente>,
    servicios: Vec<Servicio>,
    filas: Vec<Pendiente>,
}

/// State of a run.
pub(super) struct Corrida {
    pub(super) entorno: Entorno,
    pub(super) lote: Uuid,
    pub(super) ambito: String,
    /// Product of rows without plan; none in a rehearsal.
    pub(super) generico: Option<Producto>,
    emisor_id: Uuid,
    duplicados: Duplicados,
    conocidas: HashMap<String, FilaPrevia>,
    antes: Totales,
    /// Names of the good rows of this source.
    vistas: HashSet<String>,
    /// Numbers that a row of this source had already.
    identidades: HashSet<String>,
    clientes: HashMap<String, ClienteId>,
    persona: String,
    grupo: u64,
    pendientes: Vec<Pendiente>,
    rechazadas: Vec<Rechazada>,
    esperados: Vec<Esperado>,
    defectos: Vec<Defecto>,
    avisos: Vec<Defecto>,
    cuenta: Cuenta,
}

#[derive(Default)]
struct Cuenta {
    filas: u64,
    importadas: u64,
    ya_importadas: u64,
    rechazadas: u64,
    clientes: u64,
    suma: i64,
}

impl Corrida {
    /// Looks up what earlier runs brought in. Errors: `Storage`.
    pub(super) async fn prepare(
        db: &Db,
        entorno: Entorno,
        emisor: &Emisor,
        (lote, duplicados): (Uuid, Duplicados),
    ) -> Result<Corrida, Error> {
        let ambito = format!("{}:{}", emisor.id, entorno.perfil.nombre);
        Ok(Corrida {
            conocidas: storage::conocidas(db, &ambito).await?,
            antes: storage::totales(db, &ambito).await?,
            entorno,
            lote,
            ambito,
            generico: None,
            emisor_id: emisor.id.uuid(),
            duplicados,
            vistas: HashSet::new(),
            identidades: HashSet::new(),
            clientes: HashMap::new(),
            persona: String::new(),
            grupo: 0,
            pendientes: Vec::new(),
            rechazadas: Vec::new(),
            esperados: Vec::new(),
            defectos: Vec::new(),
            avisos: Vec::new(),
            cuenta: Cuenta::default(),
        })
    }

    /// Rows that wait to be written.
    pub(super) fn waiting(&self) -> usize {
        self.pendientes.len()
    }

    /// How far the run is.
    pub(super) fn avance(&self) -> Avance {
        let Cuenta { filas, importadas, rechazadas, .. } = self.cuenta;
        Avance { filas, importadas, rechazadas }
    }

    /// The rows that stayed out.
    pub(super) fn take_rechazadas(&mut self) -> Vec<Rechazada> {
        std::mem::take(&mut self.rechazadas)
    }

    /// Judges a row by itself and against the others of the source.
    pub(super) fn judge(&mut self, cabecera: &Cabecera, cruda: FilaCruda) {
        self.cuenta.filas += 1;
        let fila = Fila { cabecera, cruda: &cruda };
        let mut evaluada = evaluar(&self.entorno, &fila);
        let clave = self.clave_cliente(&fila, &evaluada);
        let referencia = fila.referencia().unwrap_or_default();
        let repetida = evaluada.contenido.is_some() && !self.vistas.insert(referencia.clone());
        let previa = self.conocidas.get(&referencia).filter(|_| !repetida).cloned();
        let vista = evaluada.identidad.clone().is_some_and(|i| !self.identidades.insert(i));
        let contenido = evaluada.contenido.take();
        if let (Some(contenido), Some(previa)) = (&contenido, previa) {
            let nombre = &contenido.validos.razon_social;
            if !previa.is_of(evaluada.identidad.as_deref(), nombre) {
                let columna = &self.entorno.perfil.referencia[0];
                evaluada.defectos.push(defect(&fila, columna, "referencia_ajena"));
                self.reject(cruda.linea, evaluada.defectos, cruda.crudo);
                return;
            }
            self.clientes.insert(clave, previa.hecha.cliente_id);
            self.cuenta.ya_importadas += 1;
            self.avisos.append(&mut evaluada.avisos);
            self.foresee(previa.hecha.servicio_id, contenido);
            return;
        }
        let duplicado = defect(&fila, "documento", "duplicado");
        if vista && self.one_service() && self.duplicados == Duplicados::Retener {
            evaluada.defectos.push(duplicado);
        } else if repetida {
            evaluada.defectos.push(defect(
                &fila,
                &self.entorno.perfil.referencia[0],
                "referencia_repetida",
            ));
        } else if let Some(contenido) = contenido {
            self.pendientes.push(Pendiente {
                linea: cruda.linea,
                referencia,
                clave,
                identidad: evaluada.identidad,
                contenido,
                avisos: evaluada.avisos,
                duplicado,
                crudo: cruda.crudo,
            });
            return;
        }
        self.reject(cruda.linea, evaluada.defectos, cruda.crudo);
    }

    fn one_service(&self) -> bool {
        self.entorno.perfil.forma == Forma::UnServicioPorCliente
    }

    /// Rows with the same key are of one customer: the number, or for a number that is nobody's
    /// being side by side with the same name, e-mail and telephone.
    fn clave_cliente(&mut self, fila: &Fila<'_>, evaluada: &Evaluada) -> String {
        let persona = fila.persona();
        if persona != self.persona || self.one_service() {
            self.grupo += 1;
            self.persona = persona;
        }
        evaluada.identidad.clone().unwrap_or_else(|| format!("grupo {}", self.grupo))
    }

    fn reject(&mut self, linea: u64, mut defectos: Vec<Defecto>, crudo: String) {
        self.cuenta.rechazadas += 1;
        let codigos: Vec<&str> = defectos.iter().map(|d| d.codigo.as_str()).collect();
        self.rechazadas.push(Rechazada { linea, codigos: codigos.join(","), crudo });
        self.defectos.append(&mut defectos);
    }

    /// Counts a good row, in now or since an earlier run.
    fn foresee(&mut self, servicio: ServicioId, contenido: &Contenido) {
        let leido = &contenido.servicio;
        if leido.estado == EstadoServicio::Activo {
            self.cuenta.suma += leido.precio.centavos;
        }
        self.esperados.push(Esperado {
            servicio,
            meses: leido.ancla.meses(),
            estado: leido.estado,
            centavos: leido.precio.centavos,
        });
    }

    /// Finds or makes the customer of each row that waits. Errors: `Storage`.
    pub(super) async fn resolve(&mut self, c: &impl Consulta, cx: &Cx) -> Result<Tanda, Error> {
        let mut tanda = Tanda::default();
        for mut fila in std::mem::take(&mut self.pendientes) {
            let conocido = self.clientes.get(&fila.clave).copied();
            let existente = match (&fila.identidad, conocido) {
                (Some(identidad), None) => {
                    ramal_clientes::storage::by_identidad(c, identidad).await?
                }
                _ => None,
            };
            let retener = self.one_service() && self.duplicados == Duplicados::Retener;
            if existente.is_some() && retener {
                self.reject(fila.linea, vec![fila.duplicado], fila.crudo);
                continue;
            }
            let cliente = conocido.or(existente).unwrap_or_else(|| {
                self.cuenta.clientes += 1;
                let nuevo = make_cliente(cx, &fila.contenido);
                let id = nuevo.id;
                tanda.nuevos.push(nuevo);
                id
            });
            self.clientes.insert(fila.clave.clone(), cliente);
            let servicio = self.make_servicio(cx, cliente, &fila.contenido);
            self.cuenta.importadas += 1;
            self.avisos.append(&mut fila.avisos);
            self.foresee(servicio.id, &fila.contenido);
            tanda.servicios.push(servicio);
            tanda.filas.push(fila);
        }
        Ok(tanda)
    }

    fn make_servicio(&self, cx: &Cx, cliente_id: ClienteId, contenido: &Contenido) -> Servicio {
        let leido = &contenido.servicio;
        let generico = self.generico.as_ref();
        let producto_id = leido.producto.or(generico.map(|p| p.id));
        let nombre = leido.descripcion.clone().or_else(|| generico.map(|p| p.nombre.clone()));
        let activo = leido.estado == EstadoServicio::Activo;
        let cancelado = leido.estado == EstadoServicio::Cancelado;
        let ahora = cx.now();
        Servicio {
            id: cx.new_id(),
            numero: 0,
            cliente_id,
            contrato_id: None,
            emisor_id: self.emisor_id,
            producto_id: producto_id.unwrap_or_else(|| cx.new_id()),
            descripcion: nombre.unwrap_or_default(),
            precio: leido.precio,
            impuesto_incluido: self.entorno.perfil.impuesto_incluido,
            requiere_factura: self.entorno.perfil.requiere_factura,
            ancla: leido.ancla,
            inicio: leido.inicio,
            facturado_desde: leido.facturado_desde,
            fin: cancelado.then_some(leido.facturado_desde),
            estado: leido.estado,
            auto_renovacion: true,
            grupo: None,
            hechos: if activo { 1 } else { 2 },
            revisar_desde: leido.primera,
            proxima_revision: activo.then_some(leido.primera),
            configuracion: contenido.configuracion.clone(),
            notas: contenido.notas.clone(),
            version: 1,
            creado: ahora,
            actualizado: ahora,
        }
    }

    /// Writes a handful of rows with their customers and services. Errors: `Storage`.
    pub(super) async fn write(&self, tx: &Tx, cx: &Cx, mut tanda: Tanda) -> Result<(), Error> {
        let Some(ultima) = tanda.filas.last().map(|f| f.linea) else { return Ok(()) };
        if !tanda.nuevos.is_empty() {
            let primero = tx.take_numbers("clientes", count(tanda.nuevos.len())).await?;
            for (cliente, numero) in tanda.nuevos.iter_mut().zip(primero..) {
                cliente.numero = numero;
            }
            ramal_clientes::storage::insert_many(tx, &tanda.nuevos, Some(self.lote)).await?;
        }
        let primero = tx.take_numbers("servicios", count(tanda.servicios.len())).await?;
        for (servicio, numero) in tanda.servicios.iter_mut().zip(primero..) {
            servicio.numero = numero;
        }
        let lote = Some(self.lote);
        ramal_contratos::storage::insert_many(tx, cx, &tanda.servicios, lote).await?;
        for servicio in tanda.servicios.iter().filter(|s| s.estado != EstadoServicio::Activo) {
            let evento = ended(servicio);
            ramal_contratos::storage::append_hecho(tx, cx, servicio.id, &evento).await?;
        }
        let filas = tanda.filas.iter().zip(&tanda.servicios).map(|(f, s)| storage::FilaGuardada {
            linea: f.linea,
            referencia: Some(&f.referencia),
            codigo: None,
            hecha: Some(Conocida { cliente_id: s.cliente_id, servicio_id: s.id }),
            crudo: &f.crudo,
        });
        storage::insert_filas(tx, self.lote, &self.ambito, &filas.collect::<Vec<_>>()).await?;
        let linea = i64::try_from(ultima).unwrap_or(i64::MAX);
        storage::advance_lote(tx, self.lote, count(tanda.filas.len()), linea).await?;
        Ok(())
    }

    /// The report, with the comparison of source and database. Errors: `Storage`.
    pub(super) async fn report(
        &mut self,
        db: &Db,
        archivo: &str,
        emisor: &Emisor,
        intencion: Intencion,
    ) -> Result<Informe, Error> {
        let cuenta = std::mem::take(&mut self.cuenta);
        let simulado = intencion == Intencion::Simular;
        let verificacion = self.verify(db, &cuenta, simulado).await?;
        self.defectos.sort_by_key(|d| d.linea);
        self.avisos.sort_by_key(|d| d.linea);
        Ok(Informe {
            lote: self.lote,
            filas: cuenta.filas,
            importadas: cuenta.importadas,
            clientes: cuenta.clientes,
            servicios: cuenta.importadas,
            rechazadas: std::mem::take(&mut self.defectos),
            avisos: std::mem::take(&mut self.avisos),
            suma_centavos_activos: cuenta.suma,
            simulado,
            ya_importadas: cuenta.ya_importadas,
            filas_rechazadas: cuenta.rechazadas,
            moneda: emisor.moneda.codigo().to_owned(),
            perfil: self.entorno.perfil.nombre.clone(),
            archivo: archivo.to_owned(),
            emisor: emisor.numero.clone(),
            al: self.entorno.al,
            verificacion,
        })
    }

    async fn verify(
        &self,
        db: &Db,
        cuenta: &Cuenta,
        simulado: bool,
    ) -> Result<Verificacion, Error> {
        let completas =
            cuenta.filas == cuenta.importadas + cuenta.ya_importadas + cuenta.rechazadas;
        if simulado {
            let despues = Totales {
                clientes: self.antes.clientes + cuenta.clientes,
                servicios: self.antes.servicios + cuenta.importadas,
            };
            let archivo = verificar::summarize(&self.esperados);
            let (antes, cuadra) = (self.antes, completas);
            return Ok(Verificacion { antes, despues, archivo, cuadra, ..Default::default() });
        }
        let comparacion = verificar::compare(db, &self.esperados).await?;
        let despues = storage::totales(db, &self.ambito).await?;
        let entraron = despues.servicios == self.antes.servicios + cuenta.importadas;
        Ok(Verificacion {
            antes: self.antes,
            despues,
            archivo: comparacion.archivo,
            base: comparacion.base,
            modificados: comparacion.modificados,
            cuadra: completas && entraron && comparacion.iguales,
        })
    }
}

fn defect(fila: &Fila<'_>, campo: &str, codigo: &str) -> Defecto {
    Defecto::new(fila, campo, codigo, defecto::motivo(codigo).unwrap_or_default())
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The customer of a row; its number is given when it is written.
fn make_cliente(cx: &Cx, contenido: &Contenido) -> Cliente {
    let cliente = new_cliente(cx, &contenido.datos, contenido.validos.clone(), 0);
    let estado = if contenido.inactivo { EstadoCliente::Inactivo } else { cliente.estado };
    Cliente { estado, ..cliente }
}

/// The second fact of a service that came in suspended or cancelled: from its first day here.
fn ended(servicio: &Servicio) -> EventoServicio {
    let hecho = match servicio.estado {
        EstadoServicio::Suspendido => Hecho::Suspension,
        _ => Hecho::Cancelacion,
    };
    EventoServicio { secuencia: 2, desde: servicio.inicio, registrado: servicio.creado, hecho }
}
