"""Reads one of two files with a peer, as often as it is asked to.

usage: python read.py FILE.csv|- FILE.jsonl|-

Started by `mava-bulk-bench read`; `-` stands for a format that has no file. Writes the peers' names on one line, then for each line read that
names one, the rows it found and the seconds it took. Two threads for the peers that take several.
DuckDB counts every column of CSV and the five that planning needs of JSON, which makes it read them,
and is cheaper for it than keeping them. polars keeps those five of JSON.
"""

import os

os.environ["POLARS_MAX_THREADS"] = "2"

import csv
import sys
import time

import duckdb
import orjson
import polars

csv_file, json_file = sys.argv[1:3]
columns = ["ticketId", "status", "priority", "category", "assignedTo"]
counts = ", ".join(f'count("{name}")' for name in columns)
types = ", ".join(f"{name}: '{'INTEGER' if name == 'priority' else 'VARCHAR'}'" for name in columns)
schema = {name: polars.Int64 if name == "priority" else polars.String for name in columns}
database = duckdb.connect(config={"threads": 2})


def with_polars():
    return polars.read_csv(csv_file).height


def with_duckdb_csv():
    return database.execute(f"select count(columns(*)) from read_csv('{csv_file}')").fetchone()[0]


def with_python_csv():
    count = -1
    with open(csv_file, newline="") as file:
        for _ in csv.reader(file):
            count += 1
    return count


def with_polars_json():
    return polars.read_ndjson(json_file, schema=schema).height


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


peers = {
    f"csv polars {polars.__version__}, 2 threads": with_polars,
    f"csv duckdb {duckdb.__version__}, 2 threads": with_duckdb_csv,
    "csv Python csv": with_python_csv,
    f"jsonl duckdb {duckdb.__version__}, 2 threads": with_duckdb_json,
    f"jsonl polars {polars.__version__}, 2 threads": with_polars_json,
    f"jsonl orjson {orjson.__version__}": with_orjson,
}

files = {"csv": csv_file, "jsonl": json_file}
peers = {peer: read for peer, read in peers.items() if files[peer.split()[0]] != "-"}
print("|".join(peers), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    rows = peers[line.rstrip("\n")]()
    print(rows, time.perf_counter() - start, flush=True)
