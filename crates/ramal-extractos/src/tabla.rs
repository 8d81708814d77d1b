//! A table of a local bank or provider, read by its mapping profile. What the profile does not
//! name is not guessed.

use csv::{ReaderBuilder, StringRecord};
use ramal_base::Moneda;
use regex::Regex;

use crate::error::{Motivo, Rechazo};
use crate::importe::{centavos, fecha};
use crate::linea::{Extracto, Linea, MAX_LINEAS};
use crate::perfil::{Ancho, Corte, Expresiones, Importe, Perfil};
use crate::texto::{clipped, decode, flat};

/// A row of the file with its line.
struct Fila {
    renglon: u32,
    celdas: Vec<String>,
    /// The row whole, for what lies above and below the table.
    texto: String,
}

impl Fila {
    fn text(&self) -> String {
        self.texto.clone()
    }

    fn is_blank(&self) -> bool {
        self.celdas.iter().all(|c| c.trim().is_empty())
    }
}

/// Reads a table by its profile. `moneda` is that of the account, for files that tell none.
///
/// Errors: the file is refused whole, with the line. Source: integrations 2.5.
pub fn read(
    bytes: &[u8],
    perfil: &Perfil,
    moneda: Option<Moneda>,
) -> Result<Vec<Extracto>, Rechazo> {
    let reglas = perfil.expressions().map_err(Rechazo::whole)?;
    let texto = decode(bytes, &perfil.codificacion)?;
    let filas = rows(&texto, &perfil.corte)?;
    let tabla = Tabla::of(perfil, &filas)?;
    let fija = perfil.moneda.as_deref().and_then(Moneda::parse).or(moneda);
    let mut lineas = Vec::new();
    for fila in tabla.body(&filas) {
        if fila.is_blank() || tabla.is_skipped(fila) {
            continue;
        }
        let at = |motivo| Rechazo::at(fila.renglon, motivo);
        lineas.push(tabla.line(fila, fija, &reglas).map_err(at)?);
        if lineas.len() > MAX_LINEAS {
            return Err(Rechazo::whole(Motivo::Grande));
        }
    }
    let moneda = fija.or(lineas.first().map(|l| l.moneda));
    let moneda = moneda.ok_or_else(|| Rechazo::whole(Motivo::Vacio))?;
    let fuera = tabla.outside(&filas);
    let saldo = |regla: &Option<Regex>| balance(&fuera, regla.as_ref(), perfil.decimal);
    let extracto = Extracto {
        cuenta: found(&fuera, reglas.cuenta.as_ref()).unwrap_or_default(),
        moneda,
        saldo_inicial: saldo(&reglas.saldo_inicial)?,
        saldo_final: saldo(&reglas.saldo_final)?,
        lineas,
    };
    extracto.ordered().sealed().map(|e| vec![e])
}

fn rows(texto: &str, corte: &Corte) -> Result<Vec<Fila>, Rechazo> {
    match corte {
        Corte::Fijo { columnas } => Ok(fixed(texto, columnas)),
        Corte::Delimitado { separador } => delimited(texto, *separador),
    }
}

fn fixed(texto: &str, columnas: &[Ancho]) -> Vec<Fila> {
    let fila = |(i, linea): (usize, &str)| {
        let letras: Vec<char> = linea.chars().take(4_096).collect();
        let celda = |a: &Ancho| letras.iter().skip(a.desde - 1).take(a.largo).collect::<String>();
        let celdas = columnas.iter().map(celda).collect();
        let texto = letras.iter().collect();
        Fila { renglon: u32::try_from(i + 1).unwrap_or(u32::MAX), celdas, texto }
    };
    texto.lines().enumerate().map(fila).collect()
}

fn delimited(texto: &str, separador: char) -> Result<Vec<Fila>, Rechazo> {
    let byte = u8::try_from(separador);
    let byte = byte.map_err(|_| Rechazo::whole(Motivo::Perfil("separador".to_owned())))?;
    let mut lector = ReaderBuilder::new()
        .delimiter(byte)
        .has_headers(false)
        .flexible(true)
        .from_reader(texto.as_bytes());
    let mut filas = Vec::new();
    let mut registro = StringRecord::new();
    loop {
        let renglon = u32::try_from(lector.position().line()).unwrap_or(u32::MAX);
        match lector.read_record(&mut registro) {
            Ok(false) => return Ok(filas),
            Ok(true) => {}
            Err(_) => return Err(Rechazo::at(renglon, Motivo::Formato("tabla"))),
        }
        let renglon =
            registro.position().map_or(renglon, |p| u32::try_from(p.line()).unwrap_or(u32::MAX));
        let celdas: Vec<String> = registro.iter().map(|c| c.trim().to_owned()).collect();
        let texto = celdas.join(" ");
        filas.push(Fila { renglon, celdas, texto });
        if filas.len() > MAX_LINEAS + 1_000 {
            return Err(Rechazo::whole(Motivo::Grande));
        }
    }
}

/// Where the table lies and where each column of the profile is.
struct Tabla<'p> {
    perfil: &'p Perfil,
    nombres: Vec<String>,
    desde: usize,
    hasta: usize,
}

impl<'p> Tabla<'p> {
    fn of(perfil: &'p Perfil, filas: &[Fila]) -> Result<Tabla<'p>, Rechazo> {
        let (desde, nombres) = start(perfil, filas)?;
        let pies: Vec<String> = perfil.pie.iter().map(|p| flat(p)).collect();
        let es_pie = |f: &Fila| {
            let texto = flat(&f.text());
            pies.iter().any(|p| !p.is_empty() && texto.starts_with(p.as_str()))
        };
        let hasta = filas.iter().skip(desde).position(es_pie).map_or(filas.len(), |n| desde + n);
        let tabla = Tabla { perfil, nombres, desde, hasta };
        for columna in tabla.mandatory() {
            if tabla.place(columna).is_none() {
                let falta = Motivo::Falta(format!("la columna «{columna}»"));
                return Err(Rechazo::at(u32::try_from(desde).unwrap_or(0), falta));
            }
        }
        Ok(tabla)
    }

    fn mandatory(&self) -> Vec<&'p str> {
        let campos = &self.perfil.campos;
        let mut columnas = vec![campos.fecha_operacion.as_str()];
        match &campos.importe {
            Importe::Unico { columna } => columnas.push(columna),
            Importe::CargoAbono { cargo, abono } => columnas.extend([cargo.as_str(), abono]),
            Importe::ConSigno { columna, signo, .. } => columnas.extend([columna.as_str(), signo]),
        }
        columnas
    }

    fn body<'f>(&self, filas: &'f [Fila]) -> &'f [Fila] {
        &filas[self.desde.min(filas.len())..self.hasta]
    }

    fn outside(&self, filas: &[Fila]) -> Vec<(u32, String)> {
        let fuera = filas[..self.desde.min(filas.len())].iter().chain(&filas[self.hasta..]);
        fuera.map(|f| (f.renglon, f.text())).collect()
    }

    fn place(&self, columna: &str) -> Option<usize> {
        if let Some(numero) = columna.strip_prefix('#') {
            return numero.parse::<usize>().ok()?.checked_sub(1);
        }
        let plano = flat(columna);
        self.nombres.iter().position(|n| *n == plano)
    }

    fn cell<'f>(&self, fila: &'f Fila, columna: &str) -> &'f str {
        let lugar = self.place(columna);
        lugar.and_then(|i| fila.celdas.get(i)).map_or("", |c| c.trim())
    }

    fn optional<'f>(&self, fila: &'f Fila, columna: &Option<String>) -> &'f str {
        columna.as_ref().map_or("", |c| self.cell(fila, c))
    }

    fn is_skipped(&self, fila: &Fila) -> bool {
        let fuera = |o: &crate::perfil::Omitir| {
            let valor = flat(self.cell(fila, &o.columna));
            o.valores.iter().any(|v| flat(v) == valor)
        };
        self.perfil.omitir.iter().any(fuera)
    }

    fn line(
        &self,
        fila: &Fila,
        fija: Option<Moneda>,
        reglas: &Expresiones,
    ) -> Result<Linea, Motivo> {
        let campos = &self.perfil.campos;
        let patron = &self.perfil.fecha;
        let operacion = fecha(self.cell(fila, &campos.fecha_operacion), patron)?;
        let valor = match self.optional(fila, &campos.fecha_valor) {
            "" => operacion,
            texto => fecha(texto, patron)?,
        };
        let moneda = match self.optional(fila, &campos.moneda) {
            "" => fija.ok_or(Motivo::Moneda)?,
            texto => Moneda::parse(&texto.to_uppercase()).ok_or(Motivo::Moneda)?,
        };
        let mut linea = Linea::new(fila.renglon, valor, self.amount(fila)?, moneda);
        linea.fecha_operacion = operacion;
        linea.saldo = self.optional_amount(fila, &campos.saldo)?;
        linea.bruto = self.optional_amount(fila, &campos.bruto)?;
        linea.comision = self.fee(fila)?;
        let conceptos: Vec<&str> = campos.concepto.iter().map(|c| self.cell(fila, c)).collect();
        linea.concepto = clipped(&conceptos.join(" "), 400);
        let o = |columna, regla: &Option<Regex>, largo| {
            let propio = self.optional(fila, columna);
            let texto = if propio.is_empty() { lifted(&linea.concepto, regla) } else { propio };
            clipped(texto, largo)
        };
        let referencia = o(&campos.referencia, &reglas.referencia, 64);
        let contraparte = o(&campos.contraparte, &reglas.contraparte, 140);
        let id = o(&campos.id_banco, &reglas.id_banco, 255);
        linea.documento = clipped(self.optional(fila, &campos.documento), 20);
        linea.cuenta_destino = clipped(self.optional(fila, &campos.cuenta_destino), 34);
        let liquidacion = clipped(self.optional(fila, &campos.liquidacion), 64);
        linea.liquidacion = Some(liquidacion).filter(|t| !t.is_empty());
        (linea.referencia, linea.contraparte) = (referencia, contraparte);
        linea.id_banco = Some(id).filter(|t| !t.is_empty());
        Ok(linea)
    }

    fn amount(&self, fila: &Fila) -> Result<i64, Motivo> {
        let decimal = self.perfil.decimal;
        let leer = |columna: &str| centavos(self.cell(fila, columna), decimal);
        match &self.perfil.campos.importe {
            Importe::Unico { columna } => leer(columna),
            Importe::CargoAbono { cargo, abono } => {
                let monto = |columna: &str| match self.cell(fila, columna) {
                    "" | "-" => Ok(0),
                    texto => centavos(texto, decimal).map(i64::abs),
                };
                match (monto(cargo)?, monto(abono)?) {
                    (0, 0) => Err(Motivo::CargoAbono),
                    (c, 0) => Ok(-c),
                    (0, a) => Ok(a),
                    _ => Err(Motivo::CargoAbono),
                }
            }
            Importe::ConSigno { columna, signo, abono, cargo } => {
                let marca = self.cell(fila, signo);
                let es = |lista: &[String]| lista.iter().any(|v| v.eq_ignore_ascii_case(marca));
                let monto = leer(columna)?.abs();
                match (es(abono), es(cargo)) {
                    (true, false) => Ok(monto),
                    (false, true) => Ok(-monto),
                    _ => Err(Motivo::CargoAbono),
                }
            }
        }
    }

    fn optional_amount(
        &self,
        fila: &Fila,
        columna: &Option<String>,
    ) -> Result<Option<i64>, Motivo> {
        match self.optional(fila, columna) {
            "" => Ok(None),
            texto => centavos(texto, self.perfil.decimal).map(Some),
        }
    }

    /// What the provider kept, whichever sign it is printed with.
    fn fee(&self, fila: &Fila) -> Result<Option<i64>, Motivo> {
        let mut total: Option<i64> = None;
        for columna in &self.perfil.campos.comision {
            let texto = self.cell(fila, columna);
            if texto.is_empty() {
                continue;
            }
            let suya = centavos(texto, self.perfil.decimal)?;
            let suma = total.unwrap_or(0).checked_add(suya.abs()).ok_or(Motivo::Importe)?;
            total = Some(suma);
        }
        Ok(total)
    }
}

/// First row of the table and the flat names of its columns.
fn start(perfil: &Perfil, filas: &[Fila]) -> Result<(usize, Vec<String>), Rechazo> {
    if let Corte::Fijo { columnas } = &perfil.corte {
        let nombres = columnas.iter().map(|c| flat(&c.nombre)).collect();
        return Ok((perfil.primera_fila.max(1) - 1, nombres));
    }
    if perfil.encabezado.is_empty() {
        return Ok((perfil.primera_fila.max(1) - 1, Vec::new()));
    }
    let buscados: Vec<String> = perfil.encabezado.iter().map(|e| flat(e)).collect();
    for (i, fila) in filas.iter().enumerate().take(100) {
        let celdas: Vec<String> = fila.celdas.iter().map(|c| flat(c)).collect();
        if buscados.iter().all(|b| celdas.contains(b)) {
            return Ok((i + 1, celdas));
        }
    }
    let falta = format!("la fila de títulos «{}»", perfil.encabezado.join(", "));
    Err(Rechazo::whole(Motivo::Falta(falta)))
}

fn lifted<'t>(texto: &'t str, regla: &Option<Regex>) -> &'t str {
    let hallado = regla.as_ref().and_then(|r| r.captures(texto)?.get(1));
    hallado.map_or("", |m| m.as_str())
}

fn found(fuera: &[(u32, String)], regla: Option<&Regex>) -> Option<String> {
    let regla = regla?;
    fuera.iter().find_map(|(_, t)| Some(regla.captures(t)?.get(1)?.as_str().trim().to_owned()))
}

fn balance(
    fuera: &[(u32, String)],
    regla: Option<&Regex>,
    decimal: char,
) -> Result<Option<i64>, Rechazo> {
    let Some(regla) = regla else { return Ok(None) };
    for (renglon, texto) in fuera {
        if let Some(m) = regla.captures(texto).and_then(|c| c.get(1)) {
            let monto = centavos(m.as_str(), decimal);
            return monto.map(Some).map_err(|m| Rechazo::at(*renglon, m));
        }
    }
    Err(Rechazo::whole(Motivo::Falta("el saldo que el perfil declara".to_owned())))
}
