//! The ledger: what money settles, what a note gives back, and that nothing is ever lost or made
//! (facturacion.md 5.7, 5.9).

use ramal_base::Pais;
use ramal_clientes::Cliente;
use ramal_db::{Consulta, Db, params};
use ramal_facturacion::actions::{
    self, DatosAnulacion, DatosFactura, DatosLinea, DatosNota, LineaNota,
};
use ramal_facturacion::cobro::{
    Cuenta, Destino, Imputada, NuevoAbono, Partida, abiertas, apply_abono, check,
    clientes_con_vencido, record_abono, revoke_abono, unapply_abono, vencidos, withdraw_abono,
};
use ramal_facturacion::{Error, FacturaId};
use ramal_fiscal::Estado;
use ramal_testkit::{Base, both_engines};
use uuid::Uuid;

use crate::mundo::{MIGRACIONES, Mundo, dia};

/// Random histories per engine and steps of each; `RAMAL_HISTORIAS` enlarges it.
const HISTORIAS: u64 = 3;
const PASOS: u64 = 45;

fn dinero(m: &Mundo, cliente: &Cliente, monto: i64, valor: &str) -> NuevoAbono {
    NuevoAbono {
        id: m.cx.new_id::<()>().uuid(),
        cliente_id: cliente.id.uuid(),
        moneda: m.emisor.moneda,
        monto,
        contrapartida: Cuenta::Banco,
        fecha_valor: dia(valor),
        forma_pago: "03".into(),
        operacion: None,
    }
}

async fn pay(m: &Mundo, cliente: &Cliente, monto: i64, destino: Destino) -> (Uuid, Vec<Imputada>) {
    let nuevo = dinero(m, cliente, monto, "2026-11-20");
    let id = nuevo.id;
    let tx = m.db.begin().await.unwrap();
    let hecho = record_abono(&tx, &m.cx, nuevo, destino).await.unwrap();
    tx.commit().await.unwrap();
    (id, hecho)
}

async fn issue(m: &Mundo, cliente: &Cliente, precios: &[&str], vence: &str) -> FacturaId {
    let linea = |precio: &&str| DatosLinea {
        descripcion: Some("Servicio".into()),
        precio: Some((*precio).into()),
        ..DatosLinea::default()
    };
    let datos = DatosFactura {
        cliente_id: cliente.id.uuid(),
        lineas: precios.iter().map(linea).collect(),
        vencimiento: Some(dia(vence)),
        ..DatosFactura::default()
    };
    let tx = m.db.begin().await.unwrap();
    let id = actions::create_factura(&tx, &m.cx, datos).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn saldo(m: &Mundo, cliente: &Cliente) -> (i64, i64) {
    let suyo = ramal_cuenta::saldo(&m.db, cliente.id.uuid(), m.emisor.moneda).await.unwrap();
    (suyo.por_cobrar, suyo.a_favor)
}

async fn sound(m: &Mundo) {
    assert_eq!(check(&m.db, None).await.unwrap(), []);
}

fn parts(hecho: &[Imputada]) -> Vec<(Uuid, i32, i64)> {
    hecho.iter().map(|i| (i.factura_id, i.linea, i.monto)).collect()
}

async fn credit(m: &Mundo, factura: FacturaId, linea: i32, importe: &str) -> Result<(), Error> {
    // No amount: all that is left of the line.
    let importe = Some(importe.to_owned()).filter(|i| !i.is_empty());
    let lineas = vec![LineaNota { linea, importe, descripcion: None }];
    let datos = DatosNota {
        motivo: if m.emisor.pais == Pais::Pe { "09" } else { "01" }.into(),
        sustento: "Corte del servicio".into(),
        lineas,
        ..DatosNota::default()
    };
    let tx = m.db.begin().await.unwrap();
    actions::issue_nota(&tx, &m.cx, factura, datos).await?;
    tx.commit().await.unwrap();
    Ok(())
}

both_engines! {
    migraciones: MIGRACIONES;

    async fn vector_y5_money_settles_the_oldest_due_first_and_the_rest_is_in_favour(db: Db) {
        let m = Mundo::new(db, Pais::Mx).await;
        let cliente = m.cliente(1).await;
        let b = issue(&m, &cliente, &["399.00", "100.00"], "2026-12-05").await;
        let a = issue(&m, &cliente, &["399.00"], "2026-11-25").await;
        let tx = m.db.begin().await.unwrap();
        let cuota = "UPDATE factura_lineas SET clase = 'cuota' WHERE factura_id = $1 AND linea = 2";
        tx.exec(cuota, params![b]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(saldo(&m, &cliente).await, (89_800, 0));
        let (_, primero) = pay(&m, &cliente, 70_000, Destino::Automatico).await;
        let (a, b) = (a.uuid(), b.uuid());
        assert_eq!(parts(&primero), [(a, 1, 39_900), (b, 1, 30_100)]);
        let (_, segundo) = pay(&m, &cliente, 30_000, Destino::Automatico).await;
        assert_eq!(parts(&segundo), [(b, 1, 9_800), (b, 2, 10_000)]);
        assert_eq!(saldo(&m, &cliente).await, (0, 10_200));
        assert_eq!(m.fila(FacturaId::from_uuid(b)).await.estado, "pagada");
        // The rest settles the next invoice when it is issued (Y3).
        let c = issue(&m, &cliente, &["150.00"], "2026-12-20").await;
        assert_eq!((m.fila(c).await.saldo(), saldo(&m, &cliente).await), (4_800, (4_800, 0)));
        sound(&m).await;
    }

    async fn an_undone_application_opens_the_invoice_with_its_own_due_day(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let f = issue(&m, &cliente, &["118.00"], "2026-11-25").await;
        let (abono, _) = pay(&m, &cliente, 11_800, Destino::Automatico).await;
        assert_eq!(m.fila(f).await.estado, "pagada");
        let tx = m.db.begin().await.unwrap();
        unapply_abono(&tx, &m.cx, abono, "Se aplicó a otra").await.unwrap();
        unapply_abono(&tx, &m.cx, abono, "Se aplicó a otra").await.unwrap();
        tx.commit().await.unwrap();
        let fila = m.fila(f).await;
        assert_eq!((fila.estado.as_str(), fila.saldo(), fila.pagada), ("emitida", 11_800, None));
        assert_eq!(fila.vencimiento, dia("2026-11-25"));
        assert_eq!(saldo(&m, &cliente).await, (11_800, 11_800));
        let tx = m.db.begin().await.unwrap();
        revoke_abono(&tx, &m.cx, abono, "Cheque devuelto").await.unwrap();
        revoke_abono(&tx, &m.cx, abono, "Cheque devuelto").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(saldo(&m, &cliente).await, (11_800, 0));
        let tx = m.db.begin().await.unwrap();
        let nada = apply_abono(&tx, &m.cx, abono, Destino::Automatico).await.unwrap();
        assert!(nada.is_empty(), "money that was taken back settles nothing");
        drop(tx);
        sound(&m).await;
        let reabierta = "SELECT COUNT(*) FROM eventos WHERE tipo = 'factura.reabierta'";
        assert_eq!(m.count(reabierta).await, 1);
    }

    async fn vector_n5_a_credit_lowers_what_is_open_and_then_frees_what_was_paid(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let f = issue(&m, &cliente, &["399.00", "100.00"], "2026-12-05").await;
        credit(&m, f, 1, "106.40").await.unwrap();
        assert!(credit(&m, f, 1, "292.61").await.is_err(), "N5: 292.60 at most");
        assert_eq!(saldo(&m, &cliente).await, (39_260, 0));
        pay(&m, &cliente, 29_260, Destino::Automatico).await;
        assert_eq!(saldo(&m, &cliente).await, (10_000, 0));
        // What was paid of the credited line settles the other line, and the rest stays in favour.
        credit(&m, f, 1, "292.60").await.unwrap();
        let fila = m.fila(f).await;
        assert_eq!((fila.estado.as_str(), fila.aplicado, fila.saldo()), ("pagada", 10_000, 0));
        assert_eq!(saldo(&m, &cliente).await, (0, 19_260));
        let efectos = "SELECT COUNT(*) FROM facturas WHERE clase = 'nota_credito' AND efecto = ";
        assert_eq!(m.count(&format!("{efectos}'deuda'")).await, 1);
        assert_eq!(m.count(&format!("{efectos}'saldo'")).await, 1);
        credit(&m, f, 2, "100.00").await.unwrap();
        assert_eq!(saldo(&m, &cliente).await, (0, 29_260));
        assert_eq!(m.fila(f).await.estado, "anulada");
        sound(&m).await;
    }

    async fn credits_of_a_net_price_close_the_line_to_the_cent(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let linea = DatosLinea {
            descripcion: Some("Servicio".into()),
            precio: Some("30.06".into()),
            impuesto_incluido: Some(false),
            ..DatosLinea::default()
        };
        let datos = DatosFactura {
            cliente_id: cliente.id.uuid(),
            lineas: vec![linea],
            vencimiento: Some(dia("2026-12-05")),
            ..DatosFactura::default()
        };
        let tx = m.db.begin().await.unwrap();
        let f = actions::create_factura(&tx, &m.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        // 35.47 with tax; three credits of 11.82 leave a cent that no note says.
        for _ in 0..3 {
            credit(&m, f, 1, "10.02").await.unwrap();
        }
        let redondeo = "SELECT COUNT(*) FROM movimientos WHERE clase = 'redondeo' AND monto = 1";
        assert_eq!(m.count(redondeo).await, 1);
        assert_eq!(saldo(&m, &cliente).await, (0, 0));
        assert_eq!(m.fila(f).await.estado, "anulada");
        sound(&m).await;
    }

    async fn money_of_another_customer_or_invoice_is_refused(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let (uno, otro) = (m.cliente(1).await, m.cliente(2).await);
        let ajena = issue(&m, &otro, &["118.00"], "2026-12-05").await.uuid();
        let partida = Partida { factura_id: ajena, linea: None, monto: 100 };
        let tx = m.db.begin().await.unwrap();
        let nuevo = dinero(&m, &uno, 100, "2026-11-20");
        let error = record_abono(&tx, &m.cx, nuevo, Destino::Explicito(vec![partida])).await;
        assert!(matches!(error, Err(Error::Refused(p)) if p.codigo == "factura_ajena"));
    }

    async fn lateness_is_judged_by_the_day_of_the_money(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let id = cliente.id.uuid();
        let f = issue(&m, &cliente, &["118.00"], "2026-11-25").await.uuid();
        let al = dia("2026-12-01");
        let debe = vencidos(&m.db, id, al).await.unwrap();
        assert_eq!((debe[0].factura_id, debe[0].abierto), (f, 11_800));
        assert!(vencidos(&m.db, id, dia("2026-11-25")).await.unwrap().is_empty());
        assert_eq!(clientes_con_vencido(&m.db, al, None, 10).await.unwrap(), [id]);
        assert!(clientes_con_vencido(&m.db, al, Some(id), 10).await.unwrap().is_empty());
        let tx = m.db.begin().await.unwrap();
        let tarde = dinero(&m, &cliente, 11_800, "2026-12-03");
        record_abono(&tx, &m.cx, tarde, Destino::Automatico).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(vencidos(&m.db, id, al).await.unwrap()[0].abierto, 11_800, "on that day it was");
        assert!(vencidos(&m.db, id, dia("2026-12-03")).await.unwrap().is_empty());
        assert!(clientes_con_vencido(&m.db, dia("2026-12-04"), None, 10).await.unwrap().is_empty());
    }

    async fn what_settled_an_invoice_that_its_authority_voids_is_in_favour(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let cliente = m.cliente(1).await;
        let f = issue(&m, &cliente, &["118.00"], "2026-12-05").await;
        m.work().await;
        m.answer(f, Estado::Aceptado).await;
        let datos = || DatosAnulacion { sustento: "Error".into(), ..DatosAnulacion::default() };
        let tx = m.db.begin().await.unwrap();
        let pedida = actions::void_factura(&tx, &m.cx, f, datos()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(pedida, actions::Anulacion::EnTramite);
        pay(&m, &cliente, 11_800, Destino::Automatico).await;
        m.voided(f).await;
        m.work().await;
        assert_eq!(m.fila(f).await.estado, "anulada");
        assert_eq!(saldo(&m, &cliente).await, (0, 11_800));
        sound(&m).await;
        // With money applied, nobody asks for a void in the first place (N3).
        let g = issue(&m, &cliente, &["118.00"], "2026-12-05").await;
        let tx = m.db.begin().await.unwrap();
        let error = actions::void_factura(&tx, &m.cx, g, datos()).await;
        assert!(matches!(error, Err(Error::Refused(p)) if p.codigo == "anulacion_no_admitida"));
    }

    async fn parallel_payments_of_one_customer_never_settle_a_line_twice(base: Base) {
        let m = Mundo::new(base.db.clone(), Pais::Pe).await;
        let cliente = m.cliente(1).await;
        for _ in 0..4 {
            issue(&m, &cliente, &["59.00", "59.00"], "2026-12-05").await;
        }
        // Half of the payments come from a second process.
        let otro = Mundo { db: Db::open(&base.options).await.unwrap(), ..m.clone() };
        let mut tareas = Vec::new();
        for n in 0..12_u32 {
            let (m, cliente) = (if n % 2 == 0 { m.clone() } else { otro.clone() }, cliente.clone());
            tareas.push(tokio::spawn(async move {
                // The lock of the customer makes them wait: none is refused.
                let nuevo = dinero(&m, &cliente, 5_000, "2026-11-20");
                let tx = m.db.begin().await.unwrap();
                record_abono(&tx, &m.cx, nuevo, Destino::Automatico).await.unwrap();
                tx.commit().await.unwrap();
            }));
        }
        for tarea in tareas {
            tarea.await.unwrap();
        }
        assert_eq!(saldo(&m, &cliente).await, (0, 12 * 5_000 - 4 * 11_800));
        assert!(abiertas(&m.db, cliente.id.uuid(), None).await.unwrap().is_empty());
        sound(&m).await;
    }

    async fn nothing_is_lost_or_made_in_random_lives(db: Db) {
        let m = Mundo::new(db, Pais::Pe).await;
        let historias = std::env::var("RAMAL_HISTORIAS").ok().and_then(|t| t.parse().ok());
        for semilla in 0..historias.unwrap_or(HISTORIAS) {
            let cliente = m.cliente(u32::try_from(semilla + 1).unwrap()).await;
            let mut vida = Vida::new(&m, cliente, semilla);
            for paso in 0..PASOS {
                let acto = vida.step().await;
                let fallas = check(&m.db, None).await.unwrap();
                assert_eq!(fallas, [], "life {semilla}, step {paso}: {acto}");
                assert_eq!(saldo(&m, &vida.cliente).await.1, vida.favor().await, "{acto}");
            }
        }
    }
}

/// A random life of one account, and what it should add up to.
struct Vida<'a> {
    m: &'a Mundo,
    cliente: Cliente,
    dado: u64,
    facturas: Vec<FacturaId>,
    abonos: Vec<Uuid>,
    pagado: i64,
    devuelto: i64,
}

impl<'a> Vida<'a> {
    fn new(m: &'a Mundo, cliente: Cliente, semilla: u64) -> Vida<'a> {
        let dado = semilla.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let (facturas, abonos) = (Vec::new(), Vec::new());
        Vida { m, cliente, dado, facturas, abonos, pagado: 0, devuelto: 0 }
    }

    fn throw(&mut self, lados: u64) -> u64 {
        self.dado ^= self.dado << 13;
        self.dado ^= self.dado >> 7;
        self.dado ^= self.dado << 17;
        self.dado % lados
    }

    fn pick<T: Copy>(&mut self, de: &[T]) -> Option<T> {
        let n = u64::try_from(de.len()).unwrap();
        (n > 0).then(|| de[usize::try_from(self.throw(n)).unwrap()])
    }

    /// Money in favour = money in − money back − what settles invoices (Y4), from first principles.
    async fn favor(&self) -> i64 {
        let sql = "SELECT CAST(COALESCE(SUM(i.monto), 0) AS BIGINT) FROM imputaciones i \
            JOIN abonos a ON a.id = i.abono_id WHERE a.cliente_id = $1";
        let id = self.cliente.id.uuid();
        let aplicado: i64 = self.m.db.scalar(sql, params![id]).await.unwrap().unwrap_or(0);
        self.pagado - self.devuelto - aplicado
    }

    async fn step(&mut self) -> &'static str {
        match self.throw(12) {
            0..=2 => self.bill().await,
            3..=5 => self.money().await,
            6 => self.reapply().await,
            7 => self.undo().await,
            8 => self.bounce().await,
            9 => self.refund().await,
            10 => self.note().await,
            _ => self.void().await,
        }
    }

    async fn bill(&mut self) -> &'static str {
        const PRECIOS: [&str; 5] = ["399.00", "100.01", "0.05", "33.33", "59.90"];
        let n = self.throw(3) + 1;
        let mut precios = Vec::new();
        for _ in 0..n {
            precios.extend(self.pick(&PRECIOS));
        }
        let vence = ["2026-11-25", "2026-12-05", "2026-11-22"][usize::try_from(n - 1).unwrap()];
        let incluido = self.throw(2) == 0;
        let linea = |p: &&str| DatosLinea {
            descripcion: Some("Servicio".into()),
            precio: Some((*p).into()),
            impuesto_incluido: Some(incluido),
            ..DatosLinea::default()
        };
        let datos = DatosFactura {
            cliente_id: self.cliente.id.uuid(),
            lineas: precios.iter().map(linea).collect(),
            vencimiento: Some(dia(vence)),
            ..DatosFactura::default()
        };
        let tx = self.m.db.begin().await.unwrap();
        let id = actions::create_factura(&tx, &self.m.cx, datos).await.unwrap();
        tx.commit().await.unwrap();
        self.facturas.push(id);
        "bill"
    }

    async fn destino(&mut self) -> Destino {
        match (self.throw(4), self.pick(&self.facturas.clone())) {
            (0, _) => Destino::ACuenta,
            (1, Some(f)) => {
                let linea = (self.throw(2) == 0).then_some(1);
                let monto = i64::try_from(self.throw(50_000) + 1).unwrap();
                Destino::Explicito(vec![Partida { factura_id: f.uuid(), linea, monto }])
            }
            _ => Destino::Automatico,
        }
    }

    async fn money(&mut self) -> &'static str {
        let monto = i64::try_from(self.throw(60_000) + 1).unwrap();
        let destino = self.destino().await;
        let (id, _) = pay(self.m, &self.cliente.clone(), monto, destino).await;
        self.abonos.push(id);
        self.pagado += monto;
        "money"
    }

    async fn reapply(&mut self) -> &'static str {
        let destino = self.destino().await;
        if let Some(abono) = self.pick(&self.abonos.clone()) {
            let tx = self.m.db.begin().await.unwrap();
            apply_abono(&tx, &self.m.cx, abono, destino).await.unwrap();
            tx.commit().await.unwrap();
        }
        "reapply"
    }

    async fn undo(&mut self) -> &'static str {
        if let Some(abono) = self.pick(&self.abonos.clone()) {
            let tx = self.m.db.begin().await.unwrap();
            unapply_abono(&tx, &self.m.cx, abono, "Prueba").await.unwrap();
            tx.commit().await.unwrap();
        }
        "undo"
    }

    async fn bounce(&mut self) -> &'static str {
        if let Some(abono) = self.pick(&self.abonos.clone()) {
            let antes = ramal_cuenta::abono(&self.m.db, abono).await.unwrap().unwrap();
            let tx = self.m.db.begin().await.unwrap();
            revoke_abono(&tx, &self.m.cx, abono, "Rebotó").await.unwrap();
            tx.commit().await.unwrap();
            self.pagado -= if antes.is_vigente() { antes.monto } else { 0 };
        }
        "bounce"
    }

    async fn refund(&mut self) -> &'static str {
        if let Some(abono) = self.pick(&self.abonos.clone()) {
            let suyo = ramal_cuenta::abono(&self.m.db, abono).await.unwrap().unwrap();
            let monto = i64::try_from(self.throw(20_000) + 1).unwrap();
            let tx = self.m.db.begin().await.unwrap();
            let hecho = withdraw_abono(&tx, &self.m.cx, abono, monto, Cuenta::Caja).await;
            assert_eq!(hecho.is_ok(), monto <= suyo.resto());
            if hecho.is_ok() {
                tx.commit().await.unwrap();
                self.devuelto += monto;
            }
        }
        "refund"
    }

    async fn note(&mut self) -> &'static str {
        if let Some(f) = self.pick(&self.facturas.clone()) {
            const IMPORTES: [&str; 5] = ["0.03", "10.00", "33.33", "100.01", ""];
            let importe = self.pick(&IMPORTES).unwrap_or_default();
            // Refusals (more than is left, voided) change nothing, which is what is checked.
            let _ = credit(self.m, f, 1, importe).await;
        }
        "note"
    }

    async fn void(&mut self) -> &'static str {
        let Some(f) = self.pick(&self.facturas.clone()) else { return "void" };
        if self.m.fila(f).await.comprobante_id.is_none() {
            self.m.work().await;
        }
        let legal = self.m.fila(f).await.comprobante_id.is_some();
        if legal && self.throw(2) == 0 {
            self.m.answer(f, Estado::Rechazado).await;
        }
        let datos = DatosAnulacion { sustento: "Prueba".into(), ..DatosAnulacion::default() };
        let tx = self.m.db.begin().await.unwrap();
        if actions::void_factura(&tx, &self.m.cx, f, datos).await.is_ok() {
            tx.commit().await.unwrap();
        }
        "void"
    }
}
