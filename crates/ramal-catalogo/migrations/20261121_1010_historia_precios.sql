CREATE TABLE producto_precios (
    producto_id UUID NOT NULL REFERENCES productos (id),
    version BIGINT NOT NULL,
    precio BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    momento TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (producto_id, version)
);

INSERT INTO producto_precios (producto_id, version, precio, moneda, momento)
SELECT id, version, precio, moneda, actualizado FROM productos;
