//! Layout of a legal document on an 80 mm roll. It does not know other papers.

use crate::fuentes::Letra;
use crate::hoja::{Contenido, Estilo, Franja, Renglon, Tinta};
use crate::impreso::{Alineacion, Campo, Dato, Impreso, LineaImpresa, TablaImpresa};
use crate::medidas::{dpt, pt};
use crate::partes::{FUERTE, MENOR, ROTULO, SELLO, TEXTO, TITULO};
use crate::pieza::Piezas;
use crate::prensa::Prensa;
use crate::texto::Corte;

const NOMBRE: Estilo = Estilo::new(Letra::Negra, dpt(100), Tinta::Texto);
const TOTAL: Estilo = Estilo::new(Letra::Negra, dpt(105), Tinta::Texto);

/// Places a legal document.
pub(crate) fn compose(prensa: &mut Prensa<'_>, impreso: &Impreso, piezas: &Piezas) {
    prensa.roll_heading(impreso, piezas);
    prensa.roll_party(&impreso.receptor);
    prensa.roll_facts(&impreso.documento);
    for linea in &impreso.lineas {
        prensa.roll_line(linea);
    }
    if !impreso.lineas.is_empty() {
        prensa.rule(pt(6));
    }
    let mut sumas = prensa.full();
    prensa.add_sumas(&mut sumas, &impreso.totales, TOTAL);
    prensa.place(vec![sumas]);
    prensa.space(pt(4));
    prensa.paragraph((Alineacion::Izquierda, TEXTO), &impreso.importe_en_letras);
    prensa.rule(pt(8));
    for tabla in &impreso.pagos {
        prensa.roll_table(tabla);
    }
    prensa.roll_facts(&impreso.relacionados);
    for leyenda in &impreso.leyendas {
        prensa.paragraph((Alineacion::Izquierda, MENOR), leyenda);
        prensa.space(pt(2));
    }
    prensa.roll_end(impreso, piezas);
}

impl Prensa<'_> {
    fn roll_heading(&mut self, impreso: &Impreso, piezas: &Piezas) {
        if let Some((ancho, alto)) = piezas.logo_size(pt(130), pt(50)) {
            let mut franja = self.full();
            let contenido = Contenido::Logo { ancho };
            franja.renglones.push(Renglon { alto, contenido, fondo: None });
            franja.renglones.push(Renglon::blanco(pt(4)));
            self.place(vec![franja]);
        }
        for (i, dato) in impreso.emisor.iter().enumerate() {
            let estilo = if i == 0 { NOMBRE } else { TEXTO };
            self.paragraph((Alineacion::Centro, estilo), &in_one(dato));
        }
        self.rule(pt(8));
        for (estilo, texto) in
            [(TEXTO, &impreso.registro), (NOMBRE, &impreso.titulo), (NOMBRE, &impreso.numero)]
        {
            self.paragraph((Alineacion::Centro, estilo), texto);
        }
        self.rule(pt(8));
    }

    fn roll_party(&mut self, datos: &[Dato]) {
        let Some((nombre, datos)) = datos.split_first() else { return };
        self.paragraph((Alineacion::Izquierda, FUERTE), &nombre.valor);
        self.roll_facts(datos);
    }

    fn roll_facts(&mut self, datos: &[Dato]) {
        if datos.is_empty() {
            return;
        }
        let mut franja = self.full();
        self.add_datos(&mut franja, datos, TEXTO);
        self.place(vec![franja]);
        self.rule(pt(8));
    }

    /// Description across the roll, then quantity and price at the left, amount at the right.
    fn roll_line(&mut self, linea: &LineaImpresa) {
        let mut franja = self.full();
        let partes = [in_line(&linea.clave), linea.descripcion.clone()];
        let descripcion = partes.map(|t| t.trim().to_owned()).join(" ");
        self.add(&mut franja, (Alineacion::Izquierda, TEXTO), descripcion.trim());
        if !linea.detalle.trim().is_empty() {
            self.add(&mut franja, (Alineacion::Izquierda, MENOR), &linea.detalle);
        }
        let suma = Dato::new(quantity(linea), linea.importe.as_str());
        self.add_suma(&mut franja, &suma, TEXTO);
        if !linea.descuento.trim().is_empty() {
            let descuento = Dato::new("Descuento", linea.descuento.as_str());
            self.add_suma(&mut franja, &descuento, MENOR);
        }
        franja.renglones.push(Renglon::blanco(pt(3)));
        self.place(vec![franja]);
    }

    /// A table as groups of facts: a roll has no room for columns.
    fn roll_table(&mut self, tabla: &TablaImpresa) {
        self.paragraph((Alineacion::Izquierda, TITULO), &tabla.titulo);
        self.roll_facts(&tabla.datos);
        for fila in &tabla.filas {
            let celdas = tabla.columnas.iter().zip(fila);
            let datos: Vec<Dato> = celdas
                .map(|(columna, texto)| Dato::new(columna.titulo.as_str(), texto.as_str()))
                .collect();
            self.roll_facts(&datos);
        }
    }

    fn roll_end(&mut self, impreso: &Impreso, piezas: &Piezas) {
        if let Some(qr) = &piezas.qr {
            let (lado, util) = (qr.lado(), self.formato.util());
            let mut franja = Franja::new(self.formato.margen + (util - lado) / 2, lado);
            let contenido = Contenido::Qr { margen: qr.margen() };
            franja.renglones.push(Renglon { alto: lado, contenido, fondo: None });
            self.place(vec![franja]);
        }
        for sello in &impreso.sellos {
            self.paragraph((Alineacion::Izquierda, ROTULO), &sello.etiqueta);
            let mut franja = self.full();
            for linea in self.lineas(&sello.valor, SELLO, franja.ancho, Corte::Caracter) {
                franja.renglones.push(Renglon::texto(Alineacion::Izquierda, SELLO, linea));
            }
            self.place(vec![franja]);
            self.space(pt(3));
        }
        self.space(pt(3));
        self.paragraph((Alineacion::Centro, MENOR), &impreso.pie);
    }
}

fn in_one(dato: &Dato) -> String {
    match dato.etiqueta.trim() {
        "" => dato.valor.clone(),
        etiqueta => format!("{etiqueta}: {}", dato.valor),
    }
}

fn in_line(texto: &str) -> String {
    texto.replace(['\n', '\r'], " ").trim().to_owned()
}

/// `1 E48 Servicio × 449.99`
fn quantity(linea: &LineaImpresa) -> String {
    let precio = match linea.precio_unitario.as_str() {
        "" => linea.campo(Campo::ValorUnitario),
        precio => precio,
    };
    let partes = [in_line(&linea.cantidad), in_line(&linea.unidad)];
    let cantidad = partes.join(" ");
    match (cantidad.trim(), precio) {
        (cantidad, "") => cantidad.to_owned(),
        (cantidad, precio) => format!("{cantidad} × {precio}"),
    }
}
