CREATE TRIGGER caja_movimientos_sin_cambios BEFORE UPDATE ON caja_movimientos
BEGIN SELECT RAISE(ABORT, 'caja_movimientos is append-only'); END;
CREATE TRIGGER caja_movimientos_sin_bajas BEFORE DELETE ON caja_movimientos
BEGIN SELECT RAISE(ABORT, 'caja_movimientos is append-only'); END;
CREATE TRIGGER recibos_caja_sin_cambios BEFORE UPDATE ON recibos_caja
BEGIN SELECT RAISE(ABORT, 'recibos_caja is append-only'); END;
CREATE TRIGGER recibos_caja_sin_bajas BEFORE DELETE ON recibos_caja
BEGIN SELECT RAISE(ABORT, 'recibos_caja is append-only'); END;
