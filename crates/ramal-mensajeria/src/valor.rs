//! Typed values of a template's variables, and how each country writes them. It knows no template.

use std::collections::BTreeMap;

use ramal_base::{Dinero, Fecha};
use ramal_web::pagina::Formato;
use serde::{Deserialize, Serialize};

/// Values by the name of their variable.
pub type Variables = BTreeMap<String, Valor>;

/// Type of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tipo {
    /// Plain text.
    Texto,
    /// Money with its currency.
    Dinero,
    /// A day.
    Fecha,
    /// An address that is opened.
    Enlace,
}

impl Tipo {
    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Tipo::Texto => "texto",
            Tipo::Dinero => "dinero",
            Tipo::Fecha => "fecha",
            Tipo::Enlace => "enlace",
        }
    }
}

/// Value of a variable. `Debug` tells the type alone: values are personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Valor {
    /// Plain text.
    Texto(String),
    /// Money, written as the addressee's country does.
    Dinero(Dinero),
    /// A day, written as the addressee's country does.
    Fecha(Fecha),
    /// An address that is opened; `https://…`, or any other scheme of the site.
    Enlace(String),
    /// A text or address that nobody but the addressee may see, sealed under
    /// `notificacion/<clave>/<variable>`; hexadecimal.
    Sellado(String),
}

impl std::fmt::Debug for Valor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tipo = self.tipo().map_or("sellado", Tipo::as_str);
        f.debug_tuple("Valor").field(&tipo).finish()
    }
}

impl Valor {
    /// A text.
    pub fn texto(texto: impl Into<String>) -> Valor {
        Valor::Texto(texto.into())
    }

    /// An address.
    pub fn enlace(ruta: impl Into<String>) -> Valor {
        Valor::Enlace(ruta.into())
    }

    /// Its type; `None` if it is sealed, which serves for text and address alike.
    pub fn tipo(&self) -> Option<Tipo> {
        match self {
            Valor::Texto(_) => Some(Tipo::Texto),
            Valor::Dinero(_) => Some(Tipo::Dinero),
            Valor::Fecha(_) => Some(Tipo::Fecha),
            Valor::Enlace(_) => Some(Tipo::Enlace),
            Valor::Sellado(_) => None,
        }
    }

    /// Whether it serves where a `tipo` is asked for. A text may stand for an address that is
    /// sealed, and for nothing else.
    pub fn fits(&self, tipo: Tipo) -> bool {
        match self.tipo() {
            Some(suyo) => suyo == tipo,
            None => matches!(tipo, Tipo::Texto | Tipo::Enlace),
        }
    }

    /// As the country writes it; dots in the place of what is sealed.
    pub fn words(&self, formato: &Formato) -> String {
        match self {
            Valor::Texto(texto) | Valor::Enlace(texto) => texto.clone(),
            Valor::Dinero(dinero) => formato.dinero(*dinero),
            Valor::Fecha(fecha) => formato.fecha_texto(*fecha),
            Valor::Sellado(_) => "••••••".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::{Moneda, Pais, Zona};

    #[test]
    fn a_value_prints_no_personal_data() {
        let valor = Valor::texto("Rosa Quispe");
        assert!(!format!("{valor:?}").contains("Rosa"));
    }

    #[test]
    fn each_country_writes_money_its_way() {
        let valor = Valor::Dinero(Dinero::new(123_450, Moneda::Pen));
        let formato = |pais| Formato { pais, zona: Zona::utc() };
        assert_eq!(valor.words(&formato(Pais::Pe)), "S/\u{a0}1,234.50");
        assert_eq!(valor.words(&formato(Pais::Ar)), "S/\u{a0}1.234,50");
    }

    #[test]
    fn what_is_sealed_serves_as_text_or_address_and_shows_dots() {
        let valor = Valor::Sellado("00ff".into());
        assert!(valor.fits(Tipo::Enlace) && valor.fits(Tipo::Texto) && !valor.fits(Tipo::Dinero));
        assert_eq!(valor.words(&Formato::default()), "••••••");
    }
}
