CREATE FUNCTION cobro_eventos_fijos() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'cobro_eventos is append-only'; END $$;
CREATE TRIGGER cobro_eventos_sin_cambios BEFORE UPDATE OR DELETE ON cobro_eventos
FOR EACH ROW EXECUTE FUNCTION cobro_eventos_fijos();
