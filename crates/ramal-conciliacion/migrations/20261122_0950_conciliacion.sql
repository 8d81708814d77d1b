CREATE TABLE cuentas_bancarias (
    id UUID NOT NULL PRIMARY KEY,
    nombre TEXT NOT NULL UNIQUE,
    numero TEXT NOT NULL,
    moneda TEXT NOT NULL,
    clase TEXT NOT NULL,
    proveedor TEXT,
    perfil TEXT,
    activa BOOLEAN NOT NULL,
    ultima_linea DATE,
    al_dia TIMESTAMPTZ,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL
);

CREATE TABLE conciliacion_lotes (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL UNIQUE,
    cuenta_id UUID NOT NULL REFERENCES cuentas_bancarias (id),
    archivo TEXT NOT NULL,
    formato TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    objeto TEXT NOT NULL,
    estado TEXT NOT NULL,
    motivo TEXT,
    linea_mala BIGINT,
    leidos BIGINT NOT NULL,
    nuevos BIGINT NOT NULL,
    cotejados BIGINT NOT NULL,
    desde DATE,
    hasta DATE,
    saldo_inicial BIGINT,
    saldo_final BIGINT,
    ajuste BIGINT,
    ajuste_motivo TEXT,
    actor TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    cerrado TIMESTAMPTZ,
    cerrado_por TEXT,
    version BIGINT NOT NULL,
    UNIQUE (cuenta_id, sha256)
);
CREATE INDEX conciliacion_lotes_por_estado ON conciliacion_lotes (estado, id);
CREATE INDEX conciliacion_lotes_por_cuenta ON conciliacion_lotes (cuenta_id, id);

CREATE TABLE conciliacion_renglones (
    id UUID NOT NULL PRIMARY KEY,
    lote_id UUID NOT NULL REFERENCES conciliacion_lotes (id),
    cuenta_id UUID NOT NULL REFERENCES cuentas_bancarias (id),
    huella TEXT NOT NULL,
    orden BIGINT NOT NULL,
    fecha_valor DATE NOT NULL,
    fecha_operacion DATE NOT NULL,
    importe BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    referencia TEXT NOT NULL,
    concepto TEXT NOT NULL,
    contraparte TEXT NOT NULL,
    documento TEXT NOT NULL,
    cuenta_destino TEXT NOT NULL,
    id_banco TEXT,
    saldo BIGINT,
    bruto BIGINT,
    comision BIGINT,
    liquidacion TEXT,
    ordinal BIGINT NOT NULL,
    estado TEXT NOT NULL,
    modo TEXT,
    exacta BOOLEAN NOT NULL,
    sugerencias TEXT NOT NULL,
    motivo TEXT,
    resuelto TIMESTAMPTZ,
    resuelto_por TEXT,
    version BIGINT NOT NULL,
    UNIQUE (cuenta_id, huella)
);
CREATE INDEX conciliacion_renglones_por_lote ON conciliacion_renglones (lote_id, orden);
CREATE INDEX conciliacion_renglones_por_estado ON conciliacion_renglones (lote_id, estado, orden);
CREATE INDEX conciliacion_renglones_por_id_banco ON conciliacion_renglones (cuenta_id, id_banco, importe)
    WHERE id_banco IS NOT NULL;
CREATE INDEX conciliacion_renglones_por_liquidacion ON conciliacion_renglones (cuenta_id, liquidacion)
    WHERE liquidacion IS NOT NULL;

CREATE TABLE renglon_pagos (
    renglon_id UUID NOT NULL REFERENCES conciliacion_renglones (id),
    pago_id UUID NOT NULL UNIQUE,
    importe BIGINT NOT NULL,
    creado BOOLEAN NOT NULL,
    PRIMARY KEY (renglon_id, pago_id)
);

CREATE TABLE renglon_liquidaciones (
    renglon_id UUID NOT NULL PRIMARY KEY REFERENCES conciliacion_renglones (id),
    cuenta_id UUID NOT NULL REFERENCES cuentas_bancarias (id),
    liquidacion TEXT NOT NULL,
    neto BIGINT NOT NULL,
    comision BIGINT NOT NULL,
    UNIQUE (cuenta_id, liquidacion)
);

CREATE TABLE referencias_pago (
    id UUID NOT NULL PRIMARY KEY,
    cliente_id UUID NOT NULL,
    clase TEXT NOT NULL,
    valor TEXT NOT NULL UNIQUE,
    proveedor TEXT,
    creado TIMESTAMPTZ NOT NULL
);
CREATE INDEX referencias_pago_por_cliente ON referencias_pago (cliente_id, id);

CREATE TABLE comprobantes_pago (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL UNIQUE,
    cliente_id UUID NOT NULL,
    factura_id UUID,
    origen TEXT NOT NULL,
    archivo TEXT NOT NULL,
    tipo TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    objeto TEXT NOT NULL,
    medio TEXT NOT NULL,
    operacion TEXT,
    operacion_busqueda TEXT,
    importe BIGINT,
    moneda TEXT NOT NULL,
    fecha DATE,
    notas TEXT,
    estado TEXT NOT NULL,
    motivo TEXT,
    pago_id UUID UNIQUE,
    actor TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    revisado TIMESTAMPTZ,
    revisado_por TEXT,
    version BIGINT NOT NULL,
    UNIQUE (cliente_id, sha256)
);
CREATE INDEX comprobantes_pago_por_estado ON comprobantes_pago (estado, id);
CREATE INDEX comprobantes_pago_por_huella ON comprobantes_pago (sha256);
CREATE INDEX comprobantes_pago_por_operacion ON comprobantes_pago (operacion_busqueda)
    WHERE operacion_busqueda IS NOT NULL;
CREATE INDEX comprobantes_pago_por_cliente ON comprobantes_pago (cliente_id, estado);
CREATE UNIQUE INDEX comprobantes_pago_aprobados ON comprobantes_pago (medio, operacion_busqueda, importe, moneda, fecha)
    WHERE estado = 'aprobado' AND operacion_busqueda IS NOT NULL;

CREATE INDEX facturas_por_importe_abierto ON facturas (moneda, (total - acreditado - aplicado))
    WHERE estado = 'emitida' AND clase IN ('factura', 'recibo', 'nota_debito') AND total > acreditado + aplicado;
