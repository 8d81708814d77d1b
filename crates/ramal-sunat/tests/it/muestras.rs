//! Every shape of the norm, built once: the factory of the tests and of the `muestras` example.
//! It asserts nothing.

use ramal_base::{Dinero, Fecha, Moneda};
use ramal_sunat::armado::{self, Cabecera, Motivo};
use ramal_sunat::importes::{
    Ajustes, Deposito, Descuento, Venta, anticipo, detraccion, pendiente, retencion, totales_con,
};
use ramal_sunat::modelo::{
    Afectado, Baja, Cliente, Condicion, Cpe, Cuota, DescuentoGlobal, Direccion, Emisor, FormaPago,
    LineaBaja, LineaResumen, Lote, Nota, Resumen, TipoCpe, TipoNota, TributoAnticipo,
};
use ramal_sunat::{Afectacion, SinFirma, Tipo};
use ramal_sunat::{escribir_baja, escribir_cpe, escribir_nota, escribir_resumen};
use rust_decimal::Decimal;

pub const RUC: &str = "20600000005";

pub fn emisor() -> Emisor {
    Emisor {
        ruc: RUC.into(),
        razon_social: "RAMAL DEMO S.A.C.".into(),
        nombre_comercial: Some("RAMAL".into()),
        direccion: Direccion {
            ubigeo: "150101".into(),
            establecimiento: "0000".into(),
            urbanizacion: None,
            provincia: "LIMA".into(),
            departamento: "LIMA".into(),
            distrito: "LIMA".into(),
            linea: "JR. EJEMPLO 123".into(),
        },
    }
}

pub fn fecha(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

pub fn cabecera(serie: &str, numero: u32, cliente: Cliente) -> Cabecera {
    Cabecera {
        serie: serie.into(),
        numero,
        fecha: fecha("2026-11-20"),
        hora: Some("10:15:00".into()),
        moneda: Moneda::Pen,
        emisor: emisor(),
        cliente,
    }
}

pub fn empresa() -> Cliente {
    Cliente::ruc("20512333797", "CLIENTE EMPRESA S.A.C.")
}

pub fn persona() -> Cliente {
    Cliente::dni("10117410", "MARÍA QUISPE ÑAHUI")
}

pub fn pen(centavos: i64) -> Dinero {
    Dinero::new(centavos, Moneda::Pen)
}

pub fn internet(centavos: i64) -> Venta {
    let texto = "Internet fibra 100 Mbps - periodo 2026-11-01 a 2026-11-30";
    let mut venta = Venta::incluido(texto, Decimal::ONE, pen(centavos), Afectacion::Gravado);
    venta.codigo = Some("PLAN100".into());
    venta.unspsc = Some("81112101".into());
    venta
}

pub fn neta(cantidad: i64, valor: i64, afectacion: Afectacion) -> Venta {
    neta_en(Moneda::Pen, cantidad, valor, afectacion)
}

fn neta_en(moneda: Moneda, cantidad: i64, valor: i64, afectacion: Afectacion) -> Venta {
    let precio = (Decimal::from(valor), moneda);
    Venta::mas_impuesto("Servicio", Decimal::from(cantidad), precio, afectacion)
}

pub fn caso_a() -> Cpe {
    let mut cpe = armado::factura(cabecera("F001", 1, empresa()), vec![internet(10000)]).unwrap();
    cpe.comun.con_letras("SON CIEN CON 00/100 SOLES");
    cpe
}

pub fn caso_b() -> Cpe {
    let ventas = vec![neta(1, 1000, Afectacion::Gravado)];
    let cpe = armado::factura(cabecera("F001", 2, empresa()), ventas).unwrap();
    let total = cpe.comun.totales.total;
    let cuenta = "00-045-091619";
    let d = detraccion("022", Decimal::from(12), total, cuenta, Deposito::default()).unwrap();
    let neto = pendiente(total, Some(d.monto), None).unwrap();
    let cuotas = vec![Cuota { monto: neto, vence: fecha("2026-12-05") }];
    let mut cpe = cpe.con_detraccion(d).a_credito(neto, cuotas);
    cpe.comun.con_letras("SON MIL CIENTO OCHENTA CON 00/100 SOLES");
    cpe
}

pub fn caso_c() -> Cpe {
    let mut con_descuento = neta(2, 100, Afectacion::Gravado);
    con_descuento.descuento =
        Some(Descuento { monto: pen(2000), factor: Some(Decimal::new(10, 2)) });
    let ventas =
        vec![con_descuento, neta(1, 50, Afectacion::Exonerado), neta(1, 10, Afectacion::Inafecto)];
    let mut cpe = armado::factura(cabecera("F001", 3, empresa()), ventas).unwrap();
    cpe.comun.con_letras("SON DOSCIENTOS SETENTA Y DOS CON 40/100 SOLES");
    cpe.comun.con_amazonia();
    cpe
}

pub fn caso_d() -> Cpe {
    let ventas = vec![neta(1, 100, Afectacion::GratuitoGravado(1)), internet(10000)];
    let mut cpe = armado::factura(cabecera("F001", 4, empresa()), ventas).unwrap();
    cpe.comun.con_letras("SON CIEN CON 00/100 SOLES");
    cpe
}

pub fn caso_e() -> Cpe {
    let usd = |centavos| Dinero::new(centavos, Moneda::Usd);
    let cabecera = Cabecera { moneda: Moneda::Usd, ..cabecera("F001", 5, empresa()) };
    let ventas = vec![neta_en(Moneda::Usd, 1, 200, Afectacion::Gravado)];
    let mut cpe = armado::factura(cabecera, ventas).unwrap();
    let global = DescuentoGlobal { factor: Decimal::new(5, 2), monto: usd(1000), base: usd(20000) };
    let ajustes = Ajustes { descuento_global: Some(&global), ..Ajustes::default() };
    cpe.comun.totales = totales_con(&cpe.comun.lineas, Moneda::Usd, ajustes).unwrap();
    cpe.descuento_global = Some(global);
    cpe.comun.con_letras("SON DOSCIENTOS VEINTICUATRO CON 20/100 DOLARES AMERICANOS");
    cpe
}

pub fn caso_f() -> Cpe {
    let tributo = TributoAnticipo::Gravado;
    let pago = anticipo(("02", "F001-1"), RUC, tributo, pen(35400), Decimal::from(18)).unwrap();
    let ventas = vec![neta(1, 1000, Afectacion::Gravado)];
    let cabecera = cabecera("F001", 6, empresa());
    let mut cpe = armado::cpe(TipoCpe::Factura, cabecera, ventas, &[pago]).unwrap();
    cpe.comun.con_letras("SON OCHOCIENTOS VEINTISEIS CON 00/100 SOLES");
    cpe
}

fn motivo(codigo: &str, sustento: &str, tipo: TipoCpe, id: &str) -> Motivo {
    let afectado = Afectado { tipo, id: id.into() };
    Motivo { codigo: codigo.into(), sustento: sustento.into(), afectado }
}

/// G: partial nota de crédito.
pub fn caso_g() -> Nota {
    let motivo = motivo("09", "Compensación por corte del servicio", TipoCpe::Factura, "F001-1");
    let cabecera = cabecera("FC01", 1, empresa());
    let mut nota = armado::nota(TipoNota::Credito, cabecera, motivo, vec![internet(5000)]).unwrap();
    nota.comun.con_letras("SON CINCUENTA CON 00/100 SOLES");
    nota
}

/// H: nota de débito for late payment.
pub fn caso_h() -> Nota {
    let motivo = motivo("01", "Intereses por mora", TipoCpe::Factura, "F001-1");
    let ventas = vec![neta(1, 10, Afectacion::Gravado)];
    let cabecera = cabecera("FD01", 1, empresa());
    let mut nota = armado::nota(TipoNota::Debito, cabecera, motivo, ventas).unwrap();
    nota.comun.con_letras("SON ONCE CON 80/100 SOLES");
    nota
}

pub fn boleta() -> Cpe {
    let mut con_descuento = internet(8990);
    con_descuento.descuento = Some(Descuento { monto: pen(1000), factor: None });
    let mut cpe = armado::boleta(cabecera("B001", 1, persona()), vec![con_descuento]).unwrap();
    cpe.comun.con_letras("SON OCHENTA Y NUEVE CON 90/100 SOLES");
    cpe
}

/// Nota de crédito of motive 01: repeats the lines of the factura.
pub fn nota_anulacion() -> Nota {
    let motivo = motivo("01", "Anulación de la operación", TipoCpe::Factura, "F001-1");
    let cabecera = cabecera("FC01", 2, empresa());
    let mut con_descuento = internet(10000);
    con_descuento.descuento = Some(Descuento { monto: pen(500), factor: None });
    let mut nota = armado::nota(TipoNota::Credito, cabecera, motivo, vec![con_descuento]).unwrap();
    nota.comun.con_letras("SON CIEN CON 00/100 SOLES");
    nota
}

/// Nota de crédito of motive 13: new instalments.
pub fn nota_cuotas() -> Nota {
    let motivo = motivo("13", "Nuevo calendario de cuotas", TipoCpe::Factura, "F001-2");
    let cuotas = vec![
        Cuota { monto: pen(51900), vence: fecha("2026-12-15") },
        Cuota { monto: pen(51900), vence: fecha("2027-01-15") },
    ];
    let plan = FormaPago::Credito { pendiente: pen(103_800), cuotas };
    let cabecera = cabecera("FC01", 3, empresa());
    let mut nota = armado::nota_cuotas(cabecera, motivo, plan, "Servicio").unwrap();
    nota.comun.con_letras("SON CERO CON 00/100 SOLES");
    nota
}

pub fn nota_de_boleta() -> Nota {
    let motivo = motivo("09", "Rebaja por corte", TipoCpe::Boleta, "B001-1");
    let cabecera = cabecera("BC01", 1, persona());
    let mut nota = armado::nota(TipoNota::Credito, cabecera, motivo, vec![internet(1000)]).unwrap();
    nota.comun.con_letras("SON DIEZ CON 00/100 SOLES");
    nota
}

pub fn lote(n: u32) -> Lote {
    Lote {
        ruc: RUC.into(),
        razon_social: "RAMAL DEMO S.A.C.".into(),
        fecha: fecha("2026-11-21"),
        fecha_documentos: fecha("2026-11-20"),
        n,
    }
}

/// RC that adds a boleta, voids another and adds a note.
pub fn resumen() -> Resumen {
    let mut otra = boleta();
    otra.comun.numero = 2;
    let lineas = vec![
        LineaResumen::de_boleta(&boleta(), Condicion::Adicionar),
        LineaResumen::de_boleta(&otra, Condicion::Anular),
        LineaResumen::de_nota(&nota_de_boleta(), Condicion::Adicionar),
    ];
    Resumen { lote: lote(1), moneda: Moneda::Pen, lineas }
}

pub fn baja() -> Baja {
    let linea = |tipo, serie: &str, numero| LineaBaja {
        tipo,
        serie: serie.into(),
        numero,
        motivo: "Error en el cliente".into(),
    };
    let lineas = vec![linea(Tipo::Factura, "F001", 3), linea(Tipo::NotaCredito, "FC01", 1)];
    Baja { lote: lote(1), lineas }
}

/// Factura with retención, purchase order, address and e-mail of the customer.
pub fn caso_retencion() -> Cpe {
    let cliente = Cliente {
        direccion: Some("AV. LOS ÁLAMOS 456, LIMA".into()),
        correo: Some("pagos@cliente.example".into()),
        ..empresa()
    };
    let mut cpe = armado::factura(cabecera("F001", 7, cliente), vec![internet(118_000)]).unwrap();
    cpe.orden_compra = Some("OC-2026-15".into());
    let total = cpe.comun.totales.total;
    let r = retencion(Decimal::new(3, 2), total).unwrap();
    let neto = pendiente(total, None, Some(r.monto)).unwrap();
    cpe.retencion = Some(r);
    let mitades = neto.split(2);
    let cuota = |i: usize, dia: &str| Cuota { monto: mitades[i], vence: fecha(dia) };
    let cuotas = vec![cuota(0, "2026-12-20"), cuota(1, "2027-01-20")];
    let mut cpe = cpe.a_credito(neto, cuotas);
    cpe.comun.con_letras("SON MIL CIENTO OCHENTA CON 00/100 SOLES");
    cpe
}

/// Boleta with one line of each affectation that a sale inside the country may have.
pub fn boleta_surtida() -> Cpe {
    let codigos = ["10", "11", "12", "13", "14", "15", "16", "20", "21", "30", "31", "32", "37"];
    let ventas = codigos.iter().map(|c| neta(2, 35, Afectacion::parse(c).unwrap())).collect();
    let mut cpe = armado::boleta(cabecera("B001", 3, Cliente::varios()), ventas).unwrap();
    cpe.comun.con_letras("SON DOSCIENTOS VEINTIDOS CON 60/100 SOLES");
    cpe.comun.con_amazonia();
    cpe
}

/// Every shape with its base file name.
pub fn todas() -> Vec<(String, SinFirma)> {
    let cpes = [
        caso_a(),
        caso_b(),
        caso_c(),
        caso_d(),
        caso_e(),
        caso_f(),
        boleta(),
        caso_retencion(),
        boleta_surtida(),
    ];
    let notas = [caso_g(), caso_h(), nota_anulacion(), nota_cuotas(), nota_de_boleta()];
    let mut lista: Vec<(String, SinFirma)> =
        cpes.iter().map(|c| (c.nombre(), escribir_cpe(c))).collect();
    lista.extend(notas.iter().map(|n| (n.nombre(), escribir_nota(n))));
    lista.push((resumen().nombre(), escribir_resumen(&resumen())));
    lista.push((baja().nombre(), escribir_baja(&baja())));
    lista
}
