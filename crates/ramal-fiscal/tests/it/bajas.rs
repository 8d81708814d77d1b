//! Cancelling and voiding: never final before the authority says so, never two requests alive.

use ramal_db::Db;
use ramal_emulador::fallas::{Fallas, Regla};
use ramal_fiscal::actions::{self, Motivo};
use ramal_fiscal::baja::{Cancelacion, Fase};
use ramal_fiscal::storage::{self, Clase};
use ramal_fiscal::{ComprobanteId, Error, Estado, Tipo};
use ramal_testkit::both_engines;

use crate::mundo::{DIA, HORA, MIGRACIONES, MINUTO, Mundo, SEGUNDO};

fn reason(codigo: &str) -> Motivo {
    Motivo { codigo: codigo.into(), sustituto: None, texto: "Error en el importe".into() }
}

async fn void(m: &Mundo, id: ComprobanteId, motivo: Motivo) -> Result<(), Error> {
    let tx = m.db.begin().await.unwrap();
    actions::request_baja(&tx, &m.cx, id, motivo).await?;
    tx.commit().await.unwrap();
    Ok(())
}

fn code_of(r: Result<(), Error>) -> String {
    match r.unwrap_err() {
        Error::Reglas(campos) => campos[0].codigo.clone(),
        otro => otro.to_string(),
    }
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_small_cfdi_is_cancelled_only_when_the_sat_says_so(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Ingreso, 50_000).await;
        m.drain().await;
        void(&m, id, reason("02")).await.unwrap();
        m.drain().await;
        assert_eq!(m.estado(id).await, Estado::BajaPendiente, "201 is not cancelled");
        assert!(storage::has_bytes(&m.db, id, Clase::Acuse).await.unwrap());
        assert!(storage::has_bytes(&m.db, id, Clase::Solicitud).await.unwrap());
        m.pass(10 * SEGUNDO, 2).await;
        assert_eq!(m.estado(id).await, Estado::Baja);
        let anulados = "SELECT COUNT(*) FROM eventos WHERE tipo = 'comprobante.anulado'";
        assert_eq!(m.count(anulados).await, 1);
        assert!(matches!(void(&m, id, reason("02")).await, Err(Error::Estado("baja"))));
    }

    async fn a_large_cfdi_waits_for_the_receiver_and_silence_cancels_it(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Ingreso, 250_000).await;
        m.drain().await;
        void(&m, id, reason("03")).await.unwrap();
        m.drain().await;
        m.pass(HORA, 10).await;
        assert_eq!(m.estado(id).await, Estado::BajaPendiente);
        assert!(void(&m, id, reason("02")).await.is_err(), "one request alive at a time");
        m.pass(DIA, 5).await;
        assert_eq!(m.estado(id).await, Estado::Baja);
    }

    async fn motives_and_related_documents_are_checked_before_asking(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Ingreso, 50_000).await;
        assert!(matches!(void(&m, id, reason("02")).await, Err(Error::Estado("en_cola"))));
        m.drain().await;
        let nota = m.issue_about(Tipo::Egreso, 10_000, Some(id)).await;
        m.drain().await;
        assert_eq!(m.estado(nota).await, Estado::Aceptado);
        assert_eq!(code_of(void(&m, id, reason("02")).await), "relacionados_vigentes");
        let libre = m.issue(Tipo::Ingreso, 50_000).await;
        m.drain().await;
        assert_eq!(code_of(void(&m, libre, reason("01")).await), "motivo_invalido");
        assert_eq!(code_of(void(&m, libre, reason("09")).await), "motivo_invalido");
        let sustituto = Some("5A9C1B2E-0000-4000-8000-000000000002".to_owned());
        let motivo = Motivo { sustituto, ..reason("01") };
        assert_eq!(code_of(void(&m, libre, motivo).await), "sustituto_no_vigente");
        m.reloj.advance(200 * DIA);
        assert_eq!(code_of(void(&m, libre, reason("02")).await), "plazo_vencido");
    }

    async fn a_lost_answer_to_a_cancellation_is_asked_before_it_is_sent_again(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Ingreso, 50_000).await;
        m.drain().await;
        let una = Regla { proximas: 1, por_diez_mil: 0 };
        m.pac.control().replace(Fallas { cortar_despues: una, ..Fallas::default() });
        void(&m, id, reason("02")).await.unwrap();
        m.drain().await;
        let fase = Cancelacion::of(&m.fila(id).await).unwrap().fase;
        assert_eq!(fase, Fase::Dudosa);
        m.pass(MINUTO, 10).await;
        assert_eq!(m.estado(id).await, Estado::Baja);
    }

    async fn a_factura_goes_in_an_ra_and_a_boleta_in_an_rc(db: Db) {
        let m = Mundo::new(db).await;
        let factura = m.issue(Tipo::Factura, 11_800).await;
        let otra = m.issue(Tipo::Factura, 11_800).await;
        let boleta = m.issue(Tipo::Boleta, 5_900).await;
        m.drain().await;
        m.reloj.advance(2 * DIA);
        for id in [factura, otra, boleta] {
            void(&m, id, reason("")).await.unwrap();
        }
        m.drain().await;
        assert_eq!(m.estado(factura).await, Estado::BajaPendiente, "a ticket is no answer");
        m.pass(MINUTO, 5).await;
        for id in [factura, otra, boleta] {
            let fila = m.fila(id).await;
            assert_eq!(fila.estado().unwrap(), Estado::Baja, "{:?}", fila.mensaje);
        }
        let ra = "SELECT COUNT(*) FROM resumenes WHERE tipo = 'RA' AND estado = 'aceptado'";
        assert_eq!(m.count(ra).await, 1, "both facturas of a day in one file");
        let rc = "SELECT COUNT(*) FROM resumen_lineas WHERE condicion = 3";
        assert_eq!(m.count(rc).await, 1);
    }

    async fn after_seven_days_a_credit_note_is_the_way_out(db: Db) {
        let m = Mundo::new(db).await;
        let id = m.issue(Tipo::Factura, 11_800).await;
        m.drain().await;
        m.reloj.advance(8 * DIA);
        let Err(Error::Reglas(campos)) = void(&m, id, reason("")).await else { panic!() };
        assert_eq!(campos[0].codigo, "plazo_vencido");
        assert!(campos[0].motivo.contains("nota de crédito"));
    }
}
