// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd diff`: what is different in two files, whatever kind of dump it is.

mod registers;
mod report;
mod tables;

use std::io::Write;

use anyhow::Result;

use self::report::{Changed, Report};
use crate::{
    cli::Diff,
    complain,
    kinds::{section::Section, Content, Dump},
    progress, views,
    vmcore::Vmcore,
};

pub fn run(args: &Diff) -> Result<u8> {
    let (before, after) = (Vmcore::open(&args.before)?, Vmcore::open(&args.after)?);
    let sound = [&before, &after].map(views::report) == [true; 2];
    let pairs = pairs(before.dumps(), after.dumps());
    let mut reports = Vec::new();
    for (name, of_before, of_after) in &pairs {
        let contents =
            [of_before, of_after].map(|dump| dump.and_then(|dump| dump.content().ok().flatten()));
        match contents {
            [Some(one), Some(other)] if one.format() == other.format() => {
                reports.push(report(name, one.as_ref(), other.as_ref(), &args.section));
            }
            [_, _] => complain!("{name}: {}", incomparable(*of_before, *of_after)),
        }
    }
    progress::clear();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if args.json {
        views::print_json(&mut out, &reports)?;
    } else {
        for report in &reports {
            report.print(&mut out, args.all)?;
        }
    }
    out.flush()?;
    if reports.is_empty() || !sound {
        complain!(
            "nothing to compare: both files must hold dumps of the same kind, see `vmcoredd list`"
        );
        return Ok(crate::UNUSABLE);
    }
    Ok(match reports.iter().all(Report::is_empty) {
        true => crate::OK,
        false => crate::DAMAGED,
    })
}

type Pair<'a> = (String, Option<&'a Dump>, Option<&'a Dump>);

/// Dumps with the same name; if there is one on either side, these two.
fn pairs<'a>(before: &'a [Dump], after: &'a [Dump]) -> Vec<Pair<'a>> {
    if let ([one], [other]) = (before, after) {
        return vec![(other.name.clone(), Some(one), Some(other))];
    }
    let named = |dumps: &'a [Dump], name: &str| dumps.iter().find(|dump| dump.name == name);
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

fn report(name: &str, before: &dyn Content, after: &dyn Content, wanted: &[String]) -> Report {
    let (old, new) = (before.sections(), after.sections());
    let remarks = before.remarks();
    let is_new = |remark: &crate::kinds::remark::Remark| {
        !remarks
            .iter()
            .any(|old| (&old.unit, &old.text) == (&remark.unit, &remark.text))
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
        let tables = (before.tables(&section.name), after.tables(&section.name));
        if let (Some(one), Some(other)) = tables {
            let all = wanted.contains(&section.name);
            report.tables.extend(tables::compare(&one, &other, all));
        }
    }
    report
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
    after
        .iter()
        .filter_map(|section| {
            let old = old(&section.name)?;
            (old.status != section.status).then(|| Changed {
                what: section.name.clone(),
                before: old.status.clone(),
                after: section.status.clone(),
            })
        })
        .collect()
}
