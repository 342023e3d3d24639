"""What the way through the rule costs a person: clicks, fields, pages, words and seconds, counted at a real browser.

A walker knows what they want and no address: at each page they do what the page offers for it, as it says it. So the
same walker goes through the pages of another binary, and is slower where these lead round about.
"""
import re
import time
from dataclasses import dataclass, field

from support import packages
from support.clients import program, run
from support.mail import parts
from support.people import App

# The words of a page that a person sees: not those of a closed `details`, and not those for screen readers alone.
WORDS = r"""(() => {
    const hidden = e => e.closest('.unseen, .skip') || !e.checkVisibility({checkVisibilityCSS: true, checkOpacity: true});
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let words = 0, around = 0;
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (/^(SCRIPT|STYLE|NOSCRIPT|TITLE)$/i.test(element.tagName) || hidden(element)) continue;
        const count = (walker.currentNode.data.match(/\S*[\p{L}\p{N}]\S*/gu) ?? []).length;
        words += count;
        if (element.closest('header, footer, nav')) around += count;
    }
    return [words, around];
})()"""

# What a person takes who does this for the first time: a click with finding it, a field with its password manager or
# by hand, a page skimmed at 300 words a minute but for what stands around every page (header, navigation, footer), a
# mail that arrives and is opened, a key that is taken and touched.
CLICK, FIELD, WORD, MAIL, TOUCH = 2, 4, 60 / 300, 10, 3


LINK_FORM = 'form[action^="/manage/account/enrolment-link/"]'


@dataclass
class Cost:
    """What a way has cost so far."""
    clicks: int = 0
    fields: int = 0
    touches: int = 0
    mails: int = 0
    words: int = 0
    around: int = 0
    machine: float = 0
    pages: list = field(default_factory=list)
    outcome: str = ""

    @property
    def seconds(self):
        """What a person takes: the machine's time and their own."""
        return round(self.machine + self.own_seconds)

    @property
    def own_seconds(self):
        """Their own time, which does not depend on how busy the machine is."""
        return round(CLICK * self.clicks + FIELD * self.fields + WORD * (self.words - self.around) + MAIL * self.mails
                     + TOUCH * self.touches)

    def row(self):
        return [self.clicks, self.fields, len(self.pages), self.words, self.mails, self.seconds, self.outcome]


class Walker:
    """Somebody on their way, at the browser of a `Person`, from an address to what they want.

    `kind` is the factor that they want to add: "key" or "app"; None where they only show what they have.
    """

    MOST = 25
    has_scripts = True

    def __init__(self, person, kind=None, project=None, shown=True):
        self.person, self.kind, self.project, self.cost = person, kind, project, Cost()
        self.is_added, self.mails_before, self.began = False, 0, time.monotonic()
        self.token, self.wants_delay, self.is_delayed, self.codes, self.accepts, self.vouches = None, False, False, [], None, None
        self.has_waited, self.wants_token = False, True
        self.takes_new_key = lambda: None

    @property
    def page(self):
        return self.person.page

    # What is counted

    def arrive(self):
        if self.has_scripts:
            # Nobody reads a page that goes on by itself.
            self.page.wait("!document.querySelector('form[data-goes-on]') && document.readyState === 'complete'")
        words, around = self.page.script(WORDS)
        self.cost.words += words
        self.cost.around += around
        self.cost.pages.append((self.page.where, self.page.text("h1"), words))
        assert len(self.cost.pages) < self.MOST, f"this leads nowhere: {self.page.error}, {self.cost.pages}"

    def open(self, address):
        """Follows an address out of a terminal or a mail: a click."""
        self.cost.clicks += 1
        self.page.go(address)
        self.arrive()

    def press(self, selector):
        self.cost.clicks += 1
        self.page.follow(selector)
        self.arrive()

    def touch(self, selector):
        self.cost.touches += 1
        self.press(selector)

    def type(self, **fields):
        self.cost.fields += len(fields)
        self.page.fill(**fields)

    def choose(self, selector):
        """A radio button or a check box."""
        if not self.page.script(f"document.querySelector({selector!r}).checked"):
            self.cost.clicks += 1
            self.page.click(selector)

    def sees(self, selector):
        return self.page.script(f"Boolean(document.querySelector({selector!r})?.checkVisibility())")

    def first(self, *selectors):
        return next((s for s in selectors if self.sees(s)), None)

    def offers(self, path):
        """Where the page leads to a path, outside of the navigation, or else in it."""
        return self.first(f'main .manage-main a[href^="{path}"]', f'main a[href^="{path}"]')

    def mail(self, subject):
        """Waits for a mail, and follows its link."""
        text, _ = parts(self.person.mail(subject, self.mails_before))
        self.cost.mails += 1
        # Anybody reads the mail that they wait for as far as its link.
        link = re.search(re.escape(self.person.site.origin) + r"/\S+", text)
        self.cost.words += len(text[:link.start()].split())
        self.open(link[0])

    def done(self, outcome):
        self.cost.machine = time.monotonic() - self.began
        self.cost.outcome = outcome
        return self.cost

    # What a person does at each page

    def walk(self, start, until):
        """Goes on until that is true, or nothing leads on; returns whether it came true."""
        self.mails_before = len([s for s in self.person.site.subjects(self.person.address) if "Add your" in s])
        self.open(start)
        while not until():
            if not self.step():
                return False
        return True

    def step(self):
        """One step; false where nothing leads on."""
        page, path = self.page, self.page.path
        if "counts from" in page.error and not self.has_waited:
            # Nothing is left to do but to wait; the test does not, and says so in the end.
            self.has_waited = True
            self.person.site.rind("user", "vouch", self.person.name)
        if self.sees("#sign-in") and self.sees("#username"):
            self.type(username=self.person.name, password=self.person.password)
            self.press("#sign-in")
        elif self.sees("#recovery-code"):
            self.type(recovery_code=self.codes.pop())
            self.press("main .primary")
        elif self.codes and not self.is_added and self.sees('a[href^="/account/recovery-code/"]'):
            self.press('a[href^="/account/recovery-code/"]')
        elif self.sees("#use-security-key"):
            self.touch("#use-security-key")
        elif self.sees("#add-security-key") and self.kind == "key" and not self.is_added:
            self.is_added = True
            self.takes_new_key()
            self.touch("#add-security-key")
        elif self.sees("#totp-secret") and self.kind == "app" and not self.is_added:
            self.is_added = True
            self.person.app = App(page.text("#totp-secret"), self.person.site)
            self.type(totp_code=self.person.app.code())
            self.press("form:has(#totp-code) button[type=submit]")
        elif self.sees("#totp-code") and not self.sees("#totp-secret"):
            self.type(totp_code=self.person.app.code())
            self.press("form:has(#totp-code) button[type=submit]")
        elif self.sees("#password") and path == "/account/confirm/":
            self.type(password=self.person.password)
            self.press("form:has(#password) .primary")
        elif path.startswith("/account/enrol/"):
            self.press("main .primary")
        elif self.sees(LINK_FORM):
            if page.where.endswith("link-mailed"):
                self.mail("Add your")
            else:
                self.press(f"{LINK_FORM} button")
        elif self.accepts and self.sees(f"[data-accepts={self.accepts}]"):
            self.press(f"[data-accepts={self.accepts}]")
        elif self.accepts and self.sees(f"[data-adds={self.accepts}]"):
            self.press(f"[data-adds={self.accepts}]")
        elif self.vouches and self.sees(f'form[action^="/account/vouch/{self.vouches}/"] .primary'):
            self.press(f'form[action^="/account/vouch/{self.vouches}/"] .primary')
        elif self.wants_delay and self.sees(self.delay_button):
            self.press(self.delay_button)
            self.is_delayed, self.wants_delay = True, False
        elif self.kind and not self.is_added and (way := self.way_to_factor()):
            self.press(way)
        elif self.wants_delay and (way := self.way_to_delay()):
            self.press(way)
        elif way := self.first("#show-factor", '.notice-warning a.button[href^="/account/two-factor/"]'):
            self.press(way)
        elif self.is_added and self.sees("#way-back"):
            self.press("#way-back")
        elif self.sees("#make-token") and self.wants_token:
            if not page.script("document.querySelector('#token-name').value"):
                self.type(token_name="laptop")
            if self.sees("#scope-projects"):
                if not self.sees(f"#project-{self.project}:enabled"):
                    return False
                self.choose("#scope-projects")
                self.choose(f"#project-{self.project}")
            self.press("#make-token")
        elif self.wants_token and (way := self.offers("/manage/account/token/")):
            self.press(way)
        else:
            return False
        return True

    def way_to_factor(self):
        return self.offers("/manage/account/webauthn-provision/" if self.kind == "key" else "/manage/account/totp-provision/") \
            or self.offers("/manage/account/two-factor/")

    @property
    def security_page(self):
        return f"/manage/project/{self.project}/security/"

    @property
    def delay_button(self):
        return f'form[action="{self.security_page}delay/"] button'

    def way_to_delay(self):
        """The page where the button should be; nothing where it is not there."""
        if self.page.path == self.security_page:
            # It is not offered: then they wait.
            self.wants_delay = False
            return None
        return self.offers(self.security_page)

    def takes_token(self):
        """Whether the token is shown; it is copied as the page offers it."""
        if not self.sees("#token"):
            return False
        self.token = self.page.text("#token")
        return True


class Keyboard(Walker):
    """Somebody who has no mouse: Tab, Enter, and what they type. Each stop has to be seen."""

    # Stops from the top of a page to what one came for: past the header and the navigation.
    FAR = 30

    SEEN = """(e => {
        const style = getComputedStyle(e), box = e.getBoundingClientRect();
        return e.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
            && box.width > 0 && box.top < innerHeight && box.bottom > 0;
    })(document.activeElement)"""

    def reach(self, selector):
        """Tabs to it. The browser's own stop between the last and the first of a page is none of ours."""
        fits = f"document.activeElement.matches({selector!r})"
        for _ in range(self.FAR):
            if self.page.script(fits):
                return
            self.page.press("Tab")
            # Scrolling there may take a moment.
            self.page.wait(f"document.activeElement === document.body || {self.SEEN}")
        raise AssertionError(f"no Tab leads to {selector} on {self.page.where}")

    def press(self, selector):
        self.cost.clicks += 1
        self.reach(selector)
        self.page._leave(lambda: self.page.press("Enter"))
        self.arrive()

    def type(self, **fields):
        self.cost.fields += len(fields)
        for name, text in fields.items():
            self.reach(f"#{name.replace('_', '-')}")
            self.page.type(text)


class Scriptless(Walker):
    """Somebody whose browser runs no scripts."""

    has_scripts = False

    def __init__(self, person, *more):
        super().__init__(person, *more)
        self.page.call("Emulation.setScriptExecutionDisabled", value=True)
        self.said = ""

    def arrive(self):
        super().arrive()
        # What is said in the place of a button for keys.
        self.said += self.page.text("[data-without-keys]")
        assert not self.sees("#use-security-key") and not self.sees("#add-security-key")


# What begins and ends each way: twine.

def publish(site, token, folder, project, version):
    return run([program("twine"), "upload", "--disable-progress-bar", "--repository-url", site.upload_url, "-u",
                "__token__", "-p", token, packages.wheel(folder, project, version)], folder)


def address_in(outcome, site):
    """The first address that a refusal names."""
    found = re.search(re.escape(site.origin) + r"/[^\s)]*", "".join(outcome.output.split("\n")))
    assert found, outcome.output
    return found[0].rstrip(".,;:")
