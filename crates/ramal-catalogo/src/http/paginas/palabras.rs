//! Words of the catalogue's kinds and states, as choices and as badges. It decides nothing.

use ramal_base::Fecha;
use ramal_web::pagina::{Insignia, Marco, Opcion};

use crate::promocion::Descuento;
use crate::{Categoria, ClaseProducto, Periodicidad, Producto, Promocion, Tecnologia};

/// Kinds of product that are not combos.
pub const CLASES: [ClaseProducto; 3] =
    [ClaseProducto::Plan, ClaseProducto::Servicio, ClaseProducto::Pack];

/// Tax treatments, as the API names them.
pub const IMPUESTOS: [&str; 6] =
    ["general", "frontera", "cero", "exento", "inafecto", "general_ieps"];

fn choices(marco: &Marco, grupo: &str, valores: &[&'static str]) -> Vec<Opcion> {
    let opcion = |v: &&str| Opcion::new(*v, word(marco, grupo, v));
    valores.iter().map(opcion).collect()
}

fn word(marco: &Marco, grupo: &str, valor: &str) -> String {
    let clave = format!("catalogo-{grupo}-{}", valor.replace('_', "-"));
    marco.t(&clave)
}

/// Kinds, without combos.
pub fn clases(marco: &Marco) -> Vec<Opcion> {
    choices(marco, "clase", &CLASES.map(ClaseProducto::as_str))
}

/// Kinds, with combos.
pub fn todas_las_clases(marco: &Marco) -> Vec<Opcion> {
    choices(marco, "clase", &["plan", "servicio", "pack", "combo"])
}

/// Categories.
pub fn categorias(marco: &Marco) -> Vec<Opcion> {
    choices(marco, "categoria", &Categoria::TODAS.map(Categoria::as_str))
}

/// Technologies.
pub fn tecnologias(marco: &Marco) -> Vec<Opcion> {
    choices(marco, "tecnologia", &Tecnologia::TODAS.map(Tecnologia::as_str))
}

/// Periods, shortest first.
pub fn periodos(marco: &Marco) -> Vec<Opcion> {
    choices(marco, "periodo", &Periodicidad::TODAS.map(Periodicidad::as_str))
}

/// Tax treatments.
pub fn impuestos(marco: &Marco) -> Vec<Opcion> {
    choices(marco, "impuesto", &IMPUESTOS)
}

/// On or off, for filters.
pub fn activos(marco: &Marco) -> Vec<Opcion> {
    vec![
        Opcion::new("true", marco.t("catalogo-activo")),
        Opcion::new("false", marco.t("catalogo-inactivo")),
    ]
}

/// Word of a kind.
pub fn clase(marco: &Marco, clase: ClaseProducto) -> String {
    word(marco, "clase", clase.as_str())
}

/// Word of a category.
pub fn categoria(marco: &Marco, categoria: Categoria) -> String {
    word(marco, "categoria", categoria.as_str())
}

/// Word of a technology; «cualquiera» if the product fits any.
pub fn tecnologia(marco: &Marco, tecnologia: Option<Tecnologia>) -> String {
    match tecnologia {
        Some(t) => word(marco, "tecnologia", t.as_str()),
        None => marco.t("catalogo-tecnologia-cualquiera"),
    }
}

/// Words of several technologies.
pub fn lista_tecnologias(marco: &Marco, todas: &[Tecnologia]) -> String {
    let palabras: Vec<String> = todas.iter().map(|t| tecnologia(marco, Some(*t))).collect();
    palabras.join(", ")
}

/// Word of a period.
pub fn periodo(marco: &Marco, periodo: Periodicidad) -> String {
    word(marco, "periodo", periodo.as_str())
}

/// Word of a tax treatment.
pub fn impuesto(marco: &Marco, impuesto: &str) -> String {
    word(marco, "impuesto", impuesto)
}

/// Speed, empty if the product has none.
pub fn velocidad(marco: &Marco, producto: &Producto) -> String {
    let texto = |v: i32| marco.t1("catalogo-mbps", "n", marco.numero(&i64::from(v)));
    producto.velocidad_mbps.map_or_else(String::new, texto)
}

/// Badge of on and off.
pub fn activo(marco: &Marco, activo: bool) -> Insignia {
    if activo {
        Insignia::ok(marco.t("catalogo-activo"))
    } else {
        Insignia::pausa(marco.t("catalogo-inactivo"))
    }
}

/// What a promotion takes off, in words.
pub fn descuento(marco: &Marco, promocion: &Promocion) -> String {
    match promocion.descuento {
        Descuento::Porcentaje(puntos) => {
            let numero = ramal_base::dinero::format_centavos(puntos);
            let corto = numero.strip_suffix(".00").unwrap_or(&numero);
            marco.t1("catalogo-descuento-porcentaje", "n", corto)
        }
        Descuento::Importe(importe) => {
            marco.t1("catalogo-descuento-importe", "n", marco.dinero(&importe))
        }
    }
}

/// Where a promotion stands on a day.
pub fn vigencia(marco: &Marco, promocion: &Promocion, hoy: Fecha) -> Insignia {
    if !promocion.activa {
        Insignia::pausa(marco.t("catalogo-inactiva"))
    } else if promocion.desde > hoy {
        Insignia::ramal(marco.t1("catalogo-empieza", "dia", marco.fecha_texto(&promocion.desde)))
    } else if promocion.is_vigente(hoy) {
        Insignia::ok(marco.t("catalogo-vigente"))
    } else {
        Insignia::cruz(marco.t("catalogo-terminada"))
    }
}

/// Where a promotion can stand, for the filter.
pub fn vigencias(marco: &Marco) -> Vec<Opcion> {
    vec![
        Opcion::new("vigente", marco.t("catalogo-vigente")),
        Opcion::new("futura", marco.t("catalogo-futura")),
        Opcion::new("terminada", marco.t("catalogo-terminada")),
    ]
}
