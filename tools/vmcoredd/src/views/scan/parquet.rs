// SPDX-License-Identifier: GPL-2.0

//! Parquet: columns, compressed, that databases read without asking.

use std::{io::Write, sync::Arc};

use anyhow::{Context, Result};
use parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DataType, Int64Type},
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::{Type, TypePtr},
};

use super::{
    columns::{Column, Get, COLUMNS, SCHEMA},
    rows::Row,
    Sink,
};

/// Rows that are in memory until they are written.
const GROUP: usize = 32_768;

pub struct Parquet<'a> {
    writer: SerializedFileWriter<&'a mut (dyn Write + Send)>,
    rows: Vec<Row>,
}

impl<'a> Parquet<'a> {
    pub fn new(out: &'a mut (dyn Write + Send)) -> Result<Self> {
        let facts = [
            ("vmcoredd.schema", SCHEMA.to_string()),
            ("vmcoredd.version", env!("CARGO_PKG_VERSION").into()),
        ];
        let facts = facts.map(|(key, value)| KeyValue::new(key.to_owned(), value));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(facts.into()))
            .build();
        Ok(Self {
            writer: SerializedFileWriter::new(out, schema()?, Arc::new(properties))?,
            rows: Vec::new(),
        })
    }

    fn write_group(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for column in &COLUMNS {
            let mut to = group.next_column()?.context("a column too few")?;
            match column.get {
                Get::Text(get) => {
                    let text = |row| get(row).map(|text| ByteArray::from(text.as_bytes().to_vec()));
                    write::<ByteArrayType>(&mut to, rows.iter().map(text))?;
                }
                Get::Number(get) | Get::Time(get) => {
                    write::<Int64Type>(&mut to, rows.iter().map(get))?;
                }
                Get::Bits(get) => {
                    let bits = |row| get(row).map(|bits| bits as i64);
                    write::<Int64Type>(&mut to, rows.iter().map(bits))?;
                }
            }
            to.close()?;
        }
        group.close()?;
        Ok(())
    }
}

impl Sink for Parquet<'_> {
    fn rows(&mut self, rows: Vec<Row>) -> Result<()> {
        self.rows.extend(rows);
        match self.rows.len() < GROUP {
            true => Ok(()),
            false => self.write_group(),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.write_group()?;
        self.writer.finish()?;
        Ok(())
    }
}

/// Writes what is there, and where something is.
fn write<T: DataType>(
    to: &mut SerializedColumnWriter<'_>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<()> {
    let mut levels = Vec::new();
    let values: Vec<_> = values
        .inspect(|value| levels.push(value.is_some().into()))
        .flatten()
        .collect();
    to.typed::<T>().write_batch(&values, Some(&levels), None)?;
    Ok(())
}

fn schema() -> Result<TypePtr> {
    let fields: Result<_> = COLUMNS.iter().map(field).collect();
    let schema = Type::group_type_builder("scan").with_fields(fields?);
    Ok(Arc::new(schema.build()?))
}

/// Any value may be missing.
fn field(column: &Column) -> Result<TypePtr> {
    let (physical, logical) = match column.get {
        Get::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Get::Number(_) => (Physical::INT64, None),
        Get::Time(_) => {
            let is_utc = true;
            let type_ = LogicalType::timestamp(is_utc, TimeUnit::MILLIS);
            (Physical::INT64, Some(type_))
        }
        Get::Bits(_) => {
            let is_signed = false;
            let type_ = LogicalType::integer(64, is_signed);
            (Physical::INT64, Some(type_))
        }
    };
    let field = Type::primitive_type_builder(column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    Ok(Arc::new(field.build()?))
}
