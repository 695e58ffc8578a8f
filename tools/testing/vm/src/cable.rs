// SPDX-License-Identifier: GPL-2.0

use std::path::PathBuf;

/// One end of a network cable: whatever is plugged into the other end, and when.
#[derive(Clone, Debug)]
pub struct End {
    local: PathBuf,
    remote: PathBuf,
    mac: String,
}

/// A cable that no other one in this process is called like. The adapters at its ends are 52:54:00:00:00:01 and …:02.
pub fn cable(name: &str) -> [End; 2] {
    // Not in a directory of the build: a socket's path may not be longer than 107 bytes.
    let socket = |end| {
        PathBuf::from(format!(
            "/tmp/cable-{}-{name}-{end}.sock",
            std::process::id()
        ))
    };
    [[1, 2], [2, 1]].map(|[local, remote]| End {
        local: socket(local),
        remote: socket(remote),
        mac: format!("52:54:00:00:00:{local:02x}"),
    })
}

impl End {
    /// What QEMU is to be told.
    pub(crate) fn options(&self) -> [String; 4] {
        let Self { local, remote, mac } = self;
        [
            "-netdev".to_owned(),
            format!(
                "dgram,id=cable,local.type=unix,local.path={},remote.type=unix,remote.path={}",
                local.display(),
                remote.display()
            ),
            "-device".to_owned(),
            format!("virtio-net-pci,netdev=cable,mac={mac},romfile="),
        ]
    }
}
