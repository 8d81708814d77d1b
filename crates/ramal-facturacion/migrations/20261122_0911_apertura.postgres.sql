-- Opens the ledger with what was issued and settled before it. tidy: allow-file(foreign-table) this slice knows what it issued
UPDATE factura_lineas SET cobrable = total;
UPDATE factura_lineas SET cobrable = cobrable
    + (SELECT f.total FROM facturas f WHERE f.id = factura_lineas.factura_id)
    - (SELECT CAST(SUM(m.total) AS BIGINT) FROM factura_lineas m WHERE m.factura_id = factura_lineas.factura_id)
    WHERE linea = (SELECT m.linea FROM factura_lineas m WHERE m.factura_id = factura_lineas.factura_id
        ORDER BY m.total DESC, m.linea LIMIT 1);
UPDATE factura_lineas SET rebajado = CASE WHEN acreditado >= importe THEN cobrable
    ELSE acreditado * cobrable / importe END WHERE acreditado > 0;
UPDATE facturas SET acreditado = (SELECT CAST(COALESCE(SUM(l.rebajado), 0) AS BIGINT)
    FROM factura_lineas l WHERE l.factura_id = facturas.id) WHERE acreditado > 0;
UPDATE factura_lineas SET aplicado = cobrable - rebajado WHERE factura_id IN
    (SELECT f.id FROM facturas f WHERE f.estado = 'pagada' AND f.clase <> 'nota_credito');
UPDATE facturas SET aplicado = total - acreditado WHERE estado = 'pagada' AND clase <> 'nota_credito';
UPDATE facturas SET efecto = 'deuda' WHERE clase = 'nota_credito';

INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor)
SELECT f.id, f.cliente_id, f.moneda, CASE f.clase WHEN 'recibo' THEN 'factura' ELSE f.clase END,
    CASE f.clase WHEN 'nota_credito' THEN 'ventas' ELSE 'por_cobrar' END,
    CASE f.clase WHEN 'nota_credito' THEN 'por_cobrar' ELSE 'ventas' END,
    f.total, 'factura', f.id, COALESCE(f.relacionada_id, f.id), f.fecha, f.fecha, f.emitida, 'migracion'
FROM facturas f WHERE f.total > 0 AND f.estado <> 'borrador';

INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor)
SELECT (substr(f.id::text, 1, 14) || 'a' || substr(f.id::text, 16))::uuid, f.cliente_id, f.moneda, 'anulacion', 'ventas', 'por_cobrar', f.total - f.acreditado,
    'factura', f.id, f.id, f.fecha, f.fecha, f.emitida, 'migracion'
FROM facturas f WHERE f.estado = 'anulada' AND f.clase <> 'nota_credito' AND f.total > f.acreditado;

INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor)
SELECT (substr(f.id::text, 1, 14) || 'b' || substr(f.id::text, 16))::uuid, f.cliente_id, f.moneda, 'redondeo',
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
    CASE WHEN COALESCE((f.pago::jsonb->>'importe')::bigint, 0) > f.aplicado THEN (f.pago::jsonb->>'importe')::bigint ELSE f.aplicado END, f.aplicado, 0, 'pago',
    CASE WHEN f.pago::jsonb->>'forma_pago' = '01' THEN 'caja' ELSE 'banco' END, COALESCE((f.pago::jsonb->>'fecha')::date, f.fecha),
    COALESCE((f.pago::jsonb->>'fecha')::date, f.fecha), COALESCE(f.pago::jsonb->>'forma_pago', '03'), f.pago::jsonb->>'operacion', 'vigente', COALESCE(f.pagada, f.emitida)
FROM facturas f WHERE f.estado = 'pagada' AND f.clase <> 'nota_credito'
    AND (f.aplicado > 0 OR COALESCE((f.pago::jsonb->>'importe')::bigint, 0) > 0);

INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor, detalle)
SELECT (substr(f.id::text, 1, 14) || '8' || substr(f.id::text, 16))::uuid, f.cliente_id, f.moneda, 'abono', a.contrapartida, 'a_favor', a.monto, 'abono', a.id,
    NULL, a.fecha_valor, a.fecha, a.registrado, 'migracion', a.operacion
FROM facturas f JOIN abonos a ON a.id = f.id;

INSERT INTO movimientos (id, cliente_id, moneda, clase, debe, haber, monto, documento_tipo,
    documento_id, factura_id, fecha_valor, fecha, registrado, actor)
SELECT (substr(f.id::text, 1, 14) || '9' || substr(f.id::text, 16))::uuid, f.cliente_id, f.moneda, 'imputacion', 'a_favor', 'por_cobrar', a.aplicado, 'abono', a.id,
    f.id, a.fecha_valor, a.fecha, a.registrado, 'migracion'
FROM facturas f JOIN abonos a ON a.id = f.id WHERE a.aplicado > 0;

INSERT INTO imputaciones (id, abono_id, factura_id, linea, monto, acto, fecha_valor, fecha, registrado)
SELECT (substr(f.id::text, 1, 14) || 'c' || lpad(to_hex(l.linea), 3, '0') || substr(f.id::text, 19))::uuid, a.id, f.id, l.linea, l.aplicado, a.id, a.fecha_valor, a.fecha, a.registrado
FROM facturas f JOIN abonos a ON a.id = f.id JOIN factura_lineas l ON l.factura_id = f.id
WHERE l.aplicado > 0;

INSERT INTO reps (id, abono_id, acto, factura_id, importe, saldo_anterior, parcialidad, fecha_pago,
    forma_pago, operacion, estado, comprobante_id, creado)
SELECT f.id, a.id, a.id, f.id, a.monto, a.monto, CASE WHEN k.id IS NULL THEN NULL ELSE 1 END,
    a.fecha_valor, a.forma_pago, a.operacion,
    CASE WHEN k.id IS NULL THEN 'pendiente' ELSE 'emitido' END, k.id, a.registrado
FROM facturas f JOIN abonos a ON a.id = f.id
    LEFT JOIN comprobantes k ON k.origen_id = f.id AND k.origen_tipo = 'pago'
        AND k.estado NOT IN ('rechazado', 'baja')
WHERE f.tipo = 'I' AND f.vencimiento > f.fecha;

INSERT INTO saldos_cliente (cliente_id, moneda, por_cobrar, a_favor)
SELECT m.cliente_id, m.moneda,
    CAST(SUM(CASE WHEN m.debe = 'por_cobrar' THEN m.monto WHEN m.haber = 'por_cobrar' THEN -m.monto ELSE 0 END) AS BIGINT),
    CAST(SUM(CASE WHEN m.haber = 'a_favor' THEN m.monto WHEN m.debe = 'a_favor' THEN -m.monto ELSE 0 END) AS BIGINT)
FROM movimientos m GROUP BY m.cliente_id, m.moneda;
