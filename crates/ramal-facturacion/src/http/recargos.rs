//! Fees of a customer over HTTP: which there are, and forgiving one. Adds none.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Dinero, Instante, Moneda};
use ramal_catalogo::dinero_view::DineroView;
use ramal_clientes::referencia;
use ramal_db::DbError;
use ramal_plataforma::Can;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Parsed, Problem, Ruta};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Error;
use crate::permisos::{AnularFacturas, LeerFacturas};
use crate::recargo::waive_recargo;
use crate::storage::recargos::{self, RecargoFila};

/// Un recargo: mora, reconexión o interés.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Recargo)]
pub struct RecargoView {
    /// Identificador.
    pub id: Uuid,
    /// `recargo`, `reconexion` o `interes`.
    pub clase: String,
    /// Lo que lee el cliente.
    pub descripcion: String,
    /// Importe, con impuestos.
    #[schema(value_type = DineroView)]
    pub importe: Dinero,
    /// `pendiente`, `facturado`, `condonado`, `por_acreditar` o `acreditado`.
    pub estado: String,
    /// Factura que lo causó.
    pub factura_id: Option<Uuid>,
    /// Factura que lo cobra.
    pub cargada_en: Option<Uuid>,
    /// Por qué se condonó.
    pub motivo: Option<String>,
    /// Cuándo se cargó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
}

impl TryFrom<RecargoFila> for RecargoView {
    type Error = DbError;

    fn try_from(r: RecargoFila) -> Result<RecargoView, DbError> {
        let moneda = Moneda::parse(&r.moneda).ok_or(DbError::Corrupt("currency of a recargo"))?;
        Ok(RecargoView {
            id: r.id,
            clase: r.clase,
            descripcion: r.descripcion,
            importe: Dinero::new(r.monto, moneda),
            estado: r.estado,
            factura_id: r.factura_id,
            cargada_en: r.cargada_en,
            motivo: r.motivo,
            creado: r.creado,
        })
    }
}

/// Cuerpo de `POST /recargos/{id}/condonar`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosCondonacion {
    /// Por qué se condona, de 3 a 100 caracteres.
    #[schema(example = "Falla de la red el día del corte")]
    pub motivo: String,
}

/// Recargos de un cliente, del más viejo al más nuevo
#[utoipa::path(get, path = "/clientes/{id}/recargos", tag = "clientes",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "C-1")),
    responses((status = 200, description = "Los recargos", body = Vec<RecargoView>)))]
pub async fn get_recargos(
    _can: Can<LeerFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Json<Vec<RecargoView>>, Problem> {
    let id = referencia::resolve(&app.db, &id).await?;
    let filas = recargos::of_cliente(&app.db, id.uuid()).await?;
    let vistas: Result<Vec<RecargoView>, DbError> =
        filas.into_iter().map(RecargoView::try_from).collect();
    Ok(Json(vistas?))
}

/// Condona un recargo
///
/// Pendiente: no se cobra. Facturado: se devuelve con una nota de crédito, en segundo plano.
#[utoipa::path(post, path = "/recargos/{id}/condonar", tag = "facturas",
    params(("id" = Uuid, Path, description = "Identificador del recargo"), CabeceraIdempotencia),
    request_body = DatosCondonacion,
    responses((status = 200, description = "El recargo como quedó", body = RecargoView)))]
pub async fn post_condonar(
    can: Can<AnularFacturas>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosCondonacion>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    waive_recargo(&tx, can.cx(), id, &datos.motivo).await?;
    let fila = recargos::by_id(&tx, id).await?.ok_or(Error::NotFound("recargo"))?;
    let vista = RecargoView::try_from(fila)?;
    let respuesta = idem.remember_with(&tx, can.cx(), (StatusCode::OK, &[]), &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
