CREATE TABLE cobros (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL,
    cliente_id UUID NOT NULL,
    moneda TEXT NOT NULL,
    monto BIGINT NOT NULL,
    pasarela TEXT NOT NULL,
    medio TEXT NOT NULL,
    estado TEXT NOT NULL,
    origen TEXT NOT NULL,
    clave TEXT NOT NULL,
    huella TEXT NOT NULL,
    referencia TEXT,
    url TEXT,
    instruccion TEXT,
    falla TEXT,
    vence TIMESTAMPTZ NOT NULL,
    consultas INTEGER NOT NULL,
    proxima TIMESTAMPTZ,
    regreso TIMESTAMPTZ,
    acreditado TIMESTAMPTZ,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX cobros_numero ON cobros (numero);
CREATE UNIQUE INDEX cobros_clave ON cobros (clave);
CREATE UNIQUE INDEX cobros_abierto ON cobros (huella)
    WHERE estado IN ('creado', 'incierto', 'pendiente', 'en_proceso');
CREATE INDEX cobros_por_referencia ON cobros (pasarela, referencia) WHERE referencia IS NOT NULL;
CREATE INDEX cobros_por_cliente ON cobros (cliente_id, id);
CREATE INDEX cobros_por_estado ON cobros (estado, id);
CREATE INDEX cobros_por_preguntar ON cobros (proxima) WHERE proxima IS NOT NULL;
CREATE INDEX cobros_por_creado ON cobros (creado, id);

CREATE TABLE cobro_facturas (
    cobro_id UUID NOT NULL,
    factura_id UUID NOT NULL,
    orden INTEGER NOT NULL,
    numero TEXT NOT NULL,
    monto BIGINT NOT NULL,
    PRIMARY KEY (cobro_id, factura_id)
);
CREATE INDEX cobro_facturas_por_factura ON cobro_facturas (factura_id, cobro_id);

CREATE TABLE cobro_eventos (
    id UUID NOT NULL PRIMARY KEY,
    cobro_id UUID NOT NULL,
    clase TEXT NOT NULL,
    detalle TEXT NOT NULL,
    instante TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL
);
CREATE INDEX cobro_eventos_por_cobro ON cobro_eventos (cobro_id, id);

CREATE TABLE cobro_remotos (
    pasarela TEXT NOT NULL,
    referencia TEXT NOT NULL,
    cobro_id UUID,
    estado TEXT NOT NULL,
    importe BIGINT NOT NULL,
    devuelto BIGINT NOT NULL,
    devuelto_asentado BIGINT NOT NULL,
    contracargo BOOLEAN NOT NULL,
    moneda TEXT NOT NULL,
    comision BIGINT,
    neto BIGINT,
    acreditado TIMESTAMPTZ,
    cuenta TEXT,
    medio TEXT,
    detalle TEXT,
    externa TEXT,
    pago_id UUID,
    leido TIMESTAMPTZ NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (pasarela, referencia)
);
CREATE INDEX cobro_remotos_por_cobro ON cobro_remotos (cobro_id) WHERE cobro_id IS NOT NULL;
CREATE INDEX cobro_remotos_por_pago ON cobro_remotos (pago_id) WHERE pago_id IS NOT NULL;

CREATE TABLE cobro_devoluciones (
    id UUID NOT NULL PRIMARY KEY,
    cobro_id UUID NOT NULL,
    pasarela TEXT NOT NULL,
    referencia TEXT NOT NULL,
    monto BIGINT NOT NULL,
    motivo TEXT NOT NULL,
    estado TEXT NOT NULL,
    remota TEXT,
    falla TEXT,
    actor TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL
);
CREATE INDEX cobro_devoluciones_por_cobro ON cobro_devoluciones (cobro_id, id);
CREATE INDEX cobro_devoluciones_abiertas ON cobro_devoluciones (id)
    WHERE estado IN ('pedida', 'incierta', 'en_proceso');

CREATE TABLE webhooks_entrantes (
    id UUID NOT NULL PRIMARY KEY,
    proveedor TEXT NOT NULL,
    evento_id TEXT NOT NULL,
    clase TEXT NOT NULL,
    recurso TEXT NOT NULL,
    momento TIMESTAMPTZ NOT NULL,
    fuera_de_ventana BOOLEAN NOT NULL,
    consulta TEXT NOT NULL,
    cabeceras TEXT NOT NULL,
    cuerpo BYTEA NOT NULL,
    huella TEXT NOT NULL,
    recibido TIMESTAMPTZ NOT NULL,
    veces INTEGER NOT NULL,
    estado TEXT NOT NULL,
    motivo TEXT,
    cobro_id UUID,
    procesado TIMESTAMPTZ
);
CREATE UNIQUE INDEX webhooks_entrantes_evento ON webhooks_entrantes (proveedor, evento_id);
CREATE INDEX webhooks_entrantes_por_estado ON webhooks_entrantes (estado, id);
CREATE INDEX webhooks_entrantes_por_cobro ON webhooks_entrantes (cobro_id)
    WHERE cobro_id IS NOT NULL;
CREATE INDEX webhooks_entrantes_por_recibido ON webhooks_entrantes (recibido);

CREATE TABLE cobro_avisos_rechazados (
    proveedor TEXT NOT NULL,
    motivo TEXT NOT NULL,
    dia DATE NOT NULL,
    cuenta BIGINT NOT NULL,
    ultimo TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (proveedor, motivo, dia)
);

CREATE TABLE cobro_cuarentena (
    id UUID NOT NULL PRIMARY KEY,
    pasarela TEXT NOT NULL,
    referencia TEXT NOT NULL,
    motivos TEXT NOT NULL,
    estado TEXT NOT NULL,
    importe BIGINT,
    moneda TEXT,
    acreditado TIMESTAMPTZ,
    cobro_id UUID,
    cliente_id UUID,
    factura_id UUID,
    pago_id UUID,
    razon TEXT,
    actor TEXT,
    creado TIMESTAMPTZ NOT NULL,
    resuelto TIMESTAMPTZ
);
CREATE UNIQUE INDEX cobro_cuarentena_clave ON cobro_cuarentena (pasarela, referencia);
CREATE INDEX cobro_cuarentena_por_estado ON cobro_cuarentena (estado, id);

CREATE TABLE pasarela_senales (
    pasarela TEXT NOT NULL PRIMARY KEY,
    aviso TIMESTAMPTZ,
    consulta TIMESTAMPTZ,
    falla TIMESTAMPTZ,
    motivo TEXT
);
