// SPDX-License-Identifier: GPL-2.0

//! Versions, as far as numbers tell.

/// The first numbers of a version; those that it lacks are 0.
pub fn numbers<const N: usize>(version: &str) -> [u64; N] {
    let mut parts = version.split('.').map(|part| {
        let digits = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        part[..digits].parse().unwrap_or(0)
    });
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (version, expected) in [
            ("1.7.6", [1, 7, 6]),
            ("1.7.10", [1, 7, 10]),
            ("1.8", [1, 8, 0]),
            ("7.3.4+deb13-amd64", [7, 3, 4]),
            ("7.1-rc2", [7, 1, 0]),
            ("", [0, 0, 0]),
        ] {
            assert_eq!(numbers(version), expected, "{version}");
        }
    }
}
