// SPDX-License-Identifier: GPL-2.0

//! A file of `devices.d` as it is written: TOML, with the place of each value.

use std::{collections::BTreeMap, fmt, ops::RangeInclusive};

use serde::{
    de::{self, Deserializer, MapAccess, Visitor},
    Deserialize, //
};
use toml::Spanned;

use crate::kinds::register::Kind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub device: Spanned<Device>,
    #[serde(default)]
    pub range: Vec<Spanned<Range>>,
    #[serde(default)]
    pub register: Vec<Spanned<Register>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    pub name: Spanned<String>,
    #[serde(rename = "match", default)]
    pub ids: Vec<Spanned<String>>,
    pub class: Option<Spanned<String>>,
    #[serde(default)]
    pub never: Vec<Spanned<Offsets>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub bar: Spanned<u8>,
    pub start: Spanned<u32>,
    pub count: Option<Spanned<u32>>,
    pub stride: Option<Spanned<u32>>,
    pub width: Option<Spanned<u8>>,
    #[serde(rename = "if")]
    pub condition: Option<Spanned<Condition>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub bar: Spanned<u8>,
    pub at: Spanned<u32>,
    pub width: Option<Spanned<u8>>,
    /// This bit is set.
    pub bit: Option<Spanned<u8>>,
    /// Or else: these bits are `value`.
    pub mask: Option<Spanned<u32>>,
    pub value: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    pub bar: Spanned<u8>,
    pub at: Spanned<u32>,
    pub name: Spanned<String>,
    pub width: Option<Spanned<u8>>,
    /// Several registers that are alike have the name with a number, from `first` on: behind it, or where it has `[]`.
    pub count: Option<Spanned<u16>>,
    pub stride: Option<Spanned<u32>>,
    #[serde(default)]
    pub first: u16,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default)]
    pub fields: BTreeMap<Spanned<String>, Spanned<Field>>,
}

/// Offsets within a BAR, from first to last: a number, or "FIRST-LAST".
pub struct Offsets(pub RangeInclusive<u32>);

/// Bits of a register, from the lowest to the highest: a number, "HIGH:LOW", or a table with names of values, too.
pub struct Field {
    pub bits: RangeInclusive<u8>,
    pub values: BTreeMap<u64, String>,
}

impl<'de> Deserialize<'de> for Offsets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parser;

        impl Visitor<'_> for Parser {
            type Value = Offsets;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an offset, or \"FIRST-LAST\" as in \"0x4000-0x40ff\"")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Offsets, E> {
                let at = u32::try_from(value)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))?;
                Ok(Offsets(at..=at))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Offsets, E> {
                let wrong = || E::invalid_value(de::Unexpected::Str(text), &self);
                let (first, last) = text.split_once('-').unwrap_or((text, text));
                let offset = |text| u32::try_from(number(text)?).ok();
                let (first, last) = offset(first).zip(offset(last)).ok_or_else(wrong)?;
                match first <= last {
                    true => Ok(Offsets(first..=last)),
                    false => Err(wrong()),
                }
            }
        }

        deserializer.deserialize_any(Parser)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parser;

        impl<'de> Visitor<'de> for Parser {
            type Value = Field;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a bit, 0 to 63, or \"HIGH:LOW\" as in \"7:4\", or { bits = …, values = { 0 = \"…\" } }")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Field, E> {
                let bit = u8::try_from(value).ok().filter(|bit| *bit < 64);
                let bit =
                    bit.ok_or_else(|| E::invalid_value(de::Unexpected::Signed(value), &self))?;
                Ok(Field::new(bit..=bit))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Field, E> {
                let wrong = || E::invalid_value(de::Unexpected::Str(text), &self);
                let (high, low) = text.split_once(':').unwrap_or((text, text));
                let bit = |text| u8::try_from(number(text)?).ok().filter(|bit| *bit < 64);
                let (high, low) = bit(high).zip(bit(low)).ok_or_else(wrong)?;
                match low <= high {
                    true => Ok(Field::new(low..=high)),
                    false => Err(wrong()),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Field, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Table {
                    bits: Field,
                    #[serde(default)]
                    values: BTreeMap<String, String>,
                }

                let table = Table::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let values = table.values.into_iter().map(|(value, name)| {
                    number(&value).map(|value| (value, name)).ok_or_else(|| {
                        de::Error::custom(format!(
                            "{value:?} is no value: write a number, decimal or with 0x"
                        ))
                    })
                });
                Ok(Field {
                    bits: table.bits.bits,
                    values: values.collect::<Result<_, _>>()?,
                })
            }
        }

        deserializer.deserialize_any(Parser)
    }
}

impl Field {
    fn new(bits: RangeInclusive<u8>) -> Self {
        Self {
            bits,
            values: BTreeMap::new(),
        }
    }
}

/// A number, decimal or with `0x`.
pub fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}
