//! Statements come in once, whatever was sent twice, and are closed without a hole.

use ramal_conciliacion::actions::{Ajuste, Orden, close_lote, set_aside};
use ramal_conciliacion::{EstadoLote, EstadoRenglon, Modo, banco_al_dia};
use ramal_testkit::both_engines;
use serde_json::json;

use crate::mundo::{MIGRACIONES, Mundo, banco, extracto};

const D19: &str = "19/11/2026";

fn person(r: &ramal_conciliacion::Renglon) -> Orden {
    Orden { renglon: r.id, version: Some(r.version), modo: Modo::Persona }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn the_same_file_twice_is_the_same_lote_and_pays_once(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let f = m.factura(&ana, "99.90").await;
        let texto = extracto(&[(D19, "00012345", "ABONO", "PLIN DE ANA QUISPE ROJAS", 9_990)]);
        let uno = m.import(&texto).await;
        let dos = m.import(&texto).await;
        assert_eq!(uno.id, dos.id);
        assert_eq!((dos.estado, dos.leidos, dos.nuevos), (EstadoLote::Abierto, 1, 1));
        assert_eq!(m.vigentes().await, 1);
        assert_eq!(m.again(&f).await.estado, "pagada");
        assert_eq!(m.saldo(&ana).await, (0, 0));
        assert_eq!(m.descuadres().await, 0);
    }

    async fn overlapping_statements_bring_each_line_once(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        m.factura(&ana, "99.90").await;
        let lunes = (D19, "00012345", "ABONO", "PLIN DE ANA QUISPE ROJAS", 9_990);
        let martes = ("20/11/2026", "00012399", "ABONO", "DEPOSITO", 5_000);
        let uno = m.import(&extracto(&[lunes])).await;
        let dos = m.import(&extracto(&[lunes, martes])).await;
        assert_ne!(uno.id, dos.id);
        assert_eq!((dos.leidos, dos.nuevos), (2, 1));
        assert_eq!(m.count("SELECT COUNT(*) FROM conciliacion_renglones").await, 2);
        assert_eq!(m.vigentes().await, 1);
    }

    async fn two_equal_deposits_of_a_day_are_both_real(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let ana = m.cliente(1, "Ana Quispe Rojas").await;
        let referencia = m.act(async |tx, cx| {
            let datos = ramal_conciliacion::actions::DatosReferencia::default();
            ramal_conciliacion::actions::create_referencia(tx, cx, ana.id.uuid(), &datos).await
        });
        let texto = format!("DEPOSITO EFECTIVO {}", referencia.await.unwrap().valor);
        let igual = (D19, "00000000", "ABONO", texto.as_str(), 9_990);
        m.factura(&ana, "99.90").await;
        m.factura(&ana, "99.90").await;
        let lote = m.import(&extracto(&[igual, igual])).await;
        assert_eq!(lote.nuevos, 2);
        assert_eq!(m.vigentes().await, 2);
        assert_eq!(m.saldo(&ana).await, (0, 0));
        // Sent again, they are the same two.
        m.import(&extracto(&[igual, igual, ("20/11/2026", "1", "CARGO", "COMISION", -100)])).await;
        assert_eq!(m.vigentes().await, 2);
    }

    async fn a_file_that_does_not_add_up_leaves_no_line(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let bueno = extracto(&[
            (D19, "1", "ABONO", "DEPOSITO", 9_990),
            (D19, "2", "ABONO", "DEPOSITO", 5_000),
        ]);
        let malo = bueno.replace("1149.90", "1149.91");
        assert_ne!(bueno, malo);
        let lote = m.import(&malo).await;
        assert_eq!((lote.estado, lote.linea_mala), (EstadoLote::Rechazado, Some(3)));
        let motivo = "El saldo de este renglón no sale del anterior más el movimiento.";
        assert_eq!(lote.motivo.as_deref(), Some(motivo));
        assert_eq!(m.count("SELECT COUNT(*) FROM conciliacion_renglones").await, 0);
        assert_eq!(banco_al_dia(&m.db).await.unwrap().unwrap(), m.cx.now());
    }

    async fn closing_wants_no_difference_or_a_named_one(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let lote = m.import(&extracto(&[
            (D19, "1", "ABONO", "DEPOSITO SIN NOMBRE", 35_000),
            (D19, "2", "CARGO", "COMISION", -1_250),
            (D19, "3", "ABONO", "DEVOLUCION SUNAT", 700),
        ])).await;
        let filas = m.renglones(&lote).await;
        let estados: Vec<_> = filas.iter().map(|r| r.estado).collect();
        use EstadoRenglon::{Ajuste as A, PorConciliar as P};
        assert_eq!(estados, [P, A, P]);
        let id = lote.id;
        let cierra = |ajuste: Option<(i64, &str)>| {
            let ajuste = ajuste.map(|(importe, t)| Ajuste { importe, motivo: t.to_owned() });
            let m = m.clone();
            async move { m.act(async |tx, cx| close_lote(tx, cx, id, ajuste).await).await }
        };
        let sin = ramal_base::Problema::from(cierra(None).await.unwrap_err());
        assert_eq!(sin.codigo, "lote_con_diferencia");
        assert!(sin.detalle.contains("2 movimientos sin explicar, por 357.00"), "{}", sin.detalle);
        m.act(async |tx, cx| set_aside(tx, cx, person(&filas[2]), "Lo ve contabilidad").await)
            .await
            .unwrap();
        let otra = ramal_base::Problema::from(cierra(Some((35_000, "viejo"))).await.unwrap_err());
        assert_eq!(otra.codigo, "diferencia_cambio");
        let corto = ramal_base::Problema::from(cierra(Some((35_700, " "))).await.unwrap_err());
        assert_eq!(corto.codigo, "datos_invalidos");
        let cerrado = cierra(Some((35_700, "Depósitos por identificar"))).await.unwrap();
        assert_eq!((cerrado.estado, cerrado.ajuste), (EstadoLote::Cerrado, Some(35_700)));
        let tarde = m.act(async |tx, cx| {
            set_aside(tx, cx, person(&filas[0]), "ya cerrado").await
        });
        let tarde = ramal_base::Problema::from(tarde.await.unwrap_err());
        assert_eq!(tarde.codigo, "lote_no_permite");
    }

    async fn an_adjustment_asks_for_its_own_permission(db: ramal_db::Db) {
        let m = Mundo::with(db, &["conciliacion:*"]).await;
        let lote = m.import(&extracto(&[(D19, "1", "ABONO", "DEPOSITO", 35_000)])).await;
        let ruta = format!("/conciliacion/lotes/{}/cerrar", lote.codigo());
        let cuerpo = json!({"ajuste": "350.00", "motivo": "Por identificar"});
        let (estado, p) = m.post(&ruta, "clave-0001", cuerpo).await;
        assert_eq!((estado, p["codigo"].as_str()), (403, Some("permiso_requerido")));
        let (estado, p) = m.post(&ruta, "clave-0002", json!({})).await;
        assert_eq!((estado, p["codigo"].as_str()), (409, Some("lote_con_diferencia")));
    }

    async fn an_old_statement_does_not_make_the_bank_fresh(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        m.import(&extracto(&[(D19, "1", "ABONO", "DEPOSITO", 100)])).await;
        let antes = banco_al_dia(&m.db).await.unwrap().unwrap();
        m.act(async |tx, _| {
            let sql = "UPDATE cuentas_bancarias SET al_dia = $1";
            let viejo = antes.plus_millis(-86_400_000);
            Ok(tx.exec(sql, ramal_db::params![viejo]).await?)
        }).await.unwrap();
        m.import(&extracto(&[("01/11/2026", "9", "ABONO", "VIEJO", 100)])).await;
        assert_eq!(banco_al_dia(&m.db).await.unwrap(), Some(antes.plus_millis(-86_400_000)));
        m.import(&extracto(&[("20/11/2026", "9", "ABONO", "HOY", 100)])).await;
        assert_eq!(banco_al_dia(&m.db).await.unwrap(), Some(antes));
    }

    async fn a_statement_comes_by_the_api_and_its_wrong_account_is_told(db: ramal_db::Db) {
        let m = Mundo::new(db).await;
        let (estado, cuenta) = m.post("/conciliacion/cuentas", "cuenta-001", json!(
            {"nombre": "BBVA", "moneda": "PEN", "clase": "banco", "numero": "00112233445566"}
        )).await;
        assert_eq!(estado, 201, "{cuenta}");
        let id = cuenta["id"].as_str().unwrap();
        let ruta = format!("/conciliacion/lotes?cuenta={id}&archivo=x.sta");
        let mt = ":20:A\n:25:99887766554433\n:28C:1/1\n:60F:C261119PEN0,00\n\
            :61:2611191119C99,90NTRFR1//B1\n:86:PAGO\n:62F:C261119PEN99,90\n";
        let (estado, lote) = m.call("POST", &ruta, "lote-0001", mt.into()).await;
        assert_eq!((estado, lote["estado"].as_str()), (202, Some("recibido")), "{lote}");
        let (_, otra) = m.call("POST", &ruta, "lote-0001", mt.into()).await;
        assert_eq!(otra["id"], lote["id"]);
        m.work().await;
        let ruta = format!("/conciliacion/lotes/{}", lote["codigo"].as_str().unwrap());
        let (_, lote) = m.get(&ruta).await;
        assert_eq!(lote["estado"], "rechazado");
        assert_eq!(lote["motivo"], "Falta la cuenta 00112233445566 en PEN.");
        let tabla = m.call("POST", &format!("/conciliacion/lotes?cuenta={id}"), "lote-0002",
            b"fecha,importe\n".to_vec()).await;
        assert_eq!((tabla.0, tabla.1["errores"][0]["codigo"].as_str()),
            (422, Some("perfil_requerido")));
        let repetida = m.act(async |tx, cx| {
            ramal_conciliacion::actions::create_cuenta(tx, cx, &banco("BBVA")).await
        }).await;
        assert!(repetida.is_err());
    }
}
