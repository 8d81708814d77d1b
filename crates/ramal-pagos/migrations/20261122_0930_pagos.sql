CREATE TABLE cajas (
    id UUID NOT NULL PRIMARY KEY,
    codigo TEXT NOT NULL UNIQUE,
    nombre TEXT NOT NULL,
    sucursal_id UUID,
    moneda TEXT NOT NULL,
    activa BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL
);

CREATE TABLE turnos (
    id UUID NOT NULL PRIMARY KEY,
    caja_id UUID NOT NULL REFERENCES cajas (id),
    numero BIGINT NOT NULL,
    actor TEXT NOT NULL,
    estado TEXT NOT NULL,
    moneda TEXT NOT NULL,
    apertura BIGINT NOT NULL,
    denominaciones TEXT NOT NULL,
    fecha DATE NOT NULL,
    abierto TIMESTAMPTZ NOT NULL,
    cerrado TIMESTAMPTZ,
    cerrado_por TEXT,
    aprobado TIMESTAMPTZ,
    aprobado_por TEXT,
    notas TEXT,
    movimientos BIGINT NOT NULL,
    UNIQUE (caja_id, numero)
);
CREATE UNIQUE INDEX turnos_abierto_por_caja ON turnos (caja_id) WHERE estado = 'abierto';
CREATE UNIQUE INDEX turnos_abierto_por_actor ON turnos (actor) WHERE estado = 'abierto';
CREATE INDEX turnos_por_estado ON turnos (estado, id);

CREATE TABLE turno_conteos (
    turno_id UUID NOT NULL REFERENCES turnos (id),
    medio TEXT NOT NULL,
    moneda TEXT NOT NULL,
    esperado BIGINT NOT NULL,
    contado BIGINT NOT NULL,
    PRIMARY KEY (turno_id, medio, moneda)
);

CREATE TABLE pagos (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL UNIQUE,
    cliente_id UUID NOT NULL,
    moneda TEXT NOT NULL,
    monto BIGINT NOT NULL CHECK (monto > 0),
    medio TEXT NOT NULL,
    forma_pago TEXT NOT NULL,
    origen TEXT NOT NULL,
    proveedor TEXT,
    referencia TEXT,
    fecha_valor DATE NOT NULL,
    fecha DATE NOT NULL,
    registrado TIMESTAMPTZ NOT NULL,
    operacion TEXT,
    operacion_busqueda TEXT,
    notas TEXT,
    estado TEXT NOT NULL,
    turno_id UUID REFERENCES turnos (id),
    actor TEXT NOT NULL,
    motivo TEXT,
    deshecho TIMESTAMPTZ,
    deshecho_por TEXT,
    version BIGINT NOT NULL,
    UNIQUE (proveedor, referencia)
);
CREATE INDEX pagos_por_cliente ON pagos (cliente_id, id);
CREATE INDEX pagos_por_fecha ON pagos (fecha, id);
CREATE INDEX pagos_por_medio ON pagos (medio, id);
CREATE INDEX pagos_por_origen ON pagos (origen, id);
CREATE INDEX pagos_por_actor ON pagos (actor, id);
CREATE INDEX pagos_por_monto ON pagos (monto, id);
CREATE INDEX pagos_deshechos ON pagos (estado, id) WHERE estado <> 'vigente';
CREATE INDEX pagos_por_operacion ON pagos (operacion_busqueda) WHERE operacion_busqueda IS NOT NULL;
CREATE INDEX pagos_por_turno ON pagos (turno_id, id) WHERE turno_id IS NOT NULL;

CREATE TABLE recibos_caja (
    id UUID NOT NULL PRIMARY KEY,
    caja_id UUID NOT NULL REFERENCES cajas (id),
    numero BIGINT NOT NULL,
    turno_id UUID NOT NULL REFERENCES turnos (id),
    pago_id UUID NOT NULL UNIQUE REFERENCES pagos (id),
    registrado TIMESTAMPTZ NOT NULL,
    UNIQUE (caja_id, numero)
);
CREATE INDEX recibos_caja_por_turno ON recibos_caja (turno_id, numero);

CREATE TABLE caja_movimientos (
    id UUID NOT NULL PRIMARY KEY,
    turno_id UUID NOT NULL REFERENCES turnos (id),
    clase TEXT NOT NULL,
    medio TEXT NOT NULL,
    moneda TEXT NOT NULL,
    monto BIGINT NOT NULL,
    pago_id UUID,
    motivo TEXT,
    registrado TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL
);
CREATE INDEX caja_movimientos_por_turno ON caja_movimientos (turno_id, id);

CREATE TABLE devoluciones (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL UNIQUE,
    pago_id UUID NOT NULL REFERENCES pagos (id),
    cliente_id UUID NOT NULL,
    moneda TEXT NOT NULL,
    monto BIGINT NOT NULL CHECK (monto > 0),
    medio TEXT NOT NULL,
    motivo TEXT NOT NULL,
    referencia TEXT,
    estado TEXT NOT NULL,
    solicitado TIMESTAMPTZ NOT NULL,
    solicitado_por TEXT NOT NULL,
    resuelto TIMESTAMPTZ,
    resuelto_por TEXT,
    respuesta TEXT,
    UNIQUE (pago_id, referencia)
);
CREATE INDEX devoluciones_por_estado ON devoluciones (estado, id);
CREATE INDEX devoluciones_por_pago ON devoluciones (pago_id, id);

CREATE TABLE contracargos (
    id UUID NOT NULL PRIMARY KEY,
    pago_id UUID NOT NULL UNIQUE REFERENCES pagos (id),
    cliente_id UUID NOT NULL,
    clase TEXT NOT NULL,
    motivo TEXT NOT NULL,
    fecha DATE NOT NULL,
    recargo_id UUID,
    registrado TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL
);
CREATE INDEX contracargos_por_cliente ON contracargos (cliente_id, fecha);

CREATE TABLE contracargo_facturas (
    contracargo_id UUID NOT NULL REFERENCES contracargos (id),
    factura_id UUID NOT NULL,
    reabierto BIGINT NOT NULL,
    PRIMARY KEY (contracargo_id, factura_id)
);
