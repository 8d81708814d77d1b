CREATE TABLE lotes (
    id UUID NOT NULL PRIMARY KEY,
    huella TEXT NOT NULL,
    archivo TEXT NOT NULL,
    perfil TEXT NOT NULL,
    emisor_id UUID NOT NULL,
    estado TEXT NOT NULL,
    filas BIGINT NOT NULL,
    importadas BIGINT NOT NULL,
    ultima_linea BIGINT NOT NULL,
    informe TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    terminado TIMESTAMPTZ,
    UNIQUE (huella, perfil, emisor_id)
);

CREATE TABLE lote_filas (
    lote_id UUID NOT NULL REFERENCES lotes (id),
    linea BIGINT NOT NULL,
    ambito TEXT NOT NULL,
    referencia TEXT,
    codigo TEXT,
    cliente_id UUID,
    servicio_id UUID,
    crudo TEXT NOT NULL,
    PRIMARY KEY (lote_id, linea),
    UNIQUE (ambito, referencia)
);
CREATE INDEX lote_filas_por_servicio ON lote_filas (servicio_id) WHERE servicio_id IS NOT NULL;
