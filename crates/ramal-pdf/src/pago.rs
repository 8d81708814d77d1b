//! Layout of a payment order on a sheet or a roll. It does not know legal documents.

use crate::carta::Cabecera;
use crate::fuentes::Letra;
use crate::hoja::{Caja, Contenido, Estilo, Franja, Renglon, Tinta, Trazo};
use crate::impreso::{Alineacion, ColumnaTabla, Dato, Impreso, LineaImpresa, TablaImpresa};
use crate::medidas::{Medida, dpt, pt};
use crate::orden::OrdenDePago;
use crate::partes::{CANAL, FUERTE, MENOR, ROTULO, TEXTO, TITULO};
use crate::pieza::Piezas;
use crate::prensa::Prensa;

const CIFRA: Estilo = Estilo::new(Letra::Negra, dpt(170), Tinta::Acento);
const VENCE: Estilo = Estilo::new(Letra::Negra, dpt(130), Tinta::Texto);

/// Places a payment order on a sheet.
pub(crate) fn compose(prensa: &mut Prensa<'_>, orden: &OrdenDePago, piezas: &Piezas) {
    let recuadro = ["", orden.titulo.as_str(), &orden.referencia];
    prensa.letterhead(&Cabecera { emisor: &orden.empresa, recuadro }, piezas);
    prensa.two_columns(("CLIENTE", &orden.cliente), ("DATOS DE LA ORDEN", &orden.datos));
    prensa.due(orden);
    prensa.own_table(&servicios(orden));
    let sumas: Vec<Dato> = orden.totales.iter().chain([&orden.total]).cloned().collect();
    prensa.totals(&orden.importe_en_letras, &sumas);
    prensa.ways(&orden.medios, piezas);
    for leyenda in &orden.leyendas {
        prensa.paragraph((Alineacion::Izquierda, MENOR), leyenda);
        prensa.space(pt(2));
    }
}

/// The same texts in the shape of a legal document, which a roll already knows how to print.
pub(crate) fn as_roll(orden: &OrdenDePago) -> Impreso {
    let linea = |servicio: &crate::ServicioImpreso| LineaImpresa {
        descripcion: servicio.descripcion.clone(),
        detalle: servicio.periodo.clone(),
        importe: servicio.importe.clone(),
        ..LineaImpresa::default()
    };
    let medios = TablaImpresa {
        titulo: if orden.medios.is_empty() { "" } else { "CÓMO PAGAR" }.to_owned(),
        datos: orden.medios.clone(),
        ..TablaImpresa::default()
    };
    Impreso {
        titulo: orden.titulo.clone(),
        numero: orden.referencia.clone(),
        emisor: orden.empresa.clone(),
        receptor: orden.cliente.clone(),
        documento: orden.datos.iter().chain([&orden.vencimiento]).cloned().collect(),
        lineas: orden.servicios.iter().map(linea).collect(),
        totales: orden.totales.iter().chain([&orden.total]).cloned().collect(),
        importe_en_letras: orden.importe_en_letras.clone(),
        pagos: vec![medios],
        leyendas: orden.leyendas.clone(),
        qr: orden.qr.clone(),
        pie: orden.pie.clone(),
        marca: orden.marca.clone(),
        logo: orden.logo.clone(),
        ..Impreso::default()
    }
}

fn servicios(orden: &OrdenDePago) -> TablaImpresa {
    TablaImpresa {
        columnas: vec![
            ColumnaTabla::texto("Servicio", 55),
            ColumnaTabla::texto("Periodo", 27),
            ColumnaTabla::importe("Importe", 18),
        ],
        filas: orden
            .servicios
            .iter()
            .map(|s| vec![s.descripcion.clone(), s.periodo.clone(), s.importe.clone()])
            .collect(),
        ..TablaImpresa::default()
    }
}

impl Prensa<'_> {
    /// What to pay and until when, large, before anything else.
    fn due(&mut self, orden: &OrdenDePago) {
        let (margen, util) = (self.formato.margen, self.formato.util());
        let half = util / 2;
        let mut franjas = Vec::with_capacity(2);
        for (x, dato, estilo) in
            [(margen, &orden.total, CIFRA), (margen + half, &orden.vencimiento, VENCE)]
        {
            let mut franja = Franja::new(x + 2 * CANAL, half - 3 * CANAL);
            franja.renglones.push(Renglon::blanco(pt(8)));
            self.add(&mut franja, (Alineacion::Izquierda, ROTULO), &dato.etiqueta);
            self.add(&mut franja, (Alineacion::Izquierda, estilo), &dato.valor);
            franja.renglones.push(Renglon::blanco(pt(8)));
            franjas.push(franja);
        }
        let alto = franjas.iter().map(Franja::alto).max().unwrap_or(0);
        self.keep(alto);
        let caja = Caja { x: margen, y: self.y, ancho: util, alto: alto.min(self.room()) };
        self.draw(Trazo::Relleno { caja, tinta: Tinta::Fondo });
        self.place(franjas);
        self.space(pt(10));
    }

    /// Ways to pay at the left, payment code at the right.
    fn ways(&mut self, medios: &[Dato], piezas: &Piezas) {
        let lado = piezas.qr.as_ref().map_or(0, |qr| qr.lado());
        if medios.is_empty() && lado == 0 {
            return;
        }
        let (margen, util) = (self.formato.margen, self.formato.util());
        let mut left = Franja::new(margen, (util - lado - CANAL).max(CANAL));
        self.add(&mut left, (Alineacion::Izquierda, TITULO), "CÓMO PAGAR");
        left.renglones.push(Renglon::blanco(pt(3)));
        for medio in medios {
            self.add_medio(&mut left, medio);
        }
        let mut franjas = vec![left];
        if let Some(qr) = &piezas.qr {
            let x: Medida = margen + util - lado + qr.margen();
            let mut franja = Franja::new(x, lado);
            let contenido = Contenido::Qr { margen: qr.margen() };
            franja.renglones.push(Renglon { alto: lado, contenido, fondo: None });
            franjas.push(franja);
        }
        self.place(franjas);
        self.space(pt(8));
    }

    fn add_medio(&self, franja: &mut Franja, medio: &Dato) {
        if !medio.etiqueta.trim().is_empty() {
            self.add(franja, (Alineacion::Izquierda, FUERTE), &medio.etiqueta);
        }
        self.add(franja, (Alineacion::Izquierda, TEXTO), &medio.valor);
        franja.renglones.push(Renglon::blanco(pt(4)));
    }
}
