"""People with accounts: at a browser with security keys, at one without scripts, and their mail."""
import base64
import html
import itertools
import json
import re
import secrets
import sqlite3
import threading
import time
import urllib.parse

import pyotp

from support import http
from support.index import Index
from support.mail import MailServer, parts

# What can be in a person's hand. The options are those of WebAuthn.addVirtualAuthenticator in the DevTools protocol.
AUTHENTICATORS = {
    "U2F": {"protocol": "u2f", "transport": "usb"},
    "CTAP2": {"protocol": "ctap2", "ctap2Version": "ctap2_0", "transport": "usb"},
    "CTAP2.1 with PIN": {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "usb", "hasResidentKey": True,
                         "hasUserVerification": True, "isUserVerified": True},
    "platform passkey": {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
                         "hasUserVerification": True, "isUserVerified": True},
    "synced passkey": {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
                       "hasUserVerification": True, "isUserVerified": True, "defaultBackupEligibility": True,
                       "defaultBackupState": True},
}
# Those that know whose they are.
PASSKEYS = ["CTAP2.1 with PIN", "platform passkey", "synced passkey"]

LOGIN, CODE, FACTORS = "/account/login/", "/account/two-factor/", "/manage/account/two-factor/"
ACCOUNT, TOKENS, SESSIONS = "/manage/account/", "/manage/account/token/", "/manage/account/sessions/"
ADD_KEY, ADD_APP, CODES = ("/manage/account/webauthn-provision/", "/manage/account/totp-provision/",
                           "/manage/account/recovery-codes/generate/")
LINK, EVENTS, RECOVER = "/manage/account/enrolment-link/", "/manage/account/events/", "/account/recover/"

_numbers = itertools.count(1)


def wait(condition, seconds=15):
    """The first true value of `condition`; a failure when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.02)
    return value


class Site(Index):
    """An index with a name, which security keys need, and with a mail server. It believes this machine about where
    requests come from, so that every person has an address of their own."""

    def __init__(self, folder, *options):
        self.post = MailServer(folder / "mail").start()
        super().__init__(folder, "--smtp", self.post.address, "--mail-from", "rind@packages.example.org",
                         "--trusted-proxies", "127.0.0.1", "--registration", "open", *options)
        self.origin = f"http://localhost:{self.port}"
        self.options += ["--base-url", self.origin]

    def stop(self):
        try:
            super().stop()
        finally:
            self.post.stop()

    def mail(self, address, subject, beyond=0):
        """The newest mail to an address with this in its subject, once there are more than `beyond` of them."""
        def arrived():
            found = [m for m in list(self.post.mails) if m["To"] == address and subject in m["Subject"]]
            return found[-1] if len(found) > beyond else None
        try:
            return wait(arrived)
        except AssertionError:
            there = [m["Subject"] for m in self.post.mails if m["To"] == address]
            raise AssertionError(f"no mail to {address} with “{subject}”, only {there}") from None

    def subjects(self, address):
        return [m["Subject"] for m in list(self.post.mails) if m["To"] == address]

    def link(self, address, subject, beyond=0):
        """The path of the link in a mail."""
        plain, _ = parts(self.mail(address, subject, beyond))
        return re.search(re.escape(self.origin) + r"(/account/\S+)", plain)[1]

    def later(self, statement, *values):
        """What would take hours: moves moments in the database. There is no other way in the product to do so."""
        database = sqlite3.connect(self.data / "index.sqlite", timeout=10)
        with database:
            assert database.execute(statement, values).rowcount, statement
        database.close()


class Visitor:
    """A browser without scripts: requests, cookies, and the token of the last page."""

    def __init__(self, site, address, cookie=None, token=None):
        self.site, self.address, self.token, self.cookies = site, address, token, {}
        self.cookie = cookie

    @property
    def cookie(self):
        """The cookies as they are sent; None when there are none."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items()) or None

    @cookie.setter
    def cookie(self, text):
        self.cookies = dict(pair.split("=", 1) for pair in text.split("; ")) if text else {}

    @property
    def secret(self):
        """The cookie of its session."""
        return self.cookies.get("rind")

    def headers(self, **more):
        cookie = {"Cookie": self.cookie} if self.cookie else {}
        return {"X-Forwarded-For": self.address, "User-Agent": "Lynx", "Accept": "text/html", **cookie, **more}

    def _ask(self, method, path, body=None, **headers):
        answer = http.request(method, self.site.origin + path, body, self.headers(**headers))
        self.cookies = {name: value for name, value in {**self.cookies, **answer.cookies}.items() if value}
        token = re.search(r'name="csrf" value="([^"]+)"', answer.text) or re.search(r'data-token="([^"]+)"', answer.text)
        self.token = token[1] if token else self.token
        return answer

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, **fields):
        """Sends a form with the token of the last page, unless a field `csrf` says otherwise; None leaves it out."""
        fields = {k: v for k, v in {"csrf": self.token, **fields}.items() if v is not None}
        return self._ask("POST", path, urllib.parse.urlencode(fields),
                         **{"Content-Type": "application/x-www-form-urlencoded"})

    def send(self, path, body):
        """What the page's script sends."""
        return self._ask("POST", path, body, **{"Content-Type": "application/json", "Accept": "application/json",
                                                "X-CSRF-Token": self.token})

    def fill_in(self, path, to=None, **fields):
        """Opens a page and sends its form."""
        page = self.get(path)
        assert page.status == 200, (path, page)
        return self.post(to or path, **fields)

    def sign_in(self, name, password):
        return self.fill_in(LOGIN, username=name, password=password)


def error(answer):
    """What a page says is wrong, as a person reads it."""
    found = re.search(r'id="error"[^>]*>(.*?)</(?:div|p)>', answer.text, re.S)
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def at_once(count, act):
    """Calls `act(n)` for n below `count`, all at the same time, and returns what they returned."""
    results, gate = [None] * count, threading.Barrier(count)

    def run(number):
        gate.wait()
        try:
            results[number] = act(number)
        except OSError as failure:
            results[number] = failure
    threads = [threading.Thread(target=run, args=[n], daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(isinstance(r, (OSError, type(None))) for r in results), results
    return results


class App:
    """An authenticator app, with the secret as it was typed off the page. It never shows a code twice."""

    def __init__(self, secret, site):
        self.secret, self.site = secret.replace(" ", ""), site
        self.totp, self._last = pyotp.TOTP(self.secret), 0

    def code(self):
        """The code of a step that was not used yet and is taken now: the one before, this one, or the one after."""
        step = max(self._last + 1, int(time.time()) // 30 - 1)
        if step > int(time.time()) // 30 + 1:
            # Half a minute for every further code would be long.
            self.site.later("UPDATE authenticator_app SET last_counter = last_counter - 100")
            step = int(time.time()) // 30 - 1
        self._last = step
        return self.totp.generate_otp(step)


class Person:
    """Somebody at a browser of their own, which is opened when it is needed: that is what takes the time."""

    def __init__(self, site, browser, name=None):
        number = next(_numbers)
        self.site, self._browser, self._page, self._visitor = site, browser, None, None
        self.name = name or f"person{number}"
        self.address = f"{self.name}@example.org"
        self.password = secrets.token_urlsafe(12)
        self.network = f"10.{number // 62500}.{number // 250 % 250}.{number % 250 + 1}"
        self.app, self.codes = None, []

    @property
    def page(self):
        if self._page is None:
            self._page = self._browser.another()
            self._page.call("Network.setExtraHTTPHeaders", headers={"X-Forwarded-For": self.network})
            self._page.call("Emulation.setFocusEmulationEnabled", enabled=True)
            if self._visitor:
                self.enter(self._visitor)
        return self._page

    def leave(self):
        """Closes the browser, and returns what it complained about, but that something was refused."""
        if self._page is None:
            return []
        self._page.script("0")
        self._page.close()
        return [c for c in self._page.complaints if not re.search(r"responded with a status of 4\d\d", c)]

    # The account

    def register(self, *flags):
        """Makes the account, as the operator would: quickly."""
        self.site.rind("user", "add", self.name, "--email", self.address, "--password-file", "-", *flags,
                       input=self.password + "\n")
        return self

    def visitor(self):
        """The same person at another browser, without scripts."""
        return Visitor(self.site, self.network)

    def here(self):
        """What sends requests as this browser would, with the token of the page that it shows."""
        if self._page is None:
            known = self._visitor
            return Visitor(self.site, self.network, known.cookie, known.token)
        cookies = self.page.call("Network.getCookies", urls=[self.site.origin])["cookies"]
        token = self.page.script("document.querySelector('[data-token]')?.dataset.token "
                                 "?? document.querySelector('[name=csrf]')?.value")
        return Visitor(self.site, self.network, "; ".join(f"{c['name']}={c['value']}" for c in cookies), token)

    def mail(self, subject, beyond=0):
        return self.site.mail(self.address, subject, beyond)

    # Pages

    def go(self, path):
        self.page.go(self.site.origin + path)

    @property
    def path(self):
        return self.page.path

    @property
    def error(self):
        return self.page.error

    def forget(self):
        """Loses the cookies, as when a browser is closed."""
        self.page.call("Network.clearBrowserCookies")
        return self

    def type_password(self, password=None):
        """Signs in as far as the password goes, in a new session."""
        self.forget().go(LOGIN)
        self.page.fill(username=self.name, password=password or self.password)
        self.page.submit("#sign-in")

    def sign_in(self):
        """With all that it takes, keys first."""
        self.type_password()
        if self.path == CODE:
            self.prove()
        assert self.path.startswith("/manage/"), (self.path, self.page.text("main"))
        return self

    def prove(self):
        """Shows the second factor, where a page asks for it."""
        if self.page.has("#use-security-key"):
            self.page.follow("#use-security-key")
        elif self.page.has("#totp-code"):
            self.page.fill(totp_code=self.app.code())
            self.page.submit("#totp-code")
        else:
            self.page.fill(password=self.password)
            self.page.submit("#password")

    def confirm(self):
        """Shows once more who it is, if that is asked."""
        if self.page.text("h1") == "Confirm that it is you":
            self.prove()

    def sign_out(self):
        self.go(SESSIONS)
        self.page.follow("form:has([name=session]) button")

    # Keys

    def plug(self, kind="CTAP2", **more):
        """Takes an authenticator into the hand; returns its id."""
        self.page.call("WebAuthn.enable")
        options = {"automaticPresenceSimulation": True, **AUTHENTICATORS[kind], **more}
        return self.page.call("WebAuthn.addVirtualAuthenticator", options=options)["authenticatorId"]

    def unplug(self, authenticator):
        self.page.call("WebAuthn.removeVirtualAuthenticator", authenticatorId=authenticator)

    def credentials(self, authenticator):
        return self.page.call("WebAuthn.getCredentials", authenticatorId=authenticator)["credentials"]

    def set_counter(self, authenticator, count):
        """What a copy of the key would show."""
        [known] = self.credentials(authenticator)
        self.page.call("WebAuthn.removeCredential", authenticatorId=authenticator, credentialId=known["credentialId"])
        copy = {"rpId": "localhost", **known, "signCount": count}  # U2F keys know it hashed only
        self.page.call("WebAuthn.addCredential", authenticatorId=authenticator, credential=copy)

    def allow_first_factor(self):
        """Asks for the link to the first factor, and follows it."""
        self.go(LINK)
        before = len([s for s in self.site.subjects(self.address) if "first factor" in s])
        self.page.submit("main .primary")
        self.follow_enrolment_link(self.site.link(self.address, "Add your second factor", before))
        assert self.path == FACTORS, self.page.text("main")

    def follow_enrolment_link(self, path):
        """Opens the link; its page presses its button itself."""
        self.go(path)
        self.page.wait("!location.pathname.startsWith('/account/enrol/') && document.readyState === 'complete'")

    def add_key(self, label="Blue"):
        """Enrols what is plugged in."""
        self.go(ADD_KEY)
        self.confirm()
        self.page.fill(key_label=label)
        self.page.follow("#add-security-key")

    def add_app(self):
        """Sets up an authenticator app with the secret as it is shown."""
        self.go(ADD_APP)
        self.confirm()
        self.app = App(self.page.text("#totp-secret"), self.site)
        self.page.fill(totp_code=self.app.code())
        self.page.submit("#totp-code")

    def before_first_factor(self, *flags):
        """An account whose first factor can be added, in a session without a page: that is quicker."""
        visitor = self.register(*flags).visitor()
        visitor.sign_in(self.name, self.password)
        visitor.fill_in(LINK)
        visitor.fill_in(self.site.link(self.address, "Add your second factor"))
        return visitor

    def with_key(self, kind="CTAP2", **more):
        """Somebody who has signed in with a key; `key` is its authenticator."""
        self.enter(self.before_first_factor())
        self.key = self.plug(kind, **more)
        self.add_key()
        assert self.path == FACTORS, (self.path, self.page.text("main"))
        self.here().post("/account/logout/")
        return self.sign_in()

    def administrator(self):
        """An administrator who has signed in with an authenticator app that counts."""
        self.with_app("--admin")
        self.site.rind("user", "vouch", self.name)
        return self

    def with_app(self, *flags):
        """Somebody who has signed in with an authenticator app."""
        visitor = self.before_first_factor(*flags)
        added = self.post_app(visitor)
        assert added.status == 303 and added.headers["location"].startswith("/manage/account/"), added
        visitor.get(FACTORS)
        visitor.post("/account/logout/")
        visitor = self.signed_in()
        visitor.get(ACCOUNT)
        self.enter(visitor)
        return self

    def post_app(self, visitor):
        """Sets up an authenticator app in a session without a page."""
        page = visitor.get(ADD_APP).text
        self.app = App(re.search(r'id="totp-secret">([^<]+)<', page)[1], self.site)
        offer = re.search(r'name="offer" value="([^"]+)"', page)[1]
        return visitor.post(ADD_APP, totp_value=self.app.code(), offer=offer)

    def signed_in(self):
        """The same person at another browser, without scripts, signed in with all but keys."""
        visitor = self.visitor()
        visitor.sign_in(self.name, self.password)
        if self.app:
            visitor.get(CODE)
            done = visitor.post(CODE, totp_value=self.app.code())
            assert done.headers["location"] == ACCOUNT, done
        return visitor

    def waiting(self):
        """The same person at another browser, without scripts, asked for the second factor."""
        visitor = self.visitor()
        visitor.sign_in(self.name, self.password)
        visitor.get(CODE)
        return visitor

    def enter(self, visitor):
        """Goes on at this browser with the session of another."""
        self._visitor = visitor
        if self._page:
            self.forget()
            for name, value in visitor.cookies.items():
                self.page.call("Network.setCookie", name=name, value=value, url=self.site.origin, httpOnly=True,
                               sameSite="Lax")

    def make_codes(self):
        """Makes ten recovery codes."""
        self.go(CODES)
        self.page.submit("#make-recovery-codes")
        self.confirm()
        self.codes = self.page.script("[...document.querySelectorAll('#recovery-codes code')].map(e => e.textContent)")
        return self.codes

    def make_token(self, label="laptop", project=None):
        """Makes an API token, and returns its text."""
        self.go(TOKENS)
        self.page.fill(token_name=label)
        self.page.click("#scope-projects" if project else "#scope-account")
        if project:
            self.page.click(f"#project-{project}")
        self.page.submit("#make-token")
        self.confirm()
        return self.page.text("#token")

    def tired(self):
        """Lets the proofs of this person's sessions grow older than five minutes."""
        self.site.later("UPDATE session_proof SET at = at - 301000000 WHERE session_id IN "
                        "(SELECT s.id FROM session s JOIN account a ON a.id = s.account_id WHERE a.name = ?)", self.name)

    # Ceremonies, taken apart

    def meddle(self, **changes):
        """Changes what the script asks of the key, as something between it and the server could."""
        self.page.script(f"""(() => {{
            const ask = window.fetch;
            window.fetch = async (...what) => {{
                const answer = await ask(...what);
                if (!String(what[0]).includes('/options/')) return answer;
                return new Response(JSON.stringify({{...await answer.json(), ...{json.dumps(changes)}}}), answer);
            }} }})()""")

    def capture(self, button="#use-security-key"):
        """Lets the script ask the key, and keeps what it would send to the server: (path, answer)."""
        self.page.script("""(() => {
            const ask = window.fetch;
            window.fetch = (path, more) => {
                if (String(path).includes('/options/')) return ask(path, more);
                window.held = {path: new URL(path, location).pathname + new URL(path, location).search, body: more.body};
                return new Promise(() => {});
            } })()""")
        self.page.click(button)
        self.page.wait("window.held")
        held = self.page.script("window.held")
        return held["path"], held["body"]

    def refused(self, button="#use-security-key"):
        """Presses a button, and returns why nothing came of it."""
        self.page.click(button)
        self.page.wait("document.querySelector('#error') && !document.querySelector('#error').hidden && "
                       "document.querySelector('#error').innerText.trim() && !document.querySelector('button:disabled')")
        return self.error


def tampered(answer, field, change):
    """An answer of a key with one of its parts changed."""
    json_text = json.loads(answer)
    part = json_text["response"][field]
    data = bytearray(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    json_text["response"][field] = base64.urlsafe_b64encode(change(data)).decode().rstrip("=")
    return json.dumps(json_text)


