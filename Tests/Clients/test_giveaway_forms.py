"""What administrators do about giveaways with a browser and on the command line, beside the way of every day."""
import json
import os
from pathlib import Path

import pytest

from support.browser import installed
from support.people import FACTORS, Site
from test_giveaway import ADMIN, PAGE, STRONG, TITAN, designate, give, report, with_second_factor

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

ONE = f"{ADMIN}titan/"
LONG = "a-project-with-quite-a-long-name-for-a-phone"


@pytest.fixture
def giving(tmp_path):
    site = Site(tmp_path).start()
    yield site
    site.stop()


@pytest.fixture
def root(giving, someone_at):
    """An administrator at a browser."""
    giving.rind("user", "add", "root", "--email", "root@example.org", "--admin", "--password-file", "-",
                input=STRONG + "\n")
    person = someone_at("root")
    person.password = STRONG
    person.sign_in()
    with_second_factor(giving)
    return person


@pytest.fixture
def someone_at(giving, chromium):
    from conftest import coming
    with coming(giving, chromium) as come:
        yield come


def choose(person, file):
    """Chooses a file in the form, as the dialogue of the browser does."""
    person.page.call("DOM.enable")
    document = person.page.call("DOM.getDocument")["root"]["nodeId"]
    node = person.page.call("DOM.querySelector", nodeId=document, selector="#code-file")["nodeId"]
    person.page.call("DOM.setFileInputFiles", nodeId=node, files=[str(file)])


def test_a_file_of_codes_is_taken_by_the_form(giving, root, tmp_path):
    give(giving, "titan", 0)
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text("promo_code\nA-001\nA-002\n")
    good.write_bytes(b"\xef\xbb\xbfcode,batch\r\nA-001,1\r\nA-002,1\r\n")
    root.go(ONE)
    choose(root, bad)
    root.page.submit("#import-codes")
    assert "line 1 looks like a heading" in root.error and report(giving, "titan")["codes"] == 0
    # What was pasted is still there when it was refused, and each line that is wrong is named once.
    root.page.fill(code_lines="A-001\nA-001\n\nA-003")
    root.page.submit("#import-codes")
    assert root.error == "No code was imported: 2 lines are wrong."
    text = root.page.text("main")
    assert text.count("Line 2:") == 1 and "Line 3: there is no code." in text
    assert root.page.script("document.querySelector('#code-lines').value") == "A-001\nA-001\n\nA-003"
    choose(root, good)
    root.page.submit("#import-codes")
    assert "not both" in root.error
    root.go(ONE)
    # By the keyboard: to the field for the file, the field for codes, the button.
    root.page.tab_to("e.id === 'code-file'")
    root.page.tab_to("e.id === 'code-lines'")
    choose(root, good)
    root.page.tab_to("e.id === 'import-codes'")
    root.page._leave(lambda: root.page.press("Enter"))
    assert "The codes are imported." in root.page.text("main") and report(giving, "titan")["codes"] == 2
    assert "A-001" not in root.page.text()


def test_the_form_changes_what_the_command_changes(giving, root):
    give(giving, "titan", 3)
    before = report(giving, "titan")
    root.go(ONE)
    root.page.fill(keys="5000", countries="at, Germany")
    root.page.script("document.getElementById('order').value = ''")
    root.page.script("document.getElementById('eligible-everybody').click()")
    root.page.submit("#change-giveaway")
    assert "The giveaway is changed." in root.page.text("main")
    after = report(giving, "titan")
    assert (after["keys"], after["eligible"], after["order"]) == (5000, "everybody", None)
    assert [c["code"] for c in after["countries"]] == ["AT", "DE"]
    assert (after["opens"], after["closes"]) == (before["opens"], before["closes"])
    # Closed, then changed: it stays closed until somebody opens it.
    root.page.submit("#close-giveaway")
    root.page.fill(keys="4000")
    root.page.submit("#change-giveaway")
    assert report(giving, "titan")["state"] == "closed" and report(giving, "titan")["keys"] == 4000
    root.page.tab_to("e.id === 'reopen-giveaway'")
    root.page._leave(lambda: root.page.press("Enter"))
    assert report(giving, "titan")["state"] == "open" and report(giving, "titan")["closed"] is None


def test_countries_and_the_page_for_orders_can_be_left_out(giving, root):
    short = [word for option, word in zip(TITAN[::2], TITAN[1::2]) if option not in ("--countries", "--order")
             for word in (option, word)]
    giving.rind("giveaway", "create", "titan", *short, "--opens", "2022-07-08", "--closes", "9999-12-31",
                "--eligible", "everybody")
    said = report(giving, "titan")
    assert [c["code"] for c in said["countries"]] == "AT BE CA FR DE IT JP ES CH GB US".split()
    assert said["order"] is None and said["closes"].startswith("9999-12-31T23:59:59") and said["keysPerCode"] == 2
    giving.rind("giveaway", "import-codes", "-", input="A-001\n")
    root.go(FACTORS)
    assert "Google gives two keys each to everybody" in root.page.text("main")
    root.page.follow("#free-keys")
    assert root.path == PAGE
    root.page.script("document.getElementById('country').value = 'AT'")
    root.page.submit("#get-code")
    assert "in the way that Google has announced" in root.page.text("main") and not root.page.has("#giveaway-order")
    giving.rind("giveaway", "change", "titan", "--order", "https://store.example.com/titan")
    root.go(PAGE)
    assert root.page.script("document.querySelector('#giveaway-order').href") == "https://store.example.com/titan"
    root.go(ADMIN)
    assert root.page.script("document.querySelector('#countries').value").startswith("AT, BE, CA")


def test_a_giveaway_that_is_over_already_is_made_with_a_warning(giving):
    made = giving.rind("giveaway", "create", "past", *TITAN, "--opens", "2022-07-08", "--closes", "2022-10-01")
    assert "it is over already" in made.stderr and "2 Oct" not in made.stderr and "1 Oct 2022" in made.stderr
    wrong = giving.rind("giveaway", "create", "x", *TITAN, "--opens", "2026-12-01", "--closes", "2026-11-30", status=1)
    assert "(the end of 30 Nov 2026, UTC) before it opens (1 Dec 2026, 00:00 UTC)" in wrong.stderr
    for command in (["report", "x"], ["change", "x", "--keys", "2"], ["close", "x"]):
        assert "There are: past." in giving.rind("giveaway", *command, status=1).stderr


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(["width", "height"], [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_pages_fit_and_can_be_read(giving, root, scheme, width, height):
    """Pictures for people are kept in RIND_PICTURES, if that names a folder."""
    root.page.prefer(scheme)
    root.page.size(width, height, mobile=width < 500)
    giving.rind("user", "add", "hedy", "--email", "hedy@example.org", "--password-file", "-", input=STRONG + "\n")
    designate(giving, LONG, "root", "hedy")
    giving.later("UPDATE role SET role = 'owner' WHERE account_id = (SELECT id FROM account WHERE normalized = 'root')")
    giving.rind("critical", "set", "--announce", "today", "--enforce", "2099-01-01")

    def look(name):
        assert root.page.script(f"document.documentElement.scrollWidth <= {width}"), f"{name} is wider than {width}"
        assert root.page.contrast() >= 4.5, f"{name} in {scheme}"
        assert root.page.script("[...document.querySelectorAll('main input:not([type=hidden]), main select, "
                                "main textarea')].every(e => e.labels.length > 0)"), name
        ids = root.page.script("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), f"{name} has an id twice: {sorted(ids)}"
        if os.environ.get("RIND_PICTURES"):
            root.page.picture(Path(os.environ["RIND_PICTURES"]) / f"giving-{name}-{scheme}-{width}.png")

    give(giving, "titan", 3)
    for path, name in [(FACTORS, "factors"), (ONE, "one"), (ADMIN, "all"), (f"/manage/project/{LONG}/security/", "owner"),
                       (f"/manage/project/{LONG}/settings/", "settings"), ("/security/", "security")]:
        root.go(path)
        look(name)
    root.go(ONE)
    root.page.fill(code_lines="A-001\nA-001\n\n" + "x" * 200)
    root.page.submit("#import-codes")
    look("one-refused")
    root.page.submit("#close-giveaway")
    look("one-closed")
    giving.later("UPDATE role SET role = CASE role WHEN 'owner' THEN 'maintainer' ELSE 'owner' END")
    root.go(f"/manage/project/{LONG}/security/")
    look("maintainer")
