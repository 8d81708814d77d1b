CREATE TABLE notificaciones (
    id UUID NOT NULL PRIMARY KEY,
    clave TEXT NOT NULL UNIQUE,
    clase TEXT NOT NULL,
    cliente_id UUID,
    usuario_id UUID,
    nombre TEXT NOT NULL,
    email TEXT,
    whatsapp TEXT,
    pais TEXT NOT NULL,
    zona_horaria TEXT NOT NULL,
    canales TEXT NOT NULL,
    variables TEXT NOT NULL,
    adjuntos TEXT NOT NULL,
    objeto_tipo TEXT,
    objeto_id UUID,
    grupo TEXT,
    lider_id UUID,
    estado TEXT NOT NULL,
    motivo TEXT,
    canal TEXT,
    doble BOOLEAN NOT NULL,
    no_antes TIMESTAMPTZ,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL
);
CREATE INDEX notificaciones_por_objeto ON notificaciones (objeto_tipo, objeto_id, id)
    WHERE objeto_id IS NOT NULL;
CREATE INDEX notificaciones_por_lider ON notificaciones (lider_id) WHERE lider_id IS NOT NULL;
CREATE INDEX notificaciones_por_grupo ON notificaciones (grupo, clase, id)
    WHERE grupo IS NOT NULL AND lider_id IS NULL AND estado = 'encolada';
CREATE INDEX notificaciones_por_cliente ON notificaciones (cliente_id, id)
    WHERE cliente_id IS NOT NULL;

CREATE TABLE envios (
    id UUID NOT NULL PRIMARY KEY,
    notificacion_id UUID NOT NULL REFERENCES notificaciones (id),
    orden INTEGER NOT NULL,
    canal TEXT NOT NULL,
    clase TEXT NOT NULL,
    cliente_id UUID,
    nombre TEXT NOT NULL,
    direccion TEXT NOT NULL,
    estado TEXT NOT NULL,
    codigo TEXT,
    mensaje TEXT,
    linea_id UUID,
    wamid TEXT,
    message_id TEXT,
    forma TEXT,
    plantilla_version BIGINT NOT NULL,
    visto TEXT NOT NULL,
    carga BYTEA,
    carga_objeto TEXT,
    carga_huella TEXT,
    carga_de UUID,
    sellada BOOLEAN NOT NULL,
    medio TEXT,
    respaldo_de UUID,
    solo_plantilla BOOLEAN NOT NULL,
    intentos INTEGER NOT NULL,
    turno TIMESTAMPTZ,
    espera TEXT,
    dia DATE NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    saliendo TIMESTAMPTZ,
    aceptado TIMESTAMPTZ,
    enviado TIMESTAMPTZ,
    entregado TIMESTAMPTZ,
    leido TIMESTAMPTZ,
    fallido TIMESTAMPTZ,
    UNIQUE (notificacion_id, orden)
);
CREATE UNIQUE INDEX envios_por_wamid ON envios (wamid) WHERE wamid IS NOT NULL;
CREATE INDEX envios_por_estado ON envios (estado, id);
CREATE INDEX envios_por_canal ON envios (canal, id);
CREATE INDEX envios_por_clase ON envios (clase, id);
CREATE INDEX envios_por_cliente ON envios (cliente_id, id) WHERE cliente_id IS NOT NULL;
CREATE INDEX envios_por_direccion ON envios (direccion, id);
CREATE INDEX envios_por_dia ON envios (dia, canal, estado);

CREATE TABLE envio_pasos (
    id UUID NOT NULL PRIMARY KEY,
    envio_id UUID NOT NULL REFERENCES envios (id),
    momento TIMESTAMPTZ NOT NULL,
    paso TEXT NOT NULL,
    codigo TEXT,
    detalle TEXT
);
CREATE INDEX envio_pasos_por_envio ON envio_pasos (envio_id, id);

CREATE TABLE oposiciones (
    canal TEXT NOT NULL,
    direccion TEXT NOT NULL,
    finalidad TEXT NOT NULL,
    vigente BOOLEAN NOT NULL,
    origen TEXT NOT NULL,
    momento TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (direccion, canal, finalidad)
);

CREATE TABLE direcciones_dudosas (
    canal TEXT NOT NULL,
    direccion TEXT NOT NULL,
    codigo TEXT NOT NULL,
    desde TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (direccion, canal)
);

CREATE TABLE lineas (
    id UUID NOT NULL PRIMARY KEY,
    nombre TEXT NOT NULL,
    numero TEXT NOT NULL,
    telefono_id TEXT NOT NULL UNIQUE,
    cuenta_id TEXT NOT NULL,
    version_graph TEXT NOT NULL,
    base_url TEXT NOT NULL,
    activa BOOLEAN NOT NULL,
    por_segundo INTEGER NOT NULL,
    ultimo_entrante TIMESTAMPTZ,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL
);

CREATE TABLE detenciones (
    clave TEXT NOT NULL PRIMARY KEY,
    codigo TEXT NOT NULL,
    motivo TEXT NOT NULL,
    desde TIMESTAMPTZ NOT NULL
);

CREATE TABLE ritmos (
    clave TEXT NOT NULL PRIMARY KEY,
    libre TIMESTAMPTZ NOT NULL
);

CREATE TABLE ventanas (
    linea_id UUID NOT NULL,
    usuario TEXT NOT NULL,
    hasta TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (linea_id, usuario)
);

CREATE TABLE plantillas (
    id UUID NOT NULL PRIMARY KEY,
    clase TEXT NOT NULL,
    canal TEXT NOT NULL,
    pais TEXT NOT NULL,
    version BIGINT NOT NULL,
    contenido TEXT NOT NULL,
    autor TEXT NOT NULL,
    nota TEXT,
    creado TIMESTAMPTZ NOT NULL,
    UNIQUE (clase, canal, pais, version)
);

CREATE TABLE plantillas_meta (
    cuenta_id TEXT NOT NULL,
    nombre TEXT NOT NULL,
    idioma TEXT NOT NULL,
    estado TEXT NOT NULL,
    categoria TEXT NOT NULL,
    motivo TEXT,
    parametros INTEGER,
    actualizado TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (cuenta_id, nombre, idioma)
);

CREATE TABLE tarifas_whatsapp (
    mercado TEXT NOT NULL,
    categoria TEXT NOT NULL,
    desde DATE NOT NULL,
    moneda TEXT NOT NULL,
    micros BIGINT NOT NULL,
    PRIMARY KEY (mercado, categoria, desde)
);
INSERT INTO tarifas_whatsapp (mercado, categoria, desde, moneda, micros) VALUES
    ('MX', 'MARKETING', '2025-07-01', 'USD', 30500),
    ('MX', 'UTILITY', '2025-07-01', 'USD', 8500),
    ('MX', 'AUTHENTICATION', '2025-07-01', 'USD', 8500),
    ('PE', 'MARKETING', '2025-07-01', 'USD', 70300),
    ('PE', 'UTILITY', '2025-07-01', 'USD', 20000),
    ('PE', 'AUTHENTICATION', '2025-07-01', 'USD', 20000),
    ('AR', 'MARKETING', '2025-07-01', 'USD', 61800),
    ('AR', 'UTILITY', '2025-07-01', 'USD', 26000),
    ('AR', 'AUTHENTICATION', '2025-07-01', 'USD', 26000);

CREATE TABLE costos_whatsapp (
    telefono_id TEXT NOT NULL,
    wamid TEXT NOT NULL,
    envio_id UUID,
    cliente_id UUID,
    clase TEXT,
    mercado TEXT NOT NULL,
    categoria TEXT NOT NULL,
    modelo TEXT NOT NULL,
    tipo TEXT NOT NULL,
    facturable BOOLEAN NOT NULL,
    micros BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    momento TIMESTAMPTZ NOT NULL,
    mes TEXT NOT NULL,
    PRIMARY KEY (telefono_id, wamid)
);
CREATE INDEX costos_whatsapp_por_mes ON costos_whatsapp (mes, categoria);
CREATE INDEX costos_whatsapp_por_cliente ON costos_whatsapp (cliente_id, mes)
    WHERE cliente_id IS NOT NULL;

CREATE TABLE webhooks_whatsapp (
    id UUID NOT NULL PRIMARY KEY,
    huella TEXT NOT NULL UNIQUE,
    cuerpo BYTEA NOT NULL,
    recibido TIMESTAMPTZ NOT NULL,
    procesado TIMESTAMPTZ,
    sin_linea BOOLEAN NOT NULL
);
CREATE INDEX webhooks_whatsapp_por_recibido ON webhooks_whatsapp (recibido);

CREATE TABLE webhooks_rechazados (
    proveedor TEXT NOT NULL,
    motivo TEXT NOT NULL,
    dia DATE NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (proveedor, dia, motivo)
);

CREATE TABLE mensajes_recibidos (
    id UUID NOT NULL PRIMARY KEY,
    telefono_id TEXT NOT NULL,
    wamid TEXT NOT NULL,
    usuario TEXT NOT NULL,
    tipo TEXT NOT NULL,
    texto TEXT,
    crudo TEXT NOT NULL,
    momento TIMESTAMPTZ NOT NULL,
    recibido TIMESTAMPTZ NOT NULL,
    UNIQUE (telefono_id, wamid)
);
CREATE INDEX mensajes_recibidos_por_usuario ON mensajes_recibidos (usuario, momento);

CREATE TABLE estados_whatsapp (
    telefono_id TEXT NOT NULL,
    wamid TEXT NOT NULL,
    estado TEXT NOT NULL,
    momento TIMESTAMPTZ NOT NULL,
    marca TEXT,
    codigo BIGINT,
    detalle TEXT,
    precio TEXT,
    envio_id UUID,
    recibido TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (telefono_id, wamid, estado)
);
CREATE INDEX estados_whatsapp_sueltos ON estados_whatsapp (recibido) WHERE envio_id IS NULL;
CREATE INDEX estados_whatsapp_por_wamid ON estados_whatsapp (wamid);

CREATE TABLE avisos_app (
    id UUID NOT NULL PRIMARY KEY,
    notificacion_id UUID NOT NULL UNIQUE,
    envio_id UUID,
    cliente_id UUID,
    usuario_id UUID,
    titulo TEXT NOT NULL,
    texto TEXT NOT NULL,
    boton TEXT,
    enlace TEXT,
    creado TIMESTAMPTZ NOT NULL,
    leido TIMESTAMPTZ
);
CREATE INDEX avisos_app_por_cliente ON avisos_app (cliente_id, id) WHERE cliente_id IS NOT NULL;
CREATE INDEX avisos_app_por_usuario ON avisos_app (usuario_id, id) WHERE usuario_id IS NOT NULL;

CREATE TABLE ajustes_mensajeria (
    nombre TEXT NOT NULL PRIMARY KEY,
    valor TEXT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE pruebas_canal (
    clave TEXT NOT NULL PRIMARY KEY,
    pedida TIMESTAMPTZ NOT NULL,
    hecha TIMESTAMPTZ,
    bien BOOLEAN,
    detalle TEXT
);
