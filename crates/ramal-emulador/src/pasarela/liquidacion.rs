//! Settlement report: each movement of money with gross, fee and net, for reconciliation. It pays
//! nothing out.

use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Fecha, Instante, Zona};
use serde::Serialize;

use super::autenticar::{Fallo, Pedido};
use super::estado::{Comercio, Pago, Resultado};
use super::importes;
use super::operaciones::Negativa;
use super::registro::Registro;
use crate::servidor::content;

/// Days asked for, UTC, both included.
#[derive(Clone, Copy)]
pub struct Rango {
    desde: Fecha,
    hasta: Fecha,
}

impl Rango {
    /// From `desde` and `hasta` of the query.
    ///
    /// Errors: `Invalido`.
    pub fn read(pedido: &Pedido) -> Result<Rango, Fallo> {
        let fecha = |nombre: &'static str| {
            let texto = pedido.parametro(nombre).unwrap_or_default();
            Fecha::parse(texto).map_err(|e| Negativa::Invalido(nombre, e.to_string()))
        };
        Ok(Rango { desde: fecha("desde")?, hasta: fecha("hasta")? })
    }

    fn contains(&self, momento: Instante) -> bool {
        (self.desde..=self.hasta).contains(&Zona::utc().fecha(momento))
    }
}

/// One movement.
#[derive(Clone, Debug, Serialize)]
pub struct Fila {
    fecha: Instante,
    tipo: &'static str,
    id: String,
    pago: String,
    externa: String,
    medio: &'static str,
    moneda: &'static str,
    bruto: String,
    comision: String,
    neto: String,
}

/// Movements of an account, oldest first.
pub fn rows(r: &Registro, comercio: &Comercio, rango: Rango) -> Vec<Fila> {
    let suyos =
        r.pagos().filter(|p| p.datos.hilo == comercio.hilo && p.datos.cuenta == comercio.cuenta);
    let mut filas: Vec<Fila> =
        suyos.flat_map(of_payment).filter(|f| rango.contains(f.fecha)).collect();
    filas.sort_by(|a, b| (a.fecha, &a.id).cmp(&(b.fecha, &b.id)));
    filas
}

fn of_payment(p: &Pago) -> Vec<Fila> {
    let Some(acreditado) = p.acreditado else { return Vec::new() };
    let fila = |fecha, tipo, id: &str, bruto: i64, comision: i64| Fila {
        fecha,
        tipo,
        id: id.to_owned(),
        pago: p.id.clone(),
        externa: p.datos.externa.clone(),
        medio: p.metodo.map_or("", super::estado::Metodo::codigo),
        moneda: p.datos.moneda.codigo(),
        bruto: importes::write(bruto),
        comision: importes::write(comision),
        neto: importes::write(bruto - comision),
    };
    let mut filas = vec![fila(acreditado, "pago", &p.id, p.recibido, p.comision)];
    filas.extend(p.devoluciones.iter().map(|d| fila(d.creada, "devolucion", &d.id, -d.importe, 0)));
    if let Some(c) = &p.contracargo {
        let queda = p.recibido - p.devuelto();
        filas.push(fila(c.creado, "contracargo", &c.id, -queda, 0));
        if c.resultado == Resultado::Ganado {
            filas.push(fila(c.creado, "contracargo_ganado", &c.id, queda, 0));
        }
    }
    filas
}

/// As CSV, with a header.
pub fn csv(filas: &[Fila]) -> String {
    let mut texto = "fecha,tipo,id,pago,externa,medio,moneda,bruto,comision,neto\r\n".to_owned();
    for f in filas {
        let celdas = [
            &f.fecha.to_string(),
            f.tipo,
            &f.id,
            &f.pago,
            &f.externa,
            f.medio,
            f.moneda,
            &f.bruto,
            &f.comision,
            &f.neto,
        ];
        texto.push_str(&celdas.map(quoted).join(","));
        texto.push_str("\r\n");
    }
    texto
}

fn quoted(celda: &str) -> String {
    match celda.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", celda.replace('"', "\"\"")),
        false => celda.to_owned(),
    }
}

/// A file to save.
pub fn csv_response(texto: String) -> Response {
    content(StatusCode::OK, "text/csv; charset=utf-8", texto.into_bytes())
}
