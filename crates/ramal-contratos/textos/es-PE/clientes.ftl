# Words of Peru.
contratos-domicilio-colonia = Distrito
contratos-domicilio-ciudad = Provincia
contratos-domicilio-region = Departamento
