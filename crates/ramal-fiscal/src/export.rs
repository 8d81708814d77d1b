//! Export: what the authority received and answered, file by file, named by the norm. It holds one
//! page of rows and the files of one document at a time.

use std::collections::{HashMap, VecDeque};

use ramal_base::Cx;
use ramal_db::{Cursor, Db, DbError, Objetos};
use ramal_pdf::Papel;
use uuid::Uuid;

use crate::storage::{self, Clase, ComprobanteFila, FiltroComprobantes};
use crate::{Error, lotes};
use crate::{impreso, nombre};

/// Rows read at once.
const PAGINA: u32 = 200;

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archivo {
    /// Name by the norm, without folders.
    pub nombre: String,
    /// Its bytes, as sent or received.
    pub bytes: Vec<u8>,
}

/// Whether printed forms are exported too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impresos {
    /// Legal files only.
    Sin,
    /// One PDF per document.
    Con(Papel),
}

/// A walk over every document and summary.
pub struct Exportacion {
    db: Db,
    cx: Cx,
    objetos: Objetos,
    impresos: Impresos,
    emisores: HashMap<Uuid, String>,
    filas: VecDeque<ComprobanteFila>,
    cursor: Option<String>,
    agotado: bool,
    lote: Uuid,
}

impl Exportacion {
    /// Begins the walk. Errors: `Storage`.
    pub async fn new(
        db: Db,
        cx: Cx,
        objetos: Objetos,
        impresos: Impresos,
    ) -> Result<Exportacion, Error> {
        let emisores = ramal_plataforma::emisores(&db).await;
        let emisores = emisores.map_err(|_| DbError::Corrupt("the emisores do not read back"))?;
        Ok(Exportacion {
            emisores: emisores.into_iter().map(|e| (e.id.uuid(), e.numero)).collect(),
            db,
            cx,
            objetos,
            impresos,
            filas: VecDeque::new(),
            cursor: None,
            agotado: false,
            lote: Uuid::nil(),
        })
    }

    /// Files of the next document, or of the next RC or RA; none when all were given.
    pub async fn next(&mut self) -> Result<Option<Vec<Archivo>>, Error> {
        if self.filas.is_empty() && !self.agotado {
            self.read_page().await?;
        }
        match self.filas.pop_front() {
            Some(fila) => self.files_of(&fila).await.map(Some),
            None => self.next_lote().await,
        }
    }

    async fn read_page(&mut self) -> Result<(), DbError> {
        let cursor = Cursor { limite: PAGINA, cursor: self.cursor.take() };
        let pagina = storage::list(&self.db, &FiltroComprobantes::default(), &cursor).await?;
        self.agotado = pagina.siguiente.is_none();
        self.cursor = pagina.siguiente;
        self.filas = pagina.datos.into();
        Ok(())
    }

    fn numero(&self, emisor: Uuid) -> &str {
        self.emisores.get(&emisor).map_or("", String::as_str)
    }

    async fn files_of(&self, fila: &ComprobanteFila) -> Result<Vec<Archivo>, Error> {
        let mexico = matches!(fila.tipo.as_str(), "I" | "E" | "P");
        let mut clases = match (mexico, fila.uuid_fiscal.is_some()) {
            (true, true) => vec![Clase::Timbrado],
            (true, false) => vec![Clase::Xml],
            (false, _) => vec![Clase::Xml, Clase::Cdr],
        };
        if fila.cancelacion.is_some() {
            clases.extend([Clase::Solicitud, Clase::Acuse]);
        }
        let mut archivos = Vec::new();
        for clase in clases {
            let bytes = storage::bytes(&self.db, &self.objetos, fila.id, clase).await?;
            let nombre = nombre::nombre_archivo(self.numero(fila.emisor_id), fila, clase);
            archivos.extend(bytes.map(|bytes| Archivo { nombre, bytes }));
        }
        if let Impresos::Con(papel) = self.impresos {
            let bytes = impreso::pdf(&self.db, &self.cx, &self.objetos, fila.id, papel).await?;
            let numero = self.numero(fila.emisor_id);
            let nombre = nombre::nombre_archivo(numero, fila, Clase::Pdf);
            archivos.push(Archivo { nombre, bytes });
        }
        Ok(archivos)
    }

    async fn next_lote(&mut self) -> Result<Option<Vec<Archivo>>, Error> {
        let lista = lotes::list(&self.db, self.lote, 1).await?;
        let Some(lote) = lista.into_iter().next() else { return Ok(None) };
        self.lote = lote.id;
        let (xml, cdr) = lotes::bytes(&self.db, lote.id).await?;
        let mut archivos = vec![Archivo { nombre: format!("{}.xml", lote.nombre), bytes: xml }];
        let nombre = format!("R-{}.zip", lote.nombre);
        archivos.extend(cdr.map(|bytes| Archivo { nombre, bytes }));
        Ok(Some(archivos))
    }
}
