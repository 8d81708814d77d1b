//! The contract for scripts, from a customer file to documents that the emulated authority
//! accepted.

use serde_json::json;

use crate::programa::Programa;

const CATALOGO: &[u8] =
    b"nombre,tipo,tecnologia,precio_con_impuesto,periodo,clave_prod_serv,clave_unidad
FIBRA 100,internet,ftth,399.00,mensual,81112101,E48
";

/// Three rows: one customer with two services, and a row whose plan nobody sells.
const PANEL: &str = "\
Id Servicio;Nombre;RFC;Régimen;CP;Email;Teléfono;Dirección;Zona;Plan;Precio;Día de pago;\
Fecha instalación;Estado;Router;IP;Usuario PPPoE
1;Ana Núñez;XAXX010101000;616;64000;a@correo.example;8112345678;Calle 1;Centro;FIBRA 100;399.00;\
1;10/01/2024;Activo;AP-1;10.0.0.1;u1
2;Ana Núñez;XAXX010101000;616;64000;a@correo.example;8112345678;Calle 1;Centro;FIBRA 100;349.50;\
1;10/01/2024;Activo;AP-1;10.0.0.2;u2
3;Luis Rojas;XAXX010101000;616;64000;b@correo.example;8112345679;Calle 2;Centro;FANTASMA;399.00;\
1;10/01/2024;Activo;AP-1;10.0.0.3;u3
";

const SEED003: &str =
    "id,ruc,razon_social,direccion,monto,fecha_vencimiento,tipo_servicio,whatsapp,activo
1,20131312955,Comercial Ñandú S.A.C.,Jr. Lima 1,118.00,2026-12-01,mensual,979514083,1
2,20512333798,Digito Malo S.A.C.,Jr. Lima 2,118.00,2026-12-01,mensual,979514083,1
3,20100066603,Sin Numero S.A.C.,Jr. Lima 3,50.00,2026-12-01,,123,1
";

fn latin1(texto: &str) -> Vec<u8> {
    texto.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

#[test]
fn a_panel_file_becomes_accepted_invoices_and_nothing_happens_twice() {
    let p = Programa::new();
    p.mexico();
    let catalogo = p.file("catalogo.csv", CATALOGO);
    let panel = p.file("panel.csv", &latin1(PANEL));
    let (catalogo, panel) = (catalogo.to_str().unwrap(), panel.to_str().unwrap());
    assert_eq!(p.json(&["catalogo", "import", catalogo])["productos"], 1);
    let import = ["clientes", "import", panel, "--perfil", "panel", "--al", "2026-12-01"];
    let ensayo = p.json(&[&import[..], &["--simular"]].concat());
    assert_eq!(ensayo["servicios"], 2);
    let hecho = p.json(&import);
    assert_eq!((&hecho["filas"], &hecho["importadas"]), (&json!(3), &json!(2)));
    assert_eq!((&hecho["clientes"], &hecho["servicios"]), (&json!(1), &json!(2)));
    assert_eq!(hecho["suma_centavos_activos"], 74850);
    assert_eq!(hecho["rechazadas"][0]["linea"], 4);
    assert_eq!(hecho["rechazadas"][0]["codigo"], "plan_desconocido");
    assert_eq!(p.json(&import)["importadas"], 0);
    let corrida = ["facturacion", "run", "--fecha", "2026-12-01", "--esperar"];
    let previa = p.json(&["facturacion", "preview", "--fecha", "2026-12-01"]);
    let hecha = p.json(&corrida);
    assert_eq!(previa["totales"], json!({ "MXN": "748.50" }));
    assert_eq!(hecha["totales"], previa["totales"]);
    assert_eq!((&hecha["facturas"], &hecha["aparcados"]), (&json!(1), &json!(0)));
    assert_eq!(hecha["estado"], "terminada");
    assert_eq!(hecha["comprobantes"], json!({ "aceptado": 1 }));
    assert_eq!(p.json(&corrida)["facturas"], 1, "a second run must bill nothing more");
    let lote = hecho["lote"].as_str().unwrap();
    assert_eq!(p.code(&["clientes", "import", "--deshacer", lote]), 1);
}

#[test]
fn a_one_service_file_reports_its_dirt_and_bills_the_rest() {
    let p = Programa::new();
    p.peru();
    let archivo = p.file("clientes.csv", SEED003.as_bytes());
    let archivo = archivo.to_str().unwrap();
    let hecho = p.json(&["clientes", "import", archivo, "--perfil", "seed003"]);
    assert_eq!((&hecho["importadas"], &hecho["suma_centavos_activos"]), (&json!(2), &json!(16800)));
    assert_eq!(hecho["rechazadas"][0]["codigo"], "ruc_digito");
    assert_eq!(hecho["avisos"][0]["codigo"], "whatsapp_corto");
    let lote = hecho["lote"].as_str().unwrap();
    assert_eq!(p.json(&["clientes", "import", "--deshacer", lote])["servicios"], 2);
    p.json(&["clientes", "import", archivo, "--perfil", "seed003"]);
    let hecha = p.json(&["facturacion", "run", "--fecha", "2026-12-01", "--esperar"]);
    assert_eq!(hecha["totales"], json!({ "PEN": "168.00" }));
    assert_eq!(hecha["comprobantes"], json!({ "aceptado": 2 }));
    let salida = p.file("marca", b"");
    let salida = salida.with_file_name("salida");
    let exportado = p.json(&["comprobantes", "export", "--dir", salida.to_str().unwrap(), "--pdf"]);
    assert_eq!(exportado["comprobantes"], 2);
    let mut nombres: Vec<String> = std::fs::read_dir(&salida)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    nombres.sort();
    assert!(nombres.contains(&"20600000005-01-F001-1.xml".to_owned()), "{nombres:?}");
    assert!(nombres.iter().any(|n| n.starts_with("R-20600000005-01-F001-1")), "{nombres:?}");
    let factura = salida.join("20600000005-01-F001-1.xml");
    assert_eq!(p.code(&["sunat", "verify", factura.to_str().unwrap()]), 0);
}

#[test]
fn exit_codes_tell_refused_from_wrong_usage() {
    let p = Programa::new();
    assert_eq!(p.code(&["facturacion", "run", "--fecha", "2026-13-40"]), 2);
    assert_eq!(p.code(&["no-existe"]), 2);
    assert_eq!(p.code(&["facturacion", "run", "--fecha", "2026-12-01"]), 1, "no company yet");
    let malo = ["init", "--pais", "pe", "--emisor", "20512333798", "--razon-social", "X"];
    assert_eq!(p.code(&malo), 1, "a RUC with a wrong digit");
    assert_eq!(p.code(&["clientes", "import", "no-hay.csv", "--perfil", "seed003"]), 1);
    let salida = p.run(&[&malo[..], &["--json"]].concat());
    let dicho: serde_json::Value = serde_json::from_slice(&salida.stdout).unwrap();
    assert_eq!(dicho["error"]["errores"][0]["codigo"], "ruc_digito", "{dicho}");
    assert_eq!(p.code(&["clientes", "import", "no-hay.csv", "--perfil", "otro"]), 2);
}

#[test]
fn a_taken_port_is_refused_before_the_demo_bills_and_prints_its_only_key() {
    let p = Programa::new();
    let ocupado = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let puerto = ocupado.local_addr().unwrap().port().to_string();
    let salida = p.run(&["demo", "--port", &puerto]);
    assert_eq!(salida.status.code(), Some(1));
    let dicho = String::from_utf8_lossy(&salida.stderr).into_owned();
    assert!(dicho.contains("--port") && salida.stdout.is_empty(), "{dicho}");
    assert!(!p.data().exists());
}

#[test]
fn the_first_key_is_printed_once() {
    let p = Programa::new();
    let init = ["init", "--pais", "mx", "--emisor", "EKU9003173C9", "--razon-social", "KEMPER"];
    let primera = p.json(&init);
    assert!(primera["clave_api"].as_str().unwrap().starts_with("rml_"));
    assert!(p.json(&init)["clave_api"].is_null());
}
