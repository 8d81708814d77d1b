pagos-titulo = Pagos
