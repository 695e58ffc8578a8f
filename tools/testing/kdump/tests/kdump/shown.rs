// SPDX-License-Identifier: GPL-2.0

//! What `vmcoredd` says of a file in JSON (`Documentation/json.rst`).

use serde_json::Value;

/// The dumps in the only file.
pub fn dumps(said: &str) -> Vec<Value> {
    let mut said: Value = serde_json::from_str(said).expect(said);
    match said["files"][0]["dumps"].take() {
        Value::Array(dumps) => dumps,
        other => panic!("no dumps, but {other}"),
    }
}

/// The number that is written in hexadecimal.
pub fn number(text: &Value) -> u64 {
    let digits = text.as_str().unwrap().trim_start_matches("0x");
    u64::from_str_radix(digits, 16).unwrap()
}
