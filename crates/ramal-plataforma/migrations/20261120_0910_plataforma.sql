CREATE TABLE empresas (
    id UUID NOT NULL PRIMARY KEY,
    unica INTEGER NOT NULL DEFAULT 1 UNIQUE CHECK (unica = 1),
    nombre TEXT NOT NULL,
    pais TEXT NOT NULL,
    zona_horaria TEXT NOT NULL,
    moneda TEXT NOT NULL,
    ajustes TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL
);

CREATE TABLE emisores (
    id UUID NOT NULL PRIMARY KEY,
    pais TEXT NOT NULL,
    numero TEXT NOT NULL,
    razon_social TEXT NOT NULL,
    nombre_comercial TEXT,
    regimen_fiscal TEXT,
    codigo_postal TEXT,
    ubigeo TEXT,
    direccion TEXT,
    departamento TEXT,
    provincia TEXT,
    distrito TEXT,
    establecimiento TEXT,
    moneda TEXT NOT NULL,
    zona_horaria TEXT NOT NULL,
    modo TEXT NOT NULL,
    ajustes TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    UNIQUE (pais, numero)
);

CREATE TABLE claves_api (
    id UUID NOT NULL PRIMARY KEY,
    nombre TEXT NOT NULL,
    prefijo TEXT NOT NULL UNIQUE,
    huella TEXT NOT NULL,
    permisos TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    revocada TIMESTAMPTZ,
    ultimo_uso TIMESTAMPTZ
);
CREATE UNIQUE INDEX claves_api_vigentes ON claves_api (nombre) WHERE revocada IS NULL;

CREATE TABLE secretos (
    nombre TEXT NOT NULL PRIMARY KEY,
    sellado BYTEA NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL
);

CREATE TABLE auditoria (
    id UUID NOT NULL PRIMARY KEY,
    instante TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    accion TEXT NOT NULL,
    objeto_tipo TEXT NOT NULL,
    objeto_id TEXT NOT NULL,
    antes TEXT,
    despues TEXT
);
CREATE INDEX auditoria_por_objeto ON auditoria (objeto_tipo, objeto_id, id);
