# Words of Mexico.
contratos-domicilio-colonia = Colonia
contratos-domicilio-region = Estado
contratos-domicilio-ciudad = Municipio o alcaldía
