// SPDX-License-Identifier: GPL-2.0

//! Registers device dumps, good and bad ones, and logs what came of it: `devdump_test: <case>: <errno> <collected>`.

use kernel::{
    bindings::{
        EPROTO,
        ETIME, //
    },
    ffi::{
        c_char,
        c_int,
        c_void, //
    },
    page::PAGE_SIZE,
    prelude::*,
    time::{
        delay::fsleep,
        Delta, //
    },
};

use core::sync::atomic::{
    AtomicBool,
    Ordering::Relaxed, //
};

#[path = "../../../../rust/abi/lib.rs"]
mod abi;

use abi::{
    raw::{
        vmcore_devdump_stream,
        VmcoreddData,
        NAME_LEN, //
    },
    DeviceDump,
    Sink, //
};

/// The `kernel` crate of 7.2 has no names for these.
fn error(errno: u32) -> Error {
    Error::from_errno(-(errno as c_int))
}

module! {
    type: DevdumpTest,
    name: "devdump_test",
    authors: ["The vmcore-devdump developers"],
    description: "Registers device dumps, good and bad ones",
    license: "GPL",
    params: {
        late: u8 {
            default: 0,
            description: "Only register one dump: 1 and 2 write it at once, 3 takes more than its time",
        },
    },
}

extern "C" {
    #[cfg_attr(beside_native, link_name = "devdump_add_device_dump")]
    fn vmcore_add_device_dump(data: *mut VmcoreddData) -> c_int;
}

static COLLECTED: AtomicBool = AtomicBool::new(false);

/// Fills the buffer with 1, 2, …, 251, 1, …; the last half stays zero.
extern "C" fn fill(data: *mut VmcoreddData, buf: *mut c_void) -> c_int {
    COLLECTED.store(true, Relaxed);
    // SAFETY: The core calls this with its own buffer, of the size that was asked for.
    let buf = unsafe { core::slice::from_raw_parts_mut(buf.cast::<u8>(), (*data).size as usize) };
    if buf.iter().any(|byte| *byte != 0) || buf.as_ptr() as usize % PAGE_SIZE != 0 {
        return EIO.to_errno();
    }
    let half = buf.len() / 2;
    for (index, byte) in buf[..half].iter_mut().enumerate() {
        *byte = (index % 251) as u8 + 1;
    }
    0
}

/// As `fill`, and three bytes behind.
extern "C" fn overflow(data: *mut VmcoreddData, buf: *mut c_void) -> c_int {
    // SAFETY: The core has a page of its own there, for drivers like this one.
    unsafe {
        buf.add((*data).size as usize)
            .cast::<[u8; 3]>()
            .write([7; 3])
    };
    fill(data, buf)
}

extern "C" fn fail(_data: *mut VmcoreddData, _buf: *mut c_void) -> c_int {
    COLLECTED.store(true, Relaxed);
    error(EPROTO).to_errno()
}

/// What no driver should return.
extern "C" fn seven(_data: *mut VmcoreddData, _buf: *mut c_void) -> c_int {
    COLLECTED.store(true, Relaxed);
    7
}

fn buffer(
    name: &[u8],
    size: u32,
    callback: extern "C" fn(*mut VmcoreddData, *mut c_void) -> c_int,
) -> c_int {
    let mut dump_name = [0; NAME_LEN];
    dump_name[..name.len()].copy_from_slice(name);
    let mut data = VmcoreddData {
        dump_name,
        size,
        callback: Some(callback),
    };
    // SAFETY: Valid until the call returns.
    unsafe { vmcore_add_device_dump(&mut data) }
}

/// What a stream does.
#[derive(Clone, Copy)]
enum Act {
    /// Writes pieces of growing size, then patches across pages.
    Write,
    /// Patches what was not written.
    PatchBehind,
    /// Writes until it is refused.
    Flood,
    /// Registers another one.
    Nest,
    /// Says that it has not got all.
    Miss,
    /// Writes until its time is over, and goes on.
    Dawdle,
    Fail,
}

struct Stream(&'static CStr, Act);

impl DeviceDump for Stream {
    fn name(&self) -> &CStr {
        self.0
    }

    fn collect(&mut self, sink: &mut Sink<'_>) -> Result {
        COLLECTED.store(true, Relaxed);
        match self.1 {
            Act::Write => {
                let piece: [u8; 199] = core::array::from_fn(|index| index as u8);
                for len in 0..piece.len() {
                    sink.write(&piece[..len])?;
                }
                sink.patch(4000, b"patched across a page")?;
                sink.patch(4090, b"and this one, too")?;
                sink.patch(sink.len() - 3, b"end")
            }
            Act::PatchBehind => sink.patch(0, b"x"),
            Act::Flood => {
                let page = [0xa5; 4096];
                while sink.write(&page).is_ok() {}
                pr_info!("flood: {} bytes, {} remain\n", sink.len(), sink.remaining());
                Err(ENOSPC)
            }
            Act::Nest => abi::register(&mut Stream(c"nested", Act::Write)),
            Act::Miss => {
                sink.write(b"half")?;
                sink.missing("one half");
                for _ in 0..40 {
                    sink.missing("more");
                }
                Ok(())
            }
            Act::Dawdle => {
                while sink.write(b"late") == Ok(()) {
                    fsleep(Delta::from_millis(50));
                }
                if sink.ms_left() != 0 || sink.write(b"late") != Err(error(ETIME)) {
                    return Err(EIO);
                }
                // What was written before can still be mended.
                sink.patch(0, b"LATE")
            }
            Act::Fail => {
                sink.write(b"not to be seen")?;
                Err(error(EPROTO))
            }
        }
    }
}

fn report_stream(case: &str, mut stream: Stream) {
    report(case, || {
        abi::register(&mut stream)
            .err()
            .map_or(0, |error| error.to_errno())
    });
}

fn report(case: &str, register: impl FnOnce() -> c_int) {
    COLLECTED.store(false, Relaxed);
    let errno = -register();
    let collected = COLLECTED.load(Relaxed);
    pr_info!(
        "{case}: {errno} {}\n",
        if collected { "collected" } else { "-" }
    );
}

struct DevdumpTest;

impl kernel::Module for DevdumpTest {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        match module_parameters::late.value() {
            0 => all(),
            1 => report_stream("late", Stream(c"late", Act::Write)),
            2 => report_stream("later", Stream(c"later", Act::Write)),
            _ => report_stream("dawdler", Stream(c"dawdler", Act::Dawdle)),
        }
        Ok(Self)
    }
}

fn all() {
    report("buffer", || buffer(b"buffer", 3 * 4096 + 5, fill));
    report("buffer, longest name", || {
        buffer(&[b'n'; NAME_LEN - 1], 1, fill)
    });
    report("buffer, again", || buffer(b"buffer", 16, fill));
    report("buffer, overflow", || buffer(b"overflow", 4095, overflow));
    report("buffer, no name", || buffer(b"", 16, fill));
    report("buffer, name too long", || {
        buffer(&[b'x'; NAME_LEN], 16, fill)
    });
    report("buffer, size 0", || buffer(b"empty", 0, fill));
    report("buffer, too large", || buffer(b"huge", u32::MAX, fill));
    report("buffer, callback fails", || buffer(b"fails", 16, fail));
    report("buffer, callback returns 7", || buffer(b"seven", 16, seven));
    // SAFETY: Null is a case that the core must refuse.
    report("buffer, null", || unsafe {
        vmcore_add_device_dump(core::ptr::null_mut())
    });

    for (case, name, act) in [
        ("stream", c"stream", Act::Write),
        ("stream, again", c"buffer", Act::Write),
        ("stream, no name", c"", Act::Write),
        (
            "stream, name too long",
            c"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
            Act::Write,
        ),
        ("stream, patch behind", c"behind", Act::PatchBehind),
        ("stream, flood", c"flood", Act::Flood),
        ("stream, nested", c"outer", Act::Nest),
        ("stream, fails", c"fails", Act::Fail),
        ("stream, misses", c"half", Act::Miss),
    ] {
        report_stream(case, Stream(name, act));
    }
    report("stream, null", || {
        let name: *const c_char = core::ptr::null();
        // SAFETY: Null is a case that the core must refuse.
        unsafe { vmcore_devdump_stream(name, None, core::ptr::null_mut()) }
    });
}
