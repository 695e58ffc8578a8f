// SPDX-License-Identifier: GPL-2.0

//! The model as a process, on its socket.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{json, Value};
use t6model::{Adapter, Options};
use vfio_user::Client;
use vmcore_format::cudbg::Chip;

const BAR0: u32 = 0;
const CONFIG: u32 = 7;
const WINDOW_OFFSET: u64 = 0x306c;

struct Model {
    child: Child,
    directory: PathBuf,
}

fn fresh(test: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// By relative name, since names of sockets must be short.
fn serve(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_t6model"));
    command
        .args(["serve", "--socket", "socket", "--stats", "stats.json"])
        .args(["--seed", "9"])
        .current_dir(directory)
        .stdout(Stdio::piped());
    command
}

impl Model {
    fn start(test: &str, options: &[&str]) -> Self {
        Self::start_in(fresh(test), options)
    }

    fn start_in(directory: PathBuf, options: &[&str]) -> Self {
        let mut child = serve(&directory).args(options).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "ready socket\n");
        Self { child, directory }
    }

    fn connect(&self) -> Client {
        Client::new(&self.directory.join("socket")).unwrap()
    }

    fn finish(mut self) -> Value {
        assert!(self.child.wait().unwrap().success());
        assert!(!self.directory.join("socket").exists());
        serde_json::from_slice(&fs::read(self.directory.join("stats.json")).unwrap()).unwrap()
    }
}

fn read(client: &mut Client, region: u32, offset: u64) -> u32 {
    let mut data = [0; 4];
    client.region_read(region, offset, &mut data).unwrap();
    u32::from_le_bytes(data)
}

#[test]
fn a_client_sees_the_adapter_and_leaves_statistics() {
    let model = Model::start("client", &["--chip", "t6", "--no-mmap-windows"]);
    let mut client = model.connect();
    assert_eq!(read(&mut client, CONFIG, 0), 0x6408_1425);
    assert_eq!(read(&mut client, BAR0, 0x1943c), 0);
    assert_eq!(read(&mut client, BAR0, 0x19400), 4 << 9);
    assert!(client.region(BAR0).unwrap().sparse_areas.is_empty());
    drop(client);

    let stats = model.finish();
    assert_eq!(stats["chip"], "T6");
    assert_eq!(stats["seed"], 9);
    assert_eq!(stats["config"]["reads"], 1);
    assert_eq!(stats["config"]["bus_master_enabled"], false);
    assert_eq!(
        stats["bar0"]["reads"],
        json!({"1": 0, "2": 0, "4": 2, "8": 0})
    );
    assert_eq!(stats["windows"]["mapped"], false);
    assert_eq!(stats["unmapped"], json!([]));
    assert_eq!(stats["changed"], json!([]));
}

#[test]
fn a_mapped_window_follows_its_offset_register() {
    let model = Model::start("mapped", &["--chip", "t5"]);
    let truth = Adapter::new(Options::new(Chip::T5, 9)).unwrap();
    let mut client = model.connect();
    let region = client.region(BAR0).unwrap();
    let area = (region.sparse_areas[0].offset, region.sparse_areas[0].size);
    let file = region
        .file_offset
        .as_ref()
        .unwrap()
        .file()
        .try_clone()
        .unwrap();
    let before = read(&mut client, BAR0, WINDOW_OFFSET);

    let mut shown = vec![0; area.1 as usize];
    let mut held = shown.clone();
    for address in [0, 0x1_0000, 0x21_0000, 0x4f_0000u32] {
        client
            .region_write(BAR0, WINDOW_OFFSET, &(address | 4).to_le_bytes())
            .unwrap();
        file.read_exact_at(&mut shown, area.0).unwrap();
        truth.peek(address.into(), &mut held);
        assert_eq!(shown, held, "at {address:#x}");
    }
    client
        .region_write(BAR0, WINDOW_OFFSET, &before.to_le_bytes())
        .unwrap();
    file.read_exact_at(&mut shown, area.0).unwrap();
    file.write_all_at(&[!shown[5]], area.0 + 5).unwrap();
    drop(client);

    let stats = model.finish();
    let changed = stats["changed"].as_array().unwrap();
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert_eq!(changed[0]["space"], "memory");
    assert_eq!(
        stats["windows"],
        json!({"reads": 0, "bytes": 0, "writes": 0, "mapped": true})
    );
}

#[test]
fn a_signal_ends_it_with_statistics() {
    let model = Model::start("signal", &["--chip", "t6"]);
    let mut client = model.connect();
    client.region_write(CONFIG, 4, &[6, 0]).unwrap();
    client.reset().unwrap();
    let status = Command::new("kill")
        .arg(model.child.id().to_string())
        .status()
        .unwrap();
    assert!(status.success());

    let stats = model.finish();
    assert_eq!(stats["config"]["bus_master_enabled"], true);
    assert_eq!(stats["config"]["commands"], json!(["0x6"]));
    assert_eq!(stats["changed"][0]["offset"], "0x4");
}

#[test]
fn truth_is_what_the_adapter_holds() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("truth");
    let status = Command::new(env!("CARGO_BIN_EXE_t6model"))
        .args(["truth", "--chip", "t5", "--seed", "9", "--out"])
        .arg(&out)
        .status()
        .unwrap();
    assert!(status.success());

    let adapter = Adapter::new(Options::new(Chip::T5, 9)).unwrap();
    for memory in &adapter.layout().memories {
        let mut held = vec![0; memory.size as usize];
        adapter.peek(memory.base.into(), &mut held);
        assert!(
            fs::read(out.join(format!("{}.bin", memory.name))).unwrap() == held,
            "{}",
            memory.name
        );
    }
    let registers: Value =
        serde_json::from_slice(&fs::read(out.join("regs.json")).unwrap()).unwrap();
    assert_eq!(registers["0x1943c"], 1);
    let layout: Value =
        serde_json::from_slice(&fs::read(out.join("layout.json")).unwrap()).unwrap();
    assert_eq!(layout["chip"], "T5");
}

#[test]
fn the_socket_of_a_killed_model_is_taken_over_and_that_of_a_running_one_is_not() {
    let mut killed = Model::start("taken-over", &["--chip", "t6"]);
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    assert!(killed.directory.join("socket").exists());

    let model = Model::start_in(killed.directory, &["--chip", "t6"]);
    let other = serve(&model.directory)
        .args(["--chip", "t6"])
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8(other.stderr).unwrap();
    assert!(!other.status.success());
    assert!(said.contains("another process listens on socket"), "{said}");

    // It has not noticed.
    let mut client = model.connect();
    assert_eq!(read(&mut client, CONFIG, 0), 0x6408_1425);
    drop(client);
    model.finish();
}

#[test]
fn a_file_that_is_no_socket_stays() {
    let directory = fresh("no-socket");
    fs::write(directory.join("socket"), "mine").unwrap();
    let mut model = serve(&directory);
    let output = model
        .args(["--chip", "t6"])
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr)
        .unwrap()
        .contains("is no socket"));
    assert_eq!(fs::read(directory.join("socket")).unwrap(), b"mine");
}
