//! Pages: where a customer pays, what the staff sees, what is never shown.

use ramal_base::Pais;
use ramal_db::Db;
use ramal_pasarelas::EstadoCobro;
use ramal_testkit::both_engines;

use crate::falsa::{Aviso, Tropiezo, pago};
use crate::mundo::{MIGRACIONES, Mundo};

/// A customer who owes an overdue 79.00 and 20.00 not due yet, and the link of the first.
async fn owing(db: Db) -> (Mundo, ramal_facturacion::FacturaId, String) {
    let m = Mundo::new(db).await;
    let cliente = m.cliente(1).await;
    let primera = m.factura(&cliente, "79.00").await;
    m.reloj.advance(40 * 86_400_000);
    m.factura(&cliente, "20.00").await;
    let enlace = ramal_cobros::pago_link(&m.app.entorno.firma, primera.uuid());
    (m, primera, enlace)
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn pressing_twice_is_one_cobro_and_it_turns_to_paid(db: Db) {
        let (m, factura, enlace) = owing(db).await;
        let pagina = m.get(&enlace).await;
        assert_eq!(pagina.estado, 200, "{}", pagina.texto);
        assert!(pagina.texto.contains("S/\u{a0}79.00"), "{}", pagina.texto);
        assert!(pagina.texto.contains("Todo lo pendiente (2): S/\u{a0}99.00"), "{}", pagina.texto);
        assert_eq!(pagina.header("x-robots-tag"), "noindex, nofollow");
        let idem = pagina.field("_idem");
        let campos = [("_idem", idem.as_str()), ("que", "esta"), ("medio", "enlace")];
        let uno = m.post(&pagina, &enlace, &campos).await;
        assert_eq!(uno.estado, 303, "{}", uno.texto);
        let dos = m.post(&pagina, &enlace, &campos).await;
        let limpio = uno.header("location").trim_end_matches("?ir=1").to_owned();
        assert_eq!((dos.estado, dos.header("location")), (303, limpio.as_str()));
        assert_eq!(m.count("SELECT COUNT(*) FROM cobros").await, 1);
        assert_eq!(m.falsa.created(), 1);
        let ir = m.get(uno.header("location")).await;
        assert!(ir.texto.contains("content=\"0;url=https://pagos.ejemplo/pag_1\""), "{}", ir.texto);
        let vuelta = m.get(&format!("{limpio}?regreso=1")).await;
        assert!(vuelta.texto.contains("El pago se está confirmando"), "{}", vuelta.texto);
        assert!(vuelta.texto.contains("http-equiv=\"refresh\" content=\"5\""));
        let cobro = ramal_cobros::storage::cobros::of_factura(&m.db, factura.uuid()).await;
        let externa = cobro.unwrap()[0].id.to_string();
        m.falsa.set(pago("p_1", &externa, 7_900, EstadoCobro::Acreditado));
        m.work().await;
        let fin = m.get(&limpio).await;
        assert!(fin.texto.contains("Pagado"), "{}", fin.texto);
        assert!(!fin.texto.contains("http-equiv"), "it does not turn any more");
        assert_eq!(m.factura_estado(factura).await, "pagada");
        let sin = m.get(&enlace).await;
        assert!(sin.texto.contains("S/\u{a0}20.00"), "what is left: {}", sin.texto);
    }

    async fn everything_owed_is_paid_at_once_if_so_chosen(db: Db) {
        let (m, _, enlace) = owing(db).await;
        let pagina = m.get(&enlace).await;
        let idem = pagina.field("_idem");
        let campos = [("_idem", idem.as_str()), ("que", "todo"), ("medio", "pagoefectivo")];
        let hecho = m.post(&pagina, &enlace, &campos).await;
        let cip = m.get(hecho.header("location")).await;
        assert!(cip.texto.contains("700000001"), "{}", cip.texto);
        assert!(cip.texto.contains("data-copiar=\"700000001\""));
        assert!(cip.texto.contains("S/\u{a0}99.00"));
        let mala = [("_idem", "otra-clave"), ("que", "todo"), ("medio", "oxxo")];
        let mal = m.post(&pagina, &enlace, &mala).await;
        assert_eq!(mal.estado, 422);
        assert!(mal.texto.contains("Elegir cómo se paga."), "{}", mal.texto);
    }

    async fn a_touched_link_or_a_foreign_cobro_opens_nothing(db: Db) {
        let (m, factura, enlace) = owing(db).await;
        let otro = m.cliente(2).await;
        let ajena = m.factura(&otro, "10.00").await;
        let cobro = m.cobro(ajena).await;
        let ultima = if enlace.contains("a/pagar") { "b/pagar" } else { "a/pagar" };
        let tocado = format!("{}{ultima}", &enlace[..enlace.len() - "0/pagar".len()]);
        assert_eq!(m.get(&tocado).await.estado, 404);
        let cruzado = ramal_cobros::cobro_link(&m.app.entorno.firma, factura.uuid(), cobro.id);
        assert_eq!(m.get(&cruzado).await.estado, 404);
        let propio = ramal_cobros::cobro_link(&m.app.entorno.firma, ajena.uuid(), cobro.id);
        assert_eq!(m.get(&propio).await.estado, 200);
    }

    async fn a_gateway_away_says_that_nothing_was_charged_and_offers_again(db: Db) {
        let (m, _, enlace) = owing(db).await;
        let pagina = m.get(&enlace).await;
        m.falsa.stumble(&[Tropiezo::NoAtiende]);
        let idem = pagina.field("_idem");
        let campos = [("_idem", idem.as_str()), ("que", "esta"), ("medio", "enlace")];
        let hecho = m.post(&pagina, &enlace, &campos).await;
        let ruta = hecho.header("location").to_owned();
        let fallo = m.get(&ruta).await;
        assert!(fallo.texto.contains("No se cobró nada."), "{}", fallo.texto);
        assert_eq!(m.post(&fallo, &ruta, &[]).await.estado, 303);
        assert!(m.get(&ruta).await.texto.contains("Ir a pagar"));
        assert_eq!(m.falsa.created(), 1);
    }

    async fn the_staff_sees_the_flow_and_resolves_what_waits(db: Db) {
        let (m, factura, _) = owing(db).await;
        let cobro = m.cobro(factura).await;
        m.falsa.set(pago("p_1", &cobro.id.to_string(), 7_900, EstadoCobro::Acreditado));
        m.falsa.set(pago("p_<b>", "pedido-7", 500, EstadoCobro::Acreditado));
        let ahora = m.cx.now().millis();
        m.knock(&Aviso::new("ev_1", "p_1", ahora)).await;
        m.knock(&Aviso::new("ev_2", "p_<b>", ahora)).await;
        m.work().await;
        let lista = m.get("/facturacion/cobros?q=CB-1").await;
        assert!(lista.texto.contains("Cliente Número 1"), "{}", lista.texto);
        assert!(m.get("/facturacion/cobros?q=p_1").await.texto.contains("CB-1"));
        let nada = m.get("/facturacion/cobros?q=p_2").await;
        assert!(nada.texto.contains("Nada coincide"), "{}", nada.texto);
        let detalle = m.get("/facturacion/cobros/CB-1").await;
        for texto in ["Aviso de la pasarela recibido", "Pago registrado", "Factura pagada",
            "comisión"] {
            assert!(detalle.texto.contains(texto), "{texto}: {}", detalle.texto);
        }
        let cola = m.get("/facturacion/conciliacion/cuarentena").await;
        assert!(cola.texto.contains("p_&#60;b&#62;"), "{}", cola.texto);
        let id: String = cola.texto.split("cuarentena/").nth(1).unwrap().chars().take(36).collect();
        let ruta = format!("/facturacion/conciliacion/cuarentena/{id}");
        let una = m.get(&ruta).await;
        assert_eq!(una.estado, 200, "{}", una.texto);
        let sin = m.post(&una, &format!("{ruta}/descartar"), &[("razon", "no")]).await;
        assert_eq!(sin.estado, 422);
        let idem = una.field("_idem");
        let campos = [("_idem", idem.as_str()), ("cliente", "C-1"), ("factura_id", "")];
        let hecho = m.post(&una, &format!("{ruta}/asignar"), &campos).await;
        assert_eq!(hecho.estado, 303, "{}", hecho.texto);
        assert_eq!(m.count("SELECT COUNT(*) FROM pagos").await, 2);
    }

    async fn a_secret_goes_in_and_never_comes_out(db: Db) {
        let m = Mundo::new(db).await;
        let pagina = m.get("/admin/ajustes/pagos").await;
        assert_eq!(pagina.estado, 200, "{}", pagina.texto);
        for valor in ["whsec_primero", "whsec_segundo"] {
            let campos = [("de", "stripe"), ("cual", "aviso"), ("valor", valor)];
            let r = m.post(&pagina, "/admin/ajustes/pagos/secretos", &campos).await;
            assert_eq!(r.estado, 303, "{}", r.texto);
        }
        let sello = ramal_plataforma::Sello::from_bytes(&[7; 32]);
        for (nombre, valor) in [("aviso", "whsec_segundo"), ("aviso_anterior", "whsec_primero")] {
            let nombre = ramal_cobros::ajustes::secret_name("stripe", nombre);
            let s = ramal_plataforma::get_secret(&m.db, &sello, &nombre).await.unwrap().unwrap();
            assert_eq!(s.to_vec(), valor.as_bytes(), "the one before stays alive");
        }
        let despues = m.get("/admin/ajustes/pagos").await;
        assert!(despues.texto.contains("Clave de avisos anterior"), "{}", despues.texto);
        assert!(!despues.texto.contains("whsec_"), "{}", despues.texto);
        let mal = [("pasarela", "stripe"), ("vence_horas", "0"), ("vence_referencia_horas", "9")];
        let mal = m.post(&pagina, "/admin/ajustes/pagos", &mal).await;
        assert_eq!(mal.estado, 422);
        assert!(mal.texto.contains("Escribir de 1 a 720 horas."), "{}", mal.texto);
        let bien = [("pasarela", "emulada"), ("vence_horas", "2"), ("vence_referencia_horas", "9")];
        assert_eq!(m.post(&pagina, "/admin/ajustes/pagos", &bien).await.estado, 303);
        let ajustes = ramal_cobros::ajustes::AjustesPagos::load(&m.db).await.unwrap();
        assert_eq!(ajustes.vence_horas, 2);
        let probar = m.post(&pagina, "/admin/ajustes/pagos/probar", &[("de", "emulada")]).await;
        assert_eq!(probar.estado, 303);
    }

    async fn in_mexico_a_shop_reads_the_bars_of_the_reference(db: Db) {
        let m = Mundo::of(db, Pais::Mx).await;
        let cliente = m.cliente(1).await;
        let factura = m.factura(&cliente, "399.00").await;
        let enlace = ramal_cobros::pago_link(&m.app.entorno.firma, factura.uuid());
        let pagina = m.get(&enlace).await;
        assert!(pagina.texto.contains("Transferencia SPEI"), "{}", pagina.texto);
        for (medio, codigo) in [("oxxo", "93000262500000000001"), ("spei", "646180111000000011")] {
            let idem = format!("clave-{medio}");
            let campos = [("_idem", idem.as_str()), ("que", "esta"), ("medio", medio)];
            let hecho = m.post(&pagina, &enlace, &campos).await;
            let ficha = m.get(hecho.header("location")).await;
            assert!(ficha.texto.contains(&format!("data-copiar=\"{codigo}\"")), "{}", ficha.texto);
            assert_eq!(ficha.texto.contains("class=\"barras\""), medio == "oxxo");
            assert!(ficha.texto.contains("$399.00"), "{}", ficha.texto);
        }
    }
}
