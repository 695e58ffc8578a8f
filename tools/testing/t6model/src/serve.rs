// SPDX-License-Identifier: GPL-2.0

//! `t6model serve` and `t6model function`

use std::fs;
use std::io::{stdout, BufWriter, ErrorKind, Write};
use std::os::unix::{fs::FileTypeExt, net::UnixDatagram};
use std::path::Path;
use std::process::exit;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{ensure, Context, Result};
use serde::Serialize;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use t6model::{Adapter, Plain};
use vfio_user::{Server, ServerRegion};

use crate::cli;

mod backend;
mod mapped;
mod plain;
mod regions;

use backend::Device;

pub fn run(arguments: cli::Serve) -> Result<()> {
    let mut adapter = Adapter::new(arguments.adapter.options()).map_err(anyhow::Error::msg)?;
    let mapped = match adapter.window(0) {
        // What is mapped would go on answering.
        Some(window)
            if arguments.mmap_windows
                && arguments.adapter.slow_us == 0
                && adapter.options().slow_memory.is_none()
                && window.base + window.aperture <= adapter.options().bar0_kib << 10
                && !adapter.options().dead
                && adapter.options().vanish_after.is_none()
                && window.base % 4096 == 0
                && window.aperture >= 4096 =>
        {
            adapter.map_window();
            Some(mapped::Mapped::new(&adapter, window).context("cannot share the memory window")?)
        }
        _ => None,
    };
    let regions = regions::regions(
        |index| regions::of_adapter(index, adapter.options().bar0_kib << 10),
        mapped.as_ref(),
    );
    let log = match &arguments.log {
        Some(path) => {
            let file = fs::File::create(path)
                .with_context(|| format!("cannot write {}", path.display()))?;
            Some(BufWriter::new(file))
        }
        None => None,
    };
    let state = backend::State {
        adapter,
        mapped,
        log,
        delay: Duration::from_micros(arguments.adapter.slow_us),
        stats: arguments.stats,
    };
    serve(&arguments.socket, state, regions)
}

/// Serves a function of any kind.
pub fn run_function(arguments: cli::Function) -> Result<()> {
    let config = fs::read(&arguments.config)
        .with_context(|| format!("cannot read {}", arguments.config.display()))?;
    let plain = Plain::new(config, arguments.misbehaviour()).map_err(anyhow::Error::msg)?;
    let (bar, len) = arguments.bar.unwrap_or_default();
    let regions = regions::regions(|index| if index == bar { len } else { 0 }, None);
    let stats = arguments.stats;
    serve(&arguments.socket, plain::State { plain, stats }, regions)
}

/// Serves one virtual machine, until it goes.
fn serve<D: Device>(socket: &Path, device: D, regions: Vec<ServerRegion>) -> Result<()> {
    let device = Arc::new(Mutex::new(device));
    take_over(socket)?;
    let server = Server::new(socket, true, regions::irqs(), regions)
        .with_context(|| format!("cannot listen on {}", socket.display()))?;
    finish_on_signal(&device, socket)?;
    println!("ready {}", socket.display());
    stdout().flush()?;

    let served = server.run(&mut backend::Backend {
        device: Arc::clone(&device),
    });
    // A virtual machine that dies takes the connection with it: what there is to tell is told all the same.
    lock(&device).finish()?;
    served.context("the virtual machine's connection failed")
}

/// Removes the socket of a model that was killed. One that runs keeps its own.
fn take_over(path: &Path) -> Result<()> {
    let Ok(found) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    ensure!(
        found.file_type().is_socket(),
        "{} is there, and is no socket: give another --socket",
        path.display()
    );
    // A datagram to a stream: refused for its type by whoever listens, and for nobody's listening otherwise. A stream would be
    // taken for the virtual machine.
    let answer = UnixDatagram::unbound()?.connect(path);
    ensure!(
        answer.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused),
        "another process listens on {}: end it, or give another --socket",
        path.display()
    );
    fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))
}

/// Waits for signals on a thread of its own, since the server waits for the guest.
fn finish_on_signal<D: Device>(device: &Arc<Mutex<D>>, socket: &Path) -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let (device, socket) = (Arc::clone(device), socket.to_owned());

    thread::spawn(move || {
        if signals.forever().next().is_some() {
            // Held until the end: nothing happens after what the statistics say.
            let mut device = lock(&device);
            let written = device.finish();
            let _ = fs::remove_file(socket);
            if let Err(error) = &written {
                eprintln!("t6model: {error:#}");
            }
            exit(written.is_err().into());
        }
    });
    Ok(())
}

fn write_stats(stats: &impl Serialize, path: &Path) -> Result<()> {
    let stats = serde_json::to_vec_pretty(stats)?;
    fs::write(path, stats).with_context(|| format!("cannot write {}", path.display()))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
