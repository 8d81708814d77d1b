# Customers: header of the sheet, search, archiving, contacts and consents.
clientes-titulo = Clientes
clientes-cancelar = Cancelar
clientes-ficha-datos = Datos
clientes-ficha-servicios = Servicios
clientes-ficha-facturas = Facturas
clientes-ficha-cuenta = Cuenta
clientes-ficha-pagos = Pagos
clientes-ficha-cobranza = Cobranza
clientes-ficha-actividad = Actividad
clientes-ficha-documento = Documento
clientes-ficha-telefono = Teléfono
clientes-ficha-correo = Correo
clientes-ficha-desde = Cliente desde
clientes-estado-activo = Activo
clientes-estado-inactivo = Archivado

clientes-buscar-titulo = Buscar clientes
clientes-buscar-etiqueta = Nombre, documento, teléfono, correo o código
clientes-buscar-boton = Buscar
clientes-buscar-ayuda = Alcanza con una parte: medio apellido, los últimos dígitos del teléfono o el código impreso.
clientes-buscar-nada = Ningún cliente coincide
clientes-buscar-nada-ayuda = Con menos palabras o sin números de más suele aparecer.
clientes-buscar-todos = Ver todos los clientes

clientes-archivado = { $nombre } quedó archivado: conserva su historia y no se le contrata nada nuevo.
clientes-activado = { $nombre } vuelve a estar activo.
clientes-lote-archivar-titulo = Archivar clientes
clientes-lote-activar-titulo = Activar clientes
clientes-lote-cambian = Cambian { $n } clientes. Los demás ya están así.
clientes-lote-coinciden = Coinciden con el filtro
clientes-lote-muestra = Se muestran
clientes-lote-reversible = Se puede deshacer desde el aviso que aparece al terminar.
clientes-lote-archivar = Archivar { $n }
clientes-lote-activar = Activar { $n }
clientes-lote-archivados = { $n ->
    [one] Un cliente archivado
   *[other] { $n } clientes archivados
}{ $otros ->
    [0] .
   *[other] ; { $otros } ya lo estaban.
}
clientes-lote-activados = { $n ->
    [one] Un cliente activado
   *[other] { $n } clientes activados
}{ $otros ->
    [0] .
   *[other] ; { $otros } ya lo estaban.
}
clientes-lote-en-curso = El cambio está en curso y sigue aunque se cierre esta página. Lo hecho se puede deshacer.
clientes-lote-deshecho = { $n ->
    [one] Un cliente volvió a como estaba.
   *[other] { $n } clientes volvieron a como estaban.
}

clientes-contacto-titulo = Agregar un contacto
clientes-contacto-nombre = Nombre
clientes-contacto-cargo = Cargo
clientes-contacto-guardar = Agregar contacto
clientes-contacto-agregado = { $nombre } quedó entre los contactos.

clientes-consentimiento-titulo = Registrar un consentimiento
clientes-consentimiento-ayuda = Cada respuesta queda fechada y no borra las anteriores: vale la última de cada finalidad y canal.
clientes-consentimiento-respuesta = Respuesta del cliente
clientes-consentimiento-finalidad = Para qué
clientes-consentimiento-canal = Por dónde
clientes-consentimiento-guardar = Registrar consentimiento
clientes-consentimiento-registrado = Consentimiento registrado.
clientes-otorgado-si = Lo da
clientes-otorgado-no = Lo retira
clientes-finalidad-facturacion = Recibir comprobantes
clientes-finalidad-cobranza = Recordatorios de pago
clientes-finalidad-marketing = Ofertas y novedades
clientes-finalidad-datos-personales = Tratamiento de datos personales
clientes-canal-whatsapp = WhatsApp
clientes-canal-email = Correo
clientes-canal-sms = SMS
clientes-canal-web = Web
clientes-canal-papel = Papel firmado
