//! How the demo's clientes paid: most on time, some in part, some not, one twice the amount; a
//! desk, a bank account with a statement that asks for a person. It sends nothing to anybody.

use anyhow::Context;
use ramal_base::{Fecha, Moneda};
use ramal_conciliacion::actions::{DatosCuenta, NuevoLote, create_cuenta, receive_lote};
use ramal_db::{Consulta, FromQueryResult, params};
use ramal_facturacion::cobro::{Abierta, Destino, abiertas};
use ramal_pagos::actions::{DatosCaja, create_caja};
use ramal_pagos::{Medio, NuevoPago, OrigenPago, record_pago};
use uuid::Uuid;

use super::{NUMERO_JAVIER, reloj};
use crate::casa::Casa;
use crate::salida::problem;

/// How a cliente of the demo pays a month.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manera {
    Todo,
    Mitad,
    DeMas,
    Nada,
}

/// Which month is paid: the first one was paid by nearly all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mes {
    /// Long ago.
    Primero,
    /// Due some days ago.
    Segundo,
}

#[derive(FromQueryResult)]
struct Deudor {
    cliente_id: Uuid,
    numero: i64,
}

/// Pays what was billed, on the day of the due date or a few days before; repeating it pays
/// nothing.
pub async fn pay(casa: &Casa, mes: Mes) -> anyhow::Result<()> {
    const SQL: &str = "SELECT DISTINCT f.cliente_id, c.numero FROM facturas f \
        JOIN clientes c ON c.id = f.cliente_id WHERE f.estado = 'emitida' ORDER BY c.numero";
    let deudores: Vec<Deudor> = casa.db.all(SQL, params![]).await?;
    for d in deudores {
        pay_one(casa, mes, &d).await?;
    }
    Ok(())
}

fn manner(mes: Mes, numero: i64) -> Manera {
    if numero == NUMERO_JAVIER {
        return if mes == Mes::Primero { Manera::Todo } else { Manera::Nada };
    }
    match (mes, numero.rem_euclid(20)) {
        (Mes::Primero, 19) => Manera::Nada,
        (Mes::Primero, _) | (Mes::Segundo, 0..=13) => Manera::Todo,
        (Mes::Segundo, 14 | 15) => Manera::Mitad,
        (Mes::Segundo, 16) => Manera::DeMas,
        (Mes::Segundo, _) => Manera::Nada,
    }
}

async fn pay_one(casa: &Casa, mes: Mes, d: &Deudor) -> anyhow::Result<()> {
    let manera = manner(mes, d.numero);
    let todas = abiertas(&casa.db, d.cliente_id, None).await.map_err(problem)?;
    let (Some(primera), false) = (todas.first(), manera == Manera::Nada) else { return Ok(()) };
    let debe: i64 = todas.iter().filter(|a| a.moneda == primera.moneda).map(|a| a.abierto).sum();
    let antes = i32::try_from(d.numero.rem_euclid(6))?;
    let dia = primera.vencimiento.plus_dias(-antes);
    let Some(entonces) = before_now(casa, dia)? else { return Ok(()) };
    let monto = match manera {
        Manera::Mitad => debe / 2,
        Manera::DeMas => debe + 10_000,
        _ => debe,
    };
    let nuevo = pago_of(primera, (d.numero, mes), (monto, dia));
    const PAGADO: &str = "SELECT COUNT(*) FROM pagos WHERE operacion = $1";
    let operacion = params![nuevo.operacion.clone()];
    if casa.db.scalar::<i64>(PAGADO, operacion).await?.unwrap_or(0) > 0 {
        return Ok(());
    }
    let tx = casa.db.begin().await?;
    record_pago(&tx, &entonces.cx, nuevo).await.map_err(problem)?;
    Ok(tx.commit().await?)
}

/// The house on a day at noon, unless that is still to come.
fn before_now(casa: &Casa, dia: Fecha) -> anyhow::Result<Option<Casa>> {
    let entonces = reloj::on(casa, dia, "12:00:00")?;
    Ok((entonces.cx.now() < casa.cx.now()).then_some(entonces))
}

fn pago_of(a: &Abierta, (numero, mes): (i64, Mes), (monto, dia): (i64, Fecha)) -> NuevoPago {
    let medios = match a.moneda {
        Moneda::Mxn => [Medio::Spei, Medio::Oxxo, Medio::Transferencia, Medio::Deposito],
        _ => [Medio::Yape, Medio::Transferencia, Medio::PagoEfectivo, Medio::Deposito],
    };
    let medio = medios[usize::try_from(numero.rem_euclid(4)).unwrap_or(0)];
    let vez = if mes == Mes::Primero { 1 } else { 2 };
    NuevoPago {
        cliente_id: a.cliente_id,
        moneda: a.moneda,
        monto,
        medio,
        origen: OrigenPago::Manual,
        proveedor: None,
        referencia: None,
        fecha_valor: dia,
        operacion: Some(format!("D{vez}{numero:06}")),
        notas: None,
        destino: Destino::Automatico,
        turno_id: None,
    }
}

/// A cash desk, and a bank whose statement of yesterday waits for somebody; repeating it changes
/// nothing.
pub async fn office(casa: &Casa) -> anyhow::Result<()> {
    const HAY: &str = "SELECT COUNT(*) FROM cajas";
    if casa.db.scalar::<i64>(HAY, params![]).await?.unwrap_or(0) > 0 {
        return Ok(());
    }
    let tx = casa.db.begin().await?;
    let caja = DatosCaja {
        codigo: Some("CJ1".to_owned()),
        nombre: Some("Caja de la oficina".to_owned()),
        sucursal_id: None,
        moneda: Some("MXN".to_owned()),
        activa: Some(true),
        version: None,
    };
    create_caja(&tx, &casa.cx, caja).await.map_err(problem)?;
    let cuenta = DatosCuenta {
        nombre: "BBVA 0123".to_owned(),
        moneda: "MXN".to_owned(),
        clase: "banco".to_owned(),
        perfil: "bbva_mx".to_owned(),
        activa: "si".to_owned(),
        ..DatosCuenta::default()
    };
    let cuenta = create_cuenta(&tx, &casa.cx, &cuenta).await.map_err(problem)?;
    tx.commit().await?;
    let extracto = in_latin(&statement(casa).await?);
    let lote = NuevoLote::keep(&casa.objetos, cuenta.id, "bbva-ayer.txt", extracto).await;
    let tx = casa.db.begin().await?;
    receive_lote(&tx, &casa.cx, lote.map_err(problem)?).await.map_err(problem)?;
    Ok(tx.commit().await?)
}

/// The bank writes windows-1252; what it cannot write is a question mark.
fn in_latin(texto: &str) -> Vec<u8> {
    texto.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

/// Numbers from here on are the people of the stories, who pay for themselves.
const PRIMERO_CON_NOMBRE: i64 = 66_000;

#[derive(FromQueryResult)]
struct PorCobrar {
    serie: String,
    folio: i64,
    total: i64,
    razon_social: String,
}

/// Yesterday at the bank: three payments that name their factura, one that only names who paid, one
/// of the amount that many owe, one of nobody, and the bank's fee.
async fn statement(casa: &Casa) -> anyhow::Result<String> {
    const SQL: &str = "SELECT f.serie, f.folio, f.total, c.razon_social FROM facturas f \
        JOIN clientes c ON c.id = f.cliente_id WHERE f.estado = 'emitida' AND f.moneda = 'MXN' \
        AND f.vencimiento < $1 AND c.numero < $2 ORDER BY f.folio DESC LIMIT 5";
    let hoy = ramal_plataforma::empresa(&casa.db).await.map_err(problem)?.zona();
    let ayer = hoy.fecha(casa.cx.now()).plus_dias(-1);
    let deudas: Vec<PorCobrar> = casa.db.all(SQL, params![ayer, PRIMERO_CON_NOMBRE]).await?;
    let dia = format!("{:02}-{:02}-{}", ayer.dia(), ayer.mes(), ayer.anio());
    let mut renglones: Vec<(String, i64)> = deudas
        .iter()
        .enumerate()
        .map(|(n, d)| {
            let que = match n {
                0..=2 => format!("SPEI RECIBIDO/{}-{} {}", d.serie, d.folio, d.razon_social),
                3 => format!("SPEI RECIBIDO/{}", d.razon_social),
                _ => "DEPOSITO EN EFECTIVO/0042".to_owned(),
            };
            (que, d.total)
        })
        .collect();
    renglones.push(("SPEI RECIBIDO/SIN CONCEPTO".to_owned(), 35_000));
    renglones.push(("COMISION TRANSFERENCIA".to_owned(), -580));
    let mut saldo = 1_000_000;
    let mut lineas = Vec::new();
    for (que, importe) in &renglones {
        saldo += importe;
        let texto = |minor: i64| ramal_base::dinero::format_centavos(minor);
        let (cargo, abono) = match *importe {
            importe if importe < 0 => (texto(-importe), String::new()),
            importe => (String::new(), texto(importe)),
        };
        lineas.push(format!("{dia}\t{que}\t{cargo}\t{abono}\t{}", texto(saldo)));
    }
    lineas.reverse();
    lineas.first().context("el extracto de la demostración quedó vacío")?;
    Ok(format!("Día\tConcepto / Referencia\tcargo\tAbono\tSaldo\n{}\n", lineas.join("\n")))
}
