"""Reads one file with each peer and writes the best time of each, one JSON object a line.

usage: python read.py FILE.csv FILE.jsonl REPEATS OUTPUT

Started by `mava-bulk-bench read`. Two threads for the peers that take several. DuckDB counts every
column, which makes it read all of them, and is cheaper for it than keeping them.
"""

import os

os.environ["POLARS_MAX_THREADS"] = "2"

import csv
import json
import sys
import time

import duckdb
import orjson
import polars

csv_file, json_file, repeats, output = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
columns = ["ticketId", "status", "priority", "category", "assignedTo"]
counts = ", ".join(f'count("{name}")' for name in columns)
types = ", ".join(f"{name}: '{'INTEGER' if name == 'priority' else 'VARCHAR'}'" for name in columns)
database = duckdb.connect(config={"threads": 2})


def with_polars():
    return polars.read_csv(csv_file).height


def with_duckdb_csv():
    return database.execute(f"select {counts} from read_csv('{csv_file}')").fetchone()[0]


def with_python_csv():
    count = -1
    with open(csv_file, newline="") as file:
        for _ in csv.reader(file):
            count += 1
    return count


def with_polars_json():
    return polars.read_ndjson(json_file).height


def with_duckdb_json():
    source = f"read_json('{json_file}', format='newline_delimited', columns={{{types}}})"
    return database.execute(f"select {counts} from {source}").fetchone()[0]


def with_orjson():
    count = 0
    with open(json_file, "rb") as file:
        for line in file:
            orjson.loads(line)
            count += 1
    return count


peers = [
    ("csv", f"polars {polars.__version__}, 2 threads", with_polars, repeats),
    ("csv", f"duckdb {duckdb.__version__}, 2 threads", with_duckdb_csv, repeats),
    ("csv", "Python csv", with_python_csv, min(repeats, 3)),
    ("jsonl", f"duckdb {duckdb.__version__}, 2 threads", with_duckdb_json, repeats),
    ("jsonl", f"polars {polars.__version__}, 2 threads", with_polars_json, repeats),
    ("jsonl", f"orjson {orjson.__version__}", with_orjson, min(repeats, 3)),
]

with open(output, "w") as results:
    for kind, name, read, times in peers:
        best = float("inf")
        for _ in range(times):
            start = time.perf_counter()
            rows = read()
            best = min(best, time.perf_counter() - start)
        results.write(json.dumps({"kind": kind, "name": name, "rows": rows, "seconds": best}) + "\n")
