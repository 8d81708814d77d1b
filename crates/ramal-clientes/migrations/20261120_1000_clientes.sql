CREATE TABLE clientes (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL UNIQUE,
    pais TEXT NOT NULL,
    tipo_documento TEXT NOT NULL,
    numero_documento TEXT NOT NULL,
    identidad TEXT UNIQUE,
    razon_social TEXT NOT NULL,
    nombre_busqueda TEXT NOT NULL,
    nombre_comercial TEXT,
    email TEXT,
    telefono TEXT,
    regimen_fiscal TEXT,
    uso_cfdi TEXT,
    codigo_postal TEXT,
    direccion TEXT,
    estado TEXT NOT NULL,
    notas TEXT,
    lote_id UUID,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL
);
CREATE INDEX clientes_por_documento ON clientes (numero_documento);
CREATE INDEX clientes_por_nombre ON clientes (nombre_busqueda, id);
CREATE INDEX clientes_por_lote ON clientes (lote_id) WHERE lote_id IS NOT NULL;

CREATE TABLE domicilios (
    id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL REFERENCES clientes (id),
    clase TEXT NOT NULL,
    linea TEXT NOT NULL,
    colonia TEXT,
    ciudad TEXT,
    region TEXT,
    codigo_postal TEXT,
    ubigeo TEXT,
    zona_id UUID,
    creado TIMESTAMPTZ NOT NULL
);
CREATE INDEX domicilios_por_cliente ON domicilios (cliente_id);

CREATE TABLE contactos (
    id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL REFERENCES clientes (id),
    nombre TEXT NOT NULL,
    cargo TEXT,
    email TEXT,
    telefono TEXT,
    creado TIMESTAMPTZ NOT NULL
);
CREATE INDEX contactos_por_cliente ON contactos (cliente_id);

CREATE TABLE consentimientos (
    id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL REFERENCES clientes (id),
    version BIGINT NOT NULL,
    finalidad TEXT NOT NULL,
    canal TEXT NOT NULL,
    otorgado BOOLEAN NOT NULL,
    origen TEXT NOT NULL,
    fecha TIMESTAMPTZ NOT NULL,
    UNIQUE (cliente_id, finalidad, canal, version)
);
