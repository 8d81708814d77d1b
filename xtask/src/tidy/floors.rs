//! Dependencies between crates: down to a lower floor, or leftward on the same one. It reads the
//! manifests through cargo and compiles nothing.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Finding;

/// Crates of each floor from left to right; a crate may use those before it. One entry may hold
/// several names that must not know each other.
const ORDER: [&[&[&str]]; 5] = [
    &[&["xml"], &["cfdi", "sunat", "extractos"]],
    &[&["db"], &["jobs"], &["web"], &["testkit", "emulador", "pasarelas", "canales"]],
    &[&["plataforma"], &["mensajeria"], &["fiscal"], &["red"]],
    &[
        &["clientes"],
        &["catalogo"],
        &["contratos"],
        &["cuenta"],
        &["facturacion"],
        &["pagos"],
        &["cobros"],
        &["conciliacion"],
        &["cobranza"],
        &["migracion"],
    ],
    &[&["campo"], &["soporte"], &["ordenes"]],
];

/// Kind of a dependency in a manifest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Needed by the crate itself (also build dependencies).
    Normal,
    /// Needed by its tests alone.
    Dev,
}

/// One crate with its floor and what it depends on inside the workspace.
pub struct Package {
    /// Name without `ramal-`.
    pub name: String,
    /// `package.metadata.ramal.floor`.
    pub floor: Option<u64>,
    /// Names without `ramal-`, and the kind.
    pub uses: Vec<(String, Kind)>,
}

/// Reads the output of `cargo metadata`.
pub fn packages(metadata: &Value) -> Result<Vec<Package>> {
    let list = metadata["packages"].as_array().context("cargo metadata without packages")?;
    let names: Vec<&str> = list.iter().filter_map(|p| p["name"].as_str()).collect();
    let read = |p: &Value| {
        let dependencies = p["dependencies"].as_array().cloned().unwrap_or_default();
        let inside =
            dependencies.iter().filter(|d| names.contains(&d["name"].as_str().unwrap_or("")));
        let kind = |d: &Value| if d["kind"] == "dev" { Kind::Dev } else { Kind::Normal };
        Package {
            name: short(p["name"].as_str().unwrap_or_default()),
            floor: p["metadata"]["ramal"]["floor"].as_u64(),
            uses: inside
                .map(|d| (short(d["name"].as_str().unwrap_or_default()), kind(d)))
                .collect(),
        }
    };
    Ok(list.iter().map(read).collect())
}

/// Every edge that goes up, sideways or to a crate meant for tests.
pub fn check(packages: &[Package]) -> Vec<Finding> {
    let mut found = Vec::new();
    for package in packages {
        let mut push = |what: String| {
            let path = format!("crates/ramal-{}/Cargo.toml", package.name);
            found.push(Finding { path, line: 1, rule: "floor", what });
        };
        if package.floor.is_none() {
            push("package.metadata.ramal.floor is missing".into());
            continue;
        }
        for (name, kind) in &package.uses {
            let target = packages.iter().find(|p| p.name == *name);
            if let Some(reason) = target.and_then(|t| refusal(package, t, *kind)) {
                push(format!("{} may not use {name}: {reason}", package.name));
            }
        }
    }
    found
}

/// Why `user` may not depend on `used`; `None` if it may.
fn refusal(user: &Package, used: &Package, kind: Kind) -> Option<&'static str> {
    match (used.name.as_str(), kind) {
        ("testkit", Kind::Normal) => return Some("testkit is for dev-dependencies"),
        ("emulador", Kind::Normal) if user.name != "ramal" => {
            return Some("emulador belongs to the binary and to dev-dependencies");
        }
        ("testkit" | "emulador", Kind::Dev) => return None,
        _ => {}
    }
    match used.floor.cmp(&user.floor) {
        std::cmp::Ordering::Less => None,
        std::cmp::Ordering::Greater => Some("it is on a higher floor"),
        std::cmp::Ordering::Equal if is_leftward(user, used) => None,
        std::cmp::Ordering::Equal => Some("it is not to its left on the same floor"),
    }
}

fn is_leftward(user: &Package, used: &Package) -> bool {
    let column = |package: &Package| {
        let floor = usize::try_from(package.floor?).ok()?;
        let row = ORDER.get(floor.checked_sub(1)?)?;
        row.iter().position(|names| names.contains(&package.name.as_str()))
    };
    matches!((column(user), column(used)), (Some(a), Some(b)) if b < a)
}

fn short(name: &str) -> String {
    name.strip_prefix("ramal-").unwrap_or(name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, floor: u64, uses: &[(&str, Kind)]) -> Package {
        let uses = uses.iter().map(|(n, k)| (n.to_string(), *k)).collect();
        Package { name: name.into(), floor: Some(floor), uses }
    }

    fn edge(user: (&str, u64), used: (&str, u64), kind: Kind) -> usize {
        let used_package = package(used.0, used.1, &[]);
        check(&[package(user.0, user.1, &[(used.0, kind)]), used_package]).len()
    }

    #[test]
    fn down_and_left_are_allowed() {
        assert_eq!(edge(("facturacion", 4), ("base", 0), Kind::Normal), 0);
        assert_eq!(edge(("facturacion", 4), ("contratos", 4), Kind::Normal), 0);
        assert_eq!(edge(("fiscal", 3), ("plataforma", 3), Kind::Normal), 0);
        assert_eq!(edge(("cfdi", 1), ("xml", 1), Kind::Normal), 0);
        assert_eq!(edge(("ramal", 6), ("emulador", 2), Kind::Normal), 0);
        assert_eq!(edge(("fiscal", 3), ("emulador", 2), Kind::Dev), 0);
        assert_eq!(edge(("db", 2), ("testkit", 2), Kind::Dev), 0);
    }

    #[test]
    fn up_right_and_sideways_are_refused() {
        for kind in [Kind::Normal, Kind::Dev] {
            assert_eq!(edge(("db", 2), ("fiscal", 3), kind), 1);
            assert_eq!(edge(("contratos", 4), ("facturacion", 4), kind), 1);
            assert_eq!(edge(("cfdi", 1), ("sunat", 1), kind), 1);
            assert_eq!(edge(("sunat", 1), ("cfdi", 1), kind), 1);
            assert_eq!(edge(("xml", 1), ("cfdi", 1), kind), 1);
        }
    }

    #[test]
    fn test_crates_stay_out_of_the_product() {
        assert_eq!(edge(("fiscal", 3), ("testkit", 2), Kind::Normal), 1);
        assert_eq!(edge(("fiscal", 3), ("emulador", 2), Kind::Normal), 1);
        assert_eq!(edge(("ramal", 6), ("testkit", 2), Kind::Normal), 1);
    }

    #[test]
    fn a_crate_without_floor_is_found_and_metadata_is_read() {
        let json = serde_json::json!({"packages": [
            {"name": "ramal-db", "metadata": {"ramal": {"floor": 2}}, "dependencies": [
                {"name": "ramal-base", "kind": null}, {"name": "ramal-testkit", "kind": "dev"},
                {"name": "serde", "kind": null}]},
            {"name": "ramal-base", "metadata": {"ramal": {"floor": 0}}, "dependencies": []},
            {"name": "ramal-testkit", "metadata": null, "dependencies": []},
        ]});
        let read = packages(&json).unwrap();
        assert_eq!(read[0].uses, [("base".into(), Kind::Normal), ("testkit".into(), Kind::Dev)]);
        let found = check(&read);
        assert_eq!(found.len(), 1);
        assert!(found[0].what.contains("floor is missing"));
    }
}
