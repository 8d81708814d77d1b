# Texts of the shell and of the shared components.
kit-saltar = Saltar al contenido
kit-error-titulo = Error:
kit-nav = Secciones
kit-nav-movil = Secciones, abajo
kit-migas = Páginas anteriores
kit-mas = Más
kit-ayuda = Ayuda
kit-entrar = Entrar
kit-salir = Salir
kit-cuenta = Mi cuenta
kit-cuenta-de = Cuenta de { $quien }
kit-cambiar-espacio = Cambiar de espacio
kit-buscar-todo = Buscar cliente, servicio o factura
kit-tecla-buscar = b
kit-tecla-atajos = ?
kit-alertas = Alertas sin atender: { $n }
kit-modo = Modo de trabajo
kit-en-nombre = Sesión en nombre de otra persona
kit-modo-demo = Demostración: los datos y los envíos son simulados.
kit-modo-prueba = Pruebas: nada de lo emitido aquí tiene validez legal.
kit-en-nombre-de = En nombre de { $quien }

# Preferences
kit-tema = Tema
kit-tema-sistema = Automático
kit-tema-claro = Claro
kit-tema-oscuro = Oscuro
kit-densidad = Filas
kit-densidad-comoda = Cómodas
kit-densidad-compacta = Compactas
kit-atajos = Atajos de teclado
kit-atajos-una-tecla = Atajos de una tecla
kit-si = Sí
kit-no = No

# Forms
kit-resumen-titulo = Hay algo por corregir
kit-opcional = (opcional)
kit-ninguno = Ninguno
kit-elegir-uno = Elegir…
kit-guardar = Guardar
kit-guardar-cambios = Guardar cambios
kit-cancelar = Cancelar
kit-volver = Volver
kit-continuar = Continuar
kit-revisar = Revisar
kit-confirmar = Confirmar
kit-editar = Editar
kit-cambiar = Cambiar
kit-buscar = Buscar
kit-descargar = Descargar
kit-imprimir = Imprimir
kit-deshacer = Deshacer
kit-reintentar = Reintentar
kit-enviando = Enviando…
kit-cerrar = Cerrar
kit-copiar = Copiar
kit-copiado = Copiado
kit-ver = Ver
kit-ver-todo = Ver todo

# Lists
kit-filtrar = Filtrar
kit-filtros = Filtros puestos
kit-quitar-filtro = Quitar filtro:
kit-quitar-filtros = Quitar filtros
kit-mas-filtros = Más filtros
kit-todos = Todos
kit-vistas = Vistas guardadas
kit-secciones = Partes de esta página
kit-conteo-uno = 1 resultado
kit-conteo = { $n } resultados
kit-mas-de = más de { $n }
kit-paginas = Páginas
kit-anterior = Anterior
kit-siguiente = Siguiente
kit-lote = Acciones sobre lo elegido
kit-lote-ayuda = Nada elegido
kit-lote-todos = Elegir todo lo que coincide ({ $n })
kit-elegir = Elegir { $que }
kit-elegir-pagina = Elegir las filas de esta página
kit-acciones = Acciones
kit-vacio-filtro = Nada coincide con { $n } filtros
kit-vacio-filtro-uno = Nada coincide con el filtro
kit-vacio-filtro-ayuda = Quitar alguno o escribir menos letras suele bastar.

# Pieces
kit-banner-ok = Novedad
kit-banner-info = Información
kit-banner-aviso = Aviso
kit-banner-mal = Problema
kit-sin-dato = Sin dato
kit-pasos = Pasos
kit-que-es = Qué es:
kit-ver-tabla = Ver como tabla
kit-total = Total
kit-estado = Estado
kit-fecha = Fecha

# Words of the script
kit-js-sin-red = Sin conexión. Lo escrito está guardado en este equipo.
kit-js-con-red = Conexión recuperada.
kit-js-fallo = No se pudo cargar. Nada se perdió.
kit-js-sesion = La sesión terminó. Lo escrito está guardado en este equipo.
kit-js-recuperado = Se recuperó lo que estaba escrito.
kit-js-descartar = Descartar
kit-js-hace = hace #
kit-js-en = en #
kit-js-ahora = ahora
kit-js-elegidos = # elegidos
kit-js-todos = Todo lo que coincide
kit-js-elegido = 1 elegido

# Errors
error-404-titulo = Esa página no existe
error-404-que = Puede que la dirección esté incompleta, o que el registro sea de otra empresa o sucursal.
error-409-titulo = Otra persona guardó cambios antes
error-409-que = Lo escrito no se perdió. Conviene ver los cambios antes de guardar encima.
error-409-campo = Campo
error-409-guardado = Guardado ahora
error-409-escrito = Escrito aquí
error-409-ver = Ver los cambios
error-409-igual = Guardar igual
error-409-primero = Ver lo que ya se registró
error-500-titulo = Algo falló de nuestro lado
error-500-que = Lo que estaba guardado sigue guardado. Se puede intentar otra vez; si se repite, este código ayuda a soporte a encontrarlo.
error-codigo = Código del incidente
error-volver = Volver
error-inicio = Ir al inicio
error-reenviar-texto = Esto es lo que estaba escrito:
error-reenviar-boton = Enviar de nuevo
error-reenviar-entrar = Entrar otra vez
error-reenviar-entrar-ayuda = La sesión terminó. Después de entrar en otra pestaña, aquí se envía lo escrito sin repetirlo.
error-sin-conexion-titulo = Sin conexión
error-sin-conexion-que = El equipo no llega a la oficina. Lo escrito queda guardado hasta que vuelva la señal.
