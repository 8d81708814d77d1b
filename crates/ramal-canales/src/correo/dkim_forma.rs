//! Canonical forms of DKIM, relaxed/relaxed (RFC 6376 3.4). It signs nothing.

/// Headers (unfolded lines kept together, without their last CRLF) and body of a message.
pub(super) fn split(mensaje: &[u8]) -> Option<(Vec<&str>, &[u8])> {
    let fin = mensaje.windows(4).position(|v| v == b"\r\n\r\n")?;
    let cabeza = std::str::from_utf8(mensaje.get(..fin)?).ok()?;
    let mut cabeceras = Vec::new();
    let mut inicio = 0;
    for (i, _) in cabeza.match_indices("\r\n") {
        if !cabeza.get(i + 2..)?.starts_with([' ', '\t']) {
            cabeceras.push(cabeza.get(inicio..i)?);
            inicio = i + 2;
        }
    }
    cabeceras.push(cabeza.get(inicio..)?);
    Some((cabeceras, mensaje.get(fin + 4..)?))
}

/// A header: name in lower case, unfolded, runs of blanks as one space, ended in CRLF.
pub(super) fn header(cabecera: &str) -> String {
    let (nombre, valor) = cabecera.split_once(':').unwrap_or((cabecera, ""));
    let valor: Vec<&str> = valor.split([' ', '\t', '\r', '\n']).filter(|p| !p.is_empty()).collect();
    format!("{}:{}\r\n", nombre.trim_end().to_ascii_lowercase(), valor.join(" "))
}

/// A body: blanks at the end of lines gone, runs as one space, no empty lines at the end.
pub(super) fn body(cuerpo: &[u8]) -> Vec<u8> {
    let mut salida = Vec::with_capacity(cuerpo.len());
    for linea in lines(cuerpo) {
        squeeze(linea, &mut salida);
        salida.extend_from_slice(b"\r\n");
    }
    while salida.ends_with(b"\r\n\r\n") {
        salida.truncate(salida.len() - 2);
    }
    if salida == b"\r\n" {
        salida.clear();
    }
    salida
}

fn lines(cuerpo: &[u8]) -> impl Iterator<Item = &[u8]> {
    let sin_final = cuerpo.strip_suffix(b"\r\n").unwrap_or(cuerpo);
    let vacio = cuerpo.is_empty();
    sin_final
        .split(|b| *b == b'\n')
        .map(|l| l.strip_suffix(b"\r").unwrap_or(l))
        .filter(move |_| !vacio)
}

fn squeeze(linea: &[u8], salida: &mut Vec<u8>) {
    let mut blanco = false;
    for b in linea {
        if matches!(b, b' ' | b'\t') {
            blanco = true;
            continue;
        }
        if blanco {
            salida.push(b' ');
            blanco = false;
        }
        salida.push(*b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_norm_comes_out_as_the_norm_says() {
        // RFC 6376 3.4.5.
        let mensaje = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (cabeceras, cuerpo) = split(mensaje).unwrap();
        let formas: String = cabeceras.iter().map(|c| header(c)).collect();
        assert_eq!(formas, "a:X\r\nb:Y Z\r\n");
        assert_eq!(body(cuerpo), b" C\r\nD E\r\n");
    }

    #[test]
    fn a_body_of_nothing_is_nothing() {
        assert_eq!(body(b""), b"");
        assert_eq!(body(b"\r\n\r\n"), b"");
        assert_eq!(body(b"sin final"), b"sin final\r\n");
    }
}
