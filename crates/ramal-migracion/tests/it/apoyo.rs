//! The small world of these tests: one emisor per country, a catalogue, and how to import a text.

use ramal_base::{Cx, Fecha, Pais};
use ramal_catalogo::actions::import_catalogo;
use ramal_contratos::Servicio;
use ramal_db::{Consulta, Db, Migracion, params};
use ramal_migracion::{Error, Informe, Origen, PedidoImportacion, Perfil, importar};
use ramal_plataforma::{NuevoEmisor, create_emisor};
use ramal_testkit::cx_fijo;

pub const MIGRACIONES: [&[Migracion]; 10] = [
    ramal_db::MIGRACIONES,
    ramal_web::MIGRACIONES,
    ramal_plataforma::MIGRACIONES,
    ramal_fiscal::MIGRACIONES,
    ramal_clientes::MIGRACIONES,
    ramal_catalogo::MIGRACIONES,
    ramal_contratos::MIGRACIONES,
    ramal_cuenta::MIGRACIONES,
    ramal_facturacion::MIGRACIONES,
    ramal_migracion::MIGRACIONES,
];

pub const RUC_EMISOR: &str = "20131312955";
pub const RFC_EMISOR: &str = "EKU9003173C9";

const CATALOGO: &str = "\
nombre,tipo,tecnologia,precio_con_impuesto,periodo,clave_prod_serv,clave_unidad
FIBRA 50,internet,ftth,349.00,mensual,81112101,E48
FIBRA 300,internet,ftth,549.00,mensual,81112101,E48
INALAMBRICO 10,internet,wisp,299.00,mensual,81112101,E48
";

pub const CABECERA_PE: &str =
    "id,ruc,razon_social,direccion,monto,fecha_vencimiento,tipo_servicio,whatsapp,activo\n";
pub const CABECERA_MX: &str = "Id Servicio;Nombre;RFC;Régimen;CP;Email;Teléfono;Dirección;Zona;\
    Plan;Precio;Día de pago;Fecha instalación;Estado;Router;IP;Usuario PPPoE\n";

/// A database with emisores and catalogue.
pub struct Mundo {
    pub db: Db,
    pub cx: Cx,
}

pub async fn mundo(db: Db) -> Mundo {
    let cx = cx_fijo();
    let tx = db.begin().await.unwrap();
    let pe = NuevoEmisor::new(Pais::Pe, RUC_EMISOR, "RAMAL PERU SAC");
    create_emisor(&tx, &cx, pe).await.unwrap();
    let mx = NuevoEmisor::new(Pais::Mx, RFC_EMISOR, "ESCUELA KEMPER URGATE");
    create_emisor(&tx, &cx, mx).await.unwrap();
    let moneda = ramal_base::Moneda::Mxn;
    import_catalogo(&tx, &cx, moneda, CATALOGO.as_bytes()).await.unwrap();
    tx.commit().await.unwrap();
    Mundo { db, cx }
}

pub fn fecha(texto: &str) -> Fecha {
    Fecha::parse(texto).unwrap()
}

/// An import of a text with an own profile.
pub fn pedido(perfil: &str, texto: impl AsRef<[u8]>) -> PedidoImportacion {
    let origen = Origen::Bytes("prueba.csv".into(), texto.as_ref().into());
    PedidoImportacion::new(origen, Perfil::find(perfil).unwrap())
}

impl Mundo {
    pub async fn import(&self, pedido: PedidoImportacion) -> Informe {
        self.try_import(pedido).await.unwrap()
    }

    pub async fn try_import(&self, pedido: PedidoImportacion) -> Result<Informe, Error> {
        importar(&self.db, &self.cx, pedido, |_| {}).await
    }

    pub async fn count(&self, tabla: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {tabla}");
        self.db.scalar(&sql, params![]).await.unwrap().unwrap_or(-1)
    }

    /// Rows of everything that an import may write.
    pub async fn counts(&self) -> Vec<i64> {
        let mut n = Vec::new();
        for tabla in ["clientes", "servicios", "servicio_hechos", "lotes", "lote_filas"] {
            n.push(self.count(tabla).await);
        }
        n
    }

    /// Services by printed number.
    pub async fn servicios(&self) -> Vec<Servicio> {
        let ids = self.db.column("SELECT id FROM servicios", params![]).await.unwrap();
        let mut servicios = ramal_contratos::storage::by_ids(&self.db, &ids).await.unwrap();
        servicios.sort_by_key(|s| s.numero);
        servicios
    }
}

/// Lines and codes of a list of defects.
pub fn codes(defectos: &[ramal_migracion::Defecto]) -> Vec<(u64, &str)> {
    defectos.iter().map(|d| (d.linea, d.codigo.as_str())).collect()
}
