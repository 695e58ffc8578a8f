// SPDX-License-Identifier: GPL-2.0

//! Which kernel catches a panic, as kernels, modules and settings come and go.

use std::path::Path;

use crate::debian::machine::{of, text, CHOSEN, INSTALLED};

/// What the packages have chosen.
#[derive(Debug, PartialEq)]
pub struct Choice {
    /// `-`: what kdump-tools takes by itself.
    pub kernel: String,
    pub why: String,
    /// Where kernel and initramfs are.
    links: [String; 2],
    /// The lines of kdump-tools' settings that name them.
    settings: [String; 2],
}

const STATE: &str = "/var/lib/vmcore-devdump";
const KDUMP: &str = "/var/lib/kdump";

impl Choice {
    /// As the scripts have written it down.
    pub fn of(path: &Path) -> Self {
        let text = text(path);
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let [kernel, why, vmlinuz, initrd, first, second] = lines
            .try_into()
            .unwrap_or_else(|lines| panic!("{}: {lines:?}", path.display()));
        Self {
            kernel,
            why,
            links: [vmlinuz, initrd],
            settings: [first, second],
        }
    }

    /// It is another kernel than the running one, and kdump-tools takes it.
    pub fn assert_taken(&self) {
        let initrd = format!("{KDUMP}/initrd.img-{}", self.kernel);
        assert!(self.links[0].contains(&self.kernel), "{self:?}");
        assert_eq!(self.links[1], initrd);
        self.assert_followed();
    }

    /// It is what kdump-tools takes by itself, for a reason.
    fn assert_own(&self, why: &str) {
        assert_eq!(self.kernel, "-", "{self:?}");
        assert!(self.why.contains(why), "{self:?}");
        assert_eq!(
            self.links,
            [format!("{KDUMP}/vmlinuz"), format!("{KDUMP}/initrd.img")]
        );
        self.assert_followed();
    }

    fn assert_followed(&self) {
        let ours = [
            format!("KDUMP_KERNEL={STATE}/vmlinuz"),
            format!("KDUMP_INITRD={STATE}/initrd.img"),
        ];
        assert_eq!(self.settings, ours);
    }
}

fn step(name: &str) -> Choice {
    Choice::of(&of(&CHOSEN).join(format!("choose/{name}.chosen")))
}

fn said(name: &str) -> String {
    text(of(&CHOSEN).join(format!("choose/{name}.log")))
}

/// The line of the doctor about the crash kernel.
fn doctor(name: &str) -> String {
    let said = text(of(&CHOSEN).join(format!("choose/{name}.doctor")));
    let line = said.lines().find(|line| {
        line.get(10..)
            .is_some_and(|rest| rest.starts_with("kernel "))
    });
    line.unwrap_or_else(|| panic!("{said}")).to_owned()
}

fn usual() -> String {
    Choice::of(&of(&INSTALLED).join("crash-kernel")).kernel
}

#[test]
fn a_kernel_that_cannot_be_taken_is_an_error_and_kdump_goes_on_without_us() {
    for (name, why) in [
        ("running", ": our modules are not for that kernel"),
        ("nowhere", "CRASH_KERNEL=7.9.1: no such kernel is installed"),
    ] {
        step(name).assert_own(why);
        let said = said(name);
        assert!(said.contains(why), "{said}");
        assert!(said.contains("exit status 1"), "{said}");
        let found = doctor(name);
        assert!(
            found.starts_with("WARNING") && found.contains(why),
            "{found}"
        );
    }
    let said = said("nowhere");
    assert!(
        said.contains(&format!("expected auto, same, or one of {}", usual())),
        "{said}"
    );
}

#[test]
fn the_crash_kernel_is_the_one_that_is_asked_for() {
    step("same").assert_own("CRASH_KERNEL=same");
    for (name, why) in [
        ("version", "CRASH_KERNEL"),
        ("auto", "the newest that our modules are for"),
    ] {
        let choice = step(name);
        choice.assert_taken();
        assert_eq!(choice.kernel, usual());
        assert!(choice.why.starts_with(why), "{choice:?}");
    }
    for name in ["same", "version", "auto"] {
        assert!(!said(name).contains("exit status"), "{}", said(name));
    }
}

#[test]
fn a_kernel_that_cannot_be_loaded_gives_way_to_the_usual_one_until_the_next_try() {
    step("mend").assert_own(" could not be loaded");
    assert!(doctor("mend").contains(" could not be loaded"));
    assert_eq!(step("mended"), step("auto"));
}

#[test]
fn a_kernel_that_we_do_not_know_yet_changes_nothing_and_the_doctor_says_so() {
    let choice = step("unknown");
    choice.assert_taken();
    assert_eq!(choice.kernel, usual());
    let found = doctor("unknown");
    assert!(found.starts_with("ok "), "{found}");
    assert!(
        found.contains("7.9.1+deb13-amd64 is newer, and our modules are not for it yet"),
        "{found}"
    );
}

#[test]
fn what_the_admin_has_set_in_kdump_tools_is_respected() {
    let choice = step("admin");
    assert_eq!(choice.settings[0], "KDUMP_KERNEL=/vmlinuz");
    let said = said("admin");
    assert!(
        said.contains("CRASH_KERNEL in /etc/default/vmcore-devdump has no effect"),
        "{said}"
    );
    let found = doctor("admin");
    assert!(
        found.contains("KDUMP_KERNEL=/vmlinuz in /etc/default/kdump-tools"),
        "{found}"
    );
}

#[test]
fn another_crash_kernel_comes_and_the_old_one_goes() {
    let both = step("upgrade");
    let after = step("upgraded");
    assert_eq!(both, after);
    assert!(after.kernel.contains("-cloud-"), "{after:?}");
    after.assert_taken();
    let left = text(of(&CHOSEN).join("choose/left"));
    assert!(!left.contains(&usual()), "{left}");
    assert!(
        left.contains(&format!("initrd.img-{}", after.kernel)),
        "{left}"
    );
}

#[test]
fn modules_for_another_kernel_are_not_taken() {
    step("damaged").assert_own("our modules are for no kernel that is installed");
    let said = said("damaged");
    assert!(said.contains("are built for '1.3.4+deb13"), "{said}");
    assert!(
        doctor("damaged").starts_with("WARNING"),
        "{}",
        doctor("damaged")
    );
}
