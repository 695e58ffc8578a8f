// SPDX-License-Identifier: GPL-2.0

//! Threads that look at files, each at one at a time.

use std::{
    collections::BTreeMap,
    sync::{
        mpsc::{channel, sync_channel},
        Arc, Mutex, PoisonError,
    },
    thread,
};

use anyhow::Result;

/// So many files are looked at before the first of them is done: what comes of them waits in memory.
const AHEAD: usize = 1024;

/// Hands each entry to `look`, in one of `jobs` threads, and what comes of it to `take`, in the order of the entries.
pub fn run<E: Send, R: Send>(
    entries: impl Iterator<Item = E> + Send,
    jobs: usize,
    look: impl Fn(E) -> R + Sync,
    mut take: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    // Whoever is gone makes the others end: what they send arrives nowhere.
    let (work_to, work) = sync_channel(jobs);
    let (result_to, results) = channel();
    let (started, ended) = sync_channel(AHEAD);
    // It goes with the last who works, not with this function.
    let work = Arc::new(Mutex::new(work));
    let look = &look;
    thread::scope(|scope| {
        scope.spawn(move || {
            for numbered in entries.enumerate() {
                if started.send(()).is_err() || work_to.send(numbered).is_err() {
                    break;
                }
            }
        });
        for _ in 0..jobs {
            let (work, result_to) = (work.clone(), result_to.clone());
            scope.spawn(move || loop {
                let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((number, entry)) = next else { break };
                if result_to.send((number, look(entry))).is_err() {
                    break;
                }
            });
        }
        drop((work, result_to));
        let mut early = BTreeMap::new();
        let mut next: usize = 0;
        for (number, result) in results {
            early.insert(number, result);
            while let Some(result) = early.remove(&next) {
                next += 1;
                let _ = ended.recv();
                if let Err(error) = take(result) {
                    drop(ended);
                    return Err(error);
                }
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn results_come_in_order_however_long_each_takes() {
        let mut taken = Vec::new();
        let look = |number: usize| {
            thread::sleep(Duration::from_micros(number as u64 * 7 % 300));
            number
        };
        run(0..5000, 4, look, |number| {
            taken.push(number);
            Ok(())
        })
        .unwrap();
        assert!(taken.iter().copied().eq(0..5000), "{taken:?}");
    }

    #[test]
    fn an_output_that_fails_ends_it() {
        let mut left = 10;
        let result = run(
            0..,
            2,
            |number: usize| number,
            |_| {
                left -= 1;
                anyhow::ensure!(left > 0, "full");
                Ok(())
            },
        );
        assert_eq!(result.unwrap_err().to_string(), "full");
    }

    #[test]
    fn an_output_that_fails_while_all_are_at_work_ends_it() {
        let look = |_: usize| thread::sleep(Duration::from_millis(20));
        let result = run(0.., 2, look, |()| {
            thread::sleep(Duration::from_millis(5));
            anyhow::bail!("full")
        });
        assert_eq!(result.unwrap_err().to_string(), "full");
    }
}
