"""Plans files of which work could grow faster than the input, at three sizes, and prints the processor's seconds.

usage: python growth.py PROGRAM [DIRECTORY [PART]]

Beside `mava-bulk-bench growth`: lists of agents, guards, maps, options, and texts without a line's end. Linear growth
doubles the time from one size to the next. A part, such as 0.02, makes all sizes smaller.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile

program = os.path.abspath(sys.argv[1])
os.chdir(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
part = float(sys.argv[3]) if len(sys.argv) > 3 else 1


def ticket(number):
    # Not all zeros, which look like a number that a spreadsheet rounded.
    return f"{0x60000000 + number:x}{number + 0xA000000000000001:016x}"


def agent(number):
    return f"{0x66000000 + number:x}aaaaaaaaaaaaaaaa"


def variant(number):
    """A name that differs from all others of these by letter case alone."""
    return "".join("A" if number >> bit & 1 else "a" for bit in range(20))


def rows(count, value, column="assignee"):
    with open("rows.csv", "w") as file:
        file.write(f"ticketId,{column}\n")
        file.writelines(f"{ticket(number)},{value(number)}\n" for number in range(count))
    return ["plan", "rows.csv", "--no-read"]


def lookups(count, name):
    agents = [{"id": agent(number), "username": name(number)} for number in range(count)]
    lists = {
        "format": "mava-bulk-lookups", "version": 1, "createdAt": "1970-01-01T00:00:00Z",
        "baseURL": "http://localhost", "agents": agents, "categories": [],
    }
    with open("lookups.json", "w") as file:
        json.dump(lists, file)
    return ["--lookups", "lookups.json"]


def one_name(count):
    return rows(count, lambda _: "same") + lookups(count, lambda _: "same")


def letter_case(count):
    return rows(count, lambda number: variant(number + 2**18)) + lookups(count, variant)


def map_of_letter_case(count):
    with open("map.csv", "w") as file:
        file.write("from,to\n")
        file.writelines(f"{variant(number)},Ada\n" for number in range(count))
    names = lookups(1, lambda _: "Ada")
    return rows(count, lambda number: variant(number + 2**18)) + names + ["--map", "assignee=map.csv"]


def guards(count):
    protected = [f"{0x77000000 + number:x}bbbbbbbbbbbbbbbb" for number in range(count)]
    with open("guards.json", "w") as file:
        json.dump({"protect": {"agents": protected}}, file)
    names = lookups(count, lambda number: f"Agent {number}")
    return rows(1, agent) + names + ["--guards", "guards.json"]


def one_line_snapshot(count):
    tickets = ",".join(
        f'{{"_id":"{ticket(number)}","status":"Resolved"}}' for number in range(count))
    with open("tickets.jsonl", "w") as file:
        file.write(f'{{"tickets":[{tickets}]}}\n')
    names = lookups(1, lambda _: "Ada")
    return rows(1, lambda _: "Open", "status")[:-1] + ["--snapshot", "tickets.jsonl"] + names


def links(count):
    with open("rows.csv", "w") as file:
        file.write("ticketId,status\n" + "id=" * count + ",Open\n")
    return ["plan", "rows.csv", "--no-read"]


def ignored_columns(count):
    with open("rows.csv", "w") as file:
        file.write("ticketId,status" + "".join(f",c{number}" for number in range(count)))
        file.write(f"\n{ticket(1)},Open" + ",x" * count + "\n")
    options = [option for number in range(count) for option in ("--ignore", f"c{number}")]
    return ["plan", "rows.csv", "--no-read"] + options


def open_object(count):
    with open("rows.jsonl", "w") as file:
        file.write("{" + "\n" * count)
    return ["plan", "rows.jsonl", "--no-read"]


def processor_seconds(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(
        [program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).returncode
    # 3 says that rows are invalid, 7 that a guard refused the plan.
    if code not in (0, 3, 7):
        sys.exit(f"{arguments[:3]} ended with {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


for case, smallest in [
    (one_name, 20_000), (letter_case, 10_000), (map_of_letter_case, 10_000), (guards, 10_000),
    (one_line_snapshot, 120_000), (links, 80_000), (ignored_columns, 2_000), (open_object, 16_000),
]:
    sizes = [int(part * smallest * times) for times in (1, 2, 4)]
    times = []
    for size in sizes:
        arguments = case(size)
        times.append(min(processor_seconds(arguments) for _ in range(3)))
    print(
        f"{case.__name__}: " + ", ".join(f"{s}: {t:.2f} s" for s, t in zip(sizes, times)),
        flush=True)
