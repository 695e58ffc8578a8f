// SPDX-License-Identifier: GPL-2.0

//! Streams: dumps that were handed out while they were collected.

use std::{fs, io::Read};

use vmcore_format::{
    cudbg::chunk::{self, ChunkHeader, CHUNK_HEADER_LEN, CHUNK_SIZE},
    stream::{Kind, Packing, MOST},
};

use crate::{
    dumps_of, files, files_of,
    kinds::{list_piped, PACKERS},
    run, Files, FILE_NAME, NAME,
};

/// An image that fills several records.
fn image() -> Vec<u8> {
    let mut image = files::image();
    // Some of it does not get smaller.
    let noise = (0..200_000u64).map(|nth| (nth.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8);
    image.extend(noise);
    image
}

#[test]
fn a_stream_is_read_like_any_dump() {
    let (files, image) = (Files::new(), image());
    let stream = files::Stream::of(NAME, &image).bytes;
    let file = files.write("whole", &stream);

    let (status, said, complaint) = run(&["list", "--json", &file]);
    assert_eq!((status, complaint.as_str()), (0, ""), "{said}");
    assert_eq!(files_of(&said)[0]["kind"], "stream 1.0", "{said}");
    let listed = &dumps_of(&said)[0];
    assert_eq!(listed["name"], NAME);
    assert_eq!(listed["bytes"], image.len());
    assert_eq!(listed["title"], "cudbg 1.14, T6 revision 1");
    assert_eq!(listed["manifest"]["status"], "partial");
    assert_eq!(listed["manifest"]["missing"], "mc1");
    assert_eq!(listed["manifest"]["ms"], 1234);

    let (status, said, _) = run(&["verify", &file]);
    assert_eq!(status, 0, "{said}");
    let (status, said, _) = run(&["show", &file, NAME]);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("edc0"), "{said}");

    let out = files.path("out");
    let (status, said, complaint) = run(&["extract", &file, "-o", out.to_str().unwrap()]);
    assert_eq!(status, 0, "{said}{complaint}");
    let extracted = fs::read(out.join(format!("{FILE_NAME}.bin"))).unwrap();
    assert!(extracted == image);

    for (packer, pack) in PACKERS {
        let (status, listed, complaint) = list_piped(&pack(&stream));
        assert_eq!((status, complaint.as_str()), (0, ""), "{packer}");
        assert_eq!(listed[0]["dumps"][0]["bytes"], image.len(), "{packer}");
    }
    let (status, listed, complaint) = list_piped(&stream);
    assert_eq!((status, complaint.as_str()), (0, ""));
    assert_eq!(listed[0]["dumps"][0]["bytes"], image.len());
}

#[test]
fn wherever_it_is_cut_what_came_before_is_there_and_it_is_said() {
    let (files, image) = (Files::new(), image());
    let stream = files::Stream::of(NAME, &image);
    let cuts = stream.starts[1..].iter();
    for cut in cuts.flat_map(|start| [*start, start + 1, start + 20, start + 45]) {
        let file = files.write("cut", &stream.bytes[..cut]);
        let (status, said, _) = run(&["list", "--json", &file]);
        assert_eq!(status, 1, "{cut}: {said}");
        let listed = files_of(&said);
        let last = stream.starts.iter().rfind(|start| **start <= cut).unwrap();
        let expected = format!(
            "the stream is cut short at offset {last:#x}, in mc0: what came before is there"
        );
        assert_eq!(
            listed[0]["warnings"],
            serde_json::json!([expected]),
            "{said}"
        );
        let data = stream.starts.iter().filter(|start| *start < last).count() - 1;
        let expected = (data * MOST).min(image.len());
        assert_eq!(listed[0]["dumps"][0]["bytes"], expected, "{cut}: {said}");
    }
    let file = files.write("nothing", &stream.bytes[..stream.starts[0]]);
    let (status, said, _) = run(&["list", &file]);
    assert_eq!(status, 1, "{said}");
}

#[test]
fn a_damaged_record_spoils_itself_only() {
    let (files, image) = (Files::new(), image());
    let stream = files::Stream::of(NAME, &image);
    let second = stream.starts[2];
    // Its signature, CRC-32, size and content; each is found by one or the other.
    for at in [0, 5, 17, 60].map(|into| second + into) {
        let mut bytes = stream.bytes.clone();
        bytes[at] ^= 0x55;
        let file = files.write("damaged", &bytes);
        let (status, said, _) = run(&["list", "--json", &file]);
        let listed = files_of(&said);
        assert_eq!(status, 1, "{said}");
        let expected = format!("at offset {second:#x}: expected a record whose CRC-32 is right");
        assert_eq!(
            listed[0]["warnings"],
            serde_json::json!([expected]),
            "{said}"
        );
        let out = files.path(&format!("out-{at}"));
        run(&["extract", &file, "-o", out.to_str().unwrap()]);
        let extracted = fs::read(out.join(format!("{FILE_NAME}.bin"))).unwrap();
        let mut expected = image.clone();
        expected[MOST..2 * MOST].fill(0);
        assert!(extracted == expected, "at {at:#x}");
    }
}

#[test]
fn no_record_makes_more_of_a_dump_than_there_is() {
    let files = Files::new();
    let mut stream = files::Stream::new(NAME);
    stream.push(Kind::DATA, Packing::NONE, 0, b"first");
    stream.push(Kind::DATA, Packing::NONE, 1 << 62, b"far");
    let file = files.write("far", &stream.bytes);
    let (status, said, _) = run(&["list", "--json", &file]);
    assert_eq!(status, 1);
    let listed = files_of(&said);
    assert_eq!(listed[0]["dumps"][0]["bytes"], 5, "{said}");
    let warnings = listed[0]["warnings"].to_string();
    assert!(
        warnings.contains("expected bytes that follow those before"),
        "{said}"
    );

    // Packed in a way of later versions.
    let mut stream = files::Stream::new(NAME);
    stream.push(Kind::DATA, Packing(7), 0, b"first");
    let file = files.write("later", &stream.bytes);
    let (status, _, complaint) = run(&["extract", &file, "-o", files.path("x").to_str().unwrap()]);
    assert_ne!(status, 0);
    assert!(
        complaint.contains("packed in a way that this vmcoredd does not know (7)"),
        "{complaint}"
    );
}

/// What drivers write that do not deflate.
#[test]
fn a_chunk_of_zeroes_is_one() {
    let chunk = chunk::zeroes();
    let header = ChunkHeader::parse(&chunk).unwrap();
    let stream = &chunk[CHUNK_HEADER_LEN..];
    assert_eq!(header.raw_len as usize, CHUNK_SIZE);
    assert_eq!(header.packed_len as usize, stream.len());
    let mut raw = Vec::new();
    let mut zlib = flate2::read::ZlibDecoder::new(stream);
    zlib.read_to_end(&mut raw).unwrap();
    assert!(raw.len() == CHUNK_SIZE && raw.iter().all(|byte| *byte == 0));
    assert_eq!(zlib.total_in() as usize, stream.len());
}
