//! A month of life of five hundred clientes: billed, told, paid in every way, cut, reconnected. The
//! program judges itself; here is only that it found nothing wrong and that everything happened.

use crate::programa::Programa;

#[test]
fn after_a_month_of_life_every_balance_is_explained() {
    let informe = Programa::new().json(&["ensayo", "mes", "--clientes", "500"]);
    assert_eq!(informe["faltas"].as_array().map(Vec::len), Some(0), "{informe:#}");
    assert_eq!(informe["clientes"], 500);
    let n = |clave: &str| informe[clave].as_i64().unwrap_or(0);
    // A hundred are cut: fifty pay at night, twenty-five broke a promise, twenty-five never pay.
    assert_eq!((n("episodios"), n("reconexiones")), (100, 50), "{informe:#}");
    assert_eq!(informe["promesas"]["cumplida"], 25, "{informe:#}");
    assert_eq!(informe["promesas"]["rota"], 25, "{informe:#}");
    assert!(n("hallados_sin_aviso") >= 75, "{informe:#}");
    for clase in ["recordatorio_proximo", "recordatorio_vencido", "aviso_corte"] {
        assert!(informe["notificaciones"][clase].as_i64() > Some(0), "{clase}: {informe:#}");
    }
}
