"""New names that are like those that others use: refused in words that reach the person, or published and noted."""
import json

import pytest

from support.publishers import Twine


@pytest.fixture
def tool(tmp_path):
    return Twine(tmp_path / "twine")


def corpus(index, tmp_path):
    names = tmp_path / "names.csv"
    names.write_text("requests,1000\nflask,10\n")
    index.rind("names", "import", names)


def test_a_look_alike_is_refused_until_it_is_allowed(start_index, tool, tmp_path):
    index = start_index("--look-alikes", "enforce", serve=False)
    corpus(index, tmp_path)
    index.start()
    tool.project("reqeusts", "1.0", "hello")
    refused = tool.publish(index.upload_url, index.token())
    assert not refused
    assert refused.shows("403") and refused.shows("is taken for 'requests', which others use"), refused.output
    assert refused.shows("rind names allow reqeusts"), refused.output
    assert index.get("/simple/reqeusts/").status == 404

    index.stop()
    index.rind("names", "allow", "reqeusts", "--reason", "agreed with both")
    index.start()
    published = tool.publish(index.upload_url, index.token())
    assert published, published.output
    assert index.rind("names", "noted").stdout == ""


def test_a_look_alike_is_noted_where_it_is_only_reported(start_index, tool, tmp_path):
    index = start_index(serve=False)
    corpus(index, tmp_path)
    index.start()
    tool.project("reqeusts", "1.0", "hello")
    published = tool.publish(index.upload_url, index.token())
    assert published, published.output
    [noted] = [json.loads(line) for line in index.rind("names", "noted", "--json").stdout.splitlines()]
    assert (noted["name"], noted["target"], noted["verdict"]) == ("reqeusts", "requests", "hold")
    index.rind("names", "allow", "reqeusts", "--reason", "harmless")
    assert index.rind("names", "noted").stdout == ""
