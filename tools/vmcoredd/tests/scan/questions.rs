// SPDX-License-Identifier: GPL-2.0

//! What databases answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::{json, Value};

use crate::{
    fleet::{Crash, NOW},
    outside, run, text,
};

const DOCUMENT: &str = include_str!("../../../../Documentation/scan.rst");
const DAY: u64 = 24 * 60 * 60;

/// The query in the document that begins with this comment.
fn query(comment: &str) -> String {
    let lines = DOCUMENT.lines().skip_while(|line| line.trim() != comment);
    let lines = lines.take_while(|line| !line.is_empty());
    let query: Vec<_> = lines.skip(1).map(str::trim).collect();
    assert!(query.len() > 5, "{comment}");
    query.join("\n")
}

/// Rows that DuckDB has for a query.
fn duckdb(query: &str) -> Vec<Value> {
    let script = "
import duckdb, json, sys
duckdb.sql('SET TimeZone = \"UTC\"')
result = duckdb.sql(sys.argv[1])
plain = lambda value: value if value is None or isinstance(value, int) else str(value)
print(json.dumps([dict(zip(result.columns, map(plain, row))) for row in result.fetchall()]))
";
    outside::ask(script, &[query]).as_array().unwrap().clone()
}

/// Scans the files of a fleet of `count`.
fn scanned(count: u64) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let (dir, _) = crate::fleet(count);
    let results = dir.path().join("results");
    fs::create_dir(&results).unwrap();
    let [parquet, ndjson] = ["parquet", "ndjson"].map(|format| {
        let out = results.join(format!("out.{format}"));
        let mut args = vec!["scan", "--format", format, "-o", text(&out)];
        let dirs: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| *path != results)
            .collect();
        args.extend(dirs.iter().map(|path| text(path)));
        let said = run(&args, &[]);
        assert_eq!(said.status, 0, "{}", said.complaints);
        out
    });
    (dir, parquet, ndjson)
}

/// What the answer must be, from what the fleet was made of: signatures that were not seen before Monday.
fn expected(count: u64) -> Vec<Value> {
    let mut seen: BTreeMap<String, Vec<Crash>> = BTreeMap::new();
    for crash in (0..count).map(Crash::new) {
        seen.entry(crash.signature()).or_default().push(crash);
    }
    let monday = NOW - 3 * DAY;
    seen.retain(|signature, crashes| {
        !signature.ends_with(":healthy") && crashes.iter().all(|crash| crash.time >= monday)
    });
    let rows = seen.into_iter().map(|(signature, crashes)| {
        let hosts: BTreeSet<_> = crashes.iter().map(|crash| &crash.host).collect();
        json!({"signature": signature, "hosts": hosts.len(), "dumps": crashes.len(), "first_firmware": "1.28.0.2"})
    });
    rows.collect()
}

fn check(answer: Vec<Value>, count: u64) {
    let expected = expected(count);
    assert_eq!(expected.len(), 1);
    let mut answer = answer;
    for row in &mut answer {
        let first = row.as_object_mut().unwrap().remove("first_seen").unwrap();
        assert!(first.as_str().unwrap().starts_with("2026-11-2"), "{first}");
    }
    assert_eq!(answer, expected);
}

/// The query, of what is in `from`, as if it was `NOW`.
fn now(query: &str, from: (&str, &str)) -> String {
    let now = "TIMESTAMPTZ '2026-11-26 00:00:00Z'";
    let query = query.replace(from.0, from.1).replace("now()", now);
    assert!(query.contains(from.1) && query.contains(now), "{query}");
    query
}

#[test]
fn duckdb_says_which_signature_is_new_this_week_and_on_how_many_hosts() {
    const COUNT: u64 = 300;
    let (_dir, parquet, ndjson) = scanned(COUNT);
    let query = query("-- duckdb");
    let from = "read_parquet('crashes/*.parquet', union_by_name = true)";
    let of_parquet = format!("read_parquet('{}')", parquet.display());
    check(duckdb(&now(&query, (from, &of_parquet))), COUNT);
    // From JSON it says the same.
    let of_ndjson = format!("read_ndjson('{}')", ndjson.display());
    check(duckdb(&now(&query, (from, &of_ndjson))), COUNT);
    // Every value is the same in both.
    let rows = |table: &str, value: &str| {
        let query = format!("SELECT * REPLACE ({value} AS value, nullif(file_error, '') AS file_error) FROM {table}");
        duckdb(&query)
    };
    let in_parquet = rows(&of_parquet, "'0x' || lower(to_hex(value))");
    let in_ndjson = rows(&of_ndjson, "value");
    assert!(in_parquet.len() > 600);
    for (one, other) in in_parquet.iter().zip(&in_ndjson) {
        let mut one = one.clone();
        // Times of files have milliseconds only here.
        one["file_time"] = other["file_time"].clone();
        assert_eq!(one, *other);
    }
    assert_eq!(in_parquet.len(), in_ndjson.len());
}

#[test]
fn what_spark_is_told_means_the_same() {
    const COUNT: u64 = 300;
    let (_dir, parquet, _) = scanned(COUNT);
    let query = query("-- spark");
    assert!(query.contains("current_timestamp()"));
    let query = query.replace("current_timestamp()", "TIMESTAMP '2026-11-26 00:00:00Z'");
    let script = "
import json, sqlglot, sys
print(json.dumps(sqlglot.transpile(sys.argv[1], read='spark', write='duckdb')))
";
    let translated = outside::ask(script, &[&query]);
    let translated = translated[0].as_str().unwrap();
    let from = format!("FROM read_parquet('{}')", parquet.display());
    assert!(translated.contains("FROM crashes"), "{translated}");
    check(duckdb(&translated.replace("FROM crashes", &from)), COUNT);
}

/// Columns as the document has them: name and type.
fn documented() -> Vec<(String, String)> {
    let table = DOCUMENT
        .lines()
        .skip_while(|line| !line.starts_with("column  "));
    let table = table.skip(2).take_while(|line| !line.starts_with("==="));
    let named = table.filter(|line| line.starts_with("``"));
    named
        .map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap().trim_matches('`').to_owned();
            (name, words.next().unwrap().to_owned())
        })
        .collect()
}

/// Columns as DuckDB sees them.
fn described(file: &Path) -> Vec<(String, String)> {
    let query = format!(
        "SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet('{}'))",
        file.display()
    );
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    duckdb(&query)
        .iter()
        .map(|row| (text(row, "column_name"), text(row, "column_type")))
        .collect()
}

#[test]
fn columns_are_those_of_the_document() {
    let (_dir, parquet, ndjson) = scanned(1);
    let documented: Vec<_> = documented()
        .into_iter()
        .map(|(name, type_)| {
            let type_ = match type_.as_str() {
                "text" => "VARCHAR",
                "number" => "BIGINT",
                "time" => "TIMESTAMP WITH TIME ZONE",
                "bits" => "UBIGINT",
                other => panic!("{other}"),
            };
            (name, type_.to_owned())
        })
        .collect();
    assert_eq!(described(&parquet), documented);
    let line = fs::read_to_string(&ndjson).unwrap();
    let mut line = line.lines().next().unwrap();
    for (name, _) in &documented {
        let at = line.find(&format!("\"{name}\":")).expect(name);
        line = &line[at..];
    }
    let metadata = duckdb(&format!(
        "SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('{}')",
        parquet.display()
    ));
    let schema = metadata.iter().find(|row| row["key"] == "vmcoredd.schema");
    assert_eq!(schema.unwrap()["value"], "1");
}

/// Files that earlier versions wrote, by schema. What such a file says stays true of its schema: a column that is gone or means
/// something else makes a new one, whose first file comes to these.
#[test]
fn files_of_earlier_versions_are_read_together_with_new_ones() {
    const COUNT: u64 = 300;
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scan/old");
    let (_dir, parquet, _) = scanned(COUNT);
    let new: BTreeMap<_, _> = described(&parquet).into_iter().collect();
    let mut schemas = 0;
    for entry in fs::read_dir(&old).unwrap() {
        let path = entry.unwrap().path();
        let rows = duckdb(&format!(
            "SELECT DISTINCT schema FROM read_parquet('{}')",
            path.display()
        ));
        let schema = format!("schema-{}.parquet", rows[0]["schema"]);
        assert!(rows.len() == 1 && path.ends_with(schema), "{rows:?}");
        // No column was taken away, or is of another type, without a new number.
        let is_current = rows[0]["schema"] == 1;
        for (name, type_) in described(&path) {
            assert!(!is_current || new.get(&name) == Some(&type_), "{name}");
        }
        schemas += 1;
    }
    assert_eq!(schemas, 1, "one for each schema");
    // The file of schema 1 is of the same fleet: everything was seen before, on the same hosts.
    let both = format!(
        "read_parquet(['{}/*.parquet', '{}'], union_by_name = true)",
        old.display(),
        parquet.display()
    );
    let query = query("-- duckdb");
    let from = "read_parquet('crashes/*.parquet', union_by_name = true)";
    let answer = duckdb(&now(&query, (from, &both)));
    let mut expected = expected(COUNT);
    let count = |row: &Value| row["dumps"].as_u64().unwrap();
    let in_old = (0..60)
        .map(Crash::new)
        .filter(|crash| expected[0]["signature"] == crash.signature());
    let in_old = in_old.count() as u64;
    assert!(in_old > 0);
    expected[0]["dumps"] = (count(&expected[0]) + in_old).into();
    assert_eq!(answer[0]["dumps"], expected[0]["dumps"]);
    assert_eq!(answer[0]["hosts"], expected[0]["hosts"]);
}
