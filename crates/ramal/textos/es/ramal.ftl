# Texts of the pages that belong to no slice.
inicio-titulo = Ramal
inicio-entrada = Clientes, facturas y comprobantes de { $empresa }.
inicio-personal = Personal
inicio-personal-texto = Administración, facturación, cobranzas, soporte y técnicos.
inicio-entrar = Entrar
inicio-cliente = Clientes
inicio-cliente-texto = La factura se abre con el enlace que llega por WhatsApp o correo, sin contraseña.
inicio-ayuda = No llegó el enlace
inicio-demo = Empresa de demostración: los datos son inventados y las autoridades, emuladas.

ayuda-titulo = Ayuda
ayuda-entrar = No se puede entrar
ayuda-entrar-clave = Si la contraseña no se recuerda, se pide un enlace nuevo:
ayuda-entrar-recuperar = recuperar el acceso
ayuda-entrar-bloqueo = Tras varios intentos fallidos hay que esperar unos minutos; la pantalla dice cuántos.
ayuda-entrar-permiso = Si una página dice que falta un permiso, lo otorga quien administra Ramal en la empresa.
ayuda-factura = Una factura
ayuda-factura-enlace = El enlace de una factura no vence. Si no llegó, la empresa puede mandarlo de nuevo.
ayuda-factura-datos = Si un dato está mal, hay que avisar antes de pagar: se corrige y se emite otra.
ayuda-teclas = Atajos de teclado
ayuda-teclas-texto = En las pantallas de personal, la lista de atajos se abre con

buscar-titulo = Buscar
buscar-etiqueta = Nombre, documento, teléfono, código o número de factura
buscar-boton = Buscar
buscar-ayuda = Basta una parte del nombre, con o sin acentos.
buscar-nada = Nada coincide
buscar-nada-texto = Probar con menos letras, con el documento o con el número impreso.
buscar-clientes = Clientes
buscar-facturas = Facturas
buscar-todos = Ver la lista completa

sistema-titulo = Sistema
sistema-programa = Programa
sistema-version = Versión
sistema-modo = Modo
sistema-modo-demo = Demostración
sistema-modo-prueba = Pruebas
sistema-modo-produccion = Producción
sistema-direccion = Dirección pública
sistema-base = Base de datos
sistema-eventos = Eventos por publicar
sistema-api = Referencia de la API
sistema-salud = Salud
sistema-horarios = Tareas programadas, última vez
sistema-horarios-nada = Ninguna tarea corrió todavía.
sistema-cola = Cola de trabajos
sistema-cola-nada = La cola está vacía.
sistema-tipo = Trabajo
sistema-estado = Estado
sistema-cantidad = Cantidad
sistema-muertos = Trabajos abandonados
sistema-muertos-nada = Ninguno: todo lo pedido se hizo o sigue en la cola.
sistema-muertos-texto = Agotaron sus intentos. Tras corregir la causa se les da otra oportunidad; repetirlos no duplica nada.
sistema-motivo = Motivo
sistema-intentos = Intentos
sistema-creado = Pedido
sistema-acciones = Acciones
sistema-revivir = Intentar de nuevo
sistema-revivido = El trabajo volvió a la cola.
sistema-ya-no = Ese trabajo ya no estaba abandonado.

tablero-titulo = Inicio
tablero-facturado = Facturado en el mes
tablero-por-cobrar = Por cobrar
tablero-vencidas = { $n ->
    [0] nada vencido
    [one] 1 factura vencida
   *[other] { $n } facturas vencidas
  }
tablero-clientes = Clientes activos
tablero-servicios = Servicios activos
tablero-suspendidos = { $n ->
    [0] ninguno suspendido
    [one] 1 suspendido
   *[other] { $n } suspendidos
  }
tablero-aceptados = Comprobantes aceptados
tablero-rechazados = { $n ->
    [0] ninguno rechazado
    [one] 1 rechazado
   *[other] { $n } rechazados
  }
tablero-sistema = Sistema
tablero-ventas = Facturado por mes, doce meses, { $moneda }
tablero-ventas-conclusion = El mes más alto de los últimos doce es { $mes }, con { $total }.
tablero-columna = Facturado
tablero-atencion = Requiere atención
tablero-en-orden = Todo en orden.
tablero-hay-rechazados = { $n ->
    [one] 1 comprobante rechazado
   *[other] { $n } comprobantes rechazados
  }
tablero-certificados = { $n ->
    [one] 1 certificado vence en menos de 30 días
   *[other] { $n } certificados vencen en menos de 30 días
  }
tablero-aparcados = { $n ->
    [one] 1 cliente quedó fuera de la última corrida
   *[other] { $n } clientes quedaron fuera de la última corrida
  }
tablero-muertos = { $n ->
    [one] 1 trabajo abandonado
   *[other] { $n } trabajos abandonados
  }
tablero-corregir = Corregir
tablero-renovar = Renovar
tablero-mirar = Mirar
