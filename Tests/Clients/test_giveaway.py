"""Security keys that are given away: one code to one person, anyone who asks at once, and pages that people can use."""
import asyncio
import hashlib
import json
import os
import re
import resource
import secrets
import sqlite3
import subprocess
import time
import urllib.parse
from pathlib import Path

import pytest

from support.browser import installed
from support.index import BINARY, clean_environment
from support.mail import parts
from support.people import FACTORS, LOGIN, Site, Visitor, error

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

PAGE, ADMIN = "/security-key-giveaway/", "/admin/giveaways/"
# The programme of 2022, but for its dates.
TITAN = ["--sponsor", "Google", "--model", "Titan Security Key", "--keys", "4000", "--keys-per-code", "2", "--countries",
         "AT,BE,CA,FR,DE,IT,JP,ES,CH,GB,US", "--order", "https://store.example.com/titan"]
# What Chromium's virtual keys say that they are.
VIRTUAL = "01020304-0506-0708-0102-030405060708"
STRONG = "kuhglocke am fenster 7"


def database(site):
    return sqlite3.connect(site.data / "index.sqlite", timeout=20)


def designate(site, project, *people):
    """Makes a project critical, with these people as its maintainers."""
    with database(site) as sql:
        sql.execute("INSERT OR IGNORE INTO project (name, normalized, ultranormalized, created_at, status, serial, size) "
                    "VALUES (?, ?, ?, 0, 'active', 0, 0)", (project, project, project))
        sql.execute("INSERT OR IGNORE INTO critical_project (normalized, name, reason, as_of, window_days, designated_at, "
                    "is_in_top_share) VALUES (?, ?, 'named', 0, 183, 0, 0)", (project, project))
        [number] = sql.execute("SELECT id FROM project WHERE normalized = ?", (project,)).fetchone()
        for name in people:
            sql.execute("INSERT INTO role (project_id, account_id, role, given_at) SELECT ?, id, 'maintainer', 0 FROM account "
                        "WHERE normalized = ?", (number, name.lower()))
    sql.close()


def give(site, name, codes, *options):
    """Makes a giveaway with codes; returns those."""
    site.rind("giveaway", "create", name, *TITAN, "--opens", "2022-07-08", "--closes", "2099-10-01", *options)
    made = [f"{name.upper()}-{secrets.token_hex(4)}-{n}" for n in range(codes)]
    if made:
        file = site.folder / f"{name}.csv"
        file.write_text("code\n" + "\n".join(made) + "\n")
        assert f"{codes} codes" in site.rind("giveaway", "import-codes", file, "--giveaway", name).stdout
    return made


def report(site, name):
    return json.loads(site.rind("giveaway", "report", name, "--json").stdout)


def own_code(answer):
    found = re.search(r'id="giveaway-code">([^<]+)<', answer.text)
    return found and found[1]


@pytest.fixture
def giving(tmp_path):
    """An index of one's own: a giveaway is for all who are there."""
    site = Site(tmp_path).start()
    yield site
    site.stop()


# A thousand at once

def crowd(site, count):
    """People who are signed in, without the argon2 of a thousand sign-ins: accounts, roles and sessions are rows, as sign-in
    would have written them. Returns the cookies."""
    people = [secrets.token_bytes(32) for _ in range(count)]
    now = time.time_ns() // 1000
    designate(site, "core")
    with database(site) as sql:
        [project] = sql.execute("SELECT id FROM project WHERE normalized = 'core'").fetchone()
        for number, secret in enumerate(people):
            name = f"crowd{number}"
            address = f"{name}@example.org"
            account = sql.execute("INSERT INTO account (name, normalized, primary_address, is_administrator, "
                                  "created_at) VALUES "
                                  "(?, ?, ?, 0, ?)", (name, name, address, now)).lastrowid
            sql.execute("INSERT INTO email_address (account_id, address, normalized, verified_at, added_at) VALUES "
                        "(?, ?, ?, ?, ?)", (account, address, address, now, now))
            sql.execute("INSERT INTO role (project_id, account_id, role, given_at) VALUES (?, ?, 'maintainer', ?)",
                        (project, account, now))
            sql.execute("INSERT INTO session (secret_hash, account_id, assurance, is_password_breached, is_unknown_device, created_at, "
                        "last_seen_at, expires_at, address, client) VALUES (?, ?, 'password', 0, 0, ?, ?, ?, '', '')",
                        (hashlib.sha256(secret).digest(), account, now, now, now + 86_400_000_000))
    sql.close()
    return [f"rind={secret.hex()}" for secret in people]


async def all_at_once(port, requests):
    """Sends each request on a connection of its own but for its last byte, and then all last bytes at once. One thread."""
    streams = []
    for request in requests:
        reader, writer = await asyncio.open_connection("localhost", port)
        writer.write(request[:-1])
        await writer.drain()
        streams.append((reader, writer))
    began = time.monotonic()
    for (_, writer), request in zip(streams, requests):
        writer.write(request[-1:])

    async def answer(reader, writer):
        data = await asyncio.wait_for(reader.read(), 120)
        writer.close()
        head, _, body = data.partition(b"\r\n\r\n")
        return int(head.split()[1]), head.decode(), body.decode()
    answers = await asyncio.gather(*(answer(*stream) for stream in streams))
    return answers, time.monotonic() - began


def test_a_thousand_people_ask_at_once_for_six_hundred_codes(giving):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    cookies = crowd(giving, 1000)
    codes = give(giving, "titan", 600)

    def visitor(cookie):
        return Visitor(giving, "10.0.0.1", cookie)
    requests = []
    for cookie in cookies:
        one = visitor(cookie)
        page = one.get(PAGE)
        assert page.status == 200 and 'name="country"' in page.text, page
        body = urllib.parse.urlencode({"csrf": one.token, "giveaway": "titan", "country": "AT"})
        requests.append((f"POST {PAGE} HTTP/1.1\r\nHost: localhost:{giving.port}\r\nCookie: {cookie}\r\n"
                         f"Origin: {giving.origin}\r\nConnection: close\r\n"
                         "Content-Type: application/x-www-form-urlencoded\r\n"
                         f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
    answers, took = asyncio.run(all_at_once(giving.port, requests))
    assert sorted({status for status, _, _ in answers}) == [303, 409], answers[:3]
    lucky = [n for n, (status, _, _) in enumerate(answers) if status == 303]
    assert len(lucky) == 600
    assert all("none is left" in body for status, _, body in answers if status == 409)
    print(f"\n1,000 people, 600 codes: {took:.2f} s")

    shown = {n: own_code(visitor(cookies[n]).get(PAGE)) for n in range(1000)}
    assert {n for n, code in shown.items() if code} == set(lucky)
    assert sorted(code for code in shown.values() if code) == sorted(codes)
    figures = report(giving, "titan")
    assert (figures["codes"], figures["issued"], figures["left"]) == (600, 600, 0)
    assert {c["code"]: c["issued"] for c in figures["countries"]}["AT"] == 600
    entries = giving.rind("log", "show", "--json", "--limit", "100000").stdout
    assert entries.count("giveaway.issue-code") == 600 and not any(code in entries for code in codes)
    # What was asked again came to the same.
    again, _ = asyncio.run(all_at_once(giving.port, requests))
    assert [status for status, _, _ in again] == [status for status, _, _ in answers]
    assert own_code(visitor(cookies[lucky[0]]).get(PAGE)) == shown[lucky[0]]
    # Nothing of them is readable where they are stored.
    stored = b"".join(file.read_bytes() for file in giving.data.glob("index.sqlite*"))
    assert not any(code.encode() in stored for code in codes)


# Commands

@pytest.mark.parametrize("command", ["", "create", "import-codes", "report", "list", "change", "close"])
def test_help_has_an_example(command, tmp_path):
    done = subprocess.run([str(BINARY), "giveaway", *command.split(), "--help"], capture_output=True, text=True,
                          timeout=60, env=clean_environment(tmp_path))
    assert done.returncode == 0 and re.search(r"Example(:|, .*:)\s+rind giveaway ", done.stdout), done


@pytest.mark.parametrize("options, words", [
    (["--closes", "2022-07-07"], "before it opens"), (["--countries", "AT,XX"], "There is no country “XX”"),
    (["--countries", "UK"], "GB for the United Kingdom"), (["--countries", ","], "at least one country"),
    (["--model", "X=42"], "“42” is no AAGUID"), (["--keys", "0"], "do not go together"),
    (["--keys-per-code", "5000"], "do not go together"), (["--order", "http://x.example.com"], "https://"),
    (["--closes", "soon"], "“soon” is no date"), (["--eligible", "friends"], "critical-without-key"),
    (["--sponsor", ""], "who gives the keys"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_terms_that_contradict_themselves_are_refused(options, words, giving):
    arguments = ["giveaway", "create", "titan", *TITAN, "--opens", "2022-07-08", "--closes", "2099-10-01", *options]
    done = giving.rind(*arguments, status=1)
    assert words in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    assert json.loads(giving.rind("giveaway", "list", "--json").stdout) == []


@pytest.mark.parametrize("file, words", [
    ("A-001\nA-002\nA-001\n", ["Line 3: the same code stands in line 1."]),
    ("A-001\n\nA-002\n", ["Line 2: there is no code."]),
    ("code,batch\nA-001,1\n,2\nx y z w,3\n", ["Line 3: there is no code.", "Line 4: a code is"]),
    ("A-001\n\"A-002\nKNOWN-1\n", ["Line 2: a quotation mark"]),
    ("A-001\nKNOWN-1\n", ["Line 2: this code was imported already, into titan."]),
    ("", ["there is none in the file"]), ("A-001,x\n", ["line 1 has 2 cells"]),
    ("promo_code\nA-001\n", ["line 1 looks like a heading"]), ("A-001\na-001\n", ["Line 2: the same code stands in line 1."]),
    ("code,x\nA-001,1,2\n", ["Line 2: it has 3 cells, and line 1 has 2."]), ("known-1\n", ["Line 1: this code was imported"]),
    ("\n".join(f"B-{n:04}" for n in range(2000)), ["There are 2000", "1999 more"]),
], ids=["twice", "empty", "table", "quotes", "known", "nothing", "columns", "heading", "capitals", "cells",
        "known in small letters", "too many"])
def test_a_file_with_anything_wrong_is_not_taken_at_all(file, words, giving):
    give(giving, "titan", 0)
    first = giving.folder / "first.csv"
    first.write_text("KNOWN-1\n")
    giving.rind("giveaway", "import-codes", first)
    before = giving.rind("log", "show", "--json").stdout
    bad = giving.folder / "bad.csv"
    bad.write_text(file)
    done = giving.rind("giveaway", "import-codes", bad, status=1)
    for each in words:
        assert each.lower() in done.stderr.lower(), done.stderr
    assert len(done.stderr.splitlines()) == 1 and "A-00" not in done.stderr
    assert report(giving, "titan")["codes"] == 1 and giving.rind("log", "show", "--json").stdout == before


def test_commands_from_beginning_to_end(giving):
    assert "no giveaway" in giving.rind("giveaway", "report", status=1).stderr
    give(giving, "titan", 3)
    giving.rind("giveaway", "create", "titan", *TITAN, "--closes", "2099-10-01", status=1)
    missing = giving.rind("giveaway", "import-codes", giving.folder / "nowhere.csv", status=1)
    assert "cannot be read" in missing.stderr
    giving.rind("giveaway", "import-codes", "-", input="MORE-1\r\nMORE-2\r\n")
    text = giving.rind("giveaway", "report").stdout
    assert "5 codes imported, 0 issued, 5 left" in text and "Switzerland" in text
    changed = giving.rind("giveaway", "change", "titan", "--closes", "2099-12-31").stdout
    assert "the end of 31 Dec 2099" in changed
    assert "before it opens" in giving.rind("giveaway", "change", "titan", "--closes", "2021-01-01", status=1).stderr
    assert "what is to be changed" in giving.rind("giveaway", "change", "titan", status=1).stderr
    giving.rind("giveaway", "close", "titan")
    assert "closed already" in giving.rind("giveaway", "close", "titan", status=1).stderr
    [line] = json.loads(giving.rind("giveaway", "list", "--json").stdout)
    assert line["state"] == "closed" and line["keys"] == 4000 and line["keysPerCode"] == 2 and line["left"] == 5
    give(giving, "other", 1)
    assert "titan" in giving.rind("giveaway", "list").stdout
    assert report(giving, "other")["codesToCome"] == 1999
    steps = giving.rind("log", "show", "--json").stdout
    assert "giveaway.close" in steps and "MORE-1" not in steps
    assert "6 secrets" in giving.rind("keys", "rotate").stdout


# People

def test_a_maintainer_gets_keys_from_the_first_page_to_the_report(giving, chromium, tmp_path):
    from conftest import coming
    with coming(giving, chromium) as come:
        ada = come()
        visitor = ada.before_first_factor()
        designate(giving, "core", ada.name)
        codes = give(giving, "titan", 2, "--model", f"Virtual={VIRTUAL}")
        # Not signed in: to the sign-in, and back.
        ada.go(PAGE)
        assert "Sign in to get a code" in ada.page.text("main") and not ada.page.has("select")
        ada.page.follow("main .notice a")
        assert ada.path == LOGIN
        ada.page.fill(username=ada.name, password=ada.password)
        ada.page.submit("#sign-in")
        assert ada.path == PAGE
        # A country that is not served, then one that is.
        ada.page.script("document.getElementById('country').value = 'BR'")
        ada.page.submit("#get-code")
        assert "Google does not send keys to Brazil" in ada.error and ada.page.script(
            "document.getElementById('country').value") == "BR"
        # By the keyboard: to the field, and on to the button.
        ada.page.tab_to("e.id === 'country'")
        ada.page.script("document.getElementById('country').value = 'AT'")
        ada.page.tab_to("e.id === 'get-code'")
        ada.page._leave(lambda: ada.page.press("Enter"))
        code = ada.page.text("#giveaway-code")
        assert code in codes and "Here is your code." in ada.page.text("main")
        assert ada.page.script("document.querySelector('#giveaway-order').href") == "https://store.example.com/titan"
        plain, page = parts(ada.mail("Your code for free security keys"))
        assert code not in plain and code not in page and "Austria" in plain and PAGE in plain
        assert report(giving, "titan")["enrolled"] == 0
        # The key comes, and is enrolled.
        ada.key = ada.plug("CTAP2")
        ada.enter(visitor)
        ada.add_key("The new one")
        assert ada.path == FACTORS, ada.page.text("main")
        figures = report(giving, "titan")
        assert (figures["issued"], figures["left"]) == (1, 1)
        with database(giving) as sql:
            known = sql.execute("SELECT aaguid, model_name FROM security_key").fetchall()
        assert figures["enrolled"] == 1, known
        # With a key one needs none; the code is still there.
        ada.sign_in().go(PAGE)
        assert ada.page.text("#giveaway-code") == code
        bob = come().with_key()
        designate(giving, "core", bob.name)
        bob.go(PAGE)
        assert "You have a key already" in bob.page.text("main") and not bob.page.has("select")
        eve = come().register()
        eve.sign_in().go(PAGE)
        assert "you are neither of any" in eve.page.text("main") and not eve.page.has("select")


def test_administrators_on_the_web(giving, someone_else):
    root = someone_else
    done = root.fill_in(ADMIN, name="titan", sponsor="Google", models="Titan Security Key", keys="4000",
                        keys_per_code="2", countries="AT, Japan", opens="2022-07-08", closes="2099-10-01",
                        order="https://store.example.com/titan", eligible="everybody")
    assert done.status == 303, done
    page = f"{ADMIN}titan/"
    refused = root.fill_in(page, to=f"{page}codes/", codes="A-001\r\nA-001\r\n")
    assert refused.status == 400 and "one line is wrong" in error(refused)
    assert "<li>Line 2: the same code stands in line 1.</li>" in refused.text
    assert root.post(f"{page}codes/", codes="A-001\r\nA-002\r\n").status == 303
    assert root.fill_in(PAGE, giveaway="titan", country="JP").status == 303
    assert own_code(root.get(PAGE)) == "A-001"
    shown = root.get(page).text
    assert 'id="issued">1<' in shown and 'id="left">1<' in shown and "A-001" not in shown
    assert root.post(f"{page}close/").status == 303
    assert own_code(root.get(PAGE)) == "A-001"
    assert [e["action"] for e in map(json.loads, entries(giving))][-2:] == ["giveaway.issue-code", "giveaway.close"]


def entries(site):
    """The journal about giveaways, a JSON object each."""
    said = json.loads(site.rind("log", "show", "--json", "--limit", "1000").stdout)
    return [json.dumps(e) for e in said if e["action"].startswith("giveaway.")]


@pytest.fixture
def someone_else(giving):
    """An administrator at a browser without scripts."""
    giving.rind("user", "add", "root", "--email", "root@example.org", "--admin", "--password-file", "-",
                input=STRONG + "\n")
    designate(giving, "core", "root")
    root = Visitor(giving, "10.1.1.2")
    root.sign_in("root", STRONG)
    with_second_factor(giving)
    return root


def with_second_factor(site):
    """As if everybody who is signed in had shown a second factor: giving keys away takes one, and this is not about it."""
    site.later("UPDATE session SET assurance = 'second-factor'")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(["width", "height"], [(1200, 900), (360, 740)], ids=["desk", "phone"])
def test_pages_fit_and_can_be_read(giving, chromium, someone_else, scheme, width, height):
    """Pictures for people are kept in RIND_PICTURES, if that names a folder."""
    from conftest import coming
    with coming(giving, chromium) as come:
        ada = come("root")
        ada.enter(someone_else)
        ada.page.prefer(scheme)
        ada.page.size(width, height, mobile=width < 500)

        def look(path, name):
            ada.go(path)
            assert ada.page.script(f"document.documentElement.scrollWidth <= {width}"), f"{name} is wider than {width}"
            assert ada.page.contrast() >= 4.5, f"{name} in {scheme}"
            assert ada.page.script("[...document.querySelectorAll('main input:not([type=hidden]), main select, "
                                   "main textarea')].every(e => e.labels.length > 0)"), name
            if os.environ.get("RIND_PICTURES"):
                file = f"giveaway-{name}-{scheme}-{width}.png"
                ada.page.picture(Path(os.environ["RIND_PICTURES"]) / file)

        look(PAGE, "none")
        look(ADMIN, "admin-empty")
        give(giving, "titan-2022", 3)
        look(PAGE, "form")
        ada.page.script("document.getElementById('country').value = 'BR'")
        ada.page.submit("#get-code")
        assert ada.error
        if os.environ.get("RIND_PICTURES"):
            ada.page.picture(Path(os.environ["RIND_PICTURES"]) / f"giveaway-refused-{scheme}-{width}.png")
        ada.page.script("document.getElementById('country').value = 'AT'")
        ada.page.submit("#get-code")
        look(PAGE, "code")
        look(ADMIN, "admin")
        look(f"{ADMIN}titan-2022/", "admin-one")
        giving.later("UPDATE session_proof SET at = at - 301000000")
        look(f"{ADMIN}titan-2022/", "admin-stale")
        giving.rind("giveaway", "close", "titan-2022")
        ada.forget()
        look(PAGE, "over")
