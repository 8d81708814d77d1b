# Words of Mexico.
fiscal-emisor-numero = RFC
fiscal-reintentar = Reintentar timbrado
