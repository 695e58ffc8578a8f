// SPDX-License-Identifier: GPL-2.0

//! `vmcoredd diagnose`.

use std::io::Write;

use anyhow::{bail, Result};
use serde::Serialize;

use crate::{
    cli::Diagnose,
    findings::{self, Diagnosis, Evidence, Severity},
    kinds::messages::Message,
    names::Names,
    views::{
        self, json,
        messages::{clear, complain},
        out::Out,
    },
    vmcore::Vmcore,
};

#[derive(Serialize)]
struct Diagnosed {
    name: String,
    title: String,
    #[serde(flatten)]
    diagnosis: Diagnosis,
}

/// All that is said of a file.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    file: json::File<Diagnosed>,
    /// What the kernel had logged of the panic, and of these devices before it.
    last_words: Vec<Message>,
    /// Why there are none.
    no_last_words: Option<String>,
}

/// Lines of the kernel's log that are repeated: of errors before the panic, and of the panic itself.
const BEFORE: usize = 6;
const PANIC: usize = 8;

/// A device had stopped, or could not be trusted any more.
const FATAL: u8 = 3;

pub fn run(args: &Diagnose) -> Result<u8> {
    let names = Names::read(&args.databases)?;
    let report = Vmcore::open(&args.file).and_then(|vmcore| diagnose(&vmcore, args, &names));
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            if args.json {
                let report = Report {
                    file: json::File::unreadable(&args.file, &error),
                    last_words: Vec::new(),
                    no_last_words: None,
                };
                json::print("diagnose", &json::Of { files: [report] })?;
            }
            return Err(error);
        }
    };
    let devices = report.file.dumps.iter();
    let worst = devices.map(|one| one.diagnosis.verdict.severity).max();
    if args.json {
        json::print("diagnose", &json::Of { files: [report] })?;
    } else {
        let mut text = Vec::new();
        report.print(&mut text)?;
        let mut out = Out::stdout();
        out.text(&String::from_utf8_lossy(&text))?;
        out.flush()?;
    }
    Ok(match worst.flatten() {
        Some(Severity::Fatal) => FATAL,
        Some(Severity::Error | Severity::Warning) => 1,
        Some(Severity::Information) | None => 0,
    })
}

/// Fails if there is nothing to look at.
fn diagnose(vmcore: &Vmcore, args: &Diagnose, names: &Names) -> Result<Report> {
    let file = args.file.display();
    let (dumps, _) = views::select(vmcore, &args.names);
    let mut diagnosed = Vec::new();
    for dump in dumps {
        let content = match dump.content() {
            Ok(content) => content,
            Err(error) => {
                complain!("{file}: {}: {error}", dump.name);
                continue;
            }
        };
        let Some(content) = content else { continue };
        let Some(diagnosis) = findings::diagnose(content.as_ref(), names) else {
            continue;
        };
        diagnosed.push(Diagnosed {
            name: dump.name.clone(),
            title: content.title(),
            diagnosis,
        });
    }
    clear();
    views::report(vmcore);
    if diagnosed.is_empty() {
        bail!("{file}: no dump of a device for which there are rules: see `vmcoredd list`");
    }
    let log = vmcore.kernel_log();
    Ok(Report {
        file: json::File::new(vmcore, diagnosed),
        last_words: log
            .as_ref()
            .map_or_else(|_| Vec::new(), |log| last_words(&log.messages)),
        no_last_words: log.err().map(|error| format!("{error:#}")),
    })
}

/// Errors before the panic, and how it begins; without a panic, the end of the log.
fn last_words(log: &[Message]) -> Vec<Message> {
    let is_panic = |message: &Message| message.text.contains("Kernel panic");
    let panic = log.iter().position(is_panic).unwrap_or(log.len());
    let (before, since) = log.split_at(panic);
    let errors = before.iter().rev().filter(|message| message.is_error);
    let mut words: Vec<_> = errors.take(BEFORE).cloned().collect();
    words.reverse();
    words.extend(since.iter().take(PANIC).cloned());
    if since.is_empty() {
        words.extend(log[log.len().saturating_sub(PANIC)..].iter().cloned());
    }
    words
}

impl Report {
    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        self.file.dumps.iter().try_for_each(|one| one.print(out))?;
        writeln!(out, "\nthe kernel's last words")?;
        for Message { time, text, .. } in &self.last_words {
            let (seconds, micros) = (time / 1_000_000_000, time / 1000 % 1_000_000);
            writeln!(
                out,
                "  [{seconds:5}.{micros:06}] {}",
                text.replace('\n', "\n    ")
            )?;
        }
        match &self.no_last_words {
            Some(why) => writeln!(out, "  cannot be read: {why}"),
            None => Ok(()),
        }
    }
}

impl Diagnosed {
    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let Diagnosis {
            verdict,
            findings,
            state,
            masked,
            unknown,
            unseen,
            advice,
        } = &self.diagnosis;
        writeln!(out, "{}: {}", self.name, self.title)?;
        writeln!(out, "  verdict     {}", verdict.words)?;
        let doubts = match verdict.doubts.is_empty() {
            true => String::new(),
            false => format!(": {}", verdict.doubts.join("; ")),
        };
        writeln!(out, "  confidence  {}{doubts}", verdict.confidence.name())?;
        writeln!(out, "  signature   {}", verdict.signature)?;
        for finding in findings {
            let severity = finding.severity.name();
            writeln!(out, "\n  {severity}: {}: {}", finding.unit, finding.words)?;
            print_registers(out, &finding.registers)?;
            writeln!(out, "    rule {}, from {}", finding.rule, finding.source)?;
        }
        if !state.is_empty() {
            writeln!(out, "\n  state")?;
        }
        for state in state {
            writeln!(out, "    {:<15} {}", state.of, state.words)?;
        }
        for (title, registers) in [
            ("set, but its interrupt is switched off", masked),
            ("set, and no rule knows what it means", unknown),
        ] {
            if !registers.is_empty() {
                writeln!(out, "\n  {title}")?;
                print_registers(out, registers)?;
            }
        }
        for (title, lines) in [("not seen", unseen), ("what to do next", advice)] {
            if !lines.is_empty() {
                writeln!(out, "\n  {title}")?;
            }
            for line in lines {
                writeln!(out, "    {line}")?;
            }
        }
        Ok(())
    }
}

fn print_registers(out: &mut impl Write, registers: &[Evidence]) -> std::io::Result<()> {
    for register in registers {
        let Evidence {
            name,
            address,
            value,
            words,
            ..
        } = register;
        let line = match address {
            Some(address) => format!("    {address:#07x}  {name:<24} {value:#010x}  {words}"),
            None => format!("    {name}: {value}  {words}"),
        };
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
