//! SWIFT MT940: `:60F:` opening, `:61:` movements with their `:86:`, `:62F:` closing. It reads the
//! dialects that banks send, and keeps no field that the canonical line does not have.

use ramal_base::{Fecha, Moneda};

use crate::error::{Motivo, Rechazo};
use crate::importe::centavos;
use crate::linea::{Extracto, Linea};
use crate::texto::{clipped, decode_loose};

/// A field: where it begins, its tag and its text with the lines that follow.
struct Campo {
    renglon: u32,
    tag: String,
    texto: String,
}

/// Reads the statements of a file, one per account; pages of one account are joined.
///
/// Errors: the file is refused whole, with the line. Source: integrations 2.5.
pub fn read(bytes: &[u8]) -> Result<Vec<Extracto>, Rechazo> {
    let texto = decode_loose(bytes)?;
    let campos = fields(&texto);
    if !campos.iter().any(|c| c.tag == "20") {
        return Err(Rechazo::whole(Motivo::Formato("MT940")));
    }
    let mut extractos: Vec<Extracto> = Vec::new();
    let mut pagina: Option<Pagina> = None;
    for campo in &campos {
        if campo.tag == "20" {
            close(pagina.take(), &mut extractos)?;
            pagina = Some(Pagina { renglon: campo.renglon, ..Pagina::default() });
            continue;
        }
        if let Some(p) = &mut pagina {
            p.take(campo)?;
        }
    }
    close(pagina, &mut extractos)?;
    extractos.into_iter().map(Extracto::sealed).collect()
}

#[derive(Default)]
struct Pagina {
    renglon: u32,
    cuenta: Option<String>,
    inicial: Option<(i64, Moneda, Fecha)>,
    cierre: Option<(i64, Moneda, Fecha)>,
    lineas: Vec<Linea>,
    tras_linea: bool,
}

impl Pagina {
    fn take(&mut self, campo: &Campo) -> Result<(), Rechazo> {
        let at = |motivo| Rechazo::at(campo.renglon, motivo);
        let antes = std::mem::replace(&mut self.tras_linea, campo.tag == "61");
        match campo.tag.as_str() {
            "25" | "25P" => self.cuenta = Some(account(&campo.texto)),
            "60F" | "60M" => self.inicial = Some(balance(&campo.texto).map_err(at)?),
            "62F" | "62M" => self.cierre = Some(balance(&campo.texto).map_err(at)?),
            "61" => {
                let moneda = self.inicial.map(|(_, m, _)| m);
                let moneda = moneda.ok_or_else(|| at(Motivo::Falta(":60F:".to_owned())))?;
                self.lineas.push(movement(campo, moneda).map_err(at)?);
            }
            "86" if antes => {
                if let Some(ultima) = self.lineas.last_mut() {
                    describe(ultima, &campo.texto);
                }
                self.tras_linea = true;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Ends a page: a new account, or the continuation of the one before.
fn close(pagina: Option<Pagina>, extractos: &mut Vec<Extracto>) -> Result<(), Rechazo> {
    let Some(p) = pagina else { return Ok(()) };
    let falta = |que: &str| Rechazo::at(p.renglon, Motivo::Falta(que.to_owned()));
    let cuenta = p.cuenta.clone().ok_or_else(|| falta(":25:"))?;
    let (inicial, moneda, _) = p.inicial.ok_or_else(|| falta(":60F:"))?;
    let (cierre, otra, _) = p.cierre.ok_or_else(|| Rechazo::at(p.renglon, Motivo::Cortado))?;
    if moneda != otra {
        return Err(Rechazo::at(p.renglon, Motivo::OtraMoneda));
    }
    let igual = |e: &&mut Extracto| e.cuenta == cuenta && e.moneda == moneda;
    match extractos.last_mut().filter(igual) {
        Some(anterior) if anterior.saldo_final == Some(inicial) => {
            anterior.lineas.extend(p.lineas);
            anterior.saldo_final = Some(cierre);
        }
        Some(_) => return Err(Rechazo::at(p.renglon, Motivo::SaldoCorrido)),
        None => extractos.push(Extracto {
            cuenta,
            moneda,
            saldo_inicial: Some(inicial),
            saldo_final: Some(cierre),
            lineas: p.lineas,
        }),
    }
    Ok(())
}

fn fields(texto: &str) -> Vec<Campo> {
    let mut campos: Vec<Campo> = Vec::new();
    for (i, cruda) in texto.lines().enumerate() {
        let linea = cruda.trim_end();
        let renglon = u32::try_from(i + 1).unwrap_or(u32::MAX);
        if let Some((tag, resto)) = tagged(linea) {
            let (tag, texto) = (tag.to_owned(), resto.to_owned());
            campos.push(Campo { renglon, tag, texto });
        } else if linea.starts_with("-}") || linea == "-" || linea.starts_with('{') {
            // Envelope of the network, not text of a field.
        } else if let Some(ultimo) = campos.last_mut() {
            ultimo.texto.push('\n');
            ultimo.texto.push_str(linea);
        }
    }
    campos
}

/// `:61:resto` as `("61", "resto")`.
fn tagged(linea: &str) -> Option<(&str, &str)> {
    let (tag, resto) = linea.strip_prefix(':')?.split_once(':')?;
    let bien = (2..=3).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    (bien && tag.as_bytes()[0].is_ascii_digit()).then_some((tag, resto))
}

fn account(texto: &str) -> String {
    clipped(texto.lines().next().unwrap_or(""), 64)
}

/// `C261119MXN1234,56`
fn balance(texto: &str) -> Result<(i64, Moneda, Fecha), Motivo> {
    let falta = || Motivo::Falta("el saldo".to_owned());
    let texto = texto.trim();
    let signo = match texto.chars().next() {
        Some('C') => 1,
        Some('D') => -1,
        _ => return Err(falta()),
    };
    let fecha = crate::importe::fecha(texto.get(1..7).ok_or_else(falta)?, "aammdd")?;
    let moneda = Moneda::parse(texto.get(7..10).ok_or_else(falta)?).ok_or(Motivo::Moneda)?;
    let monto = amount(texto.get(10..).ok_or_else(falta)?)?;
    Ok((signo * monto, moneda, fecha))
}

/// `2611191119CR499,00NTRFREF//BANCO` with the details that may follow in the next line.
fn movement(campo: &Campo, moneda: Moneda) -> Result<Linea, Motivo> {
    let mut lineas = campo.texto.lines();
    let principal = lineas.next().unwrap_or("").trim();
    let detalle = lineas.collect::<Vec<_>>().join(" ");
    let falta = || Motivo::Formato("movimiento MT940");
    let valor = crate::importe::fecha(principal.get(..6).ok_or_else(falta)?, "aammdd")?;
    let mut resto = principal.get(6..).ok_or_else(falta)?;
    let entrada = entry_date(&mut resto, valor)?;
    let signo = mark(&mut resto).ok_or(Motivo::CargoAbono)?;
    // Funds code: the third letter of the currency, on some banks.
    resto = resto.strip_prefix(|c: char| c.is_ascii_alphabetic()).unwrap_or(resto);
    let fin = resto.find(|c: char| !(c.is_ascii_digit() || c == ',')).unwrap_or(resto.len());
    let (monto, cola) = resto.split_at(fin);
    let importe = signo * amount(monto)?;
    let tipo = cola.get(..4).unwrap_or("");
    if !tipo.starts_with(['N', 'F', 'S']) || !tipo.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Motivo::Importe);
    }
    let mut linea = Linea::new(campo.renglon, valor, importe, moneda);
    linea.fecha_operacion = entrada;
    let cola = cola.get(4..).unwrap_or("");
    let (referencia, banco) = cola.split_once("//").unwrap_or((cola, ""));
    linea.referencia = known(referencia);
    linea.id_banco = Some(known(banco)).filter(|b| !b.is_empty());
    linea.concepto = clipped(&detalle, 400);
    Ok(linea)
}

/// MMDD of the entry, in the year nearest to the value date.
fn entry_date(resto: &mut &str, valor: Fecha) -> Result<Fecha, Motivo> {
    let mmdd = match resto.get(..4) {
        Some(t) if t.bytes().all(|b| b.is_ascii_digit()) => t,
        _ => return Ok(valor),
    };
    *resto = resto.get(4..).unwrap_or("");
    let dos = |t: &str| t.parse::<i8>().unwrap_or(0);
    let (mes, dia) = (dos(&mmdd[..2]), dos(&mmdd[2..]));
    let candidatas = [valor.anio() - 1, valor.anio(), valor.anio() + 1];
    let fechas = candidatas.into_iter().filter_map(|anio| Fecha::new(anio, mes, dia).ok());
    let mejor = fechas.min_by_key(|f| valor.dias_hasta(*f).abs());
    mejor.ok_or_else(|| Motivo::Fecha("mmdd".to_owned()))
}

/// Credit +1, debit −1; a reversal turns it.
fn mark(resto: &mut &str) -> Option<i64> {
    for (marca, signo) in [("RC", -1), ("RD", 1), ("C", 1), ("D", -1)] {
        if let Some(cola) = resto.strip_prefix(marca) {
            *resto = cola;
            return Some(signo);
        }
    }
    None
}

fn amount(texto: &str) -> Result<i64, Motivo> {
    let bien = texto.bytes().all(|b| b.is_ascii_digit() || b == b',');
    let entero = texto.starts_with(|c: char| c.is_ascii_digit());
    if bien && entero { centavos(texto, ',') } else { Err(Motivo::Importe) }
}

fn known(texto: &str) -> String {
    let limpio = clipped(texto, 64);
    if limpio == "NONREF" { String::new() } else { limpio }
}

/// Free text of `:86:`, with the counterparty where the structured form (`?32`, `/NAME/`) tells it.
fn describe(linea: &mut Linea, texto: &str) {
    let junto: String = texto.lines().collect::<Vec<_>>().join(" ");
    let nombre = slash(&junto, "/NAME/").or_else(|| question(&junto));
    if let Some(nombre) = nombre {
        linea.contraparte = clipped(&nombre, 140);
    }
    if let Some(referencia) = slash(&junto, "/EREF/").filter(|_| linea.referencia.is_empty()) {
        linea.referencia = clipped(&referencia, 64);
    }
    let todo = format!("{} {junto}", linea.concepto);
    linea.concepto = clipped(&todo, 400);
}

fn slash(texto: &str, clave: &str) -> Option<String> {
    let (_, resto) = texto.split_once(clave)?;
    Some(resto.split('/').next().unwrap_or("").trim().to_owned())
}

/// `?32` and `?33`: name of the counterparty.
fn question(texto: &str) -> Option<String> {
    let partes = texto.split('?').skip(1);
    let de = |clave: &str| partes.clone().find_map(|p| p.strip_prefix(clave));
    let nombre = de("32")?;
    Some(format!("{nombre}{}", de("33").unwrap_or("")))
}
