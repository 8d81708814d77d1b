CREATE TABLE zonas (
    id UUID NOT NULL PRIMARY KEY,
    codigo TEXT NOT NULL UNIQUE,
    nombre TEXT NOT NULL,
    codigos_postales TEXT NOT NULL,
    tecnologias TEXT NOT NULL,
    activa BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL
);

CREATE TABLE productos (
    id UUID NOT NULL PRIMARY KEY,
    codigo TEXT NOT NULL UNIQUE,
    nombre TEXT NOT NULL UNIQUE,
    nombre_busqueda TEXT NOT NULL,
    clase TEXT NOT NULL,
    categoria TEXT NOT NULL,
    tecnologia TEXT,
    precio BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    periodos TEXT NOT NULL,
    impuesto_incluido BOOLEAN NOT NULL,
    requiere_factura BOOLEAN NOT NULL,
    impuesto TEXT NOT NULL,
    clave_prod_serv TEXT,
    clave_unidad TEXT,
    velocidad_mbps INTEGER,
    configuracion TEXT NOT NULL,
    activo BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL
);

CREATE TABLE producto_componentes (
    combo_id UUID NOT NULL REFERENCES productos (id),
    producto_id UUID NOT NULL REFERENCES productos (id),
    cantidad INTEGER NOT NULL,
    PRIMARY KEY (combo_id, producto_id)
);

CREATE TABLE precios_zona (
    id UUID NOT NULL PRIMARY KEY,
    producto_id UUID NOT NULL REFERENCES productos (id),
    zona_id UUID NOT NULL REFERENCES zonas (id),
    precio BIGINT NOT NULL,
    desde DATE NOT NULL,
    hasta DATE,
    UNIQUE (producto_id, zona_id, desde)
);

CREATE TABLE promociones (
    id UUID NOT NULL PRIMARY KEY,
    codigo TEXT NOT NULL UNIQUE,
    nombre TEXT NOT NULL,
    producto_id UUID REFERENCES productos (id),
    clase TEXT NOT NULL,
    valor BIGINT NOT NULL,
    moneda TEXT,
    periodos INTEGER,
    desde DATE NOT NULL,
    hasta DATE,
    activa BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL
);
CREATE INDEX precios_por_zona ON precios_zona (zona_id, desde);
