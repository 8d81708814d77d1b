CREATE TRIGGER cobro_eventos_sin_cambios BEFORE UPDATE ON cobro_eventos
BEGIN SELECT RAISE(ABORT, 'cobro_eventos is append-only'); END;
CREATE TRIGGER cobro_eventos_sin_bajas BEFORE DELETE ON cobro_eventos
BEGIN SELECT RAISE(ABORT, 'cobro_eventos is append-only'); END;
