//! Conversions between base types and database values. Holds no SQL and knows no engine.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use jiff::civil::Date;
use sea_orm::sea_query::{self, ArrayType, ColumnType, Nullable, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable, Value};
use uuid::Uuid;

use crate::{Fecha, Id, Instante};

fn bad(what: &str) -> TryGetError {
    TryGetError::DbErr(DbErr::Type(what.to_owned()))
}

fn naive(fecha: Fecha) -> Option<NaiveDate> {
    let (mes, dia) = (u32::try_from(fecha.mes()).ok()?, u32::try_from(fecha.dia()).ok()?);
    NaiveDate::from_ymd_opt(i32::from(fecha.anio()), mes, dia)
}

fn fecha(naive: NaiveDate) -> Option<Fecha> {
    use chrono::Datelike;
    let anio = i16::try_from(naive.year()).ok()?;
    let (mes, dia) = (i8::try_from(naive.month()).ok()?, i8::try_from(naive.day()).ok()?);
    Date::new(anio, mes, dia).ok().map(Fecha)
}

impl From<Fecha> for Value {
    fn from(valor: Fecha) -> Value {
        Value::ChronoDate(naive(valor))
    }
}

impl Nullable for Fecha {
    fn null() -> Value {
        Value::ChronoDate(None)
    }
}

impl TryGetable for Fecha {
    fn try_get_by<I: ColIdx>(res: &QueryResult, index: I) -> Result<Self, TryGetError> {
        fecha(NaiveDate::try_get_by(res, index)?).ok_or_else(|| bad("date out of range"))
    }
}

impl From<Instante> for Value {
    fn from(valor: Instante) -> Value {
        Value::ChronoDateTimeUtc(Utc.timestamp_millis_opt(valor.millis()).single())
    }
}

impl Nullable for Instante {
    fn null() -> Value {
        Value::ChronoDateTimeUtc(None)
    }
}

impl TryGetable for Instante {
    fn try_get_by<I: ColIdx>(res: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let valor = DateTime::<Utc>::try_get_by(res, index)?;
        Ok(Instante::from_millis(valor.timestamp_millis()))
    }
}

impl<T> From<Id<T>> for Value {
    fn from(valor: Id<T>) -> Value {
        Value::Uuid(Some(valor.uuid()))
    }
}

impl<T> Nullable for Id<T> {
    fn null() -> Value {
        Value::Uuid(None)
    }
}

impl<T> TryGetable for Id<T> {
    fn try_get_by<I: ColIdx>(res: &QueryResult, index: I) -> Result<Self, TryGetError> {
        Uuid::try_get_by(res, index).map(Id::from_uuid)
    }
}

impl<T> sea_query::ValueType for Id<T> {
    fn try_from(v: Value) -> Result<Self, ValueTypeErr> {
        <Uuid as sea_query::ValueType>::try_from(v).map(Id::from_uuid)
    }
    fn type_name() -> String {
        <Uuid as sea_query::ValueType>::type_name()
    }
    fn array_type() -> ArrayType {
        <Uuid as sea_query::ValueType>::array_type()
    }
    fn column_type() -> ColumnType {
        <Uuid as sea_query::ValueType>::column_type()
    }
}
