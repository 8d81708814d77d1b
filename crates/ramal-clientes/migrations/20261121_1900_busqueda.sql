ALTER TABLE clientes ADD COLUMN busqueda TEXT NOT NULL DEFAULT '';
UPDATE clientes SET busqueda =
    ' c-' || CAST(numero AS TEXT) || ' ' || LOWER(numero_documento)
    || ' ' || COALESCE(telefono, '') || ' ' || LOWER(COALESCE(email, ''))
    || ' ' || nombre_busqueda || ' ' || LOWER(COALESCE(nombre_comercial, '')) || ' ';
DROP INDEX clientes_por_nombre;
CREATE INDEX clientes_por_nombre ON clientes (nombre_busqueda, id, busqueda);
CREATE INDEX clientes_por_estado ON clientes (estado, nombre_busqueda, id);
CREATE INDEX clientes_por_tipo ON clientes (tipo_documento, nombre_busqueda, id);
CREATE INDEX domicilios_por_zona ON domicilios (zona_id, cliente_id);

CREATE TABLE clientes_lotes (
    lote_id UUID NOT NULL,
    cliente_id UUID NOT NULL REFERENCES clientes (id),
    version BIGINT NOT NULL,
    PRIMARY KEY (lote_id, cliente_id)
);
CREATE INDEX clientes_lotes_por_cliente ON clientes_lotes (cliente_id);
