//! The whole way over loopback: our page, the gateway's page, its signed notice at our door, the
//! question, the payment. The gateway shares no code with the adapter that speaks to it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use ramal_base::Pais;
use ramal_cobros::actions::{Ida, ask_gateway, launch_cobro};
use ramal_cobros::cobro::Fila;
use ramal_db::Db;
use ramal_emulador::fallas::Regla;
use ramal_emulador::pasarela::{
    CLAVE_EMULADA, CUENTA_EMULADA, Emulador, FallasAvisos, Opciones, SECRETO_EMULADA,
};
use ramal_emulador::servir;
use ramal_pasarelas::{
    AjustesRed, ConfigEmulada, Emulada, MedioRemoto, Pasarela, Red, Secreto, Secretos,
};
use ramal_testkit::both_engines;
use tokio_util::sync::CancellationToken;

use crate::falsa::Falsa;
use crate::mundo::{MIGRACIONES, Mundo};

const ALWAYS: Regla = Regla { proximas: 0, por_diez_mil: 10_000 };

/// A company whose gateway is the emulator, both served on loopback.
struct Casa {
    m: Mundo,
    em: Arc<Emulador>,
    sitio: String,
    fin: CancellationToken,
}

impl Drop for Casa {
    fn drop(&mut self) {
        self.fin.cancel();
    }
}

impl Casa {
    async fn open(db: Db) -> Casa {
        let fin = CancellationToken::new();
        let libre = "127.0.0.1:0".parse().unwrap();
        let reloj = ramal_testkit::reloj();
        let em = Emulador::abrir(Opciones::new(reloj.clone())).unwrap();
        let donde = servir(em.clone().router(), libre, fin.clone()).await.unwrap();
        let red = Red::new(reloj, AjustesRed::default()).unwrap();
        let config = ConfigEmulada {
            base: format!("http://{donde}/emulada"),
            clave: Secreto::new(CLAVE_EMULADA),
            cuenta: CUENTA_EMULADA.into(),
            firmas: Secretos::new(Secreto::new(SECRETO_EMULADA)),
        };
        let pasarela: Arc<dyn Pasarela> = Arc::new(Emulada::new(&red, config).unwrap());
        let m = Mundo::over(db, Pais::Pe, Falsa::new(), pasarela).await;
        let sitio = servir(m.router().with_state(()), libre, fin.clone()).await.unwrap();
        Casa { m, em, sitio: format!("http://{sitio}"), fin }
    }

    async fn cobro(&self, n: u32) -> (ramal_facturacion::FacturaId, Fila) {
        let cliente = self.m.cliente(n).await;
        let factura = self.m.factura(&cliente, "79.00").await;
        let id = self.m.intent(factura, MedioRemoto::Enlace).await;
        let ida = Ida {
            retorno: format!("{}/volver", self.sitio),
            aviso: format!("{}/webhooks/emulada", self.sitio),
            token: None,
        };
        let pasarela = self.m.puertas.get("emulada").unwrap();
        let (db, cx) = (&self.m.db, &self.m.cx);
        let fila = launch_cobro(db, cx, pasarela.as_ref(), (id, &ida)).await.unwrap();
        assert_eq!(fila.estado, "pendiente", "{:?}", fila.falla);
        (factura, fila)
    }

    /// The customer pays with a good card on the gateway's page.
    async fn pays(&self, fila: &Fila) {
        let url = fila.url.clone().unwrap();
        let estado =
            tokio::task::spawn_blocking(move || post(&url, "metodo=tarjeta&tarjeta=aprobada"));
        let estado = estado.await.unwrap();
        assert!(estado.contains(" 303 ") || estado.contains(" 302 "), "{estado}");
    }
}

/// Sends a form by hand; gives the status line.
fn post(url: &str, cuerpo: &str) -> String {
    let resto = url.strip_prefix("http://").unwrap();
    let (host, ruta) = resto.split_once('/').unwrap();
    let mut hilo = TcpStream::connect(host).unwrap();
    write!(
        hilo,
        "POST /{ruta} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{cuerpo}",
        cuerpo.len()
    )
    .unwrap();
    let mut respuesta = String::new();
    hilo.read_to_string(&mut respuesta).unwrap();
    respuesta.lines().next().unwrap_or_default().to_owned()
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn a_payment_on_the_gateways_page_settles_the_invoice(db: Db) {
        let casa = Casa::open(db).await;
        let (factura, fila) = casa.cobro(1).await;
        casa.pays(&fila).await;
        assert!(casa.em.send_due().await > 0);
        casa.m.work().await;
        assert_eq!(casa.m.estado(fila.id).await, "acreditado");
        assert_eq!(casa.m.factura_estado(factura).await, "pagada");
        let remotos = ramal_cobros::storage::remotos::of_cobro(&casa.m.db, fila.id).await.unwrap();
        let pagado = remotos.iter().find(|r| r.pago_id.is_some()).unwrap();
        assert_eq!(pagado.comision, Some(276), "3.49 % of 79.00, kept");
        assert_eq!(casa.m.audit().await, Vec::<String>::new());
    }

    async fn forged_and_stale_copies_are_refused_and_the_good_one_pays_once(db: Db) {
        let casa = Casa::open(db).await;
        let fallas =
            FallasAvisos { falsificar: ALWAYS, vencer: ALWAYS, ..FallasAvisos::default() };
        casa.em.set_avisos(fallas);
        let (_, fila) = casa.cobro(1).await;
        casa.pays(&fila).await;
        casa.em.send_due().await;
        casa.m.work().await;
        assert_eq!(casa.m.pagos(fila.id).await.len(), 1);
        let rechazos = ramal_cobros::metricas::rechazados(&casa.m.db).await.unwrap();
        let motivos: Vec<&str> = rechazos.iter().map(|r| r.motivo.as_str()).collect();
        assert_eq!(motivos, ["firma_invalida", "fuera_de_ventana"], "{rechazos:?}");
        assert_eq!(casa.m.audit().await, Vec::<String>::new());
    }

    async fn a_lost_notice_is_made_up_for_by_asking(db: Db) {
        let casa = Casa::open(db).await;
        casa.em.set_avisos(FallasAvisos { perder: ALWAYS, ..FallasAvisos::default() });
        let (factura, fila) = casa.cobro(1).await;
        casa.pays(&fila).await;
        casa.em.send_due().await;
        casa.m.work().await;
        assert_eq!(casa.m.estado(fila.id).await, "pendiente");
        let (db, cx, p) = (&casa.m.db, &casa.m.cx, casa.m.puertas.as_ref());
        assert_eq!(ask_gateway(db, cx, p, fila.id).await.unwrap().estado, "acreditado");
        assert_eq!(casa.m.pagos(fila.id).await.len(), 1);
        assert_eq!(casa.m.factura_estado(factura).await, "pagada");
    }
}
