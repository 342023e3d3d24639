"""What a session and a token count for, who vouches for whom, and how an account is recovered."""
import json
import re

import pytest

from support import http, packages
from support.browser import installed
from support.mail import parts
from support.people import ACCOUNT, CODE, FACTORS, LOGIN, RECOVER, TOKENS, error
from support.publishers import Twine

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)


@pytest.fixture
def publish(site, tmp_path):
    """Uploads a new version of a project with a token."""
    versions = iter(range(1, 100))

    def upload(token, project):
        return http.upload(site.upload_url, token, packages.wheel(tmp_path, project, f"1.{next(versions)}"))
    return upload


def owned(site, publish, *owners):
    """A project of theirs; its name is the first one's."""
    first, *others = owners
    name = f"of{first.name}"
    assert publish(site.rind("token", "issue", first.name).stdout.strip(), name).status == 200
    for other in others:
        site.rind("project", "role", "add", name, other.name, "owner")
    # They have it together for long: a new owner does not vouch for an older one.
    site.later("UPDATE role SET given_at = given_at - 15 * 86400000000")
    return name


# Tokens

def test_from_a_password_to_a_second_factor(someone, site, publish, tmp_path):
    """The whole way of somebody whose project begins to require two factors."""
    bob = someone().register().sign_in()
    weak = bob.make_token("before")
    project = f"of{bob.name}"
    assert publish(weak, project).status == 200
    assert bob.mail("An API token was made")

    site.rind("project", "require", project, "second-factor")
    twine = Twine(tmp_path / "twine")
    twine.project(project, "2.0", "hello")
    outcome = twine.publish(site.upload_url, weak)
    assert not outcome and outcome.shows("ask for a second factor to publish to it or change it"), outcome.output
    assert outcome.shows("/manage/account/token/"), outcome.output

    # A first factor could be a thief's: it does not count at once.
    bob.allow_first_factor()
    bob.add_app()
    bob.type_password()
    bob.prove()
    strong = bob.make_token("after")
    assert "On probation until" in (bob.go(ACCOUNT) or bob.page.text("main"))
    outcome = twine.publish(site.upload_url, strong)
    assert not outcome and outcome.shows("Yours is too new or was recovered lately"), outcome.output
    refused = publish(strong, project)
    assert refused.status == 403 and re.search(r"it counts from \d{4}-\d\d-\d\d \d\d:\d\d UTC", refused.reason), refused
    site.rind("user", "vouch", bob.name)
    assert bob.mail("Your second factor counts now")
    outcome = twine.publish(site.upload_url, strong)
    assert outcome, outcome.output
    assert publish(weak, project).status == 403
    assert publish(weak, f"anotherof{bob.name}").status == 200

    # The last factor stays while the project requires one.
    bob.go(FACTORS)
    bob.page.submit("[data-removes]")
    bob.confirm()
    assert "This is your last second factor" in bob.error and project in bob.error
    bob.plug("CTAP2")
    bob.add_key("Blue")
    bob.go(FACTORS)
    bob.page.submit("form[action*=remove-app] button")
    bob.confirm()
    assert bob.mail("The authenticator app was removed")
    # What the app vouched for has ended with it.
    dead = publish(strong, project)
    assert dead.status == 403 and "Invalid or non-existent authentication" in dead.reason, dead
    bob.sign_in()
    assert publish(bob.make_token("with the key"), project).status == 200


def test_the_way_in_counts_not_the_account(someone, site, publish):
    """Signing in with an app on an account with keys gives what an app gives."""
    ada = someone().with_key()
    ada.add_app()
    project = owned(site, publish, ada)
    site.rind("project", "require", project, "phishing-resistant")
    site.rind("user", "vouch", ada.name)
    with_key = ada.make_token("key")
    visitor = ada.signed_in()
    assert "This session counts for less than you have" in visitor.get(FACTORS).text
    asked = visitor.fill_in(TOKENS, description="app", token_scope="account", expires="30")
    assert "Confirm that it is you" in asked.text and 'id="totp-code"' not in asked.text
    assert publish(with_key, project).status == 200

    # Shown the key for it, the session counts for that from then on, and so does the token.
    ada.enter(visitor)
    ada.tired()
    stronger = ada.make_token("app")
    assert publish(stronger, project).status == 200
    ada.go(FACTORS)
    assert "This session counts for less than you have" not in ada.page.text("main")


def test_removing_the_key_ends_its_tokens_and_sessions(someone, site, publish):
    ada = someone().with_key()
    project = owned(site, publish, ada)
    token = ada.make_token()
    assert publish(token, project).status == 200
    here = ada.here()
    ada.add_app()
    ada.go(FACTORS)
    ada.page.submit("[data-removes]")
    ada.confirm()
    assert publish(token, project).status == 403
    assert here.get(ACCOUNT).status == 303


def test_a_token_can_be_for_one_project_and_be_revoked(someone, site, publish):
    ada = someone().with_app()
    project, other = owned(site, publish, ada), f"other{ada.name}"
    token = ada.make_token("one", project)
    assert publish(token, project).status == 200
    assert publish(token, other).status == 403
    ada.go(TOKENS)
    row = "[...document.querySelectorAll('li.thing')].find(e => e.innerText.includes('with a second factor'))"
    assert project in ada.page.script(f"{row}.innerText") and "ends" in ada.page.script(f"{row}.innerText")
    ada.page.script(f"{row}.querySelector('form').id = 'this'")
    ada.page.submit("#this button")
    assert "The API token is revoked" in ada.page.text("main") and ada.mail("An API token of your account was revoked")
    assert publish(token, project).status == 403
    for fields in ({"description": ""}, {"token_scope": "projects", "project": "somebody-elses"}, {"expires": "forever"}):
        wanted = {"description": "t", "token_scope": "account", "expires": "30", **fields}
        refused = ada.here().fill_in(TOKENS, **wanted)
        assert refused.status == 400 and error(refused), refused


def test_somebody_elses_token_is_not_revoked(someone, site, publish):
    ada, eve = someone().with_app(), someone().register()
    project, token = owned(site, publish, ada), ada.make_token()
    number = ada.page.script("fetch('/manage/account/token/').then(a => a.text())").split('name="token" value="')[1]
    visitor = eve.signed_in()
    visitor.get(TOKENS)
    assert visitor.post(TOKENS + "revoke/", token=number.split('"')[0]).status == 404
    assert publish(token, project).status == 200


def test_who_has_no_second_factor_gets_no_role_where_one_is_required(someone, site, publish):
    ada, bob = someone().with_app(), someone().register()
    project = owned(site, publish, ada)
    site.rind("project", "require", project, "second-factor")
    refused = site.rind("project", "role", "add", project, bob.name, "maintainer", status=1)
    assert "cannot be given a role there yet" in refused.stderr and "a second factor" in refused.stderr, refused.stderr


# Vouching

def test_a_co_owner_vouches_for_a_new_factor(someone, site, publish):
    ada, bob = someone().with_key(), someone().register()
    project = owned(site, publish, ada, bob)
    site.rind("user", "vouch", ada.name)
    bob.sign_in()
    bob.allow_first_factor()
    bob.add_app()
    site.rind("project", "require", project, "second-factor")
    bob.type_password()
    bob.prove()
    token = bob.make_token()
    assert publish(token, project).status == 403

    plain, _ = parts(ada.mail(f"{bob.name} added a second factor"))
    path = re.search(re.escape(site.origin) + r"(/account/vouch/\S+)", plain)[1]
    ada.tired()
    ada.go(path)
    assert f"The second factor of {bob.name} is new" in ada.page.text("main")
    ada.page.submit("form[action*=probation] button")
    ada.confirm()
    assert "You have vouched for them" in ada.page.text("main")
    assert ada.name in parts(bob.mail("Your second factor counts now"))[0]
    assert publish(token, project).status == 200
    # Nobody vouches for themselves, and strangers see nothing.
    bob.go(f"/account/vouch/{bob.name}/")
    assert "Somebody else has to vouch for you" in bob.error
    eve = someone().with_app()
    eve.go(f"/account/vouch/{bob.name}/")
    assert "Only an administrator can vouch for" in eve.error and "new" not in eve.page.text("h1")


def test_vouching_takes_a_second_factor(someone, site, publish):
    bob, weak = someone().register(), someone().register()
    owned(site, publish, bob, weak)
    bob.sign_in()
    bob.allow_first_factor()
    bob.add_app()
    visitor = weak.signed_in()
    assert visitor.get(f"/account/vouch/{bob.name}/").status == 200
    refused = visitor.post(f"/account/vouch/{bob.name}/probation/")
    assert refused.status == 403 and "This takes a second factor" in error(refused), refused
    bob.sign_in()
    assert "On probation until" in bob.page.text("main")


# Recovery of an account whose factors are all lost

@pytest.fixture
def lost(someone, site, publish):
    """Two who own a project that requires two factors: (Bob, who has lost their key but is still signed in somewhere, and
    Ada)."""
    ada, bob = someone().with_key(), someone().with_key()
    project = owned(site, publish, bob, ada)
    for person in (ada, bob):
        site.rind("user", "vouch", person.name)
    site.rind("project", "require", project, "second-factor")
    return bob, ada, project


def asked_for(bob):
    """Bob, at another browser, asks for recovery."""
    visitor = bob.waiting()
    assert "I have lost everything" in visitor.get(CODE).text
    asked = visitor.fill_in(RECOVER)
    assert asked.status == 303 and asked.headers["location"].startswith(RECOVER), asked
    assert "Come back then" in visitor.get(RECOVER).text
    return visitor


def test_recovery_is_told_to_everybody_and_can_be_cancelled(lost, site):
    bob, ada, _ = lost
    visitor = asked_for(bob)
    assert bob.mail("Somebody asks to recover your account") and ada.mail(f"{bob.name} asks to recover their account")
    early = visitor.post(RECOVER + "complete/")
    assert early.status == 403 and "can be recovered from" in error(early), early
    bob.go(ACCOUNT)
    assert "A recovery of your account is under way" in bob.page.text("main")
    bob.go(RECOVER)
    bob.page.submit("form[action*=cancel] button")
    assert "The recovery is cancelled" in bob.page.text("main")
    assert bob.mail("The recovery of your account was cancelled")
    gone = visitor.post(RECOVER + "complete/")
    assert gone.status == 404 and "No recovery" in error(gone), gone
    assert visitor.get(ACCOUNT).headers["location"].startswith(CODE)


def test_a_co_owner_with_a_key_ends_the_wait_and_the_lost_key_stays(lost, site, publish):
    bob, ada, project = lost
    token = bob.make_token()
    visitor = asked_for(bob)
    ada.go(f"/account/vouch/{bob.name}/")
    assert "asks for account recovery" in ada.page.text("main") and "face to face" in ada.page.text("main")
    ada.page.submit("form[action*=recovery] button")
    ada.confirm()
    assert "You have vouched for them" in ada.page.text("main"), ada.page.text("main")
    assert bob.mail("Somebody vouched for the recovery of your account")

    assert ada.name in visitor.get(RECOVER).text
    done = visitor.post(RECOVER + "complete/")
    assert done.status == 303 and done.headers["location"] == FACTORS, done
    assert visitor.get(TOKENS).headers.get("location") == FACTORS
    assert bob.mail("Your account was recovered") and ada.mail(f"{bob.name} recovered their account")
    added = bob.post_app(visitor)
    assert added.status == 303 and added.headers["location"] == FACTORS + "?flash=app-added", added
    # The lost key stays for now: anyone who recovered the account may be a thief. What it vouched for is on probation.
    assert "A security key was removed from your account" not in site.subjects(bob.address)
    assert publish(token, project).status == 403
    bob.type_password()
    assert bob.path == CODE and bob.page.has("#use-security-key")
    bob.page.fill(totp_code=bob.app.code())
    bob.page.submit("#totp-code")
    assert "Your account was recovered" in bob.page.text("main") and "On probation until" in bob.page.text("main")
    refused = publish(bob.make_token(), project)
    assert refused.status == 403 and "recovered lately" in refused.reason, refused


def test_after_seven_days_without_a_word_somebody_is_let_in(lost, site):
    bob, _, _ = lost
    asked_for(bob)
    site.later("UPDATE account_recovery SET requested_at = requested_at - 604800000000, due_at = due_at - 604800000000")
    visitor = bob.waiting()
    assert "Nobody objected" in visitor.get(RECOVER).text
    done = visitor.post(RECOVER + "complete/")
    assert done.status == 303 and done.headers["location"] == FACTORS
    # Held to that one thing, with a key as with an app.
    bob.enter(visitor)
    bob.unplug(bob.key)
    bob.plug("synced passkey")
    bob.add_key("New")
    assert bob.path == FACTORS, bob.page.text("main")
    bob.go(FACTORS)
    assert "New" in bob.page.text("main") and "Blue" in bob.page.text("main")
    # The new one removes none that was there before; three days later it does, though the lost one proved more.
    [lost_key] = [line["factor"] for line in factors_of(site, bob) if not line.get("probationUntil")]
    here = bob.here()
    refused = here.fill_in(FACTORS, to=FACTORS + "remove/", factor=lost_key)
    assert refused.status == 409 and "Sign in with an earlier factor, or wait" in error(refused), refused
    site.later("UPDATE factor SET probation_until = probation_until - 260000000000")
    site.later("UPDATE account SET probation_until = probation_until - 260000000000")
    removed = here.fill_in(FACTORS, to=FACTORS + "remove/", factor=lost_key)
    assert removed.status == 303, removed
    assert len(factors_of(site, bob)) == 1


def factors_of(site, person):
    return json.loads(site.rind("user", "factor", "list", person.name, "--json").stdout)


def test_the_password_and_one_recovery_code_do_not_lock_an_owner_out(someone, site):
    bob = someone().with_key()
    codes = bob.make_codes()
    owner = bob.here()
    # A thief, who has both, adds an app, and is signed in with it; and once more.
    thief = bob.waiting()
    assert thief.post("/account/recovery-code/", recovery_code_value=codes[0]).status == 303
    app = bob.post_app(thief)
    assert app.status == 303, app
    thief = bob.waiting()
    assert thief.post(CODE, totp_value=bob.app.code()).status == 303
    keys = [line["factor"] for line in factors_of(site, bob) if line["kind"] == "security key"]
    refused = thief.fill_in(FACTORS, to=FACTORS + "remove/", factor=keys[0])
    assert refused.status in (200, 303, 403, 409) and len(factors_of(site, bob)) == 2, refused
    for path in ("/manage/account/recovery-codes/generate/", RECOVER + "cancel/"):
        refused = thief.fill_in(FACTORS, to=path)
        assert refused.status in (403, 404), (path, refused)
    # The owner's session goes on; the operator ends what the thief added, and nothing else.
    assert owner.get(ACCOUNT).status == 200
    [theirs] = [line["factor"] for line in factors_of(site, bob) if line["kind"] == "authenticator app"]
    site.rind("user", "factor", "remove", bob.name, theirs)
    assert thief.get(ACCOUNT).status == 303 and owner.get(ACCOUNT).status == 200
    assert [line["factor"] for line in factors_of(site, bob)] == keys


def test_vouching_for_a_recovery_takes_a_key(someone, site, publish):
    bob, ada = someone().with_key(), someone().with_app()
    owned(site, publish, bob, ada)
    asked_for(bob)
    visitor = ada.signed_in()
    visitor.get(f"/account/vouch/{bob.name}/")
    refused = visitor.post(f"/account/vouch/{bob.name}/recovery/")
    assert refused.status == 403 and "This takes a security key or passkey" in error(refused), refused


def test_nobody_asks_for_recovery_without_the_password(someone):
    bob = someone().with_key()
    stranger = bob.visitor()
    assert stranger.get(RECOVER).headers["location"].startswith(LOGIN)
    stranger.get(LOGIN)
    answer = stranger.post(RECOVER)
    assert answer.status == 303 and answer.headers["location"].startswith(LOGIN)
    assert "Somebody asks to recover your account" not in bob.site.subjects(bob.address)
