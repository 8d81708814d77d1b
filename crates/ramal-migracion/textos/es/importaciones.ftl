# Imports of customers and services.
importaciones-titulo = Importaciones
importaciones-nueva = Importar clientes
importaciones-pendientes = Por terminar
importaciones-hechas = Hechas
importaciones-buscar = Buscar por archivo
importaciones-vacio = Todavía no se importó nada.
importaciones-vacio-que = Los clientes y servicios del sistema anterior entran desde un archivo CSV. Antes de guardar se ve qué entra y qué no.
importaciones-sin-emisor = Falta el emisor.
importaciones-sin-emisor-que = Antes de importar hace falta la empresa que va a facturar: se crea en Ajustes.

# Fields
importaciones-archivo = Archivo
importaciones-archivo-ayuda = CSV, hasta 64 MB. Se guarda tal como llega y se prueba antes de importar.
importaciones-subido = Subido
importaciones-perfil = Sistema de origen
importaciones-perfil-ayuda = Dice qué columnas trae el archivo y cómo escribe fechas e importes.
importaciones-perfil-seed003 = Tabla de clientes (Perú), un servicio por cliente
importaciones-perfil-panel = Panel de operador (México), varios servicios por cliente
importaciones-emisor = Emisor
importaciones-emisor-ayuda = Quién va a facturar estos servicios.
importaciones-al = Facturado hasta
importaciones-al-ayuda = Lo anterior a este día ya lo cobró el otro sistema. Vacío, hoy.
importaciones-repetidos = Documento que ya tiene cliente
importaciones-repetidos-ayuda = Solo cuando el origen trae un servicio por cliente.
importaciones-repetidos-retener = Dejar la fila fuera
importaciones-repetidos-servicio = Importarla como otro servicio del mismo cliente
importaciones-kb = { $n } KB

# Upload
importaciones-subir = Subir y probar
importaciones-que-pasa = Qué pasa al subirlo
importaciones-que-pasa-1 = Primero es una prueba: se cuenta cuánto entra, cuánto queda fuera y por qué, sin guardar nada.
importaciones-que-pasa-2 = Después se confirma. Repetir el archivo no duplica: solo entra lo que falta.
importaciones-que-pasa-3 = Un lote se puede deshacer mientras no tenga cargos.
importaciones-titulo-simulando = Probando { $archivo }
importaciones-titulo-importando = Importando { $archivo }
importaciones-titulo-fallida = No se pudo leer { $archivo }
importaciones-titulo-revisar = Revisar { $archivo }
importaciones-simulando = Probando
importaciones-importando = Importando
importaciones-por-confirmar = Por confirmar
importaciones-no-se-leyo = No se pudo leer
importaciones-avance = { $n } de { $total } filas
importaciones-se-puede-cerrar = El trabajo sigue aunque se cierre esta página.
importaciones-actualizar = Actualizar
importaciones-fallida-que = No se guardó nada. Se puede leer de otra forma, aquí abajo, sin volver a subirlo.
importaciones-como-se-lee = Cómo se lee
importaciones-leer-otra-vez = Probar así
importaciones-importar = { $n ->
    [one] Importar 1 servicio
   *[other] Importar { $n } servicios
}
importaciones-descartar = Descartar
importaciones-descartada = { $archivo } descartado. No se importó nada.
importaciones-nada-nuevo = No hay nada nuevo que importar.

# Report
importaciones-lote = Lote
importaciones-filas = Filas del archivo
importaciones-entran = Entran
importaciones-entraron = Entraron
importaciones-entraron-todas = Servicios en el sistema
importaciones-ya = Ya estaban
importaciones-fuera = Quedan fuera
importaciones-clientes-nuevos = Clientes nuevos
importaciones-suma = Suma de los activos
importaciones-clientes = Clientes
importaciones-servicios = Servicios
importaciones-verificacion = Verificación
importaciones-cuadra = Archivo y base cuadran
importaciones-cuadra-prueba = Todas las filas contadas
importaciones-no-cuadra = No cuadra: revisar antes de facturar
importaciones-antes-despues = Antes y después
importaciones-cuenta = Cuenta
importaciones-antes = Antes
importaciones-despues = Después
importaciones-cambio = Cambio
importaciones-sumas = Servicios y sumas por período
importaciones-modificados = Cambiados después de entrar, sin contar: { $n }
importaciones-periodo = Período
importaciones-periodo-mensual = Mensual
importaciones-periodo-bimestral = Bimestral
importaciones-periodo-trimestral = Trimestral
importaciones-periodo-semestral = Semestral
importaciones-periodo-anual = Anual
importaciones-estado-activo = Activo
importaciones-estado-suspendido = Suspendido
importaciones-estado-cancelado = Cancelado
importaciones-servicios-archivo = En el archivo
importaciones-suma-archivo = Suma del archivo
importaciones-servicios-base = En la base
importaciones-suma-base = Suma de la base
importaciones-rechazos = Filas que quedan fuera
importaciones-avisos = Entran con avisos
importaciones-descargar = Descargar como CSV
importaciones-linea = Línea
importaciones-columna = Columna
importaciones-motivo = Qué pasa y qué hacer
importaciones-y-mas = Y { $n } más: están todas en la descarga.
importaciones-y-mas-avisos = Y { $n } avisos más.
importaciones-en-curso = En curso
importaciones-terminado = Terminado
importaciones-deshecho = Deshecho
importaciones-sin-informe = La importación no terminó: repetir el archivo trae lo que falta.

# Undo
importaciones-deshacer = Deshacer
importaciones-deshacer-que = Deshacer { $archivo }
importaciones-deshacer-nota = Salen los servicios del lote y los clientes que el lote creó. Los clientes que ya estaban se quedan.
importaciones-deshacer-servicios = Servicios del lote
importaciones-deshacer-clientes = Clientes con servicios del lote
importaciones-deshacer-confirmar = Deshacer el lote
importaciones-deshecha = Lote deshecho: { $servicios } servicios y { $clientes } clientes retirados.
