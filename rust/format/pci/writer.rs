// SPDX-License-Identifier: GPL-2.0

//! Writing values: long runs of zeroes and of ones, of which a configuration space is full, are counted and not stored.

use super::range::{
    RangeHead,
    Status,
    MAX_VALUES,
    RANGE_LEN, //
};

/// Bytes of equal values that are worth a record of their own: it costs one, and another one for what follows.
const LONG: usize = 2 * RANGE_LEN + 1;

/// Writes `values`, which were read from where `head` says, to `out`: as many ranges as they need. Of `head`, status and count are
/// not looked at; what `out` returns is passed on.
pub fn write_range<E>(
    head: RangeHead,
    values: &[u8],
    out: &mut impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let width = usize::from(head.width).max(1);
    let count = values.len().checked_div(width).unwrap_or(0);
    let mut pending = 0;
    let mut at = 0usize;
    while at < count {
        let (status, run) = run_at(values, at, width);
        let end = at.saturating_add(run);
        let is_all = run == count;
        if status != Status::VALUES && (is_all || run.saturating_mul(width) >= LONG) {
            write_part(head, Status::VALUES, values, pending..at, out)?;
            write_part(head, status, values, at..end, out)?;
            pending = end;
        }
        at = end;
    }
    write_part(head, Status::VALUES, values, pending..count, out)
}

/// What the value at index `at` is, and how many are the same from there on.
fn run_at(values: &[u8], at: usize, width: usize) -> (Status, usize) {
    let rest = values.get(at.saturating_mul(width)..).unwrap_or_default();
    let mut rest = rest.chunks_exact(width).map(status_of);
    let status = rest.next().unwrap_or(Status::VALUES);
    let same = match status {
        Status::VALUES => None,
        status => Some(status),
    };
    let more = rest.take_while(|next| Some(*next) == same);
    (status, more.fold(1, |run, _| run.saturating_add(1)))
}

fn status_of(value: &[u8]) -> Status {
    if value.iter().all(|byte| *byte == 0) {
        Status::ZEROES
    } else if value.iter().all(|byte| *byte == u8::MAX) {
        Status::ONES
    } else {
        Status::VALUES
    }
}

/// Writes those with indexes in `part`, all of them of `status`.
fn write_part<E>(
    head: RangeHead,
    status: Status,
    values: &[u8],
    part: core::ops::Range<usize>,
    out: &mut impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let width = usize::from(head.width);
    let mut first = part.start;
    while first < part.end {
        let count = part.end.saturating_sub(first).min(MAX_VALUES as usize);
        let end = first.saturating_add(count);
        let head = RangeHead {
            status,
            start: head
                .start
                .saturating_add((first as u32).saturating_mul(head.stride)),
            count: count as u32,
            ..head
        };
        out(&head.encode())?;
        if status == Status::VALUES {
            let bytes = first.saturating_mul(width)..end.saturating_mul(width);
            out(values.get(bytes).unwrap_or_default())?;
        }
        first = end;
    }
    Ok(())
}
