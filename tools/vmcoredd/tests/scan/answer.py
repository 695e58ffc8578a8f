#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""answer.py FILE…: what `make bench` prints of DuckDB, which answers Documentation/scan.rst's question from each file."""

import pathlib
import resource
import sys
import time

import duckdb

document = pathlib.Path(__file__).parents[4].joinpath("Documentation/scan.rst").read_text()
query = document.split("-- duckdb\n", 1)[1].split("\n\n", 1)[0]
query = query.replace("now()", "TIMESTAMPTZ '2026-11-26 00:00:00Z'")
for file in map(pathlib.Path, sys.argv[1:]):
    reader = "read_ndjson" if file.suffix == ".ndjson" else "read_parquet"
    asked = query.replace("read_parquet('crashes/*.parquet', union_by_name = true)", f"{reader}('{file}')")
    start = time.monotonic()
    rows = duckdb.sql(asked).fetchall()
    seconds = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"DuckDB from {file.name} ({file.stat().st_size >> 10} KiB): {seconds:.2f} s, {memory} MiB, new: {[row[:3] for row in rows]}")
