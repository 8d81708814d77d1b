//! Small catalogues of the SAT with their texts. The large ones (postal codes, products, units) are
//! data that the tenant imports; they are not here.

use ramal_base::documentos::Persona;

/// Key and text of a catalogue.
pub type Entrada = (&'static str, &'static str);

/// c_FormaPago.
pub const FORMAS_PAGO: &[Entrada] = &[
    ("01", "Efectivo"),
    ("02", "Cheque nominativo"),
    ("03", "Transferencia electrónica de fondos"),
    ("04", "Tarjeta de crédito"),
    ("05", "Monedero electrónico"),
    ("06", "Dinero electrónico"),
    ("08", "Vales de despensa"),
    ("12", "Dación en pago"),
    ("13", "Pago por subrogación"),
    ("14", "Pago por consignación"),
    ("15", "Condonación"),
    ("17", "Compensación"),
    ("23", "Novación"),
    ("24", "Confusión"),
    ("25", "Remisión de deuda"),
    ("26", "Prescripción o caducidad"),
    ("27", "A satisfacción del acreedor"),
    ("28", "Tarjeta de débito"),
    ("29", "Tarjeta de servicios"),
    ("30", "Aplicación de anticipos"),
    ("31", "Intermediario pagos"),
    ("99", "Por definir"),
];

/// c_MetodoPago.
pub const METODOS_PAGO: &[Entrada] =
    &[("PUE", "Pago en una sola exhibición"), ("PPD", "Pago en parcialidades o diferido")];

/// c_TipoDeComprobante.
pub const TIPOS: &[Entrada] =
    &[("I", "Ingreso"), ("E", "Egreso"), ("T", "Traslado"), ("N", "Nómina"), ("P", "Pago")];

/// c_Exportacion.
pub const EXPORTACIONES: &[Entrada] = &[
    ("01", "No aplica"),
    ("02", "Definitiva con clave A1"),
    ("03", "Temporal"),
    ("04", "Definitiva con clave distinta a A1"),
];

/// c_Impuesto.
pub const IMPUESTOS: &[Entrada] = &[("001", "ISR"), ("002", "IVA"), ("003", "IEPS")];

/// c_ObjetoImp.
pub const OBJETOS_IMP: &[Entrada] = &[
    ("01", "No objeto de impuesto"),
    ("02", "Sí objeto de impuesto"),
    ("03", "Sí objeto del impuesto y no obligado al desglose"),
    ("04", "Sí objeto del impuesto y no causa impuesto"),
    ("05", "Sí objeto del impuesto, IVA crédito PODEBI"),
    ("06", "Sí objeto del IVA, no traslado IVA"),
    ("07", "No traslado del IVA, sí desglose IEPS"),
    ("08", "No traslado del IVA, no desglose IEPS"),
];

/// c_Periodicidad.
pub const PERIODICIDADES: &[Entrada] = &[
    ("01", "Diario"),
    ("02", "Semanal"),
    ("03", "Quincenal"),
    ("04", "Mensual"),
    ("05", "Bimestral"),
];

/// c_TipoRelacion.
pub const TIPOS_RELACION: &[Entrada] = &[
    ("01", "Nota de crédito de los documentos relacionados"),
    ("02", "Nota de débito de los documentos relacionados"),
    ("03", "Devolución de mercancía sobre facturas o traslados previos"),
    ("04", "Sustitución de los CFDI previos"),
    ("05", "Traslados de mercancías facturados previamente"),
    ("06", "Factura generada por los traslados previos"),
    ("07", "CFDI por aplicación de anticipo"),
];

/// c_UsoCFDI that can be used today.
pub const USOS_CFDI: &[Entrada] = &[
    ("G01", "Adquisición de mercancías"),
    ("G02", "Devoluciones, descuentos o bonificaciones"),
    ("G03", "Gastos en general"),
    ("I01", "Construcciones"),
    ("I02", "Mobiliario y equipo de oficina por inversiones"),
    ("I03", "Equipo de transporte"),
    ("I04", "Equipo de cómputo y accesorios"),
    ("I05", "Dados, troqueles, moldes, matrices y herramental"),
    ("I06", "Comunicaciones telefónicas"),
    ("I07", "Comunicaciones satelitales"),
    ("I08", "Otra maquinaria y equipo"),
    ("D01", "Honorarios médicos, dentales y gastos hospitalarios"),
    ("D02", "Gastos médicos por incapacidad o discapacidad"),
    ("D03", "Gastos funerales"),
    ("D04", "Donativos"),
    ("D05", "Intereses reales efectivamente pagados por créditos hipotecarios"),
    ("D06", "Aportaciones voluntarias al SAR"),
    ("D07", "Primas por seguros de gastos médicos"),
    ("D08", "Gastos de transportación escolar obligatoria"),
    ("D09", "Depósitos en cuentas para el ahorro y planes de pensiones"),
    ("D10", "Pagos por servicios educativos (colegiaturas)"),
    ("S01", "Sin efectos fiscales"),
    ("CP01", "Pagos"),
    ("CN01", "Nómina"),
];

/// c_RegimenFiscal: key, text, and whom it is for (`Desconocida` stands for both).
pub const REGIMENES: &[(&str, &str, Persona)] = &[
    ("601", "General de Ley Personas Morales", Persona::Moral),
    ("603", "Personas Morales con Fines no Lucrativos", Persona::Moral),
    ("605", "Sueldos y Salarios e Ingresos Asimilados a Salarios", Persona::Fisica),
    ("606", "Arrendamiento", Persona::Fisica),
    ("607", "Régimen de Enajenación o Adquisición de Bienes", Persona::Fisica),
    ("608", "Demás ingresos", Persona::Fisica),
    ("610", "Residentes en el Extranjero sin Establecimiento en México", Persona::Desconocida),
    ("611", "Ingresos por Dividendos (socios y accionistas)", Persona::Fisica),
    ("612", "Personas Físicas con Actividades Empresariales y Profesionales", Persona::Fisica),
    ("614", "Ingresos por intereses", Persona::Fisica),
    ("615", "Régimen de los ingresos por obtención de premios", Persona::Fisica),
    ("616", "Sin obligaciones fiscales", Persona::Fisica),
    ("620", "Sociedades Cooperativas que optan por diferir sus ingresos", Persona::Moral),
    ("621", "Incorporación Fiscal", Persona::Fisica),
    ("622", "Actividades Agrícolas, Ganaderas, Silvícolas y Pesqueras", Persona::Moral),
    ("623", "Opcional para Grupos de Sociedades", Persona::Moral),
    ("624", "Coordinados", Persona::Moral),
    ("625", "Actividades con ingresos por Plataformas Tecnológicas", Persona::Fisica),
    ("626", "Régimen Simplificado de Confianza", Persona::Desconocida),
];

/// Regimes whose taxpayers may take G01, G03 and I01 to I08.
const CON_GASTOS: &[&str] =
    &["601", "603", "606", "612", "620", "621", "622", "623", "624", "625", "626"];
/// Regimes of natural persons that may take the personal deductions D01 to D10.
const CON_DEDUCCIONES: &[&str] = &["605", "606", "607", "608", "611", "612", "614", "615", "625"];

/// Text of a key; `None` if the catalogue does not have it.
pub fn texto(catalogo: &[Entrada], clave: &str) -> Option<&'static str> {
    catalogo.iter().find(|(c, _)| *c == clave).map(|(_, t)| *t)
}

/// Text of a regime.
pub fn regimen(clave: &str) -> Option<&'static str> {
    REGIMENES.iter().find(|(c, ..)| *c == clave).map(|(_, t, _)| *t)
}

/// Whether a regime is for that kind of person; `None` if the regime does not exist.
pub fn is_regimen_de(clave: &str, persona: Persona) -> Option<bool> {
    let (.., de) = REGIMENES.iter().find(|(c, ..)| *c == clave)?;
    Some(*de == Persona::Desconocida || persona == Persona::Desconocida || *de == persona)
}

/// Whether a UsoCFDI goes with the regime and person of the receiver (catalogue of August 2026).
pub fn is_uso_permitido(uso: &str, regimen: &str, persona: Persona) -> bool {
    let fisica = persona != Persona::Moral;
    match uso.as_bytes().first() {
        _ if texto(USOS_CFDI, uso).is_none() => false,
        _ if uso == "G02" => regimen == "616" || CON_GASTOS.contains(&regimen),
        Some(b'G' | b'I') => CON_GASTOS.contains(&regimen),
        Some(b'D') => fisica && CON_DEDUCCIONES.contains(&regimen),
        _ if uso == "CN01" => fisica && regimen == "605",
        _ => self::regimen(regimen).is_some(),
    }
}

/// UsoCFDI to propose for a regime: G03, or S01 where no use has tax effects.
pub fn uso_por_defecto(regimen: &str) -> &'static str {
    if CON_GASTOS.contains(&regimen) { "G03" } else { "S01" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_follow_the_regime_of_the_receiver() {
        let casos = [
            ("G03", "601", Persona::Moral, true),
            ("G03", "605", Persona::Fisica, false),
            ("G03", "616", Persona::Fisica, false),
            ("G02", "616", Persona::Fisica, true),
            ("D01", "612", Persona::Fisica, true),
            ("D01", "601", Persona::Moral, false),
            ("D01", "626", Persona::Fisica, false),
            ("S01", "605", Persona::Fisica, true),
            ("CP01", "616", Persona::Fisica, true),
            ("CN01", "605", Persona::Fisica, true),
            ("CN01", "612", Persona::Fisica, false),
            ("P01", "601", Persona::Moral, false),
            ("S01", "999", Persona::Moral, false),
        ];
        for (uso, regimen, persona, esperado) in casos {
            assert_eq!(is_uso_permitido(uso, regimen, persona), esperado, "{uso} {regimen}");
        }
    }

    #[test]
    fn the_default_use_is_always_allowed() {
        for (clave, _, persona) in REGIMENES {
            assert!(is_uso_permitido(uso_por_defecto(clave), clave, *persona), "{clave}");
        }
    }

    #[test]
    fn regimes_belong_to_a_kind_of_person() {
        assert_eq!(is_regimen_de("601", Persona::Fisica), Some(false));
        assert_eq!(is_regimen_de("626", Persona::Fisica), Some(true));
        assert_eq!(is_regimen_de("612", Persona::Moral), Some(false));
        assert_eq!(is_regimen_de("609", Persona::Moral), None);
    }
}
