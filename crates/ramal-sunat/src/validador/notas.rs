//! Rules of notas de crédito and de débito (§7, §19.5), with the ledger row of what they touch
//! when it is known.

use ramal_base::Fecha;

use super::{Contexto, EstadoAfectado, Hallazgos, Registro, is_texto};
use crate::catalogos::{MOTIVOS_CREDITO, MOTIVOS_DEBITO};
use crate::lectura::Vista;
use crate::nombres::is_id;

pub(super) fn revisar(h: &mut Hallazgos, v: &Vista, c: &Contexto<'_>) {
    let credito = v.tipo == "07";
    motivo(h, v, credito);
    afectados(h, v, credito);
    if let Some(registro) = c.afectado {
        contra_registro(h, v, registro, credito);
    }
    let codigo = v.motivos.first().map(|m| m.codigo.as_str()).unwrap_or_default();
    if credito && codigo == "13" {
        cuotas(h, v, c.afectado);
    } else {
        let motivo = "solo la nota de motivo 13 lleva forma de pago";
        h.si(!v.terminos.is_empty(), "3258", "forma de pago", motivo);
    }
    let boleta = v.id.starts_with('B') && ["04", "05", "08"].contains(&codigo);
    h.si(credito && boleta, "4367", "motivo", "ese motivo no se usa en boletas; use 09 o 07");
}

fn motivo(h: &mut Hallazgos, v: &Vista, credito: bool) {
    let campo = "cac:DiscrepancyResponse";
    h.si(v.motivos.len() > 1, "3203", campo, "una nota lleva un solo motivo");
    let Some(m) = v.motivos.first() else {
        h.si(true, "2128", campo, "falta el motivo de la nota");
        return;
    };
    let conocido = if credito {
        MOTIVOS_CREDITO.iter().any(|(c, _)| *c == m.codigo)
    } else {
        MOTIVOS_DEBITO.iter().any(|(c, _)| *c == m.codigo)
    };
    h.si(m.codigo.is_empty(), "2128", campo, "falta el código del motivo");
    let otro = !m.codigo.is_empty() && !conocido;
    h.si(otro, "2172", campo, "el motivo no está en el catálogo 09 o 10");
    h.si(m.sustento.is_empty(), "2136", campo, "falta el sustento de la nota");
    let largo = !m.sustento.is_empty() && !is_texto(&m.sustento, 1, 500);
    h.si(largo, "2135", campo, "el sustento admite 500 caracteres en una sola línea");
}

fn afectados(h: &mut Hallazgos, v: &Vista, credito: bool) {
    let campo = "documento afectado";
    h.si(v.afectados.is_empty(), "2524", campo, "falta el comprobante que la nota modifica");
    let (de_factura, de_boleta, formato) =
        if credito { ("2116", "2399", "2117") } else { ("2204", "2400", "2205") };
    for a in &v.afectados {
        let factura = v.id.starts_with('F') && a.tipo != "01";
        h.si(factura, de_factura, campo, "una nota de serie F modifica facturas (01)");
        let boleta = v.id.starts_with('B') && a.tipo != "03";
        h.si(boleta, de_boleta, campo, "una nota de serie B modifica boletas (03)");
        h.si(!is_id(&a.id), formato, campo, "el comprobante afectado debe ser como F001-1");
    }
    let mezclados = v.afectados.windows(2).any(|par| par[0].tipo != par[1].tipo);
    h.si(mezclados, "2884", campo, "todos los comprobantes afectados son del mismo tipo");
    let nombrado = |id: &str| v.afectados.iter().any(|a| a.id == id);
    let ajeno = v.motivos.first().is_some_and(|m| !nombrado(&m.referencia));
    h.si(ajeno && !v.afectados.is_empty(), formato, campo, "el motivo nombra otro comprobante");
}

fn contra_registro(h: &mut Hallazgos, v: &Vista, r: &Registro, credito: bool) {
    let campo = "documento afectado";
    let codigos = if credito { ["2119", "2120", "2121"] } else { ["2209", "2207", "2208"] };
    let [desconocido, de_baja, rechazado] = codigos;
    match r.estado {
        EstadoAfectado::Aceptado => {}
        EstadoAfectado::Desconocido => {
            let motivo = "SUNAT todavía no registra el comprobante afectado; envíe la nota después";
            h.si(true, desconocido, campo, motivo);
        }
        EstadoAfectado::DeBaja => {
            h.si(true, de_baja, campo, "el comprobante afectado está de baja");
        }
        EstadoAfectado::Rechazado => {
            h.si(true, rechazado, campo, "el comprobante afectado fue rechazado");
        }
    }
    let motivo = v.motivos.first().map(|m| m.codigo.as_str()).unwrap_or_default();
    let libre = if credito { motivo == "10" } else { motivo == "03" };
    let antes = Fecha::parse(&v.fecha).is_ok_and(|f| f < r.fecha);
    h.si(
        antes && !libre,
        "2885",
        "cbc:IssueDate",
        "la nota es anterior al comprobante que modifica",
    );
    let otra = v.moneda != r.moneda;
    h.si(otra, "3209", "moneda", "la nota va en la moneda del comprobante que modifica");
    let excede = credito && v.totales.total.o_cero() > r.total;
    h.si(excede, "3286", "importe total", "la nota supera el total del comprobante que modifica");
}

/// Motive 13: every total zero, a plan of instalments, one factura on credit.
fn cuotas(h: &mut Hallazgos, v: &Vista, registro: Option<&Registro>) {
    let campo = "motivo 13";
    let hay = |medio: &str| v.terminos.iter().any(|t| t.medio == medio);
    let plan = hay("Credito") && v.terminos.iter().any(|t| t.medio.starts_with("Cuota"));
    h.si(!plan, "3257", campo, "el motivo 13 lleva el nuevo monto pendiente y sus cuotas");
    h.si(hay("Contado"), "3246", campo, "una nota no puede decir Contado");
    let otro = v.afectados.iter().any(|a| a.tipo != "01");
    h.si(otro, "3259", campo, "el motivo 13 modifica solo facturas");
    h.si(v.afectados.len() > 1, "3261", campo, "el motivo 13 modifica una sola factura");
    let t = &v.totales;
    let nulos = [&t.total, &t.valor_venta, &t.precio_venta].iter().all(|m| m.o_cero().is_zero());
    h.si(!nulos, "3315", campo, "el motivo 13 lleva todos los totales en 0.00");
    let Some(r) = registro else { return };
    h.si(!r.a_credito, "3260", campo, "la factura modificada no es al crédito");
    let credito = v.terminos.iter().find(|t| t.medio == "Credito");
    let excede = credito.is_some_and(|c| c.monto.o_cero() > r.total);
    h.si(excede, "3320", campo, "el monto pendiente supera el total de la factura");
}
