"""Critical projects, as administrators, owners and everybody see them in a browser."""
import datetime
import json
import os
import re
import sqlite3
from pathlib import Path

import pytest

from support import http, packages
from support.browser import installed
from support.index import parsed

pytestmark = pytest.mark.skipif(not installed(), reason="there is no Chromium on this machine; `make test` installs it")

ADMIN, SETTINGS = "/admin/critical/", "/admin/critical/settings/"
PUBLIC, DOCUMENT = "/security/", "/security/critical.json"
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def day(offset):
    return (TODAY + datetime.timedelta(offset)).isoformat()


def remember(site, days):
    """Figures of days that are over, which the charts show: nobody waits for them in a test."""
    epoch = datetime.date(1970, 1, 1)
    database = sqlite3.connect(site.data / "index.sqlite", timeout=10)
    with database:
        for ago in range(days, 0, -1):
            done = (days - ago) / days
            number = (TODAY - datetime.timedelta(ago) - epoch).days
            database.execute(
                "INSERT OR REPLACE INTO critical_day (day, computed_at, projects, threshold, critical, people, "
                "with_factor, phishing_resistant) VALUES (?, 0, ?, 12345, ?, ?, ?, ?)",
                (number, 340 + ago % 3, 3 + ago // 40, 8 + ago // 60, int(8 * done), int(4 * done)))
    database.close()


@pytest.fixture(scope="module")
def scene(site, resident, tmp_path_factory):
    """Two critical projects with four people: one with a key, one with an app, two with a password alone."""
    ada, bob = resident("Wilhelmina-with-a-long-name").with_key(), resident("bob").with_app()
    carl, dora = resident("carl").register(), resident("dora").register()
    root = resident("root").administrator()
    folder = tmp_path_factory.mktemp("packages")
    for project, people in [("sundial", [ada, carl]), ("a-project-with-quite-a-long-name-for-a-phone", [ada, bob, dora])]:
        token = site.rind("token", "issue", people[0].name).stdout.strip()
        assert http.upload(site.upload_url, token, packages.wheel(folder, project, "1.0")).status == 200
        for other in people[1:]:
            site.rind("project", "role", "add", project, other.name, "owner" if other is not dora else "maintainer")
        site.rind("critical", "designate", project)
    site.rind("project", "reserve", "not-there-yet")
    site.rind("critical", "designate", "not-there-yet")
    site.rind("critical", "set", "--announce", "today", "--enforce", "today", "--notice", "0")
    remember(site, 120)
    site.rind("critical", "compute")
    return {"ada": ada, "bob": bob, "carl": carl, "dora": dora, "root": root}


def test_everybody_is_told_what_the_command_says(site, scene):
    listed = parsed(site.rind("critical", "list", "--json").stdout)
    document = site.get(DOCUMENT).json
    assert document["projects"] == listed and len(listed) == 3
    assert document["settings"] == parsed(site.rind("critical", "settings", "--json").stdout)
    assert document["totals"] == {"critical": 3, "people": 4, "withFactor": 2, "phishingResistant": 1}
    assert len(document["days"]) == 121 and document["days"][-1]["day"] == day(0)
    page = site.get(PUBLIC, Accept="text/html").text
    for person in scene.values():
        assert person.name not in page and person.name not in json.dumps(document)
    root = scene["root"].here().get("/admin/critical.json").json
    assert [s["project"] for s in root["standings"]] == listed and root["totals"] == document["totals"]
    lacking = {person["user"]: [p["project"] for p in person["projects"]] for person in root["lacking"]}
    assert lacking == {"carl": ["sundial"], "dora": ["a_project_with_quite_a_long_name_for_a_phone"]}
    metrics = dict(line.split() for line in site.get("/metrics").text.splitlines() if line.startswith("rind_"))
    gauges = {k: int(v) for k, v in metrics.items() if "critical" in k or "mandate" in k}
    # All four would be refused today, for the two factors are new: of so few that is not said to everybody.
    assert gauges == {"rind_critical_projects": 3, "rind_critical_people": 4, "rind_critical_people_with_factor": 2,
                      "rind_critical_people_phishing_resistant": 1, "rind_mandate_phase": 2}


def test_a_chart_shows_the_figures_of_its_table(site, scene):
    root = scene["root"]
    root.go(ADMIN)
    rows = root.page.script("[...document.querySelectorAll('.scroll tbody tr')].map(r => [...r.children].map(c => c.textContent))")
    days = root.here().get("/admin/critical.json").json["days"]
    assert [int(r[1]) for r in rows] == [d["critical"] for d in reversed(days)]
    assert [int(r[3].split()[0]) for r in rows] == [d["withFactor"] for d in reversed(days)]
    assert root.page.script("document.querySelectorAll('svg[role=img] > title').length") == 2
    # A point for each day on each of the four lines, and the lower the higher the figure is.
    lines = root.page.script("[...document.querySelectorAll('polyline')].map(p => p.getAttribute('points').split(' ')"
                             ".map(q => q.split(',').map(Number)))")
    assert len(lines) == 4 and all(len(line) == 121 for line in lines)
    shares = [d["withFactor"] / d["people"] for d in days]
    for (_, y), share in zip(lines[2], shares):
        assert abs(y - (174 - 106 * share)) < 0.06


def test_a_critical_project_says_so_on_its_page(site, scene):
    page = scene["bob"].page
    page.open(site.origin + "/project/sundial/")
    assert "Critical project" in page.text(".critical-badge")
    assert "needs a second factor" in page.text(".critical-badge")
    page.follow(".critical-badge a")
    assert page.path == PUBLIC and "What critical means here" in page.text()


def test_an_administrator_previews_and_sets_by_keyboard(site, scene):
    root = scene["root"]
    page = root.page
    before = parsed(site.rind("critical", "settings", "--json").stdout)
    root.go(ADMIN)
    page.tab_to("e.matches('a[href=\"/admin/critical/settings/\"]')")
    page.press("Enter")
    page.wait("location.pathname === '/admin/critical/settings/' && document.readyState === 'complete'")
    page.script("document.querySelector('#notice').select()")
    page.type("x")
    page.submit("#preview")
    assert "'x' is no number of days of notice" in root.error
    page.script("document.querySelector('#notice').select()")
    page.type("21")
    page.script("document.querySelector('#required-phishing-resistant').click()")
    page.script("document.querySelector('#notice').focus()")
    page.tab_to("e.id === 'preview'")
    page.press("Enter")
    page.wait("document.querySelector('h1')?.innerText === 'What these settings would do'")
    text = page.text("main")
    assert "Nothing is changed yet" in text and "21 days" in text and "3 people" in text, text
    assert parsed(site.rind("critical", "settings", "--json").stdout) == before
    root.tired()
    page.submit("#set")
    assert page.text("h1") == "Confirm that it is you" and "change the rule for critical projects" in page.text("main")
    root.confirm()
    page.wait("location.pathname === '/admin/critical/' && document.readyState === 'complete'")
    assert "The rule is set" in page.text("main")
    after = parsed(site.rind("critical", "settings", "--json").stdout)
    assert after == {**before, "noticeDays": 21, "required": "phishing-resistant"}
    # What bound before goes on until more does: two have a password alone, and the factors of two are too new.
    assert page.text("#refused-today").startswith("4 people would be refused today")
    site.rind("critical", "set", "--notice", "0", "--require", "second-factor")


def test_an_administrator_designates_and_lifts(site, scene):
    root = scene["root"]
    site.rind("project", "reserve", "short-lived")
    root.go(ADMIN)
    root.page.fill(designate_name="short-lived")
    root.page.submit("#designate-name")
    root.confirm()
    assert "It is critical now" in root.page.text("main")
    root.page.follow("a[href='/admin/critical/?lift=short-lived#lift']")
    assert root.page.script("document.querySelector('#lift-name').value") == "short-lived"
    root.page.fill(lift_reason="it was a test")
    root.page.submit("#lift-reason")
    root.confirm()
    assert "The designation is lifted" in root.page.text("main")
    lifted = [p for p in parsed(site.rind("critical", "list", "--lifted", "--json").stdout) if p["lifted"]]
    assert [(p["name"], p["lifted"]) for p in lifted] == [("short-lived", "it was a test")]


def test_an_owner_sees_who_is_ready_and_puts_it_off_once(site, scene, tmp_path):
    carl = scene["carl"].sign_in()
    path = "/manage/project/sundial/security/"
    carl.go(path)
    text = carl.page.text("main")
    assert "0 of 2 are ready" in text and "Waits until" in text and "You lack a second factor" in text, text
    carl.tired()
    carl.page.tab_to("e.id === 'put-off'")
    carl.page.press("Enter")
    carl.page.wait("document.querySelector('h1').innerText === 'Confirm that it is you'")
    assert "put off what the project sundial asks of you" in carl.page.text("main")
    carl.confirm()
    carl.page.wait("document.querySelector('#delayed')")
    assert not carl.page.has("#put-off") and carl.mail("You have until")
    root = scene["root"].here().get("/admin/critical.json").json
    [sundial] = [s for s in root["standings"] if s["project"]["name"] == "sundial"]
    [carls] = [p for p in sundial["people"] if p["user"] == "carl"]
    assert carls["delayedUntil"].startswith(day(14)) and not carls["refusedToday"] and not carls["ready"]
    assert "put off until" in scene["root"].here().get(ADMIN).text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(["width", "height"], [(1200, 900), (400, 800)], ids=["desk", "phone"])
def test_pages_fit_and_can_be_read(site, scene, scheme, width, height):
    """Nothing sticks out sideways, text stands out from what is behind it, and so do the lines of the charts. Pictures
    for people are kept in RIND_PICTURES, if that names a folder."""
    root, ada = scene["root"], scene["ada"]
    preview = ("/admin/critical/preview/?extent=share&share=50&window=183&depth=1"
               f"&announced={day(0)}&enforced={day(30)}&notice=14&required=phishing-resistant&spare=yes")
    for person, paths in [(root, [PUBLIC, "/project/sundial/", ADMIN, SETTINGS, preview]),
                          (ada, ["/manage/project/a-project-with-quite-a-long-name-for-a-phone/security/"])]:
        person.page.prefer(scheme)
        person.page.size(width, height, mobile=width < 500)
        for path in paths:
            person.go(path)
            assert person.page.script(f"document.documentElement.scrollWidth <= {width}"), f"{path} is wider than {width}"
            ratio = person.page.contrast()
            assert ratio >= 4.5, f"{path} in {scheme}: contrast {ratio}"
            assert person.page.script("[...document.querySelectorAll('main input:not([type=hidden])')]"
                                      ".every(e => e.labels.length > 0)"), f"{path} has a field without a label"
            assert person.page.script("[...document.querySelectorAll('svg text')].every(t => "
                                      f"t.getBoundingClientRect().right <= {width} + 1 && t.getBBox().x >= -1 && "
                                      "t.getBBox().x + t.getBBox().width <= 361)"), f"{path}: a text of a chart is cut"
            if os.environ.get("RIND_PICTURES"):
                name = re.sub(r"[^a-z]+", "-", path.split("?")[0].strip("/")) or "home"
                person.page.picture(Path(os.environ["RIND_PICTURES"]) / f"critical-{name}-{scheme}-{width}.png")
