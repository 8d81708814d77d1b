facturacion-impuesto-general = IGV
