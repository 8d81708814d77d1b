CREATE TABLE eventos (
    id UUID NOT NULL PRIMARY KEY,
    tipo TEXT NOT NULL,
    sujeto TEXT NOT NULL,
    cliente_id UUID,
    instante TIMESTAMPTZ NOT NULL,
    datos TEXT NOT NULL,
    publicado BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX eventos_por_publicar ON eventos (id) WHERE publicado = FALSE;
CREATE INDEX eventos_por_cliente ON eventos (cliente_id, id) WHERE cliente_id IS NOT NULL;

CREATE TABLE correlativos (
    nombre TEXT NOT NULL PRIMARY KEY,
    siguiente BIGINT NOT NULL
);
