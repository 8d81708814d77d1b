//! `facturacion run --esperar` before authorities that will not answer all. Asserts that it ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::programa::Programa;

/// An emulated authority that ends with the test.
struct Autoridad(Child, String);

impl Autoridad {
    fn start(cual: &str, fallas: &str) -> Autoridad {
        let mut orden = Command::new(env!("CARGO_BIN_EXE_ramal"));
        orden.args(["emulate", cual, "--port", "0", "--fallas", fallas]);
        let mut proceso = orden.stdout(Stdio::piped()).spawn().unwrap();
        let mut linea = String::new();
        BufReader::new(proceso.stdout.take().unwrap()).read_line(&mut linea).unwrap();
        Autoridad(proceso, linea.trim().to_owned())
    }
}

impl Drop for Autoridad {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Runs the day and waits, with that authority; exit code, report and what stderr said.
fn run(p: &Programa, variable: &str, autoridad: &Autoridad) -> (i32, Value, String) {
    let salida = Command::new(env!("CARGO_BIN_EXE_ramal"))
        .args(["facturacion", "run", "--fecha", "2026-12-01", "--esperar", "--json"])
        .env_remove("DATABASE_URL")
        .env("RAMAL_DATA", p.data())
        .env(variable, &autoridad.1)
        .output()
        .unwrap();
    let dicho = String::from_utf8_lossy(&salida.stderr).into_owned();
    let informe = serde_json::from_slice(&salida.stdout).expect("one JSON object");
    (salida.status.code().unwrap(), informe, dicho)
}

const CLIENTES: &str =
    "id,ruc,razon_social,direccion,monto,fecha_vencimiento,tipo_servicio,whatsapp,activo
1,20131312955,Comercial Ñandú S.A.C.,Jr. Lima 1,118.00,2026-12-01,mensual,979514083,1
2,20100066603,Comercial Norte S.A.C.,Jr. Lima 2,50.00,2026-12-01,mensual,979514084,1
";

fn bill_two(p: &Programa) {
    p.peru();
    let archivo = p.file("clientes.csv", CLIENTES.as_bytes());
    p.json(&["clientes", "import", archivo.to_str().unwrap(), "--perfil", "seed003"]);
}

#[test]
fn waiting_ends_when_the_account_is_refused_and_says_what_to_mend() {
    let p = Programa::new();
    bill_two(&p);
    let malas = r#"{"codigo": {"regla": {"proximas": 9}, "codigo": "0102"}}"#;
    let sunat = Autoridad::start("sunat", malas);
    let (codigo, informe, dicho) = run(&p, "SUNAT_URL", &sunat);
    assert_eq!((codigo, &informe["estado"]), (1, &json!("detenida")), "{informe}");
    assert_eq!(informe["facturas"], 2);
    assert_eq!(informe["detenidos"][0]["codigo"], "0102");
    assert_eq!(informe["detenidos"][0]["comprobantes"], 2);
    assert!(dicho.contains("reanude el emisor"), "{dicho}");
    assert_eq!(p.json(&["emisor", "reanudar"])["emisor"], "20600000005");
    let buena = Autoridad::start("sunat", "{}");
    let (codigo, informe, _) = run(&p, "SUNAT_URL", &buena);
    assert_eq!((codigo, &informe["comprobantes"]), (0, &json!({ "aceptado": 2 })), "{informe}");
}

#[test]
fn waiting_ends_when_everything_is_refused() {
    let p = Programa::new();
    bill_two(&p);
    let sunat = Autoridad::start("sunat", r#"{"rechazo_por_diez_mil": 10000}"#);
    let (codigo, informe, _) = run(&p, "SUNAT_URL", &sunat);
    assert_eq!((codigo, &informe["estado"]), (0, &json!("terminada")), "{informe}");
    assert_eq!(informe["comprobantes"], json!({ "rechazado": 2 }));
    assert_eq!(informe["detenidos"][0]["comprobantes"], 2, "one reason for both: {informe}");
}
