"""Sends updates as a careful script would: aiohttp, a token bucket, retries.

usage: execute.py BASE_URL BODIES.jsonl|ROWS.csv [--results FILE] [--in-flight N] [--quota N/SECONDS]

Bodies are sent as they stand, a line each: the least that a client has to do. Rows are made into bodies,
and with --results a line is written for each, with its answer's message. The key is taken from
MAVA_API_KEY. Prints one line of JSON: requests, seconds, and how many were told that the quota is used up.
"""

import argparse
import asyncio
import csv
import json
import os
import random
import time

import aiohttp


class TokenBucket:
    """A bucket that holds `limit` tokens and is filled evenly in `seconds`."""

    def __init__(self, limit, seconds):
        self.limit = limit
        self.rate = limit / seconds
        self.tokens = float(limit)
        self.at = time.monotonic()
        self.lock = asyncio.Lock()

    async def take(self):
        async with self.lock:
            while True:
                now = time.monotonic()
                self.tokens = min(self.limit, self.tokens + (now - self.at) * self.rate)
                self.at = now
                if self.tokens >= 1:
                    self.tokens -= 1
                    return
                await asyncio.sleep((1 - self.tokens) / self.rate)


def bodies(path):
    """The bodies to send, each with its ticket's id where that is known without taking it apart."""
    if not path.endswith(".csv"):
        with open(path, "rb") as lines:
            for line in lines:
                yield None, line.strip()
        return
    with open(path, newline="") as rows:
        for row in csv.DictReader(rows):
            update = {"ticketId": row["ticketId"]}
            if row["status"]:
                update["status"] = row["status"]
            if row["priority"]:
                update["priority"] = int(row["priority"])
            yield row["ticketId"], json.dumps(update).encode()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("input")
    parser.add_argument("--results")
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--quota")
    options = parser.parse_args()
    bucket = None
    if options.quota:
        limit, seconds = options.quota.split("/")
        bucket = TokenBucket(int(limit), float(seconds))
    headers = {
        "x-auth-token": os.environ["MAVA_API_KEY"],
        "content-type": "application/json",
    }
    counts = {"requests": 0, "refused": 0, "failed": 0}
    url = options.base + "/api/ticket"
    updates = bodies(options.input)
    results = None
    if options.results:
        results = csv.writer(open(options.results, "w", newline=""))

    async def note(ticket, response):
        if results:
            answer = await response.json()
            text = answer.get("message") or answer.get("error")
            results.writerow([ticket, response.status, text])
        else:
            await response.read()

    async def worker(session):
        for ticket, body in updates:
            for attempt in range(10):
                if bucket:
                    await bucket.take()
                counts["requests"] += 1
                try:
                    async with session.put(url, data=body) as response:
                        if response.status == 200:
                            await note(ticket, response)
                            break
                        if response.status == 429:
                            await response.read()
                            counts["refused"] += 1
                            wait = float(response.headers.get("retry-after", 1))
                            await asyncio.sleep(wait)
                            continue
                        if response.status < 500:
                            await note(ticket, response)
                            counts["failed"] += 1
                            break
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(random.random() * min(20, 0.5 * 2**attempt))
            else:
                counts["failed"] += 1

    start = time.monotonic()
    connector = aiohttp.TCPConnector(limit=options.in_flight)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        await asyncio.gather(*(worker(session) for _ in range(options.in_flight)))
    counts["seconds"] = round(time.monotonic() - start, 3)
    print(json.dumps(counts))


asyncio.run(main())
