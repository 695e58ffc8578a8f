// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd diff`: what is different in two files, whatever kind of dump it is.

mod registers;
mod report;
mod tables;

use anyhow::Result;
use serde::Serialize;

use self::report::{Changed, Report};
use super::{json, messages::clear, out::Out};
use crate::{
    cli::Diff,
    kinds::{register::TABLE, remark::Remark, section::Section, table::Table, Content, Dump},
    views::{self, messages::complain},
    vmcore::Vmcore,
};

#[derive(Serialize)]
struct Compared {
    before: String,
    after: String,
    dumps: Vec<Report>,
}

pub fn run(args: &Diff) -> Result<u8> {
    let (before, after) = (Vmcore::open(&args.before)?, Vmcore::open(&args.after)?);
    let sound = [&before, &after].map(views::report) == [true; 2];
    let mut reports = Vec::new();
    for (name, one, other) in pairs(before.dumps(), after.dumps()) {
        let contents = [one, other].map(|dump| dump.and_then(|dump| dump.content().ok().flatten()));
        match contents {
            [Some(before), Some(after)] if before.format() == after.format() => {
                reports.push(compare(
                    &name,
                    before.as_ref(),
                    after.as_ref(),
                    &args.section,
                ));
            }
            _ => complain!("{name}: {}", incomparable(one, other)),
        }
    }
    clear();
    let is_same = reports.iter().all(Report::is_empty);
    let is_nothing = reports.is_empty();
    if args.json {
        let compared = Compared {
            before: args.before.display().to_string(),
            after: args.after.display().to_string(),
            dumps: reports,
        };
        json::print("diff", &compared)?;
    } else {
        let mut out = Out::stdout();
        for report in &reports {
            report.print(&mut out, args.all)?;
        }
        out.flush()?;
    }
    if is_nothing {
        complain!(
            "nothing to compare: both files must hold dumps of the same kind, see `vmcoredd list`"
        );
        return Ok(crate::UNUSABLE);
    }
    Ok(crate::status(true, sound && is_same))
}

type Pair<'a> = (String, Option<&'a Dump>, Option<&'a Dump>);

/// Dumps with the same name; if there is one on either side, these two. A file that is a dump and nothing else, such as a snapshot, has no name: it
/// is compared with the dump that is called like its kind.
fn pairs<'a>(before: &'a [Dump], after: &'a [Dump]) -> Vec<Pair<'a>> {
    if let ([one], [other]) = (before, after) {
        return vec![(other.name.clone(), Some(one), Some(other))];
    }
    let named = |dumps: &'a [Dump], name: &str| dumps.iter().find(|dump| dump.name == name);
    let like = |one: &Dump, others: &'a [Dump]| {
        let content = one.content().ok().flatten()?;
        named(others, &one.name).or_else(|| named(others, content.format()))
    };
    match (before, after) {
        ([one], _) => {
            if let Some(other) = like(one, after) {
                return vec![(other.name.clone(), Some(one), Some(other))];
            }
        }
        (_, [other]) => {
            if let Some(one) = like(other, before) {
                return vec![(one.name.clone(), Some(one), Some(other))];
            }
        }
        _ => {}
    }
    let gone = before
        .iter()
        .filter(|dump| named(after, &dump.name).is_none());
    let pairs = after
        .iter()
        .map(|dump| (dump.name.clone(), named(before, &dump.name), Some(dump)));
    pairs
        .chain(gone.map(|dump| (dump.name.clone(), Some(dump), None)))
        .collect()
}

fn incomparable(before: Option<&Dump>, after: Option<&Dump>) -> &'static str {
    match (before, after) {
        (None, _) => "only in the second file",
        (_, None) => "only in the first file",
        _ => "not the same kind of dump in both, or none that is known",
    }
}

fn compare(name: &str, before: &dyn Content, after: &dyn Content, wanted: &[String]) -> Report {
    let (old, new) = (before.sections(), after.sections());
    let known = before.remarks();
    let is_new = |remark: &Remark| {
        let mut known = known.iter();
        known.all(|old| (&old.unit, &old.text) != (&remark.unit, &remark.text))
    };
    let mut report = Report {
        name: name.to_owned(),
        remarks: after.remarks().into_iter().filter(is_new).collect(),
        gone: missing(&old, &new),
        come: missing(&new, &old),
        sections: statuses(&old, &new),
        ..Report::default()
    };
    registers::compare(before.registers(), after.registers(), &mut report);
    for section in &new {
        let tables = [before, after].map(|content| tables(content, &section.name));
        if let [Some(one), Some(other)] = tables {
            let all = wanted.contains(&section.name);
            let section = tables::compare(&section.name, &one, &other, all);
            report.tables.extend(section);
        }
    }
    report
}

/// What is in a section, but for registers, which are compared by what they do.
fn tables(content: &dyn Content, section: &str) -> Option<Vec<Table>> {
    let mut tables = content.tables(section)?;
    tables.retain(|table| table.title != TABLE);
    Some(tables)
}

/// Names of those that are not among `others`.
fn missing(sections: &[Section], others: &[Section]) -> Vec<String> {
    let is_there = |name: &str| others.iter().any(|other| other.name == name);
    let missing = sections.iter().filter(|section| !is_there(&section.name));
    missing.map(|section| section.name.clone()).collect()
}

/// Of those that are in both, how they went.
fn statuses(before: &[Section], after: &[Section]) -> Vec<Changed> {
    let old = |name: &str| before.iter().find(|section| section.name == name);
    let changed = after.iter().filter_map(|section| {
        let old = old(&section.name)?;
        (old.words() != section.words()).then(|| Changed {
            what: section.name.clone(),
            before: old.words(),
            after: section.words(),
        })
    });
    changed.collect()
}
