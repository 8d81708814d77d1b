//! A private PostgreSQL for the tests: own folder, own port on the loopback, stopped by its own id.
//! It never touches a server that was there before.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process::{self, Running};

/// Speed over safety: the data is thrown away at the end.
const SETTINGS: [&str; 7] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=128MB",
    "unix_socket_directories=",
    "listen_addresses=127.0.0.1",
];

/// A running server; dropping it stops it and removes its folder.
pub struct Postgres {
    server: Running,
    folder: PathBuf,
    bin: PathBuf,
    port: u16,
}

/// Who owns the server's files when the chore runs as root, which PostgreSQL refuses to be.
#[derive(Clone, Copy)]
struct Owner {
    uid: u32,
    gid: u32,
}

impl Postgres {
    /// Makes a cluster under `target/` (or the system's temporary folder when another user could
    /// not enter there) and starts it. Errors: no PostgreSQL, or it did not start.
    pub fn start(root: &Path) -> Result<Postgres> {
        let bin = bin_folder().context("PostgreSQL is not installed (initdb)")?;
        let owner = owner()?;
        let folder = new_folder(root, owner)?;
        let data = folder.join("data");
        let mut initdb = as_owner(Command::new(bin.join("initdb")), &folder, owner);
        initdb.args(["--username", "ramal", "--auth", "trust", "--encoding", "UTF8"]);
        initdb.args(["--locale", "C", "--no-sync", "--pgdata"]).arg(&data);
        process::stdout(&mut initdb)?;

        let port = process::free_port()?;
        let mut postgres = as_owner(Command::new(bin.join("postgres")), &folder, owner);
        postgres.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in SETTINGS {
            postgres.args(["-c", setting]);
        }
        let server = Running::start(&mut postgres, &folder.join("server.log"))?;
        let mut pg = Postgres { server, folder, bin, port };
        pg.wait()?;
        println!("PostgreSQL on 127.0.0.1:{port}");
        Ok(pg)
    }

    /// Address of a database of the server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://ramal@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and returns its address.
    pub fn create(&self, database: &str) -> Result<String> {
        let mut command = Command::new(self.bin.join("createdb"));
        command.args(["-h", "127.0.0.1", "-U", "ramal", "-p", &self.port.to_string(), database]);
        process::run(&mut command)?;
        Ok(self.url(database))
    }

    fn wait(&mut self) -> Result<()> {
        let (bin, port) = (self.bin.join("pg_isready"), self.port.to_string());
        let ready = || {
            let args = ["-q", "-h", "127.0.0.1", "-U", "ramal", "-p", &port];
            Command::new(&bin).args(args).status().is_ok_and(|s| s.success())
        };
        let log = self.folder.join("server.log");
        process::wait_until("PostgreSQL", Duration::from_secs(30), ready)
            .with_context(|| std::fs::read_to_string(log).unwrap_or_default())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.server.stop("-INT");
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays behind: {error}", self.folder.display());
        }
    }
}

/// Folder of the programs, the newest version when there are several.
pub fn bin_folder() -> Option<PathBuf> {
    // A link in PATH leads to the folder where the other programs are too.
    if let Some(initdb) = process::which("initdb").and_then(|p| p.canonicalize().ok()) {
        return initdb.parent().map(Path::to_path_buf);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|v| v.ok().map(|v| v.path().join("bin")));
    let number = |p: &PathBuf| -> u32 {
        let version =
            p.parent().and_then(|v| v.file_name()).map(|v| v.to_string_lossy().into_owned());
        version.and_then(|v| v.parse().ok()).unwrap_or(0)
    };
    folders.filter(|f| f.join("initdb").is_file()).max_by_key(number)
}

fn owner() -> Result<Option<Owner>> {
    if std::fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let passwd = std::fs::read_to_string("/etc/passwd").context("/etc/passwd")?;
    let user = |name: &str| passwd.lines().find_map(|line| entry(line, name));
    user("postgres").or_else(|| user("nobody")).context("no user to run PostgreSQL as").map(Some)
}

fn entry(line: &str, name: &str) -> Option<Owner> {
    let mut fields = line.split(':');
    let found = fields.next() == Some(name);
    let (uid, gid) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
    found.then_some(Owner { uid, gid })
}

fn new_folder(root: &Path, owner: Option<Owner>) -> Result<PathBuf> {
    let target = root.join("target");
    let base = if owner.is_some() && !is_open(root) { std::env::temp_dir() } else { target };
    let name = format!("pg-{}-{}", std::process::id(), process::free_port()?);
    let folder = process::fresh_folder(&base.join(name))?;
    if let Some(owner) = owner {
        chown(&folder, Some(owner.uid), Some(owner.gid))?;
    }
    Ok(folder)
}

/// Whether another user may pass through the folder and all above it.
fn is_open(folder: &Path) -> bool {
    let passes = |p: &Path| std::fs::metadata(p).is_ok_and(|m| m.permissions().mode() & 0o001 != 0);
    folder.ancestors().all(passes)
}

fn as_owner(mut command: Command, folder: &Path, owner: Option<Owner>) -> Command {
    command.current_dir(folder);
    if let Some(owner) = owner {
        command.uid(owner.uid).gid(owner.gid);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_read_from_its_own_line() {
        let line = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";
        let owner = entry(line, "postgres").unwrap();
        assert_eq!((owner.uid, owner.gid), (101, 104));
        assert!(entry(line, "nobody").is_none());
        assert!(entry("", "nobody").is_none());
    }

    #[test]
    fn a_private_server_takes_databases_and_leaves_nothing_behind() {
        if bin_folder().is_none() {
            eprintln!("SKIPPED: PostgreSQL is not installed");
            return;
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let pg = Postgres::start(root).unwrap();
        let url = pg.create("prueba").unwrap();
        assert!(url.ends_with("/prueba"));
        assert!(pg.create("prueba").is_err());
        let (folder, port) = (pg.folder.clone(), pg.port);
        drop(pg);
        assert!(!folder.exists());
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    }

    #[test]
    fn a_closed_folder_is_seen_from_inside_it() {
        let folder = std::env::temp_dir().join(format!("xtask-open-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("dentro")).unwrap();
        assert!(is_open(&folder.join("dentro")));
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!is_open(&folder.join("dentro")));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
