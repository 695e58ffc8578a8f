// SPDX-License-Identifier: GPL-2.0

//! Files behind URLs, from servers that are not ours.

use std::fs;

use serde_json::Value;

use crate::{files, fleet, outside::Server, rows, run, text, vmcore};

/// rangehttpserver, which answers requests for ranges, and how many bytes each answer had; http.server of Python, which does not.
const RANGES: &str = "
import functools, http.server, sys
import RangeHTTPServer
class Counting(RangeHTTPServer.RangeRequestHandler):
    def send_header(self, name, value):
        if name.lower() == 'content-length':
            with open(sys.argv[2], 'a') as sent:
                print(value, file=sent)
        super().send_header(name, value)
handler = functools.partial(Counting, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
print(server.server_port, flush=True)
server.serve_forever()
";
const NO_RANGES: &str = "
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
print(server.server_port, flush=True)
server.serve_forever()
";
/// moto, with a bucket that holds the files of a directory. It does not care who asks.
const STORE: &str = "
import os, sys, pathlib, boto3
# moto tells of each request on standard output.
out = os.dup(1)
os.dup2(2, 1)
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address='127.0.0.1', port=0)
server.start()
host, port = server.get_host_and_port()
client = boto3.client('s3', endpoint_url=f'http://127.0.0.1:{port}', region_name='eu-central-1',
                      aws_access_key_id='somebody', aws_secret_access_key='secret')
client.create_bucket(Bucket='crashes', CreateBucketConfiguration={'LocationConstraint': 'eu-central-1'})
root = pathlib.Path(sys.argv[1])
for path in sorted(root.rglob('*')):
    if path.is_file():
        client.upload_file(str(path), 'crashes', 'day/' + str(path.relative_to(root)))
for n in range(1010):
    client.put_object(Bucket='crashes', Key=f'many/{n:04}', Body=b'no vmcore')
os.write(out, f'{port}\\n'.encode())
import time
while True: time.sleep(60)
";

/// Rows without what a file is called, how large it is and when it was written: of one that cannot be opened, that is known only here.
fn nameless(rows: Vec<Value>) -> Vec<Value> {
    let without = |mut row: Value| {
        row["file"].take();
        row["file_bytes"].take();
        row["file_time"].take();
        row
    };
    rows.into_iter().map(without).collect()
}

fn scan(args: &[&str], environment: &[(&str, &str)]) -> (i32, Vec<Value>, String) {
    let said = run(
        &[&["scan", "--format", "ndjson"], args].concat(),
        environment,
    );
    (said.status, rows(&said), said.complaints)
}

#[test]
fn over_http_only_what_is_needed_is_fetched() {
    let dir = tempfile::TempDir::new().unwrap();
    // A flattened file, and an ordinary one of 64 MiB, of which nobody needs the memory.
    let large = files::with_memory(vmcore(), 64 << 20);
    fs::write(dir.path().join("large"), &large).unwrap();
    fs::write(dir.path().join("flat"), files::flattened(&vmcore())).unwrap();
    fs::write(dir.path().join("foreign"), "dmesg").unwrap();
    fs::write(dir.path().join("empty"), "").unwrap();
    let names = ["large", "flat", "foreign", "empty"];
    let here = names.map(|name| dir.path().join(name));
    let (_, local, _) = scan(&here.each_ref().map(|path| text(path)), &[]);
    let counts = dir.path().join("counts");
    let server = Server::start(RANGES, &[text(dir.path()), text(&counts)]);
    let urls = names.map(|name| format!("{}/{name}", server.url));
    let absent = format!("{}/absent", server.url);
    let mut args: Vec<_> = urls.iter().map(String::as_str).collect();
    args.push(&absent);
    let (status, mut remote, _) = scan(&args, &[]);
    let last = remote.pop().unwrap();
    assert_eq!((status, &last["file_state"]), (1, &"unreadable".into()));
    assert!(
        last["file_error"].as_str().unwrap().contains("404"),
        "{last}"
    );
    assert_eq!(remote[0]["file_bytes"], large.len());
    assert!(remote[0]["file_time"].is_string());
    assert_eq!(nameless(remote), nameless(local));
    let sent: Vec<u64> = fs::read_to_string(&counts)
        .unwrap()
        .lines()
        .map(|line| line.parse().unwrap())
        .collect();
    // One request for each file, two for the large one at most.
    assert!(
        sent.len() <= 6 && sent.iter().sum::<u64>() < 700_000,
        "{sent:?}"
    );
    // Other commands, too.
    let said = run(&["diagnose", &urls[0]], &[]);
    let words = String::from_utf8(said.out).unwrap();
    assert!(words.contains("EDC0.ECC_UE"), "{words}");
}

#[test]
fn a_server_without_ranges_and_none_at_all_are_rows_that_say_so() {
    let dir = tempfile::TempDir::new().unwrap();
    fs::write(dir.path().join("vmcore"), vmcore()).unwrap();
    let server = Server::start(NO_RANGES, &[text(dir.path())]);
    let url = format!("{}/vmcore", server.url);
    let directory = format!("{}/", server.url);
    for (url, expected) in [
        (url.as_str(), "does not give ranges"),
        (&directory, "name files"),
        ("s3://crashes/vmcore", "refused"),
        ("http://127.0.0.1:1/vmcore", "refused"),
    ] {
        let nobody = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1")];
        let (status, rows, _) = scan(&[url], &nobody);
        assert_eq!(status, 1, "{url}");
        assert_eq!(rows[0]["file"], url);
        let error = rows[0]["file_error"].as_str().unwrap();
        assert!(error.contains(expected), "{url}: {error}");
    }
}

#[test]
fn all_files_of_a_store_are_found_and_read() {
    let (dir, _) = fleet(12);
    let (_, local, _) = scan(&[text(dir.path())], &[]);
    let server = Server::start(STORE, &[text(dir.path())]);
    let environment = [
        ("AWS_ENDPOINT_URL", server.url.as_str()),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "somebody"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let (status, remote, complaints) = scan(&["s3://crashes/day/"], &environment);
    assert_eq!(status, 0, "{complaints}");
    assert_eq!(
        remote[0]["file"].as_str().unwrap()[..17],
        *"s3://crashes/day/"
    );
    assert_eq!(nameless(remote), nameless(local));
    // More than a list has at a time.
    let (_, rows, _) = scan(&["s3://crashes/many/"], &environment);
    assert_eq!(rows.len(), 1010);
    assert!(rows.iter().all(|row| row["file_state"] == "foreign"));
    let (_, rows, _) = scan(&["s3://crashes/absent"], &environment);
    assert!(
        rows[0]["file_error"].as_str().unwrap().contains("404"),
        "{rows:?}"
    );
}
