//! Risk: another system needs code, or another spelling of a file is not read.

use ramal_contratos::EstadoServicio;
use ramal_db::Db;
use ramal_migracion::{Error, Origen, PedidoImportacion, Perfil};
use ramal_testkit::both_engines;

use crate::apoyo::{self, CABECERA_PE, codes, fecha, mundo, pedido};
use crate::fixtures::PE;

const OTRO: &str = r#"
nombre = "telecable"
pais = "PE"
documento = "DNI"
codificacion = "latin-1"
separador = "|"
forma = "varios_servicios"
regla = "proximo_vencimiento"
referencia = ["abonado"]
impuesto_incluido = true
requiere_factura = false
[columnas]
documento = "dni"
razon_social = "titular"
precio = "tarifa"
fecha = "vence"
periodo = "cada"
estado = "situación"
descripcion = "señal"
[configuracion]
caja = "caja"
[fechas]
formatos = ["%d.%m.%Y"]
[dinero]
decimal = ","
miles = "."
signos = ["soles"]
[periodos.palabras]
mes = "mensual"
"año" = "anual"
[estados.palabras]
"al día" = "activo"
corte = "suspendido"
retiro = "cancelado"
"#;

const ABONADOS: &str = "\
abonado|titular|dni|señal|tarifa|vence|cada|situación|caja
A1|Íñigo Peña|10117410|Señal básica|1.059,90 soles|05.12.2026|Mes|Al día|C-7
A2|Íñigo Peña|10117410|Señal extra|20 soles|05.12.2026|año|corte|
A3|Lucía Rojas|43218765|Señal básica|59,90|31.11.2026|mes|al día|
A4|Lucía Rojas|43218765|Señal básica|59,90|30.11.2026|quincena|dormido|
A5|Lucía Rojas|43218765|Señal básica|59,90|30.11.2026|mes|retiro|
";

both_engines! {
    migraciones: (apoyo::MIGRACIONES);

    async fn a_third_system_needs_a_file_and_no_code(db: Db) {
        let m = mundo(db).await;
        let carpeta = tempfile::tempdir().unwrap();
        let (toml, datos) = (carpeta.path().join("p.toml"), carpeta.path().join("d.txt"));
        std::fs::write(&toml, OTRO).unwrap();
        // Every letter of the text is in Latin-1, where a code point is a byte.
        let latin: Vec<u8> = ABONADOS.chars().map(|c| u8::try_from(c).unwrap()).collect();
        std::fs::write(&datos, latin).unwrap();
        let perfil = Perfil::find(toml.to_str().unwrap()).unwrap();
        let origen = Origen::parse(datos.to_str().unwrap()).unwrap();
        let informe = m.import(PedidoImportacion::new(origen, perfil)).await;
        let malas = [
            (4, "fecha_invalida"), (5, "periodo_desconocido"), (5, "estado_desconocido"),
        ];
        assert_eq!(codes(&informe.rechazadas), malas);
        assert_eq!((informe.importadas, informe.clientes, informe.filas_rechazadas), (3, 2, 2));
        assert_eq!(informe.suma_centavos_activos, 105_990);
        let s = m.servicios().await;
        assert_eq!(s[0].descripcion, "Señal básica");
        assert_eq!(s[0].configuracion, serde_json::json!({"caja": "C-7"}));
        assert!(!s[0].requiere_factura);
        assert_eq!((s[1].estado, s[1].ancla.meses()), (EstadoServicio::Suspendido, 12));
        assert_eq!((s[2].estado, s[2].fin), (EstadoServicio::Cancelado, Some(fecha("2026-11-30"))));
        assert_eq!((s[1].proxima_revision, s[2].proxima_revision), (None, None));
    }

    async fn a_file_saved_again_in_another_encoding_is_read_the_same(db: Db) {
        let m = mundo(db).await;
        let texto = String::from_utf8(PE.to_vec()).unwrap();
        let letras = texto.trim_start_matches('\u{feff}').chars();
        let latin: Vec<u8> = letras.map(|c| u8::try_from(c).unwrap()).collect();
        let una = m.import(pedido("seed003", PE)).await;
        let otra = m.import(pedido("seed003", latin)).await;
        assert_eq!((otra.importadas, otra.ya_importadas), (0, una.importadas));
        assert!(otra.verificacion.cuadra);
    }

    async fn a_file_without_its_columns_is_refused_whole(db: Db) {
        let m = mundo(db).await;
        let texto = CABECERA_PE.replace("monto,", "").replace("whatsapp,", "");
        let error = m.try_import(pedido("seed003", texto)).await.unwrap_err();
        let Error::ColumnasFaltantes(faltan) = error else { panic!("{error}") };
        assert_eq!(faltan, ["monto", "whatsapp"]);
        let vacio = m.try_import(pedido("seed003", "")).await.unwrap_err();
        assert_eq!(vacio.codigo(), "origen_ilegible");
        assert_eq!(m.count("lotes").await, 0);
    }
}
