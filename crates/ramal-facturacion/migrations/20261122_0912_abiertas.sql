CREATE INDEX facturas_abiertas ON facturas (cliente_id, vencimiento, fecha, id)
    WHERE estado = 'emitida' AND clase IN ('factura', 'recibo', 'nota_debito') AND total > acreditado + aplicado;
