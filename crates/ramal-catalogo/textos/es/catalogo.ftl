# Catalogue: products, zones, promotions, prices.
catalogo-titulo = Catálogo
catalogo-productos = Planes y productos
catalogo-combos = Combos
catalogo-zonas = Zonas
catalogo-promociones = Promociones
catalogo-precios = Precios

# Fields
catalogo-nombre = Nombre
catalogo-codigo = Código
catalogo-codigo-ayuda = Letras sin acento, números y guiones. Vacío, sale del nombre.
catalogo-tipo = Tipo
catalogo-categoria = Categoría
catalogo-tecnologia = Tecnología
catalogo-tecnologia-ayuda = La que el producto necesita; ninguna si sirve con cualquiera.
catalogo-tecnologia-cualquiera = Cualquiera
catalogo-tecnologias = Tecnologías
catalogo-velocidad = Velocidad
catalogo-velocidad-mbps = Velocidad de bajada (Mbps)
catalogo-mbps = { $n } Mbps
catalogo-precio = Precio
catalogo-precio-ayuda = Por el período principal. En cada zona puede ser otro.
catalogo-periodos = Se vende por
catalogo-periodo-base = Período principal
catalogo-periodo-base-ayuda = El del precio; los demás se calculan por meses.
catalogo-otros-periodos = También se vende por
catalogo-impuesto = Impuesto
catalogo-impuesto-incluido = El precio incluye los impuestos
catalogo-requiere-factura = Siempre con comprobante
catalogo-clave-prod-serv = Clave de producto o servicio
catalogo-clave-prod-serv-ayuda = Ocho dígitos: 81112101.
catalogo-clave-unidad = Clave de unidad
catalogo-clave-unidad-ayuda = Dos o tres letras o números: E48.
catalogo-estado = Estado
catalogo-zona = Zona
catalogo-producto = Producto
catalogo-moneda = Moneda
catalogo-dia = Día
catalogo-desde = Desde
catalogo-hasta = Hasta
catalogo-hasta-ayuda = Primer día en que ya no vale. Vacío, no termina.
catalogo-cantidad = Cantidad
catalogo-datos = Datos
catalogo-nota = Nota

# Kinds
catalogo-clase-plan = Plan
catalogo-clase-servicio = Servicio
catalogo-clase-pack = Adicional
catalogo-clase-combo = Combo
catalogo-categoria-hosting = Hosting
catalogo-categoria-certificados = Certificados
catalogo-categoria-correo = Correo
catalogo-categoria-dominio = Dominio
catalogo-categoria-internet = Internet
catalogo-categoria-tv = Televisión
catalogo-categoria-telefonia = Telefonía
catalogo-categoria-ip-fija = IP fija
catalogo-categoria-router = Router
catalogo-categoria-mesh = Mesh
catalogo-categoria-otros = Otros
catalogo-tecnologia-ftth = Fibra (FTTH)
catalogo-tecnologia-hfc = Coaxial (HFC)
catalogo-tecnologia-wisp = Inalámbrico (WISP)
catalogo-periodo-mensual = Mes
catalogo-periodo-bimestral = Dos meses
catalogo-periodo-trimestral = Tres meses
catalogo-periodo-semestral = Seis meses
catalogo-periodo-anual = Año
catalogo-impuesto-general = Tasa general
catalogo-impuesto-frontera = Región fronteriza (8 %)
catalogo-impuesto-cero = Tasa cero
catalogo-impuesto-exento = Exento
catalogo-impuesto-inafecto = No objeto o inafecto
catalogo-impuesto-general-ieps = Tasa general e IEPS

# States
catalogo-activo = Activo
catalogo-inactivo = Inactivo
catalogo-inactiva = Inactiva
catalogo-vigente = Vigente
catalogo-futura = Por empezar
catalogo-terminada = Terminada
catalogo-anterior = Anterior
catalogo-empieza = Empieza el { $dia }
catalogo-activar = Activar
catalogo-desactivar = Desactivar
catalogo-quedo-activo = { $nombre } quedó activo.
catalogo-quedo-inactivo = { $nombre } quedó inactivo: ya no se puede contratar.

# Lists
catalogo-buscar = Buscar por nombre
catalogo-buscar-zona = Buscar por nombre o código postal
catalogo-buscar-promocion = Buscar por nombre o código
catalogo-promocion-hoy = Con promoción hoy
catalogo-vacio = Todavía no hay productos.
catalogo-vacio-que = El catálogo se importa desde un archivo CSV, o se crea el primer producto a mano.
catalogo-vacio-lector = Aparecen aquí en cuanto alguien con permiso los cree.
catalogo-vacio-combos = Todavía no hay combos.
catalogo-vacio-combos-que = Un combo junta dos o más productos a un solo precio.
catalogo-vacio-zonas = Todavía no hay zonas.
catalogo-vacio-zonas-que = Una zona dice dónde se vende, con qué tecnología y a qué precio.
catalogo-vacio-promociones = Todavía no hay promociones.
catalogo-vacio-promociones-que = Una promoción baja el precio de un producto, o de todos, entre dos fechas.

# Product
catalogo-nuevo = Nuevo producto
catalogo-nuevo-combo = Nuevo combo
catalogo-crear-producto = Crear producto
catalogo-editar = Editar
catalogo-editar-que = Editar { $nombre }
catalogo-creado = { $nombre } ya está en el catálogo.
catalogo-guardado = Cambios de { $nombre } guardados.
catalogo-partes = Lo que incluye
catalogo-partes-ayuda = Código de cada producto; las líneas vacías no cuentan.
catalogo-parte-n = Producto { $n }
catalogo-cantidad-n = Cantidad { $n }
catalogo-diferencias = Diferencias
catalogo-sin-diferencias = Lo guardado y lo escrito dicen lo mismo.

# Prices
catalogo-precios-hoy = Precios al { $dia }
catalogo-precios-del = Precios al { $dia }.
catalogo-precios-leyenda = En negrita, precio propio de la zona; en gris, el precio general.
catalogo-general = General
catalogo-todas-las-zonas = Todas las zonas
catalogo-zona-cerrada = Zona inactiva
catalogo-con-promocion = Con promoción
catalogo-proximo = Próximo precio
catalogo-precio-desde = { $precio } desde el { $dia }
catalogo-precio-nuevo = Precio nuevo
catalogo-precio-nuevo-de = Precio nuevo, { $lugar }
catalogo-rige-de = Primer día en que rige, { $lugar }
catalogo-rige = Rige desde
catalogo-hoy = Hoy
catalogo-sin-tecnologia = Sin la tecnología que necesita
catalogo-otras-zonas = Hay { $n } zonas más; buscar una
catalogo-otras-zonas-matriz = Hay { $n } zonas más: elegir una en el filtro.
catalogo-historia = Historia de precios
catalogo-poner-precio = Poner precio
catalogo-revisar-precio = Revisar el precio nuevo
catalogo-precio-ahora = Precio ahora
catalogo-diferencia = Diferencia
catalogo-reemplaza = Reemplaza al precio de ese día
catalogo-a-quien = A quién alcanza
catalogo-cambian = { $n ->
    [one] 1 contrato paga el precio nuevo desde el próximo ciclo.
   *[other] { $n } contratos pagan el precio nuevo desde el próximo ciclo.
}
catalogo-conservan = { $n ->
    [one] 1 contrato conserva el precio que tiene.
   *[other] { $n } contratos conservan el precio que tienen.
}
catalogo-altas-nuevas = Lo pagan las contrataciones y los cambios de plan desde el { $dia }.
catalogo-cambiar-lo-escrito = Cambiar lo escrito
catalogo-revisar-otra-vez = Revisar otra vez
catalogo-confirmar-precio = Confirmar el precio
catalogo-precio-puesto = Precio de { $precio } desde el { $dia }.

# Zones
catalogo-nueva-zona = Nueva zona
catalogo-crear-zona = Crear zona
catalogo-codigos-postales = Códigos postales
catalogo-codigos-postales-ayuda = Separados por espacios, comas o en líneas distintas.
catalogo-cuantos-postales = Códigos postales que cubre
catalogo-sin-postales = Ninguno todavía: no se encuentra por dirección.
catalogo-zona-sin-precios = Ningún precio propio: rigen los generales.

# Promotions
catalogo-nueva-promocion = Nueva promoción
catalogo-crear-promocion = Crear promoción
catalogo-vigencia = Vigencia
catalogo-descuento = Descuento
catalogo-descuento-porcentaje = { $n } %
catalogo-descuento-importe = { $n }
catalogo-porcentaje = Porcentaje
catalogo-porcentaje-ayuda = De 0.01 a 100: 15 o 12.50.
catalogo-importe = Importe fijo
catalogo-promocion-producto-ayuda = Código del producto. Vacío, vale para todos.
catalogo-todos-los-productos = Todos los productos
catalogo-sin-fin = Sin fin
catalogo-se-conserva = Se conserva
catalogo-se-conserva-n = Períodos que se conserva
catalogo-se-conserva-ayuda = De 1 a 120. Vacío, se conserva siempre.
catalogo-durante = { $n ->
    [one] Durante 1 período
   *[other] Durante { $n } períodos
}
catalogo-siempre = Siempre
catalogo-prueba = Precio que resulta
catalogo-prueba-nada-guardado = Es una prueba: nada quedó guardado.
catalogo-probar = Ver el precio
catalogo-probar-antes = Probar antes de crear
catalogo-algunos = Algunos
catalogo-a-pagar = A pagar
catalogo-gana-otra = Descuenta más «{ $nombre }»; no se suman.
catalogo-no-aplica = No se aplica ese día.

# Import
catalogo-importar = Importar CSV
catalogo-archivo = Archivo del catálogo
catalogo-archivo-ayuda = CSV en UTF-8, hasta 1 MB. Se guarda tal como llega y se revisa antes de cambiar nada.
catalogo-columnas = Columnas del archivo
catalogo-columnas-que = nombre, tipo, tecnologia, precio_con_impuesto, periodo, clave_prod_serv y clave_unidad. Un producto se reconoce por su nombre; los que no están en el archivo quedan como están.
catalogo-subir = Subir y revisar
catalogo-subir-corregido = Subir el archivo corregido
catalogo-revisar-archivo = Revisar la importación
catalogo-archivo-con-errores = No se importó nada: el archivo tiene líneas por corregir.
catalogo-por-corregir = Por corregir
catalogo-linea = Línea
catalogo-columna = Columna
catalogo-que-pasa = Qué pasa
catalogo-y-mas = Y { $n } más.
catalogo-productos-archivo = Productos del archivo
catalogo-nuevos = Nuevos
catalogo-nuevo-producto = Nuevo
catalogo-cambia = Cambia
catalogo-cambian-productos = Cambian
catalogo-iguales = Quedan igual
catalogo-nada-que-importar = El catálogo ya dice lo mismo que el archivo.
catalogo-lo-que-cambia = Lo que cambia
catalogo-precio-archivo = Precio en el archivo
catalogo-importar-nota = Los servicios ya contratados conservan su precio.
catalogo-importar-confirmar = Importar el catálogo
catalogo-importado = Catálogo importado: { $creados } nuevos y { $actualizados } con cambios.
