// SPDX-License-Identifier: GPL-2.0

//! What is wrong in a file, and where.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf}, //
};

use serde::Serialize;

/// A text file that people write.
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It can be used, and is hardly what was meant.
    Warning,
    /// It cannot be used.
    Error,
}

#[derive(Clone, Debug, Serialize)]
pub struct Complaint {
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub severity: Severity,
    /// What is wrong, and what to do.
    pub what: String,
}

impl Source {
    pub fn new(path: &Path, text: String) -> Self {
        Self {
            path: path.to_owned(),
            text,
        }
    }

    /// Complains of the text in `span`, in bytes.
    pub fn complaint(
        &self,
        span: Range<usize>,
        severity: Severity,
        what: impl Into<String>,
    ) -> Complaint {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Complaint {
            file: self.path.clone(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            severity,
            what: what.into(),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, line, column) = (self.file.display(), self.line, self.column);
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{file}:{line}:{column}: {severity}: {}", self.what)
    }
}
