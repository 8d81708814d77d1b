CREATE TRIGGER movimientos_sin_cambios BEFORE UPDATE ON movimientos
BEGIN SELECT RAISE(ABORT, 'movimientos is append-only'); END;
CREATE TRIGGER movimientos_sin_bajas BEFORE DELETE ON movimientos
BEGIN SELECT RAISE(ABORT, 'movimientos is append-only'); END;
CREATE TRIGGER imputaciones_sin_cambios BEFORE UPDATE ON imputaciones
BEGIN SELECT RAISE(ABORT, 'imputaciones is append-only'); END;
CREATE TRIGGER imputaciones_sin_bajas BEFORE DELETE ON imputaciones
BEGIN SELECT RAISE(ABORT, 'imputaciones is append-only'); END;
