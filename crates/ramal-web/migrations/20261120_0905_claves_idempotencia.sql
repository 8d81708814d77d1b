CREATE TABLE claves_idempotencia (
    alcance TEXT NOT NULL,
    clave TEXT NOT NULL,
    metodo TEXT NOT NULL,
    ruta TEXT NOT NULL,
    huella TEXT NOT NULL,
    estado INTEGER,
    cabeceras TEXT NOT NULL,
    cuerpo TEXT NOT NULL,
    creado TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (alcance, clave)
);
CREATE INDEX claves_idempotencia_por_edad ON claves_idempotencia (creado);
