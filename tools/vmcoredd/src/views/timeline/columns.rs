// SPDX-License-Identifier: GPL-2.0

//! Two columns of text.

use std::io::{Result, Write};

use super::align::{Line, Row};

/// What a terminal is wide, at least.
const WIDTH: usize = 80;

pub struct Columns<'a> {
    left: &'a str,
    right: &'a str,
    /// Of each column.
    width: usize,
}

impl<'a> Columns<'a> {
    pub fn new(left: &'a str, right: &'a str) -> Self {
        let gap = 3;
        Self {
            left,
            right,
            width: if right.is_empty() {
                WIDTH
            } else {
                (WIDTH - gap) / 2
            },
        }
    }

    /// Prints the `last` rows.
    pub fn print(&self, rows: &[Row<'_>], last: usize, out: &mut impl Write) -> Result<()> {
        self.line(self.left, self.right, out)?;
        let skipped = rows.len().saturating_sub(last);
        if skipped > 0 {
            writeln!(out, "… {skipped} earlier lines; --last 0 prints all")?;
        }
        for (left, right) in &rows[skipped..] {
            let words = |line: &Option<Line<'_>>| {
                line.as_ref()
                    .map_or(Vec::new(), |line| self.wrap(&line.to_string()))
            };
            let (left, right) = (words(left), words(right));
            for n in 0..left.len().max(right.len()) {
                let part = |lines: &[String]| lines.get(n).cloned().unwrap_or_default();
                self.line(&part(&left), &part(&right), out)?;
            }
        }
        Ok(())
    }

    fn line(&self, left: &str, right: &str, out: &mut impl Write) -> Result<()> {
        let line = match self.right {
            "" => left.to_owned(),
            _ => format!("{left:<width$} | {right}", width = self.width),
        };
        writeln!(out, "{}", line.trim_end())
    }

    fn wrap(&self, text: &str) -> Vec<String> {
        let options = textwrap::Options::new(self.width).subsequent_indent("  ");
        let lines = textwrap::wrap(text, options);
        lines.into_iter().map(|line| line.into_owned()).collect()
    }
}
