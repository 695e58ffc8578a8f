// SPDX-License-Identifier: GPL-2.0

//! What is in a dump.

use pyo3::{prelude::*, types::PyDict};
use vmcoredd::kinds::{messages, register, section, table};

#[pyclass(frozen, get_all, module = "vmcoredd")]
pub struct Section {
    name: String,
    title: String,
    status: String,
    ok: bool,
    cause: Option<String>,
    left_out: Vec<&'static str>,
    stored: u64,
    raw: u64,
    damage: Option<String>,
}

impl From<section::Section> for Section {
    fn from(section: section::Section) -> Self {
        Self {
            name: section.name,
            title: section.title.into(),
            status: section.status,
            ok: section.ok,
            cause: section.cause,
            left_out: section.left_out,
            stored: section.stored,
            raw: section.raw,
            damage: section.damage,
        }
    }
}

#[pymethods]
impl Section {
    fn __repr__(&self) -> String {
        format!("<vmcoredd.Section {}: {}>", self.name, self.status)
    }
}

#[pyclass(frozen, get_all, module = "vmcoredd")]
#[derive(Clone)]
pub struct Field {
    name: String,
    value: u64,
    low: u32,
    bits: u32,
    meaning: Option<String>,
}

#[pyclass(frozen, get_all, module = "vmcoredd")]
pub struct Register {
    address: u64,
    unit: String,
    name: Option<String>,
    value: u64,
    bits: u32,
    fields: Vec<Field>,
}

impl From<register::Register> for Register {
    fn from(held: register::Register) -> Self {
        let field = |field: register::Field| Field {
            name: field.name.into(),
            value: field.value,
            low: field.low,
            bits: field.bits,
            meaning: field.meaning.map(Into::into),
        };
        Self {
            address: held.address,
            unit: held.unit.into(),
            name: held.name.map(Into::into),
            value: held.value,
            bits: held.bits,
            fields: held.fields.into_iter().map(field).collect(),
        }
    }
}

#[pymethods]
impl Register {
    fn __repr__(&self) -> String {
        let name = self.name.as_deref().unwrap_or("?");
        format!(
            "<vmcoredd.Register {:#x} {name}: {:#x}>",
            self.address, self.value
        )
    }
}

#[pyclass(frozen, get_all, module = "vmcoredd")]
pub struct Message {
    /// Seconds, if the log has a clock that is known, or else ticks.
    time: f64,
    level: String,
    is_error: bool,
    text: String,
}

impl Message {
    pub fn all(log: &messages::Log) -> Vec<Self> {
        let rate = log.ticks_per_second.unwrap_or(1).max(1) as f64;
        let message = |message: &messages::Message| Self {
            time: message.time as f64 / rate,
            level: message.level.clone(),
            is_error: message.is_error,
            text: message.text.clone(),
        };
        log.messages.iter().map(message).collect()
    }
}

#[pyclass(frozen, module = "vmcoredd")]
pub struct Table(pub table::Table);

#[pymethods]
impl Table {
    #[getter]
    fn title(&self) -> &str {
        &self.0.title
    }

    #[getter]
    fn columns(&self) -> Vec<String> {
        self.0
            .columns
            .iter()
            .map(|column| column.name.to_string())
            .collect()
    }

    /// Each row by the names of columns: a number, a text, or nothing.
    #[getter]
    fn rows<'py>(&self, python: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let row = |cells: &Vec<table::Cell>| {
            let row = PyDict::new(python);
            for (column, cell) in self.0.columns.iter().zip(cells) {
                let name = column.name.as_ref();
                match cell {
                    table::Cell::Empty => row.set_item(name, python.None())?,
                    table::Cell::Number(number) => row.set_item(name, number)?,
                    table::Cell::Text(text) => row.set_item(name, text.as_ref() as &str)?,
                }
            }
            Ok(row)
        };
        self.0.rows.iter().map(row).collect()
    }
}
