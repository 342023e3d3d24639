"""Publishing with the six tools people publish with: it works, and a refusal reaches the person in words."""
import hashlib
import json
import time

import pymacaroons
import pytest

from support import http, packages
from support.clients import Installer
from support.index import parsed
from support.publishers import ALL, UV


@pytest.fixture(params=ALL, ids=lambda tool: tool.name)
def tool(request, tmp_path):
    return request.param(tmp_path / request.param.name)


def refused(tool, outcome, status, reason):
    """The tool failed, and says why as far as it says such things at all."""
    assert not outcome, f"{tool.name} believes that it has published:\n{outcome.output}"
    assert outcome.shows(reason if tool.shows_reasons else str(status)), outcome.output


def test_what_is_published_can_be_installed(tool, index, tmp_path):
    tool.project("fresh-thing", "1.0", "hello")
    outcome = tool.publish(index.upload_url, index.token())
    assert outcome, outcome.output
    assert not outcome.shows("error"), outcome.output

    listed = index.files("fresh-thing")
    built = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tool.files()}
    assert {name: file["hashes"]["sha256"] for name, file in listed.items()} == built
    assert all(file["size"] == (tool.root / "dist" / name).stat().st_size for name, file in listed.items())

    pip = Installer("pip", tmp_path, index.simple)
    installed = pip.install("fresh-thing")
    assert installed, installed.output
    said = pip.python("import fresh_thing; print('version', fresh_thing.__version__)")
    assert said.output.strip() == "version 1.0"


def test_publishing_the_same_again_is_no_error_and_no_change(tool, index):
    tool.project("repeated", "1.0", "hello")
    assert tool.publish(index.upload_url, index.token())
    serial = index.serial()
    outcome = tool.publish(index.upload_url, index.token())
    assert outcome, outcome.output
    assert index.serial() == serial


def test_other_bytes_under_a_known_name_are_refused(tool, index):
    tool.project("changed", "1.0", "as published")
    assert tool.publish(index.upload_url, index.token())
    before = index.files("changed")
    tool.project("changed", "1.0", "as edited afterwards")
    refused(tool, tool.publish(index.upload_url, index.token()), 400, "File already exists")
    assert index.files("changed") == before


def test_a_wrong_token_is_refused(tool, index):
    tool.project("unknown", "1.0", "hello")
    token = index.token()
    forged = token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB")
    refused(tool, tool.publish(index.upload_url, forged), 403, "token")
    assert index.get("/simple/unknown/").status == 404


def test_somebody_elses_project_is_refused(tool, index, tmp_path):
    index.publish(packages.wheel(tmp_path / "hers", "taken-name", "1.0"), user="grace")
    tool.project("taken-name", "2.0", "mine now")
    refused(tool, tool.publish(index.upload_url, index.token("mallory")), 403,
            "isn't allowed to upload")
    assert len(index.files("taken-name")) == 1


def test_a_name_that_looks_like_another_is_refused(tool, index, tmp_path):
    index.publish(packages.wheel(tmp_path / "hers", "colours10", "1.0"), user="grace")
    tool.project("co1oursl0", "1.0", "look alike")
    refused(tool, tool.publish(index.upload_url, index.token("mallory")), 400, "too similar to an existing project")


def test_a_token_for_one_project_publishes_that_one_only(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "alpha-one", "1.0"), packages.wheel(tmp_path, "beta-two", "1.0"))
    token = index.token("ada", "--project", "alpha-one")
    mine = http.upload(index.upload_url, token, packages.wheel(tmp_path, "alpha-one", "1.1"))
    assert mine.status == 200, mine
    other = http.upload(index.upload_url, token, packages.wheel(tmp_path, "beta-two", "1.1"))
    assert other.status == 403, other
    assert "not valid for the project" in other.text


def test_a_revoked_token_is_refused(index, tmp_path):
    token = index.token()
    [listed] = parsed(index.rind("token", "list", "ada", "--json").stdout)
    index.rind("token", "revoke", listed["id"])
    answer = http.upload(index.upload_url, token, packages.wheel(tmp_path, "too-late", "1.0"))
    assert answer.status == 403, answer


def test_an_expired_token_is_refused(index, tmp_path):
    expired = narrowed(index.token(), [0, int(time.time()) - 1, 0])
    answer = http.upload(index.upload_url, expired, packages.wheel(tmp_path, "too-late", "1.0"))
    assert answer.status == 403, answer
    assert "expired" in answer.text


def narrowed(token, *caveats):
    """The token with caveats added offline by pymacaroons, as a careful CI job does."""
    macaroon = pymacaroons.Macaroon.deserialize(token.removeprefix("rind-"))
    for caveat in caveats:
        macaroon.add_first_party_caveat(json.dumps(caveat))
    return "rind-" + macaroon.serialize()


def test_a_token_narrowed_offline_keeps_to_what_is_left(index, tmp_path):
    index.publish(packages.wheel(tmp_path, "alpha-one", "1.0"), packages.wheel(tmp_path, "beta-two", "1.0"))
    token = narrowed(index.token(), [1, ["alpha-one"]], [0, int(time.time()) + 600, 0])
    mine = http.upload(index.upload_url, token, packages.wheel(tmp_path, "alpha-one", "1.1"))
    assert mine.status == 200, mine
    other = http.upload(index.upload_url, token, packages.wheel(tmp_path, "beta-two", "1.1"))
    assert other.status == 403, other
    unknown = http.upload(index.upload_url, narrowed(token, [99, "what"]), packages.wheel(tmp_path, "alpha-one", "1.2"))
    assert unknown.status == 403, unknown


def test_twine_and_uv_show_the_reason_of_an_invalid_file(index, tmp_path):
    broken = tmp_path / "broken_thing-1.0-py3-none-any.whl"
    broken.write_bytes(packages.wheel(tmp_path / "whole", "broken-thing", "1.0").read_bytes()[:-40])
    answer = http.upload(index.upload_url, index.token(), broken)
    assert answer.status == 400
    assert answer.reason == answer.text.splitlines()[0][:len(answer.reason)]


def test_uv_check_url_skips_what_is_there_and_names_what_differs(index, tmp_path):
    uv = UV(tmp_path)
    uv.project("checked", "1.0", "first")
    assert uv.publish(index.upload_url, index.token())
    again = uv.publish(index.upload_url, index.token(), "--check-url", index.simple)
    assert again and again.shows("already exists"), again.output
    uv.project("checked", "1.0", "second")
    other = uv.publish(index.upload_url, index.token(), "--check-url", index.simple)
    assert not other, other.output


def test_uploading_to_the_reading_address_says_where_to_upload(index, tmp_path):
    """A common mistake: the address of the Simple API given as the upload address."""
    uv = UV(tmp_path)
    uv.project("misdirected", "1.0", "hello")
    outcome = uv.publish(index.simple, index.token())
    assert not outcome
    assert "/legacy/" in outcome.output, outcome.output


def test_the_upload_address_without_its_slash_is_redirected_for_good(index):
    answer = http.request("POST", f"{index.url}/legacy", b"", {"Content-Length": "0"})
    assert answer.status == 308, answer
    assert answer.headers["location"].endswith("/legacy/")
