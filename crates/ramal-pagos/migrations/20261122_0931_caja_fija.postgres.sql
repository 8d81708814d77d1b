CREATE FUNCTION caja_fija() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER caja_movimientos_sin_cambios BEFORE UPDATE OR DELETE ON caja_movimientos
FOR EACH ROW EXECUTE FUNCTION caja_fija();
CREATE TRIGGER recibos_caja_sin_cambios BEFORE UPDATE OR DELETE ON recibos_caja
FOR EACH ROW EXECUTE FUNCTION caja_fija();
