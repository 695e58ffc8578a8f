// SPDX-License-Identifier: GPL-2.0

//! The bytes of a vmcore at their offsets, wherever they really are.

use std::{collections::BTreeMap, fs::File, io, os::unix::fs::FileExt, sync::Arc};

use super::{progress, stream::Records};

/// Bytes of a vmcore, from `start` to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub start: u64,
    pub end: u64,
}

impl Place {
    /// By where they start; those that overlap are one.
    pub fn sorted(mut places: Vec<Self>) -> Vec<Self> {
        places.retain(|place| place.start < place.end);
        places.sort_by_key(|place| place.start);
        places.dedup_by(|next, place| {
            let overlaps = next.start < place.end;
            if overlaps {
                place.end = place.end.max(next.end);
            }
            overlaps
        });
        places
    }
}

/// What gives bytes at offsets: a file, or something far away.
pub trait ReadAt: Send + Sync {
    /// Reads into `buf` what is at `offset`, or some of it; nothing only at the end.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Bytes that there are.
    fn len(&self) -> io::Result<u64>;
}

impl ReadAt for File {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        FileExt::read_at(self, buf, offset)
    }

    /// A block device has a size only for those who look for its end.
    fn len(&self) -> io::Result<u64> {
        io::Seek::seek(&mut &*self, io::SeekFrom::End(0))
    }
}

/// A vmcore that is read in places.
pub struct Source {
    backing: Backing,
    /// `None`: offsets are those of the file.
    pieces: Option<Pieces>,
}

/// Where bytes are.
enum Backing {
    File(Arc<dyn ReadAt>),
    Records(Box<Records>),
}

impl Backing {
    fn fill(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => fill(&**file, offset, buf),
            Self::Records(records) => records.read_at(offset, buf),
        }
    }
}

/// Where the pieces of a vmcore are in a file. Between them are zeroes.
#[derive(Default)]
pub struct Pieces {
    /// By where they start in the vmcore: where they end there, and where they start in the file.
    map: BTreeMap<u64, (u64, u64)>,
    /// Bytes of the vmcore.
    pub len: u64,
    /// The rest is lost: what is between the pieces is not zeroes but missing.
    pub cut: bool,
}

impl Pieces {
    /// `len` bytes of the vmcore at `start` are at `at` in the file. What was said of them before is void.
    pub fn insert(&mut self, start: u64, len: u64, at: u64) {
        if len == 0 {
            return;
        }
        let end = start + len;
        if let Some((&old, &(old_end, old_at))) = self.map.range(..start).next_back() {
            if old_end == start && old_at + (start - old) == at {
                // It goes on, as a stream does.
                self.remove(start, end);
                self.map.insert(old, (end, old_at));
                return;
            }
        }
        self.remove(start, end);
        self.map.insert(start, (end, at));
    }

    fn remove(&mut self, start: u64, end: u64) {
        if let Some((&old, &(old_end, at))) = self.map.range(..start).next_back() {
            if old_end > start {
                self.map.insert(old, (start, at));
                if old_end > end {
                    self.map.insert(end, (old_end, at + (end - old)));
                }
            }
        }
        while let Some((&old, &(old_end, at))) = self.map.range(start..end).next() {
            self.map.remove(&old);
            if old_end > end {
                self.map.insert(end, (old_end, at + (end - old)));
            }
        }
    }

    /// What is at `offset`: where in the file, if anywhere, and how many bytes are alike.
    fn at(&self, offset: u64) -> (Option<u64>, u64) {
        if let Some((&start, &(end, at))) = self.map.range(..=offset).next_back() {
            if offset < end {
                return (Some(at + (offset - start)), end - offset);
            }
        }
        let next = self.map.range(offset..).next().map(|(&start, _)| start);
        (
            None,
            next.unwrap_or(self.len.max(offset))
                .min(self.len.max(offset))
                - offset,
        )
    }
}

impl Source {
    pub fn plain(file: Arc<dyn ReadAt>) -> Self {
        Self {
            backing: Backing::File(file),
            pieces: None,
        }
    }

    /// What is in records, in pieces.
    pub fn records(records: Records, pieces: Pieces) -> Self {
        Self {
            backing: Backing::Records(Box::new(records)),
            pieces: Some(pieces),
        }
    }

    pub fn pieces(file: Arc<dyn ReadAt>, pieces: Pieces) -> Self {
        Self {
            backing: Backing::File(file),
            pieces: Some(pieces),
        }
    }

    /// Where the pieces are, which `self` has no more.
    pub fn take_pieces(&mut self) -> Pieces {
        self.pieces.take().unwrap_or_default()
    }

    /// What it is read from, if that is a file.
    pub fn file(&self) -> io::Result<Arc<dyn ReadAt>> {
        match &self.backing {
            Backing::File(file) => Ok(file.clone()),
            Backing::Records(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Fills `buf` with what is at `offset`; fewer bytes than that only where the vmcore ends.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let Some(pieces) = &self.pieces else {
            return self.backing.fill(offset, buf);
        };
        let mut done = 0;
        while done < buf.len() {
            let (at, alike) = pieces.at(offset + done as u64);
            let len = alike.min((buf.len() - done) as u64) as usize;
            if len == 0 {
                break;
            }
            let part = &mut buf[done..done + len];
            match at {
                Some(at) => {
                    let got = self.backing.fill(at, part)?;
                    if got < len {
                        return Ok(done + got);
                    }
                }
                None if pieces.cut => break,
                None => part.fill(0),
            }
            done += len;
        }
        Ok(done)
    }

    /// `len` bytes at `offset`, or as many of them as there are.
    pub fn up_to(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        let got = self.read_at(offset, &mut bytes)?;
        bytes.truncate(got);
        Ok(bytes)
    }

    /// Where the bytes of `place` end that are there. Found by reading: what the file system says of the size of
    /// /proc/vmcore need not be true.
    pub fn end_of(&self, place: Place) -> io::Result<u64> {
        if let Some(Pieces { cut: true, .. }) = self.pieces {
            return self.first_gap(place);
        }
        let is_there = |offset: u64| Ok::<_, io::Error>(self.read_at(offset, &mut [0])? == 1);
        // All of it before `there` can be read, nothing from `end` on.
        let (mut there, mut end) = (place.start, place.end.max(place.start));
        if end == there || is_there(end - 1)? {
            return Ok(end);
        }
        while there < end {
            let middle = there + (end - there) / 2;
            if is_there(middle)? {
                there = middle + 1;
            } else {
                end = middle;
            }
        }
        Ok(there)
    }

    fn first_gap(&self, place: Place) -> io::Result<u64> {
        let mut at = place.start;
        while let (Some(pieces), true) = (&self.pieces, at < place.end) {
            match pieces.at(at) {
                (Some(_), alike) => at = at.saturating_add(alike).min(place.end),
                (None, _) => break,
            }
        }
        Ok(at)
    }
}

fn fill(file: &dyn ReadAt, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < buf.len() {
        // The kernel's offsets are signed.
        let at = match offset.checked_add(done as u64) {
            Some(at) if i64::try_from(at).is_ok() => at,
            _ => break,
        };
        match file.read_at(&mut buf[done..], at) {
            Ok(0) => break,
            Ok(got) => done += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    progress::advance(done as u64);
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_last_word_on_a_byte_counts() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"aaaaaaaaBBBBccDD").unwrap();
        let mut pieces = Pieces {
            len: 20,
            ..Pieces::default()
        };
        // Eight a, B over the middle, cc over the end, DD apart.
        pieces.insert(0, 8, 0);
        pieces.insert(2, 4, 8);
        pieces.insert(7, 2, 12);
        pieces.insert(12, 2, 14);
        let source = Source::pieces(Arc::new(file), pieces);
        let all = source.up_to(0, 100).unwrap();
        assert_eq!(all, b"aaBBBBacc\0\0\0DD\0\0\0\0\0\0");
        assert_eq!(source.up_to(5, 4).unwrap(), b"Bacc");
        let place = Place { start: 0, end: 30 };
        assert_eq!(source.end_of(place).unwrap(), 20);
    }

    #[test]
    fn of_a_stream_that_was_cut_short_gaps_are_missing() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abcdef").unwrap();
        let mut pieces = Pieces {
            len: 10,
            cut: true,
            ..Pieces::default()
        };
        pieces.insert(0, 3, 0);
        pieces.insert(3, 1, 3);
        pieces.insert(8, 2, 4);
        let source = Source::pieces(Arc::new(file), pieces);
        assert_eq!(source.up_to(1, 9).unwrap(), b"bcd");
        let end = |start, end| source.end_of(Place { start, end }).unwrap();
        assert_eq!((end(0, 10), end(8, 10), end(5, 6)), (4, 10, 5));
    }
}
