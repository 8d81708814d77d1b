//! A report in the words of a page. It counts nothing that the report does not say.

use ramal_base::{Dinero, Moneda};
use ramal_web::pagina::{Insignia, Marco};

use crate::Defecto;
use crate::informe::{Grupo, Informe};

/// Defects that a page lists; the rest are in the download.
const MUESTRA: usize = 100;

/// A report as a page shows it.
pub struct Resumen {
    /// Rows of the source.
    pub filas: String,
    /// Rows that come in.
    pub importadas: String,
    /// Rows that an earlier run brought in.
    pub ya: String,
    /// Rows that stay out.
    pub rechazadas: String,
    /// Customers made.
    pub clientes: String,
    /// Sum of the active services, for a tile.
    pub suma_corta: String,
    /// The same sum to the cent.
    pub suma: String,
    /// Counts before and after.
    pub totales: Vec<Total>,
    /// Services by period and state.
    pub grupos: Vec<Fila>,
    /// Sum of every group in the source, and in the base if it was compared.
    pub pie: Fila,
    /// Whether the base was compared.
    pub comparado: bool,
    /// Whether all of it adds up.
    pub cuadra: Insignia,
    /// Services changed since they came in; empty if none.
    pub modificados: String,
    /// Why rows stayed out, the first ones.
    pub defectos: Vec<Defecto>,
    /// How many more there are.
    pub mas_defectos: i64,
    /// What rows went in without, the first ones.
    pub avisos: Vec<Defecto>,
    /// How many more there are.
    pub mas_avisos: i64,
    /// Facts of how it was read.
    pub perfil: String,
    /// Who will bill.
    pub emisor: String,
    /// What fell before counts as billed.
    pub al: String,
    /// Whether something comes in.
    pub entra: bool,
}

/// A count before and after.
pub struct Total {
    /// Key of its name.
    pub clave: &'static str,
    /// Before.
    pub antes: String,
    /// After.
    pub despues: String,
    /// The difference, with its sign.
    pub cambio: String,
}

/// Services of one period and state, in the source and in the base.
pub struct Fila {
    /// Period in words.
    pub periodo: String,
    /// State in words.
    pub estado: String,
    /// How many in the source.
    pub servicios: String,
    /// Sum in the source.
    pub suma: String,
    /// How many in the base.
    pub en_base: String,
    /// Sum in the base.
    pub suma_base: String,
}

impl Resumen {
    /// The words of a report.
    pub fn new(marco: &Marco, informe: &Informe) -> Resumen {
        let moneda = Moneda::parse(&informe.moneda).unwrap_or(Moneda::Mxn);
        let numero = |n: u64| marco.numero(&i64::try_from(n).unwrap_or(i64::MAX));
        let v = &informe.verificacion;
        let activos = Dinero::new(informe.suma_centavos_activos, moneda);
        let comparado = !informe.simulado;
        let grupos = groups(marco, moneda, (&v.archivo, &v.base));
        let cuadra = match (v.cuadra, comparado) {
            (true, true) => Insignia::ok(marco.t("importaciones-cuadra")),
            (true, false) => Insignia::ok(marco.t("importaciones-cuadra-prueba")),
            (false, _) => Insignia::mal(marco.t("importaciones-no-cuadra")),
        };
        let (defectos, mas_defectos) = sample(&informe.rechazadas);
        let (avisos, mas_avisos) = sample(&informe.avisos);
        Resumen {
            filas: numero(informe.filas),
            importadas: numero(informe.importadas),
            ya: numero(informe.ya_importadas),
            rechazadas: numero(informe.filas_rechazadas),
            clientes: numero(informe.clientes),
            suma_corta: marco.dinero_corto(&activos),
            suma: marco.dinero(&activos),
            totales: vec![
                total(marco, "importaciones-clientes", (v.antes.clientes, v.despues.clientes)),
                total(marco, "importaciones-servicios", (v.antes.servicios, v.despues.servicios)),
            ],
            pie: footer(marco, moneda, (&v.archivo, &v.base)),
            grupos,
            comparado,
            cuadra,
            modificados: if v.modificados == 0 { String::new() } else { numero(v.modificados) },
            defectos,
            mas_defectos,
            avisos,
            mas_avisos,
            perfil: profile(marco, &informe.perfil),
            emisor: informe.emisor.clone(),
            al: marco.fecha_texto(&informe.al),
            entra: informe.importadas > 0,
        }
    }
}

/// Name of a profile in words; its own name if it is not one of the program.
pub(super) fn profile(marco: &Marco, perfil: &str) -> String {
    match perfil {
        "seed003" | "panel" => marco.t(&format!("importaciones-perfil-{perfil}")),
        otro => otro.to_owned(),
    }
}

fn sample(defectos: &[Defecto]) -> (Vec<Defecto>, i64) {
    let mas = defectos.len().saturating_sub(MUESTRA);
    let primeros = defectos.iter().take(MUESTRA).cloned().collect();
    (primeros, i64::try_from(mas).unwrap_or(i64::MAX))
}

fn total(marco: &Marco, clave: &'static str, (antes, despues): (u64, u64)) -> Total {
    let n = |valor: u64| i64::try_from(valor).unwrap_or(i64::MAX);
    let cambio = n(despues) - n(antes);
    let signo = if cambio > 0 { "+" } else { "" };
    Total {
        clave,
        antes: marco.numero(&n(antes)),
        despues: marco.numero(&n(despues)),
        cambio: format!("{signo}{}", marco.numero(&cambio)),
    }
}

fn groups(marco: &Marco, moneda: Moneda, (archivo, base): (&[Grupo], &[Grupo])) -> Vec<Fila> {
    let mut claves: Vec<(&str, &str)> = Vec::new();
    for g in archivo.iter().chain(base) {
        if !claves.contains(&(&g.periodo, &g.estado)) {
            claves.push((&g.periodo, &g.estado));
        }
    }
    let fila = |(periodo, estado): (&str, &str)| {
        let find = |lista: &[Grupo]| {
            let grupo = lista.iter().find(|g| g.periodo == periodo && g.estado == estado);
            grupo.map_or((0, 0), |g| (g.servicios, g.suma_centavos))
        };
        line(marco, moneda, (periodo, estado), (find(archivo), find(base)))
    };
    claves.into_iter().map(fila).collect()
}

fn footer(marco: &Marco, moneda: Moneda, (archivo, base): (&[Grupo], &[Grupo])) -> Fila {
    let sum = |lista: &[Grupo]| {
        let servicios = lista.iter().map(|g| g.servicios).sum();
        (servicios, lista.iter().map(|g| g.suma_centavos).sum())
    };
    line(marco, moneda, ("", ""), (sum(archivo), sum(base)))
}

fn line(
    marco: &Marco,
    moneda: Moneda,
    (periodo, estado): (&str, &str),
    ((n, suma), (en_base, suma_base)): ((u64, i64), (u64, i64)),
) -> Fila {
    let numero = |n: u64| marco.numero(&i64::try_from(n).unwrap_or(i64::MAX));
    let word = |grupo: &str, valor: &str| {
        if valor.is_empty() {
            return String::new();
        }
        let clave = format!("importaciones-{grupo}-{valor}");
        let texto = marco.t(&clave);
        if texto == clave { valor.to_owned() } else { texto }
    };
    Fila {
        periodo: word("periodo", periodo),
        estado: word("estado", estado),
        servicios: numero(n),
        suma: marco.dinero(&Dinero::new(suma, moneda)),
        en_base: numero(en_base),
        suma_base: marco.dinero(&Dinero::new(suma_base, moneda)),
    }
}
