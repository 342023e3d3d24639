#!/usr/bin/env python3
"""Does with DuckDB what DownloadsBenchmark does, on the same counts and the same logs, and compares the answers.

    downloads.py store FOLDER NAMES      counts.bin, answer.txt and what DownloadsBenchmark printed are there
    downloads.py ingest FILE             a log

Counts are loaded in the form that suits DuckDB best: a table sorted by day, zeros left out, in a database file that is
checkpointed and warm; the recount sums a window by name in a hash table, and the top 1 % with ties is a second query.
"""
import os
import resource
import sys
import time

import duckdb

WINDOW = 183


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def median(values):
    return sorted(values)[len(values) // 2]


def store(folder, names):
    import numpy

    path = f"{folder}/duck.db"
    if os.path.exists(path):
        os.remove(path)
    duck = duckdb.connect(path)
    duck.execute("CREATE TABLE counts (day USMALLINT, name UINTEGER, count UINTEGER)")
    raw = numpy.memmap(f"{folder}/counts.bin", dtype="<u4", mode="r").reshape(-1, names)
    numbers = numpy.arange(names, dtype="u4")
    for day, row in enumerate(raw):
        row = numpy.asarray(row)
        used = row > 0
        columns = {"day": numpy.full(int(used.sum()), day, dtype="u2"), "name": numbers[used], "count": row[used]}
        load(duck, columns)
    duck.execute("CHECKPOINT")
    days = len(raw)
    first = days - WINDOW
    recount = f"SELECT name, sum(count)::UBIGINT AS total FROM counts WHERE day >= {first} GROUP BY name"
    times = []
    for _ in range(7):
        start = time.perf_counter()
        duck.execute(f"CREATE OR REPLACE TEMP TABLE sums AS {recount}")
        times.append((time.perf_counter() - start) * 1000)
    k = (names + 99) // 100
    start = time.perf_counter()
    threshold, = duck.execute(
        f"SELECT greatest(1, min(total)) FROM (SELECT total FROM sums ORDER BY total DESC LIMIT {k})").fetchone()
    members, = duck.execute(f"SELECT count(*) FROM sums WHERE total >= {threshold}").fetchone()
    selecting = (time.perf_counter() - start) * 1000
    total, = duck.execute("SELECT sum(total) FROM sums").fetchone()
    rows, = duck.execute("SELECT count(*) FROM counts").fetchone()
    print(f"DuckDB {duckdb.__version__}: full recount of {min(WINDOW, days)} days, {rows} rows: median {median(times):.2f} ms "
          f"({min(times):.2f}–{max(times):.2f}, {len(times)} runs), top 1 % {selecting:.2f} ms more")
    ours = open(f"{folder}/answer.txt").read().split()
    same = ours == [str(threshold), str(members), str(int(total))]
    print(f"the same answer (threshold, how many, sum of all): {same} {ours}")
    if not same:
        sys.exit(f"DuckDB says {threshold} {members} {total}")


def load(duck, columns):
    duck.register("columns", columns)
    duck.execute("INSERT INTO counts SELECT day, name, count FROM columns")
    duck.unregister("columns")


# What a line is, and the file's name in it, as one regular expression; the name's normal form by another.
LINE = (r'^\S+ \S+ .*?\[(\d\d/\w{3}/\d{4}):\d\d:\d\d:\d\d [+-]\d{4}\] "GET [^ ?"]*/'
        r'([A-Za-z0-9._+!-]+?)-[^-/ "]+(?:\.tar\.gz|\.zip|(?:-[^-/ "]+){3,4}\.whl)(?:\?[^ "]*)? HTTP/[^"]*" 200 [0-9-]+ "[^"]*" "(\w+)/')


def ingest(path):
    duck = duckdb.connect()
    start, used = time.perf_counter(), cpu()
    rows = duck.execute(f"""
        WITH lines AS (
            SELECT column0 AS line FROM read_csv(?, header = false, columns = {{'column0': 'VARCHAR'}}, auto_detect = false,
                delim = '\\x01', quote = '', escape = '', max_line_size = 1000000)),
        parsed AS (
            SELECT regexp_extract(line, ?, ['date', 'name', 'agent']) AS p FROM lines)
        SELECT lower(regexp_replace(p.name, '[-_.]+', '-', 'g')) AS name,
               CAST(strptime(p.date, '%d/%b/%Y') AS DATE) AS day,  -- all lines are in UTC
               count(*) FILTER (p.agent IN ('pip', 'uv', 'Poetry')) AS downloads
        FROM parsed WHERE p.name <> '' GROUP BY ALL
        """, [path, LINE]).fetchall()
    wall, used = time.perf_counter() - start, cpu() - used
    downloads = sum(row[2] for row in rows)
    print(f"DuckDB {duckdb.__version__} ingest {os.path.basename(path)}: {downloads} downloads; CPU {used:.2f} s, wall {wall:.2f} s")


if __name__ == "__main__":
    if sys.argv[1] == "store":
        store(sys.argv[2], int(sys.argv[3]))
    else:
        ingest(sys.argv[2])
