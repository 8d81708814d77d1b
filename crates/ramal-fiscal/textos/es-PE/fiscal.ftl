# Words of Peru.
fiscal-emisor-numero = RUC
fiscal-baja-pedir = Dar de baja
