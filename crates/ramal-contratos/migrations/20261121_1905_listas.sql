CREATE INDEX servicios_por_estado ON servicios (estado, numero);
CREATE INDEX servicios_por_estado_cliente ON servicios (estado, cliente_id);
CREATE INDEX servicios_por_producto ON servicios (producto_id, numero);
