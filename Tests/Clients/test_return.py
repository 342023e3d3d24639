"""How what was removed comes back, what is erased goes, and who gets a name: with real tools, browser and mail."""
import time

import pytest

from support import clients, http, packages
from support.browser import installed
from support.clients import program, run
from support.index import parsed
from support.people import wait

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

OWN, QUEUE = "/manage/proposals/", "/admin/proposals/"


def twine(site, token, path, folder):
    return run([program("twine"), "upload", "--verbose", "--disable-progress-bar", "--repository-url", site.upload_url,
                "-u", "__token__", "-p", token, path], folder)


def status(site, path):
    return http.get(site.url + path).status


def versions(site, project, *expected):
    """Whether the Simple API lists these. What a command changed is served within a quarter of a second."""
    return wait(lambda: site.page(project)["versions"] == list(expected))


def token_of(site, person):
    return site.rind("token", "issue", person.name).stdout.strip()


def author(someone, site):
    """Somebody with a second factor that counts."""
    person = someone().with_app()
    site.rind("user", "vouch", person.name)
    return person


def delete(site, person, project):
    """Takes a project out, as its owner does on the web."""
    person.go(f"/manage/project/{project}/settings/")
    person.page.fill(confirm_name=project)
    person.page.submit("#delete-project")
    person.confirm()
    assert "The project is deleted" in person.page.text("main"), person.page.text("main")


def propose_return(root, project, version=""):
    root.go(QUEUE)
    root.page.fill(return_project=project, return_version=version, return_reason="many builds need it")
    root.page.submit("#propose-return")
    root.confirm()


def atomicwrites(site, ada, tmp_path):
    """What happened in 2022 until its operators acted: a project is deleted, and made again without its past."""
    project = f"atomic{ada.name}"
    token = token_of(site, ada)
    for version in ("1.0", "1.1"):
        outcome = twine(site, token, packages.wheel(tmp_path / "old", project, version), tmp_path)
        assert outcome, outcome.output
    before = {name: file["hashes"]["sha256"] for name, file in site.files(project).items()}
    delete(site, ada, project)
    outcome = twine(site, token, packages.wheel(tmp_path / "new", project, "1.2"), tmp_path)
    assert outcome, outcome.output
    assert site.page(project)["versions"] == ["1.2"]
    pip = clients.Installer("pip", tmp_path / "broken", site.simple)
    assert not pip.install(f"{project}==1.1"), "builds that pin it are broken"
    return project, token, before


def test_what_its_author_deleted_and_made_again_comes_back_with_their_approval(someone, site, tmp_path):
    ada, eve, root = author(someone, site), author(someone, site), someone().administrator()
    project, _, before = atomicwrites(site, ada, tmp_path)

    # Administrators do not bring it back alone.
    root.go("/admin/projects/")
    root.page.fill(restore_project=project, restore_version="1.1")
    root.page.submit("#restore-release")
    root.confirm()
    assert "propose its return" in root.error, root.page.text("main")

    propose_return(root, project)
    assert "asked to approve it" in root.page.text("main")
    propose_return(root, project)
    assert "proposed about" in root.error and "already" in root.error
    assert site.page(project)["versions"] == ["1.2"], "nothing is back before somebody says so"

    # Another account sees nothing of it, and cannot answer.
    subject = f"Approve or decline: the return of {project}"
    plain = ada.mail(subject)
    assert OWN in str(plain) and "many builds need it" in str(plain)
    number = site.rind("project", "proposals", "--json").stdout
    number = [p["number"] for p in parsed(number) if p["project"] == project][0]
    eve.go(OWN)
    assert "Nothing is proposed" in eve.page.text("main")
    there = eve.here()
    assert there.post(f"{OWN}approve/", project=project, proposal=number, seen="").status == 403

    # The author looks at the files, approves with a fresh second factor, and it is back as it was.
    ada.tired()
    ada.go(OWN)
    ada.page.click("main details summary")
    assert f"{project}-1.1-py3-none-any.whl" in ada.page.text("main")
    ada.page.submit(f"[data-approves='{number}']")
    assert "let what was removed" in ada.page.text("main")
    ada.confirm()
    assert "It is back" in ada.page.text("main"), ada.page.text("main")
    assert versions(site, project, "1.0", "1.1", "1.2")
    after = {name: file["hashes"]["sha256"] for name, file in site.files(project).items()}
    assert before.items() <= after.items(), "the very same bytes"
    assert ada.mail(f"{project} was brought back")
    for name in ("pip", "uv"):
        outcome = clients.Installer(name, tmp_path / name, site.simple).install(f"{project}==1.1")
        assert outcome, outcome.output

    # The same form once more: a clear answer, and nothing changes.
    serial = site.page(project)["meta"]["_last-serial"]
    again = ada.here().post(f"{OWN}approve/", project=project, proposal=number, seen="")
    assert again.status == 409 and "was approved by an owner" in again.text
    assert site.page(project)["meta"]["_last-serial"] == serial
    ada.go(OWN)
    assert "approved by an owner" in ada.page.text("main")
    history = [e["action"] for e in parsed(site.rind("log", "show", "--project", project, "--json").stdout)]
    assert {"return.propose", "return.approve", "project.restore"} <= set(history)
    site.rind("doctor")


def test_what_is_critical_comes_back_without_an_answer_to_be_installed_only(someone, site, tmp_path):
    ada, root = someone().with_app(), someone().administrator()
    project, token, before = atomicwrites(site, ada, tmp_path)
    site.rind("critical", "designate", project)
    propose_return(root, project)
    [proposal] = [p for p in parsed(site.rind("project", "proposals", "--json").stdout) if p["project"] == project]
    number = str(proposal["number"])
    assert "asked until" in site.rind("project", "decide-return", project, number, status=1).stderr
    root.go(QUEUE)
    assert not root.page.has(f"[data-decides='{number}']"), "not before its day"

    site.later("UPDATE proposal SET due_at = proposed_at WHERE id = ?", number)
    root.go(QUEUE)
    root.page.submit(f"[data-decides='{number}']")
    root.confirm()
    assert "to be installed only" in root.page.text("main")
    assert versions(site, project, "1.0", "1.1", "1.2")
    assert before.keys() <= site.files(project).keys()
    outcome = clients.Installer("uv", tmp_path / "uv", site.simple).install(f"{project}==1.0")
    assert outcome, outcome.output
    outcome = twine(site, token, packages.wheel(tmp_path / "next", project, "2.0"), tmp_path)
    assert not outcome and outcome.shows("archived"), outcome.output
    assert "its owners did not answer" in http.get(f"{site.url}/project/{project}/").text
    page = site.page(project)
    assert page["project-status"]["status"] == "archived"
    assert ada.mail(f"{project} was brought back")
    site.rind("doctor")


def test_a_declined_return_stays_away(someone, site, tmp_path):
    ada, root = someone().with_app(), someone().administrator()
    project, _, _ = atomicwrites(site, ada, tmp_path)
    propose_return(root, project, "1.1")
    [proposal] = [p for p in parsed(site.rind("project", "proposals", "--json").stdout) if p["project"] == project]
    ada.go(OWN)
    ada.page.submit(f"[data-declines='{proposal['number']}']")
    ada.confirm()
    assert "stays away" in ada.page.text("main")
    assert "was declined" in site.rind(
        "project", "decide-return", project, str(proposal["number"]), status=1).stderr
    assert site.page(project)["versions"] == ["1.2"]


def test_the_name_of_what_was_deleted_is_no_prey(someone, site, tmp_path):
    """The revival hijack: a deleted name is registered again by somebody else, who gets all who still install it."""
    ada, eve, root = someone().with_app(), someone().register(), someone().administrator()
    project = f"revived{ada.name}"
    token = token_of(site, ada)
    wheel = packages.wheel(tmp_path, project, "1.0")
    assert twine(site, token, wheel, tmp_path)
    delete(site, ada, project)
    eves = token_of(site, eve)
    for name, version in ((project, "1.0"), (project, "9.0"), (project.upper(), "9.0")):
        outcome = twine(site, eves, packages.wheel(tmp_path / "evil", name, version, summary="evil"), tmp_path)
        assert not outcome and outcome.shows("only its former owners can use it again"), outcome.output

    # Its release takes a reason, and waits for those who owned it, who keep it with one click.
    def propose():
        root.go(QUEUE)
        root.page.fill(name_project=project, name_reason="asked for by new authors")
        root.page.submit("#propose-name-release")
        root.confirm()
        assert "can object" in root.page.text("main"), root.page.text("main")
        return [p for p in parsed(site.rind("project", "proposals", "--json").stdout) if p["project"] == project][0]

    first = propose()
    assert "asked for by new authors" in str(ada.mail(f"Object or not: the release of the name {project}"))
    ada.go(OWN)
    ada.page.submit(f"[data-objects='{first['number']}']")
    assert "The name stays yours" in ada.page.text("main")
    assert http.upload(site.upload_url, eves, packages.wheel(tmp_path / "evil", project, "9.0")).status == 403

    # After the day an objection comes too late; then the name is free, and no file of it.
    second = propose()
    ada.go(OWN)
    site.later("UPDATE proposal SET due_at = proposed_at WHERE id = ?", second["number"])
    ada.page.submit(f"[data-objects='{second['number']}']")
    assert "can't be answered any more" in ada.error or "took effect" in ada.error, ada.page.text("main")
    wait(lambda: any(p["name"] == project and p["free"] for p in parsed(
        site.rind("project", "list", "--removed", "--json").stdout)), 90)
    evil = packages.wheel(tmp_path / "evil", project, "1.0", summary="evil")
    outcome = twine(site, eves, evil, tmp_path)
    assert not outcome and outcome.shows("File already exists"), outcome.output
    assert twine(site, eves, packages.wheel(tmp_path / "evil", project, "9.0"), tmp_path)
    assert site.page(project)["versions"] == ["9.0"]
    assert "nothing can come back" in site.rind(
        "project", "propose-return", project, "1.0", "--reason", "x", status=1).stderr, "to somebody new"


def test_what_has_to_go_by_law_is_erased_by_two_and_leaves_a_tombstone(someone, site, tmp_path):
    ada, root, grace = someone().register(), someone().administrator(), someone().administrator()
    project = f"erased{ada.name}"
    token = token_of(site, ada)
    bad = packages.wheel(tmp_path, project, "1.0", payload=b"what must not be")
    assert twine(site, token, bad, tmp_path)
    assert twine(site, token, packages.wheel(tmp_path, project, "2.0"), tmp_path)
    address = site.file_url(project, bad.name)
    digest = site.files(project)[bad.name]["hashes"]["sha256"]
    blobs = [p for p in site.data.rglob("*") if p.is_file() and p.read_bytes() == bad.read_bytes()]
    assert blobs, "its bytes are on the disk"

    root.go(QUEUE)
    root.page.fill(erase_project=project, erase_file=bad.name, erase_reason="file 7 of 2026")
    root.page.submit("#propose-erasure")
    root.confirm()
    assert "Another administrator has to confirm it" in root.page.text("main"), root.page.text("main")
    [proposal] = [p for p in parsed(site.rind("project", "proposals", "--json").stdout) if p["project"] == project]
    root.go(QUEUE)
    assert not root.page.has(f"[data-confirms='{proposal['number']}']")
    own = root.here().post(f"{QUEUE}confirm/", project=project, proposal=proposal["number"], seen="")
    assert own.status == 403 and "yourself" in own.text
    assert http.get(address).status == 200

    grace.tired()
    grace.go(QUEUE)
    grace.page.submit(f"[data-confirms='{proposal['number']}']")
    assert "erase something of" in grace.page.text("main")
    grace.confirm()
    assert "It is erased" in grace.page.text("main"), grace.page.text("main")

    gone = wait(lambda: (answer := http.get(address)).status == 410 and answer)
    assert "court-order" in gone.text, gone
    assert http.get(f"{address}.metadata").status == 410
    assert bad.name not in site.files(project)
    page = http.get(f"{site.url}/project/{project}/").text
    assert "was erased" in page and "court-order" in page and "file 7 of 2026" not in page
    assert ada.mail(f"{project}: something was erased")
    outcome = clients.Installer("pip", tmp_path / "pip", site.simple).install(f"{project} @ {address}#sha256={digest}")
    assert not outcome and outcome.shows("410"), outcome.output
    # Not even the same bytes come back under the name, and no others.
    for payload in (b"what must not be", b"other"):
        outcome = twine(site, token, packages.wheel(tmp_path / "again", project, "1.0", payload=payload), tmp_path)
        assert not outcome and outcome.shows("File already exists"), outcome.output
    assert "never comes back" in site.rind(
        "project", "propose-return", project, "--file", bad.name, "--given", str(bad), "--reason", "x",
        status=1).stderr

    # The bytes are really gone, a minute after they came at the latest.
    deadline = time.monotonic() + 150
    while any(path.exists() for path in blobs):
        assert time.monotonic() < deadline, "the bytes are still there"
        time.sleep(1)
    site.rind("doctor")


def test_what_was_freed_comes_back_with_the_bytes_that_lock_and_log_have(someone, site, tmp_path):
    ada = author(someone, site)
    project = f"mirrored{ada.name}"
    token = token_of(site, ada)
    wheel = packages.wheel(tmp_path, project, "1.0")
    assert twine(site, token, wheel, tmp_path)
    assert twine(site, token, packages.wheel(tmp_path, project, "2.0"), tmp_path)
    digest = site.files(project)[wheel.name]["hashes"]["sha256"]
    site.rind("project", "delete", project, "1.0")
    site.later("UPDATE file SET state = 'removed', removed_at = removed_at - 200 * 86400000000 WHERE filename = ?",
               wheel.name)
    # What was removed has to be younger than its project.
    site.later("UPDATE project SET created_at = created_at - 400 * 86400000000 WHERE normalized = ?", project)
    site.rind("project", "erase-removed")
    wait(lambda: http.get(site.url + f"/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{wheel.name}").status == 410)

    lock, evil = tmp_path / "requirements.txt", tmp_path / "evil"
    lock.write_text(f"{project}==1.0 --hash=sha256:{digest}\n")
    other = packages.wheel(evil, project, "1.0", payload=b"other")
    arguments = ["project", "propose-return", project, "1.0", "--reason", "builds need it", "--lock", str(lock)]
    assert "can come back" in site.rind(*arguments, status=1).stderr
    assert "do not have the one digest" in site.rind(*arguments, "--given", str(other), status=1).stderr
    assert "not those that were published" in site.rind(
        *arguments[:-2], "--given", str(other), status=1).stderr
    site.rind(*arguments, "--given", str(wheel))
    ada.go(OWN)
    ada.page.click("main details summary")
    assert digest in ada.page.text("main") and "Given anew" in ada.page.text("main")
    ada.page.submit("[data-approves]")
    ada.confirm()
    assert "It is back" in ada.page.text("main"), ada.page.text("main")
    assert wait(lambda: wheel.name in site.files(project))
    assert site.files(project)[wheel.name]["hashes"]["sha256"] == digest
    outcome = clients.Installer("pip", tmp_path / "pip", site.simple).install("--require-hashes", "-r", lock)
    assert outcome, outcome.output
