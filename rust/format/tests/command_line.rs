// SPDX-License-Identifier: GPL-2.0

//! `novmcoredd`, as the kernel takes it.

use vmcore_format::command_line::is_disabled;

#[test]
fn the_last_one_that_means_something_counts() {
    for (line, expected) in [
        ("", false),
        ("quiet", false),
        ("novmcoredd", true),
        ("novmcoredd\n", true),
        ("quiet novmcoredd=Y", true),
        ("novmcoredd=t", true),
        ("novmcoredd=oN", true),
        ("novmcoredd=off", false),
        ("novmcoredd novmcoredd=0", false),
        ("novmcoredd=0 novmcoredd=1 quiet", true),
        ("novmcoredd novmcoredd=", true),
        ("novmcoredd novmcoreddx", true),
        ("xnovmcoredd novmcoredd2", false),
    ] {
        assert_eq!(is_disabled(line.as_bytes()), expected, "{line}");
    }
}
