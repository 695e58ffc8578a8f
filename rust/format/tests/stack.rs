// SPDX-License-Identifier: GPL-2.0

//! The stacked vmcore: checked against a lower file that is laid out as `fs/proc/vmcore.c` does it.

use vmcore_format::{
    elf::{
        Ehdr,
        Phdr,
        PT_LOAD,
        PT_NOTE, //
    },
    stack::{
        Layout,
        Part, //
    },
};

const PAGE: u64 = 4096;

/// A lower file: `notes_len` bytes of notes, memory segments of these (bytes, offset in their first page).
struct Lower {
    phdrs: Vec<Phdr>,
    size: u64,
}

impl Lower {
    fn new(notes_len: u64, loads: &[(u64, u64)]) -> Self {
        let headers_len = (64 + 56 * (1 + loads.len() as u64)).next_multiple_of(PAGE);
        let mut phdrs = vec![Phdr {
            type_: PT_NOTE,
            offset: headers_len,
            filesz: notes_len,
            memsz: notes_len,
            align: 4,
            ..Phdr::default()
        }];
        let mut size = headers_len + notes_len.next_multiple_of(PAGE);

        for (len, in_page) in loads {
            phdrs.push(Phdr {
                type_: PT_LOAD,
                offset: size + in_page,
                filesz: *len,
                memsz: *len,
                ..Phdr::default()
            });
            size += (in_page + len).next_multiple_of(PAGE);
        }
        Self { phdrs, size }
    }

    fn headers(&self) -> Vec<u8> {
        let mut out = vec![0; 64];
        out[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        out[16] = 4;
        out[32] = 64;
        out[52] = 64;
        out[54] = 56;
        out[56..58].copy_from_slice(&(self.phdrs.len() as u16).to_le_bytes());
        for phdr in &self.phdrs {
            out.extend(phdr.encode());
        }
        out.resize(out.len().next_multiple_of(PAGE as usize), 0);
        out
    }

    /// The file, every byte behind the headers a function of its place.
    fn bytes(&self) -> Vec<u8> {
        let mut out = self.headers();
        out.extend((out.len() as u64..self.size).map(|at| (at % 251) as u8 + 1));
        let notes = self.phdrs[0];
        let notes_end = notes.offset + notes.filesz;
        out[notes_end as usize..notes_end.next_multiple_of(PAGE) as usize].fill(0);
        out
    }

    fn layout(&self, dumps_len: u64) -> vmcore_format::Result<Layout> {
        Layout::new(&self.headers(), self.size, dumps_len, PAGE)
    }
}

/// Reads the whole stacked file, `step` bytes at most at a time.
fn read(layout: &Layout, headers: &[u8], dumps: &[u8], lower: &[u8], step: u64) -> Vec<u8> {
    let mut out = Vec::new();

    loop {
        let (source, offset, len) = match layout.at(out.len() as u64) {
            Part::Headers { offset, len } => (headers, offset, len),
            Part::Dumps { offset, len } => (dumps, offset, len),
            Part::Lower { offset, len } => (lower, offset, len),
            Part::Zeroes { len } => (&[0; PAGE as usize][..], 0, len),
            Part::End => return out,
        };
        assert_ne!(len, 0);
        let len = len.min(step);
        out.extend(&source[offset as usize..(offset + len) as usize]);
    }
}

#[test]
fn the_stacked_file_is_the_lower_one_with_dumps_before_its_notes() {
    for (notes_len, dumps_len, loads) in [
        (0, 0, &[(8192, 0)][..]),
        (0, 64, &[(8192, 0)]),
        (100, 0, &[(8192, 0)]),
        (100, 3996, &[(8192, 0)]),
        (100, 4000, &[(8192, 0)]),
        (4096, 4, &[(8192, 0)]),
        (4096, 4096, &[(8192, 0)]),
        (5000, 70_000, &[(1, 0xff0), (4096, 0), (10_000, 0x800)]),
        (100, 64, &[]),
        (100, 64, &[(4096, 0); 100]),
    ] {
        let lower = Lower::new(notes_len, loads);
        let lower_bytes = lower.bytes();
        let dumps: Vec<u8> = (0..dumps_len).map(|at| (at % 7) as u8 + 1).collect();
        let layout = lower.layout(dumps_len).unwrap();
        let mut headers = lower.headers();
        layout.rewrite(&mut headers).unwrap();

        let file = read(&layout, &headers, &dumps, &lower_bytes, 1000);
        assert_eq!(file.len() as u64, layout.size());
        assert_eq!(
            file,
            read(&layout, &headers, &dumps, &lower_bytes, u64::MAX)
        );
        assert_eq!(layout.shift() % PAGE, 0);

        let ehdr = Ehdr::parse(&file).unwrap();
        let phdrs: Vec<_> = ehdr.phdrs(&file).map(|phdr| phdr.unwrap().1).collect();
        assert_eq!(phdrs.len(), lower.phdrs.len());
        for (have, was) in phdrs.iter().zip(&lower.phdrs) {
            let content = |phdr: &Phdr, file: &[u8]| {
                file[phdr.offset as usize..(phdr.offset + phdr.filesz) as usize].to_vec()
            };
            let mut want = content(was, &lower_bytes);
            if was.type_ == PT_NOTE {
                want.splice(0..0, dumps.clone());
                assert_eq!(have.memsz, have.filesz);
                assert_eq!(have.offset, was.offset);
            }
            assert_eq!(content(have, &file), want);
            assert_eq!(have.offset % PAGE, was.offset % PAGE);
        }
    }
}

#[test]
fn without_dumps_the_file_is_the_lower_one() {
    let lower = Lower::new(100, &[(8192, 0)]);
    let layout = lower.layout(0).unwrap();
    let mut headers = lower.headers();
    layout.rewrite(&mut headers).unwrap();

    assert_eq!(headers, lower.headers());
    assert_eq!(
        read(&layout, &headers, &[], &lower.bytes(), 4096),
        lower.bytes()
    );
}

#[test]
fn memory_is_found_in_the_lower_file_only_if_all_of_it_is_memory() {
    let lower = Lower::new(100, &[(8192, 0)]);
    let layout = lower.layout(8192).unwrap();
    let loads = 4096 + 8192 + 4096;

    assert_eq!((layout.shift(), layout.size()), (8192, loads + 8192));
    for (offset, len, want) in [
        (loads, 8192, Some(8192)),
        (loads, 0, Some(8192)),
        (loads + 4096, 4096, Some(12288)),
        (loads - 4096, 8192, None),
        (loads, 8193, None),
        (0, 4096, None),
        (u64::MAX, 1, None),
        (u64::MAX - 4095, 4096, None),
        (loads, u64::MAX, None),
    ] {
        assert_eq!(layout.load_range(offset, len), want, "{offset:#x} {len:#x}");
    }
}

#[test]
fn behind_the_end_there_is_nothing() {
    let layout = Lower::new(100, &[(8192, 0)]).layout(64).unwrap();

    assert_ne!(layout.at(layout.size() - 1), Part::End);
    for pos in [layout.size(), layout.size() + 1, i64::MAX as u64, u64::MAX] {
        assert_eq!(layout.at(pos), Part::End, "{pos:#x}");
    }
}

#[test]
fn a_lower_file_that_the_kernel_would_not_make_is_refused() {
    type Damage = fn(&mut Lower);
    let good = || Lower::new(100, &[(8192, 0), (4096, 0)]);
    let damages: [(&str, Damage); 14] = [
        ("no notes", |l| l.phdrs[0].type_ = PT_LOAD),
        ("notes twice", |l| l.phdrs[1].type_ = PT_NOTE),
        ("notes last", |l| l.phdrs.swap(0, 2)),
        ("only memory", |l| {
            l.phdrs.remove(0);
        }),
        ("another segment", |l| l.phdrs[1].type_ = 6),
        ("notes over headers", |l| l.phdrs[0].offset = 0),
        ("notes not behind headers", |l| l.phdrs[0].offset += PAGE),
        ("notes not at a page", |l| l.phdrs[0].offset += 4),
        ("notes past the end", |l| l.phdrs[0].filesz = l.size),
        ("notes past 2^64", |l| l.phdrs[0].filesz = u64::MAX),
        ("notes over memory", |l| l.phdrs[0].filesz = PAGE + 1),
        ("memory over notes", |l| l.phdrs[2].offset = PAGE),
        ("memory past the end", |l| l.phdrs[2].filesz += 1),
        ("memory past 2^64", |l| l.phdrs[2].offset = u64::MAX),
    ];

    assert!(good().layout(64).is_ok());
    for (what, damage) in damages {
        let mut lower = good();
        damage(&mut lower);
        assert!(lower.layout(64).is_err(), "{what}");
    }
}

#[test]
fn sizes_near_the_limit_are_an_error() {
    let lower = Lower::new(100, &[(8192, 0)]);
    let headers = lower.headers();
    let limit = i64::MAX as u64;

    for (lower_size, dumps_len, good) in [
        (limit, 0, true),
        (limit, 3996, true),
        (limit, 3997, false),
        (limit + 1, 0, false),
        (u64::MAX, 0, false),
        (u64::MAX, u64::MAX, false),
        (lower.size, limit, false),
        (lower.size, u64::MAX - 3, false),
        (lower.size, u64::MAX, false),
        (lower.size, limit - (limit % PAGE) - lower.size, true),
        (0, 64, false),
        (lower.size - 1, 64, false),
    ] {
        let layout = Layout::new(&headers, lower_size, dumps_len, PAGE);
        assert_eq!(layout.is_ok(), good, "{lower_size:#x} {dumps_len:#x}");
    }
}

#[test]
fn a_page_size_is_a_power_of_two() {
    let lower = Lower::new(100, &[(8192, 0)]);

    for (page, good) in [
        (4096, true),
        (0, false),
        (1, false), // A power, but then the notes are not at the page behind the headers.
        (3, false),
        (4095, false),
        (u64::MAX, false),
        (1 << 63, false),
    ] {
        let layout = Layout::new(&lower.headers(), lower.size, 64, page);
        assert_eq!(layout.is_ok(), good, "{page}");
    }
}

#[test]
fn headers_cut_anywhere_are_an_error() {
    let lower = Lower::new(100, &[(8192, 0), (4096, 0)]);
    let headers = lower.headers();
    let end = Layout::headers_end(&headers).unwrap() as usize;

    assert_eq!(end, 64 + 3 * 56);
    for len in 0..headers.len() {
        let layout = Layout::new(&headers[..len], lower.size, 64, PAGE);
        assert_eq!(layout.is_ok(), len >= end, "{len} bytes");
    }
}

#[test]
fn the_header_area_has_a_bound() {
    let mut ehdr = Lower::new(100, &[]).headers();
    ehdr[56..58].copy_from_slice(&65534u16.to_le_bytes());
    assert!(Layout::headers_end(&ehdr).unwrap() < 4 << 20);

    ehdr[32..40].copy_from_slice(&(1u64 << 40).to_le_bytes());
    assert_eq!(Layout::headers_end(&ehdr).unwrap_err().offset, 32);
}

#[test]
fn headers_are_rewritten_once() {
    let lower = Lower::new(100, &[(8192, 0)]);
    let layout = lower.layout(8192).unwrap();
    let mut headers = lower.headers();
    layout.rewrite(&mut headers).unwrap();
    let rewritten = headers.clone();

    assert!(layout.rewrite(&mut headers).is_err());
    assert_eq!(headers, rewritten);
}
