"""What waits is done without another visit; what is interrupted goes on; what is opened twice says so."""
import re

import pytest

from support import http, packages
from support.browser import installed
from support.people import ACCOUNT, ADD_APP, FACTORS, LINK, LOGIN, TOKENS, error

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

PROJECTS = "/manage/projects/"


@pytest.fixture
def project(someone, site, tmp_path):
    """A project that asks for a second factor, and its owner, whose key counts."""
    ada = someone().with_key()
    site.rind("user", "vouch", ada.name)
    name = f"of{ada.name}"
    token = site.rind("token", "issue", ada.name).stdout.strip()
    assert http.upload(site.upload_url, token, packages.wheel(tmp_path, name, "1.0")).status == 200
    site.rind("project", "require", name, "second-factor")
    return ada, name


def invite(ada, name, user):
    ada.go(f"/manage/project/{name}/collaboration/")
    ada.page.fill(invited=user)
    ada.page.submit("#send-invitation")
    ada.confirm()


def test_a_role_that_was_accepted_comes_when_an_owner_vouches(project, someone, site):
    ada, name = project
    bob = someone().register()
    invite(ada, name, bob.name)
    assert bob.mail(f"{ada.name} invites you to {name}")

    # Told before: what lacks, from when it counts, and who can vouch.
    visitor = bob.signed_in()
    before = visitor.get(PROJECTS).text
    assert "your account has none" in before and f"{ada.name}, or an administrator, can vouch for it before" in before
    accepted = visitor.post(PROJECTS + "accept/", project=name)
    assert accepted.headers["location"].endswith("flash=invitation-waits"), accepted
    waits = visitor.get(PROJECTS).text
    assert "You have accepted" in waits and "Add what is missing" in waits and "data-accepts" not in waits
    assert ada.mail(f"{bob.name} accepted the invitation to {name}")

    # The way to the factor; nothing has to be accepted again after it.
    bob.enter(visitor)
    bob.allow_first_factor()
    bob.add_app()
    bob.go(PROJECTS)
    assert "counts from" in bob.page.text("main") and f"{ada.name}, or an administrator, can vouch" in bob.page.text("main")

    ada.tired()
    ada.go(f"/manage/project/{name}/collaboration/")
    assert "waits for what they lack" in ada.page.text("main")
    ada.go(f"/account/vouch/{bob.name}/")
    ada.page.submit("form[action*=probation] button")
    ada.confirm()
    assert bob.mail(f"You are now maintainer of {name}")
    bob.go(f"/manage/project/{name}/collaboration/")
    assert bob.name in bob.page.text("main")


def test_a_link_serves_where_it_is_used_first_and_says_so_elsewhere(someone, site):
    bob = someone().register()
    desk = bob.signed_in()
    desk.fill_in(LINK)
    path = site.link(bob.address, "Add your second factor")
    phone = bob.signed_in()
    assert phone.get(path).status == 200 and desk.get(path).status == 200
    assert phone.post(path).status == 303
    late = desk.get(path)
    assert late.status == 404 and "used already" in error(late) and "Lynx" in error(late), late
    assert "Ask for another link" in late.text
    # Where it was used it leads on.
    assert phone.get(path).headers["location"] == FACTORS
    assert phone.get(ADD_APP).status == 200


def test_apps_and_codes_need_no_script_and_keys_say_what_they_need(someone):
    bob = someone()
    visitor = bob.before_first_factor()
    key = visitor.get("/manage/account/webauthn-provision/").text
    assert "needs JavaScript" in key
    assert bob.post_app(visitor).status == 303
    # The session counts for the app, and its code is not asked for again.
    made = visitor.fill_in(TOKENS, description="laptop", token_scope="account", expires="30")
    assert re.search(r'id="token">rind-', made.text), made.text[:500]
    ada = someone().with_key()
    waiting = ada.waiting().get("/account/two-factor/").text
    assert "need JavaScript" in waiting
