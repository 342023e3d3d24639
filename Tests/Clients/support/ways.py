"""The ways under the rule, walked: from twine's refusal, from an invitation, from a mail, to the end that a person wants.

As a program, with the environment of the tests, it prints what each costs, beside another binary's if one is named:

    RIND_BINARY=.build/release/rind python -m support.ways [--beside OTHER] [WAY…]
"""
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from support import http, packages
from support.browser import Browser
from support.mail import parts
from support.people import FACTORS, Person, Site
from support.walk import Walker, address_in, publish

DAY = 86_400 * 1_000_000  # as the database counts


class Scene:
    """An index with a critical project of its own for each way; the rule is enforced."""

    def __init__(self, folder, browser):
        self.folder, self.browser, self.people = Path(folder), browser, []
        self.site = Site(self.folder / "site").start()
        self.site.rind("critical", "set", "--announce", "today", "--enforce", "today", "--notice", "0", "--depth", "0")

    def close(self):
        for person in self.people:
            person.leave()
        self.site.stop()

    def person(self, name, days=400):
        """Somebody whose address was verified long ago, and whose browser is known as long."""
        person = Person(self.site, self.browser, name).register()
        self.people.append(person)
        visitor = person.visitor()
        visitor.sign_in(person.name, person.password)
        visitor.get("/manage/account/")
        visitor.post("/account/logout/")
        person.enter(visitor)
        self.age(person, days)
        return person

    # What an account and its browser are known by.
    MOMENTS = {"account": ("id", ["created_at"]), "email_address": ("account_id", ["verified_at", "added_at"]),
               "known_browser": ("account_id", ["known_at"]), "account_event": ("account_id", ["at"])}

    def age(self, person, days):
        """Moves that into the past, as far as the schema of the binary has it."""
        database = sqlite3.connect(self.site.data / "index.sqlite", timeout=10)
        with database:
            [account] = database.execute("SELECT id FROM account WHERE name = ?", [person.name]).fetchone()
            for table, (owner, columns) in self.MOMENTS.items():
                there = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
                for column in there & set(columns):
                    database.execute(f"UPDATE {table} SET {column} = {column} - ? WHERE {owner} = ?",
                                     [days * DAY, account])
        database.close()

    def project(self, name, *people, is_critical=True):
        """A critical project of theirs; returns a token of the first one, made with a password."""
        token = self.site.rind("token", "issue", people[0].name).stdout.strip()
        first = packages.wheel(self.folder / "first", name, "1.0")
        assert http.upload(self.site.upload_url, token, first).status == 200
        for other in people[1:]:
            self.site.rind("project", "role", "add", name, other.name, "owner")
        # For long: a new owner does not vouch for an older one.
        self.site.later("UPDATE role SET given_at = given_at - 15 * 86400000000")
        if is_critical:
            self.designate(name)
        return token

    def designate(self, name):
        self.site.rind("critical", "designate", name)
        self.bind()

    def enrol(self, person):
        """Adds what is plugged in as the first factor, in whatever way the pages lead."""
        walker = Walker(person, "key")
        assert walker.walk(self.site.origin + FACTORS, lambda: walker.is_added), walker.cost.pages

    def bind(self):
        """What is asked binds from now on."""
        self.site.later("UPDATE critical_demand SET binds_at = noticed_at")

    def refused(self, token, project):
        """Where twine's refusal sends people."""
        outcome = publish(self.site, token, self.folder / "refused", project, "1.1")
        assert not outcome, outcome.output
        return address_in(outcome, self.site)

    def published(self, walker, token, project):
        """Ends a way with twine: the file that was refused."""
        outcome = publish(self.site, token, self.folder / "refused", project, "1.1")
        if outcome:
            return walker.done("published" + " after 72 hours" * walker.has_waited)
        words = " ".join(outcome.output.split())
        return walker.done("then waits 72 hours" if "counts from" in words else f"refused: {words[-200:]}")


def key_with_evidence(scene, kind="key", name="evi", who=Walker):
    """An owner whose address and browser have been known for long adds a first security key."""
    ada = scene.person(name)
    token = scene.project(f"{name}lib", ada)
    address = scene.refused(token, f"{name}lib")
    if kind == "key":
        ada.plug("CTAP2")
    walker = who(ada, kind, f"{name}lib")
    arrived = walker.walk(address, walker.takes_token)
    assert arrived, walker.cost.pages
    return scene.published(walker, walker.token, f"{name}lib")


def key_without_evidence(scene, name="newcomer", who=Walker):
    """The same in a browser that nobody knows: the delay covers the probation, with one button."""
    ada = scene.person(name, days=3)
    token = scene.project(f"{name}lib", ada)
    address = scene.refused(token, f"{name}lib")
    ada.plug("CTAP2")
    walker = who(ada, "key", f"{name}lib")
    walker.wants_delay = True
    walker.walk(address, lambda: walker.is_delayed and walker.is_added or walker.takes_token())
    return scene.published(walker, walker.token or token, f"{name}lib")


def totp(scene):
    """An authenticator app instead of a key."""
    return key_with_evidence(scene, "app", "appy")


def lost_key(scene):
    """The key is lost, the recovery codes are there: until a new key is added and signed in with."""
    ada = scene.person("loser")
    scene.project("lostlib", ada)
    old = ada.plug("CTAP2")
    scene.enrol(ada)
    ada.sign_in()
    codes = ada.make_codes()
    ada.forget()
    ada.unplug(old)
    ada.plug("CTAP2")
    walker = Walker(ada, "key", "lostlib")
    walker.codes = codes
    # Nobody presses the button for a key that they have lost.
    sees = walker.sees
    walker.sees = lambda selector: selector != "#use-security-key" and sees(selector) if not walker.is_added else sees(selector)

    def until():
        return walker.is_added and ada.path.startswith("/manage/") and not sees("#add-security-key")
    assert walker.walk(f"{scene.site.origin}{FACTORS}", until), walker.cost.pages
    return walker.done("signed in with the new key")


def second_key(scene):
    """Where two keys are asked for, somebody with one adds another."""
    ada = scene.person("spare")
    one = ada.plug("CTAP2")
    scene.enrol(ada)
    scene.site.rind("user", "vouch", ada.name)
    scene.project("sparelib", ada)
    scene.site.rind("critical", "set", "--spare")
    try:
        scene.bind()
        ada.sign_in()
        ada.page.go(scene.site.origin + "/manage/account/token/")
        token = ada.make_token()
        address = scene.refused(token, "sparelib")
        ada.forget()
        walker = Walker(ada, "key", "sparelib")

        def swap():
            ada.unplug(one)
            ada.plug("CTAP2")
        walker.takes_new_key = swap
        assert walker.walk(address, lambda: walker.is_added), walker.cost.pages
        return scene.published(walker, token, "sparelib")
    finally:
        scene.site.rind("critical", "set", "--no-spare")


def invitation(scene):
    """Somebody without a second factor accepts a role on a bound project, and adds the factor: the role comes by itself."""
    ada, bob = scene.person("inviter"), scene.person("invited")
    ada.plug("CTAP2")
    scene.enrol(ada)
    scene.site.rind("user", "vouch", ada.name)
    scene.project("teamlib", ada)
    ada.sign_in()
    ada.go("/manage/project/teamlib/collaboration/")
    ada.page.fill(invited=bob.name)
    ada.page.submit("#invited")
    if ada.page.has("#use-security-key"):
        ada.prove()
    walker = Walker(bob, "key", "teamlib")
    if ada.error:
        return walker.done("cannot be invited")
    bob.plug("CTAP2")
    walker.accepts, walker.wants_token = "teamlib", False
    text, _ = parts(bob.mail("invites you to teamlib"))
    walker.cost.mails += 1
    walker.cost.words += len(text[:text.index(scene.site.origin)].split())
    start = re.search(re.escape(scene.site.origin) + r"/\S+", text)[0]
    assert walker.walk(start, lambda: walker.is_added), walker.cost.pages
    role = scene.site.rind("project", "role", "list", "teamlib").stdout
    return walker.done("role taken" if bob.name in role else "not taken")


def vouching(scene):
    """A co-owner who has a key vouches for somebody whose factor is new."""
    ada, bob = scene.person("voucher"), scene.person("newowner", days=3)
    ada.plug("CTAP2")
    scene.enrol(ada)
    scene.site.rind("user", "vouch", ada.name)
    token = scene.project("vouchlib", bob, ada)
    bob.plug("CTAP2")
    scene.enrol(bob)
    bob.sign_in()
    strong = bob.make_token()
    ada.forget()
    walker = Walker(ada, None, "vouchlib")
    walker.vouches, walker.wants_token = bob.name, False
    vouched = []

    def until():
        vouched[:] = [c for c in walker.cost.pages if c[0].endswith("=vouched")]
        return bool(vouched)
    assert walker.walk(f"{scene.site.origin}/account/vouch/{bob.name}/", until), walker.cost.pages
    return scene.published(walker, strong, "vouchlib")


WAYS = {"key with evidence": key_with_evidence, "key without evidence": key_without_evidence, "TOTP": totp,
        "lost key": lost_key, "second key": second_key, "invitation": invitation, "vouching": vouching}

HEADER = ["clicks", "fields", "pages", "words", "mails", "seconds", "outcome"]


def walked(folder, names):
    """What each way costs, by its name."""
    browser = Browser(Path(folder) / "browser")
    scene = Scene(folder, browser)
    try:
        return {name: WAYS[name](scene) for name in names}
    finally:
        scene.close()
        browser.close()


def table(costs, beside=None):
    """The figures as text, one way a line; those of another binary under them."""
    lines = [f"{'':30}" + "".join(f"{h:>9}" for h in HEADER[:-1]) + "  outcome"]
    for name, row in costs.items():
        for label, figures in [(name, row)] + ([("  before", beside[name])] if beside and name in beside else []):
            lines.append(f"{label:30}" + "".join(f"{f:>9}" for f in figures[:-1]) + f"  {figures[-1]}")
    return "\n".join(lines)


def main(arguments):
    other = arguments.pop(arguments.index("--beside") + 1) if "--beside" in arguments else None
    as_json = "--json" in arguments
    names = [a for a in arguments if not a.startswith("--")] or list(WAYS)
    with tempfile.TemporaryDirectory() as folder:
        costs = walked(folder, names)
    rows = {name: cost.row() for name, cost in costs.items()}
    pages = {name: cost.pages for name, cost in costs.items()}
    if as_json:
        return print(json.dumps({"rows": rows, "pages": pages}))
    beside = None
    if other:
        done = subprocess.run([sys.executable, "-m", "support.ways", "--json", *names], text=True, check=True,
                              stdout=subprocess.PIPE, env={**os.environ, "RIND_BINARY": other},
                              cwd=Path(__file__).parents[1])
        beside = json.loads(done.stdout)["rows"]
    print(table(rows, beside))
    for name, visited in pages.items():
        print(f"\n{name}:")
        for where, title, words in visited:
            print(f"  {words:5}  {title:34} {where}")


if __name__ == "__main__":
    main(sys.argv[1:])
