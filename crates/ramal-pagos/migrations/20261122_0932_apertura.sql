CREATE TABLE pagos_apertura (
    unica INTEGER NOT NULL PRIMARY KEY,
    hasta BIGINT NOT NULL
);

INSERT INTO pagos (id, numero, cliente_id, moneda, monto, medio, forma_pago, origen, fecha_valor,
    fecha, registrado, operacion, operacion_busqueda, estado, actor, version)
SELECT a.id, ROW_NUMBER() OVER (ORDER BY a.fecha, a.id), a.cliente_id, a.moneda, a.monto,
    CASE a.forma_pago WHEN '01' THEN 'efectivo' WHEN '02' THEN 'cheque' WHEN '03' THEN 'transferencia'
        WHEN '04' THEN 'tarjeta' WHEN '29' THEN 'tarjeta' WHEN '28' THEN 'tarjeta_debito'
        WHEN '05' THEN 'monedero' WHEN '06' THEN 'monedero' ELSE 'otro' END,
    COALESCE(a.forma_pago, '03'), 'manual', a.fecha_valor, a.fecha, a.registrado, a.operacion,
    LTRIM(UPPER(REPLACE(REPLACE(a.operacion, '-', ''), ' ', '')), '0'), 'vigente', 'migracion', 1
FROM abonos a WHERE a.origen = 'pago' AND a.estado = 'vigente';

INSERT INTO pagos_apertura (unica, hasta) SELECT 1, COUNT(*) FROM pagos;
