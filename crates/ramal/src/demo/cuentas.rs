//! The people of the demo company, one for each role, with passwords that everybody knows: the
//! program refuses to serve them in production. It makes nobody twice.

use ramal_plataforma::{NuevoUsuario, RolDado, usuario_por_correo};
use serde::Serialize;

use crate::casa::Casa;
use crate::cli::usuarios;
use crate::salida::problem;

/// Ending of the demo's addresses, by which production knows them.
pub const DOMINIO: &str = "@demo.ramal.example";

/// The password of all of them.
const CONTRASENA: &str = "antena-nueva-en-el-cerro";

const PERSONAS: [(&str, &str); 8] = [
    ("administrador", "Rosa Díaz"),
    ("operador", "Lucía Mendoza"),
    ("consulta", "Ernesto Vega"),
    ("tecnico", "Marcos Huamán"),
    ("soporte", "Noemí Salazar"),
    ("cobranzas", "Carla Ibáñez"),
    ("agente", "Iván Torres"),
    ("cliente", "Javier Mosca"),
];

/// How somebody of the demo signs in.
#[derive(Clone, Debug, Serialize)]
pub struct Cuenta {
    /// Role.
    pub rol: &'static str,
    /// Name.
    pub nombre: &'static str,
    /// E-mail.
    pub correo: String,
    /// Password.
    pub contrasena: &'static str,
}

/// Makes the people who do not exist yet, and tells how each signs in.
pub async fn ensure(casa: &Casa) -> anyhow::Result<Vec<Cuenta>> {
    let mut cuentas = Vec::new();
    for (rol, nombre) in PERSONAS {
        let correo = format!("{rol}{DOMINIO}");
        if usuario_por_correo(&casa.db, &correo).await.map_err(problem)?.is_none() {
            let roles = vec![RolDado::everywhere(rol)];
            let nuevo = NuevoUsuario { correo: correo.clone(), nombre: nombre.to_owned(), roles };
            usuarios::make(casa, nuevo, CONTRASENA).await?;
        }
        cuentas.push(Cuenta { rol, nombre, correo, contrasena: CONTRASENA });
    }
    Ok(cuentas)
}
