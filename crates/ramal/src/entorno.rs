//! How the program runs, from the environment: mode, public address, proxy. In production it names
//! everything that would make it unsafe, and the server does not start. It opens no database.

use std::net::SocketAddr;

use anyhow::Context;
use ramal_plataforma::Sello;
use ramal_web::{Entorno, Firma, Modo};

/// Environment variables of the site.
const MODO: &str = "RAMAL_MODO";
const URL: &str = "RAMAL_URL";

/// Master keys that anybody can read somewhere: 32 equal bytes are caught apart.
const CLAVES_CONOCIDAS: [&str; 2] = [
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
];

/// Passwords that come with somebody's example.
const CONTRASENAS_CONOCIDAS: [&str; 12] = [
    "",
    "admin",
    "changeme",
    "contrasena",
    "demo",
    "minioadmin",
    "password",
    "postgres",
    "ramal",
    "secret",
    "secreto",
    "123456",
];

/// The site's settings from the environment; `modo` is what the command asks for when
/// `RAMAL_MODO` is silent, `addr` where it listens, which is its address when `RAMAL_URL` is
/// silent.
///
/// Errors: a mode that does not exist.
fn read(sello: &Sello, modo: Modo, addr: SocketAddr) -> anyhow::Result<Entorno> {
    let modo = match var(MODO).as_deref() {
        None => modo,
        Some("demo") => Modo::Demo,
        Some("prueba") => Modo::Prueba,
        Some("produccion") => Modo::Produccion,
        Some(otro) => {
            anyhow::bail!("{MODO} debe ser demo, prueba o produccion, no «{otro}»")
        }
    };
    let url = var(URL).unwrap_or_else(|| format!("http://{addr}"));
    Ok(Entorno {
        modo,
        url_publica: url.trim_end_matches('/').to_owned(),
        firma: Firma::new(&sello.derive("firma del sitio")),
    })
}

/// The same for a command that serves nothing: its links point where `ramal serve` listens unless
/// `RAMAL_URL` says otherwise.
///
/// Errors: a mode that does not exist.
pub fn of_commands(sello: &Sello) -> anyhow::Result<Entorno> {
    read(sello, Modo::Prueba, SocketAddr::from(([127, 0, 0, 1], 8080)))
}

/// Refuses to serve real customers with what everybody knows. Errors: every fault with its way out.
fn ensure_safe(entorno: &Entorno) -> anyhow::Result<()> {
    if entorno.modo != Modo::Produccion {
        return Ok(());
    }
    let faltas = faults(entorno, &var);
    if faltas.is_empty() {
        return Ok(());
    }
    let lista = faltas.iter().map(|f| format!("\n  - {f}")).collect::<String>();
    anyhow::bail!("no se puede servir en modo producción:{lista}")
}

/// Everything that makes production unsafe; the variables are read through `var`.
fn faults(entorno: &Entorno, var: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut faltas = Vec::new();
    if !entorno.is_https() {
        faltas.push(format!(
            "{URL} debe ser la dirección pública con https:// (ahora «{}»)",
            entorno.url_publica
        ));
    }
    if var(ramal_plataforma::sello::VARIABLE).is_some_and(|clave| is_known_key(&clave)) {
        faltas.push(
            "RAMAL_CLAVE_MAESTRA es una clave de ejemplo; haga una con `openssl rand -base64 32`"
                .to_owned(),
        );
    }
    for variable in ["PAC_MODE", "SUNAT_MODE"] {
        if var(variable).is_none_or(|modo| modo == "emulated") {
            faltas.push(format!(
                "{variable}=real falta: con la autoridad emulada ningún comprobante vale"
            ));
        }
    }
    for variable in ["PAYMENT_MODE", "WHATSAPP_MODE", "MAIL_MODE"] {
        if var(variable).is_none_or(|modo| modo == "emulated") {
            faltas.push(format!("{variable}=real falta: lo emulado no cobra ni llega a nadie"));
        }
    }
    if var("S3_ENDPOINT").is_some() && var("S3_SECRET_KEY").is_none_or(|s| is_known(&s)) {
        faltas.push("S3_SECRET_KEY es una contraseña de ejemplo".to_owned());
    }
    if var("DATABASE_URL").is_some_and(|url| has_known_password(&url)) {
        faltas.push("DATABASE_URL lleva una contraseña de ejemplo o ninguna".to_owned());
    }
    faltas
}

fn is_known_key(clave: &str) -> bool {
    let clave = clave.trim();
    let iguales = clave.trim_end_matches('=').as_bytes().windows(2).all(|par| par[0] == par[1]);
    iguales || CLAVES_CONOCIDAS.contains(&clave)
}

fn is_known(contrasena: &str) -> bool {
    CONTRASENAS_CONOCIDAS.contains(&contrasena.to_ascii_lowercase().as_str())
}

/// `postgres://usuario:contrasena@host/base`; without a host on the network there is nothing to
/// guess from outside.
fn has_known_password(url: &str) -> bool {
    let Some((_, resto)) = url.split_once("://") else { return false };
    let (credencial, host) = resto.rsplit_once('@').unwrap_or(("", resto));
    let local = ["localhost", "127.0.0.1", "[::1]", "/"].iter().any(|h| host.starts_with(h));
    let contrasena = credencial.split_once(':').map_or("", |(_, c)| c);
    !local && is_known(contrasena)
}

fn var(nombre: &str) -> Option<String> {
    std::env::var(nombre).ok().filter(|v| !v.is_empty())
}

/// Settings as the environment gives them, checked for what the command will do with them.
///
/// Errors: a mode that does not exist; production with default secrets.
pub fn open(sello: &Sello, modo: Modo, addr: SocketAddr) -> anyhow::Result<Entorno> {
    let entorno = read(sello, modo, addr)?;
    ensure_safe(&entorno).context("secretos por defecto")?;
    Ok(entorno)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn produccion(url: &str) -> Entorno {
        Entorno { modo: Modo::Produccion, url_publica: url.to_owned(), ..Entorno::prueba() }
    }

    fn con<'a>(pares: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |nombre| pares.iter().find(|(n, _)| *n == nombre).map(|(_, v)| (*v).to_owned())
    }

    const BIEN: [(&str, &str); 5] = [
        ("PAC_MODE", "real"),
        ("SUNAT_MODE", "real"),
        ("PAYMENT_MODE", "real"),
        ("WHATSAPP_MODE", "real"),
        ("MAIL_MODE", "real"),
    ];

    #[test]
    fn production_with_everything_of_its_own_starts() {
        assert!(faults(&produccion("https://isp.example"), &con(&BIEN)).is_empty());
    }

    #[test]
    fn production_with_default_secrets_names_each_of_them() {
        let malos = [
            ("RAMAL_CLAVE_MAESTRA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            ("S3_ENDPOINT", "https://s3.example"),
            ("S3_SECRET_KEY", "minioadmin"),
            ("DATABASE_URL", "postgres://ramal:ramal@base.example/ramal"),
        ];
        let faltas = faults(&produccion("http://isp.example"), &con(&malos)).join("\n");
        for nombre in [
            "RAMAL_URL",
            "RAMAL_CLAVE_MAESTRA",
            "PAC_MODE",
            "SUNAT_MODE",
            "PAYMENT_MODE",
            "WHATSAPP_MODE",
            "MAIL_MODE",
            "S3_SECRET",
            "DATABASE",
        ] {
            assert!(faltas.contains(nombre), "{nombre} is missing in {faltas}");
        }
    }

    #[test]
    fn a_database_on_this_machine_may_have_no_password() {
        assert!(!has_known_password("postgres://postgres@127.0.0.1:5432/ramal"));
        assert!(has_known_password("postgres://postgres@10.0.0.5/ramal"));
        assert!(!has_known_password("postgres://ramal:9fK!a2@10.0.0.5/ramal"));
    }

    #[test]
    fn a_trial_starts_with_anything() {
        assert!(ensure_safe(&Entorno::prueba()).is_ok());
    }
}
