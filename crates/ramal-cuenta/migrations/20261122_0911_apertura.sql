-- Opens the ledger with what was issued and settled before it; listed by ramal-facturacion, whose tables it reads.
INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor)
SELECT f.id, f.cliente_id, f.moneda, CASE f.clase WHEN 'recibo' THEN 'factura' ELSE f.clase END,
    CASE f.clase WHEN 'nota_credito' THEN 'ventas' ELSE 'por_cobrar' END,
    CASE f.clase WHEN 'nota_credito' THEN 'por_cobrar' ELSE 'ventas' END,
    f.total, 'factura', f.id, COALESCE(f.relacionada_id, f.id), f.fecha, f.fecha, f.emitida, 'migracion'
FROM facturas f WHERE f.total > 0 AND f.estado <> 'borrador';

INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor)
SELECT unhex(substr(hex(f.id), 1, 12) || 'a' || substr(hex(f.id), 14)), f.cliente_id, f.moneda, 'anulacion', 'ventas', 'por_cobrar', f.total - f.acreditado,
    'factura', f.id, f.id, f.fecha, f.fecha, f.emitida, 'migracion'
FROM facturas f WHERE f.estado = 'anulada' AND f.clase <> 'nota_credito' AND f.total > f.acreditado;

INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor)
SELECT unhex(substr(hex(f.id), 1, 12) || 'b' || substr(hex(f.id), 14)), f.cliente_id, f.moneda, 'redondeo',
    CASE WHEN n.diferencia > 0 THEN 'ajustes' ELSE 'por_cobrar' END,
    CASE WHEN n.diferencia > 0 THEN 'por_cobrar' ELSE 'ajustes' END,
    ABS(n.diferencia), 'factura', f.id, f.id, f.fecha, f.fecha, f.emitida, 'migracion'
FROM facturas f JOIN (SELECT g.id, g.acreditado - CAST(COALESCE(SUM(h.total), 0) AS BIGINT) AS diferencia
    FROM facturas g LEFT JOIN facturas h ON h.relacionada_id = g.id AND h.clase = 'nota_credito'
    WHERE g.acreditado > 0 GROUP BY g.id, g.acreditado) n ON n.id = f.id
WHERE n.diferencia <> 0;

INSERT INTO abonos (id, cliente_id, moneda, monto, aplicado, retirado, origen, contrapartida,
    fecha_valor, fecha, forma_pago, operacion, estado, registrado)
SELECT f.id, f.cliente_id, f.moneda,
    CASE WHEN COALESCE(json_extract(f.pago, '$.importe'), 0) > f.aplicado THEN json_extract(f.pago, '$.importe') ELSE f.aplicado END, f.aplicado, 0, 'pago',
    CASE WHEN json_extract(f.pago, '$.forma_pago') = '01' THEN 'caja' ELSE 'banco' END, COALESCE(json_extract(f.pago, '$.fecha'), f.fecha),
    COALESCE(json_extract(f.pago, '$.fecha'), f.fecha), COALESCE(json_extract(f.pago, '$.forma_pago'), '03'), json_extract(f.pago, '$.operacion'), 'vigente', COALESCE(f.pagada, f.emitida)
FROM facturas f WHERE f.estado = 'pagada' AND f.clase <> 'nota_credito'
    AND (f.aplicado > 0 OR COALESCE(json_extract(f.pago, '$.importe'), 0) > 0);

INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor, detalle)
SELECT unhex(substr(hex(f.id), 1, 12) || '8' || substr(hex(f.id), 14)), f.cliente_id, f.moneda, 'abono', a.contrapartida, 'a_favor', a.monto, 'abono', a.id,
    NULL, a.fecha_valor, a.fecha, a.registrado, 'migracion', a.operacion
FROM facturas f JOIN abonos a ON a.id = f.id;

INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor)
SELECT unhex(substr(hex(f.id), 1, 12) || '9' || substr(hex(f.id), 14)), f.cliente_id, f.moneda, 'imputacion', 'a_favor', 'por_cobrar', a.aplicado, 'abono', a.id,
    f.id, a.fecha_valor, a.fecha, a.registrado, 'migracion'
FROM facturas f JOIN abonos a ON a.id = f.id WHERE a.aplicado > 0;

INSERT INTO imputaciones (id, abono_id, factura_id, linea, monto, acto, fecha_valor, fecha, registrado)
SELECT unhex(substr(hex(f.id), 1, 12) || 'c' || printf('%03X', l.linea) || substr(hex(f.id), 17)), a.id, f.id, l.linea, l.aplicado, a.id, a.fecha_valor, a.fecha, a.registrado
FROM facturas f JOIN abonos a ON a.id = f.id JOIN factura_lineas l ON l.factura_id = f.id
WHERE l.aplicado > 0;

INSERT INTO saldos_cliente (cliente_id, moneda, por_cobrar, a_favor)
SELECT m.cliente_id, m.moneda,
    CAST(SUM(CASE WHEN m.debe = 'por_cobrar' THEN m.monto WHEN m.haber = 'por_cobrar' THEN -m.monto ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN m.haber = 'a_favor' THEN m.monto WHEN m.debe = 'a_favor' THEN -m.monto ELSE 0 END) AS BIGINT)
FROM movimientos m GROUP BY m.cliente_id, m.moneda;
