// SPDX-License-Identifier: GPL-2.0

//! Registers device dumps, good and bad ones, and logs what came of it: `devdump_test: <case>: <errno> <collected>`.

use kernel::{
    ffi::{
        c_char,
        c_int,
        c_void, //
    },
    prelude::*,
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

module! {
    type: DevdumpTest,
    name: "devdump_test",
    authors: ["The vmcore-devdump developers"],
    description: "Registers device dumps, good and bad ones",
    license: "GPL",
    params: {
        late: u8 {
            default: 0,
            description: "Only register one dump, named late<N>",
        },
    },
}

extern "C" {
    fn vmcore_add_device_dump(data: *mut VmcoreddData) -> c_int;
}

static COLLECTED: AtomicBool = AtomicBool::new(false);

/// Fills the buffer with 1, 2, …, 251, 1, …; the last half stays zero.
extern "C" fn fill(data: *mut VmcoreddData, buf: *mut c_void) -> c_int {
    COLLECTED.store(true, Relaxed);
    // SAFETY: The core calls this with its own buffer, of the size that was asked for.
    let buf = unsafe { core::slice::from_raw_parts_mut(buf.cast::<u8>(), (*data).size as usize) };
    if buf.iter().any(|byte| *byte != 0) {
        return EIO.to_errno();
    }
    let half = buf.len() / 2;
    for (index, byte) in buf[..half].iter_mut().enumerate() {
        *byte = (index % 251) as u8 + 1;
    }
    0
}

extern "C" fn fail(_data: *mut VmcoreddData, _buf: *mut c_void) -> c_int {
    COLLECTED.store(true, Relaxed);
    EPROTO.to_errno()
}

fn buffer(
    name: &[u8],
    size: u32,
    callback: extern "C" fn(*mut VmcoreddData, *mut c_void) -> c_int,
) -> Result {
    let mut dump_name = [0; NAME_LEN];
    dump_name[..name.len()].copy_from_slice(name);
    let mut data = VmcoreddData {
        dump_name,
        size,
        callback: Some(callback),
    };
    // SAFETY: Valid until the call returns.
    kernel::error::to_result(unsafe { vmcore_add_device_dump(&mut data) })
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
    /// Registers itself again.
    Again,
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
            Act::Again => abi::register(&mut Stream(c"nested", Act::Write)),
            Act::Fail => {
                sink.write(b"not to be seen")?;
                Err(EPROTO)
            }
        }
    }
}

fn report(case: &str, register: impl FnOnce() -> Result) {
    COLLECTED.store(false, Relaxed);
    let errno = register().err().map_or(0, |error| -error.to_errno());
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
            1 => report("late", || abi::register(&mut Stream(c"late", Act::Write))),
            _ => report("later", || abi::register(&mut Stream(c"later", Act::Write))),
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
    report("buffer, no name", || buffer(b"", 16, fill));
    report("buffer, name too long", || {
        buffer(&[b'x'; NAME_LEN], 16, fill)
    });
    report("buffer, size 0", || buffer(b"empty", 0, fill));
    report("buffer, too large", || buffer(b"huge", u32::MAX, fill));
    report("buffer, callback fails", || buffer(b"fails", 16, fail));
    // SAFETY: Null is a case that the core must refuse.
    report("buffer, null", || {
        kernel::error::to_result(unsafe { vmcore_add_device_dump(core::ptr::null_mut()) })
    });

    report("stream", || {
        abi::register(&mut Stream(c"stream", Act::Write))
    });
    report("stream, again", || {
        abi::register(&mut Stream(c"buffer", Act::Write))
    });
    report("stream, no name", || {
        abi::register(&mut Stream(c"", Act::Write))
    });
    report("stream, patch behind", || {
        abi::register(&mut Stream(c"behind", Act::PatchBehind))
    });
    report("stream, flood", || {
        abi::register(&mut Stream(c"flood", Act::Flood))
    });
    report("stream, nested", || {
        abi::register(&mut Stream(c"outer", Act::Again))
    });
    report("stream, fails", || {
        abi::register(&mut Stream(c"fails", Act::Fail))
    });
    report("stream, null", || {
        let name: *const c_char = core::ptr::null();
        // SAFETY: Null is a case that the core must refuse.
        kernel::error::to_result(unsafe {
            vmcore_devdump_stream(name, None, core::ptr::null_mut())
        })
    });
}
