CREATE TABLE usuarios (
    id UUID NOT NULL PRIMARY KEY,
    correo TEXT NOT NULL UNIQUE,
    nombre TEXT NOT NULL,
    contrasena TEXT,
    estado TEXT NOT NULL,
    segundo BYTEA,
    segundo_activo BOOLEAN NOT NULL DEFAULT FALSE,
    segundo_paso BIGINT NOT NULL DEFAULT 0,
    respaldos TEXT NOT NULL DEFAULT '[]',
    oidc_sub TEXT UNIQUE,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    ultimo_ingreso TIMESTAMPTZ
);
CREATE INDEX usuarios_por_nombre ON usuarios (nombre, id);

CREATE TABLE roles (
    codigo TEXT NOT NULL PRIMARY KEY,
    nombre TEXT NOT NULL,
    descripcion TEXT NOT NULL,
    permisos TEXT NOT NULL,
    predefinido BOOLEAN NOT NULL,
    orden BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE sucursales (
    id UUID NOT NULL PRIMARY KEY,
    nombre TEXT NOT NULL UNIQUE,
    zona TEXT,
    version BIGINT NOT NULL,
    creado TIMESTAMPTZ NOT NULL
);

CREATE TABLE usuario_roles (
    id UUID NOT NULL PRIMARY KEY,
    usuario_id UUID NOT NULL REFERENCES usuarios (id),
    rol TEXT NOT NULL REFERENCES roles (codigo),
    sucursal_id UUID REFERENCES sucursales (id)
);
CREATE INDEX usuario_roles_por_usuario ON usuario_roles (usuario_id);
CREATE INDEX usuario_roles_por_rol ON usuario_roles (rol);
CREATE INDEX usuario_roles_por_sucursal ON usuario_roles (sucursal_id);

CREATE TABLE sesiones (
    id UUID NOT NULL PRIMARY KEY,
    huella TEXT NOT NULL UNIQUE,
    huella_anterior TEXT,
    rotada TIMESTAMPTZ,
    rotar BOOLEAN NOT NULL DEFAULT FALSE,
    usuario_id UUID NOT NULL REFERENCES usuarios (id),
    metodo TEXT NOT NULL,
    direccion TEXT NOT NULL,
    agente TEXT NOT NULL,
    oidc_sub TEXT,
    oidc_sid TEXT,
    creada TIMESTAMPTZ NOT NULL,
    ultima TIMESTAMPTZ NOT NULL,
    vence TIMESTAMPTZ NOT NULL
);
CREATE INDEX sesiones_por_huella_anterior ON sesiones (huella_anterior);
CREATE INDEX sesiones_por_usuario ON sesiones (usuario_id);
CREATE INDEX sesiones_por_vencimiento ON sesiones (vence);
CREATE INDEX sesiones_por_oidc ON sesiones (oidc_sub, oidc_sid);

CREATE TABLE intentos (
    clase TEXT NOT NULL,
    sujeto TEXT NOT NULL,
    fallos BIGINT NOT NULL,
    ultimo TIMESTAMPTZ NOT NULL,
    hasta TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (clase, sujeto)
);
CREATE INDEX intentos_por_ultimo ON intentos (ultimo);

CREATE TABLE recuperaciones (
    id UUID NOT NULL PRIMARY KEY,
    usuario_id UUID NOT NULL REFERENCES usuarios (id),
    huella TEXT NOT NULL UNIQUE,
    creada TIMESTAMPTZ NOT NULL,
    vence TIMESTAMPTZ NOT NULL,
    usada TIMESTAMPTZ
);
CREATE INDEX recuperaciones_por_usuario ON recuperaciones (usuario_id);

CREATE TABLE avisos_salientes (
    id UUID NOT NULL PRIMARY KEY,
    clase TEXT NOT NULL,
    usuario_id UUID NOT NULL REFERENCES usuarios (id),
    sellado BYTEA NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    enviado TIMESTAMPTZ
);
CREATE INDEX avisos_salientes_por_usuario ON avisos_salientes (usuario_id, id);

CREATE TABLE vistas_guardadas (
    id UUID NOT NULL PRIMARY KEY,
    usuario_id UUID NOT NULL REFERENCES usuarios (id),
    ruta TEXT NOT NULL,
    nombre TEXT NOT NULL,
    consulta TEXT NOT NULL,
    creada TIMESTAMPTZ NOT NULL,
    UNIQUE (usuario_id, ruta, nombre)
);

CREATE TABLE instalaciones (
    unica INTEGER NOT NULL PRIMARY KEY CHECK (unica = 1),
    creada TIMESTAMPTZ NOT NULL
);

CREATE TABLE oidc_salidas (
    jti TEXT NOT NULL PRIMARY KEY,
    vence TIMESTAMPTZ NOT NULL
);

CREATE INDEX auditoria_por_actor ON auditoria (actor, id);
CREATE INDEX auditoria_por_accion ON auditoria (accion, id);
CREATE INDEX auditoria_por_clase ON auditoria (objeto_tipo, id);
CREATE INDEX auditoria_por_instante ON auditoria (instante, id);

INSERT INTO roles (codigo, nombre, descripcion, permisos, predefinido, orden, version) VALUES
('administrador', 'Administrador', 'Todo, también usuarios, roles y certificados.',
    '["*"]', TRUE, 10, 1),
('operador', 'Operador', 'Clientes, servicios, importaciones, correr el mes y corregir rechazos.',
    '["clientes:*","contratos:*","servicios:*","importaciones:*","catalogo:leer","facturacion:leer","facturacion:ejecutar","facturas:leer","facturas:emitir","comprobantes:leer","comprobantes:reintentar","certificados:leer","tablero:leer","empresa:leer","emisores:leer","sucursales:leer"]',
    TRUE, 20, 1),
('cobranzas', 'Cobranzas', 'Correr la facturación, corregir rechazos, cobrar y suspender.',
    '["facturas:*","comprobantes:*","pagos:*","promesas:*","facturacion:leer","facturacion:ejecutar","clientes:leer","clientes:editar","contratos:leer","servicios:leer","servicios:suspender","catalogo:leer","certificados:leer","empresa:leer","emisores:leer"]',
    TRUE, 30, 1),
('soporte', 'Soporte', 'Atender consultas y ver servicios, deuda y equipos.',
    '["tickets:*","clientes:leer","clientes:editar","contratos:leer","servicios:leer","facturas:leer","comprobantes:leer","catalogo:leer","routers:leer"]',
    TRUE, 40, 1),
('agente', 'Agente', 'Responder consultas sin cambiar datos de clientes.',
    '["tickets:leer","tickets:responder","clientes:leer","servicios:leer"]', TRUE, 50, 1),
('tecnico', 'Técnico', 'Trabajos en la calle y equipos.',
    '["trabajos:*","routers:*","clientes:leer","servicios:leer"]', TRUE, 60, 1),
('consulta', 'Consulta', 'Ver sin cambiar nada.',
    '["clientes:leer","contratos:leer","servicios:leer","catalogo:leer","facturacion:leer","facturas:leer","comprobantes:leer","importaciones:leer","empresa:leer","emisores:leer"]',
    TRUE, 70, 1),
('cliente', 'Cliente', 'El portal de su propia cuenta.', '["portal:usar"]', TRUE, 80, 1);
