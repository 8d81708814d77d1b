//! The month: who pays what on which day, and the clock that goes on. What must be true at the end
//! is judged in `cierre`.

use std::collections::BTreeMap;

use anyhow::Context;
use ramal_base::Fecha;
use ramal_cobranza::actions::{DatosPromesa, approve_corte, create_promesa};
use ramal_cobranza::reglas::Reglas;
use ramal_cobros::actions::{Ida, NuevoCobro, create_cobro, launch_cobro};
use ramal_cobros::cobro::{Origen, Partida};
use ramal_contratos::EstadoServicio;
use ramal_db::{Consulta, FromQueryResult, params};
use ramal_emulador::fallas::Regla;
use ramal_emulador::pasarela::FallasAvisos;
use ramal_facturacion::cobro::{Abierta, Destino, abiertas};
use ramal_pagos::{Medio, NuevoPago, OrigenPago, record_pago};
use ramal_pasarelas::MedioRemoto;
use serde::Serialize;
use uuid::Uuid;

use super::cierre;
use super::escena::Escena;
use super::gente::Manera;
use crate::salida::problem;

/// One person of the rehearsal.
pub struct Persona {
    /// The cliente.
    pub cliente: Uuid,
    /// His service.
    pub servicio: Uuid,
    /// How he pays.
    pub manera: Manera,
}

/// What the rehearsal saw.
#[derive(Debug, Default, Serialize)]
pub struct Informe {
    /// Clientes.
    pub clientes: usize,
    /// People by manner.
    pub maneras: BTreeMap<Manera, usize>,
    /// Invoices issued.
    pub facturas: i64,
    /// Payments registered.
    pub pagos: i64,
    /// Movements in the ledger.
    pub movimientos: i64,
    /// Lists of cuts that waited for approval.
    pub listas_aprobadas: usize,
    /// Suspension episodes, and those that ended.
    pub episodios: i64,
    /// Episodes that ended with a reconnection.
    pub reconexiones: i64,
    /// Promises by state.
    pub promesas: BTreeMap<String, i64>,
    /// Notifications by kind.
    pub notificaciones: BTreeMap<String, i64>,
    /// Notifications by state.
    pub reparto: BTreeMap<String, i64>,
    /// Payments by link whose notice was lost, found by asking.
    pub hallados_sin_aviso: i64,
    /// What is not as it should be; empty in a sound program.
    pub faltas: Vec<String>,
}

/// Hours of a day at which something may happen.
const HORAS: [&str; 9] = [
    "01:35:00", "06:05:00", "08:35:00", "10:15:00", "12:15:00", "15:15:00", "18:15:00", "20:45:00",
    "23:40:00",
];

/// Lives it with so many clientes.
pub async fn live(clientes: u32) -> anyhow::Result<Informe> {
    let primero = Fecha::new(2026, 12, 1)?;
    let escena = Escena::open(clientes, primero).await?;
    let gente = people(&escena).await?;
    let mut informe = Informe { clientes: gente.len(), ..Informe::default() };
    for persona in &gente {
        *informe.maneras.entry(persona.manera).or_default() += 1;
    }
    let mut vida = Vida { escena, gente, vence: None, informe };
    let ultimo = Fecha::new(2027, 1, 5)?;
    let mut dia = primero;
    while dia <= ultimo {
        for hora in HORAS {
            vida.hour(dia, hora).await?;
        }
        dia = dia.plus_dias(1);
    }
    cierre::judge(&vida.escena, &vida.gente, &mut vida.informe).await?;
    vida.escena.close().await?;
    Ok(vida.informe)
}

async fn people(escena: &Escena) -> anyhow::Result<Vec<Persona>> {
    #[derive(FromQueryResult)]
    struct Fila {
        cliente_id: Uuid,
        id: Uuid,
    }
    const SQL: &str = "SELECT cliente_id, id FROM servicios ORDER BY numero";
    let filas: Vec<Fila> = escena.casa.db.all(SQL, params![]).await?;
    let persona = |(n, f): (usize, Fila)| Persona {
        cliente: f.cliente_id,
        servicio: f.id,
        manera: Manera::of(n),
    };
    Ok(filas.into_iter().enumerate().map(persona).collect())
}

struct Vida {
    escena: Escena,
    gente: Vec<Persona>,
    /// Due day of the first month, known once it was billed.
    vence: Option<Fecha>,
    informe: Informe,
}

impl Vida {
    async fn hour(&mut self, dia: Fecha, hora: &str) -> anyhow::Result<()> {
        self.lose_notices(dia, hora);
        self.escena.at(dia, hora).await?;
        if self.vence.is_none() {
            self.vence = self.first_due().await?;
        }
        if hora.starts_with("08") {
            self.approve(dia).await?;
        }
        let Some(vence) = self.vence else { return Ok(()) };
        let quienes: Vec<(usize, Manera)> =
            self.gente.iter().enumerate().map(|(n, p)| (n, p.manera)).collect();
        for (n, manera) in quienes {
            self.person(n, manera, (vence.dias_hasta(dia), hora)).await?;
        }
        self.escena.settle().await
    }

    /// On the due day the gateway's notices are lost from nine to nine.
    fn lose_notices(&self, dia: Fecha, hora: &str) {
        let Some(pasarela) = &self.escena.taller.emuladores.pasarela.aqui else { return };
        let perdidos = self.vence == Some(dia) && ("09".."21").contains(&&hora[..2]);
        let por_diez_mil = if perdidos { 10_000 } else { 0 };
        let perder = Regla { proximas: 0, por_diez_mil };
        pasarela.set_avisos(FallasAvisos { perder, ..FallasAvisos::default() });
    }

    async fn first_due(&self) -> anyhow::Result<Option<Fecha>> {
        const SQL: &str = "SELECT MIN(vencimiento) FROM facturas";
        Ok(self.escena.casa.db.scalar(SQL, params![]).await?)
    }

    /// What a person does `dias` after the due day at an hour.
    async fn person(
        &mut self,
        n: usize,
        manera: Manera,
        (dias, hora): (i64, &str),
    ) -> anyhow::Result<()> {
        let h = &hora[..2];
        match (manera, dias, h) {
            (Manera::Puntual, -1, "12") | (Manera::SinAviso, 0, "10") => self.by_link(n).await,
            (Manera::Transferencia, 0, "12") => self.by_transfer(n, Cuanto::Todo).await,
            (Manera::DeMas, 0, "12") => self.by_transfer(n, Cuanto::DeMas(5_000)).await,
            (Manera::Mitades, 0, "15") => self.by_transfer(n, Cuanto::Mitad).await,
            (Manera::Mitades, 2, "12") => self.by_link(n).await,
            (Manera::PromesaCumplida | Manera::PromesaRota, 2, "10") => self.promise(n, 4).await,
            (Manera::PromesaCumplida, 6, "15") => self.by_link(n).await,
            (Manera::DeNoche, _, "23") => self.if_cut(n).await,
            _ => Ok(()),
        }
    }

    async fn owed(&self, n: usize) -> anyhow::Result<Vec<Abierta>> {
        abiertas(&self.escena.casa.db, self.gente[n].cliente, None).await.map_err(problem)
    }

    /// By the link of the invoice: a cobro, the gateway's page, a card that is good.
    async fn by_link(&mut self, n: usize) -> anyhow::Result<()> {
        let abiertas = self.owed(n).await?;
        let Some(primera) = abiertas.first() else { return Ok(()) };
        let partida = |a: &Abierta| Partida {
            factura_id: a.factura_id.uuid(),
            numero: a.numero.clone(),
            monto: a.abierto,
        };
        let nuevo = NuevoCobro {
            cliente_id: primera.cliente_id,
            moneda: primera.moneda,
            partidas: abiertas.iter().map(partida).collect(),
            medio: MedioRemoto::Enlace,
            pasarela: "emulada".to_owned(),
            origen: Origen::Enlace,
        };
        let casa = &self.escena.casa;
        let tx = casa.db.begin().await?;
        let intencion = create_cobro(&tx, &casa.cx, nuevo).await.map_err(problem)?;
        let id = intencion.fila().id;
        tx.commit().await?;
        let base = &self.escena.entorno.url_publica;
        let ida = Ida {
            retorno: format!("{base}/"),
            aviso: format!("{base}/webhooks/emulada"),
            token: None,
        };
        let pasarela = self.escena.taller.puertos.pasarelas.get("emulada").context("pasarela")?;
        let fila = launch_cobro(&casa.db, &casa.cx, pasarela.as_ref(), (id, &ida)).await;
        let fila = fila.map_err(problem)?;
        let url =
            fila.url.with_context(|| format!("el cobro no tiene página: {:?}", fila.falla))?;
        let nadie = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().redirect(nadie).build()?;
        let pagina = http.post(url).form(&[("metodo", "tarjeta"), ("tarjeta", "aprobada")]);
        let respuesta = pagina.send().await?;
        anyhow::ensure!(
            respuesta.status().is_redirection(),
            "la página dijo {}",
            respuesta.status()
        );
        Ok(())
    }

    async fn by_transfer(&mut self, n: usize, cuanto: Cuanto) -> anyhow::Result<()> {
        let abiertas = self.owed(n).await?;
        let Some(primera) = abiertas.first() else { return Ok(()) };
        let debe: i64 = abiertas.iter().map(|a| a.abierto).sum();
        let casa = &self.escena.casa;
        let nuevo = NuevoPago {
            cliente_id: primera.cliente_id,
            moneda: primera.moneda,
            monto: match cuanto {
                Cuanto::Todo => debe,
                Cuanto::Mitad => debe / 2,
                Cuanto::DeMas(mas) => debe + mas,
            },
            medio: Medio::Transferencia,
            origen: OrigenPago::Manual,
            proveedor: None,
            referencia: None,
            fecha_valor: self.escena.zona.fecha(casa.cx.now()),
            operacion: Some(format!("ENSAYO-{n}")),
            notas: None,
            destino: Destino::Automatico,
            turno_id: None,
        };
        let tx = casa.db.begin().await?;
        record_pago(&tx, &casa.cx, nuevo).await.map_err(problem)?;
        Ok(tx.commit().await?)
    }

    async fn promise(&mut self, n: usize, dias: i32) -> anyhow::Result<()> {
        let casa = &self.escena.casa;
        let hoy = self.escena.zona.fecha(casa.cx.now());
        let datos = DatosPromesa {
            cliente_id: self.gente[n].cliente.to_string(),
            fecha: hoy.plus_dias(dias),
            canal: Some("telefono".to_owned()),
            notas: None,
        };
        let tx = casa.db.begin().await?;
        let reglas = Reglas::load(&tx, &casa.cx).await.map_err(problem)?;
        let clave = format!("ensayo-{n}");
        create_promesa(&tx, &casa.cx, &reglas, datos, Some(&clave)).await.map_err(problem)?;
        Ok(tx.commit().await?)
    }

    /// Pays at night on the day of the cut, and must be back before the night ends.
    async fn if_cut(&mut self, n: usize) -> anyhow::Result<()> {
        if self.state(n).await? != Some(EstadoServicio::Suspendido) {
            return Ok(());
        }
        self.by_link(n).await?;
        self.escena.settle().await?;
        if self.state(n).await? != Some(EstadoServicio::Activo) {
            self.informe.faltas.push(format!("{n} pagó de noche y no volvió a tener servicio"));
        }
        Ok(())
    }

    async fn state(&self, n: usize) -> anyhow::Result<Option<EstadoServicio>> {
        let id = ramal_contratos::ServicioId::from_uuid(self.gente[n].servicio);
        let servicio = ramal_contratos::storage::by_id(&self.escena.casa.db, id).await?;
        Ok(servicio.map(|s| s.estado))
    }

    /// A list that is much longer than usual waits for a person; here he says yes.
    async fn approve(&mut self, dia: Fecha) -> anyhow::Result<()> {
        const SQL: &str = "SELECT COUNT(*) FROM cortes WHERE fecha = $1 AND estado = 'por_aprobar'";
        let casa = &self.escena.casa;
        let esperan: i64 = casa.db.scalar(SQL, params![dia]).await?.unwrap_or(0);
        if esperan == 0 {
            return Ok(());
        }
        let tx = casa.db.begin().await?;
        approve_corte(&tx, &casa.cx, dia).await.map_err(problem)?;
        tx.commit().await?;
        self.informe.listas_aprobadas += 1;
        Ok(())
    }
}

/// How much somebody brings.
#[derive(Clone, Copy)]
enum Cuanto {
    Todo,
    Mitad,
    /// All and this much more, minor units.
    DeMas(i64),
}
