CREATE FUNCTION cuenta_fija() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER movimientos_sin_cambios BEFORE UPDATE OR DELETE ON movimientos
FOR EACH ROW EXECUTE FUNCTION cuenta_fija();
CREATE TRIGGER imputaciones_sin_cambios BEFORE UPDATE OR DELETE ON imputaciones
FOR EACH ROW EXECUTE FUNCTION cuenta_fija();
