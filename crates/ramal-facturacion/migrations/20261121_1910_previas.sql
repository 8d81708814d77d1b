ALTER TABLE corridas ADD COLUMN pausada TIMESTAMPTZ;
ALTER TABLE corridas ADD COLUMN previa_id UUID;

CREATE TABLE corrida_previas (
    id UUID NOT NULL PRIMARY KEY,
    fecha DATE NOT NULL,
    estado TEXT NOT NULL,
    actor TEXT NOT NULL,
    huella TEXT,
    datos TEXT,
    resumen TEXT,
    clientes BIGINT NOT NULL,
    creada TIMESTAMPTZ NOT NULL,
    lista TIMESTAMPTZ
);
CREATE INDEX corrida_previas_por_fecha ON corrida_previas (fecha, id);

CREATE TABLE corrida_previa_filas (
    previa_id UUID NOT NULL REFERENCES corrida_previas (id),
    orden BIGINT NOT NULL,
    cliente_id UUID NOT NULL,
    clase TEXT NOT NULL,
    moneda TEXT NOT NULL,
    documentos BIGINT NOT NULL,
    servicios BIGINT NOT NULL,
    desde DATE,
    hasta DATE,
    subtotal BIGINT NOT NULL,
    impuestos BIGINT NOT NULL,
    total BIGINT NOT NULL,
    anterior BIGINT,
    codigo TEXT,
    motivo TEXT,
    PRIMARY KEY (previa_id, orden)
);
CREATE INDEX corrida_previa_filas_por_cliente ON corrida_previa_filas (previa_id, cliente_id);
CREATE INDEX corrida_previa_filas_por_clase ON corrida_previa_filas (previa_id, clase, orden);
