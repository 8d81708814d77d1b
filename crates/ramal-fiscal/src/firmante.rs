//! The emisor's certificate with its key, opened from its seal. The key is never written, logged or
//! sent.

use ramal_base::{Cx, Instante};
use ramal_cfdi::Csd;
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use ramal_plataforma::Sello;
use ramal_sunat::firma::FirmanteSunat;
use ramal_xml::{Certificado, Llave};
use uuid::Uuid;

use crate::{EmisorFiscal, Error};

/// What signs the documents of an emisor.
pub enum Firmante {
    /// Certificado de sello digital.
    Mx(Box<Csd>),
    /// Certificado digital tributario.
    Pe(Box<FirmanteSunat>),
}

/// Where a certificate came from; a test one never signs in real mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Procedencia {
    /// Issued by the authority or an accredited entity.
    Autoridad,
    /// Made on the spot for demos and tests.
    Prueba,
}

/// Certificate on record, without its key.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CertificadoFila {
    /// Identifier.
    pub id: Uuid,
    /// Serial number as its authority prints it.
    pub numero: String,
    /// Owner.
    pub titular: String,
    /// Start of validity.
    pub desde: Instante,
    /// End of validity.
    pub hasta: Instante,
    /// Made on the spot.
    pub prueba: bool,
}

#[derive(FromQueryResult)]
struct FilaLlave {
    der: Vec<u8>,
    llave_sellada: Vec<u8>,
}

impl Firmante {
    fn parts(&self) -> (Vec<u8>, Vec<u8>) {
        match self {
            Firmante::Mx(csd) => csd.to_parts(),
            Firmante::Pe(f) => (f.certificado().der().to_vec(), f.llave_pkcs8_der()),
        }
    }

    fn certificado(&self) -> &Certificado {
        match self {
            Firmante::Mx(csd) => csd.certificado(),
            Firmante::Pe(f) => f.certificado(),
        }
    }

    fn numero(&self) -> String {
        let serie = || hex::encode(self.certificado().serial_bytes());
        self.certificado().numero().unwrap_or_else(serie)
    }

    /// Checks owner and validity. Errors: `Certificado` with what to do.
    pub fn check(&self, emisor: &EmisorFiscal, ahora: Instante) -> Result<(), Error> {
        let dicho = match self {
            Firmante::Mx(csd) => {
                csd.check(&emisor.numero, ahora.millis()).map(|_| ()).map_err(|e| e.to_string())
            }
            Firmante::Pe(f) => f.comprobar(&emisor.numero, ahora).map_err(|e| e.to_string()),
        };
        dicho.map_err(Error::Certificado)
    }
}

/// Keeps a checked certificate, its key sealed, and makes it the active one of the emisor.
///
/// Errors: `Certificado` if it is another's, not in force or a test one for a real emisor;
/// `Storage`.
pub async fn load_certificado(
    tx: &Tx,
    cx: &Cx,
    sello: &Sello,
    emisor: &EmisorFiscal,
    (firmante, procedencia): (&Firmante, Procedencia),
) -> Result<CertificadoFila, Error> {
    firmante.check(emisor, cx.now())?;
    let (der, llave) = firmante.parts();
    let id: Uuid = cx.new_id::<Firmante>().uuid();
    let sellada = sello
        .seal(&seal_name(id), &llave)
        .map_err(|_| Error::Certificado("no se pudo sellar la llave".into()))?;
    let fila = CertificadoFila {
        id,
        numero: firmante.numero(),
        titular: emisor.numero.clone(),
        desde: Instante::from_millis(firmante.certificado().valid_from()),
        hasta: Instante::from_millis(firmante.certificado().valid_to()),
        prueba: procedencia == Procedencia::Prueba,
    };
    tx.exec("UPDATE certificados SET activo = FALSE WHERE emisor_id = $1", params![emisor.id])
        .await?;
    const SQL: &str = "INSERT INTO certificados (id, emisor_id, numero, titular, der, \
        llave_sellada, desde, hasta, prueba, activo, creado) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE, $10)";
    let valores = params![
        fila.id,
        emisor.id,
        fila.numero.as_str(),
        fila.titular.as_str(),
        der,
        sellada,
        fila.desde,
        fila.hasta,
        fila.prueba,
        cx.now(),
    ];
    tx.exec(SQL, valores).await?;
    Ok(fila)
}

fn seal_name(id: Uuid) -> String {
    format!("certificado/{id}")
}

/// Opens the active certificate of an emisor. Errors: `SinCertificado`, `Certificado`, `Storage`.
pub async fn open(
    c: &impl Consulta,
    sello: &Sello,
    emisor: &EmisorFiscal,
) -> Result<Firmante, Error> {
    const SQL: &str = "SELECT id, der, llave_sellada FROM certificados \
        WHERE emisor_id = $1 AND activo = TRUE ORDER BY id DESC LIMIT 1";
    let id: Option<Uuid> = c.scalar(SQL, params![emisor.id]).await?;
    let id = id.ok_or(Error::SinCertificado)?;
    const SQL_LLAVE: &str = "SELECT der, llave_sellada FROM certificados WHERE id = $1";
    let fila = c.opt::<FilaLlave>(SQL_LLAVE, params![id]).await?.ok_or(Error::SinCertificado)?;
    let llave = sello
        .open(&seal_name(id), &fila.llave_sellada)
        .map_err(|_| Error::Certificado("la clave maestra no abre la llave guardada".into()))?;
    assemble(emisor, &fila.der, &llave)
}

fn assemble(emisor: &EmisorFiscal, der: &[u8], llave: &[u8]) -> Result<Firmante, Error> {
    let bad = |e: String| Error::Certificado(e);
    if emisor.pais == ramal_base::Pais::Pe {
        let llave = Llave::from_pkcs8_der(llave).map_err(|e| bad(e.to_string()))?;
        let certificado = Certificado::from_der(der).map_err(|e| bad(e.to_string()))?;
        let firmante = FirmanteSunat::new(llave, certificado).map_err(|e| bad(e.to_string()))?;
        return Ok(Firmante::Pe(Box::new(firmante)));
    }
    let csd = Csd::from_parts(der, llave).map_err(|e| bad(e.to_string()))?;
    Ok(Firmante::Mx(Box::new(csd)))
}

/// Certificates that end before `limite`, soonest first; for the watch and the owner's dashboard.
pub async fn expiring(
    c: &impl Consulta,
    limite: Instante,
) -> Result<Vec<CertificadoFila>, DbError> {
    const SQL: &str = "SELECT id, numero, titular, desde, hasta, prueba FROM certificados \
        WHERE activo = TRUE AND hasta < $1 ORDER BY hasta";
    c.all(SQL, params![limite]).await
}

/// Certificate in use with its emisor and its public bytes; never its key.
#[derive(Clone, Debug, FromQueryResult)]
pub struct CertificadoActivo {
    /// Emisor.
    pub emisor_id: Uuid,
    /// Serial number as its authority prints it.
    pub numero: String,
    /// Owner.
    pub titular: String,
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// Start of validity.
    pub desde: Instante,
    /// End of validity.
    pub hasta: Instante,
    /// Made on the spot.
    pub prueba: bool,
    /// When it was loaded.
    pub creado: Instante,
}

/// Certificates in use, one per emisor that has one.
pub async fn activos(c: &impl Consulta) -> Result<Vec<CertificadoActivo>, DbError> {
    const SQL: &str = "SELECT emisor_id, numero, titular, der, desde, hasta, prueba, creado \
        FROM certificados WHERE activo = TRUE ORDER BY hasta";
    c.all(SQL, params![]).await
}

/// Makes a test certificate for an emisor, valid from a day ago for four years.
///
/// Errors: `Certificado` if the machine cannot make a key.
pub fn prueba(emisor: &EmisorFiscal, cx: &Cx) -> Result<Firmante, Error> {
    const DIA_MS: i64 = 86_400_000;
    let ahora = cx.now().millis();
    let (desde, hasta) = (ahora - DIA_MS, ahora + 1460 * DIA_MS);
    if emisor.pais == ramal_base::Pais::Pe {
        let firmante =
            FirmanteSunat::prueba(&emisor.numero, &emisor.razon_social, desde, hasta, serial(cx));
        let firmante = firmante.map_err(|e| Error::Certificado(e.to_string()))?;
        return Ok(Firmante::Pe(Box::new(firmante)));
    }
    let datos = ramal_cfdi::csd::DatosPrueba {
        rfc: emisor.numero.clone().into(),
        razon_social: emisor.razon_social.clone().into(),
        desde_ms: desde,
        hasta_ms: hasta,
        consecutivo: u32::try_from(ahora.rem_euclid(1_000_000)).unwrap_or(1),
    };
    let csd = Csd::prueba(&datos).map_err(|e| Error::Certificado(e.to_string()))?;
    Ok(Firmante::Mx(Box::new(csd)))
}

fn serial(cx: &Cx) -> Vec<u8> {
    cx.new_id::<Firmante>().uuid().as_bytes()[..8].to_vec()
}
