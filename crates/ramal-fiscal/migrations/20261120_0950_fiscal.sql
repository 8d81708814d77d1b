CREATE TABLE certificados (
    id UUID NOT NULL PRIMARY KEY,
    emisor_id UUID NOT NULL,
    numero TEXT NOT NULL,
    titular TEXT NOT NULL,
    der BYTEA NOT NULL,
    llave_sellada BYTEA NOT NULL,
    desde TIMESTAMPTZ NOT NULL,
    hasta TIMESTAMPTZ NOT NULL,
    prueba BOOLEAN NOT NULL,
    activo BOOLEAN NOT NULL,
    creado TIMESTAMPTZ NOT NULL
);
CREATE INDEX certificados_por_emisor ON certificados (emisor_id, activo);

CREATE TABLE series (
    emisor_id UUID NOT NULL,
    tipo TEXT NOT NULL,
    serie TEXT NOT NULL,
    siguiente BIGINT NOT NULL,
    activa BOOLEAN NOT NULL,
    PRIMARY KEY (emisor_id, tipo, serie)
);

CREATE TABLE comprobantes (
    id UUID NOT NULL PRIMARY KEY,
    emisor_id UUID NOT NULL,
    cliente_id UUID,
    tipo TEXT NOT NULL,
    serie TEXT NOT NULL,
    folio BIGINT NOT NULL,
    origen_tipo TEXT NOT NULL,
    origen_id UUID NOT NULL,
    fecha DATE NOT NULL,
    emitido TIMESTAMPTZ NOT NULL,
    moneda TEXT NOT NULL,
    total BIGINT NOT NULL,
    estado TEXT NOT NULL,
    intentos INTEGER NOT NULL,
    codigo TEXT,
    mensaje TEXT,
    uuid_fiscal TEXT UNIQUE,
    aceptado TIMESTAMPTZ,
    huella TEXT NOT NULL,
    digest TEXT NOT NULL,
    espera_de UUID,
    cdr_pendiente BOOLEAN NOT NULL,
    cancelacion TEXT,
    version BIGINT NOT NULL,
    UNIQUE (emisor_id, tipo, serie, folio)
);
CREATE INDEX comprobantes_por_estado ON comprobantes (estado, id);
CREATE INDEX comprobantes_por_origen ON comprobantes (origen_id);
CREATE INDEX comprobantes_por_cliente ON comprobantes (cliente_id, id);

CREATE TABLE documentos (
    comprobante_id UUID NOT NULL REFERENCES comprobantes (id),
    clase TEXT NOT NULL,
    huella TEXT NOT NULL,
    peso_bytes BIGINT NOT NULL,
    ruta TEXT,
    contenido BYTEA,
    creado TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (comprobante_id, clase)
);

CREATE TABLE comprobante_eventos (
    id UUID NOT NULL PRIMARY KEY,
    comprobante_id UUID NOT NULL REFERENCES comprobantes (id),
    instante TIMESTAMPTZ NOT NULL,
    estado TEXT NOT NULL,
    codigo TEXT,
    mensaje TEXT,
    intento INTEGER NOT NULL
);
CREATE INDEX comprobante_eventos_por_comprobante ON comprobante_eventos (comprobante_id, id);

CREATE TABLE resumenes (
    id UUID NOT NULL PRIMARY KEY,
    emisor_id UUID NOT NULL,
    tipo TEXT NOT NULL,
    fecha DATE NOT NULL,
    numero BIGINT NOT NULL,
    fecha_referencia DATE NOT NULL,
    nombre TEXT NOT NULL,
    estado TEXT NOT NULL,
    ticket TEXT,
    intentos INTEGER NOT NULL,
    codigo TEXT,
    mensaje TEXT,
    xml BYTEA NOT NULL,
    cdr BYTEA,
    creado TIMESTAMPTZ NOT NULL,
    UNIQUE (emisor_id, tipo, fecha, numero)
);

CREATE TABLE resumen_lineas (
    resumen_id UUID NOT NULL REFERENCES resumenes (id),
    comprobante_id UUID NOT NULL REFERENCES comprobantes (id),
    condicion INTEGER NOT NULL,
    motivo TEXT,
    PRIMARY KEY (resumen_id, comprobante_id)
);
CREATE INDEX resumen_lineas_por_comprobante ON resumen_lineas (comprobante_id);
