//! The address of a list: what it says is kept, what it does not know is carried along, and every
//! link leads where it says.

use ramal_db::{Cursor, Pagina};
use ramal_web::Formulario;
use ramal_web::pagina::{Conteo, Filtro, Listado, Opcion, Seleccion};
use serde::Deserialize;

fn filtros() -> Vec<Filtro> {
    vec![
        Filtro::texto("q", "kit-buscar"),
        Filtro::opciones("estado", "kit-estado", [Opcion::new("vencida", "Vencida")]),
        Filtro::fecha("desde", "kit-fecha"),
    ]
}

fn lista(consulta: &str) -> Listado {
    Listado::of("/f", consulta, filtros()).sortable(&["fecha", "total"])
}

fn con_pagina(consulta: &str, siguiente: Option<&str>) -> Listado {
    let siguiente = siguiente.map(ToOwned::to_owned);
    lista(consulta).paged(&Pagina::<()> { datos: Vec::new(), siguiente })
}

#[test]
fn a_parameter_that_we_do_not_know_is_not_lost_in_any_link() {
    let l = con_pagina("q=ana&utm=x%26y&vista=3&orden=-total&limite=20&cursor=c1", Some("c2"));
    for ruta in [
        l.sin_filtros(),
        l.chips()[0].ruta.clone(),
        l.orden_de("fecha").ruta,
        l.siguiente().unwrap(),
        l.anterior().unwrap(),
    ] {
        assert!(ruta.contains("utm=x%26y&vista=3") && ruta.contains("limite=20"), "{ruta}");
    }
    let ocultos: Vec<String> = l.ocultos().into_iter().map(|(n, _)| n).collect();
    assert_eq!(ocultos, ["orden", "limite", "utm", "vista"]);
}

#[test]
fn a_new_filter_or_order_begins_at_the_first_page() {
    let l = con_pagina("q=ana&cursor=c2&previos=c1", None);
    for ruta in [l.sin_filtros(), l.chips()[0].ruta.clone(), l.orden_de("fecha").ruta] {
        assert!(!ruta.contains("cursor") && !ruta.contains("previos"), "{ruta}");
    }
    assert_eq!(l.consulta(), "q=ana");
}

#[test]
fn previous_pages_come_back_one_by_one_with_cursors_that_only_go_forward() {
    let mut ruta = "/f?q=a".to_owned();
    for n in 1..=4 {
        let consulta = ruta.split_once('?').unwrap().1.to_owned();
        ruta = con_pagina(&consulta, Some(&format!("c{n}"))).siguiente().unwrap();
    }
    assert_eq!(ruta, "/f?q=a&cursor=c4&previos=c1&previos=c2&previos=c3");
    let mut vistas = Vec::new();
    loop {
        let consulta = ruta.split_once('?').unwrap().1.to_owned();
        let l = lista(&consulta);
        vistas.push(l.cursor().cursor.unwrap_or_default());
        let Some(anterior) = l.anterior() else { break };
        ruta = anterior;
    }
    assert_eq!(vistas, ["c4", "c3", "c2", "c1", ""]);
}

#[test]
fn the_memory_of_previous_pages_is_bounded() {
    let mut consulta = "q=a".to_owned();
    for n in 0..100 {
        let ruta = con_pagina(&consulta, Some(&format!("cursor-numero-{n}"))).siguiente().unwrap();
        consulta = ruta.split_once('?').unwrap().1.to_owned();
    }
    assert_eq!(consulta.matches("previos=").count(), 30);
    assert!(consulta.contains("previos=cursor-numero-98") && consulta.len() < 1_000);
    assert!(lista(&consulta).anterior().unwrap().contains("cursor=cursor-numero-98"));
}

#[test]
fn chips_word_their_value_and_take_only_themselves_away() {
    let l = lista("estado=vencida&estado=otra&desde=2026-11-05&q=Peña%20Nieto");
    let textos: Vec<String> = l.chips().into_iter().map(|c| c.texto).collect();
    assert_eq!(textos, ["estado: Vencida", "estado: otra", "desde: 05/11/2026", "q: Peña Nieto"]);
    assert_eq!(l.chips()[0].ruta, "/f?estado=otra&desde=2026-11-05&q=Pe%C3%B1a+Nieto");
    assert_eq!(l.sin_filtros(), "/f");
    assert!(l.has("estado", "otra") && l.filtros_puestos() == 4);
}

#[test]
fn an_order_that_was_not_declared_is_ignored() {
    let l = lista("orden=-total");
    let (total, fecha) = (l.orden_de("total"), l.orden_de("fecha"));
    assert_eq!((total.aria, total.ruta.as_str()), ("descending", "/f?orden=total"));
    assert_eq!((fecha.aria, fecha.ruta.as_str()), ("none", "/f?orden=fecha"));
    for mala in ["orden=contrasena", "orden=-", "orden=a%20b", "orden=1;drop"] {
        assert!(lista(mala).orden().is_none(), "{mala}");
    }
}

#[test]
fn page_sizes_out_of_range_are_the_usual_one() {
    for (consulta, limite) in
        [("limite=20", 20), ("limite=0", 50), ("limite=9999", 50), ("limite=x", 50), ("", 50)]
    {
        let Cursor { limite: leido, .. } = lista(consulta).cursor();
        assert_eq!(leido, limite, "{consulta}");
    }
}

#[test]
fn filters_read_into_the_type_of_the_api() {
    #[derive(Deserialize)]
    struct FiltroApi {
        q: Option<String>,
        estado: Option<Vec<String>>,
        desde: Option<String>,
    }
    let f: FiltroApi = lista("q=ana&estado=vencida&desde=&x=1").parse().unwrap();
    assert_eq!(f.q.as_deref(), Some("ana"));
    assert_eq!(f.estado.unwrap(), ["vencida"]);
    assert_eq!(f.desde, None);
}

#[test]
fn a_bulk_act_by_filter_gets_the_filter_and_nothing_else() {
    let l = lista("utm=x&desde=2026-11-05&q=ana&orden=total&cursor=c1");
    let filtro = l.filtro_para_lote();
    assert_eq!(filtro, "q=ana&desde=2026-11-05");
    let form =
        Formulario::filled([("todos", "si"), ("filtro", filtro.as_str()), ("elegidos", "1")]);
    let seleccion = Seleccion::read(&form).unwrap();
    assert_eq!(seleccion, Seleccion::Filtro(filtro));
    let leido = seleccion.listado(filtros()).unwrap();
    assert_eq!((leido.value("q"), leido.value("desde")), ("ana", "2026-11-05"));
}

#[test]
fn rows_are_picked_once_and_nothing_picked_is_told() {
    let form = Formulario::filled([("elegidos", "a"), ("elegidos", "b"), ("elegidos", "a")]);
    let ids = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(Seleccion::read(&form).unwrap(), Seleccion::Ids(ids));
    let nada = Seleccion::read(&Formulario::default()).unwrap_err();
    assert_eq!(nada.0.errores[0].codigo, "nada_elegido");
    let muchas = Formulario::filled((0..201).map(|n| ("elegidos", n.to_string())));
    assert_eq!(Seleccion::read(&muchas).unwrap_err().0.errores[0].codigo, "demasiados_elegidos");
}

#[test]
fn a_total_is_exact_up_to_ten_thousand() {
    assert_eq!(Conteo::of(10_000), Conteo::Exacto(10_000));
    assert_eq!(Conteo::of(10_001), Conteo::MasDe(10_000));
}
