"""Makes a plan of changes with one peer: reads both files, compares, writes a line for each row.

usage: python plan.py duckdb|polars|python ROWS.csv TICKETS.jsonl PLAN

Started by `mava-bulk-bench plan`. Writes the seconds it took, without starting Python and importing the
peer, to PLAN.time. Two threads for the peers that take several. The rows of the plan may come in any
order, which is cheaper for duckdb than the input's.
"""

import os

os.environ["POLARS_MAX_THREADS"] = "2"

import csv
import sys
import time

name, csv_file, json_file, plan_file = sys.argv[1:5]


def with_duckdb():
    import duckdb

    start = time.perf_counter()
    database = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    database.execute(
        f"""
        copy (
            select r.ticketId as "ticketId",
                case when t._id is null or r.status <> t.status or r.priority <> t.priority
                    or r.categoryId <> t.category or r.assignedTo <> t.assignedTo
                    then 'update' else 'unchanged' end as "do",
                case when r.status <> t.status then t.status end as status_before,
                case when r.status <> t.status then r.status end as status,
                case when r.priority <> t.priority then t.priority end as priority_before,
                case when r.priority <> t.priority then r.priority end as priority,
                case when r.categoryId <> t.category then t.category end as category_before,
                case when r.categoryId <> t.category then r.categoryId end as category,
                case when r.assignedTo <> t.assignedTo then t.assignedTo end as assignee_before,
                case when r.assignedTo <> t.assignedTo then r.assignedTo end as assignee
            from read_csv('{csv_file}', header = true, columns = {{
                    'ticketId': 'VARCHAR', 'status': 'VARCHAR', 'priority': 'INTEGER',
                    'categoryId': 'VARCHAR', 'assignedTo': 'VARCHAR'}}) r
            left join read_json('{json_file}', format = 'newline_delimited', columns = {{
                    _id: 'VARCHAR', status: 'VARCHAR', priority: 'INTEGER', category: 'VARCHAR',
                    assignedTo: 'VARCHAR'}}) t on t._id = r.ticketId
        ) to '{plan_file}' (format json)
        """
    )
    return time.perf_counter() - start


def with_polars():
    import polars

    start = time.perf_counter()
    text = polars.String
    rows = polars.scan_csv(csv_file, schema_overrides={"priority": polars.Int64})
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
    return time.perf_counter() - start


def with_python():
    import orjson

    start = time.perf_counter()
    with open(csv_file, newline="") as file:
        wanted = {row["ticketId"]: row for row in csv.DictReader(file)}
    fields = [
        ("status", "status", str), ("priority", "priority", int), ("categoryId", "category", str),
        ("assignedTo", "assignedTo", str),
    ]
    found = {}
    with open(json_file, "rb") as file:
        for line in file:
            ticket = orjson.loads(line)
            if ticket["_id"] in wanted:
                found[ticket["_id"]] = tuple(ticket[name] for _, name, _ in fields)
    with open(plan_file, "wb") as plan:
        for number, row in enumerate(wanted.values(), 1):
            current = found.get(row["ticketId"])
            entry = {"row": number, "ticketId": row["ticketId"], "do": "unchanged"}
            before, after = {}, {}
            for index, (field, _, kind) in enumerate(fields):
                value = kind(row[field])
                if current is None or current[index] != value:
                    after[field] = value
                    if current is not None:
                        before[field] = current[index]
            if after:
                entry.update(do="update", before=before, after=after)
            plan.write(orjson.dumps(entry) + b"\n")
    return time.perf_counter() - start


seconds = {"duckdb": with_duckdb, "polars": with_polars, "python": with_python}[name]()
with open(plan_file + ".time", "w") as file:
    file.write(f"{seconds} \n")
