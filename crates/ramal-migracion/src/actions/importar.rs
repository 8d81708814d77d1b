//! The import from end to end. Unlike other actions it owns its transactions, one per some hundreds
//! of rows, so that a killed run leaves whole rows and the next one goes on after them.

use ramal_base::{Cx, Fecha};
use ramal_catalogo::actions::ensure_producto_generico;
use ramal_db::Db;
use ramal_plataforma::{Emisor, Registro, audit};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::corrida::Corrida;
use crate::evaluar::Entorno;
use crate::events::LoteImportado;
use crate::fuente::{Fuente, Origen};
use crate::informe::{Avance, Informe};
use crate::perfil::Perfil;
use crate::{Error, storage};

/// Rows per transaction.
const FILAS_POR_TANDA: usize = 500;

/// What to do with a second row of one number in a one-service-per-customer source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Duplicados {
    /// Hold it back as `duplicado`.
    #[default]
    Retener,
    /// It is a second service of the same customer.
    Servicio,
}

impl Duplicados {
    /// Reads the operator's word: `retener` or `servicio`.
    pub fn parse(texto: &str) -> Option<Duplicados> {
        match texto {
            "retener" => Some(Duplicados::Retener),
            "servicio" => Some(Duplicados::Servicio),
            _ => None,
        }
    }
}

/// Whether to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Intencion {
    /// Bring the rows in.
    #[default]
    Importar,
    /// Say what would happen and write nothing.
    Simular,
}

/// What to import and how.
#[derive(Clone, Debug)]
pub struct PedidoImportacion {
    /// Where the rows come from.
    pub origen: Origen,
    /// How they read.
    pub perfil: Perfil,
    /// Whether to write.
    pub intencion: Intencion,
    /// What fell before it counts as billed by the old system; none = today at the emisor.
    pub al: Option<Fecha>,
    /// RFC or RUC of who will bill; none = the only one of the profile's country.
    pub emisor: Option<String>,
    /// Second rows of one number.
    pub duplicados: Duplicados,
}

impl PedidoImportacion {
    /// An import with every default.
    pub fn new(origen: Origen, perfil: Perfil) -> PedidoImportacion {
        PedidoImportacion {
            origen,
            perfil,
            intencion: Intencion::Importar,
            al: None,
            emisor: None,
            duplicados: Duplicados::Retener,
        }
    }
}

/// Brings the rows of a source in, or rehearses it.
///
/// Repeating it, also with rows added to the source or after a crash, brings in only what is
/// missing. `progreso` is told after each transaction.
/// Errors: those of the whole source; defects of rows are in the report. Emits `LoteImportado`.
pub async fn importar(
    db: &Db,
    cx: &Cx,
    pedido: PedidoImportacion,
    mut progreso: impl FnMut(Avance) + Send,
) -> Result<Informe, Error> {
    let emisor = choose_emisor(db, &pedido).await?;
    let al = pedido.al.unwrap_or_else(|| emisor.zona().fecha(cx.now()));
    let mut fuente = Fuente::open(&pedido.origen, &pedido.perfil).await?;
    let catalogo = ramal_catalogo::storage::all(db).await?;
    // The reader itself cannot be shared between threads; its names can.
    let (huella, nombre) = (fuente.huella.clone(), fuente.nombre.clone());
    let lote = lote_id(&huella, &pedido.perfil.nombre, &emisor);
    let entorno = Entorno::new(pedido.perfil, emisor.moneda, al, &catalogo);
    let mut corrida = Corrida::prepare(db, entorno, &emisor, (lote, pedido.duplicados)).await?;
    if pedido.intencion == Intencion::Importar {
        corrida.generico = Some(begin(db, cx, (&huella, &nombre), &emisor, &corrida).await?);
    }
    while let Some(cruda) = fuente.next_row()? {
        corrida.judge(&fuente.cabecera, cruda);
        if corrida.waiting() >= FILAS_POR_TANDA {
            flush(db, cx, &mut corrida, pedido.intencion).await?;
            progreso(corrida.avance());
        }
    }
    flush(db, cx, &mut corrida, pedido.intencion).await?;
    progreso(corrida.avance());
    finish(db, cx, corrida, (&nombre, &emisor, pedido.intencion)).await
}

/// The same content, profile and emisor give the same batch, also in a rehearsal.
fn lote_id(huella: &str, perfil: &str, emisor: &Emisor) -> Uuid {
    let resumen = Sha256::digest(format!("{huella}:{perfil}:{}", emisor.id).as_bytes());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&resumen[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Opens the batch and makes sure of the generic product.
async fn begin(
    db: &Db,
    cx: &Cx,
    (huella, archivo): (&str, &str),
    emisor: &Emisor,
    corrida: &Corrida,
) -> Result<ramal_catalogo::Producto, Error> {
    let tx = db.begin().await?;
    let generico = ensure_producto_generico(&tx, cx, emisor.moneda).await?;
    let nuevo = storage::NuevoLote {
        id: corrida.lote,
        huella,
        archivo,
        perfil: &corrida.entorno.perfil.nombre,
        emisor_id: emisor.id.uuid(),
        creado: cx.now(),
    };
    storage::open_lote(&tx, &nuevo).await?;
    tx.commit().await?;
    Ok(generico)
}

async fn flush(db: &Db, cx: &Cx, corrida: &mut Corrida, intencion: Intencion) -> Result<(), Error> {
    if intencion == Intencion::Simular {
        corrida.resolve(db, cx).await?;
        return Ok(());
    }
    if corrida.waiting() == 0 {
        return Ok(());
    }
    let tx = db.begin().await?;
    let tanda = corrida.resolve(&tx, cx).await?;
    corrida.write(&tx, cx, tanda).await.map_err(in_use)?;
    tx.commit().await?;
    Ok(())
}

/// A unique key refuses a row only when another run has brought it in meanwhile.
fn in_use(error: Error) -> Error {
    match error {
        Error::Storage(ramal_db::DbError::Unique(_)) => Error::EnCurso,
        otro => otro,
    }
}

async fn finish(
    db: &Db,
    cx: &Cx,
    mut corrida: Corrida,
    (archivo, emisor, intencion): (&str, &Emisor, Intencion),
) -> Result<Informe, Error> {
    let rechazadas = corrida.take_rechazadas();
    let informe = corrida.report(db, archivo, emisor, intencion).await?;
    if intencion == Intencion::Simular {
        return Ok(informe);
    }
    let tx = db.begin().await?;
    let guardar = rechazadas.iter().map(|r| storage::FilaGuardada {
        linea: r.linea,
        referencia: None,
        codigo: Some(&r.codigos),
        hecha: None,
        crudo: &r.crudo,
    });
    let guardar: Vec<_> = guardar.collect();
    let guardadas = storage::insert_filas(&tx, informe.lote, &corrida.ambito, &guardar).await;
    guardadas.map_err(|e| in_use(e.into()))?;
    let texto = json!(informe).to_string();
    let filas = i64::try_from(informe.filas).unwrap_or(i64::MAX);
    storage::close_lote(&tx, informe.lote, filas, &texto, cx.now()).await?;
    let registro = Registro::new("clientes.importar", "lote", informe.lote);
    let resumen = json!({
        "archivo": informe.archivo,
        "perfil": informe.perfil,
        "filas": informe.filas,
        "importadas": informe.importadas,
        "rechazadas": informe.filas_rechazadas,
        "cuadra": informe.verificacion.cuadra,
    });
    audit(&tx, cx, registro.despues(resumen)).await?;
    tx.emit(cx, &LoteImportado::from(&informe)).await?;
    tx.commit().await?;
    Ok(informe)
}

/// The emisor that was named, or the only one of the profile's country.
async fn choose_emisor(db: &Db, pedido: &PedidoImportacion) -> Result<Emisor, Error> {
    let todos = ramal_plataforma::emisores(db).await?;
    let pais = pedido.perfil.pais();
    if let Some(numero) = &pedido.emisor {
        let numero = numero.trim().to_uppercase();
        let elegido = todos.into_iter().find(|e| e.numero == numero);
        let elegido = elegido.ok_or(Error::SinEmisor(numero))?;
        if elegido.pais != pais {
            let (emisor, pais, esperado) = (elegido.numero, elegido.pais.codigo(), pais.codigo());
            return Err(Error::EmisorDeOtroPais { emisor, pais, esperado });
        }
        return Ok(elegido);
    }
    let mut suyos: Vec<Emisor> = todos.into_iter().filter(|e| e.pais == pais).collect();
    match (suyos.pop(), suyos.is_empty()) {
        (Some(unico), true) => Ok(unico),
        (None, _) => Err(Error::SinEmisor(format!("de {}", pais.codigo()))),
        (Some(ultimo), false) => {
            let numeros = suyos.into_iter().map(|e| e.numero).chain([ultimo.numero]);
            Err(Error::EmisorAmbiguo(numeros.collect()))
        }
    }
}
