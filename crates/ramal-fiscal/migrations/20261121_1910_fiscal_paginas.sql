ALTER TABLE comprobantes ADD COLUMN receptor TEXT;
ALTER TABLE comprobantes ADD COLUMN receptor_numero TEXT;

CREATE INDEX comprobantes_por_fecha ON comprobantes (fecha, id);
CREATE INDEX comprobantes_por_estado_fecha ON comprobantes (estado, fecha, id);
CREATE INDEX comprobantes_por_tipo_fecha ON comprobantes (tipo, fecha, id);
CREATE INDEX comprobantes_por_folio ON comprobantes (folio, serie);
CREATE INDEX comprobantes_por_uuid ON comprobantes (substr(uuid_fiscal, 1, 8));
CREATE INDEX comprobantes_sin_cdr ON comprobantes (id) WHERE cdr_pendiente = TRUE;

CREATE TABLE conexion_pruebas (
    emisor_id UUID NOT NULL PRIMARY KEY,
    pedida TIMESTAMPTZ NOT NULL,
    hecha TIMESTAMPTZ,
    modo TEXT,
    bien BOOLEAN,
    espera_ms BIGINT,
    detalle TEXT
);

CREATE TABLE plazo_avisos (
    comprobante_id UUID NOT NULL REFERENCES comprobantes (id),
    por_ciento INTEGER NOT NULL,
    limite TIMESTAMPTZ NOT NULL,
    avisado TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (comprobante_id, por_ciento)
);
