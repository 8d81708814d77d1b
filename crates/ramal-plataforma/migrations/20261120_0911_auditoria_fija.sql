CREATE TRIGGER auditoria_sin_cambios BEFORE UPDATE ON auditoria
BEGIN SELECT RAISE(ABORT, 'auditoria is append-only'); END;
CREATE TRIGGER auditoria_sin_bajas BEFORE DELETE ON auditoria
BEGIN SELECT RAISE(ABORT, 'auditoria is append-only'); END;
