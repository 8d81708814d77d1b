//! The templates that come with the program, in force until somebody edits them. Texts of letters,
//! not of screens: they are data, as those that the company writes.

use super::{Contenido, Encabezado, Llave};
use crate::{Canal, Clase};

/// What a kind says on each channel.
struct Carta {
    asunto: &'static str,
    whatsapp: &'static str,
    correo: &'static str,
    boton: &'static str,
}

/// The template of the program.
pub fn contenido(llave: Llave) -> Contenido {
    let carta = carta(llave.clase);
    let nombre_meta = format!("ramal_{}", llave.clase.as_str());
    let con_documento = llave.clase == Clase::FacturaElectronica;
    match llave.canal {
        Canal::Whatsapp => Contenido {
            asunto: String::new(),
            cuerpo: carta.whatsapp.to_owned(),
            boton: carta.boton.to_owned(),
            encabezado: if con_documento { Encabezado::Documento } else { Encabezado::Ninguno },
            nombre_meta,
        },
        Canal::Email => Contenido {
            asunto: carta.asunto.to_owned(),
            cuerpo: format!("Hola {{{{nombre}}}}:\n\n{}\n\n{{{{empresa}}}}", carta.correo),
            boton: carta.boton.to_owned(),
            ..Contenido::default()
        },
        Canal::App => Contenido {
            asunto: carta.asunto.to_owned(),
            cuerpo: carta.correo.to_owned(),
            boton: carta.boton.to_owned(),
            ..Contenido::default()
        },
    }
}

fn carta(clase: Clase) -> Carta {
    match clase {
        Clase::OrdenPago | Clase::RecordatorioProximo | Clase::RecordatorioVencido => cobro(clase),
        Clase::Auth | Clase::RecuperacionPassword => acceso(clase),
        Clase::FacturaElectronica | Clase::ConfirmacionPago => papeles(clase),
        Clase::ServicioSuspendido | Clase::ServicioRenovado | Clase::AvisoCorte => servicio(clase),
        Clase::PromesaRegistrada | Clase::PromesaRota => promesa(clase),
        Clase::ComprobanteRechazado | Clase::PagoRechazado => rechazo(clase),
        Clase::Promocion => Carta {
            asunto: "{{titulo}}",
            whatsapp: "Novedad de {{empresa}} para {{nombre}}: {{titulo}}\n\n{{texto}}\n\n\
                Para no recibir promociones, responder BAJA.",
            correo: "{{texto}}\n\nVigente hasta el {{vigencia}}.\n\nSi no se desean más \
                promociones, basta con responder este correo con la palabra BAJA.",
            boton: "",
        },
    }
}

fn cobro(clase: Clase) -> Carta {
    match clase {
        Clase::OrdenPago => Carta {
            asunto: "{{empresa}}: a pagar {{importe}} hasta el {{vencimiento}}",
            whatsapp: "Hola {{nombre}}: ya está lista la orden de pago de {{empresa}}.\n\n\
                {{detalle}}\n\nTotal: {{importe}}\nVence: {{vencimiento}}\n\n\
                Se paga en línea con el botón de abajo.",
            correo: "Ya está lista la orden de pago:\n\n{{detalle}}\n\nTotal: {{importe}}\n\
                Vence: {{vencimiento}}\n\nSe puede pagar en línea en cualquier momento. Si el pago \
                ya se hizo, no hace falta responder.",
            boton: "Pagar",
        },
        Clase::RecordatorioProximo => Carta {
            asunto: "{{empresa}}: vence el {{vencimiento}}",
            whatsapp: "Hola {{nombre}}: un recordatorio de {{empresa}}.\n\n{{detalle}}\n\n\
                Por pagar: {{importe}}\nVence: {{vencimiento}}\n\n\
                Si ya está pagado, no hace falta responder.",
            correo: "Falta poco para el vencimiento:\n\n{{detalle}}\n\nPor pagar: {{importe}}\n\
                Vence: {{vencimiento}}\n\nSi ya está pagado, no hace falta responder.",
            boton: "Pagar",
        },
        _ => Carta {
            asunto: "{{empresa}}: quedó pendiente un pago de {{importe}}",
            whatsapp: "Hola {{nombre}}: en {{empresa}} figura un pago pendiente.\n\n{{detalle}}\n\n\
                Por pagar: {{importe}}\nVenció: {{vencimiento}}\n\n\
                Si se pagó hoy, puede tardar unas horas en verse.",
            correo: "Figura un pago pendiente:\n\n{{detalle}}\n\nPor pagar: {{importe}}\n\
                Venció: {{vencimiento}}\n\nPagando ahora el servicio sigue sin interrupciones. Si \
                se pagó hoy, puede tardar unas horas en verse.",
            boton: "Pagar",
        },
    }
}

fn acceso(clase: Clase) -> Carta {
    match clase {
        Clase::Auth => Carta {
            asunto: "Código para entrar a {{empresa}}",
            whatsapp: "El código de {{empresa}} es {{codigo}}. No se comparte con nadie.",
            correo: "El código para entrar es {{codigo}}.\n\nSirve una sola vez.\n\
                Dura {{minutos}} minutos.\n\nNo se comparte con nadie: nadie de la empresa lo \
                pide.",
            boton: "",
        },
        _ => Carta {
            asunto: "Enlace para poner una contraseña nueva",
            whatsapp: "Se pidió poner una contraseña nueva en {{empresa}}. El enlace dura 30 \
                minutos y sirve una vez. Si no se pidió, no hay que hacer nada.",
            correo: "Se pidió poner una contraseña nueva. El enlace dura 30 minutos y sirve una \
                sola vez.\n\nSi no se pidió, no hay que hacer nada: la contraseña sigue igual.",
            boton: "Poner contraseña",
        },
    }
}

fn papeles(clase: Clase) -> Carta {
    match clase {
        Clase::FacturaElectronica => Carta {
            asunto: "{{empresa}}: comprobante {{factura}}",
            whatsapp: "Hola {{nombre}}: va adjunto el comprobante {{factura}} de {{empresa}} por \
                {{importe}}. Gracias.",
            correo: "Va adjunto el comprobante electrónico {{factura}} por {{importe}}.\n\n\
                Servicio: {{servicio}}\nVence: {{vencimiento}}",
            boton: "",
        },
        _ => Carta {
            asunto: "{{empresa}}: recibimos {{importe}}",
            whatsapp: "Hola {{nombre}}: {{empresa}} recibió un pago de {{importe}} el {{fecha}}. \
                Muchas gracias.",
            correo: "Recibimos un pago de {{importe}} el {{fecha}}.\n\nRecibo: {{recibo}}\n\
                Medio: {{medio}}\nFactura: {{factura}}\nSaldo: {{saldo}}\n\nMuchas gracias.",
            boton: "",
        },
    }
}

fn servicio(clase: Clase) -> Carta {
    match clase {
        Clase::ServicioSuspendido => Carta {
            asunto: "{{empresa}}: servicio suspendido",
            whatsapp: "Hola {{nombre}}: el servicio {{servicio}} de {{empresa}} quedó suspendido \
                por falta de pago. Vuelve solo al acreditarse el pago.",
            correo: "El servicio {{servicio}} quedó suspendido por falta de pago.\n\n\
                Por pagar: {{importe}}\n\nVuelve solo, sin llamar, al acreditarse el pago.",
            boton: "",
        },
        Clase::ServicioRenovado => Carta {
            asunto: "{{empresa}}: servicio activo",
            whatsapp: "Hola {{nombre}}: el servicio {{servicio}} de {{empresa}} está activo. Si \
                tarda en volver, basta con apagar y encender el equipo.",
            correo: "El servicio {{servicio}} está activo.\n\nVigente hasta el {{fecha}}.\n\nSi \
                tarda en volver, basta con apagar y encender el equipo.",
            boton: "",
        },
        _ => Carta {
            asunto: "{{empresa}}: corte previsto para el {{fecha}}",
            whatsapp: "Hola {{nombre}}: {{empresa}} avisa que hay {{importe}} sin pagar y que el \
                servicio se suspende el {{fecha}}.\n\nPagando antes, o avisando de un pago ya \
                hecho, no se suspende.",
            correo: "Hay {{importe}} sin pagar y el servicio se suspende el {{fecha}}.\n\n\
                Servicio: {{servicio}}\nFactura: {{factura}}\n\nPagando antes, o avisando de un \
                pago ya hecho, no se suspende.",
            boton: "Pagar",
        },
    }
}

fn promesa(clase: Clase) -> Carta {
    match clase {
        Clase::PromesaRegistrada => Carta {
            asunto: "{{empresa}}: pago acordado para el {{fecha}}",
            whatsapp: "Hola {{nombre}}: en {{empresa}} quedó acordado un pago de {{importe}} para \
                el {{fecha}}. Hasta ese día el servicio sigue.",
            correo: "Quedó acordado un pago de {{importe}} para el {{fecha}}. Hasta ese día el \
                servicio sigue.",
            boton: "",
        },
        _ => Carta {
            asunto: "{{empresa}}: el pago acordado no llegó",
            whatsapp: "Hola {{nombre}}: no llegó el pago de {{importe}} acordado con {{empresa}} \
                para el {{fecha}}. Sin él, el servicio se suspende.",
            correo: "No llegó el pago de {{importe}} acordado para el {{fecha}}. Sin él, el \
                servicio se suspende. Si ya se hizo, enviar el comprobante lo detiene.",
            boton: "",
        },
    }
}

fn rechazo(clase: Clase) -> Carta {
    match clase {
        Clase::ComprobanteRechazado => Carta {
            asunto: "{{empresa}}: el comprobante de pago no se pudo usar",
            whatsapp: "Hola {{nombre}}: {{empresa}} no pudo usar el comprobante de pago recibido. \
                Motivo: {{motivo}}. Se puede enviar otro.",
            correo: "No se pudo usar el comprobante de pago recibido.\n\nMotivo: {{motivo}}\n\
                Importe: {{importe}}\n\nSe puede enviar otro.",
            boton: "",
        },
        _ => Carta {
            asunto: "{{empresa}}: un pago de {{importe}} no se pudo hacer",
            whatsapp: "Hola {{nombre}}: el medio de pago rechazó {{importe}} para {{empresa}}. No \
                se cobró nada. Se puede intentar otra vez o con otro medio.",
            correo: "El medio de pago rechazó {{importe}}. No se cobró nada.\n\n\
                Motivo: {{motivo}}\nFactura: {{factura}}\n\nSe puede intentar otra vez o con otro \
                medio.",
            boton: "",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::Pais;

    #[test]
    fn every_template_of_the_program_passes_the_checks_of_an_edited_one() {
        for clase in Clase::TODAS {
            for canal in Canal::TODOS {
                let contenido = contenido(Llave { clase, canal, pais: Pais::Pe });
                let hecho = contenido.check(clase, canal);
                assert!(hecho.is_ok(), "{clase:?} {canal:?}: {hecho:?}");
            }
        }
    }

    #[test]
    fn what_asks_for_money_carries_the_link_to_pay() {
        let piden = [
            Clase::OrdenPago,
            Clase::RecordatorioProximo,
            Clase::RecordatorioVencido,
            Clase::AvisoCorte,
        ];
        for clase in piden {
            for canal in Canal::TODOS {
                let contenido = contenido(Llave { clase, canal, pais: Pais::Mx });
                assert_eq!(contenido.boton, "Pagar", "{clase:?} {canal:?}");
            }
        }
    }
}
