//! The parts of a preview in words: sums, comparison with the month before, certificates. It
//! decides nothing.

use std::collections::BTreeSet;

use ramal_base::Instante;
use ramal_db::{Consulta, FromQueryResult, params};
use ramal_web::Marco;
use uuid::Uuid;

use super::comun::{amount, signed};
use crate::Error;
use crate::corrida::previa::ResumenPrevia;

/// Sums of one currency.
pub(super) struct SumaFila {
    pub(super) moneda: String,
    pub(super) subtotal: String,
    pub(super) impuestos: String,
    pub(super) total: String,
    /// What credit notes take off; empty without them.
    pub(super) notas: String,
}

pub(super) fn sums(marco: &Marco, r: &ResumenPrevia) -> Vec<SumaFila> {
    let fila = |(moneda, s): (&String, &crate::corrida::previa::Sumas)| SumaFila {
        moneda: moneda.clone(),
        subtotal: amount(marco, s.subtotal, moneda),
        impuestos: amount(marco, s.impuestos, moneda),
        total: amount(marco, s.total, moneda),
        notas: if s.notas == 0 { String::new() } else { amount(marco, s.notas, moneda) },
    };
    r.sumas.iter().map(fila).collect()
}

/// The comparison with the run of the month before.
pub(super) struct Frente {
    /// `Frente al 1 nov 2026: +2.1 % (+$ 1,200.00).`
    pub(super) frase: String,
}

pub(super) fn against(marco: &Marco, r: &ResumenPrevia) -> Option<Frente> {
    let (dia, totales) = r.anterior.as_ref()?;
    let parte = |(moneda, antes): (&String, &i64)| {
        let ahora = r.sumas.get(moneda).map_or(0, |s| s.total);
        let diferencia = signed(marco, ahora - antes, moneda);
        let decimas = match *antes {
            0 => return diferencia,
            antes => {
                let numerador = i128::from(ahora - antes) * 1_000;
                ramal_base::dinero::rh_div(numerador, i128::from(antes))
            }
        };
        let signo = if decimas > 0 { "+" } else { "" };
        format!("{signo}{} ({diferencia})", marco.formato().porcentaje(decimas))
    };
    let partes: Vec<String> = totales.iter().map(parte).collect();
    let dia = ("dia", marco.fecha_texto(dia));
    Some(Frente { frase: marco.t2("facturacion-frente", dia, ("cuanto", partes.join(", "))) })
}

/// Whether an emisor can sign.
pub(super) struct Certificado {
    /// In words: until when, or that there is none.
    pub(super) texto: String,
    /// Whether it can sign today.
    pub(super) vigente: bool,
}

#[derive(FromQueryResult)]
struct Vigencia {
    emisor_id: Uuid,
    hasta: Instante,
}

/// Certificates of those who would issue.
pub(super) async fn certificates(
    c: &impl Consulta,
    marco: &Marco,
    emisores: &BTreeSet<Uuid>,
) -> Result<Vec<Certificado>, Error> {
    const SQL: &str = "SELECT emisor_id, MAX(hasta) AS hasta FROM certificados WHERE activo \
        GROUP BY emisor_id";
    let vigencias: Vec<Vigencia> = c.all(SQL, params![]).await?;
    let todos = ramal_plataforma::emisores(c).await?;
    let suyos = todos.iter().filter(|e| emisores.contains(&e.id.uuid()));
    let certificado = |e: &ramal_plataforma::Emisor| {
        let hasta = vigencias.iter().find(|v| v.emisor_id == e.id.uuid()).map(|v| v.hasta);
        let quien = ("quien", e.razon_social.clone());
        match hasta {
            Some(hasta) => {
                let vigente = hasta > marco.ahora;
                let clave = match vigente {
                    true => "facturacion-certificado-hasta",
                    false => "facturacion-certificado-vencido",
                };
                let dia = marco.fecha_texto(&e.zona().fecha(hasta));
                Certificado { texto: marco.t2(clave, quien, ("dia", dia)), vigente }
            }
            None => Certificado {
                texto: marco.t1("facturacion-certificado-falta", "quien", quien.1),
                vigente: false,
            },
        }
    };
    Ok(suyos.map(certificado).collect())
}
