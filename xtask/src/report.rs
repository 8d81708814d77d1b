//! The steps of a chore with their times, and the table at the end. A failed step does not hide the
//! next ones.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Steps done so far.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    error: Option<String>,
    time: Duration,
}

impl Report {
    /// Does a step, and keeps its result and its time. Returns its value if it went well.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("\n== {name}");
        let start = Instant::now();
        let result = work();
        let error = result.as_ref().err().map(|e| {
            let causes: Vec<String> = e.chain().map(ToString::to_string).collect();
            causes.join(": ")
        });
        if let Some(error) = &error {
            eprintln!("{name}: {error}");
        }
        self.rows.push(Row { name: name.into(), error, time: start.elapsed() });
        result.ok()
    }

    /// Notes a step that could not be tried.
    pub fn skip(&mut self, name: &str, why: &str) {
        let error = Some(format!("not tried: {why}"));
        self.rows.push(Row { name: name.into(), error, time: Duration::ZERO });
    }

    /// Prints the table. Errors: a step failed.
    pub fn finish(self) -> Result<()> {
        println!("\n{}", self.table());
        let failed = self.rows.iter().filter(|r| r.error.is_some()).count();
        if failed > 0 {
            bail!("{failed} of {} steps failed", self.rows.len());
        }
        Ok(())
    }

    fn table(&self) -> String {
        let row = |r: &Row| {
            let mark = if r.error.is_some() { "FAIL" } else { "ok" };
            let why = r.error.as_deref().and_then(|e| e.lines().next()).unwrap_or_default();
            format!("{:<22} {mark:<5} {:>9}  {why}", r.name, seconds(r.time)).trim_end().to_string()
        };
        let total = self.rows.iter().map(|r| r.time).sum();
        let mut lines: Vec<String> = self.rows.iter().map(row).collect();
        lines.push(format!("{:<22}       {:>9}", "total", seconds(total)));
        lines.join("\n")
    }
}

/// `12.3 s`
pub fn seconds(time: Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_whole_and_the_next_one_still_runs() {
        let mut report = Report::default();
        assert_eq!(report.step("uno", || -> Result<u8> { bail!("se cayó") }), None);
        assert_eq!(report.step("dos", || Ok(2)), Some(2));
        report.skip("tres", "uno failed");
        let table = report.table();
        assert!(table.contains("uno                    FAIL"), "{table}");
        assert!(table.contains("dos                    ok"), "{table}");
        let error = report.finish().unwrap_err();
        assert_eq!(error.to_string(), "2 of 3 steps failed");
    }

    #[test]
    fn times_are_told_in_seconds_with_one_decimal() {
        assert_eq!(seconds(Duration::from_millis(12_390)), "12.3 s");
    }
}
