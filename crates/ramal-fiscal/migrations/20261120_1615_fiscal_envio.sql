CREATE TABLE fiscal_pausas (
    emisor_id UUID NOT NULL PRIMARY KEY,
    codigo TEXT NOT NULL,
    mensaje TEXT NOT NULL,
    desde TIMESTAMPTZ NOT NULL
);

CREATE TABLE comprobante_relaciones (
    comprobante_id UUID NOT NULL REFERENCES comprobantes (id),
    relacionado_id UUID NOT NULL,
    codigo TEXT NOT NULL,
    PRIMARY KEY (comprobante_id, relacionado_id)
);
CREATE INDEX comprobante_relaciones_por_relacionado ON comprobante_relaciones (relacionado_id);

CREATE INDEX comprobantes_por_espera ON comprobantes (espera_de);
CREATE INDEX comprobantes_por_emisor_fecha ON comprobantes (emisor_id, fecha, estado);
CREATE INDEX documentos_por_archivar ON documentos (comprobante_id, clase) WHERE ruta IS NULL;

CREATE TABLE certificado_avisos (
    certificado_id UUID NOT NULL,
    dias INTEGER NOT NULL,
    PRIMARY KEY (certificado_id, dias)
);
