CREATE TABLE corridas (
    id UUID NOT NULL PRIMARY KEY,
    fecha DATE NOT NULL,
    clase TEXT NOT NULL,
    estado TEXT NOT NULL,
    clientes BIGINT NOT NULL,
    facturas BIGINT NOT NULL,
    notas BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    terminado TIMESTAMPTZ,
    UNIQUE (fecha, clase)
);

CREATE TABLE corrida_clientes (
    corrida_id UUID NOT NULL REFERENCES corridas (id),
    cliente_id UUID NOT NULL,
    estado TEXT NOT NULL,
    codigo TEXT,
    motivo TEXT,
    PRIMARY KEY (corrida_id, cliente_id)
);
CREATE INDEX corrida_clientes_aparcados ON corrida_clientes (corrida_id, cliente_id) WHERE estado = 'aparcado';

CREATE TABLE facturas (
    id UUID NOT NULL PRIMARY KEY,
    emisor_id UUID NOT NULL,
    cliente_id UUID NOT NULL,
    corrida_id UUID,
    clase TEXT NOT NULL,
    tipo TEXT NOT NULL,
    serie TEXT NOT NULL,
    folio BIGINT NOT NULL,
    fecha DATE NOT NULL,
    emitida TIMESTAMPTZ NOT NULL,
    vencimiento DATE NOT NULL,
    moneda TEXT NOT NULL,
    subtotal BIGINT NOT NULL,
    impuestos BIGINT NOT NULL,
    total BIGINT NOT NULL,
    acreditado BIGINT NOT NULL,
    estado TEXT NOT NULL,
    receptor TEXT NOT NULL,
    relacionada_id UUID,
    motivo TEXT,
    comprobante_id UUID,
    pagada TIMESTAMPTZ,
    version BIGINT NOT NULL,
    UNIQUE (emisor_id, tipo, serie, folio)
);
CREATE INDEX facturas_por_cliente ON facturas (cliente_id, id);
CREATE INDEX facturas_por_sellar ON facturas (id) WHERE comprobante_id IS NULL;
CREATE INDEX facturas_por_corrida ON facturas (corrida_id, id);
CREATE INDEX facturas_por_relacionada ON facturas (relacionada_id) WHERE relacionada_id IS NOT NULL;

CREATE TABLE factura_lineas (
    factura_id UUID NOT NULL REFERENCES facturas (id),
    linea INTEGER NOT NULL,
    servicio_id UUID,
    clase TEXT NOT NULL,
    descripcion TEXT NOT NULL,
    codigo TEXT,
    clave_prod_serv TEXT,
    clave_unidad TEXT,
    cantidad BIGINT NOT NULL,
    importe BIGINT NOT NULL,
    impuesto_incluido BOOLEAN NOT NULL,
    impuesto TEXT NOT NULL,
    total BIGINT NOT NULL,
    acreditado BIGINT NOT NULL,
    periodo_desde DATE,
    periodo_hasta DATE,
    PRIMARY KEY (factura_id, linea)
);
CREATE INDEX factura_lineas_por_servicio ON factura_lineas (servicio_id, periodo_desde) WHERE servicio_id IS NOT NULL;

CREATE TABLE cargos (
    id UUID NOT NULL PRIMARY KEY,
    servicio_id UUID NOT NULL,
    cliente_id UUID NOT NULL,
    periodo_desde DATE NOT NULL,
    periodo_hasta DATE NOT NULL,
    clase TEXT NOT NULL,
    revision INTEGER NOT NULL,
    monto BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    corrida_id UUID,
    factura_id UUID,
    linea INTEGER,
    fecha DATE NOT NULL,
    detalle TEXT,
    UNIQUE (servicio_id, periodo_desde, clase, revision)
);
CREATE INDEX cargos_por_cliente ON cargos (cliente_id, id);
