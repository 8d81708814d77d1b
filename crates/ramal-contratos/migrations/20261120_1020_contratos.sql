CREATE TABLE contratos (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL UNIQUE,
    cliente_id UUID NOT NULL REFERENCES clientes (id),
    domicilio_id UUID,
    emisor_id UUID NOT NULL,
    desde DATE NOT NULL,
    estado TEXT NOT NULL,
    lote_id UUID,
    creado TIMESTAMPTZ NOT NULL
);
CREATE INDEX contratos_por_cliente ON contratos (cliente_id);

CREATE TABLE servicios (
    id UUID NOT NULL PRIMARY KEY,
    numero BIGINT NOT NULL UNIQUE,
    cliente_id UUID NOT NULL REFERENCES clientes (id),
    contrato_id UUID REFERENCES contratos (id),
    emisor_id UUID NOT NULL,
    producto_id UUID NOT NULL,
    descripcion TEXT NOT NULL,
    precio BIGINT NOT NULL,
    moneda TEXT NOT NULL,
    impuesto_incluido BOOLEAN NOT NULL,
    requiere_factura BOOLEAN NOT NULL,
    periodo_meses INTEGER NOT NULL,
    ancla DATE NOT NULL,
    ancla_dia INTEGER NOT NULL,
    inicio DATE NOT NULL,
    facturado_desde DATE NOT NULL,
    fin DATE,
    estado TEXT NOT NULL,
    auto_renovacion BOOLEAN NOT NULL,
    grupo TEXT,
    hechos INTEGER NOT NULL,
    revisar_desde DATE NOT NULL,
    proxima_revision DATE,
    configuracion TEXT NOT NULL,
    notas TEXT,
    lote_id UUID,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    actualizado TIMESTAMPTZ NOT NULL
);
CREATE INDEX servicios_por_cliente ON servicios (cliente_id, estado);
CREATE INDEX servicios_por_revisar ON servicios (cliente_id, proxima_revision) WHERE proxima_revision IS NOT NULL;
CREATE INDEX servicios_por_lote ON servicios (lote_id) WHERE lote_id IS NOT NULL;

CREATE TABLE servicio_hechos (
    servicio_id UUID NOT NULL REFERENCES servicios (id),
    secuencia INTEGER NOT NULL,
    desde DATE NOT NULL,
    clase TEXT NOT NULL,
    datos TEXT NOT NULL,
    actor TEXT NOT NULL,
    registrado TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (servicio_id, secuencia)
);
