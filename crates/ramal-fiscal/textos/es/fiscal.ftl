# Documents, summaries, bulk acts and settings of emisores.
fiscal-documentos-titulo = Documentos legales
fiscal-documento = Documento legal
fiscal-resumenes-titulo = Resúmenes y bajas
fiscal-seccion-documentos = Documentos
fiscal-seccion-resumenes = Resúmenes y bajas
fiscal-seccion-conexion = Conexión

fiscal-buscar = Buscar
fiscal-buscar-ayuda = Número o folio fiscal
fiscal-estado = Estado
fiscal-tipo = Tipo
fiscal-emisor = Emisor
fiscal-desde = Emitido desde
fiscal-hasta = Emitido hasta
fiscal-numero = Número
fiscal-receptor = Cliente
fiscal-receptor-numero = Identificación del cliente
fiscal-respuesta = Respuesta de la autoridad
fiscal-codigo = Código de la autoridad
fiscal-campo = Dato observado
fiscal-intentos = Intentos
fiscal-proximo = Próximo intento
fiscal-limite = Se puede enviar hasta
fiscal-uuid = Folio fiscal
fiscal-origen = Factura
fiscal-datos = Datos
fiscal-historia = Historia
fiscal-archivos = Archivos
fiscal-relacionados = Documentos relacionados
fiscal-documentos-vacio = Todavía no hay documentos legales
fiscal-documentos-vacio-texto = Aparecen aquí al emitir facturas, con la respuesta de la autoridad a cada una.

fiscal-estado-atencion = Requieren atención
fiscal-estado-plazo = Plazo por vencer
fiscal-estado-en-cola = En cola
fiscal-estado-enviando = Enviando
fiscal-estado-aceptado = Aceptado
fiscal-estado-aceptado-obs = Aceptado con observaciones
fiscal-estado-rechazado = Rechazado
fiscal-estado-excepcion = Por corregir
fiscal-estado-incierto = Incierto
fiscal-estado-pausado = En pausa
fiscal-estado-baja-pendiente = Baja pedida
fiscal-estado-baja = Dado de baja

fiscal-tipo-i = CFDI de ingreso
fiscal-tipo-e = CFDI de egreso
fiscal-tipo-p = CFDI de pago
fiscal-tipo-01 = Factura
fiscal-tipo-03 = Boleta
fiscal-tipo-07 = Nota de crédito
fiscal-tipo-08 = Nota de débito

fiscal-archivo = Archivo
fiscal-archivo-pdf = Representación impresa (PDF)
fiscal-archivo-xml = XML enviado
fiscal-archivo-timbrado = XML timbrado
fiscal-archivo-respuesta = Respuesta del PAC
fiscal-archivo-cdr = Constancia de SUNAT (CDR)
fiscal-archivo-cdr-resumen = Constancia del resumen (CDR)
fiscal-archivo-solicitud = Solicitud de cancelación
fiscal-archivo-anterior = XML anterior, sellado con otra fecha
fiscal-archivo-acuse = Acuse de cancelación

fiscal-reintentar = Reintentar
fiscal-reintentado = Se vuelve a enviar. El resultado aparece en la historia.
fiscal-salida-rechazo = La autoridad lo rechazó y ese documento no sirve. La factura sigue ahí: corregir los datos que se señalan y volver a emitir.
fiscal-salida-rechazo-ir = Ir a la factura
fiscal-salida-excepcion = La autoridad no lo registró. Si el dato observado es del cliente, corregirlo y volver a emitir; si era un problema pasajero, reintentar.
fiscal-salida-pausa = El emisor está en pausa: no envía hasta que se corrija el certificado, las credenciales o el saldo, y se reanude.
fiscal-salida-pausa-ir = Ir a Certificados
fiscal-cdr-pendiente = SUNAT lo tiene registrado y falta su constancia (CDR). Se vuelve a pedir sola hasta obtenerla.
fiscal-cdr-boleta = SUNAT la tiene registrada. La constancia de una boleta enviada sola se descarga en SUNAT Operaciones en Línea.
fiscal-plazo-50 = Pasó la mitad del plazo para enviarlo
fiscal-plazo-80 = Queda menos de la quinta parte del plazo para enviarlo

fiscal-lote-nada = Nada de lo elegido admite reintento.
fiscal-lote-ninguno = Nada de lo elegido admite reintento: quedó como estaba.
fiscal-lote-demasiados = Son más de 20,000 documentos. Filtrar por fecha o por emisor y reintentar por partes.
fiscal-lote-hecho = { $n ->
    [one] Se vuelve a enviar 1 documento.
   *[other] Se vuelven a enviar { $n } documentos.
}
fiscal-lote-hecho-parte = { $n ->
    [one] Se vuelve a enviar 1 documento; { $otros } quedan como estaban porque ya no admiten reintento.
   *[other] Se vuelven a enviar { $n } documentos; { $otros } quedan como estaban porque ya no admiten reintento.
}
fiscal-tanda-reintentar = Reintentar documentos legales

fiscal-anulacion = Anulación
fiscal-anulacion-pedida = Pedida
fiscal-anulacion-motivo = Motivo
fiscal-anulacion-fase = Dónde está
fiscal-anulacion-fin = Terminó
fiscal-fase-pedida = Por enviarse a la autoridad
fiscal-fase-dudosa = Enviada, sin saber si llegó
fiscal-fase-solicitada = La autoridad la tiene
fiscal-fase-rechazada = No fue aceptada: el documento sigue vigente
fiscal-fase-final = Definitiva
fiscal-baja-titulo = Anular documento
fiscal-baja-titulo-de = Anular { $numero }
fiscal-baja-pedir = Anular
fiscal-baja-via-mx = Se pide la cancelación al SAT con la firma del emisor. Si el importe o la fecha lo exigen, el cliente tiene tres días hábiles para aceptarla; hasta entonces el CFDI sigue vigente.
fiscal-baja-via-ra = Se informa a SUNAT en una comunicación de baja (RA). Es definitiva cuando SUNAT acepta el ticket, normalmente en minutos.
fiscal-baja-via-rc = Se informa a SUNAT dentro del resumen diario (RC). Es definitiva cuando SUNAT acepta el ticket.
fiscal-baja-limite = Se puede pedir hasta
fiscal-baja-vencida = El plazo legal terminó: la autoridad ya no admite la anulación. La salida es una nota de crédito.
fiscal-baja-ir-nota = Ir a la factura y emitir una nota
fiscal-baja-no-vuelve = Un documento anulado no se recupera y su número no se vuelve a usar.
fiscal-baja-no-admite = Solo se anula un documento aceptado. Su estado está en esta página.
fiscal-baja-motivo = Motivo ante el SAT
fiscal-baja-motivo-01 = 01 · Con errores y con un CFDI que lo sustituye
fiscal-baja-motivo-02 = 02 · Con errores, sin sustituto
fiscal-baja-motivo-03 = 03 · La operación no se hizo
fiscal-baja-motivo-04 = 04 · Operación nominativa en factura global
fiscal-baja-sustituto = Folio fiscal del sustituto
fiscal-baja-sustituto-ayuda = Solo con el motivo 01; el sustituto tiene que estar timbrado.
fiscal-baja-texto = Motivo en palabras
fiscal-baja-texto-ayuda = Queda en la historia del documento.
fiscal-baja-texto-ayuda-pe = De 3 a 100 caracteres; SUNAT lo recibe.
fiscal-baja-confirmar = Pedir la anulación
fiscal-baja-pedida = Se pidió la anulación. Es definitiva cuando la autoridad lo confirme.

fiscal-resumenes-vacio = Todavía no hay resúmenes
fiscal-resumenes-vacio-texto = Solo los emisores de Perú los usan: se envían solos cada noche con las boletas y las bajas del día.
fiscal-lote-rc = Resumen diario
fiscal-lote-ra = Comunicación de baja
fiscal-lote-referencia = Día de los documentos
fiscal-lote-fecha = Día del archivo
fiscal-lote-documentos = Documentos informados
fiscal-ticket = Ticket
fiscal-lote-en-cola = En cola
fiscal-lote-enviando = Enviando
fiscal-lote-en-proceso = En proceso
fiscal-lote-aceptado = Aceptado
fiscal-lote-rechazado = Rechazado
fiscal-lote-excepcion = Por corregir
fiscal-lote-incierto = Incierto

fiscal-tanda-titulo = Acción sobre muchos
fiscal-tanda-que = Mostrar
fiscal-tanda-en-curso = En curso
fiscal-tanda-detenida = Detenida
fiscal-tanda-terminada = Terminada
fiscal-tanda-con-fallas = Terminada con fallas
fiscal-tanda-progreso = { $hechos } de { $total }
fiscal-tanda-cerrar = Se puede cerrar esta página: sigue sola.
fiscal-tanda-hechos = Hechos
fiscal-tanda-omitidos = Omitidos
fiscal-tanda-fallidos = Fallidos
fiscal-tanda-faltan = Faltan
fiscal-tanda-creada = Empezó
fiscal-tanda-avanzo = Último avance
fiscal-tanda-detener = Detener
fiscal-tanda-seguir = Seguir
fiscal-tanda-reintentar-fallidos = Reintentar fallidos
fiscal-tanda-informe = Informe CSV
fiscal-tanda-volver = Volver a la lista
fiscal-tanda-fallido = Fallidos
fiscal-tanda-omitido = Omitidos
fiscal-tanda-pendiente = Pendientes
fiscal-tanda-hecho = Hechos
fiscal-tanda-nada = Ninguno en este grupo.
fiscal-tanda-objeto = Registro
fiscal-tanda-motivo = Motivo
fiscal-tanda-se-detuvo = Se detuvo. Lo que estaba en curso termina y el resto espera.
fiscal-tanda-sigue = Sigue en curso.
fiscal-tanda-se-reintenta = Se reintentan los fallidos, y solo esos.

fiscal-ajustes-titulo = Ajustes
fiscal-empresa-nombre = Nombre
fiscal-empresa-pais = País
fiscal-empresa-zona = Zona horaria
fiscal-empresa-moneda = Moneda
fiscal-emisores = Emisores
fiscal-emisores-ninguno = No hay emisores. Se agregan con la orden «ramal emisor crear».
fiscal-emisor-cambiar = Ajustes fiscales
fiscal-emisor-numero = RFC o RUC
fiscal-emisor-comercial = Nombre comercial
fiscal-emisor-direccion = Dirección
fiscal-emisor-ubigeo = Ubigeo
fiscal-emisor-establecimiento = Establecimiento
fiscal-emisor-regimen = Régimen fiscal
fiscal-emisor-cp = Código postal de expedición
fiscal-emisor-guardado = Ajustes guardados. Valen desde el próximo documento.
fiscal-modo = Destino de los documentos
fiscal-modo-real = Autoridad real
fiscal-modo-emulado = Emulador
fiscal-forma = Forma de pago de las notas de crédito sin movimiento de dinero
fiscal-forma-ayuda = La elige el contador. La más usada es 15, condonación.
fiscal-forma-15 = 15 · Condonación
fiscal-forma-17 = 17 · Compensación
fiscal-forma-23 = 23 · Novación
fiscal-forma-99 = 99 · Por definir
fiscal-boletas = Envío de boletas a SUNAT
fiscal-boletas-ayuda = Vale desde la próxima boleta; las que ya salieron no cambian.
fiscal-boletas-individual = Una por una, al emitirlas
fiscal-boletas-resumen = Juntas, en el resumen diario

fiscal-series-titulo = Series
fiscal-series-ayuda = El siguiente número lo da el programa al emitir, sin saltos. No se cambia a mano.
fiscal-series-ninguna = Todavía no se emitió nada; la serie habitual aparece con el primer documento.
fiscal-serie = Serie
fiscal-serie-siguiente = Siguiente número

fiscal-certificados-titulo = Certificados
fiscal-certificado-sujeto = Titular
fiscal-certificado-numero = Número de serie
fiscal-certificado-desde = Vale desde
fiscal-certificado-hasta = Vale hasta
fiscal-certificado-llave = Llave privada
fiscal-certificado-guardada = Guardada el { $fecha }; el certificado termina en { $fin }. No se vuelve a mostrar.
fiscal-certificado-prueba = Certificado de prueba hecho por Ramal: sin validez fiscal.
fiscal-certificado-ninguno = Sin certificado: no puede emitir.
fiscal-vigente = Vigente
fiscal-vence-en = { $n ->
    [0] Vence hoy
    [one] Vence en 1 día
   *[other] Vence en { $n } días
}
fiscal-vencio = { $n ->
    [one] Venció hace 1 día
   *[other] Venció hace { $n } días
}
fiscal-cargar = Cargar certificado
fiscal-cargar-titulo = Cargar el certificado de { $emisor }
fiscal-cargar-mx = El certificado de sello digital (CSD) que entregó el SAT: el archivo .cer, su .key y la contraseña de la llave. La e.firma no sirve.
fiscal-cargar-pe = El certificado digital del RUC: un archivo .p12 o .pfx con su contraseña, un .pem, o el par .cer y .key. Basta uno de los tres.
fiscal-cargar-p12 = Archivo .p12 o .pfx
fiscal-cargar-p12-ayuda = Certificado y llave juntos.
fiscal-cargar-pem = Archivo .pem
fiscal-cargar-pem-ayuda = Texto con el certificado y la llave.
fiscal-cargar-cer = Certificado (.cer)
fiscal-cargar-key = Llave privada (.key)
fiscal-cargar-contrasena = Contraseña de la llave
fiscal-cargar-contrasena-ayuda = Se usa para abrir la llave y no se guarda.
fiscal-cargar-guardar = Comprobar y guardar
fiscal-cargado = Certificado comprobado y guardado. Firma desde el próximo documento.

fiscal-pausa-desde = En pausa desde
fiscal-pausa-que-pasa = Se puede seguir facturando: los documentos quedan en cola con su número y salen al reanudar. El plazo legal de cada uno sigue corriendo.
fiscal-pausar = Pausar el envío
fiscal-pausar-ayuda = Nada se pierde: los documentos nuevos quedan en cola hasta reanudar. Lo que ya se entregó a la autoridad no se detiene.
fiscal-pausar-motivo = Motivo de la pausa
fiscal-pausado = Envío en pausa. Los documentos quedan en cola.
fiscal-reanudar = Reanudar el envío
fiscal-reanudado = Envío reanudado. Lo que estaba en cola sale solo.

fiscal-conexion-titulo = Conexión con la autoridad
fiscal-autoridad = Autoridad
fiscal-pac = PAC y SAT
fiscal-sunat = SUNAT
fiscal-modo-real-texto = Producción: lo que se emite tiene validez legal.
fiscal-modo-emulado-texto = Pruebas: los documentos van a un emulador y no tienen validez legal.
fiscal-conexion-resultado = Última prueba
fiscal-conexion-cuando = Cuándo
fiscal-conexion-tiempo = Tiempo de respuesta
fiscal-conexion-ms = { $n } ms
fiscal-conexion-nunca = Nunca se probó
fiscal-conexion-probando = Probando…
fiscal-conexion-bien = Responde y acepta las credenciales
fiscal-conexion-mal = No se pudo conectar
fiscal-conexion-probar = Probar conexión
fiscal-conexion-produccion = El destino y las credenciales se eligen al instalar el programa; esta página solo los muestra y los prueba.
