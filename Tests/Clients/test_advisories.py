"""What is known to be bad: imported, shown, and asked for by the tools with which people check their environments."""
import json
import re
import time
import zipfile

from support import clients, http, packages


def document(identifier, project="demo-audit", fixed="1.1", modified="2026-01-01T00:00:00Z", **more):
    return {"schema_version": "1.7.3", "id": identifier, "modified": modified, "summary": "Reads any file",
            "aliases": ["CVE-2026-1"],
            "affected": [{"package": {"ecosystem": "PyPI", "name": project},
                          "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}], **more}


def eventually(condition, seconds=10):
    """A server hears of what a command does within a quarter of a second."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def take(index, path, *more):
    return json.loads(index.rind("advisories", "import", path, "--json", *more).stdout)


def ask(index, path, question):
    return http.request("POST", f"{index.url}/osv/v1/{path}", json.dumps(question).encode(),
                        {"Content-Type": "application/json"}).json


def test_an_import_is_shown_at_once(index, tmp_path):
    index.publish(packages.wheel(tmp_path / "w", "demo-audit", "1.0"))
    assert b"PYSEC-2026-7" not in index.get("/project/demo-audit/").body
    feed = tmp_path / "PYSEC-2026-7.json"
    feed.write_text(json.dumps(document("PYSEC-2026-7")))
    assert take(index, feed)["added"] == 1
    assert take(index, feed) == {"added": 0, "changed": 0, "withdrawn": 0, "known": 1, "others": 0, "faults": []}
    eventually(lambda: b"PYSEC-2026-7" in index.get("/project/demo-audit/").body)
    [vulnerability] = json.loads(index.get("/pypi/demo-audit/1.0/json").body)["vulnerabilities"]
    assert vulnerability["id"] == "PYSEC-2026-7" and vulnerability["fixed_in"] == ["1.1"]
    assert vulnerability["aliases"] == ["CVE-2026-1"] and vulnerability["withdrawn"] is None
    assert "PYSEC-2026-7" in index.rind("advisories", "list", "demo-audit").stdout
    assert json.loads(index.rind("advisories", "show", "PYSEC-2026-7").stdout)["id"] == "PYSEC-2026-7"


def test_nothing_is_taken_of_a_feed_with_faults(index, tmp_path):
    feed = tmp_path / "export.zip"
    with zipfile.ZipFile(feed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("GHSA-1.json", json.dumps(document("GHSA-1", "faulty-feed")))
        archive.writestr("GHSA-2.json", '{"id": "GHSA-2"}')
        archive.writestr("GHSA-3.json", json.dumps(document("GHSA-3", "faulty-feed", fixed="one")))
    done = index.rind("advisories", "import", feed, status=1)
    lines = done.stderr.strip().splitlines()
    assert [re.search(r"GHSA-\d", line)[0] for line in lines[:-1]] == ["GHSA-2", "GHSA-3"]
    assert "Nothing was taken" in lines[-1]
    assert index.rind("advisories", "list", "faulty-feed").stdout == ""
    assert take(index, feed, "--skip")["added"] == 1
    assert "GHSA-1" in index.rind("advisories", "list", "faulty-feed").stdout


def test_a_withdrawn_one_warns_no_longer(index, tmp_path):
    feed = tmp_path / "a.json"

    def asked():
        return ask(index, "query", {"package": {"name": "demo-withdrawn", "ecosystem": "PyPI"}, "version": "1.0"})

    feed.write_text(json.dumps(document("MAL-2026-9", "demo-withdrawn")))
    take(index, feed)
    assert [one["id"] for one in asked()["vulns"]] == ["MAL-2026-9"]
    feed.write_text(json.dumps(document("MAL-2026-9", "demo-withdrawn", modified="2026-02-01T00:00:00Z",
                                        withdrawn="2026-02-01T00:00:00Z")))
    assert take(index, feed)["withdrawn"] == 1
    assert asked() == {}
    feed.write_text(json.dumps(document("MAL-2026-9", "demo-withdrawn")))
    assert take(index, feed)["known"] == 1
    assert asked() == {}


def test_uv_audit_warns(index, tmp_path):
    index.publish(packages.wheel(tmp_path / "w", "demo-uv-audit", "1.0"))
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "own"\nversion = "0"\nrequires-python = ">=3.9"\ndependencies = ["demo-uv-audit"]\n')

    def uv(*arguments):
        return clients.run([clients.program("tests", "uv"), *arguments], tmp_path, cwd=project,
                           UV_DEFAULT_INDEX=index.simple, UV_CACHE_DIR=tmp_path / "cache", UV_PYTHON_DOWNLOADS="never")

    def audit():
        return uv("audit", "--service-url", f"{index.url}/osv")

    locked = uv("lock")
    assert locked, locked.output
    clean = audit()
    assert clean, clean.output
    feed = tmp_path / "a.json"
    feed.write_text(json.dumps(document("PYSEC-2026-8", "demo-uv-audit")))
    take(index, feed)
    query = {"package": {"name": "demo-uv-audit", "ecosystem": "PyPI"}, "version": "1.0"}
    eventually(lambda: ask(index, "querybatch", {"queries": [query]})["results"][0])
    warned = audit()
    assert not warned and "PYSEC-2026-8" in warned.output, warned.output
