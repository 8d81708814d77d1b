//! Coverage areas: where a product can be sold. It knows postal codes and technologies, no map.

use ramal_base::{CampoInvalido, Id, Instante};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Tecnologia, reglas};

/// Marker of zone ids.
pub struct ZonaMarca;

/// Identifier of a zone.
pub type ZonaId = Id<ZonaMarca>;

/// A coverage area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Zona {
    /// Identifier.
    pub id: ZonaId,
    /// Short code, unique.
    pub codigo: String,
    /// Name for people.
    pub nombre: String,
    /// Postal codes that it covers, sorted.
    pub codigos_postales: Vec<String>,
    /// Technologies that it has, sorted, at least one.
    pub tecnologias: Vec<Tecnologia>,
    /// Whether something can be sold there.
    pub activa: bool,
    /// Grows by one with every change; the ETag.
    pub version: i64,
    /// When it was made.
    pub creado: Instante,
    /// When it last changed.
    pub actualizado: Instante,
}

impl Zona {
    /// Whether a product of these technologies (none = any) can be installed in the zone.
    ///
    /// A combo needs all of its components', so several may be asked at once.
    pub fn admits(&self, tecnologias: &[Option<Tecnologia>]) -> bool {
        tecnologias.iter().flatten().all(|t| self.tecnologias.contains(t))
    }

    /// Whether an address is covered: active zone, postal code listed, technology present.
    pub fn covers(&self, codigo_postal: &str, tecnologia: Option<Tecnologia>) -> bool {
        let lista = self.codigos_postales.binary_search_by(|c| c.as_str().cmp(codigo_postal));
        self.activa && lista.is_ok() && self.admits(&[tecnologia])
    }
}

/// Body of `POST /catalogo/zonas`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosZona {
    /// Código corto; si falta, sale del nombre.
    #[schema(example = "centro", max_length = 60)]
    pub codigo: Option<String>,
    /// Nombre.
    #[schema(example = "Centro", min_length = 1, max_length = 120)]
    pub nombre: String,
    /// Códigos postales que cubre.
    #[serde(default)]
    #[schema(example = json!(["06600", "06700"]), max_items = 5000)]
    pub codigos_postales: Vec<String>,
    /// Tecnologías que tiene.
    #[schema(min_items = 1)]
    pub tecnologias: Vec<Tecnologia>,
}

/// Body of `PATCH /catalogo/zonas/{id}`: only what is sent changes.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CambioZona {
    /// Nombre.
    pub nombre: Option<String>,
    /// Códigos postales que cubre; reemplaza la lista.
    pub codigos_postales: Option<Vec<String>>,
    /// Tecnologías que tiene; reemplaza la lista.
    pub tecnologias: Option<Vec<Tecnologia>>,
    /// Si se puede vender en ella.
    pub activa: Option<bool>,
}

/// Postal code of four to eight letters or digits, upper case.
pub fn check_codigo_postal(texto: &str) -> Option<String> {
    let limpio = texto.trim().to_ascii_uppercase();
    let bien = (4..=8).contains(&limpio.len()) && limpio.bytes().all(|b| b.is_ascii_alphanumeric());
    bien.then_some(limpio)
}

/// The form as it is stored: sorted lists, clean texts.
pub(crate) fn check(datos: DatosZona) -> Result<DatosZona, Vec<CampoInvalido>> {
    let mut errores = Vec::new();
    let nombre = reglas::check_nombre(&datos.nombre, &mut errores);
    let codigo = datos.codigo.unwrap_or_else(|| reglas::slug(&nombre));
    let codigo = reglas::check_codigo(&codigo, &mut errores);
    let codigos_postales = postal_codes(datos.codigos_postales, &mut errores);
    let tecnologias = technologies(datos.tecnologias, &mut errores);
    if !errores.is_empty() {
        return Err(errores);
    }
    Ok(DatosZona { codigo: Some(codigo), nombre, codigos_postales, tecnologias })
}

pub(crate) fn postal_codes(lista: Vec<String>, errores: &mut Vec<CampoInvalido>) -> Vec<String> {
    if lista.len() > 5000 {
        let motivo = "Una zona lleva 5000 códigos postales o menos; divídala.";
        errores.push(CampoInvalido::new("codigos_postales", "lista_larga", motivo));
        return Vec::new();
    }
    let mut limpios = Vec::with_capacity(lista.len());
    for (i, texto) in lista.iter().enumerate() {
        match check_codigo_postal(texto) {
            Some(codigo) => limpios.push(codigo),
            None => {
                let campo = format!("codigos_postales[{i}]");
                let motivo = "El código postal lleva de 4 a 8 letras o dígitos.";
                errores.push(CampoInvalido::new(campo, "cp_formato", motivo));
            }
        }
    }
    limpios.sort();
    limpios.dedup();
    limpios
}

pub(crate) fn technologies(
    mut lista: Vec<Tecnologia>,
    errores: &mut Vec<CampoInvalido>,
) -> Vec<Tecnologia> {
    lista.sort();
    lista.dedup();
    if lista.is_empty() {
        let motivo = "Indique al menos una tecnología: ftth, hfc o wisp.";
        errores.push(CampoInvalido::new("tecnologias", "requerido", motivo));
    }
    lista
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zona(activa: bool) -> Zona {
        Zona {
            id: Id::from_uuid(uuid::Uuid::nil()),
            codigo: "centro".into(),
            nombre: "Centro".into(),
            codigos_postales: vec!["06600".into(), "06700".into()],
            tecnologias: vec![Tecnologia::Ftth, Tecnologia::Hfc],
            activa,
            version: 1,
            creado: Instante::from_millis(0),
            actualizado: Instante::from_millis(0),
        }
    }

    #[test]
    fn an_address_is_covered_by_code_technology_and_state() {
        assert!(zona(true).covers("06700", None));
        assert!(zona(true).covers("06600", Some(Tecnologia::Hfc)));
        assert!(!zona(true).covers("06600", Some(Tecnologia::Wisp)));
        assert!(!zona(true).covers("0660", None));
        assert!(!zona(false).covers("06600", None));
    }

    #[test]
    fn a_combo_needs_every_technology_of_its_parts() {
        let (ftth, hfc, wisp) = (Tecnologia::Ftth, Tecnologia::Hfc, Tecnologia::Wisp);
        assert!(zona(true).admits(&[None, Some(ftth), Some(hfc)]));
        assert!(!zona(true).admits(&[Some(ftth), Some(wisp)]));
        assert!(zona(true).admits(&[]));
    }

    #[test]
    fn postal_codes_are_kept_sorted_and_once() {
        let mut errores = Vec::new();
        let lista = ["06700", " 06600", "06700", "x", "06-60"].map(String::from).to_vec();
        assert_eq!(postal_codes(lista, &mut errores), ["06600", "06700"]);
        let campos: Vec<&str> = errores.iter().map(|e| e.campo.as_str()).collect();
        assert_eq!(campos, ["codigos_postales[3]", "codigos_postales[4]"]);
    }
}
