//! Drawings with known numbers. They compare no pixel.

use super::*;

fn rotulo() -> Rotulo {
    Rotulo::new("ingresos", "Ingresos <por> mes", "Noviembre \"cerró\" arriba & bien.")
}

fn meses(valores: &[i64]) -> Vec<Punto> {
    let punto = |(i, v): (usize, &i64)| Punto::new(format!("m{i}"), *v, format!("${v}"));
    valores.iter().enumerate().map(punto).collect()
}

fn attributes(svg: &str, nombre: &str) -> Vec<i64> {
    let marca = format!(" {nombre}=\"");
    svg.split(&marca).skip(1).map(|r| r.split('"').next().unwrap().parse().unwrap()).collect()
}

fn bars(g: &Grafico) -> Vec<i64> {
    g.svg().split("class=\"gr-barra").skip(1).map(|r| attributes(r, "height")[0]).collect()
}

#[test]
fn no_text_of_the_data_becomes_markup_and_no_style_is_inline() {
    let malo = [Punto::new("<script>alert(1)</script>", 3, "\"><img src=x>")];
    for g in [
        barras(&rotulo(), "c", &malo, |v| v.to_string()),
        lineas(&rotulo(), &[Serie::new("<b>", malo.to_vec())], |v| v.to_string()),
        chispa(&rotulo(), "c", &malo),
        disponibilidad(&rotulo(), &[], ("<i>", "ahora"), (vec![], vec![])),
    ] {
        for prohibido in ["<script", "<img", "<b>", "<i>", "style=", "Ingresos <por>"] {
            assert!(!g.svg().contains(prohibido), "{prohibido} in {}", g.svg());
        }
        assert!(g.svg().contains("role=\"img\" aria-labelledby=\"ingresos-t ingresos-d\""));
        assert!(g.svg().contains("<title id=\"ingresos-t\">Ingresos &lt;por&gt; mes</title>"));
        assert!(g.svg().contains("Noviembre &quot;cerró&quot; arriba &amp; bien."));
    }
}

#[test]
fn the_tallest_bar_is_the_greatest_value_and_the_last_one_is_written() {
    let g = barras(&rotulo(), "Importe", &meses(&[100, 400, 200]), |v| v.to_string());
    assert_eq!(bars(&g), [42, 168, 84]);
    assert_eq!(g.svg().matches("gr-valor").count(), 1);
    assert!(g.svg().contains(">$200</text>"));
    assert_eq!(g.filas[1], ["m1", "$400"]);
}

#[test]
fn values_below_zero_hang_from_the_axis() {
    let g = barras(&rotulo(), "c", &meses(&[-100, 100]), |v| v.to_string());
    assert_eq!(bars(&g), [84, 84]);
}

#[test]
fn extreme_values_and_no_values_are_drawn_without_overflow() {
    for valores in [&[][..], &[0], &[i64::MAX, i64::MIN, 0], &[i64::MAX], &[7; 400]] {
        let g = barras(&rotulo(), "c", &meses(valores), |v| v.to_string());
        assert!(attributes(g.svg(), "height").iter().all(|a| (0..=220).contains(a)), "{valores:?}");
        chispa(&rotulo(), "c", &meses(valores));
        lineas(&rotulo(), &[Serie::new("a", meses(valores))], |v| v.to_string());
    }
}

#[test]
fn names_of_lines_that_end_together_do_not_cover_each_other() {
    let series = ["a", "b", "c"].map(|n| Serie::new(n, meses(&[1, 5])));
    let g = lineas(&rotulo(), &series, |v| v.to_string());
    let nombres: Vec<i64> =
        (g.svg().split("gr-nombre").skip(1)).map(|r| attributes(r, "y")[0]).collect();
    assert!(nombres.windows(2).all(|p| p[1] - p[0] >= 16), "{nombres:?}");
    assert_eq!(g.filas, [["m0", "$1", "$1", "$1"], ["m1", "$5", "$5", "$5"]]);
}

#[test]
fn a_short_fall_paints_a_share_of_its_slot_and_no_data_is_an_outline() {
    let ranuras = [Ranura::Caido(0), Ranura::Caido(11), Ranura::Caido(500), Ranura::Caido(1000)];
    let g = disponibilidad(&rotulo(), &ranuras, ("ayer", "hoy"), (vec![], vec![]));
    assert_eq!(g.svg().matches("gr-sin-datos").count(), 92);
    let caidos: Vec<i64> =
        (g.svg().split("gr-caido").skip(1)).map(|r| attributes(r, "height")[0]).collect();
    assert_eq!(caidos, [1, 16, 32]);
    let muchas = [Ranura::Caido(0); 500];
    let g = disponibilidad(&rotulo(), &muchas, ("a", "b"), (vec![], vec![]));
    assert_eq!(g.svg().matches("gr-arriba").count(), 96);
}
