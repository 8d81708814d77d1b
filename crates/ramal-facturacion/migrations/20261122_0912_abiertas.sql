CREATE INDEX facturas_abiertas ON facturas (cliente_id, vencimiento, fecha, id)
    WHERE estado = 'emitida' AND clase IN ('factura', 'recibo', 'nota_debito') AND total > acreditado + aplicado;
CREATE INDEX facturas_parciales ON facturas (vencimiento, id)
    WHERE estado = 'emitida' AND clase IN ('factura', 'recibo', 'nota_debito') AND total > acreditado + aplicado AND aplicado > 0;
