//! Standard formats: what is in the file comes out, and a cent of difference refuses it whole.

use proptest::prelude::*;
use ramal_base::dinero::format_centavos;
use ramal_base::{Fecha, Moneda};
use ramal_extractos::{Extracto, Formato, Motivo, camt, mt940, ofx, read};

const MT940: &[u8] = include_bytes!("../muestras/extracto.mt940");
const CAMT: &[u8] = include_bytes!("../muestras/extracto.camt.xml");
const OFX1: &[u8] = include_bytes!("../muestras/extracto1.ofx");
const OFX2: &[u8] = include_bytes!("../muestras/extracto2.ofx");

fn only(extractos: Vec<Extracto>) -> Extracto {
    assert_eq!(extractos.len(), 1);
    extractos.into_iter().next().unwrap()
}

fn day(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

#[test]
fn mt940_reads_dates_around_the_year_end_and_names() {
    let e = only(mt940::read(MT940).unwrap());
    assert_eq!((e.cuenta.as_str(), e.moneda), ("012180001234567890", Moneda::Mxn));
    assert_eq!((e.saldo_inicial, e.saldo_final), (Some(1_000_000), Some(1_099_220)));
    let importes: Vec<i64> = e.lineas.iter().map(|l| l.importe).collect();
    assert_eq!(importes, [49_900, -580, 49_900]);
    let l = &e.lineas[0];
    assert_eq!((l.fecha_valor, l.fecha_operacion), (day("2026-12-31"), day("2026-12-31")));
    assert_eq!(e.lineas[1].fecha_operacion, day("2027-01-01"));
    assert_eq!((l.referencia.as_str(), l.id_banco.as_deref()), ("8841", Some("B-100")));
    assert_eq!(l.contraparte, "JAVIER MOSCA");
    assert_eq!(e.lineas[2].contraparte, "ANA QUISPE ROJAS");
    assert_eq!(e.lineas[1].concepto, "COMISION");
}

#[test]
fn another_reader_of_mt940_agrees() {
    let texto = String::from_utf8(MT940.to_vec()).unwrap();
    // The other one takes no envelope.
    let cuerpo = texto.split_once("{4:\r\n").unwrap().1.replace("-}", "");
    let suyo = mt940::read(MT940).unwrap();
    let ajeno = ::mt940::parse_mt940(&cuerpo).unwrap();
    assert_eq!(ajeno.len(), suyo.len());
    assert_eq!(ajeno[0].account_id, suyo[0].cuenta);
    let cierre = format_centavos(suyo[0].saldo_final.unwrap());
    assert_eq!(ajeno[0].closing_balance.amount.to_string(), cierre);
    assert_eq!(ajeno[0].statement_lines.len(), suyo[0].lineas.len());
    for (a, b) in ajeno[0].statement_lines.iter().zip(&suyo[0].lineas) {
        assert_eq!(a.amount.to_string(), format_centavos(b.importe.abs()));
        assert_eq!(a.value_date.to_string(), b.fecha_valor.to_string());
    }
}

#[test]
fn camt_reads_batches_by_their_parts_and_leaves_the_pending_out() {
    let e = only(camt::read(CAMT).unwrap());
    let importes: Vec<i64> = e.lineas.iter().map(|l| l.importe).collect();
    assert_eq!(importes, [49_900, -580, 39_900, 99_900]);
    assert_eq!((e.saldo_inicial, e.saldo_final), (Some(100_000), Some(289_120)));
    let l = &e.lineas[0];
    assert_eq!((l.fecha_valor, l.fecha_operacion), (day("2026-11-18"), day("2026-11-19")));
    assert_eq!(l.contraparte, "Javier Mosca Núñez");
    assert_eq!(l.cuenta_destino, "646180111000000011");
    assert_eq!((l.referencia.as_str(), l.concepto.as_str()), ("8841", "INTERNET NOV"));
    assert_eq!(e.lineas[2].referencia, "");
    assert_ne!(e.lineas[2].id_banco, e.lineas[3].id_banco);
}

#[test]
fn camt_of_any_version_and_prefix_is_the_same() {
    let texto = String::from_utf8(CAMT.to_vec()).unwrap();
    let viejo = texto.replace("camt.053.001.08", "camt.053.001.02");
    let con_prefijo = texto
        .replace("xmlns=", "xmlns:d=")
        .replace("</", "</d:")
        .replace('<', "<d:")
        .replace("<d:/d:", "</d:")
        .replace("<d:?", "<?");
    let base = camt::read(CAMT).unwrap();
    for otro in [viejo, con_prefijo] {
        let leido = camt::read(otro.as_bytes()).unwrap();
        let huellas = |e: &[Extracto]| -> Vec<String> {
            e[0].lineas.iter().map(|l| l.huella.clone()).collect()
        };
        assert_eq!(huellas(&leido), huellas(&base));
    }
}

#[test]
fn ofx_one_and_two() {
    let e = only(ofx::read(OFX1).unwrap());
    assert_eq!((e.cuenta.as_str(), e.moneda), ("0123456789", Moneda::Mxn));
    assert_eq!(e.saldo_final, Some(149_320));
    let l = &e.lineas[0];
    assert_eq!((l.importe, l.id_banco.as_deref()), (49_900, Some("FIT-1")));
    assert_eq!(
        (l.contraparte.as_str(), l.concepto.as_str()),
        ("JAVIER MOSCA NÚÑEZ", "INTERNET & TV")
    );
    assert_eq!(e.lineas[1].importe, -580);
    let e = only(ofx::read(OFX2).unwrap());
    assert_eq!((e.moneda, e.lineas[0].importe), (Moneda::Pen, 9_990));
    assert_eq!(e.lineas[0].fecha_valor, day("2026-11-20"));
    assert_eq!(e.lineas[0].referencia, "00123456");
}

#[test]
fn a_format_knows_itself() {
    assert_eq!(Formato::of(MT940), Formato::Mt940);
    assert_eq!(Formato::of(CAMT), Formato::Camt053);
    assert_eq!(Formato::of(OFX1), Formato::Ofx);
    assert_eq!(Formato::of(OFX2), Formato::Ofx);
    assert_eq!(Formato::of(b"fecha,importe\n"), Formato::Tabla);
    for muestra in [MT940, CAMT, OFX1, OFX2] {
        assert!(read(muestra, None, None).is_ok());
    }
}

#[test]
fn a_balance_that_does_not_add_up_refuses_the_file_whole() {
    let texto = String::from_utf8(MT940.to_vec()).unwrap();
    let falso = texto.replace("10992,20", "10992,21");
    let motivo = mt940::read(falso.as_bytes()).unwrap_err().motivo;
    let espera =
        Motivo::Descuadre { calculado: "10992.20".to_owned(), declarado: "10992.21".to_owned() };
    assert_eq!(motivo, espera);
    let texto = String::from_utf8(CAMT.to_vec()).unwrap();
    let falso = texto.replace(">499.00<", ">499.01<");
    assert!(matches!(camt::read(falso.as_bytes()).unwrap_err().motivo, Motivo::Descuadre { .. }));
}

#[test]
fn two_equal_deposits_of_a_day_are_two_and_the_same_in_a_longer_statement() {
    let linea = ":61:2611191119CR499,00NTRFNONREF\n:86:DEP EFECTIVO\n";
    let con = |lineas: &str, cierre: &str| {
        format!(":20:A\n:25:1\n:28C:1/1\n:60F:C261119MXN0,00\n{lineas}:62F:C261119MXN{cierre}\n")
    };
    let corto = only(mt940::read(con(linea, "499,00").as_bytes()).unwrap());
    let largo = only(mt940::read(con(&linea.repeat(2), "998,00").as_bytes()).unwrap());
    assert_eq!(corto.lineas[0].huella, largo.lineas[0].huella);
    assert_ne!(largo.lineas[0].huella, largo.lineas[1].huella);
    assert_eq!(largo.lineas[1].ordinal, 2);
}

#[test]
fn the_line_of_what_is_wrong_is_told() {
    let malo =
        ":20:A\n:25:1\n:60F:C261119MXN0,00\n:61:261119CR4x9,00NTRFNONREF\n:62F:C261119MXN0,00";
    let rechazo = mt940::read(malo.as_bytes()).unwrap_err();
    assert_eq!((rechazo.linea, &rechazo.motivo), (4, &Motivo::Importe));
    assert_eq!(rechazo.to_string(), "línea 4: el importe no se puede leer");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_as_mt940_is_read_back(
        inicial in -1_000_000_i64..1_000_000,
        importes in proptest::collection::vec(-500_000_i64..500_000, 1..40),
    ) {
        let saldo = |n: i64| {
            let marca = if n < 0 { 'D' } else { 'C' };
            format!("{marca}261119MXN{}", format_centavos(n.abs()).replace('.', ","))
        };
        let mut texto = format!(":20:A\n:25:77\n:60F:{}\n", saldo(inicial));
        for (i, n) in importes.iter().enumerate() {
            let marca = if *n < 0 { 'D' } else { 'C' };
            let monto = format_centavos(n.abs()).replace('.', ",");
            texto.push_str(&format!(":61:2611191119{marca}{monto}NTRFR{i}//B{i}\n:86:PAGO {i}\n"));
        }
        let cierre = inicial + importes.iter().sum::<i64>();
        texto.push_str(&format!(":62F:{}\n", saldo(cierre)));
        let e = only(mt940::read(texto.as_bytes()).unwrap());
        prop_assert_eq!(e.lineas.iter().map(|l| l.importe).collect::<Vec<_>>(), importes);
        prop_assert_eq!((e.opening(), e.closing()), (Some(inicial), Some(cierre)));
    }
}
