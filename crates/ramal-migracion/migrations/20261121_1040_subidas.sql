CREATE TABLE subidas (
    id UUID NOT NULL PRIMARY KEY,
    huella TEXT NOT NULL,
    archivo TEXT NOT NULL,
    peso BIGINT NOT NULL,
    lineas BIGINT NOT NULL,
    perfil TEXT NOT NULL,
    emisor TEXT NOT NULL,
    al DATE NOT NULL,
    duplicados TEXT NOT NULL,
    estado TEXT NOT NULL,
    filas BIGINT NOT NULL,
    rechazadas BIGINT NOT NULL,
    informe TEXT NOT NULL,
    motivo TEXT NOT NULL,
    lote_id UUID,
    actor TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL
);
CREATE INDEX subidas_por_estado ON subidas (estado, creado);
CREATE INDEX lotes_por_creado ON lotes (creado, id);
