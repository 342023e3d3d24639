"""The story of 2022, with the real tools: an index finds its critical projects, tells people, and holds them to it."""
import datetime
import sqlite3

import pytest

from support import http, packages
from support.browser import installed
from support.clients import program, run
from support.index import parsed
from support.mail import parts
from support.people import FACTORS, Person, Site, wait

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

PROJECTS = 350


@pytest.fixture
def story(tmp_path_factory, chromium):
    """An index of 350 projects with downloads, the last of which is ada's `atomicthings`."""
    folder = tmp_path_factory.mktemp("story")
    site = Site(folder)
    site.start()
    ada = Person(site, chromium, "ada").register()
    token = site.rind("token", "issue", "ada").stdout.strip()
    bulk = folder / "bulk"
    wheels = folder / "wheels"
    for number in range(PROJECTS - 1):
        packages.wheel(wheels, f"project-{number:03}", "1.0")
    site.rind("user", "add", "others", "--email", "others@example.org", "--password-file", "-", input="x9-Ffq-others\n")
    site.rind("import", wheels, "--owner", "others")
    bulk.mkdir()
    assert http.upload(site.upload_url, token, packages.wheel(bulk, "atomicthings", "1.0")).status == 200
    yield site, ada, token, folder
    ada.leave()
    site.stop()


def history(folder, name, rows):
    path = folder / name
    path.write_text("name,day,count\n" + "".join(f"{n},{d},{c}\n" for n, d, c in rows))
    return path


def twine(site, token, path, folder):
    return run([program("twine"), "upload", "--disable-progress-bar", "--repository-url", site.upload_url, "-u",
                "__token__", "-p", token, path], folder)


def test_the_story_of_2022(story, tmp_path):
    site, ada, token, folder = story
    today = datetime.datetime.now(datetime.timezone.utc).date()

    # Downloads over the window, and some before it and today that must not count. Ties at the edge are all in.
    rows = [(f"Project_{n:03}", today - datetime.timedelta(days=1 + n % 183), 1 + n % 40) for n in range(PROJECTS - 1)]
    rows += [("atomicthings", today - datetime.timedelta(days=d), 500) for d in (1, 90, 183)]
    rows += [("project.000", today - datetime.timedelta(days=184), 10_000), ("project.001", today, 10_000)]
    rows += [("not-here", today - datetime.timedelta(days=3), 99_999)]
    site.rind("downloads", "import", history(folder, "history.csv", rows))
    site.rind("downloads", "import", history(folder, "copy.csv", rows), status=None)  # once is once

    # The designation equals an independent count of the same rows.
    site.rind("critical", "compute")
    reference = sqlite3.connect(":memory:")
    reference.execute("CREATE TABLE d (name TEXT, day TEXT, count INTEGER)")
    reference.executemany("INSERT INTO d VALUES (?, ?, ?)", [
        (n.lower().replace("_", "-").replace(".", "-"), d.isoformat(), c) for n, d, c in rows if n != "not-here"])
    expected = reference.execute("""
        WITH s AS (SELECT name, SUM(CASE WHEN day >= ? AND day < ? THEN count ELSE 0 END) AS n FROM d GROUP BY name),
        k AS (SELECT n FROM s ORDER BY n DESC LIMIT 1 OFFSET ?)
        SELECT name, n FROM s WHERE n >= (SELECT n FROM k) AND n >= 1 ORDER BY name""",
        [(today - datetime.timedelta(days=183)).isoformat(), today.isoformat(), -(-PROJECTS // 100) - 1]).fetchall()
    listed = parsed(site.rind("critical", "list", "--json").stdout)
    assert sorted((p["name"], p["downloads"]) for p in listed) == expected
    assert len(expected) > 4, "there are ties at the edge"
    assert listed[0]["name"] == "atomicthings" and listed[0]["rank"] == 1 and listed[0]["reason"] == "downloads"

    # The rule is announced: people are told, nobody is refused.
    upload = packages.wheel(tmp_path / "1.1", "atomicthings", "1.1")
    told = site.rind("critical", "set", "--announce", "today").stdout
    assert "Nobody is refused: no day of enforcement is set." in told
    # The operator learns from which day somebody will really be refused.
    binds = today + datetime.timedelta(days=31)
    told = site.rind("critical", "preview", "--enforce", "today").stdout
    assert f"From {binds.day} {binds:%b %Y} on, people who lack a second factor are refused, at " in told, told
    assert "already: 30 days of notice come first." in told
    text, _ = parts(ada.mail("atomicthings: please add a second factor"))
    assert "number 1 by downloads, 1,500 in 183 days" in text and "/manage/account/two-factor/" in text
    outcome = twine(site, token, upload, tmp_path)
    assert outcome, outcome.output

    # It is enforced: twine shows the reason and the quickest way, the button that puts it off.
    site.rind("critical", "set", "--enforce", "today", "--notice", "0")
    site.later("UPDATE critical_demand SET binds_at = noticed_at")
    upload = packages.wheel(tmp_path / "1.2", "atomicthings", "1.2")
    outcome = twine(site, token, upload, tmp_path)
    assert not outcome, outcome.output
    assert outcome.shows("is critical (number 1 by downloads, 1,500 in 183 days"), outcome.output
    assert outcome.shows(f"{site.origin}/manage/project/atomicthings/security/delay/"), outcome.output
    # What is there stays there, and yanking is never refused.
    assert http.get(f"{site.url}/simple/atomicthings/").status == 200
    site.rind("critical", "explain", "atomicthings")

    # The evasion: no spelling of the name and no project made anew is a way out.
    ada.sign_in()
    ada.go("/manage/project/atomicthings/settings/")
    ada.page.fill(delete_reason="done with it", confirm_name="atomicthings")
    ada.page.submit("#delete-project")
    ada.confirm()
    # The page leads to where the factor is added, and says why.
    assert ada.path == FACTORS, (ada.path, ada.page.text("main"))
    ada.page.script("document.querySelector('#mandate details').open = true")
    assert "is critical" in ada.page.text("#mandate")
    assert http.get(f"{site.url}/simple/atomicthings/").status == 200, "deleting is refused as well"
    site.rind("project", "delete", "atomicthings")
    wait(lambda: http.get(f"{site.url}/simple/atomicthings/").status == 404)
    for spelling in ("atomicthings", "AtomicThings", "ATOMICTHINGS"):
        outcome = twine(site, token, packages.wheel(tmp_path / spelling, spelling, "2.0"), tmp_path)
        assert not outcome and outcome.shows("is critical"), outcome.output
    assert any(p["name"] == "atomicthings" for p in parsed(site.rind("critical", "list", "--json").stdout))
    site.rind("project", "restore", "atomicthings")

    # The key, and the way back. Nobody waits 72 hours for whom the operator vouches.
    ada.plug("CTAP2")
    ada.allow_first_factor()
    ada.add_key()
    site.rind("user", "vouch", "ada")
    ada.sign_in()
    strong = ada.make_token("with the key")
    outcome = twine(site, strong, upload, tmp_path)
    assert outcome, outcome.output
    refused = http.upload(site.upload_url, token, packages.wheel(tmp_path / "1.3", "atomicthings", "1.3"))
    assert refused.status == 403 and "/manage/account/token/" in refused.reason, refused
    ada.go("/manage/account/")
    assert not ada.page.has("#mandate p a[href*=security]"), "nothing is lacking any more"
    ada.page.script("document.querySelector('#mandate details').open = true")
    assert "Refused already: the one with the identifier" in ada.page.text("#mandate"), "but for the old token"

    # On record, and nobody but an administrator lifts it.
    actions = [e["action"] for e in parsed(site.rind("log", "show", "--project", "atomicthings", "--json").stdout)]
    assert {"critical.designate", "critical.demand", "project.delete", "project.restore"} <= set(actions)
    site.rind("critical", "lift", "atomicthings", "--reason", " ", status=1)
    site.rind("doctor")


def test_bad_settings_are_refused_and_nothing_is_applied(start_index):
    index = start_index()
    before = index.rind("critical", "settings", "--json").stdout
    for options, words in [
        (("--share", "0"), "above 0 %"), (("--share", "200%"), "at most 100 %"), (("--share", "one"), "no share"),
        (("--number", "0"), "at least 1"), (("--window", "401"), "1 to 400"), (("--depth", "21"), "0 to 20"),
        (("--notice", "366"), "0 to 365"), (("--announce", "2999-01-01", "--enforce", "2998-01-01"), "announced first"),
        (("--require", "password"), "nothing beyond a password"),
        (("--top-share", "1%", "--top-require", "second-factor"), "not more"),
    ]:
        told = index.rind("critical", "set", *options, status=None)
        assert told.returncode in (1, 2) and words in told.stderr, (options, told.stderr)
    assert index.rind("critical", "settings", "--json").stdout == before
