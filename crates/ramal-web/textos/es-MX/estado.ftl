# Words of Mexico.
pais-documento = RFC o CURP
pais-impuesto = IVA
pais-emitir = Timbrar
pais-acuse = Acuse SAT
pais-colonia = Colonia
pais-pago-en-tienda = OXXO
