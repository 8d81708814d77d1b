//! The made-up company that the measurements work on: one emisor, N customers with one service
//! each. It measures nothing.

use anyhow::Context;
use ramal_base::documentos::TipoDocumento;
use ramal_base::{Dinero, Fecha, Pais};
use ramal_catalogo::ProductoId;
use ramal_clientes::cliente::EstadoCliente;
use ramal_clientes::{Cliente, ClienteId};
use ramal_contratos::{Ancla, EstadoServicio, Servicio};
use ramal_plataforma::{Emisor, NuevoEmisor};
use serde_json::json;

use crate::casa::Casa;
use crate::cli::init;
use crate::salida::problem;

pub(in crate::cli) async fn prepare(casa: &Casa, pais: Pais) -> anyhow::Result<Emisor> {
    let (numero, nombre) = match pais {
        Pais::Pe => ("20600000005", "RAMAL DEMO S.A.C."),
        _ => ("EKU9003173C9", "ESCUELA KEMPER URGATE"),
    };
    let alta = init::set_up(casa, NuevoEmisor::new(pais, numero, nombre)).await?;
    init::test_certificate(casa, &alta.emisor).await?;
    Ok(alta.emisor)
}

/// Services per transaction while the database is filled, which is not measured.
const TANDA: u32 = 1000;

pub(in crate::cli) async fn fill(
    casa: &Casa,
    emisor: &Emisor,
    cantidad: u32,
    fecha: Fecha,
) -> anyhow::Result<()> {
    let tx = casa.db.begin().await?;
    let producto =
        ramal_catalogo::actions::ensure_producto_generico(&tx, &casa.cx, emisor.moneda).await;
    let producto = producto.map_err(problem)?.id;
    tx.commit().await?;
    let mut hechos = 0;
    while hechos < cantidad {
        let n = TANDA.min(cantidad - hechos);
        let tx = casa.db.begin().await?;
        let numero = tx.take_numbers("clientes", i64::from(n)).await?;
        tx.take_numbers("servicios", i64::from(n)).await?;
        let clientes: Vec<Cliente> =
            (0..i64::from(n)).map(|i| cliente_nuevo(casa, emisor.pais, numero + i)).collect();
        ramal_clientes::storage::insert_many(&tx, &clientes, None).await?;
        let servicios: anyhow::Result<Vec<Servicio>> =
            clientes.iter().map(|c| servicio_nuevo(casa, emisor, producto, (c, fecha))).collect();
        ramal_contratos::storage::insert_many(&tx, &casa.cx, &servicios?, None).await?;
        tx.commit().await?;
        hechos += n;
    }
    Ok(())
}

fn cliente_nuevo(casa: &Casa, pais: Pais, numero: i64) -> Cliente {
    let (tipo_documento, documento) = match pais {
        Pais::Pe => (TipoDocumento::Dni, format!("{:08}", numero.rem_euclid(100_000_000))),
        _ => (TipoDocumento::Rfc, "XAXX010101000".to_owned()),
    };
    Cliente {
        id: casa.cx.new_id::<ramal_clientes::cliente::ClienteMarca>() as ClienteId,
        numero,
        pais,
        tipo_documento,
        numero_documento: documento,
        razon_social: name(numero),
        nombre_comercial: None,
        email: Some(format!("c{numero}@correo.example")),
        telefono: Some(phone(pais, numero)),
        regimen_fiscal: None,
        uso_cfdi: None,
        codigo_postal: None,
        direccion: Some("Av. Siempre Viva 742".to_owned()),
        estado: EstadoCliente::Activo,
        notas: None,
        version: 1,
        creado: casa.cx.now(),
        actualizado: casa.cx.now(),
    }
}

/// A telephone of the country that nobody else of the world has.
fn phone(pais: Pais, numero: i64) -> String {
    match pais {
        Pais::Pe => format!("+519{:08}", numero.rem_euclid(100_000_000)),
        _ => format!("+5255{:08}", numero.rem_euclid(100_000_000)),
    }
}

const NOMBRES: [&str; 16] = [
    "Ana", "Benito", "Carla", "Darío", "Elvira", "Fermín", "Graciela", "Hugo", "Inés", "José",
    "Lucía", "Martín", "Noemí", "Óscar", "Rosa", "Ximena",
];
const APELLIDOS: [&str; 20] = [
    "Ávila",
    "Benítez",
    "Cárdenas",
    "Díaz",
    "Espinoza",
    "Flores",
    "García",
    "Huamán",
    "Ibáñez",
    "Jiménez",
    "Mosca",
    "Núñez",
    "Ortiz",
    "Peñaloza",
    "Quispe",
    "Rojas",
    "Salazar",
    "Torres",
    "Vargas",
    "Zúñiga",
];

/// A name that many share in part and nobody whole, as in a real file.
fn name(numero: i64) -> String {
    let en = |lista: &[&'static str], n: i64| {
        let largo = i64::try_from(lista.len()).unwrap_or(1);
        usize::try_from(n.rem_euclid(largo)).ok().and_then(|i| lista.get(i)).copied().unwrap_or("")
    };
    let (a, b) = (en(&APELLIDOS, numero / 16), en(&APELLIDOS, numero / 320));
    format!("{} {a} {b} {numero}", en(&NOMBRES, numero))
}

fn servicio_nuevo(
    casa: &Casa,
    emisor: &Emisor,
    producto: ProductoId,
    (cliente, fecha): (&Cliente, Fecha),
) -> anyhow::Result<Servicio> {
    let precio = Dinero::new(39_900 + cliente.numero.rem_euclid(100) * 10, emisor.moneda);
    Ok(Servicio {
        id: casa.cx.new_id(),
        numero: cliente.numero,
        cliente_id: cliente.id,
        contrato_id: None,
        emisor_id: emisor.id.uuid(),
        producto_id: producto,
        descripcion: "Internet fibra 100 Mbps".to_owned(),
        precio,
        impuesto_incluido: true,
        requiere_factura: true,
        ancla: Ancla::new(fecha, 1).context("ancla")?,
        inicio: fecha,
        facturado_desde: fecha,
        fin: None,
        estado: EstadoServicio::Activo,
        auto_renovacion: true,
        grupo: None,
        hechos: 1,
        revisar_desde: fecha,
        proxima_revision: Some(fecha),
        configuracion: json!({}),
        notas: None,
        version: 1,
        creado: casa.cx.now(),
        actualizado: casa.cx.now(),
    })
}
