//! What is written is what is read, and what must be unique is.

use ramal_base::Pais;
use ramal_base::documentos::TipoDocumento;
use ramal_clientes::cliente::{
    CambioCliente, DatosConsentimiento, DatosContacto, DatosDomicilio, EstadoCliente,
};
use ramal_clientes::{Cliente, DatosCliente, Error, actions, storage};
use ramal_db::{Consulta, Db, params};
use ramal_testkit::{both_engines, cx_fijo};

use crate::apoyo::{MIGRACIONES, form};

fn consent(otorgado: bool) -> DatosConsentimiento {
    DatosConsentimiento {
        finalidad: "cobranza".into(),
        canal: "whatsapp".into(),
        otorgado,
        origen: Some("alta".into()),
    }
}

fn ana() -> DatosCliente {
    form("DNI", "40123456", "Ana")
}

async fn count(db: &Db, sql: &str) -> i64 {
    db.scalar(sql, params![]).await.unwrap().unwrap()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_whole_form_comes_back_as_it_was_stored(db: Db) {
        let (cx, tx) = (cx_fijo(), db.begin().await.unwrap());
        let datos = DatosCliente {
            nombre_comercial: Some("  El Ñandú ".into()),
            email: Some("PAGOS@Ejemplo.mx".into()),
            telefono: Some("55 1234 5678".into()),
            regimen_fiscal: Some("601".into()),
            uso_cfdi: Some("G03".into()),
            codigo_postal: Some("06600".into()),
            direccion: Some("Av. Juárez 1".into()),
            notas: Some("".into()),
            domicilios: vec![DatosDomicilio {
                clase: "instalacion".into(),
                linea: "Calle 5".into(),
                codigo_postal: Some("06600".into()),
                ..DatosDomicilio::default()
            }],
            contactos: vec![DatosContacto {
                nombre: "Ana".into(),
                telefono: Some("5512345678".into()),
                ..DatosContacto::default()
            }],
            consentimientos: vec![consent(true)],
            ..form("rfc", "eku-9003173c9", " Escuela   Kemper  Urgate ")
        };
        let creado = actions::create_cliente(&tx, &cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        let leido = storage::by_id(&db, creado.id).await.unwrap().unwrap();
        assert_eq!(leido, creado);
        assert_eq!((leido.codigo().as_str(), leido.version), ("C-1", 1));
        assert_eq!((leido.pais, leido.tipo_documento), (Pais::Mx, TipoDocumento::Rfc));
        assert_eq!(leido.numero_documento, "EKU9003173C9");
        assert_eq!(leido.razon_social, "Escuela Kemper Urgate");
        assert_eq!(leido.nombre_comercial.as_deref(), Some("El Ñandú"));
        assert_eq!(leido.telefono.as_deref(), Some("+525512345678"));
        assert_eq!(leido.notas, None);
        assert_eq!(storage::domicilios(&db, creado.id).await.unwrap()[0].linea, "Calle 5");
        let contactos = storage::contactos(&db, creado.id).await.unwrap();
        assert_eq!(contactos[0].telefono.as_deref(), Some("+525512345678"));
        assert_eq!(storage::consentimientos(&db, creado.id).await.unwrap()[0].version, 1);
        let eventos = count(&db, "SELECT COUNT(*) FROM eventos").await;
        assert_eq!(eventos, 2, "cliente.creado and consentimiento.actualizado");
        assert_eq!(count(&db, "SELECT COUNT(*) FROM auditoria").await, 2);
    }

    async fn an_identity_is_stored_once(db: Db) {
        let cx = cx_fijo();
        let tx = db.begin().await.unwrap();
        actions::create_cliente(&tx, &cx, form("RUC", "20131312955", "Uno")).await.unwrap();
        tx.commit().await.unwrap();
        let tx = db.begin().await.unwrap();
        let otra = form("RUC", " 20131312955", "Otro nombre");
        let error = actions::create_cliente(&tx, &cx, otra).await.unwrap_err();
        assert!(matches!(error, Error::Duplicado), "{error:?}");
        tx.rollback().await.unwrap();
        assert_eq!(count(&db, "SELECT COUNT(*) FROM clientes").await, 1);
    }

    async fn the_generic_rfc_is_nobody_and_repeats(db: Db) {
        let (cx, tx) = (cx_fijo(), db.begin().await.unwrap());
        for numero in ["XAXX010101000", "XAXX010101000", "XEXX010101000", "XEXX010101000"] {
            actions::create_cliente(&tx, &cx, form("RFC", numero, "Público")).await.unwrap();
        }
        tx.commit().await.unwrap();
        let numeros: Vec<i64> =
            db.column("SELECT numero FROM clientes ORDER BY numero", params![]).await.unwrap();
        assert_eq!(numeros, [1, 2, 3, 4]);
    }

    async fn a_refused_signup_takes_no_printed_number(db: Db) {
        let cx = cx_fijo();
        let tx = db.begin().await.unwrap();
        actions::create_cliente(&tx, &cx, form("DNI", "40123456", "Uno")).await.unwrap();
        tx.commit().await.unwrap();
        let tx = db.begin().await.unwrap();
        actions::create_cliente(&tx, &cx, form("DNI", "40123456", "Uno")).await.unwrap_err();
        tx.rollback().await.unwrap();
        let tx = db.begin().await.unwrap();
        let dos = actions::create_cliente(&tx, &cx, form("DNI", "40123457", "Dos")).await.unwrap();
        assert_eq!(dos.numero, 2);
    }

    async fn a_withdrawn_consent_keeps_what_was_given_before(db: Db) {
        let (cx, tx) = (cx_fijo(), db.begin().await.unwrap());
        let cliente = actions::create_cliente(&tx, &cx, ana()).await.unwrap();
        for otorgado in [true, false, true] {
            let datos = consent(otorgado);
            actions::register_consentimiento(&tx, &cx, cliente.id, datos).await.unwrap();
        }
        let otro = DatosConsentimiento { canal: "email".into(), ..consent(true) };
        let primero = actions::register_consentimiento(&tx, &cx, cliente.id, otro).await.unwrap();
        assert_eq!(primero.version, 1, "each channel counts its own versions");
        let todos = storage::consentimientos(&tx, cliente.id).await.unwrap();
        let por_whatsapp: Vec<(i64, bool)> = todos
            .iter()
            .filter(|c| c.canal == "whatsapp")
            .map(|c| (c.version, c.otorgado))
            .collect();
        assert_eq!(por_whatsapp, [(1, true), (2, false), (3, true)]);
    }

    async fn a_change_that_changes_nothing_leaves_no_trace(db: Db) {
        let (cx, tx) = (cx_fijo(), db.begin().await.unwrap());
        let antes = actions::create_cliente(&tx, &cx, ana()).await.unwrap();
        let nada = CambioCliente { razon_social: Some(" Ana ".into()), ..CambioCliente::default() };
        let (_, igual) =
            actions::update_cliente(&tx, &cx, antes.id, Some(1), nada).await.unwrap();
        assert_eq!(igual, antes);
        let cambio = CambioCliente {
            email: Some("ana@ejemplo.pe".into()),
            estado: Some(EstadoCliente::Inactivo),
            ..CambioCliente::default()
        };
        let (_, despues) =
            actions::update_cliente(&tx, &cx, antes.id, Some(1), cambio.clone()).await.unwrap();
        assert_eq!(storage::by_id(&tx, antes.id).await.unwrap(), Some(despues.clone()));
        assert_eq!((despues.version, despues.estado), (2, EstadoCliente::Inactivo));
        let viejo = actions::update_cliente(&tx, &cx, antes.id, Some(1), cambio).await.unwrap_err();
        assert!(matches!(viejo, Error::Desactualizado));
        tx.commit().await.unwrap();
        assert_eq!(count(&db, "SELECT COUNT(*) FROM auditoria").await, 2, "one signup, one change");
    }

    async fn an_imported_batch_goes_away_whole(db: Db) {
        let (cx, tx) = (cx_fijo(), db.begin().await.unwrap());
        let queda = actions::create_cliente(&tx, &cx, ana()).await.unwrap();
        let lote = cx.new_id::<()>().uuid();
        let importado = Cliente {
            id: cx.new_id(),
            numero: 2,
            numero_documento: "40123457".into(),
            ..queda.clone()
        };
        storage::insert_many(&tx, &[importado], Some(lote)).await.unwrap();
        assert_eq!(storage::delete_lote(&tx, lote).await.unwrap(), 1);
        let quedan = storage::lock_many(&tx, &[queda.id]).await.unwrap();
        assert_eq!(quedan, [queda]);
    }
}
