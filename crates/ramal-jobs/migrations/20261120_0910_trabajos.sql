CREATE TABLE trabajos (
    id UUID NOT NULL PRIMARY KEY,
    tipo TEXT NOT NULL,
    clave TEXT,
    datos TEXT NOT NULL,
    estado TEXT NOT NULL,
    intentos INTEGER NOT NULL,
    caidas INTEGER NOT NULL,
    proximo TIMESTAMPTZ NOT NULL,
    arrendado_hasta TIMESTAMPTZ,
    error TEXT,
    creado TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX trabajos_clave ON trabajos (tipo, clave) WHERE clave IS NOT NULL;
CREATE INDEX trabajos_pendientes ON trabajos (tipo, proximo, id) WHERE estado = 'pendiente';
CREATE INDEX trabajos_arrendados ON trabajos (arrendado_hasta) WHERE estado = 'en_curso';
CREATE INDEX trabajos_muertos ON trabajos (id) WHERE estado = 'muerto';

CREATE TABLE horarios (
    nombre TEXT NOT NULL PRIMARY KEY,
    ultima TIMESTAMPTZ NOT NULL
);
