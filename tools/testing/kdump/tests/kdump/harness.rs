// SPDX-License-Identifier: GPL-2.0

//! What the harness itself promises.

use std::time::Duration;

use vm::{bin_dir, Lost, Vm};

use crate::boots::output;

#[test]
fn a_machine_that_does_not_come_to_its_end_is_lost_not_failed() {
    let error = Vm::scenario("harness-deadline")
        .deadline(Duration::from_secs(2))
        .run()
        .unwrap_err();
    let lost = error.downcast_ref::<Lost>().expect("a lost machine");
    let said = lost.to_string();
    assert!(said.contains("not finished after 2 s"), "{said}");
    assert!(said.contains("harness-deadline/serial.log"), "{said}");
}

#[test]
fn a_script_that_fails_is_a_failure_with_its_last_words() {
    let vm = Vm::scenario("harness-failure").first_kernel("echo some words\nexit 7");
    let outcome = vm.run().unwrap();
    assert_eq!((outcome.first, outcome.crash), (7, None));
    let error = outcome.success().unwrap_err().to_string();
    assert!(
        error.contains("ended with 7") && error.contains("some words"),
        "{error}"
    );
}

/// `tools/setup/prepare` has started them on the host; this is why they run on any other, too.
#[test]
fn programs_of_the_host_need_no_library_of_it() {
    for program in ["t6model", "vm", "vmcoredd"] {
        let said = output(
            "readelf",
            &["-lW", bin_dir().join(program).to_str().unwrap()],
        );
        assert!(said.contains("LOAD"), "{said}");
        assert!(!said.contains("INTERP"), "{program}: {said}");
    }
}
