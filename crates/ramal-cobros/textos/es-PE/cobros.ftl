cobros-medio-enlace = Tarjeta o Yape, en la página de la pasarela
