CREATE INDEX facturas_por_dia ON facturas (fecha, id, clase, estado, moneda, total);
CREATE INDEX facturas_por_vence ON facturas (vencimiento, id);
CREATE INDEX facturas_por_total ON facturas (total, id);
CREATE INDEX facturas_por_folio ON facturas (folio, serie);
CREATE INDEX facturas_por_serie ON facturas (serie, fecha, id);
CREATE INDEX facturas_por_estado_vence ON facturas (estado, vencimiento, id, clase, tipo, comprobante_id);
CREATE INDEX facturas_por_comprobante ON facturas (comprobante_id) WHERE comprobante_id IS NOT NULL;
