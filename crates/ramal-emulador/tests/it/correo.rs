//! The emulated mail server, spoken to by hand, and its page.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::StatusCode;
use ramal_base::{FixedClock, Instante};
use ramal_emulador::correo::{Emulador, Interruptores, Opciones};
use ramal_emulador::fallas::Regla;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::http::get;

fn opciones() -> Opciones {
    let reloj = Arc::new(FixedClock::new(Instante::parse("2026-11-20T15:00:00Z").unwrap()));
    Opciones::new(reloj)
}

async fn servidor(opciones: Opciones) -> (Arc<Emulador>, SocketAddr) {
    let e = Emulador::abrir(opciones).unwrap();
    let addr = e.servir("127.0.0.1:0".parse().unwrap(), CancellationToken::new()).await.unwrap();
    (e, addr)
}

struct Cliente(BufReader<TcpStream>);

impl Cliente {
    async fn connect(addr: SocketAddr) -> Cliente {
        let mut c = Cliente(BufReader::new(TcpStream::connect(addr).await.unwrap()));
        assert_eq!(c.read().await, 220);
        assert_eq!(c.say("EHLO prueba").await, 250);
        c
    }

    /// Code of the next reply; 0 if the connection was closed.
    async fn read(&mut self) -> u16 {
        loop {
            let mut linea = String::new();
            if self.0.read_line(&mut linea).await.unwrap_or(0) == 0 {
                return 0;
            }
            if linea.as_bytes()[3] == b' ' {
                return linea[..3].parse().unwrap();
            }
        }
    }

    async fn say(&mut self, texto: &str) -> u16 {
        self.0.get_mut().write_all(format!("{texto}\r\n").as_bytes()).await.unwrap();
        self.read().await
    }

    async fn envelope(&mut self) -> u16 {
        assert_eq!(self.say("MAIL FROM:<a@b.example>").await, 250);
        self.say("RCPT TO:<c@d.example>").await
    }

    async fn deliver(&mut self, mensaje: &str) -> u16 {
        assert_eq!(self.envelope().await, 250);
        assert_eq!(self.say("DATA").await, 354);
        self.say(mensaje).await
    }
}

const HOLA: &str = "Subject: Hola\r\n\r\n..punto\r\nadi\u{f3}s\r\n.";

#[tokio::test]
async fn commands_out_of_order_or_of_wrong_shape_are_refused() {
    let (e, addr) = servidor(opciones()).await;
    let mut c = Cliente::connect(addr).await;
    for (orden, codigo) in [
        ("RCPT TO:<c@d.example>", 503),
        ("DATA", 503),
        ("MAIL FROM:a@b.example", 501),
        ("MAIL FROM:<a b@c.example>", 501),
        ("MAIL FROM:<a@b.example> SIZE=99999999999", 552),
        ("AUTH PLAIN AGEAYg==", 502),
        ("STARTTLS", 502),
        ("BAILA", 500),
        ("MAIL FROM:<>", 250),
        ("MAIL FROM:<a@b.example>", 503),
        ("RCPT TO:<nadie>", 501),
        ("RSET", 250),
        ("RCPT TO:<c@d.example>", 503),
        ("QUIT", 221),
    ] {
        assert_eq!(c.say(orden).await, codigo, "{orden}");
    }
    assert_eq!(e.count(), 0);
}

#[tokio::test]
async fn a_message_is_kept_byte_by_byte_without_its_stuffing() {
    let dir = tempfile::tempdir().unwrap();
    let (e, addr) = servidor(Opciones { dir: Some(dir.path().into()), ..opciones() }).await;
    let mut c = Cliente::connect(addr).await;
    assert_eq!(c.deliver(HOLA).await, 250);
    assert_eq!(c.deliver("Subject: malo\r\n\r\nbarra\nsola\r\n.").await, 550);
    drop(e);
    let otra = Emulador::abrir(Opciones { dir: Some(dir.path().into()), ..opciones() }).unwrap();
    assert_eq!(otra.count(), 1);
    let recibido = otra.message(1).unwrap();
    assert_eq!(recibido.bytes(), "Subject: Hola\r\n\r\n.punto\r\nadi\u{f3}s\r\n".as_bytes());
    assert_eq!(
        (recibido.de.as_str(), recibido.para),
        ("a@b.example", vec!["c@d.example".to_owned()])
    );
}

#[tokio::test]
async fn an_account_is_asked_for_when_there_is_one() {
    let cuenta = Some(("u".to_owned(), "c".to_owned()));
    let (_, addr) = servidor(Opciones { cuenta, ..opciones() }).await;
    let mut c = Cliente::connect(addr).await;
    assert_eq!(c.say("MAIL FROM:<a@b.example>").await, 530);
    assert_eq!(c.say("AUTH PLAIN AHUAeA==").await, 535);
    assert_eq!(c.say("AUTH NTLM").await, 504);
    assert_eq!(c.say("AUTH LOGIN").await, 334);
    assert_eq!(c.say("dQ==").await, 334);
    assert_eq!(c.say("Yw==").await, 235);
    assert_eq!(c.deliver(HOLA).await, 250);
}

#[tokio::test]
async fn each_switch_fails_as_a_real_server_does() {
    let una = Regla { proximas: 1, por_diez_mil: 0 };
    let base = Interruptores::default;
    let (e, addr) = servidor(opciones()).await;
    let mut c = Cliente::connect(addr).await;
    e.switch(Interruptores { lista_gris: true, ..base() });
    assert_eq!(c.envelope().await, 451);
    assert_eq!(c.say("RCPT TO:<c@d.example>").await, 250);
    c.say("RSET").await;
    e.switch(Interruptores { desconocidos: vec!["c@d.example".into()], ..base() });
    assert_eq!(c.envelope().await, 550);
    c.say("RSET").await;
    e.switch(Interruptores { spam: una, ..base() });
    assert_eq!(c.deliver(HOLA).await, 554);
    e.switch(Interruptores { despues: una, ..base() });
    assert_eq!(c.deliver(HOLA).await, 451);
    assert_eq!(e.count(), 0);
    e.switch(Interruptores { cortar_antes_del_punto: una, ..base() });
    assert_eq!(c.deliver(HOLA).await, 0);
    assert_eq!(e.count(), 0);
    e.switch(Interruptores { cortar_tras_el_punto: una, ..base() });
    let mut c = Cliente::connect(addr).await;
    assert_eq!(c.deliver(HOLA).await, 0);
    assert_eq!(e.count(), 1);
}

#[tokio::test]
async fn a_mail_is_read_on_the_page_and_its_html_is_caged() {
    let (e, addr) = servidor(opciones()).await;
    let mut c = Cliente::connect(addr).await;
    let mensaje = "From: Fibra <a@b.example>\r\nTo: c@d.example\r\nSubject: \
        =?utf-8?b?TWHDsWFuYSA8Yj4=?=\r\n\
        Content-Type: multipart/mixed; boundary=M\r\n\r\n--M\r\n\
        Content-Type: multipart/alternative; boundary=A\r\n\r\n--A\r\nContent-Type: text/plain\r\n\
        \r\n\
        <script>t</script>\r\n--A\r\nContent-Type: multipart/related; boundary=R\r\n\r\n--R\r\n\
        Content-Type: text/html\r\n\r\n<p>Hola</p><img src=\"cid:i@x\"><script>alert(1)</script>\
        \r\n\
        --R\r\nContent-Type: image/png\r\nContent-ID: <i@x>\r\nContent-Transfer-Encoding: \
        base64\r\n\r\n\
        iVBORw0KGgo=\r\n--R--\r\n--A--\r\n--M\r\nContent-Type: text/html; name=x.html\r\n\
        Content-Disposition: attachment; filename=\"x.html\"\r\n\r\n<script>alert(2)</script>\r\n\
        --M--\r\n.";
    assert_eq!(c.deliver(mensaje).await, 250);
    let paginas = e.paginas();
    let lista = get(&paginas, "/emuladores/correo").await.texto();
    assert!(
        lista.contains("Mañana &lt;b&gt;") && lista.contains("Fibra &lt;a@b.example&gt;"),
        "{lista}"
    );
    let pagina = get(&paginas, "/emuladores/correo/1").await.texto();
    assert!(
        pagina.contains("&lt;script&gt;t&lt;/script&gt;") && !pagina.contains("<script"),
        "{pagina}"
    );
    assert!(pagina.contains("<iframe src=\"/emuladores/correo/1/html\" sandbox "));
    let html =
        axum::http::Request::get("/emuladores/correo/1/html").body(axum::body::Body::empty());
    let html = tower::ServiceExt::oneshot(paginas.clone(), html.unwrap()).await.unwrap();
    let csp = html.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(csp.contains("default-src 'none'") && csp.contains("sandbox;"), "{csp}");
    let cuerpo = get(&paginas, "/emuladores/correo/1/html").await.texto();
    assert!(cuerpo.contains("data:image/png;base64,iVBORw0KGgo="), "{cuerpo}");
    assert!(get(&paginas, "/emuladores/correo/1/crudo").await.texto().contains("boundary=M"));
    let adjuntos = pagina.matches("/adjuntos/").count();
    for i in 0..adjuntos {
        let pedido = axum::http::Request::get(format!("/emuladores/correo/1/adjuntos/{i}"));
        let pedido = pedido.body(axum::body::Body::empty()).unwrap();
        let r = tower::ServiceExt::oneshot(paginas.clone(), pedido).await.unwrap();
        assert_ne!(r.headers()["content-type"], "text/html", "an attachment must not run");
    }
    assert_eq!(get(&paginas, "/emuladores/correo/9").await.estado, StatusCode::NOT_FOUND);
    assert_eq!(get(&paginas, "/emuladores/correo?q=nada").await.texto().matches("<td>").count(), 0);
}
