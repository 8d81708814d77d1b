//! Layout of a legal document on A4 and letter paper. It does not know the 80 mm roll.

use crate::fuentes::Letra;
use crate::hoja::{Caja, Contenido, Estilo, Franja, Renglon, Tinta, Trazo};
use crate::impreso::{Alineacion, Dato, Impreso};
use crate::medidas::{Medida, dpt, pt};
use crate::partes::{CANAL, FUERTE, MENOR, ROTULO, SELLO, TEXTO, TITULO};
use crate::pieza::Piezas;
use crate::prensa::Prensa;
use crate::texto::Corte;

const EMISOR: Estilo = Estilo::new(Letra::Negra, dpt(125), Tinta::Acento);
const DOCUMENTO: Estilo = Estilo::new(Letra::Negra, dpt(115), Tinta::Acento);
const REGISTRO: Estilo = Estilo::new(Letra::Normal, dpt(95), Tinta::Texto);
const NUMERO: Estilo = Estilo::new(Letra::Negra, dpt(130), Tinta::Texto);
const TOTAL: Estilo = Estilo::new(Letra::Negra, dpt(110), Tinta::Acento);
const ANCHO_RECUADRO: Medida = pt(196);

/// Heading of a form: who issues it and what it is.
pub(crate) struct Cabecera<'a> {
    /// Issuer or company, the name first.
    pub(crate) emisor: &'a [Dato],
    /// Lines of the number box: registry, kind, number.
    pub(crate) recuadro: [&'a str; 3],
}

/// Places a legal document.
pub(crate) fn compose(prensa: &mut Prensa<'_>, impreso: &Impreso, piezas: &Piezas) {
    let recuadro = [impreso.registro.as_str(), &impreso.titulo, &impreso.numero];
    prensa.letterhead(&Cabecera { emisor: &impreso.emisor, recuadro }, piezas);
    prensa.two_columns(("CLIENTE", &impreso.receptor), ("DATOS DEL DOCUMENTO", &impreso.documento));
    prensa.lines_table(impreso);
    prensa.totals(&impreso.importe_en_letras, &impreso.totales);
    for tabla in &impreso.pagos {
        prensa.own_table(tabla);
    }
    if !impreso.relacionados.is_empty() {
        prensa.heading("DOCUMENTOS RELACIONADOS");
        let mut franja = prensa.full();
        prensa.add_datos(&mut franja, &impreso.relacionados, TEXTO);
        prensa.place(vec![franja]);
        prensa.space(pt(6));
    }
    for leyenda in &impreso.leyendas {
        prensa.paragraph((Alineacion::Izquierda, MENOR), leyenda);
        prensa.space(pt(2));
    }
    prensa.seals(&impreso.sellos, piezas);
}

impl Prensa<'_> {
    /// Logo and issuer at the left, number box at the right.
    pub(crate) fn letterhead(&mut self, cabecera: &Cabecera<'_>, piezas: &Piezas) {
        let (margen, util) = (self.formato.margen, self.formato.util());
        let mut left = Franja::new(margen, util - ANCHO_RECUADRO - 3 * CANAL);
        if let Some((ancho, alto)) = piezas.logo_size(pt(150), pt(48)) {
            let mut logo = Franja::new(left.x, ancho);
            logo.renglones.push(Renglon {
                alto,
                contenido: Contenido::Logo { ancho },
                fondo: None,
            });
            left.x += ancho + 2 * CANAL;
            left.ancho -= ancho + 2 * CANAL;
            self.letterhead_with(cabecera, vec![logo], left);
        } else {
            self.letterhead_with(cabecera, Vec::new(), left);
        }
    }

    fn letterhead_with(
        &mut self,
        cabecera: &Cabecera<'_>,
        mut franjas: Vec<Franja>,
        mut left: Franja,
    ) {
        if let Some((nombre, datos)) = cabecera.emisor.split_first() {
            self.add(&mut left, (Alineacion::Izquierda, EMISOR), &nombre.valor);
            left.renglones.push(Renglon::blanco(pt(2)));
            self.add_datos(&mut left, datos, TEXTO);
        }
        let x = self.formato.margen + self.formato.util() - ANCHO_RECUADRO;
        let mut box_lines = Franja::new(x, ANCHO_RECUADRO);
        box_lines.renglones.push(Renglon::blanco(pt(9)));
        for (estilo, texto) in [REGISTRO, DOCUMENTO, NUMERO].into_iter().zip(cabecera.recuadro) {
            if !texto.trim().is_empty() {
                self.add(&mut box_lines, (Alineacion::Centro, estilo), texto);
                box_lines.renglones.push(Renglon::blanco(pt(2)));
            }
        }
        box_lines.renglones.push(Renglon::blanco(pt(7)));
        let alto = box_lines.alto().min(self.room());
        let caja = Caja { x, y: self.y, ancho: ANCHO_RECUADRO, alto };
        self.draw(Trazo::Marco { caja, tinta: Tinta::Acento });
        franjas.extend([left, box_lines]);
        self.place(franjas);
        self.space(pt(6));
        self.rule(pt(8));
        self.remember(cabecera);
    }

    /// What the following pages repeat: issuer and number, in one line.
    fn remember(&mut self, cabecera: &Cabecera<'_>) {
        let nombre = cabecera.emisor.first().map_or("", |dato| dato.valor.as_str());
        let documento = format!("{} {}", cabecera.recuadro[1], cabecera.recuadro[2]);
        let mut franja = self.full();
        let half = franja.ancho / 2 - CANAL;
        let first = |texto: &str, estilo: Estilo| {
            let mut lineas = self.lineas(texto, estilo, half, Corte::Palabra);
            lineas.swap_remove(0)
        };
        let textos = vec![
            (0, Alineacion::Izquierda, MENOR, first(nombre, MENOR)),
            (0, Alineacion::Derecha, FUERTE, first(&documento, FUERTE)),
        ];
        franja.renglones.push(Renglon::textos(pt(12), textos));
        franja.renglones.push(Renglon::regla(pt(10)));
        self.continuacion = vec![franja];
    }

    /// Two groups of facts side by side; in the first one the first value is a name.
    pub(crate) fn two_columns(&mut self, left: (&str, &[Dato]), right: (&str, &[Dato])) {
        let (margen, util) = (self.formato.margen, self.formato.util());
        let ancho = util / 2 - 2 * CANAL;
        let mut first = Franja::new(margen, ancho);
        let mut second = Franja::new(margen + util / 2 + CANAL, util / 2 - CANAL);
        if let Some((nombre, datos)) = left.1.split_first() {
            self.add(&mut first, (Alineacion::Izquierda, TITULO), left.0);
            first.renglones.push(Renglon::blanco(pt(2)));
            self.add(&mut first, (Alineacion::Izquierda, FUERTE), &nombre.valor);
            self.add_datos(&mut first, datos, TEXTO);
        }
        if !right.1.is_empty() {
            self.add(&mut second, (Alineacion::Izquierda, TITULO), right.0);
            second.renglones.push(Renglon::blanco(pt(2)));
            self.add_datos(&mut second, right.1, TEXTO);
        }
        self.place(vec![first, second]);
        self.space(pt(9));
    }

    /// Total in words at the left, sums at the right.
    pub(crate) fn totals(&mut self, letras: &str, sumas: &[Dato]) {
        let (margen, util) = (self.formato.margen, self.formato.util());
        let ancho = util * 2 / 5;
        let mut left = Franja::new(margen, util - ancho - 4 * CANAL);
        let mut right = Franja::new(margen + util - ancho, ancho);
        if !letras.trim().is_empty() {
            self.add(&mut left, (Alineacion::Izquierda, TITULO), "IMPORTE CON LETRA");
            self.add(&mut left, (Alineacion::Izquierda, TEXTO), letras);
        }
        self.add_sumas(&mut right, sumas, TOTAL);
        self.place(vec![left, right]);
        self.space(pt(10));
    }

    /// QR code at the left, seals in small type at its right.
    pub(crate) fn seals(&mut self, sellos: &[Dato], piezas: &Piezas) {
        let (margen, util) = (self.formato.margen, self.formato.util());
        let mut franjas = Vec::with_capacity(2);
        let mut x = margen;
        if let Some(qr) = &piezas.qr {
            let lado = qr.lado();
            let mut franja = Franja::new(margen - qr.margen(), lado);
            franja.renglones.push(Renglon {
                alto: lado,
                contenido: Contenido::Qr { margen: qr.margen() },
                fondo: None,
            });
            x += lado - qr.margen();
            franjas.push(franja);
        }
        let mut textos = Franja::new(x, margen + util - x);
        textos.renglones.push(Renglon::blanco(piezas.qr.as_ref().map_or(0, |qr| qr.margen())));
        for sello in sellos {
            self.add(&mut textos, (Alineacion::Izquierda, ROTULO), &sello.etiqueta);
            for linea in self.lineas(&sello.valor, SELLO, textos.ancho, Corte::Caracter) {
                textos.renglones.push(Renglon::texto(Alineacion::Izquierda, SELLO, linea));
            }
            textos.renglones.push(Renglon::blanco(pt(3)));
        }
        franjas.push(textos);
        self.place(franjas);
    }
}
