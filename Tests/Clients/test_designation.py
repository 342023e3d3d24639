"""Who is critical, beside a count by somebody else: monthly figures of 15,000 projects, and logs that are read at once.

RIND_MONTHLY_FIGURES names a folder with eight or more real tables of the most downloaded packages, one a month, to count with
these too. Without it the figures are made up: heavy-tailed, rich in ties.
"""
import csv
import datetime
import json
import math
import os
import pathlib
import random
import sqlite3
import subprocess

import pytest

from support.index import BINARY, parsed

EPOCH = datetime.date(1970, 1, 1)
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
PROJECTS = 15_000


def ago(days):
    return TODAY - datetime.timedelta(days)


def figures(seed):
    """Downloads in a month of the most downloaded projects: from a thousand million down to a few thousand, the lower the more alike."""
    chance = random.Random(seed)
    names = []
    for number in range(PROJECTS):
        word = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(chance.randrange(2, 9)))
        names.append(f"{word}-{number}" if number % 3 else f"{word}{number}")
    rows = []
    for rank, name in enumerate(names, 1):
        count = int(1_750_000_000 / rank ** 1.25) + 3_000
        count = int(count * chance.uniform(0.8, 1.25))
        # Many have exactly as many as another: the tail is rounded to what stands there a hundred times.
        rows.append((name, count - count % 500 if count < 60_000 else count))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def top_packages(path, rows):
    """A table as the list of the most downloaded packages has it: the month's downloads and the name, quoted, no day."""
    with open(path, "w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("download_count", "project"), *((c, n) for n, c in rows)])
    return path


def spelled(name, chance):
    """A name as somebody else writes it: it is the same project."""
    return chance.choice([name, name.upper(), name.replace("-", "_"), name.replace("-", ".").capitalize()])


# The first and the last day of the window, and the days beside them, are among these.
DAYS = [0, 1, 30, 61, 92, 122, 183, 184]


def made_up(folder):
    """Eight monthly tables, of which six lie in the window, with the day that each is brought in under."""
    chance = random.Random(5)
    start = figures(1)
    tables = []
    for month, days in enumerate(DAYS):
        rows = [(spelled(name, chance), max(0, count if month == 1 else count + 500 * chance.randrange(-2, 3)))
                for name, count in start]
        # Names that the index does not host are among the first; they are kept, and not ranked.
        rows += [("not-hosted-here", 9_000_000_000), ("neither_is_this", 4_294_967_296)]
        chance.shuffle(rows)
        tables.append((ago(days), top_packages(folder / f"top-packages-{month}.csv", rows)))
    return [name for name, _ in start], tables


def real(folder):
    """The last eight of the tables in a folder, with the names in any of them."""
    tables = list(zip([ago(days) for days in DAYS], sorted(folder.glob("*.csv"))[-len(DAYS):], strict=True))
    names = set()
    for _, table in tables:
        with open(table, newline="") as file:
            names |= {canonical(line["project"]) for line in csv.DictReader(file)}
    # What is among the first of one month and hosted here under no name.
    return sorted(names)[3:], tables


@pytest.fixture(params=["made up", "real"])
def months(request, tmp_path):
    if request.param == "made up":
        return made_up(tmp_path)
    folder = os.environ.get("RIND_MONTHLY_FIGURES")
    if not folder:
        pytest.skip("RIND_MONTHLY_FIGURES names no folder with real figures")
    return real(pathlib.Path(folder))


def canonical(name):
    return name.lower().replace("_", "-").replace(".", "-")


def hosted(index, names):
    """Half of the names are projects, half are reserved; some were removed, which changes nothing about who is ranked, and
    two of these are reserved as well."""
    index.rind("project", "reserve", "a-name-nobody-downloads")
    database = sqlite3.connect(index.data / "index.sqlite", timeout=30)
    removed = set(names[7::500])
    with database:
        for number, name in enumerate(names):
            if number % 2 and name not in removed:
                database.execute("INSERT INTO reserved_name (normalized, ultranormalized, name, reserved_at) VALUES (?, ?, ?, 0)",
                                 (name, name, name))
            else:
                database.execute(
                    "INSERT INTO project (name, normalized, ultranormalized, created_at, status, serial, size, removed_at) "
                    "VALUES (?, ?, ?, 0, 'active', 0, 0, ?)", (name, name, name, 1 if name in removed else None))
        kept = sorted(removed)[:2]
        database.executemany("INSERT INTO reserved_name (normalized, ultranormalized, name, reserved_at) VALUES (?, ?, ?, 0)",
                             [(name, name, name) for name in kept])
    database.close()
    return [*names, "a-name-nobody-downloads"]


def counted_by_sqlite(tables, names, first, last):
    """Downloads of each ranked name, from the same tables, by another reader and another count."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE row (name TEXT, day INTEGER, count INTEGER)")
    database.execute("CREATE TABLE ranked (name TEXT PRIMARY KEY)")
    database.executemany("INSERT INTO ranked VALUES (?)", [(name,) for name in names])
    for day, table in tables:
        with open(table, newline="") as file:
            database.executemany("INSERT INTO row VALUES (?, ?, ?)", [
                (canonical(line["project"]), (day - EPOCH).days, int(line["download_count"])) for line in csv.DictReader(file)])
    return database.execute("""
        WITH summed AS (
            SELECT ranked.name, COALESCE(SUM(row.count), 0) AS downloads FROM ranked
            LEFT JOIN row ON row.name = ranked.name AND row.day BETWEEN ? AND ? GROUP BY ranked.name)
        SELECT name, downloads, RANK() OVER (ORDER BY downloads DESC) AS place FROM summed ORDER BY place, name
        """, ((first - EPOCH).days, (last - EPOCH).days)).fetchall()


def expected(counted, quota):
    """All that have as many as the last of the quota, and at least one."""
    threshold = max(1, counted[quota - 1][1])
    return threshold, {name: (place, downloads) for name, downloads, place in counted if downloads >= threshold}


def test_the_designation_is_that_of_an_independent_count(start_index, months):
    index = start_index(serve=False)
    names, tables = months
    ranked = hosted(index, names)
    for day, table in tables:
        [report] = [parsed(index.rind("downloads", "import", table, "--day", day.isoformat(), "--json").stdout)]
        with open(table, newline="") as file:
            rows = sum(1 for _ in csv.DictReader(file))
        assert rows >= PROJECTS and report["outcome"] == "applied" and report["summary"]["lines"] == rows
    # Once is once, packed or not.
    assert parsed(index.rind("downloads", "import", tables[0][1], "--day", tables[0][0].isoformat(), "--json").stdout
                  )["outcome"] == "known"

    known = {}
    for options, quota, window in [
        (["--share", "1"], math.ceil(len(ranked) / 100), 183),
        (["--share", "0.01"], math.ceil(len(ranked) / 10_000), 183),
        (["--share", "1", "--window", "1"], math.ceil(len(ranked) / 100), 1),
        (["--number", "777", "--window", "60"], 777, 60),
        (["--share", "33.3333", "--window", "184"], math.ceil(len(ranked) * 333_333 / 1_000_000), 184),
        (["--share", "100", "--window", "183"], len(ranked), 183),
    ]:
        index.rind("critical", "set", *options)
        counted = counted_by_sqlite(tables, ranked, ago(window), ago(1))
        threshold, critical = expected(counted, quota)
        done = parsed(index.rind("critical", "compute", "--json").stdout)
        assert done["projects"] == len(ranked) and done["quota"] == quota and done["threshold"] == threshold
        assert done["reaching"] == len(critical)
        new = {line["name"]: (line["rank"], line["downloads"]) for line in done["designated"]}
        assert new == {name: place for name, place in critical.items() if name not in known}
        known = {**critical, **known}
        listed = parsed(index.rind("critical", "list", "--json").stdout)
        assert {line["name"]: (line["rank"], line["downloads"]) for line in listed} == known
        assert {line["reason"] for line in listed} == {"downloads"} and {line["day"] for line in listed} == {TODAY.isoformat()}

    # As of days that are over: nothing that was stored changes, for nothing is newly critical.
    for days in [1, 32, 150]:
        counted = counted_by_sqlite(tables, ranked, ago(days + 183), ago(days + 1))
        threshold, critical = expected(counted, len(ranked))
        done = parsed(index.rind("critical", "compute", "--as-of", ago(days).isoformat(), "--json").stdout)
        assert (done["threshold"], done["reaching"]) == (threshold, len(critical))
        assert [line["name"] for line in done["designated"]] == sorted(set(critical) - set(known), key=lambda name: (
            critical[name][0], name))
        known = {**critical, **known}
    # The edge was one: at some share more were in than the quota, because they had as many as the last.
    counted = counted_by_sqlite(tables, ranked, ago(183), ago(1))
    assert any(len(expected(counted, quota)[1]) > quota for quota in range(1, len(ranked), 97))


def test_a_table_without_a_day_says_what_it_lacks(start_index, tmp_path):
    index = start_index(serve=False)
    table = top_packages(tmp_path / "top.csv", [("demo", 5), ("other", 3)])
    refused = index.rind("downloads", "import", table, status=1)
    assert "line 1" in refused.stderr and "--day" in refused.stderr
    index.rind("downloads", "import", table, "--day", ago(1).isoformat())
    [day] = parsed(index.rind("downloads", "show", "demo", "--json").stdout)
    assert (day["day"], day["downloads"], day["mirrors"]) == (ago(1).isoformat(), 5, 0)


@pytest.mark.parametrize("round", range(3))
def test_two_ingestions_at_once_of_a_log_that_grows_count_each_line_once(start_index, tmp_path, round):
    index = start_index(serve=False)
    index.rind("project", "reserve", "demo")
    lines = [f'192.0.2.1 - - [{ago(1):%d/%b/%Y}:08:05:09 +0000] "GET /packages/aa/demo-1.{n}.tar.gz HTTP/1.1" 200 7 "-" '
             f'"pip/26.3"\n' for n in range(40_010)]
    (tmp_path / "a.log").write_text("".join(lines[:40_000]))
    (tmp_path / "b.log").write_text("".join(lines))
    running = [subprocess.Popen([str(BINARY), "downloads", "ingest", str(tmp_path / name), "--data", str(index.data)],
                                env=index.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
               for name in (["a.log", "b.log"] if round % 2 else ["b.log", "a.log"])]
    for process in running:
        said, complained = process.communicate(timeout=120)
        assert process.returncode == 0, said + complained
    [shown] = parsed(index.rind("downloads", "show", "demo", "--json").stdout)
    assert (shown["day"], shown["downloads"]) == (ago(1).isoformat(), 40_010)


def test_a_log_that_is_still_being_written_loses_no_line(start_index, tmp_path):
    index = start_index(serve=False)
    text = "".join(f'192.0.2.1 - - [{ago(1):%d/%b/%Y}:08:05:09 +0000] "GET /packages/aa/demo-1.{n}.tar.gz HTTP/1.1" '
                   f'200 5123 "-" "pip/26.3"\n' for n in range(100))
    cuts = [len(text) - 40, len(text) - 18, len(text) - 2, len(text)]
    for cut in cuts:
        (tmp_path / "access.log").write_text(text[:cut])
        said = index.rind("downloads", "ingest", tmp_path / "access.log")
        [shown] = parsed(index.rind("downloads", "show", "demo", "--json").stdout)
        assert shown["day"] == ago(1).isoformat() and shown["downloads"] == (100 if cut == len(text) else 99), cut
    assert "begins with all of" in said.stdout


def test_words_and_numbers_of_the_commands(start_index, tmp_path):
    index = start_index(serve=False)
    index.rind("project", "reserve", "demo")
    table = tmp_path / "history.csv"
    table.write_text(f"demo,{ago(1)},1234567\ndemo,{ago(2)},5000000000\n")
    index.rind("downloads", "import", table)
    assert parsed(index.rind("downloads", "show", "demo", "--json").stdout)[0]["downloads"] == 5_000_000_000
    explained = index.rind("critical", "explain", "demo").stdout
    assert "5,001,234,567 downloads" in explained and "number 1 of 1 " in explained
    for option in ["--share", "--top-share", "--number", "--window", "--depth", "--notice"]:
        refused = index.rind("critical", "set", option, "-1", status=None)
        assert refused.returncode in (1, 2) and "-1" in refused.stderr and "Missing" not in refused.stderr, refused
    log = tmp_path / "access.log"
    good = (f'192.0.2.1 - - [{ago(1):%d/%b/%Y}:08:05:09 +0000] "GET /packages/aa/demo-1.0.tar.gz HTTP/1.1" 200 7 "-" '
            '"pip/26.3"\n')
    log.write_bytes(good.encode() + b"\x00\n\x00\nnonsense\n")
    said = index.rind("downloads", "ingest", log)
    assert "2 lines that hold bytes that are no text" in said.stderr
    assert "1 line that is in none of the formats" in said.stderr
    log.write_text(good)
    assert "1 line:" in index.rind("downloads", "ingest", log).stdout
