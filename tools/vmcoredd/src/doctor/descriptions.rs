// SPDX-License-Identifier: GPL-2.0

//! Whether what the admin has described can be dumped.

use super::{
    system::System,
    Finding,
    State, //
};
use crate::devices::{self, DIR};

const CHECK: &str = "descriptions";

/// `None`: there are none.
pub fn check(system: &System) -> Option<Finding> {
    let files = devices::in_directory(&system.path(DIR)).unwrap_or_default();
    if files.is_empty() {
        return None;
    }
    let advice =
        "`vmcoredd devices check` says more; until then, nothing of what is there is dumped";
    let table = devices::compile_all(&files);
    Some(match table {
        Ok(_) => Finding::ok(CHECK, format!("{} in {DIR}", files.len())),
        Err(error) => Finding::bad(
            CHECK,
            State::Warning,
            format!("{error:#}").replace('\n', "; "),
            advice,
        ),
    })
}
