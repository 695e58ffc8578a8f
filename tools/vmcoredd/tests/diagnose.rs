// SPDX-License-Identifier: GPL-2.0

//! Diagnoses of modelled adapters: healthy ones, and each with one fault.
//!
//! Rules were written from Linux's interrupt handlers, the model's faults from FreeBSD's register tables.

mod adapter;
#[allow(dead_code)]
mod files;

use std::collections::BTreeSet;

use t6model::{Fault, Options};
use vmcore_format::cudbg::Chip;
use vmcoredd::{
    findings::{self, Confidence, Diagnosis, Severity},
    kinds::Content,
    names::Names,
    Vmcore,
};

const CHIPS: [Chip; 3] = [Chip::T4, Chip::T5, Chip::T6];

/// What that says.
fn diagnose(options: Options) -> Diagnosis {
    diagnose_with(options, &Names::default())
}

fn diagnose_with(options: Options, names: &Names) -> Diagnosis {
    findings::diagnose(content(options).as_ref(), names).unwrap()
}

fn content(options: Options) -> Box<dyn Content> {
    let vmcore = Vmcore::stream(&adapter::image(options, None)[..]).unwrap();
    vmcore.dumps()[0].content().unwrap().unwrap()
}

#[test]
fn a_healthy_adapter_has_no_finding() {
    for chip in CHIPS {
        for seed in 1..4 {
            let diagnosis = diagnose(Options::new(chip, seed));
            assert_eq!(diagnosis.findings, [], "{chip:?}");
            assert_eq!((diagnosis.masked, diagnosis.unknown), (vec![], vec![]));
            assert_eq!(diagnosis.verdict.severity, None);
            assert_eq!(diagnosis.verdict.confidence, Confidence::High);
            let signature = diagnosis.verdict.signature;
            assert_eq!(signature, format!("{}:fw?:healthy", chip.name()));
        }
    }
}

#[test]
fn each_rule_has_a_fault_that_it_finds_and_no_other_rule_does() {
    let is_of =
        |chips: &str, chip: Chip| chips == "*" || chips.split(',').any(|name| name == chip.name());
    let (mut cases, mut names) = (0, BTreeSet::new());
    for (rule, chips) in findings::rules() {
        let fault = Fault::named(rule).unwrap_or_else(|| panic!("no fault is called {rule}"));
        names.insert(rule);
        for chip in CHIPS {
            if !chips.iter().all(|chips| is_of(chips, chip)) {
                continue;
            }
            assert!(fault.is_of(chip), "{rule} of {chip:?} cannot happen");
            let faults = vec![fault];
            let diagnosis = diagnose(Options {
                faults,
                ..Options::new(chip, 3)
            });
            let found: Vec<_> = diagnosis
                .findings
                .iter()
                .map(|finding| finding.rule.as_str())
                .collect();
            assert_eq!(found, [rule], "{chip:?}");
            assert_eq!(diagnosis.unknown, [], "{rule} of {chip:?}");
            assert_eq!(
                diagnosis.verdict.severity,
                Some(diagnosis.findings[0].severity)
            );
            assert!(!diagnosis.advice.is_empty(), "{rule}");
            cases += 1;
        }
    }
    assert!(cases > 200, "{cases}");
    for fault in Fault::all() {
        assert!(names.contains(fault.name), "no rule finds {}", fault.name);
    }
}

#[test]
fn what_is_wrong_is_named_with_its_registers() {
    for (chip, fault, signature, registers) in [
        (
            Chip::T6,
            "EDC0.ECC_UE",
            "T6:fw?:EDC0.ECC_UE",
            &[
                "EDC0_H_INT_CAUSE=ECC_UE",
                "EDC0_H_ECC_STATUS=CECNT=0x0 UECNT=0x1",
                "EDC0_H_ECC_ERR_ADDR=",
            ][..],
        ),
        // Of many bits the highest that is set is the sign.
        (
            Chip::T6,
            "SGE.PARITY1",
            "T6:fw?:SGE.PERR_PC_RSP",
            &["SGE_INT_CAUSE1=PERR_PC_RSP"],
        ),
        (
            Chip::T4,
            "SGE.PARITY1",
            "T4:fw?:SGE.PARITY",
            &["SGE_INT_CAUSE1=PARITY=0x800000"],
        ),
        (
            Chip::T5,
            "MA.MEM_WRAP",
            "T5:fw?:MA.MEM_WRAP",
            &[
                "MA_INT_CAUSE=MEM_WRAP",
                "MA_INT_WRAP_STATUS=MEM_WRAP_ADDRESS=0x1234567 MEM_WRAP_CLIENT_NUM=0x4",
            ],
        ),
        (
            Chip::T6,
            "PL.UNEXPLAINED",
            "T6:fw?:PL.UNEXPLAINED",
            &["PL_INT_CAUSE=SF"],
        ),
    ] {
        let faults = vec![Fault::named(fault).unwrap()];
        let diagnosis = diagnose(Options {
            faults,
            ..Options::new(chip, 2)
        });
        assert_eq!(diagnosis.verdict.signature, signature);
        let held = &diagnosis.findings[0].registers;
        let held: Vec<_> = held
            .iter()
            .map(|register| format!("{}={}", register.name, register.words))
            .collect();
        assert_eq!(held, registers);
    }
}

#[test]
fn what_is_masked_or_unknown_is_no_finding_and_is_shown() {
    let broken = |broken: &[(u32, u32)]| Options {
        broken: broken.to_vec(),
        ..Options::new(Chip::T6, 1)
    };
    for (options, masked, unknown) in [
        // The unit's own switch is off; that of the unit in PL is off.
        (
            broken(&[(0x50078, 4), (0x50074, 0)]),
            &["ECC_UE"][..],
            &[][..],
        ),
        (broken(&[(0x50078, 4), (0x19410, 0)]), &["ECC_UE"], &[]),
        (broken(&[(0x50078, 0x8000)]), &[], &[0x8000]),
        // Usual on T6.
        (broken(&[(0x9408, 1 << 13)]), &[], &[]),
    ] {
        let diagnosis = diagnose(options);
        assert_eq!(diagnosis.findings, []);
        let words: Vec<_> = diagnosis
            .masked
            .iter()
            .map(|register| register.words.as_str())
            .collect();
        assert_eq!(words, masked);
        let values: Vec<_> = diagnosis
            .unknown
            .iter()
            .map(|register| register.value)
            .collect();
        assert_eq!(values, unknown);
        let expected = match unknown.is_empty() {
            true => Confidence::High,
            false => Confidence::Medium,
        };
        assert_eq!(diagnosis.verdict.confidence, expected);
    }
}

#[test]
fn a_noisy_chip_has_many_findings_and_no_bit_of_a_cause_vanishes() {
    let noise = true;
    let diagnosis = diagnose(Options {
        noise,
        ..Options::new(Chip::T6, 1)
    });
    assert_eq!(diagnosis.verdict.severity, Some(Severity::Fatal));
    assert_eq!(diagnosis.verdict.confidence, Confidence::Medium);
    assert!(diagnosis
        .findings
        .is_sorted_by_key(|finding| std::cmp::Reverse(finding.severity)));
    assert!(!diagnosis.unknown.is_empty() && !diagnosis.masked.is_empty());
}

#[test]
fn the_difference_from_a_healthy_adapter_is_the_fault() {
    let dir = tempfile::TempDir::new().unwrap();
    let write = |name: &str, fault: Option<&str>| {
        let options = Options {
            faults: fault
                .map(|name| Fault::named(name).unwrap())
                .into_iter()
                .collect(),
            ..Options::new(Chip::T6, 1)
        };
        let path = dir.path().join(name);
        std::fs::write(&path, adapter::image(options, None)).unwrap();
        path
    };
    let healthy = write("healthy", None);
    let broken = write("broken", Some("EDC0.ECC_UE"));
    let diff = |before, after| {
        let said = std::process::Command::new(env!("CARGO_BIN_EXE_vmcoredd"))
            .arg("diff")
            .args([before, after])
            .output()
            .unwrap();
        (said.status.code(), String::from_utf8(said.stdout).unwrap())
    };
    let (status, said) = diff(&healthy, &healthy);
    assert_eq!(status, Some(0), "{said}");
    assert!(
        said.contains("none differs that should be the same"),
        "{said}"
    );
    let (status, said) = diff(&healthy, &broken);
    assert_eq!(status, Some(1), "{said}");
    let cause = said.lines().find(|line| line.contains("EDC0_H_INT_CAUSE"));
    assert!(cause.is_some_and(|line| line.contains("+ECC_UE")), "{said}");
    // The other way round it is gone, and two files that hold nothing cannot be compared.
    let (status, said) = diff(&broken, &healthy);
    assert!(status == Some(1) && said.contains("-ECC_UE"), "{said}");
    let empty = dir.path().join("empty");
    std::fs::write(&empty, files::elf(&[])).unwrap();
    assert_eq!(diff(&empty, &empty).0, Some(2));
}

/// In Documentation/diagnose.rst.
#[test]
fn bits_that_are_set_in_causes_have_a_name_or_are_counted_as_unknown() {
    let (mut set, mut named) = (0, 0);
    for seed in 1..=16 {
        let noise = true;
        let content = content(Options {
            noise,
            ..Options::new(Chip::T6, seed)
        });
        for register in content.registers().held {
            let name = register.name.as_deref().unwrap_or_default();
            if !name.contains("INT_CAUSE") {
                continue;
            }
            let (mut known, mut unknown) = (0, 0);
            for field in &register.fields {
                let mask = (u64::MAX >> (64 - field.bits)) << field.low;
                match field.name.as_ref() {
                    "unknown" => unknown |= field.value,
                    _ => known |= mask & register.value,
                }
            }
            // None vanishes, and none is counted twice.
            assert_eq!(known | unknown, register.value, "{name}");
            assert_eq!(known & unknown, 0, "{name}");
            set += register.value.count_ones();
            named += known.count_ones();
        }
    }
    // At random, bits are set that no chip has, too.
    assert!(set > 1000 && named * 100 >= set * 56, "{named} of {set}");
}

#[test]
fn names_from_elsewhere_are_shown_and_change_no_verdict() {
    let options = || {
        let noise = true;
        Options {
            noise,
            ..Options::new(Chip::T6, 1)
        }
    };
    let plain = diagnose(options());
    let unknown = &plain.unknown[0];
    let (address, bit) = (unknown.address.unwrap(), unknown.value.trailing_zeros());
    let svd = format!(
        "<device><peripherals><peripheral><name>X</name><baseAddress>0</baseAddress><registers><register><name>R</name>\
         <addressOffset>{address:#x}</addressOffset><size>32</size><fields><field><name>FROM_ELSEWHERE</name><bitOffset>{bit}</bitOffset>\
         <bitWidth>1</bitWidth></field></fields></register></registers></peripheral></peripherals></device>"
    );
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("x.svd");
    std::fs::write(&path, svd).unwrap();
    let named = diagnose_with(options(), &Names::read(&[path]).unwrap());
    assert_eq!(named.unknown[0].words, "FROM_ELSEWHERE");
    assert_eq!(named.verdict, plain.verdict);
    assert_eq!(named.findings.len(), plain.findings.len());
}
