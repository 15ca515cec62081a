"""Makes a plan of changes with one peer: reads both files, compares, writes a line for each row.

usage: python plan.py duckdb|duckdb-cells|polars|python ROWS TICKETS NAMES PLAN SHAPE

Started by `mava-bulk-bench plan`, whose shapes say what the files look like. Writes the seconds and
the processor's seconds that it took, without starting Python and importing the peer, to PLAN.time. Two threads for the peers that take
several. The rows of the plan may come in any order, which is cheaper for duckdb than the input's.
`duckdb-cells` also writes the input's own values of the rows for which mava-bulk writes them: all rows
where the input has a column that no update needs, and otherwise those of changed tickets.
"""

import os

os.environ["POLARS_MAX_THREADS"] = "2"

import csv
import gzip
import json
import sys
import time

name, rows_file, json_file, names_file, plan_file, shape = sys.argv[1:7]
is_json = ".jsonl" in rows_file
is_gzip = rows_file.endswith(".gz")
has_note = shape in ("quoted", "nested")
has_names = shape == "names"
names_priorities = has_note or has_names
PRIORITIES = {"low": 1, "medium": 2, "high": 3}


def now():
    """The time, and the processor time of all threads."""
    return time.perf_counter(), time.process_time()


def listed():
    """The ids of agents and of categories by their names."""
    with open(names_file, "rb") as file:
        lists = json.load(file)
    return (
        {agent["username"]: agent["id"] for agent in lists["agents"]},
        {category["name"]: category["id"] for category in lists["categories"]},
    )


def with_duckdb(keeps_cells=False):
    import duckdb

    start = now()
    database = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    columns = {
        "ticketId": "VARCHAR", "status": "VARCHAR",
        "priority": "VARCHAR" if names_priorities else "INTEGER",
        "category" if has_names else "categoryId": "VARCHAR", "assignedTo": "VARCHAR",
    }
    if has_note:
        columns["note"] = "VARCHAR"
    kinds = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
    written = ", ".join(f'"{column}"::VARCHAR' for column in columns)
    if is_json:
        source = f"read_json('{rows_file}', format = 'newline_delimited', columns = {{{kinds}}})"
    else:
        source = f"read_csv('{rows_file}', header = true, columns = {{{kinds}}})"
    if keeps_cells:
        source = f"(select *, [{written}] as cells from {source})"
    if names_priorities:
        cases = " ".join(f"when '{word}' then {number}" for word, number in PRIORITIES.items())
        source = f"(select * replace (case priority {cases} end as priority) from {source})"
    if has_names:
        for table, ids in zip(("agents", "categories"), listed()):
            database.execute(
                f"create table {table} as select unnest(?) as name, unnest(?) as id",
                [list(ids), list(ids.values())],
            )
        source = (
            f"(select n.ticketId, n.status, n.priority, c.id as categoryId, a.id as assignedTo"
            f"{', n.cells' if keeps_cells else ''} from {source} n left join categories c on c.name = n.category "
            f"left join agents a on a.name = n.assignedTo)"
        )
    differs = (
        "t._id is null or r.status <> t.status or r.priority <> t.priority "
        "or r.categoryId <> t.category or r.assignedTo <> t.assignedTo"
    )
    cells = ""
    if keeps_cells:
        cells = ", r.cells" if has_note else f", case when {differs} then r.cells end as cells"
    database.execute(
        f"""
        copy (
            select r.ticketId as "ticketId",
                case when {differs} then 'update' else 'unchanged' end as "do",
                case when r.status <> t.status then t.status end as status_before,
                case when r.status <> t.status then r.status end as status,
                case when r.priority <> t.priority then t.priority end as priority_before,
                case when r.priority <> t.priority then r.priority end as priority,
                case when r.categoryId <> t.category then t.category end as category_before,
                case when r.categoryId <> t.category then r.categoryId end as category,
                case when r.assignedTo <> t.assignedTo then t.assignedTo end as assignee_before,
                case when r.assignedTo <> t.assignedTo then r.assignedTo end as assignee
                {cells}
            from {source} r
            left join read_json('{json_file}', format = 'newline_delimited', columns = {{
                    _id: 'VARCHAR', status: 'VARCHAR', priority: 'INTEGER', category: 'VARCHAR',
                    assignedTo: 'VARCHAR'}}) t on t._id = r.ticketId
        ) to '{plan_file}' (format json)
        """
    )
    return [after - before for before, after in zip(start, now())]


def with_polars():
    import polars

    start = now()
    text = polars.String
    kind = text if names_priorities else polars.Int64
    if is_json:
        schema = {
            "ticketId": text, "status": text, "priority": kind, "categoryId": text,
            "assignedTo": text,
        }
        rows = polars.scan_ndjson(rows_file, schema=schema)
    elif is_gzip:
        rows = polars.read_csv(rows_file, schema_overrides={"priority": kind}).lazy()
    else:
        rows = polars.scan_csv(rows_file, schema_overrides={"priority": kind})
    if names_priorities:
        words = polars.col("priority").replace_strict(PRIORITIES, return_dtype=polars.Int64)
        rows = rows.with_columns(words.alias("priority"))
    if has_names:
        agents, categories = listed()
        rows = rows.with_columns(
            polars.col("category").replace_strict(categories).alias("categoryId"),
            polars.col("assignedTo").replace_strict(agents),
        ).drop("category")
    tickets = polars.scan_ndjson(
        json_file,
        schema={
            "_id": text, "status": text, "priority": polars.Int64, "category": text,
            "assignedTo": text,
        },
    )
    joined = rows.join(
        tickets, left_on="ticketId", right_on="_id", how="left", suffix="_before",
        maintain_order="left",
    ).rename({"category": "categoryId_before"})
    fields = ["status", "priority", "categoryId", "assignedTo"]
    differs = {field: polars.col(field).ne_missing(polars.col(field + "_before")) for field in fields}
    columns = [polars.col("ticketId")]
    columns.append(
        polars.when(polars.any_horizontal(differs.values())).then(polars.lit("update"))
        .otherwise(polars.lit("unchanged")).alias("do")
    )
    for field in fields:
        for column in (field, field + "_before"):
            columns.append(polars.when(differs[field]).then(polars.col(column)).alias(column))
    joined.select(columns).collect().write_ndjson(plan_file)
    return [after - before for before, after in zip(start, now())]


def with_python():
    import orjson

    start = now()
    opened = gzip.open if is_gzip else open
    if is_json:
        with open(rows_file, "rb") as file:
            rows = [orjson.loads(line) for line in file]
    else:
        with opened(rows_file, "rt", encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    agents, categories = listed() if has_names else ({}, {})
    for row in rows:
        row["priority"] = PRIORITIES.get(row["priority"]) or int(row["priority"])
        if has_names:
            row["categoryId"] = categories[row["category"]]
            row["assignedTo"] = agents[row["assignedTo"]]
    wanted = {row["ticketId"]: row for row in rows}
    fields = [
        ("status", "status"), ("priority", "priority"), ("categoryId", "category"),
        ("assignedTo", "assignedTo"),
    ]
    found = {}
    with opened(json_file, "rb") as file:
        for line in file:
            ticket = orjson.loads(line)
            if ticket["_id"] in wanted:
                found[ticket["_id"]] = tuple(ticket[name] for _, name in fields)
    with open(plan_file, "wb") as plan:
        for number, row in enumerate(wanted.values(), 1):
            current = found.get(row["ticketId"])
            entry = {"row": number, "ticketId": row["ticketId"], "do": "unchanged"}
            before, after = {}, {}
            for index, (field, _) in enumerate(fields):
                value = row[field]
                if current is None or current[index] != value:
                    after[field] = value
                    if current is not None:
                        before[field] = current[index]
            if after:
                entry.update(do="update", before=before, after=after)
            plan.write(orjson.dumps(entry) + b"\n")
    return [after - before for before, after in zip(start, now())]


seconds, processor = {
    "duckdb": with_duckdb, "duckdb-cells": lambda: with_duckdb(keeps_cells=True),
    "polars": with_polars, "python": with_python,
}[name]()
with open(plan_file + ".time", "w") as file:
    file.write(f"{seconds} {processor} \n")
