CREATE TABLE tandas (
    id UUID NOT NULL PRIMARY KEY,
    tipo TEXT NOT NULL,
    actor TEXT NOT NULL,
    permiso TEXT NOT NULL,
    titulo TEXT NOT NULL,
    origen TEXT NOT NULL,
    destino TEXT NOT NULL,
    datos TEXT NOT NULL,
    estado TEXT NOT NULL,
    total BIGINT NOT NULL,
    hechos BIGINT NOT NULL,
    omitidos BIGINT NOT NULL,
    fallidos BIGINT NOT NULL,
    turno BIGINT NOT NULL,
    creada TIMESTAMPTZ NOT NULL,
    avanzo TIMESTAMPTZ NOT NULL,
    avisada TIMESTAMPTZ
);

CREATE TABLE tanda_items (
    tanda_id UUID NOT NULL REFERENCES tandas (id),
    orden BIGINT NOT NULL,
    objeto_id UUID NOT NULL,
    etiqueta TEXT NOT NULL,
    estado TEXT NOT NULL,
    motivo TEXT,
    PRIMARY KEY (tanda_id, orden)
);
CREATE UNIQUE INDEX tanda_items_objeto ON tanda_items (tanda_id, objeto_id);
CREATE INDEX tanda_items_estado ON tanda_items (tanda_id, estado, orden);
