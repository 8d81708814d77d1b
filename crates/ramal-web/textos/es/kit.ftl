# Texts of the shell and of the shared components.
kit-saltar = Saltar al contenido
