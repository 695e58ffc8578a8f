// SPDX-License-Identifier: GPL-2.0

//! What two clocks have to do with each other.

use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::{
    findings::Confidence,
    kinds::messages::{Log, Message},
};

/// A moment that somebody knows on both clocks: `TICKS=SECONDS`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    pub ticks: u64,
    pub seconds: f64,
}

impl FromStr for Anchor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (ticks, seconds) = text.split_once('=')?;
            let seconds: f64 = seconds
                .parse()
                .ok()
                .filter(|seconds: &f64| seconds.is_finite())?;
            Some(Self {
                ticks: ticks.parse().ok()?,
                seconds,
            })
        };
        parse().ok_or(
            "expected TICKS=SECONDS: a time of the device's log, and the kernel's at that moment",
        )
    }
}

/// A message, with its time as it is shown.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    time: String,
    message: &'a Message,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.message.is_error { "! " } else { "" };
        write!(f, "{} {mark}{}", self.time, self.message.text)
    }
}

/// A line of the kernel, a line of the device, or both where nothing says which was first.
pub type Row<'a> = (Option<Line<'a>>, Option<Line<'a>>);

/// How the clock of a device relates to the kernel's.
#[derive(Clone, Debug, Serialize)]
pub struct Together {
    pub confidence: Confidence,
    /// How the two were brought together, and how sure that is.
    #[serde(rename = "alignment")]
    pub words: String,
    /// Where the device's clock stood, and how fast it ran, by the kernel's clock.
    #[serde(skip)]
    clock: Option<(Anchor, f64)>,
}

impl Together {
    pub fn new(kernel: Option<&Log>, device: &Log, anchors: &[Anchor]) -> Self {
        let rate = device.ticks_per_second.map(|rate| rate as f64);
        let (clock, confidence, words) = match anchors {
            _ if kernel.is_none() || kernel.is_some_and(|log| log.ticks_per_second.is_none()) => {
                (None, Confidence::Low, "there is no kernel's clock to compare with".to_owned())
            }
            [first, .., last] if first.ticks != last.ticks && first.seconds != last.seconds => {
                let rate = (last.ticks as f64 - first.ticks as f64) / (last.seconds - first.seconds);
                let words = format!("{rate:.0} ticks in a second, by two moments that were given");
                (Some((*first, rate)).filter(|_| rate > 0.0), Confidence::High, words)
            }
            [one, ..] => match rate {
                Some(rate) => (
                    Some((*one, rate)),
                    Confidence::Medium,
                    "by one moment that was given, and the rate of the device's clock".to_owned(),
                ),
                None => (
                    None,
                    Confidence::Low,
                    "the rate of the device's clock is not known: give two moments".to_owned(),
                ),
            },
            [] => (
                None,
                Confidence::Low,
                "nothing ties the two clocks: only the order within each log is sure; their ends are put beside each \
                 other (--anchor TICKS=SECONDS, twice, ties them)"
                    .to_owned(),
            ),
        };
        let confidence = match clock {
            None => Confidence::Low,
            Some(_) => confidence,
        };
        Self {
            confidence,
            words: format!(
                "{words}; confidence of the alignment: {}",
                confidence.name()
            ),
            clock,
        }
    }

    /// The lines in the order of time, as far as that is known.
    pub fn rows<'a>(&self, kernel: &'a Log, device: &'a Log) -> Vec<Row<'a>> {
        let Some((anchor, rate)) = self.clock else {
            return side_by_side(kernel, device);
        };
        let line = |seconds: f64, message| Line {
            time: format!("{seconds:.3}"),
            message,
        };
        let kernel_rate = kernel.ticks_per_second.unwrap_or(1) as f64;
        let left = kernel.messages.iter().map(|message| {
            let seconds = message.time as f64 / kernel_rate;
            (seconds, (Some(line(seconds, message)), None))
        });
        let right = device.messages.iter().map(|message| {
            let seconds = anchor.seconds + (message.time as f64 - anchor.ticks as f64) / rate;
            (seconds, (None, Some(line(seconds, message))))
        });
        let mut rows: Vec<_> = left.chain(right).collect();
        rows.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        rows.into_iter().map(|(_, row)| row).collect()
    }
}

/// The ends of both beside each other.
pub fn side_by_side<'a>(kernel: &'a Log, device: &'a Log) -> Vec<Row<'a>> {
    let rows = kernel.messages.len().max(device.messages.len());
    let at = |log: &'a Log, row: usize| {
        let message = log
            .messages
            .get(row.checked_sub(rows - log.messages.len())?)?;
        Some(Line {
            time: log.stamp(message.time),
            message,
        })
    };
    (0..rows)
        .map(|row| (at(kernel, row), at(device, row)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(rate: Option<u64>, times: &[u64]) -> Log {
        let message = |time: &u64| Message {
            time: *time,
            level: String::new(),
            is_error: false,
            text: time.to_string(),
        };
        Log {
            writer: "test",
            clock: "ticks",
            ticks_per_second: rate,
            messages: times.iter().map(message).collect(),
        }
    }

    fn texts(rows: &[Row<'_>]) -> Vec<String> {
        let text = |line: &Option<Line<'_>>| {
            line.as_ref()
                .map_or("-".to_owned(), |line| line.message.text.clone())
        };
        rows.iter()
            .map(|(left, right)| format!("{} {}", text(left), text(right)))
            .collect()
    }

    #[test]
    fn clocks_that_nothing_ties_are_put_end_to_end_and_that_is_said() {
        let (kernel, device) = (log(Some(1_000_000), &[1, 2, 3]), log(None, &[70, 80]));
        for anchors in [
            &[][..],
            &[Anchor {
                ticks: 1,
                seconds: 1.0,
            }],
        ] {
            let together = Together::new(Some(&kernel), &device, anchors);
            assert_eq!(together.confidence, Confidence::Low);
            assert_eq!(
                texts(&together.rows(&kernel, &device)),
                ["1 -", "2 70", "3 80"]
            );
        }
    }

    #[test]
    fn two_moments_order_all_lines() {
        let (kernel, device) = (log(Some(1), &[10, 20, 30]), log(None, &[1500, 2500]));
        let anchors = ["1000=10", "3000=30"].map(|text| text.parse().unwrap());
        let together = Together::new(Some(&kernel), &device, &anchors);
        assert_eq!(together.confidence, Confidence::High);
        assert_eq!(
            texts(&together.rows(&kernel, &device)),
            ["10 -", "- 1500", "20 -", "- 2500", "30 -"]
        );
        // A clock that runs backwards is none.
        let backwards = ["3000=10", "1000=30"].map(|text| text.parse().unwrap());
        let together = Together::new(Some(&kernel), &device, &backwards);
        assert_eq!(together.confidence, Confidence::Low);
    }

    #[test]
    fn a_moment_that_is_none_is_refused() {
        for text in ["", "5", "5=", "=5", "x=5", "5=nan", "5=inf", "-5=1"] {
            assert!(text.parse::<Anchor>().is_err(), "{text}");
        }
    }
}
