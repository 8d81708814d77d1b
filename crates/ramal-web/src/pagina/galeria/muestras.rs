//! Made-up samples of the gallery. Nothing here is anybody's.

use ramal_base::{CampoInvalido, Instante, Problema};
use ramal_db::Pagina;

use super::Fila;
use crate::grafico::{
    Grafico, Punto, Ranura, Rotulo, Serie, barras, chispa, disponibilidad, lineas,
};
use crate::pagina::{Enlace, Familia, Figura, Formulario, Hito, Insignia, Opcion, Paso, Textos};

fn link(texto: &str, ruta: &str, activo: &str) -> Enlace {
    Enlace { texto: texto.to_owned(), ruta: ruta.to_owned(), activo: ruta == activo }
}

/// A rail with as many entries as there may be.
pub(super) fn rail(textos: &Textos) -> Vec<Enlace> {
    let entradas = [
        ("menu-inicio", "/admin"),
        ("menu-clientes", "/admin/clientes"),
        ("menu-servicios", "/admin/servicios"),
        ("menu-catalogo", "/admin/catalogo"),
        ("menu-importaciones", "/admin/importaciones"),
        ("menu-usuarios", "/admin/usuarios"),
        ("menu-ajustes", "/admin/ajustes/empresa"),
        ("menu-sistema", "/admin/sistema"),
    ];
    entradas.iter().map(|(t, r)| link(&textos.get(t), r, "/admin/clientes")).collect()
}

pub(super) fn spaces(textos: &Textos) -> Vec<Enlace> {
    let entradas = [("espacio-admin", "/admin"), ("espacio-facturacion", "/facturacion")];
    entradas.iter().map(|(t, r)| link(&textos.get(t), r, "/admin")).collect()
}

pub(super) fn tabs() -> Vec<Enlace> {
    let nombres =
        [("Resumen", "?"), ("Servicios", "?v=2"), ("Facturas", "?v=3"), ("Pagos", "?v=4")];
    nombres.iter().map(|(t, r)| link(t, r, "?v=2")).collect()
}

pub(super) fn choices() -> Vec<Opcion> {
    ["Pendiente", "Pagada", "Vencida"].iter().map(|t| Opcion::new(t.to_lowercase(), *t)).collect()
}

pub(super) fn form() -> Formulario {
    Formulario::filled([
        ("nombre", "Bodega El Sol E.I.R.L."),
        ("documento", "20512345678"),
        ("monto", "1234.50"),
        ("plan", "pagada"),
        ("entrega", "pendiente"),
        ("canales", "pagada"),
        ("notas", "Casa azul, portón negro."),
    ])
}

pub(super) fn refused_form() -> Formulario {
    let malo = |campo: &str, motivo: &str| CampoInvalido {
        campo: campo.to_owned(),
        codigo: "valor_invalido".to_owned(),
        motivo: motivo.to_owned(),
    };
    let problema = Problema::campos(vec![
        malo("x.documento", "El RUC tiene 11 dígitos; hay 10."),
        malo("x.monto", "1.234 puede ser mil o uno coma dos; escribir 1234 o 1,23."),
        malo("x.plan", "Falta elegir el plan."),
        malo("x.entrega", "Falta elegir la entrega."),
        malo("x.acepto", "Falta aceptar las condiciones."),
    ]);
    Formulario::filled([("x.documento", "2051234567"), ("x.monto", "1.234")]).refused(&problema)
}

pub(super) fn badges(textos: &Textos) -> Vec<Insignia> {
    let t = |clave: &str| textos.get(clave);
    vec![
        Insignia::gris(t("estado-factura-borrador")),
        Insignia::aviso(t("estado-factura-enviando")),
        Insignia::aviso(t("estado-factura-pendiente")),
        Insignia::ok(t("estado-factura-pagada")),
        Insignia::mal(t("estado-factura-vencida")),
        Insignia::gris(t("estado-factura-anulada")).shaped(Figura::Cruz),
        Insignia::gris(t("estado-servicio-suspendido")).shaped(Figura::Pausa),
        Insignia::ramal(t("estado-trabajo-en-camino")),
        Insignia::mal(t("estado-router-caido")),
        Insignia::ok(t("estado-servicio-al-dia")),
    ]
}

pub(super) fn steps() -> Vec<Paso> {
    vec![
        Paso::done("Definir", "?paso=1"),
        Paso::current("Revisar"),
        Paso::pending("Emitir"),
        Paso::pending("Resultado"),
    ]
}

pub(super) fn timeline(ahora: Instante) -> Vec<Hito> {
    const MINUTO: i64 = 60_000;
    let hace = |minutos: i64| ahora.plus_millis(-minutos * MINUTO);
    vec![
        Hito::new(hace(3000), "Recibido"),
        Hito::new(hace(62), "Precio confirmado").detail("S/ 129.00, con IGV"),
        Hito::new(hace(5), "Prueba de velocidad").family(Familia::Aviso).current(),
        Hito::new(hace(4), "El equipo no respondió").family(Familia::Mal).detail(
            "Nada se cobró. Se volverá a intentar a las 14:10; si no responde, se crea un ticket.",
        ),
        Hito::pending("Aplicado"),
    ]
}

const MESES: [&str; 12] =
    ["dic", "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov"];
const INGRESOS: [i64; 12] = [842, 861, 870, 858, 902, 941, 955, 990, 1012, 1104, 1180, 1240];

fn thousands(valor: i64) -> String {
    format!("${valor} k")
}

fn points(factor: i64) -> Vec<Punto> {
    let punto = |(mes, valor): (&&str, &i64)| {
        let valor = valor * factor / 10;
        Punto::new(*mes, valor, thousands(valor))
    };
    MESES.iter().zip(&INGRESOS).map(punto).collect()
}

pub(super) fn bars() -> Grafico {
    let rotulo =
        Rotulo::new("g-barras", "Ingresos por mes", "Noviembre cerró 5.1 % sobre octubre.");
    barras(&rotulo, "Cobrado", &points(10), thousands)
}

pub(super) fn lines() -> Grafico {
    let rotulo = Rotulo::new(
        "g-lineas",
        "Emitido, cobrado y vencido",
        "Lo vencido crece menos que lo emitido.",
    );
    let series = [
        Serie::new("Emitido", points(11)),
        Serie::new("Cobrado", points(9)),
        Serie::new("Vencido", points(3)),
    ];
    lineas(&rotulo, &series, thousands)
}

pub(super) fn strip() -> Grafico {
    let rotulo =
        Rotulo::new("g-tira", "Disponibilidad, 24 horas", "96.8 %: una caída de 46 minutos.");
    let ranura = |i: usize| match i {
        0..=7 => Ranura::SinDatos,
        40 => Ranura::Caido(400),
        41..=43 => Ranura::Caido(1000),
        70 => Ranura::Caido(11),
        _ => Ranura::Caido(0),
    };
    let ranuras: Vec<Ranura> = (0..96).map(ranura).collect();
    let columnas = ["Desde", "Hasta", "Duración"].map(str::to_owned).to_vec();
    let caidas = vec![
        ["21:54", "22:40", "46 min"].map(str::to_owned).to_vec(),
        ["05:30", "05:30", "10 s"].map(str::to_owned).to_vec(),
    ];
    disponibilidad(&rotulo, &ranuras, ("ayer 15:00", "hoy 15:00"), (columnas, caidas))
}

pub(super) fn spark() -> Grafico {
    chispa(&Rotulo::new("g-chispa", "Altas por semana", "Suben."), "Altas", &points(1))
}

/// A page that says that another follows.
pub(super) fn sample_page() -> Pagina<u8> {
    Pagina { datos: Vec::new(), siguiente: Some("c50".to_owned()) }
}

const CLIENTES: [&str; 5] = [
    "Bodega El Sol E.I.R.L.",
    "Ana Quispe Mamani",
    "Javier Mosca",
    "Servicios Integrales de Telecomunicaciones del Altiplano Sociedad Anónima Cerrada",
    "Comité Vecinal Nº 4",
];

pub(super) fn rows(textos: &Textos, cuantas: usize) -> Vec<Fila> {
    let estados = badges(textos);
    let fila = |i: usize| Fila {
        folio: format!("F001-{:08}", 12_345 - i),
        cliente: CLIENTES[i % CLIENTES.len()].to_owned(),
        zona: ["Norte", "Centro"][i % 2].to_owned(),
        vence: format!("{:02}/12/2026", 1 + i % 28),
        total: format!("S/\u{a0}{}.{:02}", ["79", "1,129", "43", "12,300"][i % 4], i * 7 % 100),
        estado: estados[1 + i % 5].clone(),
    };
    (0..cuantas).map(fila).collect()
}
