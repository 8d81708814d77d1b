# Words of Peru.
pais-documento = RUC o DNI
pais-impuesto = IGV
pais-emitir = Emitir y enviar a SUNAT
pais-acuse = CDR
pais-colonia = Distrito
pais-pago-en-tienda = PagoEfectivo
