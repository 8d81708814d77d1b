//! The shell around a page: titles, menu, notices, texts and formats. Templates reach it as
//! `marco`. It asks the database nothing.

use ramal_base::{Dinero, Fecha, Instante, Pais};

use super::formato::Edad;
use super::{Aviso, Formato, Formulario, Navegante, Peticion, Tema, Textos};

/// A link of the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enlace {
    /// Text to show.
    pub texto: String,
    /// Address.
    pub ruta: String,
    /// Whether the page shown lies under it.
    pub activo: bool,
}

/// Everything that `base.html` and the macros need.
#[derive(Clone)]
pub struct Marco {
    /// Title of the page; the heading says the same.
    pub titulo: String,
    /// Description for search engines and screen readers.
    pub descripcion: String,
    /// Who looks.
    pub navegante: Navegante,
    /// Rail of the workspace.
    pub menu: Vec<Enlace>,
    /// Workspaces the person may enter.
    pub espacios: Vec<Enlace>,
    /// Path of pages above this one.
    pub migas: Vec<Enlace>,
    /// Notices left by the request before.
    pub avisos: Vec<Aviso>,
    /// Theme chosen.
    pub tema: Tema,
    /// `comoda` or `compacta`.
    pub densidad: &'static str,
    /// Whether single-key shortcuts are on.
    pub atajos: bool,
    /// Path asked for.
    pub ruta: String,
    /// Query as it came, without `?`.
    pub consulta: String,
    /// Now.
    pub ahora: Instante,
    /// Address of this page, signed, for whoever leads back to it (`volver`).
    pub volver: String,
    /// How the program runs: `demo`, `prueba` or `produccion`.
    pub modo: &'static str,
    /// Whether a form of the page was refused; the title says so first.
    pub error: bool,
    /// What the page listens to: `factura`, `corrida`.
    pub temas: Vec<&'static str>,
    /// Alerts that wait for the person.
    pub alertas: i64,
    /// Token for the forms of this answer.
    pub csrf: String,
    /// Texts of the slice and of the kit.
    pub textos: Textos,
}

impl Marco {
    /// The shell of a request, with the texts of a slice.
    pub fn new(peticion: &Peticion, textos: Textos, titulo: String) -> Marco {
        Marco {
            descripcion: titulo.clone(),
            titulo,
            navegante: peticion.navegante.clone(),
            menu: peticion.menu(&textos),
            espacios: peticion.espacios(&textos),
            migas: Vec::new(),
            avisos: peticion.avisos.clone(),
            tema: peticion.tema,
            densidad: peticion.densidad,
            atajos: peticion.atajos,
            ruta: peticion.ruta.clone(),
            consulta: peticion.consulta.clone(),
            ahora: peticion.now(),
            volver: peticion.volver(),
            modo: peticion.modo(),
            error: false,
            temas: Vec::new(),
            alertas: 0,
            csrf: peticion.csrf(),
            textos,
        }
    }

    /// Adds a page above this one.
    #[must_use]
    pub fn miga(mut self, texto: impl Into<String>, ruta: impl Into<String>) -> Marco {
        self.migas.push(Enlace { texto: texto.into(), ruta: ruta.into(), activo: false });
        self
    }

    /// Tells in the title that a form was refused, if it was.
    #[must_use]
    pub fn refused(self, form: &Formulario) -> Marco {
        Marco { error: form.is_refused(), ..self }
    }

    /// Listens to what happens to these things: `factura`, `corrida`.
    #[must_use]
    pub fn listens(self, temas: &[&'static str]) -> Marco {
        Marco { temas: temas.to_vec(), ..self }
    }

    /// Another title than that of the key: the name of the thing shown.
    #[must_use]
    pub fn titled(self, titulo: impl Into<String>) -> Marco {
        let titulo = titulo.into();
        Marco { descripcion: titulo.clone(), titulo, ..self }
    }

    /// Language of the page: `es-MX`.
    pub fn lang(&self) -> &'static str {
        match self.formato().pais {
            Pais::Mx => "es-MX",
            Pais::Pe => "es-PE",
            Pais::Ar => "es-AR",
        }
    }

    /// `claro`, `oscuro`, or empty for the device's own.
    pub fn tema_html(&self) -> &'static str {
        match self.tema {
            Tema::Sistema => "",
            Tema::Claro => "claro",
            Tema::Oscuro => "oscuro",
        }
    }

    /// Text of a key.
    pub fn t(&self, clave: &str) -> String {
        self.textos.get(clave)
    }

    /// Text of a key with one variable.
    pub fn t1(&self, clave: &str, nombre: &'static str, valor: impl ToString) -> String {
        self.textos.with(clave, &[(nombre, valor.to_string())])
    }

    /// Text of a key with two variables.
    pub fn t2(
        &self,
        clave: &str,
        (a, va): (&'static str, impl ToString),
        (b, vb): (&'static str, impl ToString),
    ) -> String {
        self.textos.with(clave, &[(a, va.to_string()), (b, vb.to_string())])
    }

    /// Whether the person may do something; actions without permission are absent.
    pub fn puede(&self, permiso: &str) -> bool {
        (self.navegante.puede)(permiso)
    }

    /// Money as the country writes it.
    pub fn dinero(&self, dinero: &Dinero) -> String {
        self.formato().dinero(*dinero)
    }

    /// How long ago, in words, under 24 hours; `None` beyond. The absolute moment goes beside it.
    pub fn hace(&self, instante: &Instante) -> Option<String> {
        Some(match self.formato().edad(*instante, self.ahora)? {
            Edad::Ahora => self.t("kit-js-ahora"),
            Edad::Hace(cuanto) => self.t("kit-js-hace").replace('#', &cuanto),
            Edad::En(cuanto) => self.t("kit-js-en").replace('#', &cuanto),
        })
    }

    /// Money for a tile: `$1.24 M`.
    pub fn dinero_corto(&self, dinero: &Dinero) -> String {
        self.formato().dinero_corto(*dinero)
    }

    /// A count with its thousands.
    pub fn numero(&self, numero: &i64) -> String {
        self.formato().numero(*numero)
    }

    /// Day for tables: `05/11/2026`.
    pub fn fecha(&self, fecha: &Fecha) -> String {
        self.formato().fecha(*fecha)
    }

    /// Day for sentences: `5 nov 2026`.
    pub fn fecha_texto(&self, fecha: &Fecha) -> String {
        self.formato().fecha_texto(*fecha)
    }

    /// Moment for tables: `05/11/2026 14:05`.
    pub fn momento(&self, instante: &Instante) -> String {
        self.formato().momento(*instante)
    }

    /// Address of a file that the program serves: `ramal.css`, `ramal.js`, `htmx.min.js`,
    /// `iconos.svg`; it changes with its content.
    pub fn recurso(&self, nombre: &str) -> &'static str {
        crate::estatico::address(nombre)
    }

    /// How money and dates are written.
    pub fn formato(&self) -> &Formato {
        &self.navegante.formato
    }
}
