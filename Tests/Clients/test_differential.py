"""The same thousand requests through the edge, through Hummingbird alone and through nginx in front of the edge.

What differs is in a table, each row with its reason: a difference that is not there fails, and so does a row that no
request shows any more.
"""
import collections
import concurrent.futures
import os
import shutil
import time

import pytest

from support import answers, http, nginx, packages
from support.clients import Installer
from support.differences import NGINX, PERMITTED, PLAIN
from support.index import Index
from support.people import ACCOUNT, Site, Visitor
from support.thousand import SIMPLE_JSON, Thousand

ORIGIN = "http://packages.example.org"
EDGE = "the edge"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What each of the three answers to each request."""
    if not nginx.installed():
        pytest.fail("there is no nginx on this machine; `make test` installs it")
    folder = tmp_path_factory.mktemp("differential")
    edge = Index(folder / "edge", "--base-url", ORIGIN)
    plain = Index(folder / "plain", "--base-url", ORIGIN, "--edge", "off")
    edge.start()
    wheel = packages.wheel(folder, "wired", "1.0", payload=os.urandom(2_000))
    edge.publish(wheel)
    file = http.urllib.parse.urlsplit(edge.file_url("wired", wheel.name)).path
    etags = {path: edge.get(path, Accept=SIMPLE_JSON).headers["etag"] for path in (file, "/simple/wired/")}
    edge.stop()
    shutil.copytree(edge.data, plain.data)
    front = None
    try:
        edge.start()
        plain.start()
        front = nginx.Nginx(folder / "nginx", edge.port)
        cases = Thousand(file, etags).cases
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            told = {name: list(pool.map(lambda case, port=port: answers.exchange(port, case.data, case.methods), cases))
                    for name, port in [(EDGE, edge.port), (PLAIN, plain.port), (NGINX, front.port)]}
        assert time.monotonic() - began < 60
        # None of them is the worse for it.
        assert edge.get("/healthz").status == plain.get("/healthz").status == 200
        yield cases, told
    finally:
        if front:
            front.stop()
        edge.stop()
        plain.stop()


def statuses(replies):
    return " ".join(str(reply.status) for reply in replies) or "-"


def difference(ours, theirs):
    """In what two outcomes differ; None where they do not. Of a page that nginx makes itself its status counts."""
    if statuses(ours) != statuses(theirs):
        return f"{statuses(ours)} → {statuses(theirs)}"
    names = set()
    for one, other in zip(ours, theirs):
        if other.made_by_nginx:
            continue
        here, there = dict(one.fields), dict(other.fields)
        names |= {name for name in {**here, **there} if here.get(name) != there.get(name)}
        if one.body != other.body:
            names.add("body")
    return f"{statuses(ours)}: {', '.join(sorted(names))}" if names else None


def differences(outcomes, way):
    """By kind of request and what differs, the requests that show it."""
    cases, told = outcomes
    found = collections.defaultdict(list)
    for case, ours, theirs in zip(cases, told[EDGE], told[way]):
        if what := difference(ours, theirs):
            found[case.kind, what].append(case.data)
    return found


def permits(row, kind, what):
    kinds, whats, _ = row
    return kind in kinds and what in whats


@pytest.mark.parametrize("way", [PLAIN, NGINX])
def test_answers_differ_only_where_there_is_a_reason(outcomes, way):
    news = [f"{kind} | {what} | {len(examples)} times, as {min(examples, key=len)[:300]!r}"
            for (kind, what), examples in sorted(differences(outcomes, way).items())
            if not any(permits(row, kind, what) for row in PERMITTED[way])]
    assert not news, "\n".join(["differences without a reason:", *news])


@pytest.mark.parametrize("way", [PLAIN, NGINX])
def test_each_reason_has_a_request_that_shows_it(outcomes, way):
    found = differences(outcomes, way)
    idle = [row[2] for row in PERMITTED[way] if not any(permits(row, *which) for which in found)]
    assert not idle


def test_what_clients_do_is_answered_alike(outcomes):
    """No reason is good enough for a difference there."""
    cases, _ = outcomes
    assert len(cases) == 1_000 and len({case.kind for case in cases}) == 20
    usual = {"plain", "ranges", "pipelines", "connections", "negotiation", "posts", "queries"}
    assert not [kinds for rows in PERMITTED.values() for kinds, _, _ in rows if usual & set(kinds)]


def test_without_the_edge_people_sign_in_publish_and_install(tmp_path):
    """What writes and what is for one person goes through the other server, too: forms, cookies, redirects, bodies."""
    site = Site(tmp_path / "site", "--edge", "off")
    try:
        site.start()
        visitor = Visitor(site, "11.0.0.7")
        password = "kuhglocke am fenster 7"
        registered = visitor.fill_in("/account/register/", username="plain-ada", email="ada@example.org", new_password=password)
        assert registered.status == 303, registered.text
        signed_in = visitor.sign_in("plain-ada", password)
        assert signed_in.status == 303 and visitor.secret, signed_in.text
        assert "plain-ada" in visitor.get(ACCOUNT).text
        site.publish(packages.wheel(tmp_path, "plain-thing", "1.0", payload=os.urandom(3_000_000)))
        pip = Installer("pip", tmp_path / "pip", site.simple)
        installed = pip.install("plain-thing")
        assert installed, installed.output
    finally:
        site.stop()
