//! Names of what suggestions and links point at, read once for a whole page. It decides nothing.

use std::collections::BTreeMap;

use ramal_base::Moneda;
use ramal_clientes::ClienteId;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, DbError, FromQueryResult, Value};
use ramal_extractos::cotejo::Destino;
use ramal_web::Marco;
use uuid::Uuid;

use super::comun::amount;
use crate::storage::vinculos::Vinculo;
use crate::{Renglon, Sugerencia};

/// A suggestion, ready to be read.
pub(super) struct Sugerida {
    /// Its place, to accept it.
    pub(super) lugar: usize,
    /// Whose, or which pay-out.
    pub(super) quien: String,
    /// Address of the customer; empty of a pay-out.
    pub(super) ruta: String,
    /// What would be paid.
    pub(super) que: String,
    /// Why.
    pub(super) razones: String,
}

/// Names by id.
#[derive(Default)]
pub(super) struct Nombres {
    clientes: BTreeMap<Uuid, (String, String)>,
    facturas: BTreeMap<Uuid, String>,
    pagos: BTreeMap<Uuid, (String, Uuid)>,
}

impl Nombres {
    /// Names of the best suggestions of some lines and of their payments.
    pub(super) async fn load(
        c: &impl Consulta,
        renglones: &[Renglon],
        vinculos: &BTreeMap<crate::RenglonId, Vec<Vinculo>>,
    ) -> Result<Nombres, DbError> {
        let mut nombres = Nombres::default();
        let mut clientes = Vec::new();
        let (mut facturas, mut pagos) = (Vec::new(), Vec::new());
        for s in renglones.iter().flat_map(|r| r.sugerencias.iter()) {
            let Sugerencia::Cliente { propuesta } = s else { continue };
            clientes.push(propuesta.cliente);
            match &propuesta.destino {
                Destino::Enlazar { pago } => pagos.push(*pago),
                Destino::Facturas { partes } => facturas.extend(partes.iter().map(|p| p.0)),
                Destino::Cuenta => {}
            }
        }
        pagos.extend(vinculos.values().flatten().map(|v| v.pago_id));
        nombres.pagos = pagos_by_id(c, &pagos).await?;
        clientes.extend(nombres.pagos.values().map(|(_, cliente)| *cliente));
        nombres.facturas = facturas_by_id(c, &facturas).await?;
        clientes.sort();
        clientes.dedup();
        let ids: Vec<ClienteId> = clientes.into_iter().map(ClienteId::from_uuid).collect();
        for parte in ids.chunks(400) {
            for cliente in ramal_clientes::storage::by_ids(c, parte).await? {
                let codigo = cliente.codigo();
                nombres.clientes.insert(cliente.id.uuid(), (codigo, cliente.razon_social));
            }
        }
        Ok(nombres)
    }

    /// The `n` best suggestions of a line.
    pub(super) fn suggestions(&self, marco: &Marco, r: &Renglon, n: usize) -> Vec<Sugerida> {
        let una = |(lugar, s): (usize, &Sugerencia)| self.suggestion(marco, r.moneda, (lugar, s));
        r.sugerencias.iter().enumerate().take(n).map(una).collect()
    }

    fn suggestion(
        &self,
        marco: &Marco,
        moneda: Moneda,
        (lugar, s): (usize, &Sugerencia),
    ) -> Sugerida {
        match s {
            Sugerencia::Liquidacion { liquidacion, comision, lineas, .. } => Sugerida {
                lugar,
                quien: marco.t1("conciliacion-liquidacion", "id", liquidacion),
                ruta: String::new(),
                que: marco.t2(
                    "conciliacion-liquidacion-que",
                    ("n", *lineas),
                    ("comision", amount(marco, *comision, moneda)),
                ),
                razones: marco.t("conciliacion-razon-neto"),
            },
            Sugerencia::Cliente { propuesta } => {
                let (codigo, nombre) = self.cliente(propuesta.cliente);
                let razon = |r: &ramal_extractos::cotejo::Razon| {
                    marco.t(&format!("conciliacion-razon-{}", r.as_str()))
                };
                let razones: Vec<String> = propuesta.razones.iter().map(razon).collect();
                Sugerida {
                    lugar,
                    quien: nombre,
                    ruta: format!("/admin/clientes/{codigo}"),
                    que: self.what(marco, moneda, &propuesta.destino),
                    razones: razones.join(" + "),
                }
            }
        }
    }

    fn what(&self, marco: &Marco, moneda: Moneda, destino: &Destino) -> String {
        match destino {
            Destino::Cuenta => marco.t("conciliacion-a-su-cuenta"),
            Destino::Enlazar { pago } => {
                let codigo = self.pagos.get(pago).map_or("", |p| p.0.as_str());
                marco.t1("conciliacion-enlaza", "pago", codigo)
            }
            Destino::Facturas { partes } => {
                let una = |(factura, monto): &(Uuid, i64)| {
                    let numero = self.facturas.get(factura).map_or("", String::as_str);
                    format!("{numero} {}", amount(marco, *monto, moneda))
                };
                partes.iter().map(una).collect::<Vec<_>>().join(" + ")
            }
        }
    }

    /// Code and name of a customer.
    pub(super) fn cliente(&self, id: Uuid) -> (String, String) {
        self.clientes.get(&id).cloned().unwrap_or_default()
    }

    /// Printed number of a payment, its address and its customer's name.
    pub(super) fn pago(&self, id: Uuid) -> (String, String, String) {
        let (codigo, cliente) = self.pagos.get(&id).cloned().unwrap_or_default();
        let (_, nombre) = self.cliente(cliente);
        (codigo.clone(), format!("/facturacion/pagos/{codigo}"), nombre)
    }
}

async fn facturas_by_id(
    c: &impl Consulta,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, String>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        serie: String,
        folio: i64,
    }
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let lista = placeholders(1, ids.len());
    let sql = format!("SELECT id, serie, folio FROM facturas WHERE id IN {lista}");
    let filas: Vec<Fila> = c.all(&sql, ids.iter().map(|i| Value::from(*i)).collect()).await?;
    Ok(filas.into_iter().map(|f| (f.id, format!("{}-{}", f.serie, f.folio))).collect())
}

async fn pagos_by_id(
    c: &impl Consulta,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, (String, Uuid)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        id: Uuid,
        numero: i64,
        cliente_id: Uuid,
    }
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let lista = placeholders(1, ids.len());
    let sql = format!("SELECT id, numero, cliente_id FROM pagos WHERE id IN {lista}");
    let filas: Vec<Fila> = c.all(&sql, ids.iter().map(|i| Value::from(*i)).collect()).await?;
    Ok(filas.into_iter().map(|f| (f.id, (format!("P-{}", f.numero), f.cliente_id))).collect())
}
