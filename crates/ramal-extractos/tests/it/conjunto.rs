//! The labelled set: no movement is ever given alone to somebody else. It measures no speed.

use std::collections::{BTreeMap, HashSet};

use ramal_base::{Fecha, Moneda};
use ramal_extractos::cotejo::{
    Candidato, Destino, Esperado, FacturaCandidata, Movimiento, Politica, Veredicto, match_renglon,
};
use ramal_extractos::importe::centavos;
use uuid::Uuid;

fn rows(csv: &str) -> Vec<Vec<String>> {
    let mut lector = csv::Reader::from_reader(csv.as_bytes());
    lector.records().map(|r| r.unwrap().iter().map(ToOwned::to_owned).collect()).collect()
}

fn id(n: usize) -> Uuid {
    Uuid::from_u128(u128::try_from(n).unwrap() + 1)
}

fn day(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

/// The customers as they owe before the first movement.
fn portfolio() -> Vec<Candidato> {
    let mut cartera: Vec<Candidato> = rows(include_str!("../conjunto/clientes.csv"))
        .into_iter()
        .map(|c| Candidato {
            cliente: Uuid::from_u128(c[0].parse().unwrap()),
            numero: c[0].parse().unwrap(),
            nombre: c[1].clone(),
            documento: c[2].clone(),
            dedicadas: vec![c[3].clone()].into_iter().filter(|t| !t.is_empty()).collect(),
            facturas: Vec::new(),
            esperados: Vec::new(),
        })
        .collect();
    let lugar: BTreeMap<i64, usize> =
        cartera.iter().enumerate().map(|(i, c)| (c.numero, i)).collect();
    let de = |numero: &str| lugar[&numero.parse::<i64>().unwrap()];
    for (n, f) in rows(include_str!("../conjunto/facturas.csv")).into_iter().enumerate() {
        cartera[de(&f[0])].facturas.push(FacturaCandidata {
            id: id(10_000 + n),
            numero: f[1].clone(),
            abierto: centavos(&f[2], '.').unwrap(),
            emision: day(&f[3]),
            vencimiento: day(&f[4]),
        });
    }
    for (n, e) in rows(include_str!("../conjunto/esperados.csv")).into_iter().enumerate() {
        cartera[de(&e[0])].esperados.push(Esperado {
            pago: id(50_000 + n),
            ids: vec![e[1].clone()],
            importe: centavos(&e[2], '.').unwrap(),
            fecha: day(&e[3]),
        });
    }
    cartera
}

struct Caso {
    clase: String,
    cliente: Option<Uuid>,
    exacta: bool,
    m: Movimiento,
}

fn cases() -> Vec<Caso> {
    let mut vistos = HashSet::new();
    let caso = |r: Vec<String>| {
        let id_banco = Some(r[8].clone()).filter(|t| !t.is_empty());
        // As the slice does: an id seen before makes a repeated line.
        let repetido = id_banco.clone().is_some_and(|i| !vistos.insert(i));
        Caso {
            clase: r[0].clone(),
            cliente: r[9].parse().ok().map(Uuid::from_u128),
            exacta: r[10] == "exacta",
            m: Movimiento {
                fecha: day(&r[1]),
                importe: centavos(&r[2], '.').unwrap(),
                moneda: Moneda::Mxn,
                referencia: r[3].clone(),
                concepto: r[4].clone(),
                contraparte: r[5].clone(),
                documento: r[6].clone(),
                cuenta_destino: r[7].clone(),
                id_banco,
                repetido,
            },
        }
    };
    rows(include_str!("../conjunto/movimientos.csv")).into_iter().map(caso).collect()
}

/// What was applied is not owed any more, and what was linked is not expected any more.
fn apply(c: &mut Candidato, destino: &Destino, importe: i64) {
    match destino {
        Destino::Enlazar { pago } => c.esperados.retain(|e| e.pago != *pago),
        Destino::Facturas { partes } => {
            for (factura, monto) in partes {
                c.facturas.iter_mut().filter(|f| f.id == *factura).for_each(|f| f.abierto -= monto);
            }
        }
        Destino::Cuenta => {
            let mut resto = importe;
            c.facturas.sort_by_key(|f| (f.vencimiento, f.emision));
            for f in &mut c.facturas {
                let pone = resto.min(f.abierto);
                f.abierto -= pone;
                resto -= pone;
            }
        }
    }
}

/// By class: how many, matched alone, the right customer among the two best.
type Cuenta = BTreeMap<String, (u32, u32, u32)>;

fn run() -> (Cuenta, Vec<String>) {
    let mut cartera = portfolio();
    let mut cuenta = Cuenta::new();
    let mut mal = Vec::new();
    for caso in cases() {
        let n = cuenta.entry(caso.clase.clone()).or_default();
        n.0 += 1;
        match match_renglon(&caso.m, &cartera, Politica::default()) {
            Veredicto::Automatico(p) => {
                n.1 += 1;
                if !caso.exacta || caso.cliente != Some(p.cliente) {
                    mal.push(format!("{}: {:?} -> {p:?}", caso.clase, caso.m));
                }
                let suyo = cartera.iter_mut().find(|c| c.cliente == p.cliente).unwrap();
                apply(suyo, &p.destino, caso.m.importe);
            }
            Veredicto::Sugerencias(lista) => {
                let dos = lista.iter().take(2).any(|p| Some(p.cliente) == caso.cliente);
                n.2 += u32::from(dos);
            }
            Veredicto::Nada => {}
        }
    }
    (cuenta, mal)
}

#[test]
fn not_one_of_five_hundred_goes_alone_to_somebody_else() {
    let (cuenta, mal) = run();
    for (clase, (n, solas, dos)) in &cuenta {
        println!("{clase:24} {n:4} automatic {solas:4} suggested right {dos:4}");
    }
    assert_eq!(cuenta.values().map(|c| c.0).sum::<u32>(), 500);
    assert!(mal.is_empty(), "{} wrong: {mal:#?}", mal.len());
    let solas: u32 = cuenta.values().map(|c| c.1).sum();
    println!("automatic in all: {solas}");
    // Caution that matched nothing would pass too.
    assert!(solas >= 260, "only {solas} automatic");
    for clase in ["id", "referencia", "cuenta", "nombre", "documento"] {
        let (n, suyas, _) = cuenta[clase];
        assert!(suyas * 10 >= n * 9, "{clase}: {suyas} of {n}");
    }
}

#[test]
fn what_a_person_decides_comes_with_the_right_customer_among_the_two_best() {
    let (cuenta, _) = run();
    for clase in ["combinada", "parcial", "excedente", "trampa_referencia_ajena"] {
        let (n, _, dos) = cuenta[clase];
        assert_eq!(dos, n, "{clase}");
    }
}

#[test]
fn the_order_of_the_candidates_decides_nothing() {
    let cartera = portfolio();
    let vuelta: Vec<Candidato> = cartera.iter().rev().cloned().collect();
    for caso in cases().iter().step_by(7) {
        let uno = match_renglon(&caso.m, &cartera, Politica::default());
        assert_eq!(uno, match_renglon(&caso.m, &vuelta, Politica::default()), "{:?}", caso.m);
    }
}
