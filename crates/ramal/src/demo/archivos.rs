//! The files that the demo company brings: a panel export and a one-service-per-client list.
//! Invented people, real digits.

use ramal_base::Fecha;

/// Plans of the demo company; prices with tax.
pub const CATALOGO: &str =
    "nombre,tipo,tecnologia,precio_con_impuesto,periodo,clave_prod_serv,clave_unidad
FIBRA 50,internet,ftth,349.00,mensual,81112101,E48
FIBRA 100,internet,ftth,399.00,mensual,81112101,E48
FIBRA 300,internet,ftth,549.00,mensual,81112101,E48
INALAMBRICO 10,internet,wisp,299.00,mensual,81112101,E48
TV BASICA,tv,hfc,199.00,mensual,83111801,E48
TELEFONIA ILIMITADA,telefonia,ftth,149.00,mensual,83111501,E48
IP FIJA,ip_fija,,99.00,mensual,81112101,E48
";

const NOMBRES: [&str; 12] = [
    "Ana", "Luis", "María", "José", "Noemí", "Óscar", "Ximena", "Raúl", "Yésica", "Iván", "Sofía",
    "Darío",
];
const APELLIDOS: [&str; 10] = [
    "Quispe",
    "Núñez",
    "García",
    "Huamán",
    "Peñaloza",
    "Rojas",
    "Güemes",
    "Ávila",
    "Salazar",
    "Ibáñez",
];
const PLANES: [(&str, &str); 5] = [
    ("FIBRA 50", "349.00"),
    ("FIBRA 100", "399.00"),
    ("FIBRA 300", "549.00"),
    ("INALAMBRICO 10", "299.00"),
    ("TV BASICA", "199.00"),
];

fn nombre(i: usize) -> String {
    let (a, b) = (i / NOMBRES.len(), i / 7);
    format!(
        "{} {} {}",
        NOMBRES[i % NOMBRES.len()],
        APELLIDOS[a % APELLIDOS.len()],
        APELLIDOS[b % APELLIDOS.len()]
    )
}

/// Panel export of `n` rows; every fifth customer has a second service.
pub fn panel(n: usize) -> String {
    let mut filas = vec![
        "Id Servicio;Nombre;RFC;Régimen;CP;Email;Teléfono;Dirección;Zona;Plan;Precio;Día de pago;\
         Fecha instalación;Estado;Router;IP;Usuario PPPoE"
            .to_owned(),
    ];
    for fila in 0..n {
        // Rows 5k+4 and 5k+5 belong to one customer.
        let cliente = fila - (fila + 1) / 5;
        let (plan, precio) = PLANES[fila % PLANES.len()];
        let dia = [1, 5, 10, 15, 28][cliente % 5];
        filas.push(format!(
            "{};{};XAXX010101000;616;64000;c{cliente}@correo.example;81{:08};Calle {} {};Centro;\
             {plan};{precio};{dia};{:02}/{:02}/2024;Activo;AP-{:02};10.0.{}.{};user{}",
            50_000 + fila,
            nombre(cliente),
            10_000_000 + cliente,
            APELLIDOS[cliente % APELLIDOS.len()],
            100 + cliente,
            1 + cliente % 28,
            1 + cliente % 12,
            cliente % 40,
            cliente / 250,
            cliente % 250,
            50_000 + fila,
        ));
    }
    filas.join("\n") + "\n"
}

/// List of `n` customers with RUC, one service each, due from `desde` on.
pub fn seed003(n: usize, desde: Fecha) -> String {
    let mut filas = vec![
        "id,ruc,razon_social,direccion,monto,fecha_vencimiento,tipo_servicio,whatsapp,activo"
            .to_owned(),
    ];
    for i in 0..n {
        let dia = i32::try_from(i % 28).unwrap_or(0);
        let (_, precio) = PLANES[i % PLANES.len()];
        filas.push(format!(
            "{},{},{},Jr. {} {},{precio},{},mensual,9{:08},1",
            i + 1,
            ruc(i),
            nombre(i),
            APELLIDOS[i % APELLIDOS.len()],
            100 + i,
            desde.plus_dias(dia),
            10_000_000 + i,
        ));
    }
    filas.join("\n") + "\n"
}

/// RUC of a person with its check digit (sunat.md 2).
fn ruc(i: usize) -> String {
    const PESOS: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let base = format!("10{:08}", 40_000_000 + i * 37);
    let suma: u32 = base.chars().zip(PESOS).filter_map(|(c, p)| Some(c.to_digit(10)? * p)).sum();
    format!("{base}{}", (11 - suma % 11) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::Pais;
    use ramal_base::documentos::{TipoDocumento, validar};

    #[test]
    fn every_ruc_of_the_demo_has_its_digit() {
        for i in 0..500 {
            assert!(validar(TipoDocumento::Ruc, Pais::Pe, &ruc(i)).is_ok(), "{}", ruc(i));
        }
    }

    #[test]
    fn rows_of_one_customer_are_adjacent() {
        let archivo = panel(10);
        let nombres: Vec<&str> =
            archivo.lines().skip(1).filter_map(|l| l.split(';').nth(1)).collect();
        assert_eq!(nombres.len(), 10);
        assert_eq!(nombres[3], nombres[4]);
        assert_ne!(nombres[2], nombres[3]);
    }
}
