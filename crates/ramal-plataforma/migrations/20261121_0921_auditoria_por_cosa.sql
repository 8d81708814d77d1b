CREATE INDEX auditoria_por_cosa ON auditoria (objeto_id, id);
