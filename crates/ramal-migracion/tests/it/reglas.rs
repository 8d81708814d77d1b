//! Risk: an old customer is billed again for what the old system billed, or never.

use ramal_clientes::EstadoCliente;
use ramal_contratos::{EstadoServicio, Hecho};
use ramal_db::Db;
use ramal_migracion::PedidoImportacion;
use ramal_testkit::both_engines;

use crate::apoyo::{self, CABECERA_MX, CABECERA_PE, codes, fecha, mundo, pedido};

/// A row of the panel with the fields that these tests look at.
fn fila(id: u32, rfc: &str, correo: &str, dia: &str, alta: &str, estado: &str) -> String {
    format!(
        "{id};Raúl Peña;{rfc};616;64000;{correo};5512345678;Grau;Norte;Fibra  50;$ 349.00;{dia};\
         {alta};{estado};AP-1;10.0.0.1;user{id}\n"
    )
}

const XAXX: &str = "XAXX010101000";
const REAL: &str = "CACX7605101P8";

both_engines! {
    migraciones: (apoyo::MIGRACIONES);

    async fn the_due_date_is_the_first_period_billed_here_also_when_it_is_past(db: Db) {
        let m = mundo(db).await;
        let texto = format!(
            "{CABECERA_PE}\
             1,20131312955,Uno,Grau 1,99.90,2026-08-31,,979514083,1\n\
             2,20100070970,Dos,Grau 2,\"S/ 1,180.00\",30/11/2027,trimestral,979514083,0\n"
        );
        let informe = m.import(pedido("seed003", texto)).await;
        assert_eq!((informe.importadas, informe.suma_centavos_activos), (2, 9990));
        let s = m.servicios().await;
        let agosto = fecha("2026-08-31");
        let marcas = [s[0].inicio, s[0].facturado_desde, s[0].revisar_desde];
        assert_eq!(marcas, [agosto; 3]);
        assert_eq!(s[0].proxima_revision, Some(agosto));
        assert_eq!((s[0].ancla.fecha(), s[0].ancla.meses()), (agosto, 12));
        assert!(s[0].impuesto_incluido);
        assert_eq!(s[0].descripcion, "Servicio existente");
        assert_eq!((s[1].estado, s[1].proxima_revision), (EstadoServicio::Suspendido, None));
        let hechos = ramal_contratos::storage::hechos(&m.db, &[s[1].id]).await.unwrap();
        assert_eq!(hechos[1].1.hecho, Hecho::Suspension);
        let uno = ramal_clientes::storage::by_id(&m.db, s[0].cliente_id).await.unwrap().unwrap();
        let dos = ramal_clientes::storage::by_id(&m.db, s[1].cliente_id).await.unwrap().unwrap();
        assert_eq!((uno.estado, dos.estado), (EstadoCliente::Activo, EstadoCliente::Inactivo));
        assert_eq!(uno.telefono.as_deref(), Some("+51979514083"));
    }

    async fn the_panel_bills_from_the_first_payment_day_on_or_after_the_cut(db: Db) {
        let m = mundo(db).await;
        let filas = [
            fila(1, XAXX, "a@correo.example", "31", "15/02/2024", "Activo"),
            fila(2, XAXX, "b@correo.example", "20", "15/02/2024", "Activo"),
            fila(3, XAXX, "c@correo.example", "10", "25/11/2026", "Activo"),
            fila(4, XAXX, "d@correo.example", "10", "15/02/2024", "Suspendido"),
        ];
        let al = Some(fecha("2026-11-20"));
        let texto = format!("{CABECERA_MX}{}", filas.concat());
        let pedido = PedidoImportacion { al, ..pedido("panel", texto) };
        let informe = m.import(pedido).await;
        assert_eq!((informe.importadas, informe.clientes), (4, 4));
        let s = m.servicios().await;
        let marcas = |i: usize| {
            let texto = |f: ramal_base::Fecha| f.to_string();
            (texto(s[i].inicio), texto(s[i].facturado_desde), s[i].proxima_revision.map(texto))
        };
        let caso = |a: &str, b: &str, c: &str| (a.into(), b.into(), Some(c.into()));
        assert_eq!(marcas(0), caso("2024-02-15", "2026-11-20", "2026-11-30"));
        assert_eq!(s[0].ancla.dia(), 31);
        assert_eq!(marcas(1), caso("2024-02-15", "2026-11-20", "2026-11-20"));
        assert_eq!(marcas(2), caso("2026-11-25", "2026-11-25", "2026-11-25"));
        assert_eq!(marcas(3).2, None);
        let zona = s[0].configuracion["zona"].as_str();
        assert_eq!((zona, s[0].precio.centavos), (Some("Norte"), 34900));
    }

    async fn without_a_cut_day_it_is_today_where_the_emisor_is(db: Db) {
        let m = mundo(db).await;
        let texto = fila(1, XAXX, "a@correo.example", "1", "15/02/2024", "Activo");
        let informe = m.import(pedido("panel", format!("{CABECERA_MX}{texto}"))).await;
        assert_eq!(informe.al, fecha("2026-11-20"));
        assert_eq!(m.servicios().await[0].proxima_revision, Some(fecha("2026-12-01")));
    }

    async fn the_generic_rfc_joins_neighbours_and_a_real_one_joins_its_owner(db: Db) {
        let m = mundo(db).await;
        let filas = [
            fila(1, XAXX, "a@correo.example", "1", "15/02/2024", "Activo"),
            fila(2, XAXX, "a@correo.example", "99", "15/02/2024", "Activo"),
            fila(3, XAXX, "a@correo.example", "1", "15/02/2024", "Activo"),
            fila(4, REAL, "r@correo.example", "1", "15/02/2024", "Activo"),
            fila(5, XAXX, "a@correo.example", "1", "15/02/2024", "Activo"),
            fila(6, REAL, "r@correo.example", "1", "15/02/2024", "Activo"),
        ];
        let texto = format!("{CABECERA_MX}{}", filas.concat());
        let informe = m.import(pedido("panel", &texto)).await;
        assert_eq!(codes(&informe.rechazadas), [(3, "dia_invalido")]);
        assert_eq!((informe.importadas, informe.clientes), (5, 3));
        let s = m.servicios().await;
        assert_eq!(s[0].cliente_id, s[1].cliente_id);
        assert_eq!(s[2].cliente_id, s[4].cliente_id);
        assert_ne!(s[0].cliente_id, s[3].cliente_id);
        // The row corrected and sent again joins the neighbours that are in already.
        let corregido = texto.replace(";99;", ";9;");
        let otra = m.import(pedido("panel", corregido)).await;
        assert_eq!((otra.importadas, otra.clientes, otra.ya_importadas), (1, 0, 5));
        let s = m.servicios().await;
        assert_eq!(s[5].cliente_id, s[0].cliente_id);
    }

    async fn a_broken_row_or_cell_costs_its_row_and_says_everything_at_once(db: Db) {
        let m = mundo(db).await;
        let texto = format!(
            "{CABECERA_PE}\
             1,20131312955,Uno,\"Grau 1\nPiso 2\",99.90,2026-12-01,mensual,916248,1\n\
             2,20100070970,Dos,Grau 2\n\
             3,20100070970,Tres,Grau, 3,1.00,2026-12-01,mensual,979514083,1\n\
             4,20131312956,,Grau 4,,2026-13-01,quincenal,979514083,tal vez\n\
             ,,Cinco,Grau 5,1.00,2026-12-01,mensual,979514083,1\n\
             6,20100070970,Seis,Grau 6,0.00,2026-12-01,mensual,979514083,1\n"
        );
        let informe = m.import(pedido("seed003", texto)).await;
        let todas = [
            (4, "columnas_faltantes"),
            (5, "columnas_sobrantes"),
            (6, "ruc_digito"),
            (6, "razon_social_vacia"),
            (6, "monto_vacio"),
            (6, "periodo_desconocido"),
            (6, "estado_desconocido"),
            (6, "fecha_invalida"),
            (7, "referencia_vacia"),
        ];
        assert_eq!(codes(&informe.rechazadas), todas);
        assert_eq!(codes(&informe.avisos), [(2, "whatsapp_corto"), (8, "monto_cero")]);
        assert_eq!((informe.filas, informe.filas_rechazadas, informe.importadas), (6, 4, 2));
        assert_eq!(informe.rechazadas[2].campo, "ruc");
        assert!(informe.verificacion.cuadra);
    }
}
