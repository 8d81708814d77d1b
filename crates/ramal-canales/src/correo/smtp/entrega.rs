//! One message over an open session: envelope, data, final dot, and what is known when the
//! connection breaks at each of them. It opens no connection.

use super::config::LimitesSmtp;
use super::linea::Corte;
use super::respuesta::{Fase, Respuesta};
use super::saludo::{Sesion, of_corte};
use crate::FallaEnvio;
use crate::correo::{CorreoCongelado, Entrega};
use crate::falla::Causa;

/// How a message ended.
pub(super) enum Fin {
    /// Each recipient has its fate; the session may go on if it is still whole.
    Dicho(Vec<Entrega>, Estado),
    /// Nothing was learned of any recipient, and nothing was taken.
    Nada(FallaEnvio, Estado),
    /// The connection was already dead when it was used again: nobody heard us.
    Muerta,
}

/// Whether the session can carry another message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Estado {
    Sana,
    Rota,
}

/// Sends one message. `usada` tells that the session carried others before.
pub(super) async fn deliver(
    sesion: &mut Sesion,
    correo: &CorreoCongelado,
    limites: &LimitesSmtp,
) -> Fin {
    let usada = sesion.enviados > 0;
    let parametros = match parameters(sesion, correo) {
        Ok(parametros) => parametros,
        Err(falla) => return Fin::Nada(falla, Estado::Sana),
    };
    let (remitente, destinatarios) = match envelope(sesion, correo, &parametros, limites).await {
        Ok(dicho) => dicho,
        Err(Corte::Cerrada) if usada => return Fin::Muerta,
        Err(corte) => return Fin::Nada(of_corte(corte), Estado::Rota),
    };
    if remitente.codigo == 421 && usada {
        return Fin::Muerta;
    }
    if !remitente.is_ok() {
        return Fin::Nada(remitente.falla(Fase::Remitente), reset(sesion, limites).await);
    }
    let mut entregas = fates(correo, &destinatarios);
    if entregas.iter().all(|e| e.resultado.is_err()) {
        return Fin::Dicho(entregas, reset(sesion, limites).await);
    }
    let (fin, estado) = data(sesion, &correo.bytes, limites).await;
    for entrega in entregas.iter_mut().filter(|e| e.resultado.is_ok()) {
        entrega.resultado = fin.clone();
    }
    Fin::Dicho(entregas, estado)
}

/// Parameters of MAIL FROM, by what the server offers and the message needs.
fn parameters(sesion: &Sesion, correo: &CorreoCongelado) -> Result<String, FallaEnvio> {
    check_bytes(&correo.bytes)?;
    let direcciones = || correo.para.iter().chain(std::iter::once(&correo.de));
    if correo.para.is_empty()
        || !direcciones().all(|d| is_safe(d))
        || !correo.para.iter().all(|p| p.contains('@'))
    {
        return Err(local("una dirección no cabe en el sobre", Causa::DireccionInexistente));
    }
    let oferta = &sesion.oferta;
    let mut parametros = String::new();
    if let Some(maximo) = oferta.maximo {
        if correo.bytes.len() > maximo {
            return Err(local("el correo pasa de lo que acepta el servidor", Causa::Tamanio));
        }
        parametros.push_str(&format!(" SIZE={}", correo.bytes.len()));
    }
    if !correo.bytes.is_ascii() {
        if !oferta.ocho_bits {
            return Err(local("el servidor no acepta 8 bits", Causa::TipoNoAdmitido));
        }
        parametros.push_str(" BODY=8BITMIME");
    }
    if !direcciones().all(|d| d.is_ascii()) {
        if !oferta.utf8 {
            return Err(local(
                "el servidor no acepta acentos en la dirección",
                Causa::TipoNoAdmitido,
            ));
        }
        parametros.push_str(" SMTPUTF8");
    }
    Ok(parametros)
}

fn local(mensaje: &str, causa: Causa) -> FallaEnvio {
    FallaEnvio::never("local", mensaje, causa)
}

/// Only CRLF ends a line: a bare CR or LF could smuggle a second message past the server.
fn check_bytes(bytes: &[u8]) -> Result<(), FallaEnvio> {
    let mut anterior = 0;
    for b in bytes {
        if (*b == b'\n') != (anterior == b'\r') {
            return Err(local("el correo no termina sus líneas en CRLF", Causa::Parametro));
        }
        anterior = *b;
    }
    let entero = bytes.ends_with(b"\r\n");
    if entero { Ok(()) } else { Err(local("el correo no termina en CRLF", Causa::Parametro)) }
}

/// Nothing that could end the command or the address.
fn is_safe(direccion: &str) -> bool {
    let malo = |c: char| c.is_control() || c.is_whitespace() || c == '<' || c == '>';
    direccion.len() <= 320 && !direccion.contains(malo)
}

/// MAIL and every RCPT: together where the server allows it, else one by one.
async fn envelope(
    sesion: &mut Sesion,
    correo: &CorreoCongelado,
    parametros: &str,
    limites: &LimitesSmtp,
) -> Result<(Respuesta, Vec<Respuesta>), Corte> {
    let ms = limites.orden_ms;
    let mail = format!("MAIL FROM:<{}>{parametros}", correo.de);
    let rcpt: Vec<String> = correo.para.iter().map(|p| format!("RCPT TO:<{p}>")).collect();
    if sesion.oferta.pipelining {
        let todas = format!("{mail}\r\n{}\r\n", rcpt.join("\r\n"));
        sesion.linea.write(todas.as_bytes(), ms).await?;
        let remitente = sesion.linea.reply(ms).await?;
        if remitente.codigo == 421 {
            return Ok((remitente, Vec::new()));
        }
        let mut destinatarios = Vec::new();
        for _ in &rcpt {
            destinatarios.push(sesion.linea.reply(ms).await?);
        }
        return Ok((remitente, destinatarios));
    }
    let remitente = sesion.order(&mail, ms).await?;
    let mut destinatarios = Vec::new();
    for orden in rcpt.iter().filter(|_| remitente.is_ok()) {
        destinatarios.push(sesion.order(orden, ms).await?);
    }
    Ok((remitente, destinatarios))
}

fn fates(correo: &CorreoCongelado, respuestas: &[Respuesta]) -> Vec<Entrega> {
    correo
        .para
        .iter()
        .zip(respuestas)
        .map(|(direccion, respuesta)| Entrega {
            direccion: direccion.clone(),
            resultado: match respuesta.is_ok() {
                true => Ok(respuesta.texto()),
                false => Err(respuesta.falla(Fase::Destinatario)),
            },
        })
        .collect()
}

/// DATA, the message and the dot. The same fate for every accepted recipient.
async fn data(
    sesion: &mut Sesion,
    bytes: &[u8],
    limites: &LimitesSmtp,
) -> (Result<String, FallaEnvio>, Estado) {
    match sesion.order("DATA", limites.orden_ms).await {
        Ok(r) if r.codigo == 354 => {}
        Ok(r) => return (Err(r.falla(Fase::Datos)), reset(sesion, limites).await),
        Err(corte) => return (Err(of_corte(corte)), Estado::Rota),
    }
    // Without its dot a message is thrown away: until here a broken connection delivers nothing.
    if let Err(corte) = sesion.linea.write(&stuffed(bytes), limites.datos_ms).await {
        return (Err(of_corte(corte)), Estado::Rota);
    }
    // From the first byte of the dot on, silence may mean delivered.
    if sesion.linea.write(b".\r\n", limites.orden_ms).await.is_err() {
        return (Err(unknown()), Estado::Rota);
    }
    match sesion.linea.reply(limites.fin_ms).await {
        Ok(r) if r.is_ok() => (Ok(r.texto()), Estado::Sana),
        Ok(r) if (400..600).contains(&r.codigo) => {
            let estado = if r.codigo == 421 { Estado::Rota } else { Estado::Sana };
            (Err(r.falla(Fase::Datos)), estado)
        }
        Ok(_) | Err(_) => (Err(unknown()), Estado::Rota),
    }
}

fn unknown() -> FallaEnvio {
    FallaEnvio::uncertain("el servidor no contestó al final del correo: pudo haberlo entregado")
}

/// Lines that begin with a dot get another one (RFC 5321 4.5.2).
fn stuffed(bytes: &[u8]) -> Vec<u8> {
    let mut salida = Vec::with_capacity(bytes.len() + 16);
    let mut inicio = true;
    for b in bytes {
        if inicio && *b == b'.' {
            salida.push(b'.');
        }
        salida.push(*b);
        inicio = *b == b'\n';
    }
    salida
}

/// Clears the envelope, so that the next message begins afresh.
async fn reset(sesion: &mut Sesion, limites: &LimitesSmtp) -> Estado {
    match sesion.order("RSET", limites.orden_ms).await {
        Ok(r) if r.is_ok() => Estado::Sana,
        _ => Estado::Rota,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_dot_does_not_end_the_message() {
        assert_eq!(stuffed(b".\r\na.\r\n..b\r\n"), b"..\r\na.\r\n...b\r\n");
    }

    #[test]
    fn bytes_that_could_smuggle_a_second_message_do_not_leave() {
        assert!(check_bytes(b"A: b\r\n\r\nhola\r\n").is_ok());
        for malo in
            [&b"a\n.\n"[..], b"a\r.\r\n", b"a\r\n.\n", b"a\n.\r\n", b"sin final", b"a\r", b""]
        {
            assert!(check_bytes(malo).is_err(), "{malo:?}");
        }
    }

    #[test]
    fn an_address_cannot_end_its_command() {
        assert!(is_safe("a@b.pe"));
        for mala in ["a@b.pe>\r\nRCPT TO:<x@y.pe", "a b@c.pe", "a>@b.pe", "a\u{85}@b.pe"] {
            assert!(!is_safe(mala), "{mala}");
        }
    }
}
