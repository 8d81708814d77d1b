facturacion-legal-aceptado = Timbrada
facturacion-legal-enviando = Enviada al PAC
