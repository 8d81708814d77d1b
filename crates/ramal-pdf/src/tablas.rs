//! The tables of a form: lines of the document, payments, servicios. It does not place other parts.

use crate::hoja::Franja;
use crate::impreso::{Alineacion, Campo, Columna, Impreso, LineaImpresa, TablaImpresa};
use crate::medidas::pt;
use crate::partes::{Columnilla, MENOR, TEXTO, repartir};
use crate::prensa::Prensa;

impl LineaImpresa {
    /// Text of a field.
    pub(crate) fn campo(&self, campo: Campo) -> &str {
        match campo {
            Campo::Clave => &self.clave,
            Campo::Cantidad => &self.cantidad,
            Campo::Unidad => &self.unidad,
            Campo::Descripcion => &self.descripcion,
            Campo::ValorUnitario => &self.valor_unitario,
            Campo::PrecioUnitario => &self.precio_unitario,
            Campo::Descuento => &self.descuento,
            Campo::Importe => &self.importe,
        }
    }
}

/// Columns asked for, or the usual ones that have any text.
pub(crate) fn columnas(impreso: &Impreso) -> Vec<Columna> {
    if !impreso.columnas.is_empty() {
        return impreso.columnas.clone();
    }
    let usuales = [
        (Campo::Clave, "Clave"),
        (Campo::Cantidad, "Cantidad"),
        (Campo::Unidad, "Unidad"),
        (Campo::Descripcion, "Descripción"),
        (Campo::ValorUnitario, "Valor unitario"),
        (Campo::PrecioUnitario, "Precio unitario"),
        (Campo::Descuento, "Descuento"),
        (Campo::Importe, "Importe"),
    ];
    let used = |campo| impreso.lineas.iter().any(|linea| !linea.campo(campo).is_empty());
    let used = usuales.into_iter().filter(|(campo, _)| used(*campo));
    used.map(|(campo, titulo)| Columna::new(campo, titulo)).collect()
}

fn alineacion(campo: Campo) -> Alineacion {
    match campo {
        Campo::Clave | Campo::Descripcion => Alineacion::Izquierda,
        Campo::Unidad => Alineacion::Centro,
        _ => Alineacion::Derecha,
    }
}

/// Width in points; the description takes the rest.
fn peso(campo: Campo, util: u16) -> u16 {
    match campo {
        Campo::Clave => 48,
        Campo::Cantidad => 36,
        Campo::Unidad => 42,
        Campo::Descripcion => util,
        Campo::ValorUnitario | Campo::PrecioUnitario => 60,
        Campo::Descuento => 46,
        Campo::Importe => 60,
    }
}

impl Prensa<'_> {
    /// The lines of the document.
    pub(crate) fn lines_table(&mut self, impreso: &Impreso) {
        let columnas = columnas(impreso);
        if impreso.lineas.is_empty() || columnas.is_empty() {
            return;
        }
        let util = u16::try_from(self.formato.util() / pt(1)).unwrap_or(u16::MAX);
        let fijos: u16 = columnas
            .iter()
            .filter(|columna| columna.campo != Campo::Descripcion)
            .fold(0, |sum, columna| sum.saturating_add(peso(columna.campo, 0)));
        let canales = u16::try_from(columnas.len() * 6).unwrap_or(u16::MAX); // CANAL in points
        let rest = util.saturating_sub(fijos).saturating_sub(canales).max(120);
        let anchos: Vec<_> = columnas
            .iter()
            .map(|c| (peso(c.campo, rest), alineacion(c.campo), c.titulo.clone()))
            .collect();
        let placed = repartir(self.formato.margen, self.formato.util(), &anchos);
        self.begin_table(&placed);
        for linea in &impreso.lineas {
            let franjas = columnas.iter().zip(&placed);
            let franjas = franjas.map(|(c, en)| self.celda(linea, c.campo, en)).collect();
            self.row(franjas);
        }
        self.end_table();
    }

    fn celda(&self, linea: &LineaImpresa, campo: Campo, columna: &Columnilla) -> Franja {
        let mut franja = Franja::new(columna.x, columna.ancho);
        self.add(&mut franja, (columna.alineacion, TEXTO), linea.campo(campo));
        if campo == Campo::Descripcion && !linea.detalle.trim().is_empty() {
            self.add(&mut franja, (Alineacion::Izquierda, MENOR), &linea.detalle);
        }
        franja
    }

    /// A table of its own, with its heading and facts.
    pub(crate) fn own_table(&mut self, tabla: &TablaImpresa) {
        self.heading(&tabla.titulo);
        let mut franja = self.full();
        self.add_datos(&mut franja, &tabla.datos, TEXTO);
        self.place(vec![franja]);
        self.space(pt(3));
        if tabla.columnas.is_empty() {
            return;
        }
        let anchos: Vec<_> =
            tabla.columnas.iter().map(|c| (c.peso, c.alineacion, c.titulo.clone())).collect();
        let placed = repartir(self.formato.margen, self.formato.util(), &anchos);
        self.begin_table(&placed);
        for fila in &tabla.filas {
            let textos = fila.iter().map(String::as_str).chain(std::iter::repeat(""));
            let franjas = placed.iter().zip(textos);
            let franjas = franjas
                .map(|(columna, texto)| {
                    let mut franja = Franja::new(columna.x, columna.ancho);
                    self.add(&mut franja, (columna.alineacion, TEXTO), texto);
                    franja
                })
                .collect();
            self.row(franjas);
        }
        self.end_table();
    }
}
