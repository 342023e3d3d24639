"""What happened in December 2023, in eight minutes: a stolen password, an invitation, the owner removed, the account
deleted. Here it fails, and the owner is back within the hour; with a browser, mail and the real tools."""
import re
import sqlite3
import time

import pytest

from support import clients, http, packages
from support.browser import installed
from support.clients import program, run
from support.index import parsed
from support.mail import parts
from support.people import ACCOUNT, Visitor, error, wait

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

PROJECTS, DELETE = "/manage/projects/", "/manage/account/delete/"
DAY = 86_400_000_000


def collaboration(project):
    return f"/manage/project/{project}/collaboration/"


def returning(project):
    return f"/manage/role/{project}/"


def roles(site, project):
    return {r["user"]: r["role"] for r in parsed(site.rind("project", "role", "list", project, "--json").stdout)}


def entries(site, project):
    return [(e["action"], e["actor"]) for e in parsed(site.rind("log", "show", "--project", project, "--json").stdout)]


def grow_old(site, *people):
    """Whatever these have, they have for long."""
    for person in people:
        site.later("UPDATE role SET given_at = given_at - ? WHERE account_id = (SELECT id FROM account WHERE name = ?)",
                   400 * DAY, person.name)


@pytest.fixture
def owned(site, tmp_path):
    """Publishes the first release of a project for somebody, who owns it for long, and returns its wheel and a token."""
    def publish(person, project):
        token = site.rind("token", "issue", person.name).stdout.strip()
        wheel = packages.wheel(tmp_path / person.name, project, "1.0")
        answer = http.upload(site.upload_url, token, wheel)
        assert answer.status == 200, answer
        grow_old(site, person)
        return wheel, token
    return publish


@pytest.fixture
def thief(site):
    """Somebody who knows the password of another, at a browser of their own elsewhere."""
    def sign_in(person):
        visitor = Visitor(site, "10.200.0.1")
        assert visitor.sign_in(person.name, person.password).status == 303
        return visitor
    return sign_in


def with_an_address_that_was_removed(person, site):
    """Somebody whose second address was verified for long, and removed; returns it."""
    address = f"second-{person.address}"
    here = person.signed_in()
    assert here.fill_in(ACCOUNT, ACCOUNT + "addresses/add/", email=address).status == 303
    site.later("UPDATE email_address SET verified_at = added_at - ? WHERE address = ?", 90 * DAY, address)
    assert here.fill_in(ACCOUNT, ACCOUNT + "addresses/remove/", address=address).status == 303
    return address


def test_the_takeover_of_december_2023_fails_and_the_owner_is_back_within_the_hour(someone, site, owned, thief, tmp_path):
    ada, mallory, eve = someone().register(), someone().register(), someone().register()
    project = f"drivers{ada.name}"
    owned(ada, project)
    former = with_an_address_that_was_removed(ada, site)
    began = time.time()

    # A stolen password is enough to invite, and the thief's other account accepts.
    stolen, there = thief(ada), mallory.signed_in()
    assert stolen.fill_in(collaboration(project), username=mallory.name, role_name="owner").status == 303
    assert there.fill_in(PROJECTS, PROJECTS + "accept/", project=project).status == 303
    assert roles(site, project) == {ada.name: "owner", mallory.name: "owner"}
    assert ada.mail(f"{mallory.name} is now owner of {project}")

    # But a new owner takes the role from nobody who was one before,
    for path, fields in ((collaboration(project) + "delete/", {}),
                         (collaboration(project) + "change/", {"role_name": "maintainer"})):
        there.get(collaboration(project))
        refused = there.post(path, username=ada.name, **fields)
        assert refused.status == 403 and "was an owner of" in error(refused), refused
    assert roles(site, project)[ada.name] == "owner"
    # nor keeps them out by what is asked of everybody,
    settings = f"/manage/project/{project}/settings/"
    refused = there.fill_in(settings, settings + "require/", assurance="second-factor")
    assert refused.status == 403 and f"Ask {ada.name} to do it" in error(refused), refused

    # and what the thief does in the owner's name, the owner hears of at every address, one that was removed among them.
    assert stolen.fill_in(collaboration(project), collaboration(project) + "leave/").status == 303
    assert roles(site, project) == {mallory.name: "owner"}
    lost = f"You are no longer an owner of {project}"
    plain, _ = parts(ada.mail(lost))
    assert site.origin + returning(project) in plain
    assert site.mail(former, lost)

    # The account cannot go while that can be undone, nor while it owns alone.
    page = stolen.get(DELETE)
    assert project in page.text and "Not yet" in page.text
    refused = stolen.post(DELETE, confirm_username=ada.name)
    assert refused.status == 409 and project in error(refused), refused
    assert time.time() - began < 480, "the story is told in eight minutes"

    # Builds did not break.
    pip = clients.Installer("pip", tmp_path, site.simple)
    outcome = pip.install(project)
    assert outcome and pip.python(f"import {project}; print({project}.__version__)").output.strip() == "1.0", outcome

    # Ada reads her mail: a new password first, which ends the thief's session; then one click, with a fresh proof.
    ada.sign_in()
    ada.go("/manage/account/change-password/")
    old, ada.password = ada.password, "quince marmalade on a Tuesday"
    ada.page.fill(password=ada.password)
    ada.page.submit("main .primary")
    if ada.page.text("h1") == "Confirm that it is you":
        ada.page.fill(password=old)
        ada.page.submit("#password")
    assert stolen.get(ACCOUNT).status == 303
    ada.tired()
    ada.go(returning(project))
    assert "no matter who did it" in ada.page.text("main")
    ada.page.submit("#take-back")
    ada.confirm()
    assert ada.path == collaboration(project) and "You are an owner again" in ada.page.text("main")
    assert time.time() - began < 3600
    assert ada.mail(f"You are an owner of {project} again") and mallory.mail(f"{ada.name} is an owner of {project} again")
    assert roles(site, project) == {ada.name: "owner", mallory.name: "owner"}

    # She is the older one, and removes the thief, who does not come back by the same way.
    ada.page.submit(f"[data-removes='{mallory.name}']")
    ada.confirm()
    assert roles(site, project) == {ada.name: "owner"}
    assert mallory.mail(lost)
    refused = there.fill_in(returning(project))
    assert refused.status == 403 and "that holds" in error(refused), refused
    assert roles(site, project) == {ada.name: "owner"}

    # The link works once, and for her alone.
    ada.go(returning(project))
    assert "was used already" in ada.error and not ada.page.has("#take-back")
    other = eve.signed_in().get(returning(project))
    assert other.status == 404 and "Nobody took the role" in error(other), other

    # Ada publishes as before; mallory does not.
    again = packages.wheel(tmp_path / "again", project, "1.1")
    outcome = run([program("twine"), "upload", "--verbose", "--disable-progress-bar", "--repository-url", site.upload_url,
                   "-u", "__token__", "-p", token_of(site, ada), again], tmp_path)
    assert outcome, outcome.output
    evil = packages.wheel(tmp_path / "evil", project, "6.6")
    assert http.upload(site.upload_url, token_of(site, mallory), evil).status == 403

    # All of it is on record, and in the project's history.
    history = entries(site, project)
    assert [("role.leave", f"user {ada.name}"), ("role.return", f"user {ada.name}"),
            ("role.remove", f"user {ada.name}")] == [e for e in history if e[0] in ("role.leave", "role.return", "role.remove")]
    site.rind("doctor")


def token_of(site, person):
    return site.rind("token", "issue", person.name).stdout.strip()


def test_an_old_owner_whose_account_is_stolen_removes_another_who_undoes_it(someone, site, owned, thief):
    """No matter who did it: here another old owner's session, and the operator."""
    ada, bob = someone().register(), someone().register()
    project = f"shared{ada.name}"
    owned(ada, project)
    site.rind("project", "role", "add", project, bob.name, "owner")
    grow_old(site, bob)
    stolen, here = thief(bob), ada.signed_in()
    assert stolen.fill_in(collaboration(project), collaboration(project) + "delete/", username=ada.name).status == 303
    assert roles(site, project) == {bob.name: "owner"}
    assert f'data-returns="{project}"' in here.get(PROJECTS).text
    page = here.get(returning(project))
    seen = re.search(r'name="seen" value="(\d+)"', page.text)[1]
    assert here.post(returning(project), seen=seen).status == 303
    assert roles(site, project)[ada.name] == "owner"

    # From a page that is out of date nothing is done; after 72 hours neither.
    site.rind("project", "role", "remove", project, ada.name)
    stale = here.post(returning(project), seen=seen)
    assert stale.status == 409 and "Something changed" in error(stale), stale
    site.later("UPDATE lost_role SET taken_at = taken_at - ? WHERE returned_at IS NULL", 3 * DAY)
    assert "could take your role" in error(here.get(returning(project)))
    late = here.post(returning(project))
    assert late.status == 403 and "could take your role" in error(late), late
    assert roles(site, project) == {bob.name: "owner"}
    assert "could take your role" in site.rind("project", "role", "return", project, ada.name, status=1).stderr


def test_the_owner_of_a_critical_project_stays_until_the_new_one_is_one_for_two_weeks(someone, site, owned):
    ada, bob = someone().with_app(), someone().with_app()
    project = f"critical{ada.name}"
    owned(ada, project)
    site.rind("user", "vouch", ada.name)
    site.rind("critical", "designate", project)
    site.rind("project", "role", "add", project, bob.name, "owner")
    here = ada.here()
    here.get(collaboration(project))
    refused = here.post(collaboration(project) + "leave/")
    assert refused.status == 409 and "critical, and all owners but" in error(refused), refused
    site.later("UPDATE role SET given_at = given_at - ? WHERE account_id = (SELECT id FROM account WHERE name = ?)",
               14 * DAY, bob.name)
    here.get(collaboration(project))
    assert here.post(collaboration(project) + "leave/").status == 303
    assert roles(site, project) == {bob.name: "owner"}


def test_the_last_owner_is_told_where_to_give_up_the_role(someone, site, owned):
    ada = someone().register().sign_in()
    project = f"alone{ada.name}"
    owned(ada, project)
    ada.go(collaboration(project))
    ada.page.follow(f"#people ~ ul a[href='/manage/project/{project}/leaving/']")
    assert ada.path == f"/manage/project/{project}/leaving/"
    here = ada.here()
    refused = here.post(collaboration(project) + "leave/")
    assert refused.status == 409 and f"/manage/project/{project}/leaving/" in error(refused), refused


def test_an_account_goes_on_its_day_and_its_name_is_nobody_elses(someone, site, owned, tmp_path):
    ada, bob, eve = someone().register().sign_in(), someone().register(), someone()
    project, own = f"kept{ada.name}", f"own{ada.name}"
    wheel, token = owned(ada, project)
    owned(ada, own)
    site.rind("project", "role", "add", project, bob.name, "owner")

    # Not with what she owns alone, which the page and the refusal name: handed over, or archived.
    ada.go(ACCOUNT)
    ada.page.follow(f"a[href='{DELETE}']")
    assert own in ada.page.text("main") and project not in ada.page.text("main") and not ada.page.has("#delete-account")
    refused = site.rind("user", "delete", ada.name, status=1)
    assert own in refused.stderr and "archive it first" in refused.stderr
    site.rind("project", "status", own, "archived")

    # Asked for, and stopped; and asked for again.
    ada.tired()
    for again in (False, True):
        ada.go(DELETE)
        ada.page.fill(confirm_username=ada.name)
        ada.page.submit("#delete-account")
        ada.confirm()
        assert "This account is to be deleted" in ada.page.text("main")
        if not again:
            ada.page.submit("#stop-deletion")
            assert "The account stays" in ada.page.text("main")
    assert ada.mail("Your account is to be deleted", beyond=1) and ada.mail("Your account stays")
    assert http.upload(site.upload_url, token, packages.wheel(tmp_path, project, "1.1")).status == 200

    # Its day comes.
    site.later("UPDATE account_deletion SET due_at = due_at - ?", 3 * DAY)
    wait(lambda: bob.name in roles(site, project) and ada.name not in roles(site, project), seconds=300)
    assert ada.mail("Your account was deleted") and bob.mail(f"{ada.name} is no longer owner of {project}")
    assert http.upload(site.upload_url, token, packages.wheel(tmp_path, project, "1.2")).status == 403
    back = ada.visitor().sign_in(ada.name, ada.password)
    assert back.status != 303 and error(back), back

    # Nobody else gets the name, nor what was hers.
    eve.name = ada.name.upper()
    taken = site.rind("user", "add", eve.name, "--email", eve.address, status=1)
    assert "There is already an account named" in taken.stderr
    assert "does not come back" in site.rind("user", "enable", ada.name, status=1).stderr
    assert http.upload(site.upload_url, token_of(site, bob), packages.wheel(tmp_path, own, "2.0")).status == 403

    # Her files and her trail stay; her addresses are gone.
    assert wheel.name in site.files(project)
    assert http.get(f"{site.url}/project/{project}/").status == 200
    assert ("project.create", f"user {ada.name}") in entries(site, project)
    with sqlite3.connect(f"file:{site.data}/index.sqlite?mode=ro", uri=True) as database:
        assert not database.execute("SELECT 1 FROM email_address WHERE address = ?", (ada.address,)).fetchall()
    site.rind("doctor")


def test_people_are_invited_and_answer_on_the_command_line(someone, site, owned):
    ada, bob = someone().register(), someone().register()
    project = f"invited{ada.name}"
    owned(ada, project)

    def invited():
        return [i["user"] for i in parsed(site.rind("project", "role", "invitations", project, "--json").stdout)]
    for answer in ("decline", "take-back", "accept"):
        site.rind("project", "role", "invite", project, bob.name, "owner")
        assert invited() == [bob.name]
        site.rind("project", "role", answer, project, bob.name)
        assert invited() == []
    assert roles(site, project) == {ada.name: "owner", bob.name: "owner"}
    assert "no account named nobody" in site.rind("project", "role", "accept", project, "nobody", status=1).stderr
    again = site.rind("project", "role", "accept", project, ada.name)
    assert again.returncode == 0, "who holds a role has nothing more to accept"
