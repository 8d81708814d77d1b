# Words of Argentina.
pais-documento = CUIT o DNI
pais-impuesto = IVA
pais-emitir = Emitir (CAE)
pais-acuse = CAE
pais-colonia = Localidad
pais-pago-en-tienda = Rapipago
