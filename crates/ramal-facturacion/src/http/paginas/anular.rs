//! Voiding an invoice: the legal road and its last day first, then the reason, then a look, then
//! the act. Whether it may be voided is decided by the action.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Fecha, Pais};
use ramal_plataforma::{Emisor, EmisorId, Vista};
use ramal_web::pagina::{Aviso, Opcion, page, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Marco, Problem, Ruta};

use super::comun::{amount, named, route, today};
use super::detalle::under;
use super::formas::{Confirmar, EDITAR, HACER, PASO, of_body, of_form, typed};
use crate::actions::{Anulacion, DatosAnulacion, void_factura};
use crate::factura::FacturaFila;
use crate::permisos::AnularFacturas;
use crate::storage::consultas;
use crate::textos::TEXTOS;

/// Days after the issue in which SUNAT takes a voiding. Source: sunat.md 20.
const DIAS_BAJA_PE: i32 = 7;

/// The road that the law leaves for an invoice as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Camino {
    /// No authority has it: at once.
    Inmediato,
    /// The authority has not answered yet.
    Espera,
    /// It was asked for already.
    EnTramite,
    /// Paid or credited: a note.
    Nota,
    /// The term is over: a note.
    FueraDePlazo,
    /// Communication of voiding to SUNAT, until a day.
    Comunicacion(Fecha),
    /// Daily summary to SUNAT, until a day.
    Resumen(Fecha),
    /// Cancellation before the SAT, until a day.
    Cancelacion(Fecha),
}

impl Camino {
    fn of(f: &FacturaFila, legal: Option<&str>, emisor: &Emisor, hoy: Fecha) -> Camino {
        if f.estado == "pagada" || f.acreditado > 0 || f.clase == "nota_credito" {
            return Camino::Nota;
        }
        match legal {
            None if f.tipo == crate::factura::TIPO_RECIBO => Camino::Inmediato,
            None => Camino::Espera,
            Some("rechazado" | "excepcion" | "baja") => Camino::Inmediato,
            Some("baja_pendiente") => Camino::EnTramite,
            Some("aceptado" | "aceptado_obs") => Camino::accepted(f, emisor, hoy),
            Some(_) => Camino::Espera,
        }
    }

    fn accepted(f: &FacturaFila, emisor: &Emisor, hoy: Fecha) -> Camino {
        let (camino, ultimo) = match emisor.pais {
            Pais::Pe => {
                let ultimo = f.fecha.plus_dias(DIAS_BAJA_PE);
                let boleta = f.serie.starts_with('B');
                let camino =
                    if boleta { Camino::Resumen(ultimo) } else { Camino::Comunicacion(ultimo) };
                (camino, ultimo)
            }
            _ => {
                // Companies have until March and persons until April. Source: cfdi.md 14.3.
                let moral = emisor.numero.chars().count() == 12;
                let (mes, dia) = if moral { (3, 31) } else { (4, 30) };
                let ultimo = Fecha::new(f.fecha.anio() + 1, mes, dia).unwrap_or(f.fecha);
                (Camino::Cancelacion(ultimo), ultimo)
            }
        };
        if hoy > ultimo { Camino::FueraDePlazo } else { camino }
    }

    /// Key of the explanation and last day.
    fn words(self) -> (&'static str, Option<Fecha>) {
        match self {
            Camino::Inmediato => ("facturacion-anular-inmediato", None),
            Camino::Espera => ("facturacion-anular-espera", None),
            Camino::EnTramite => ("facturacion-anular-tramite", None),
            Camino::Nota => ("facturacion-anular-nota", None),
            Camino::FueraDePlazo => ("facturacion-anular-plazo", None),
            Camino::Comunicacion(dia) => ("facturacion-anular-comunicacion", Some(dia)),
            Camino::Resumen(dia) => ("facturacion-anular-resumen", Some(dia)),
            Camino::Cancelacion(dia) => ("facturacion-anular-cancelacion", Some(dia)),
        }
    }

    fn is_open(self) -> bool {
        let abierto = [Camino::Espera, Camino::EnTramite, Camino::Nota, Camino::FueraDePlazo];
        !abierto.contains(&self)
    }

    fn wants_note(self) -> bool {
        matches!(self, Camino::Nota | Camino::FueraDePlazo)
    }
}

#[derive(Template)]
#[template(path = "facturacion/anular.html")]
struct Anular {
    marco: Marco,
    f: Formulario,
    accion: String,
    explicacion: String,
    abierto: bool,
    nota: String,
    mexico: bool,
    periodos: bool,
    motivos: Vec<Opcion>,
    volver: String,
}

struct Caso {
    fila: FacturaFila,
    camino: Camino,
    mexico: bool,
}

async fn case(app: &App, nombre: &str) -> Result<Caso, Problem> {
    let fila = named(&app.db, nombre).await?;
    let legales = consultas::legales(&app.db, fila.comprobante_id.as_slice()).await?;
    let legal = fila.comprobante_id.and_then(|id| legales.get(&id));
    let emisor = ramal_plataforma::emisor(&app.db, EmisorId::from_uuid(fila.emisor_id)).await?;
    let hoy = today(app).await?;
    let camino = Camino::of(&fila, legal.map(|l| l.estado.as_str()), &emisor, hoy);
    let aceptada = matches!(camino, Camino::Cancelacion(_));
    Ok(Caso { camino, mexico: aceptada, fila })
}

fn explained(marco: &Marco, camino: Camino) -> String {
    match camino.words() {
        (clave, Some(dia)) => marco.t1(clave, "dia", marco.fecha_texto(&dia)),
        (clave, None) => marco.t(clave),
    }
}

fn render(vista: &Vista<AnularFacturas>, caso: &Caso, f: Formulario) -> Result<Response, Problem> {
    let numero = caso.fila.numero();
    let marco = vista.marco(&TEXTOS, "facturacion-anular-titulo");
    let titulo = marco.t1("facturacion-anular-de", "numero", numero.clone());
    let marco = under(marco.titled(titulo), &numero).refused(&f);
    let motivo = |m: &str| Opcion::new(m, marco.t(&format!("facturacion-anular-motivo-{m}")));
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let raiz = route(&numero);
    let p = Anular {
        accion: format!("{raiz}/anular"),
        explicacion: explained(&marco, caso.camino),
        abierto: caso.camino.is_open(),
        nota: match caso.camino.wants_note() && caso.fila.clase != "nota_credito" {
            true => format!("{raiz}/notas?sentido=credito"),
            false => String::new(),
        },
        mexico: caso.mexico,
        periodos: caso.fila.corrida_id.is_some(),
        motivos: ["02", "03", "01", "04"].into_iter().map(motivo).collect(),
        volver: raiz,
        f,
        marco,
    };
    page(estado, &p)
}

/// `GET /facturacion/facturas/{factura}/anular`
pub async fn get_anular(
    vista: Vista<AnularFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let caso = case(&app, &nombre).await?;
    render(&vista, &caso, Formulario::filled([("motivo", "02")]))
}

/// `POST /facturacion/facturas/{factura}/anular`
pub async fn post_anular(
    vista: Vista<AnularFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let caso = case(&app, &nombre).await?;
    if form.value(PASO) == EDITAR {
        return render(&vista, &caso, form);
    }
    let datos: DatosAnulacion = match form.parse() {
        Ok(datos) => datos,
        Err(problem) => return render(&vista, &caso, form.refused(&of_body(problem)?)),
    };
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let hacer = form.value(PASO) == HACER;
    let tx = app.db.begin().await?;
    if hacer && let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let hecho = match void_factura(&tx, vista.cx(), caso.fila.id, datos.clone()).await {
        Ok(hecho) => hecho,
        Err(error) => {
            tx.rollback().await?;
            return render(&vista, &caso, form.refused(&of_form(error)?));
        }
    };
    if !hacer {
        tx.rollback().await?;
        return look(&vista, &caso, &datos, &form);
    }
    let destino = route(&caso.fila.numero());
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "facturacion-anular-titulo");
    let aviso = match hecho {
        Anulacion::Anulada => Aviso::ok(marco.t("facturacion-anular-hecha")),
        Anulacion::EnTramite => Aviso::info(marco.t("facturacion-anular-pedida")),
    };
    Ok(redirect(&app, &destino, &[aviso]))
}

fn look(
    vista: &Vista<AnularFacturas>,
    caso: &Caso,
    datos: &DatosAnulacion,
    form: &Formulario,
) -> Result<Response, Problem> {
    let fila = &caso.fila;
    let marco = under(vista.marco(&TEXTOS, "facturacion-anular-revisar"), &fila.numero());
    let total = amount(&marco, fila.total, &fila.moneda);
    let periodos = match datos.sin_refacturar {
        true => marco.t("facturacion-anular-periodos-cerrados"),
        false => marco.t("facturacion-anular-periodos-abiertos"),
    };
    let mut hechos = vec![
        (marco.t("facturacion-numero"), fila.numero()),
        (marco.t("kit-total"), total),
        (marco.t("facturacion-sustento"), datos.sustento.clone()),
    ];
    if fila.corrida_id.is_some() {
        hechos.push((marco.t("facturacion-anular-periodos"), periodos));
    }
    Confirmar {
        consecuencia: explained(&marco, caso.camino),
        accion: format!("{}/anular", route(&fila.numero())),
        idem: vista.peticion().idem(),
        campos: typed(form),
        datos: hechos,
        renglones: Vec::new(),
        total: String::new(),
        boton: "facturacion-anular-confirmar",
        clase: "peligro",
        marco,
    }
    .page()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_open_roads_show_the_form() {
        let dia = Fecha::parse("2026-12-01").unwrap();
        assert!(Camino::Inmediato.is_open() && Camino::Resumen(dia).is_open());
        assert!(!Camino::Espera.is_open() && !Camino::FueraDePlazo.is_open());
        assert!(Camino::FueraDePlazo.wants_note() && !Camino::Espera.wants_note());
    }
}
