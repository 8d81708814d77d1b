//! Serves the gallery alone, with an empty database in a temporary folder, to look at it:
//! `cargo run -p ramal-web --example galeria -- 18101`. It is no part of the program.

#[cfg(debug_assertions)]
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use ramal_web::{App, Entorno, assemble, servir};

    let puerto = std::env::args().nth(1).unwrap_or_else(|| "18101".to_owned());
    let carpeta = std::env::temp_dir().join(format!("ramal-galeria-{puerto}"));
    std::fs::create_dir_all(&carpeta)?;
    let db = ramal_db::Db::open(&ramal_db::DbOptions::Carpeta(carpeta)).await?;
    db.migrate(&[ramal_db::MIGRACIONES, ramal_web::MIGRACIONES]).await?;
    let cx = ramal_base::Cx::system("galeria");
    let app = App::new(db, cx, ramal_db::Objetos::memoria(), Entorno::prueba());
    let router = assemble(app, vec![], ramal_web::pagina::galeria::sitio());
    let parar = tokio_util::sync::CancellationToken::new();
    let servidor = servir(router, format!("127.0.0.1:{puerto}").parse()?, parar).await?;
    servidor.wait().await?;
    Ok(())
}

#[cfg(not(debug_assertions))]
fn main() {}
