//! A company of Lima with an emisor, two customers and a small catalogue, and how to call the
//! routes. Asserts nothing but that the world could be made.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use ramal_base::{Cx, Fecha, FixedClock, Instante, Pais};
use ramal_contratos::{Servicio, referencia, storage};
use ramal_db::{Consulta, Db, Migracion, Objetos, params};
use ramal_plataforma::{
    NuevaClave, NuevaEmpresa, NuevoEmisor, create_clave, create_emisor, create_empresa,
};
use ramal_web::{App, Entorno, Sitio, assemble};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::navegador::Navegador;

/// Everything that the slice needs below it.
pub const MIGRACIONES: [&[Migracion]; 7] = [
    ramal_db::MIGRACIONES,
    ramal_web::MIGRACIONES,
    ramal_plataforma::MIGRACIONES,
    ramal_jobs::MIGRACIONES,
    ramal_clientes::MIGRACIONES,
    ramal_catalogo::MIGRACIONES,
    ramal_contratos::MIGRACIONES,
];

/// What came back.
pub struct Vuelta {
    pub estado: u16,
    pub cabeceras: HeaderMap,
    pub json: Value,
}

impl Vuelta {
    pub fn cabecera(&self, nombre: &str) -> &str {
        self.cabeceras.get(nombre).and_then(|v| v.to_str().ok()).unwrap_or("")
    }

    pub fn texto(&self, campo: &str) -> &str {
        self.json[campo].as_str().unwrap_or("")
    }

    /// Names of the refused fields.
    pub fn campos(&self) -> Vec<String> {
        let errores = self.json["errores"].as_array().cloned().unwrap_or_default();
        errores.iter().map(|e| e["campo"].as_str().unwrap_or("").to_owned()).collect()
    }
}

/// The served slices, the clock and a key.
#[derive(Clone)]
pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
    pub reloj: Arc<FixedClock>,
    router: Router,
    clave: String,
}

impl Mundo {
    /// Company of Lima on 2026-11-20; customers C-1 and C-2; products `fibra-100` (79.90),
    /// `fibra-200` (99.90), `fibra-50` (59.90) by month and year, `hosting` (120.00) by year.
    pub async fn new(db: Db) -> Mundo {
        Mundo::with_ajustes(db, json!({})).await
    }

    /// The same with these settings of the company.
    pub async fn with_ajustes(db: Db, ajustes: Value) -> Mundo {
        let reloj = ramal_testkit::reloj();
        let cx = ramal_testkit::cx_en(&reloj);
        let tx = db.begin().await.unwrap();
        let empresa =
            NuevaEmpresa { ajustes: Some(ajustes), ..NuevaEmpresa::new("Fibra", Pais::Pe) };
        create_empresa(&tx, &cx, empresa).await.unwrap();
        let emisor = NuevoEmisor {
            ubigeo: Some("150101".into()),
            direccion: Some("Jr. Unión 1".into()),
            departamento: Some("LIMA".into()),
            provincia: Some("LIMA".into()),
            distrito: Some("LIMA".into()),
            ..NuevoEmisor::new(Pais::Pe, "20131312955", "Fibra S.A.C.")
        };
        create_emisor(&tx, &cx, emisor).await.unwrap();
        tx.commit().await.unwrap();
        let mundo = Mundo::serve(db, cx, reloj, &["*"]).await;
        for (numero, nombre) in [("40123456", "Ana"), ("40123457", "Beto")] {
            let cliente = json!({"tipo_documento": "DNI", "numero_documento": numero,
                "razon_social": nombre});
            assert_eq!(mundo.post("/clientes", cliente).await.estado, 201);
        }
        for (nombre, precio) in
            [("Fibra 100", "79.90"), ("Fibra 200", "99.90"), ("Fibra 50", "59.90")]
        {
            mundo.producto(nombre, precio, &["mensual", "anual"], Some("ftth")).await;
        }
        mundo.producto("Hosting", "120.00", &["anual"], None).await;
        mundo
    }

    async fn serve(db: Db, cx: Cx, reloj: Arc<FixedClock>, permisos: &[&str]) -> Mundo {
        let tx = db.begin().await.unwrap();
        let nombre = format!("prueba-{}", permisos.len() + permisos[0].len());
        let permisos = permisos.iter().map(|p| (*p).to_owned()).collect();
        let clave = create_clave(&tx, &cx, NuevaClave { nombre, permisos }).await.unwrap();
        tx.commit().await.unwrap();
        let app = App::new(db.clone(), cx.clone(), Objetos::memoria(), Entorno::prueba());
        let rutas =
            vec![ramal_clientes::rutas(), ramal_catalogo::rutas(), ramal_contratos::rutas()];
        Mundo { db, cx, reloj, router: assemble(app, rutas, Sitio::new()), clave: clave.texto }
    }

    /// The same world for a caller with these permissions.
    pub async fn as_caller(&self, permisos: &[&str]) -> Mundo {
        let (db, cx) = (self.db.clone(), self.cx.clone());
        Mundo::serve(db, cx, self.reloj.clone(), permisos).await
    }

    async fn producto(
        &self,
        nombre: &str,
        precio: &str,
        periodos: &[&str],
        tecnologia: Option<&str>,
    ) {
        let producto = json!({"nombre": nombre, "categoria": "internet", "periodos": periodos,
            "precio": {"importe": precio, "moneda": "PEN"}, "tecnologia": tecnologia});
        let creado = self.post("/catalogo/productos", producto).await;
        assert_eq!(creado.estado, 201, "{}", creado.json);
    }

    /// Contracts `fibra-100` for C-1 with these fields added; gives the answer.
    pub async fn contratar(&self, mas: Value) -> Vuelta {
        let mut cuerpo = json!({"cliente_id": "C-1", "producto_id": "fibra-100"});
        cuerpo.as_object_mut().unwrap().extend(mas.as_object().unwrap().clone());
        self.post("/servicios/contratar", cuerpo).await
    }

    pub async fn get(&self, ruta: &str) -> Vuelta {
        self.call("GET", ruta, &[], None).await
    }

    pub async fn post(&self, ruta: &str, cuerpo: Value) -> Vuelta {
        self.call("POST", ruta, &[], Some(cuerpo)).await
    }

    pub async fn patch(&self, ruta: &str, cuerpo: Value) -> Vuelta {
        self.call("PATCH", ruta, &[], Some(cuerpo)).await
    }

    pub async fn call(
        &self,
        metodo: &str,
        ruta: &str,
        cabeceras: &[(&str, &str)],
        cuerpo: Option<Value>,
    ) -> Vuelta {
        let mut peticion = Request::builder()
            .method(metodo)
            .uri(format!("/api/v1{ruta}"))
            .header("authorization", format!("Bearer {}", self.clave))
            .header("content-type", "application/json");
        for (nombre, valor) in cabeceras {
            peticion = peticion.header(*nombre, *valor);
        }
        let cuerpo = cuerpo.map_or_else(Body::empty, |c| Body::from(c.to_string()));
        let respuesta = self.router.clone().oneshot(peticion.body(cuerpo).unwrap()).await.unwrap();
        let (partes, cuerpo) = respuesta.into_parts();
        let bytes = to_bytes(cuerpo, 16 << 20).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Vuelta { estado: partes.status.as_u16(), cabeceras: partes.headers, json }
    }

    /// The stored service with a printed code.
    pub async fn servicio(&self, codigo: &str) -> Servicio {
        let id = referencia::servicio(&self.db, codigo).await.unwrap();
        storage::by_id(&self.db, id).await.unwrap().unwrap()
    }

    /// Somebody with these permissions in front of the pages of customers and services.
    pub fn navegador(&self, permisos: &[&str]) -> Navegador {
        let sitio = ramal_clientes::sitio().merge(ramal_contratos::sitio());
        Navegador::new(self.db.clone(), self.cx.clone(), sitio, permisos)
    }

    /// Moves the marks as a billing run does that leaves `vence` as the next unbilled period.
    pub async fn facturado_hasta(&self, codigo: &str, vence: &str) {
        let servicio = self.servicio(codigo).await.id;
        let proxima = f(vence);
        let revisado =
            storage::Revisado { servicio, revisar_desde: proxima, proxima_revision: Some(proxima) };
        let tx = self.db.begin().await.unwrap();
        storage::mark_revisado(&tx, &[revisado]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Moves the clock to a day at noon UTC and runs the daily job.
    pub async fn amanece(&self, dia: &str) -> u64 {
        self.reloj.set(Instante::parse(&format!("{dia}T12:00:00Z")).unwrap());
        let job = ramal_contratos::jobs::ActualizarEstados::new(self.db.clone(), &self.cx);
        job.run_all().await.unwrap()
    }

    /// Types of the emitted events about services and contracts, in order.
    pub async fn eventos(&self) -> Vec<String> {
        const SQL: &str = "SELECT tipo FROM eventos WHERE tipo LIKE 'servicio.%' \
            OR tipo LIKE 'contrato.%' ORDER BY id";
        self.db.column(SQL, params![]).await.unwrap()
    }
}

pub fn f(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}
