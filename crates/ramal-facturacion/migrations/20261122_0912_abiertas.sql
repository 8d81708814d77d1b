-- The REP of what was settled before: made, or still to be made.
INSERT INTO reps (id, abono_id, acto, factura_id, importe, saldo_anterior, parcialidad, fecha_pago,
    forma_pago, operacion, estado, comprobante_id, creado)
SELECT f.id, a.id, a.id, f.id, a.monto, a.monto, CASE WHEN k.id IS NULL THEN NULL ELSE 1 END,
    a.fecha_valor, a.forma_pago, a.operacion,
    CASE WHEN k.id IS NULL THEN 'pendiente' ELSE 'emitido' END, k.id, a.registrado
FROM facturas f JOIN abonos a ON a.id = f.id
    LEFT JOIN comprobantes k ON k.origen_id = f.id AND k.origen_tipo = 'pago'
        AND k.estado NOT IN ('rechazado', 'baja')
WHERE f.tipo = 'I' AND f.vencimiento > f.fecha;

CREATE INDEX facturas_abiertas ON facturas (cliente_id, vencimiento, fecha, id)
    WHERE estado = 'emitida' AND clase IN ('factura', 'recibo', 'nota_debito') AND total > acreditado + aplicado;
CREATE INDEX facturas_parciales ON facturas (vencimiento, id)
    WHERE estado = 'emitida' AND clase IN ('factura', 'recibo', 'nota_debito') AND total > acreditado + aplicado AND aplicado > 0;
