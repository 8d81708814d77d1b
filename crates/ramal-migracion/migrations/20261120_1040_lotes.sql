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
    terminado TIMESTAMPTZ
);
CREATE INDEX lotes_por_huella ON lotes (huella);

CREATE TABLE lote_filas (
    lote_id UUID NOT NULL REFERENCES lotes (id),
    linea BIGINT NOT NULL,
    referencia TEXT NOT NULL,
    estado TEXT NOT NULL,
    cliente_id UUID,
    servicio_id UUID,
    crudo TEXT NOT NULL,
    PRIMARY KEY (lote_id, linea)
);
CREATE INDEX lote_filas_por_referencia ON lote_filas (referencia);
