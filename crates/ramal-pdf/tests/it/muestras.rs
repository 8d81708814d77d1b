//! Documents of a made-up company, as a caller fills them. It holds no assertion.

use ramal_pdf::{
    Campo, Columna, ColumnaTabla, Dato, Impreso, LineaImpresa, NivelQr, OrdenDePago, QrImpreso,
    ServicioImpreso, TablaImpresa,
};

fn datos(pares: &[(&str, &str)]) -> Vec<Dato> {
    pares.iter().map(|(etiqueta, valor)| Dato::new(*etiqueta, *valor)).collect()
}

/// The text of the QR code of [`mexico`].
pub const QR_MEXICO: &str = "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx\
?id=5A9C1B2E-0000-4000-8000-000000000001&re=EKU9003173C9&rr=MOJJ800101AB1&tt=1043.97&fe=5tSZhA==";

/// The text of the QR code of [`peru`].
pub const QR_PERU: &str = "20600000005|01|F001|1|15.25|100.00|2026-11-20|6|20512333797|";

fn sello(letra: char) -> String {
    format!("{letra}Hk3{}5tSZhA==", "aZ9+/bQw7LmX".repeat(27))
}

fn documento_mexico() -> Vec<Dato> {
    datos(&[
        ("Folio fiscal (UUID)", "5A9C1B2E-0000-4000-8000-000000000001"),
        ("Fecha de emisión", "2026-11-20T10:15:00"),
        ("Fecha de certificación", "2026-11-20T10:15:09"),
        ("Certificado del emisor", "30001000000500003416"),
        ("Certificado del SAT", "30001000000500003456"),
        ("PAC (RfcProvCertif)", "SPR190613I52"),
        ("Moneda", "MXN Peso mexicano"),
        ("Forma de pago", "03 Transferencia electrónica de fondos"),
        ("Método de pago", "PUE Pago en una sola exhibición"),
        ("Exportación", "01 No aplica"),
    ])
}

fn sellos_mexico() -> Vec<Dato> {
    let cadena = "||1.1|5A9C1B2E-0000-4000-8000-000000000001|2026-11-20T10:15:09|SPR190613I52|";
    vec![
        Dato::new("Sello digital del CFDI", sello('M')),
        Dato::new("Sello digital del SAT", sello('S')),
        Dato::new(
            "Cadena original del complemento de certificación digital del SAT",
            format!("{cadena}{}|30001000000500003456||", sello('M')),
        ),
    ]
}

/// A Mexican invoice of `lineas` lines.
pub fn mexico(lineas: usize) -> Impreso {
    let linea = |i: usize| LineaImpresa {
        clave: "81161700".to_owned(),
        cantidad: "1".to_owned(),
        unidad: "E48\nServicio".to_owned(),
        descripcion: format!("Internet fibra óptica 500 Mbps — noviembre de 2026 ({})", i + 1),
        valor_unitario: "449.991379".to_owned(),
        descuento: if i == 1 { "50.00".to_owned() } else { String::new() },
        importe: "449.99".to_owned(),
        detalle: "Objeto de impuesto: 02 Sí objeto · IVA 16 % sobre 449.99 = 72.00".to_owned(),
        ..LineaImpresa::default()
    };
    Impreso {
        titulo: "FACTURA ELECTRÓNICA".to_owned(),
        numero: "A-1042".to_owned(),
        registro: "CFDI 4.0 · I Ingreso".to_owned(),
        emisor: datos(&[
            ("", "ESCUELA KEMPER URGATE"),
            ("RFC", "EKU9003173C9"),
            ("Régimen fiscal", "601 General de Ley Personas Morales"),
            ("Lugar de expedición", "42501"),
        ]),
        receptor: datos(&[
            ("", "JAVIER MOSCA JIMÉNEZ"),
            ("RFC", "MOJJ800101AB1"),
            ("Código postal", "42501"),
            ("Régimen fiscal", "605 Sueldos y Salarios e Ingresos Asimilados a Salarios"),
            ("Uso del CFDI", "G03 Gastos en general"),
        ]),
        documento: documento_mexico(),
        lineas: (0..lineas).map(linea).collect(),
        totales: datos(&[
            ("Subtotal", "949.98"),
            ("Descuento", "50.00"),
            ("IVA 16 % trasladado", "143.99"),
            ("Total MXN", "$ 1,043.97"),
        ]),
        importe_en_letras: "MIL CUARENTA Y TRES PESOS 97/100 M.N.".to_owned(),
        relacionados: datos(&[(
            "04 Sustitución de los CFDI previos",
            "04BF2854-FE7D-4377-9196-71248F060ABB",
        )]),
        leyendas: vec!["Conserve este documento para cualquier aclaración.".to_owned()],
        sellos: sellos_mexico(),
        qr: Some(QrImpreso {
            texto: QR_MEXICO.to_owned(),
            nivel: NivelQr::M,
            minimo_decimas_mm: 275,
        }),
        pie: "Este documento es una representación impresa de un CFDI".to_owned(),
        ..Impreso::default()
    }
}

/// A Mexican payment receipt (REP) of two documents.
pub fn pago_mexico() -> Impreso {
    let fila = |uuid: &str, parcialidad: &str, pagado: &str, insoluto: &str| {
        let celdas = [uuid, parcialidad, "1,043.97", pagado, insoluto];
        celdas.iter().map(|texto| (*texto).to_owned()).collect()
    };
    Impreso {
        titulo: "COMPLEMENTO DE PAGO".to_owned(),
        lineas: Vec::new(),
        totales: datos(&[("Total MXN", "$ 1,143.97")]),
        pagos: vec![TablaImpresa {
            titulo: "PAGO 1".to_owned(),
            datos: datos(&[
                ("Fecha de pago", "2026-11-20T12:00:00"),
                ("Forma de pago", "03 Transferencia electrónica de fondos"),
                ("Monto", "$ 1,143.97 MXN"),
            ]),
            columnas: vec![
                ColumnaTabla::texto("Documento", 45),
                ColumnaTabla::importe("Parcialidad", 12),
                ColumnaTabla::importe("Saldo anterior", 14),
                ColumnaTabla::importe("Pagado", 14),
                ColumnaTabla::importe("Saldo insoluto", 14),
            ],
            filas: vec![
                fila("5A9C1B2E-0000-4000-8000-000000000001", "1", "1,043.97", "0.00"),
                fila("5A9C1B2E-0000-4000-8000-000000000002", "2", "100.00", "943.97"),
            ],
        }],
        ..mexico(0)
    }
}

/// A Peruvian invoice on credit.
pub fn peru() -> Impreso {
    let linea = LineaImpresa {
        clave: "PLAN100".to_owned(),
        cantidad: "1".to_owned(),
        unidad: "ZZ".to_owned(),
        descripcion: "Internet fibra 100 Mbps - periodo 2026-11-01 a 2026-11-30".to_owned(),
        valor_unitario: "84.7457627119".to_owned(),
        precio_unitario: "100.00".to_owned(),
        importe: "84.75".to_owned(),
        ..LineaImpresa::default()
    };
    let columna = Columna::new;
    Impreso {
        titulo: "FACTURA ELECTRÓNICA".to_owned(),
        numero: "F001-1".to_owned(),
        registro: "R.U.C. 20600000005".to_owned(),
        emisor: datos(&[
            ("", "RAMAL DEMO S.A.C."),
            ("", "RAMAL"),
            ("", "JR. EJEMPLO 123, LIMA, LIMA, LIMA"),
            ("Establecimiento", "0000"),
        ]),
        receptor: datos(&[
            ("", "CLIENTE EMPRESA S.A.C."),
            ("RUC", "20512333797"),
            ("Dirección", "AV. LOS ÑANDÚES 456, CUSCO"),
        ]),
        documento: datos(&[
            ("Fecha de emisión", "20/11/2026"),
            ("Fecha de vencimiento", "20/12/2026"),
            ("Moneda", "PEN Sol"),
            ("Forma de pago", "Crédito"),
        ]),
        columnas: vec![
            columna(Campo::Cantidad, "Cant."),
            columna(Campo::Unidad, "Unidad"),
            columna(Campo::Clave, "Código"),
            columna(Campo::Descripcion, "Descripción"),
            columna(Campo::ValorUnitario, "V. unitario"),
            columna(Campo::PrecioUnitario, "P. unitario"),
            columna(Campo::Importe, "Valor de venta"),
        ],
        lineas: vec![linea],
        totales: datos(&[
            ("Op. gravada", "S/ 84.75"),
            ("IGV 18 %", "S/ 15.25"),
            ("Importe total", "S/ 100.00"),
        ]),
        importe_en_letras: "SON CIEN CON 00/100 SOLES".to_owned(),
        pagos: vec![TablaImpresa {
            titulo: "CUOTAS".to_owned(),
            columnas: vec![
                ColumnaTabla::texto("Cuota", 1),
                ColumnaTabla::texto("Vencimiento", 2),
                ColumnaTabla::importe("Importe", 2),
            ],
            filas: vec![vec![
                "Cuota001".to_owned(),
                "20/12/2026".to_owned(),
                "S/ 100.00".to_owned(),
            ]],
            ..TablaImpresa::default()
        }],
        sellos: vec![Dato::new("Hash", "5ht22fK0AePeQMHgJLDh6V42+krOnLh/vTpwDYSjkcQ=")],
        qr: Some(QrImpreso {
            texto: QR_PERU.to_owned(),
            nivel: NivelQr::Q,
            minimo_decimas_mm: 250,
        }),
        pie: "Representación impresa de la factura electrónica. Consúltela en \
              https://e-consulta.sunat.gob.pe"
            .to_owned(),
        ..Impreso::default()
    }
}

/// A payment order of two servicios.
pub fn orden_de_pago() -> OrdenDePago {
    let servicio = |descripcion: &str, importe: &str| ServicioImpreso {
        descripcion: descripcion.to_owned(),
        periodo: "01/11/2026 – 30/11/2026".to_owned(),
        importe: importe.to_owned(),
    };
    OrdenDePago {
        titulo: "ORDEN DE PAGO".to_owned(),
        referencia: "66489-202611".to_owned(),
        empresa: datos(&[("", "RAMAL DEMO S.A. DE C.V."), ("Teléfono", "+52 771 000 0000")]),
        cliente: datos(&[("", "Javier Mosca"), ("Cliente", "66489"), ("Domicilio", "Zimapán")]),
        datos: datos(&[("Fecha", "20/11/2026"), ("Saldo anterior", "$ 0.00")]),
        servicios: vec![
            servicio("Internet fibra óptica 500 Mbps", "$ 450.00"),
            servicio("Teléfono ilimitado", "$ 99.00"),
        ],
        totales: datos(&[("Subtotal", "$ 473.28"), ("IVA 16 %", "$ 75.72")]),
        total: Dato::new("Total a pagar", "$ 549.00"),
        vencimiento: Dato::new("Vence el", "30/11/2026"),
        importe_en_letras: "QUINIENTOS CUARENTA Y NUEVE PESOS 00/100 M.N.".to_owned(),
        medios: datos(&[
            ("Transferencia SPEI", "CLABE 000000000000000000, concepto 66489-202611"),
            ("Efectivo", "En nuestras oficinas, de lunes a sábado de 9:00 a 18:00"),
        ]),
        leyendas: vec!["Este documento no es un comprobante fiscal.".to_owned()],
        qr: Some(QrImpreso {
            texto: "https://pagos.example.mx/o/66489-202611".to_owned(),
            nivel: NivelQr::M,
            minimo_decimas_mm: 250,
        }),
        pie: "Dudas: soporte@example.mx".to_owned(),
        ..OrdenDePago::default()
    }
}
