// SPDX-License-Identifier: GPL-2.0

//! Registers as JSON.

use serde_json::{Map, Value};

use crate::kinds::register::{Register, MASKED};

pub fn json(register: &Register) -> Value {
    let mut json = Map::new();
    json.insert("address".into(), register.address.into());
    json.insert("unit".into(), register.unit.as_ref().into());
    if let Some(name) = &register.name {
        json.insert("name".into(), name.as_ref().into());
    }
    json.insert("value".into(), register.value.into());
    if !register.fields.is_empty() {
        let fields = register.fields.iter();
        let fields = fields.map(|field| (field.name.to_string(), field.value.into()));
        json.insert("fields".into(), Value::Object(fields.collect()));
    }
    let masked = register
        .fields
        .iter()
        .filter(|field| field.meaning.as_deref() == Some(MASKED));
    let masked: Vec<Value> = masked.map(|field| field.name.as_ref().into()).collect();
    if !masked.is_empty() {
        json.insert("masked".into(), masked.into());
    }
    Value::Object(json)
}
