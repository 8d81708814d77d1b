ALTER TABLE facturas ADD COLUMN aplicado BIGINT NOT NULL DEFAULT 0;
ALTER TABLE facturas ADD COLUMN efecto TEXT;
ALTER TABLE factura_lineas ADD COLUMN cobrable BIGINT NOT NULL DEFAULT 0;
ALTER TABLE factura_lineas ADD COLUMN rebajado BIGINT NOT NULL DEFAULT 0;
ALTER TABLE factura_lineas ADD COLUMN aplicado BIGINT NOT NULL DEFAULT 0;

CREATE TABLE reps (
    id UUID NOT NULL PRIMARY KEY,
    abono_id UUID NOT NULL,
    acto UUID NOT NULL,
    factura_id UUID NOT NULL REFERENCES facturas (id),
    importe BIGINT NOT NULL CHECK (importe > 0),
    saldo_anterior BIGINT NOT NULL,
    parcialidad INTEGER,
    fecha_pago DATE NOT NULL,
    forma_pago TEXT NOT NULL,
    operacion TEXT,
    estado TEXT NOT NULL,
    comprobante_id UUID,
    creado TIMESTAMPTZ NOT NULL
);
CREATE INDEX reps_por_factura ON reps (factura_id, id);

CREATE TABLE recargos (
    id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL,
    emisor_id UUID,
    factura_id UUID,
    servicio_id UUID,
    clase TEXT NOT NULL,
    clave TEXT NOT NULL UNIQUE,
    monto BIGINT NOT NULL CHECK (monto > 0),
    moneda TEXT NOT NULL,
    descripcion TEXT NOT NULL,
    estado TEXT NOT NULL,
    cargada_en UUID,
    linea INTEGER,
    motivo TEXT,
    creado TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX recargos_pendientes ON recargos (cliente_id, id) WHERE estado = 'pendiente';
CREATE INDEX recargos_por_cliente ON recargos (cliente_id, id);
CREATE INDEX recargos_por_factura ON recargos (factura_id) WHERE factura_id IS NOT NULL;
CREATE INDEX recargos_por_cargada ON recargos (cargada_en) WHERE cargada_en IS NOT NULL;

-- What each line has of the total, what its credits took off, and what settled it.
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
