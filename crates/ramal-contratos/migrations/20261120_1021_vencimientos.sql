ALTER TABLE servicios ADD COLUMN vence DATE;
ALTER TABLE servicios ADD COLUMN cambia DATE;
UPDATE servicios SET vence = proxima_revision;
CREATE INDEX servicios_por_cambiar ON servicios (cambia) WHERE cambia IS NOT NULL;
CREATE INDEX servicios_por_vencer ON servicios (vence, numero) WHERE vence IS NOT NULL;

ALTER TABLE servicio_hechos ADD COLUMN motivo TEXT;

CREATE VIEW v_servicios_cliente AS
SELECT
    s.cliente_id AS cliente_id,
    s.id AS servicio_id,
    s.numero AS numero,
    s.contrato_id AS contrato_id,
    s.producto_id AS producto_id,
    s.descripcion AS descripcion,
    s.precio AS precio,
    s.moneda AS moneda,
    s.periodo_meses AS periodo_meses,
    s.estado AS estado,
    CASE WHEN s.fin IS NULL OR s.vence < s.fin THEN s.vence END AS fecha_vencimiento
FROM servicios s;
