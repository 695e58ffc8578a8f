// SPDX-License-Identifier: GPL-2.0

//! Text on standard output: on a terminal with colours and no wider than it is, elsewhere as it is, a line for each thing.

use std::{
    fmt::{self, Display},
    io::{self, BufWriter, IsTerminal, StdoutLock, Write},
};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

/// What a word is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Heading,
    Good,
    Warning,
    Bad,
}

impl Look {
    fn style(self) -> Style {
        match self {
            Self::Heading => Style::new().bold(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }

    /// How to write `what`; where colours are not wanted, [`Out`] takes them away.
    pub fn paint(self, what: impl Display) -> Painted<impl Display> {
        Painted(self.style(), what)
    }
}

pub struct Painted<T>(Style, T);

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(style, what) = self;
        write!(f, "{style}")?;
        what.fmt(f)?;
        write!(f, "{style:#}")
    }
}

/// Where text goes.
pub struct Out {
    to: BufWriter<AutoStream<StdoutLock<'static>>>,
    /// Columns of the terminal, if it is one.
    width: Option<usize>,
}

impl Out {
    pub fn stdout() -> Self {
        let stdout = io::stdout().lock();
        let width = stdout
            .is_terminal()
            .then(|| rustix::termios::tcgetwinsize(&stdout))
            .and_then(Result::ok)
            .map(|size| usize::from(size.ws_col))
            .filter(|columns| *columns > 0);
        Self {
            to: BufWriter::with_capacity(1 << 16, AutoStream::auto(stdout)),
            width,
        }
    }

    /// Writes a line. What does not fit goes on below, `indent` columns from the left.
    pub fn line(&mut self, indent: usize, line: impl Display) -> io::Result<()> {
        let line = line.to_string();
        let line = line.trim_end();
        match self.width {
            Some(width) if visible(line) > width => {
                writeln!(self.to, "{}", wrap(line, width, indent))
            }
            _ => writeln!(self.to, "{line}"),
        }
    }

    /// Writes lines. What does not fit goes on below, a bit to the right of where its line begins.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        text.lines().try_for_each(|line| {
            let indent = line.len() - line.trim_start().len();
            self.line(indent + 2, line)
        })
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Columns that it takes: escape sequences take none.
fn visible(text: &str) -> usize {
    let mut columns = 0;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\x1b' => drop(chars.find(|char| *char == 'm')),
            _ => columns += 1,
        }
    }
    columns
}

/// Breaks a line between words.
fn wrap(line: &str, width: usize, indent: usize) -> String {
    let mut out = String::new();
    // Columns that are taken, and those of gaps that nobody sees if the line ends there.
    let (mut at, mut gap) = (0, 0);
    for word in line.split(' ') {
        let columns = visible(word);
        if columns == 0 {
            out += word;
        } else if at > 0 && at + gap + columns > width {
            out.push('\n');
            out += &" ".repeat(indent);
            out += word;
            (at, gap) = (indent + columns, 0);
        } else {
            out += &" ".repeat(gap);
            out += word;
            (at, gap) = (at + gap + columns, 0);
        }
        gap += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_go_on_indented() {
        for (line, indent, expected) in [
            ("  one two three", 4, "  one two\n    three"),
            ("one  two", 2, "one  two"),
            ("a            b", 2, "a\n  b"),
            ("averylongword indeed", 2, "averylongword\n  indeed"),
            ("\x1b[1mone\x1b[0m two x", 2, "\x1b[1mone\x1b[0m two x"),
            ("    averylongword", 2, "    averylongword"),
        ] {
            assert_eq!(wrap(line, 10, indent), expected, "{line:?}");
        }
    }
}
