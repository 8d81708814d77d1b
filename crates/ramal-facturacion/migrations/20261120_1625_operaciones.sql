ALTER TABLE facturas ADD COLUMN forma_pago TEXT;
ALTER TABLE facturas ADD COLUMN pago TEXT;
ALTER TABLE facturas ADD COLUMN anulacion TEXT;

CREATE TABLE recibos_globales (
    factura_id UUID NOT NULL PRIMARY KEY REFERENCES facturas (id),
    comprobante_id UUID NOT NULL
);
CREATE INDEX recibos_globales_por_comprobante ON recibos_globales (comprobante_id);
CREATE INDEX facturas_por_estado ON facturas (estado, id);
CREATE INDEX facturas_por_fecha ON facturas (fecha, clase);
CREATE INDEX cargos_por_factura ON cargos (factura_id) WHERE factura_id IS NOT NULL;
