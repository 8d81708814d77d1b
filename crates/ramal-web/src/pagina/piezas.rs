//! Small things that the macros of `ui/` draw: choices, badges, steps of a timeline and of a
//! wizard. They hold words already in Spanish; they decide no state.

use ramal_base::Instante;

/// A choice of a `<select>`, of radios or of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opcion {
    /// Value that travels.
    pub valor: String,
    /// Text that is read.
    pub texto: String,
}

impl Opcion {
    /// A choice.
    pub fn new(valor: impl Into<String>, texto: impl Into<String>) -> Opcion {
        Opcion { valor: valor.into(), texto: texto.into() }
    }
}

/// Family of colours of a state; as text, the suffix of its class: `ok`, `aviso`, `mal`, `gris`,
/// `ramal`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Familia {
    /// Well.
    Ok,
    /// Needs a look.
    Aviso,
    /// Wrong.
    Mal,
    /// At rest.
    #[default]
    Gris,
    /// On its way.
    Ramal,
}

impl Familia {
    /// Suffix of the class.
    pub fn nombre(self) -> &'static str {
        match self {
            Familia::Ok => "ok",
            Familia::Aviso => "aviso",
            Familia::Mal => "mal",
            Familia::Gris => "gris",
            Familia::Ramal => "ramal",
        }
    }

    /// The shape that goes with the colour.
    pub fn figura(self) -> Figura {
        match self {
            Familia::Ok => Figura::Lleno,
            Familia::Aviso => Figura::Medio,
            Familia::Mal => Figura::Triangulo,
            Familia::Gris => Figura::Vacio,
            Familia::Ramal => Figura::Flecha,
        }
    }
}

/// Shape that goes with the colour of a state; as text, the name of its glyph in the sprite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Figura {
    /// ○
    #[default]
    Vacio,
    /// ◐
    Medio,
    /// ●
    Lleno,
    /// ▲
    Triangulo,
    /// ✕
    Cruz,
    /// ⏸
    Pausa,
    /// →
    Flecha,
}

impl Figura {
    /// Name of the glyph: `circulo`, `medio`, `punto`, `triangulo`, `equis`, `pausa`, `flecha`.
    pub fn nombre(self) -> &'static str {
        match self {
            Figura::Vacio => "circulo",
            Figura::Medio => "medio",
            Figura::Lleno => "punto",
            Figura::Triangulo => "triangulo",
            Figura::Cruz => "equis",
            Figura::Pausa => "pausa",
            Figura::Flecha => "flecha",
        }
    }
}

/// A state in words, with its colour and its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insignia {
    /// Suffix of the class: see [`Familia::nombre`].
    pub familia: &'static str,
    /// Glyph, because colour alone says nothing to some: see [`Figura::nombre`].
    pub figura: &'static str,
    /// The state in words.
    pub texto: String,
}

impl Insignia {
    /// A state with the shape that goes with its colour.
    pub fn new(familia: Familia, texto: impl Into<String>) -> Insignia {
        let (nombre, figura) = (familia.nombre(), familia.figura().nombre());
        Insignia { familia: nombre, figura, texto: texto.into() }
    }

    /// ● well.
    pub fn ok(texto: impl Into<String>) -> Insignia {
        Insignia::new(Familia::Ok, texto)
    }

    /// ◐ under way, or needs a look.
    pub fn aviso(texto: impl Into<String>) -> Insignia {
        Insignia::new(Familia::Aviso, texto)
    }

    /// ▲ wrong.
    pub fn mal(texto: impl Into<String>) -> Insignia {
        Insignia::new(Familia::Mal, texto)
    }

    /// ○ at rest, not begun.
    pub fn gris(texto: impl Into<String>) -> Insignia {
        Insignia::new(Familia::Gris, texto)
    }

    /// → on its way.
    pub fn ramal(texto: impl Into<String>) -> Insignia {
        Insignia::new(Familia::Ramal, texto)
    }

    /// ⏸ suspended, waiting for somebody.
    pub fn pausa(texto: impl Into<String>) -> Insignia {
        Insignia::gris(texto).shaped(Figura::Pausa)
    }

    /// ✕ void, cancelled.
    pub fn cruz(texto: impl Into<String>) -> Insignia {
        Insignia::gris(texto).shaped(Figura::Cruz)
    }

    /// The same with another shape.
    #[must_use]
    pub fn shaped(self, figura: Figura) -> Insignia {
        Insignia { figura: figura.nombre(), ..self }
    }
}

/// A moment of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hito {
    /// When it happened; `None` if it has not happened yet.
    pub momento: Option<Instante>,
    /// What happened.
    pub titulo: String,
    /// More about it; empty if there is no more.
    pub detalle: String,
    /// Suffix of the class: see [`Familia::nombre`].
    pub familia: &'static str,
    /// Glyph: see [`Figura::nombre`].
    pub figura: &'static str,
    /// Whether it is where things stand now.
    pub actual: bool,
}

impl Hito {
    /// Something that happened.
    pub fn new(momento: Instante, titulo: impl Into<String>) -> Hito {
        Hito { momento: Some(momento), ..Hito::pending(titulo) }.family(Familia::Ok)
    }

    /// Something still to come.
    pub fn pending(titulo: impl Into<String>) -> Hito {
        Hito {
            momento: None,
            titulo: titulo.into(),
            detalle: String::new(),
            familia: Familia::Gris.nombre(),
            figura: Figura::Vacio.nombre(),
            actual: false,
        }
    }

    /// More about it.
    #[must_use]
    pub fn detail(self, detalle: impl Into<String>) -> Hito {
        Hito { detalle: detalle.into(), ..self }
    }

    /// Its colour and the shape that goes with it.
    #[must_use]
    pub fn family(self, familia: Familia) -> Hito {
        Hito { familia: familia.nombre(), figura: familia.figura().nombre(), ..self }
    }

    /// Marks it as where things stand now.
    #[must_use]
    pub fn current(self) -> Hito {
        Hito { actual: true, ..self }
    }
}

/// A step of a wizard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paso {
    /// What it is about.
    pub texto: String,
    /// Address, if it can be gone back to.
    pub ruta: Option<String>,
    /// How far it is: `hecho`, `actual` or `pendiente`.
    pub estado: &'static str,
}

impl Paso {
    /// A step that is done.
    pub fn done(texto: impl Into<String>, ruta: impl Into<String>) -> Paso {
        Paso { texto: texto.into(), ruta: Some(ruta.into()), estado: "hecho" }
    }

    /// The step shown.
    pub fn current(texto: impl Into<String>) -> Paso {
        Paso { texto: texto.into(), ruta: None, estado: "actual" }
    }

    /// A step to come.
    pub fn pending(texto: impl Into<String>) -> Paso {
        Paso { texto: texto.into(), ruta: None, estado: "pendiente" }
    }
}
