// SPDX-License-Identifier: GPL-2.0

//! Writes the manual pages and shell completions of vmcoredd to the directory that is named: for packages.

use std::{
    error::Error,
    fs,
    io::{self, Write},
    path::PathBuf,
};

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use vmcoredd::cli::{exit_status, Cli, EXAMPLES};

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: pages DIR")?);
    fs::create_dir_all(&dir)?;
    for (name, page) in pages()? {
        fs::write(dir.join(name), page)?;
    }
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        clap_complete::generate_to(shell, &mut Cli::command(), "vmcoredd", &dir)?;
    }
    Ok(())
}

/// All manual pages, by the names of their files.
fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    all(&command, &mut |command| {
        pages.push(page(command)?);
        Ok(())
    })?;
    Ok(pages)
}

fn all(command: &Command, to: &mut impl FnMut(&Command) -> io::Result<()>) -> io::Result<()> {
    to(command)?;
    command
        .get_subcommands()
        .try_for_each(|command| all(command, to))
}

fn page(command: &Command) -> io::Result<(String, Vec<u8>)> {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    writeln!(page, ".SH \"EXIT STATUS\"")?;
    for (status, meaning) in exit_status::of(command.get_name()) {
        writeln!(page, ".TP\n{status}\n{meaning}")?;
    }
    if command.get_version().is_some() {
        writeln!(page, ".SH EXAMPLES\n.nf")?;
        for example in EXAMPLES {
            writeln!(page, "{}", example.replace('-', "\\-"))?;
        }
        writeln!(page, ".fi")?;
        man.render_version_section(&mut page)?;
    }
    Ok((man.get_filename(), page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_that_tells_its_exit_status() {
        let pages = pages().unwrap();
        assert!(pages.len() > 5);
        for (name, page) in pages {
            let page = String::from_utf8(page).unwrap();
            let (_, statuses) = page.split_once(".SH \"EXIT STATUS\"").expect(&name);
            assert!(statuses.starts_with("\n.TP\n0\n"), "{name}: {page}");
        }
    }

    #[test]
    fn shells_complete_the_names_of_sections() {
        for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "vmcoredd", &mut script);
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("up_cim_indirect"), "{shell}: {script}");
        }
    }
}
