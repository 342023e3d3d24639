"""Releases that wait for a person: uploads of every tool as they are, a touch in Chromium, and the address to install
them from."""
import hashlib
import re
import sqlite3

import pytest

from support import http, packages
from support.browser import installed
from support.clients import Installer
from support.index import Index, parsed
from support.mail import parts
from support.people import wait
from support.publishers import ALL, Twine

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

DAY = 86_400_000_000
STAGES = "/manage/stages/"


def page(project, number=None):
    return f"/manage/project/{project}/stages/" + (f"{number}/" if number else "")


def token(site, person, *options):
    return site.rind("token", "issue", person.name, *options).stdout.strip()


def publish(site, person, path, status=200):
    answer = http.upload(site.upload_url, token(site, person), path)
    assert answer.status == status, answer
    return answer


def waits(site, person, folder, project, version="1.0", approvals=1, approvers="owners"):
    """A project with a release that everybody gets, whose further ones wait."""
    publish(site, person, packages.wheel(folder / "first", project, version))
    site.rind("stage", "set", project, "wait", "--approvals", approvals, "--approvers", approvers)


def listed(site, project):
    return sorted(file["filename"] for file in site.page(project)["files"])


def stage(site, project):
    lines = parsed(site.rind("stage", "list", "--json").stdout)
    [found] = [line for line in lines if line["project"].replace("_", "-") == project]
    return found


def is_public(site, project, version, filename):
    """Whether anything that everybody reads names it."""
    of_project = [f"/simple/{project}/", f"/pypi/{project}/json", f"/pypi/{project}/{version}/json",
                  f"/rss/project/{project}/releases.xml", f"/project/{project}/", f"/project/{project}/{version}/"]
    of_all = ["/rss/updates.xml", f"/search/?q={project}", "/"]

    def texts(paths):
        answers = [site.get(path) for path in paths]
        # A feed says a version of its own.
        return [answer.text.replace('<rss version="2.0">', "") for answer in answers if answer.status == 200]

    return any(f">{version}<" in text or f'"{version}"' in text for text in texts(of_project)) or any(
        filename in text or f"/project/{project}/{version}/" in text for text in texts(of_project + of_all))


@pytest.fixture(params=ALL, ids=lambda tool: tool.name)
def tool(request, tmp_path):
    return request.param(tmp_path / request.param.name)


def test_every_tool_uploads_as_before_and_nobody_gets_it_until_it_is_approved(tool, site, someone, tmp_path):
    ada = someone().register()
    project = f"tool-{tool.name}"
    waits(site, ada, tmp_path, project)
    tool.project(project, "2.0", "hello")
    outcome = tool.publish(site.upload_url, token(site, ada))
    assert outcome, outcome.output
    names = [path.name for path in tool.files()]
    assert not is_public(site, project, "2.0", names[0])
    for path in tool.files():
        digest = hashlib.blake2b(path.read_bytes(), digest_size=32).hexdigest()
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        for first in (digest, sha):
            gone = site.get(f"/packages/{first[:2]}/{first[2:4]}/{first[4:]}/{path.name}")
            assert gone.status == 404, gone
    found = stage(site, project)
    assert [file["filename"] for file in found["files"]] == sorted(names)
    assert {file["sender"] for file in found["files"]} == {f"user {ada.name}"}
    site.rind("stage", "approve", found["number"])
    wait(lambda: len(listed(site, project)) == 1 + len(names))
    assert set(names) < set(listed(site, project))


def test_the_answer_to_an_upload_says_that_it_waits_where_and_until_when(site, someone, tmp_path):
    ada = someone().register()
    waits(site, ada, tmp_path, "told")
    answer = publish(site, ada, packages.wheel(tmp_path, "told", "2.0"))
    found = stage(site, "told")
    assert "It waits for a person" in answer.text and page("told", found["number"]) in answer.text
    assert found["due"][:10] in answer.text
    # The same bytes again are there already; others are not taken.
    assert "is there already" in publish(site, ada, packages.wheel(tmp_path, "told", "2.0")).text
    other = packages.wheel(tmp_path / "other", "told", "2.0", payload=b"other")
    assert "File already exists" in publish(site, ada, other, status=400).text


def test_from_twine_to_published_are_two_clicks_and_one_touch(site, someone, tmp_path):
    ada = someone().with_key()
    site.rind("user", "vouch", ada.name)
    waits(site, ada, tmp_path, "touch")
    twine = Twine(tmp_path / "twine")
    twine.project("touch", "2.0", "hello")
    assert twine.publish(site.upload_url, token(site, ada))
    # The first click: the link in the mail, which comes once for all files.
    site.later("UPDATE stage SET last_file_at = last_file_at - ? WHERE outcome IS NULL", DAY // 24)
    Index.stop(site)
    site.start()
    mail = ada.mail("touch 2.0 waits for you")
    plain, _ = parts(mail)
    for path in twine.files():
        assert path.name in plain and hashlib.sha256(path.read_bytes()).hexdigest() in plain
    link = re.search(re.escape(site.origin) + r"(/manage/project/touch/stages/\d+/)", plain)[1]
    ada.go(link)
    assert ada.path == link, ada.page.text("main")
    said = ada.page.text("main")
    assert all(path.name in said for path in twine.files()) and "API token" in said
    before = ada.credentials(ada.key)[0]["signCount"]
    # The second click, and one touch.
    ada.page.follow("#approve")
    assert ada.path == link and "was approved, and is published" in ada.page.text("#stage-ended"), ada.page.text("main")
    assert ada.credentials(ada.key)[0]["signCount"] == before + 1
    assert set(path.name for path in twine.files()) < set(listed(site, "touch"))
    assert site.subjects(ada.address).count("touch 2.0 waits for you") == 1
    installed_ = Installer("pip", tmp_path, site.simple)
    assert installed_.install("touch") and installed_.installed()["touch"] == "2.0"


def test_twenty_packages_are_published_by_one_touch(site, someone, tmp_path):
    ada = someone().with_key()
    site.rind("user", "vouch", ada.name)
    names = [f"mono-{number}" for number in range(20)]
    for name in names:
        waits(site, ada, tmp_path / name, name)
        publish(site, ada, packages.wheel(tmp_path / name, name, "2.0"))
    ada.go(STAGES)
    ada.page.script("document.querySelectorAll('[name=stage]').forEach((box) => { box.checked = true })")
    before = ada.credentials(ada.key)[0]["signCount"]
    ada.page.follow("#approve")
    assert ada.path == STAGES and "Nothing waits" in ada.page.text("main"), ada.page.text("main")
    assert ada.credentials(ada.key)[0]["signCount"] == before + 1
    assert all(len(listed(site, name)) == 2 for name in names)


def test_a_touch_is_for_the_files_that_were_seen_and_for_no_others(site, someone, tmp_path):
    ada = someone().with_key()
    site.rind("user", "vouch", ada.name)
    waits(site, ada, tmp_path, "exchanged")
    wheel = packages.wheel(tmp_path, "exchanged", "2.0")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    publish(site, ada, wheel)
    ada.go(page("exchanged", stage(site, "exchanged")["number"]))
    # A file comes after the page was shown.
    publish(site, ada, packages.wheel(tmp_path, "exchanged", "2.0", tag="cp314-cp314-win_amd64"))
    before = ada.credentials(ada.key)[0]["signCount"]
    ada.page.click("#approve")
    ada.page.wait("!document.getElementById('error').hidden")
    assert "are not those that you saw: nothing was published" in ada.error
    assert ada.credentials(ada.key)[0]["signCount"] == before, "nobody touches a key for what is another by now"
    assert len(listed(site, "exchanged")) == 1
    # One is exchanged behind the page, where the name stays: the digest is another.
    ada.go(page("exchanged", stage(site, "exchanged")["number"]))
    exchange = "UPDATE file SET sha256 = ? WHERE filename = ?"
    site.later(exchange, "0f" * 32, wheel.name)
    ada.page.click("#approve")
    ada.page.wait("!document.getElementById('error').hidden")
    assert "nothing was published" in ada.error and len(listed(site, "exchanged")) == 1
    # As it was, for the tests that follow on this index: the doctor would see it.
    site.later(exchange, digest, wheel.name)


def test_a_code_does_where_there_is_no_key_and_signing_in_does_not(site, someone, tmp_path):
    ada = someone().with_app()
    site.rind("user", "vouch", ada.name)
    waits(site, ada, tmp_path, "coded")
    publish(site, ada, packages.wheel(tmp_path, "coded", "2.0"))
    number = stage(site, "coded")["number"]
    ada.go(page("coded", number))
    ada.page.submit("#approve-form")
    assert ada.page.text("h1") == "Confirm that it is you", "though the session is fresh"
    assert "with the files that you saw and no others" in ada.page.text("main")
    ada.prove()
    assert ada.path == page("coded", number) and len(listed(site, "coded")) == 2, ada.page.text("main")


def test_two_people_approve_where_two_are_asked_for(site, someone, tmp_path):
    ada, bob = someone().with_key(), someone().with_app()
    site.rind("user", "vouch", ada.name)
    publish(site, ada, packages.wheel(tmp_path / "first", "twice", "1.0"))
    site.rind("user", "vouch", bob.name)
    site.rind("project", "role", "add", "twice", bob.name, "owner")
    site.rind("stage", "set", "twice", "wait", "--approvals", 2)
    publish(site, ada, packages.wheel(tmp_path, "twice", "2.0"))
    number = stage(site, "twice")["number"]
    ada.go(page("twice", number))
    ada.page.follow("#approve")
    assert f"{ada.name} approved it" in ada.page.text("main") and len(listed(site, "twice")) == 1
    bob.mail("twice 2.0 waits for another person")
    bob.go(page("twice", number))
    bob.page.submit("#approve-form")
    bob.prove()
    assert len(listed(site, "twice")) == 2


def test_rejecting_frees_the_version_and_the_names(site, someone, tmp_path):
    ada = someone().register().sign_in()
    waits(site, ada, tmp_path, "rejected")
    publish(site, ada, packages.wheel(tmp_path, "rejected", "2.0"))
    number = stage(site, "rejected")["number"]
    ada.go(page("rejected", number))
    ada.page.fill(reject_reason="nobody of us sent it")
    ada.page.submit("#reject")
    assert "nobody of us sent it" in ada.page.text("main") and listed(site, "rejected") == [
        "rejected-1.0-py3-none-any.whl"]
    ada.mail("rejected 2.0 was rejected")
    # Other bytes can have the name.
    publish(site, ada, packages.wheel(tmp_path / "other", "rejected", "2.0", payload=b"other"))
    site.rind("stage", "approve", stage(site, "rejected")["number"])
    assert len(listed(site, "rejected")) == 2
    site.rind("doctor")


@pytest.mark.parametrize("name", ["pip", "uv"])
def test_what_waits_can_be_installed_from_its_address(name, site, someone, tmp_path):
    ada = someone().register().sign_in()
    project = f"address-{name}"
    waits(site, ada, tmp_path, project)
    publish(site, ada, packages.wheel(tmp_path / "needed", f"needed-{name}", "1.0"))
    publish(site, ada, packages.wheel(tmp_path, project, "2.0", requires=[f"needed-{name}"]))
    number = stage(site, project)["number"]
    ada.go(page(project, number))
    ada.page.submit("#make-address")
    address = ada.page.text("#stage-address")
    assert re.fullmatch(re.escape(site.origin) + r"/stage/[0-9a-f]{64}/simple/", address)
    installer = Installer(name, tmp_path / "installer", address)
    done = installer.install(project)
    assert done, done.output
    assert installer.installed()[project] == "2.0" and installer.installed()[f"needed-{name}"] == "1.0"
    path = address.removeprefix(site.origin)
    answer = site.get(f"{path}{project}/")
    assert answer.headers["cache-control"] == "private, no-store"
    assert "-1.0-" in answer.text and "-2.0-" in answer.text
    # Everybody else installs what everybody gets, and nothing was counted.
    plain = Installer(name, tmp_path / "plain", site.simple)
    assert plain.install(project) and plain.installed()[project] == "1.0"
    # Another one takes its place.
    ada.go(page(project, number))
    ada.page.submit("#make-address")
    renewed = ada.page.text("#stage-address").removeprefix(site.origin)
    gone = site.get(f"{path}{project}/")
    assert gone.status == 404 and "Nothing waits at this address" in gone.text
    assert site.get(f"{renewed}{project}/").status == 200
    # A secret that is guessed says the same.
    guessed = site.get(f"/stage/{'0' * 64}/simple/{project}/")
    assert guessed.status == 404 and "Nothing waits at this address" in guessed.text
    # It ends with what waits.
    site.rind("stage", "approve", number)
    assert site.get(f"{renewed}{project}/").status == 404
    # No log names a secret.
    assert path.split("/")[2] not in site.log.read_text(errors="replace")


def test_what_nobody_answers_ends_after_fourteen_days(site, someone, tmp_path):
    ada = someone().register()
    waits(site, ada, tmp_path, "late")
    publish(site, ada, packages.wheel(tmp_path, "late", "2.0"))
    number = stage(site, "late")["number"]
    site.later("UPDATE stage SET due_at = due_at - ? WHERE id = ?", 14 * DAY, number)
    refused = site.rind("stage", "approve", number, status=1)
    assert "ended without an answer" in refused.stderr
    Index.stop(site)
    site.start()
    ada.mail("late 2.0 ended without an answer")
    assert parsed(site.rind("stage", "show", number, "--json").stdout)["state"] == "expired"
    database = sqlite3.connect(site.data / "index.sqlite", timeout=10)
    assert not database.execute("SELECT 1 FROM file WHERE filename LIKE 'late-2.0%'").fetchall()
    database.close()
    publish(site, ada, packages.wheel(tmp_path / "again", "late", "2.0", payload=b"again"))


def test_an_owner_sets_it_and_switching_it_off_takes_three_days(site, someone, tmp_path):
    ada = someone().with_key()
    site.rind("user", "vouch", ada.name)
    publish(site, ada, packages.wheel(tmp_path / "first", "setting", "1.0"))
    ada.go(page("setting"))
    ada.page.click("#wait-on")
    ada.page.submit("#set-staging")
    ada.confirm()
    assert "wait for an owner" in ada.page.text("#setting + p"), ada.page.text("main")
    publish(site, ada, packages.wheel(tmp_path, "setting", "2.0"))
    assert len(listed(site, "setting")) == 1
    ada.go(page("setting"))
    ada.page.click("#wait-off")
    ada.page.submit("#set-staging")
    ada.confirm()
    assert "do not wait; until" in ada.page.text("#setting + p")
    ada.mail("Releases of setting do not wait")
    publish(site, ada, packages.wheel(tmp_path, "setting", "3.0"))
    assert len(listed(site, "setting")) == 1
    site.later("UPDATE staging_setting SET former_until = former_until - ?", 3 * DAY)
    publish(site, ada, packages.wheel(tmp_path, "setting", "4.0"))
    assert len(listed(site, "setting")) == 2
