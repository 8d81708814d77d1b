CREATE TABLE movimientos (
    id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL,
    moneda TEXT NOT NULL,
    clase TEXT NOT NULL,
    debe TEXT NOT NULL,
    haber TEXT NOT NULL,
    monto BIGINT NOT NULL CHECK (monto > 0),
    documento_tipo TEXT NOT NULL,
    documento_id UUID NOT NULL,
    factura_id UUID,
    linea INTEGER,
    fecha_valor DATE NOT NULL,
    fecha DATE NOT NULL,
    registrado TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    detalle TEXT,
    revierte UUID UNIQUE,
    CHECK (debe <> haber)
);
CREATE INDEX movimientos_por_cliente ON movimientos (cliente_id, moneda, fecha, id);
CREATE INDEX movimientos_por_documento ON movimientos (documento_id, id);

CREATE TABLE saldos_cliente (
    cliente_id UUID NOT NULL,
    moneda TEXT NOT NULL,
    por_cobrar BIGINT NOT NULL,
    a_favor BIGINT NOT NULL,
    PRIMARY KEY (cliente_id, moneda)
);

CREATE TABLE abonos (
    id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL,
    moneda TEXT NOT NULL,
    monto BIGINT NOT NULL CHECK (monto > 0),
    aplicado BIGINT NOT NULL CHECK (aplicado >= 0),
    retirado BIGINT NOT NULL CHECK (retirado >= 0),
    origen TEXT NOT NULL,
    contrapartida TEXT NOT NULL,
    fecha_valor DATE NOT NULL,
    fecha DATE NOT NULL,
    forma_pago TEXT,
    operacion TEXT,
    estado TEXT NOT NULL,
    registrado TIMESTAMPTZ NOT NULL,
    CHECK (aplicado + retirado <= monto)
);
CREATE INDEX abonos_por_cliente ON abonos (cliente_id, id);
CREATE INDEX abonos_con_resto ON abonos (cliente_id, fecha_valor, id)
    WHERE estado = 'vigente' AND aplicado + retirado < monto;

CREATE TABLE imputaciones (
    id UUID NOT NULL PRIMARY KEY,
    abono_id UUID NOT NULL REFERENCES abonos (id),
    factura_id UUID NOT NULL,
    linea INTEGER NOT NULL,
    monto BIGINT NOT NULL CHECK (monto <> 0),
    acto UUID NOT NULL,
    fecha_valor DATE NOT NULL,
    fecha DATE NOT NULL,
    registrado TIMESTAMPTZ NOT NULL,
    revierte UUID,
    CHECK (monto < 0 OR revierte IS NULL),
    CHECK (monto > 0 OR revierte IS NOT NULL)
);
CREATE INDEX imputaciones_por_factura ON imputaciones (factura_id, linea, id);
CREATE INDEX imputaciones_por_abono ON imputaciones (abono_id, id);
