//! Escaping of texts for HTML. It knows no page.

/// The text with nothing that HTML could take as markup.
pub fn escape(texto: &str) -> String {
    let mut salida = String::with_capacity(texto.len());
    for c in texto.chars() {
        match c {
            '&' => salida.push_str("&amp;"),
            '<' => salida.push_str("&lt;"),
            '>' => salida.push_str("&gt;"),
            '"' => salida.push_str("&quot;"),
            '\'' => salida.push_str("&#39;"),
            otro => salida.push(otro),
        }
    }
    salida
}

/// A description: escaped, with `code` in backquotes.
pub fn prose(texto: &str) -> String {
    let trozos = texto.split('`').enumerate();
    trozos
        .map(|(i, trozo)| {
            let seguro = escape(trozo);
            if i % 2 == 1 { format!("<code>{seguro}</code>") } else { seguro }
        })
        .collect()
}
