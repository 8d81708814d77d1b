//! Who writes a table: only the crate whose migrations create it. Reading is free, through views.

use std::collections::BTreeMap;

use super::source::Source;
use super::{Finding, finding};

/// Owner of each table: `CREATE TABLE name` in the migrations of a crate.
pub fn owners(sources: &[Source]) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for source in sources.iter().filter(|s| s.package != "xtask" && s.package != "ramal-testkit") {
        for (_, table) in
            after(&source.live_strings(), &["create table if not exists", "create table"])
        {
            owners.entry(table).or_insert_with(|| source.package.clone());
        }
    }
    owners
}

/// Writes of a file to tables of another crate.
pub fn check(source: &Source, owners: &BTreeMap<String, String>) -> Vec<Finding> {
    const WRITES: [&str; 4] = ["insert into", "insert or ignore into", "update", "delete from"];
    if matches!(source.package.as_str(), "xtask" | "ramal-testkit") {
        return Vec::new();
    }
    let strings = source.live_strings();
    let mut writes = after(&strings, &WRITES);
    if source.masked.code.contains("sea_orm(") {
        writes.extend(entities(&strings, source));
    }
    let foreign = |(line, table): (usize, String)| {
        let owner = owners.get(&table).filter(|o| **o != source.package)?;
        Some(finding(source, line, "foreign-table", format!("{table} belongs to {owner}")))
    };
    writes.into_iter().filter_map(foreign).collect()
}

/// An entity of SeaORM is a way to write, so it belongs to the owner too.
fn entities(strings: &str, source: &Source) -> Vec<(usize, String)> {
    let named = |line: &&str| line.contains("table_name");
    let code: Vec<&str> = source.masked.code.lines().collect();
    let lines = strings.lines().enumerate().filter(|(n, _)| code.get(*n).is_some_and(named));
    lines.map(|(n, text)| (n, text.trim().trim_matches('"').to_string())).collect()
}

/// Line and word that follow each of the phrases, whatever the case and the white space between.
fn after(text: &str, phrases: &[&str]) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let parts = line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
        words.extend(parts.filter(|w| !w.is_empty()).map(|w| (n, w.to_lowercase())));
    }
    let mut found = Vec::new();
    for at in 0..words.len() {
        for phrase in phrases {
            let parts: Vec<&str> = phrase.split(' ').collect();
            let fits =
                parts.iter().enumerate().all(|(i, p)| words.get(at + i).is_some_and(|w| w.1 == *p));
            if let (true, Some(next)) = (fits, words.get(at + parts.len())) {
                found.push(next.clone());
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> BTreeMap<String, String> {
        let sql =
            "CREATE TABLE facturas (id TEXT);\nCREATE TABLE IF NOT EXISTS cargos (id TEXT);\n";
        let path = "crates/ramal-facturacion/migrations/1.sql";
        owners(&[Source::new(path, "ramal-facturacion", sql)])
    }

    fn tables(package: &str, text: &str) -> usize {
        let source = Source::new(&format!("crates/{package}/src/storage.rs"), package, text);
        check(&source, &world()).len()
    }

    #[test]
    fn the_owner_is_the_crate_of_the_migration() {
        let owners = world();
        assert_eq!(owners["facturas"], "ramal-facturacion");
        assert_eq!(owners["cargos"], "ramal-facturacion");
    }

    #[test]
    fn a_foreign_write_is_found_over_line_breaks_too() {
        for sql in [
            "INSERT INTO facturas (id)",
            "insert  into\n  cargos",
            "UPDATE facturas SET a",
            "DELETE FROM cargos WHERE a",
        ] {
            assert_eq!(
                tables("ramal-clientes", &format!("const Q: &str = \"{sql}\";")),
                1,
                "{sql}"
            );
            assert_eq!(tables("ramal-facturacion", &format!("const Q: &str = \"{sql}\";")), 0);
        }
        let entity = "#[sea_orm(table_name = \"facturas\")]\npub struct Model;";
        assert_eq!(tables("ramal-clientes", entity), 1);
    }

    #[test]
    fn reading_locking_and_tests_are_not_writes() {
        for sql in [
            "SELECT a FROM facturas FOR UPDATE",
            "ON CONFLICT DO UPDATE SET a = 1",
            "SELECT 1 FROM v_facturas",
        ] {
            assert_eq!(
                tables("ramal-clientes", &format!("const Q: &str = \"{sql}\";")),
                0,
                "{sql}"
            );
        }
        let test = "#[cfg(test)]\nmod tests { const Q: &str = \"DELETE FROM cargos\"; }";
        assert_eq!(tables("ramal-clientes", test), 0);
    }
}
