CREATE TABLE cobranza_politicas (
    ambito TEXT NOT NULL,
    clave TEXT NOT NULL,
    datos TEXT NOT NULL,
    version BIGINT NOT NULL,
    actor TEXT NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (ambito, clave)
);

CREATE TABLE cobranza_dias (
    id UUID NOT NULL PRIMARY KEY,
    zona_id UUID,
    fecha DATE NOT NULL,
    clase TEXT NOT NULL,
    nombre TEXT NOT NULL,
    actor TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL
);
CREATE INDEX cobranza_dias_por_fecha ON cobranza_dias (fecha, id);

CREATE TABLE cobranza_pasadas (
    fecha DATE NOT NULL PRIMARY KEY,
    estado TEXT NOT NULL,
    cursor UUID,
    clientes BIGINT NOT NULL,
    avisos BIGINT NOT NULL,
    recargos BIGINT NOT NULL,
    creada TIMESTAMPTZ NOT NULL,
    terminada TIMESTAMPTZ
);

CREATE TABLE cobranza_avisos (
    id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL,
    factura_id UUID NOT NULL,
    etapa TEXT NOT NULL,
    clase TEXT NOT NULL,
    fecha DATE NOT NULL,
    estado TEXT NOT NULL,
    avisado DATE,
    notificacion_id UUID,
    motivo TEXT,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL,
    UNIQUE (cliente_id, factura_id, etapa)
);
CREATE INDEX cobranza_avisos_por_estado ON cobranza_avisos (estado, id);
CREATE INDEX cobranza_avisos_por_cliente ON cobranza_avisos (cliente_id, id);

CREATE TABLE cortes (
    id UUID NOT NULL PRIMARY KEY,
    fecha DATE NOT NULL UNIQUE,
    estado TEXT NOT NULL,
    incluidos BIGINT NOT NULL,
    excluidos BIGINT NOT NULL,
    suspendidos BIGINT NOT NULL,
    omitidos BIGINT NOT NULL,
    activos BIGINT NOT NULL,
    espera TEXT,
    aprobada_por TEXT,
    aprobada TIMESTAMPTZ,
    ejecutada TIMESTAMPTZ,
    creada TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE corte_renglones (
    corte_id UUID NOT NULL REFERENCES cortes (id),
    servicio_id UUID NOT NULL,
    cliente_id UUID NOT NULL,
    decision TEXT NOT NULL,
    motivos TEXT NOT NULL,
    vencido BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    dias BIGINT NOT NULL,
    resultado TEXT NOT NULL,
    resuelto TIMESTAMPTZ,
    PRIMARY KEY (corte_id, servicio_id)
);
CREATE INDEX corte_renglones_por_decision ON corte_renglones (corte_id, decision, servicio_id);
CREATE INDEX corte_renglones_por_resultado ON corte_renglones (corte_id, resultado, servicio_id);
CREATE INDEX corte_renglones_por_servicio ON corte_renglones (servicio_id, corte_id);

CREATE TABLE episodios (
    id UUID NOT NULL PRIMARY KEY,
    servicio_id UUID NOT NULL,
    cliente_id UUID NOT NULL,
    corte_id UUID,
    desde DATE NOT NULL,
    suspendido TIMESTAMPTZ NOT NULL,
    hasta DATE,
    terminado TIMESTAMPTZ,
    fin TEXT,
    confirmado TIMESTAMPTZ,
    cargo TEXT NOT NULL,
    cargo_monto BIGINT NOT NULL,
    cargo_moneda TEXT NOT NULL,
    cargo_motivo TEXT,
    cargo_recargo_id UUID,
    cargo_factura_id UUID
);
CREATE UNIQUE INDEX episodios_abiertos ON episodios (servicio_id) WHERE hasta IS NULL;
CREATE INDEX episodios_por_cliente ON episodios (cliente_id, id);
CREATE INDEX episodios_vivos ON episodios (cliente_id) WHERE hasta IS NULL;

CREATE TABLE promesas (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL UNIQUE,
    cliente_id UUID NOT NULL,
    fecha DATE NOT NULL,
    hecha DATE NOT NULL,
    canal TEXT NOT NULL,
    otorgada_por TEXT NOT NULL,
    estado TEXT NOT NULL,
    monto BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    notas TEXT,
    clave TEXT UNIQUE,
    motivo TEXT,
    resuelta TIMESTAMPTZ,
    creada TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX promesas_vigentes ON promesas (cliente_id) WHERE estado = 'vigente';
CREATE INDEX promesas_por_cliente ON promesas (cliente_id, id);
CREATE INDEX promesas_por_estado ON promesas (estado, fecha, id);
CREATE INDEX promesas_por_fecha ON promesas (fecha, id);

CREATE TABLE promesa_partidas (
    promesa_id UUID NOT NULL REFERENCES promesas (id),
    factura_id UUID NOT NULL,
    monto BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    PRIMARY KEY (promesa_id, factura_id)
);

CREATE TABLE exenciones (
    id UUID NOT NULL PRIMARY KEY,
    servicio_id UUID NOT NULL,
    cliente_id UUID NOT NULL,
    hasta DATE NOT NULL,
    motivo TEXT NOT NULL,
    actor TEXT NOT NULL,
    creada TIMESTAMPTZ NOT NULL,
    retirada TIMESTAMPTZ
);
CREATE UNIQUE INDEX exenciones_vigentes ON exenciones (servicio_id) WHERE retirada IS NULL;
CREATE INDEX exenciones_por_cliente ON exenciones (cliente_id, id);

CREATE TABLE pausas (
    id UUID NOT NULL PRIMARY KEY,
    servicio_id UUID NOT NULL,
    cliente_id UUID NOT NULL,
    pedida DATE NOT NULL,
    desde DATE NOT NULL,
    hasta DATE NOT NULL,
    estado TEXT NOT NULL,
    cargo_monto BIGINT NOT NULL,
    cargo_moneda TEXT NOT NULL,
    cargo_estado TEXT NOT NULL,
    actor TEXT NOT NULL,
    notas TEXT,
    creada TIMESTAMPTZ NOT NULL
);
CREATE INDEX pausas_por_servicio ON pausas (servicio_id, desde);
CREATE INDEX pausas_por_cliente ON pausas (cliente_id, id);
CREATE INDEX pausas_por_volver ON pausas (hasta, id) WHERE estado = 'programada';

CREATE TABLE estado_red (
    servicio_id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL,
    deseado TEXT NOT NULL,
    desde TIMESTAMPTZ NOT NULL,
    observado TEXT,
    confirmado BOOLEAN NOT NULL,
    visto TIMESTAMPTZ,
    pendiente BOOLEAN NOT NULL,
    intentos BIGINT NOT NULL,
    fallo TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX estado_red_pendientes ON estado_red (servicio_id) WHERE pendiente = TRUE;
CREATE INDEX estado_red_por_visto ON estado_red (visto);

CREATE TABLE cobranza_recargos (
    factura_id UUID NOT NULL,
    etapa TEXT NOT NULL,
    cliente_id UUID NOT NULL,
    monto BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    estado TEXT NOT NULL,
    fecha DATE NOT NULL,
    promesa_id UUID,
    recargo_id UUID,
    motivo TEXT,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (factura_id, etapa)
);
CREATE INDEX cobranza_recargos_por_cliente ON cobranza_recargos (cliente_id, fecha);
CREATE INDEX cobranza_recargos_por_promesa ON cobranza_recargos (promesa_id) WHERE promesa_id IS NOT NULL;

CREATE TABLE reaperturas (
    factura_id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL,
    fecha DATE NOT NULL
);
CREATE INDEX reaperturas_por_cliente ON reaperturas (cliente_id);

CREATE TABLE morosos (
    cliente_id UUID NOT NULL,
    moneda TEXT NOT NULL,
    vencido BIGINT NOT NULL,
    desde DATE NOT NULL,
    facturas BIGINT NOT NULL,
    estado TEXT NOT NULL,
    corte DATE,
    actualizado TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (cliente_id, moneda)
);
CREATE INDEX morosos_por_dia ON morosos (desde, cliente_id, moneda);
CREATE INDEX morosos_por_vencido ON morosos (vencido, cliente_id, moneda);
CREATE INDEX morosos_por_estado ON morosos (estado, desde, cliente_id, moneda);
