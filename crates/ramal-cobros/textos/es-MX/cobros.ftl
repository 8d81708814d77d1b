cobros-medio-enlace = Tarjeta de crédito o débito, en la página de la pasarela
