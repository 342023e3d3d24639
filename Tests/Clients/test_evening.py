"""The story of an evening: somebody starts an index, and in the end it is protected, and there is a copy of it."""
import datetime
import re

import pytest

from support import http, packages
from support.browser import installed
from support.clients import Installer
from support.index import Index, parsed
from support.mail import parts
from support.people import FACTORS, LOGIN, Person, Site, wait
from support.walk import Walker, address_in, publish

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

WHEELS, NAME = 300, "Acme packages"
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def day(offset):
    """As commands take it, and as people read it."""
    moment = TODAY + datetime.timedelta(offset)
    return moment.isoformat(), f"{moment.day} {moment:%b %Y}"


@pytest.fixture(scope="module")
def evening(tmp_path_factory, chromium):
    """An index with a name, on its first evening; everything else happens in the test."""
    folder = tmp_path_factory.mktemp("evening")
    site = Site(folder, "--name", NAME, "--contact", "ops@example.org").start()
    people = []

    def come(name):
        people.append(Person(site, chromium, name))
        return people[-1]
    yield site, come, folder
    complaints = [complaint for person in people for complaint in person.leave()]
    site.stop()
    assert not complaints


def test_an_evening_that_ends_well(evening, tmp_path):
    site, come, folder = evening

    # It has its name: on the page, and in what follows.
    assert NAME in re.search(r"<title>(.*?)</title>", http.get(f"{site.url}/").text)[1]

    # Two accounts: one is made by the operator, one registers.
    ada, bob = come("ada").register("--admin"), come("bob")
    bob.go("/account/register/")
    bob.page.fill(username=bob.name, email=bob.address, password=bob.password)
    bob.page.submit("#password")
    assert NAME in site.mail(bob.address, "Is this your address?")["From"]
    bob.go(site.link(bob.address, "Is this your address?"))
    bob.page.submit("main .primary")
    bob.sign_in()

    # What there was comes in, and its owner gets one mail.
    wheels = folder / "wheels"
    for number in range(WHEELS):
        packages.wheel(wheels, f"acme-{number:03}", "1.0")
    before = len(site.subjects(ada.address))
    site.rind("import", wheels, "--owner", "ada")
    told = wait(lambda: site.subjects(ada.address)[before:])
    assert len(told) == 1 and f"{WHEELS} projects" in told[0], told
    text, _ = parts(site.mail(ada.address, told[0]))
    assert "acme-000" in text and "acme-299" in text
    pip = Installer("pip", tmp_path, site.simple)
    outcome = pip.install("acme-007")
    assert outcome, outcome.output
    site.rind("project", "role", "add", "acme-007", "bob", "maintainer")

    # One of them matters to everybody. It is announced; nobody is refused.
    site.rind("critical", "designate", "acme-007")
    far, far_words = day(90)
    said = site.rind("critical", "set", "--announce", "today", "--enforce", far, "--notice", "30").stdout
    assert far in said or far_words in said, said
    for person in (ada, bob):
        text, _ = parts(person.mail("acme-007: please add"))
        assert far_words in text and "second factor" in text and "ops@example.org" in text, text
    token = site.rind("token", "issue", "bob").stdout.strip()
    assert publish(site, token, tmp_path / "1.1", "acme-007", "1.1")

    # It is brought forward: anyone who was told of a later day is told anew, and has 30 days from then.
    mails = [len([s for s in site.subjects(p.address) if "acme-007: please add" in s]) for p in (ada, bob)]
    near, near_words = day(3)
    # Thirty whole days, so the day after.
    kept, kept_words = day(31)
    said = site.rind("critical", "set", "--enforce", near).stdout
    assert kept in said or kept_words in said, f"the command says from when somebody is refused: {said}"
    for person, count in zip((ada, bob), mails):
        text, _ = parts(person.mail("acme-007: please add", count))
        assert kept_words in text and far_words not in text, text
    assert publish(site, token, tmp_path / "1.2", "acme-007", "1.2"), "nobody is refused before the day that they were told"

    # It is enforced. What takes 30 days in life, the test lets pass.
    site.rind("critical", "set", "--enforce", "today", "--notice", "0")
    site.later("UPDATE critical_demand SET binds_at = noticed_at")
    refused = publish(site, token, tmp_path / "1.3", "acme-007", "1.3")
    assert not refused and refused.shows("acme-007' is critical"), refused.output

    # Who could publish this, and with what?
    def who():
        return {p["user"]: p["couldPublish"] for p in parsed(site.rind("project", "who", "acme-007", "--json").stdout)}
    assert who() == {"ada": False, "bob": False}
    assert "bob, maintainer: could not publish now" in site.rind("project", "who", "acme-007").stdout

    # bob takes the way, with a key; the operator knows bob.
    bob.plug("CTAP2")
    walker = Walker(bob, "key", "acme-007")
    walker.walk(address_in(refused, site), lambda: walker.is_added)
    site.rind("user", "vouch", "bob")
    bob.sign_in()
    strong = bob.make_token("laptop", "acme-007")
    assert publish(site, strong, tmp_path / "1.3", "acme-007", "1.3")
    codes = bob.make_codes()
    assert who() == {"ada": False, "bob": True}

    # The key falls into the sea. A code lets bob add another, and what the lost one vouched for is known.
    bob.type_password()
    bob.go("/account/recovery-code/")
    bob.page.fill(recovery_code=codes[0])
    bob.page.submit("#recovery-code")
    assert bob.path == FACTORS, bob.page.text("main")
    bob.page.call("WebAuthn.disable")
    bob.plug("CTAP2")
    bob.add_key("The new one")
    bob.sign_in()
    assert bob.mail("recovery code")

    # There is a copy of everything, and elsewhere it is the same index.
    backup = folder / "evening.tar"
    site.rind("backup", backup)
    elsewhere = Index(folder / "elsewhere")
    elsewhere.rind("restore", backup)
    elsewhere.start()
    try:
        assert len(elsewhere.get("/simple/", Accept=http.SIMPLE_JSON).json["projects"]) == WHEELS
        [*_, newest] = sorted(elsewhere.files("acme-007"))
        assert newest == "acme_007-1.3-py3-none-any.whl"
        fetched = http.get(elsewhere.file_url("acme-007", newest)).body
        assert fetched == (tmp_path / "1.3" / newest).read_bytes()
        again = publish(elsewhere, token, tmp_path / "1.4", "acme-007", "1.4")
        assert not again and again.shows("is critical"), "the rule is there as well"
        elsewhere.rind("doctor")
    finally:
        elsewhere.stop()
    site.rind("doctor")
