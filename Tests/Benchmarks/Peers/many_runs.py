"""Makes a directory of many runs, each a copy of a small one: many_runs.py DIRECTORY COUNT."""

import datetime
import json
import os
import sys

source = os.path.join(os.path.dirname(__file__), "../../Fixtures/runs/v1/finished")
names = ("run.json", "summary.json", "plan.jsonl", "journal.jsonl", "report.csv")
texts = {name: open(os.path.join(source, name)).read() for name in names}
plan = json.loads(texts["run.json"])["plan"]
day = json.loads(texts["run.json"])["startedAt"][:10]
for number in range(int(sys.argv[2])):
    time = datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=2 * number)
    new = f"{number:08x}" + plan[8:]
    directory = os.path.join(sys.argv[1], f"{time:%Y%m%dT%H%M%SZ}-{new[:8]}")
    os.makedirs(directory, 0o700)
    for name, text in texts.items():
        text = text.replace(plan, new).replace(day, f"{time:%Y-%m-%d}")
        with open(os.path.join(directory, name), "w") as file:
            file.write(text)
    open(os.path.join(directory, "lock"), "w").close()
