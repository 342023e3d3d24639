"""Nobody is worse off for obeying: what the ways under the rule cost a person, and that it does not grow.

`python -m support.ways --beside OTHER-BINARY` prints the same figures beside those of another binary.
"""
import pytest

from support import ways
from support.browser import installed
from support.walk import Keyboard, Scriptless

if not installed():
    pytest.skip("there is no Chromium on this machine; `make test` installs it", allow_module_level=True)

# The goal, from twine's refusal, an invitation or a lost key to the end of the way. Following an address out of a terminal
# or a mail is a click. The seconds are a person's own: the machine takes 3, and a minute when everything else runs
# beside it.
CLICKS, WORDS, SECONDS = 6, 600, 120

# What the ways cost when it was said that obeying must not be dearer than postponing, walked and counted in the same way:
# clicks and words. Nobody could be invited without a factor then, and those who had added one waited 72 hours after that.
BEFORE = {
    "key with evidence": (15, 2_440), "key without evidence": (16, 2_725), "TOTP": (15, 2_308), "lost key": (8, 760),
    "second key": (5, 734), "vouching": (4, 262),
}

ENDS = {
    "key with evidence": "published", "key without evidence": "published", "TOTP": "published",
    "lost key": "signed in with the new key", "second key": "published", "invitation": "role taken",
    "vouching": "published",
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory, chromium):
    scene = ways.Scene(tmp_path_factory.mktemp("ways"), chromium)
    yield scene
    scene.close()


@pytest.mark.parametrize("way", ways.WAYS)
def test_the_way_is_short(way, scene):
    cost = ways.WAYS[way](scene)
    pages = "\n".join(f"{words:5}  {title:34} {where}" for where, title, words in cost.pages)
    clicks, words = BEFORE.get(way, (None, None))
    told = f"{ways.table({way: cost.row()})}\nbefore: {clicks} clicks, {words} words\n{pages}"
    print(told)
    assert cost.outcome == ENDS[way], told
    assert cost.clicks <= CLICKS, told
    assert cost.words <= WORDS, told
    assert cost.own_seconds <= SECONDS, told
    assert way not in BEFORE or (cost.clicks <= clicks and cost.words < words), told


@pytest.mark.parametrize("way", [ways.key_with_evidence, ways.key_without_evidence])
def test_the_keyboard_is_enough_and_the_focus_is_seen(way, scene):
    cost = way(scene, name=f"tab{way.__name__.count('out')}", who=Keyboard)
    assert cost.outcome == "published" and cost.clicks <= CLICKS, cost.pages


def test_an_app_is_added_and_a_token_made_without_scripts_and_keys_say_what_they_need(scene):
    walkers = []

    def scriptless(*who):
        walkers.append(Scriptless(*who))
        return walkers[0]
    cost = ways.key_with_evidence(scene, "app", "plain", scriptless)
    # The mailed link's page is one more to press.
    assert cost.outcome == "published" and cost.clicks <= CLICKS + 1, cost.pages
    assert "needs JavaScript" in walkers[0].said
