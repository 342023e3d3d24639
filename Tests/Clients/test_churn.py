"""Removals, restorations, returns, erasures and the log, cut off anywhere: nothing is half there, and nothing is rewritten.

Owners delete and bring back, the people who run the index propose returns and erasures, others answer, the operator
removes, quarantines and confirms beside the server, and somebody publishes: without a pause, until all of it is killed."""
import contextlib
import json
import random
import sqlite3
import subprocess
import threading
import time

import pytest

from support import http, packages
from support.index import BINARY
from support.people import wait

KILLS = 50
PROJECTS = [f"churn{number}" for number in range(5)]
# Others build on this one: what is to go of it is asked for.
NEEDED = PROJECTS[0]
OWN, QUEUE = "/manage/proposals/", "/admin/proposals/"
# What a run is about; each is done in it.
ACTS = {"file.upload", "release.delete", "project.delete", "project.undo-removal", "project.restore", "removal.ask",
        "removal.confirm", "content.quarantine", "content.lift-quarantine", "return.propose", "return.approve",
        "return.decline", "erasure.propose", "erasure.confirm"}


class Churn:
    """What an owner, two administrators and the operator do, all at once."""

    def __init__(self, site, folder, ada, root, grace):
        self.site, self.folder, self.ada, self.root, self.grace = site, folder, ada, root, grace
        self.token = site.rind("token", "issue", ada.name).stdout.strip()
        self.stop, self.lock, self.number, self.command = threading.Event(), threading.Lock(), 0, None
        self.answers = {}

    def rows(self, query, *values):
        database = sqlite3.connect(f"file:{self.site.data}/index.sqlite?mode=ro", uri=True, timeout=10)
        try:
            return database.execute(query, values).fetchall()
        finally:
            database.close()

    def rested(self):
        """Everybody has just shown who they are, and the days of what was asked for have come."""
        self.site.later("UPDATE session_proof SET at = ?", int(time.time() * 1_000_000))
        with contextlib.suppress(AssertionError):
            self.site.later("UPDATE removal_request SET due_at = asked_at WHERE outcome IS NULL AND confirmed_at IS NOT NULL")

    def taken_over(self):
        """The leases of who was killed have ended: that takes ten seconds otherwise, each time."""
        with contextlib.suppress(AssertionError):
            self.site.later("UPDATE lease SET until = 0")

    def publish(self, chance):
        with self.lock:
            self.number += 1
            number = self.number
        http.upload(self.site.upload_url, self.token, packages.wheel(self.folder, PROJECTS[number % 5], f"1.{number}"),
                    timeout=20)

    def send(self, person, path, **fields):
        answer = person.here().post(path, **fields)
        self.answers[path, answer.status] = answer.text

    def release(self, chance):
        number = chance.randrange(max(1, self.number - 25), self.number + 2)
        return PROJECTS[number % 5], f"1.{number}"

    def own(self, chance):
        """What the owner does."""
        project, version = self.release(chance)
        page = f"/manage/project/{project}"
        [(path, fields)] = chance.choices([
            (f"{page}/release/{version}/delete/", {"confirm_delete_version": version, "reason": "old"}),
            (f"{page}/releases/restore/", {"version": version}),
            (f"{page}/settings/delete_project/", {"confirm_project_name": project, "reason": "gone"}),
            ("/manage/projects/restore/", {"project": project}),
        ], [4, 4, 1, 2])
        self.send(self.ada, path, **fields)

    def propose(self, chance):
        """What an administrator wants of what is removed, and of what is there."""
        [kind] = chance.choices(["return", "erase"], [3, 1])
        removed = self.rows("SELECT p.normalized, r.version FROM release r JOIN project p ON p.id = r.project_id "
                            "WHERE r.removed_at IS NOT NULL AND p.normalized LIKE 'churn%' ORDER BY r.removed_at DESC LIMIT 9")
        project, version = chance.choice(removed) if removed else self.release(chance)
        more = {"category": "court-order"} if kind == "erase" else {}
        self.send(self.root, f"{QUEUE}{kind}/", project=project, version=version, reason="file 7", **more)

    def answer(self, chance):
        """What others say to that."""
        found = self.rows("SELECT q.id, q.kind, p.normalized FROM proposal q JOIN project p ON p.id = q.project_id "
                          "WHERE q.outcome IS NULL ORDER BY q.id DESC LIMIT 5")
        if not found:
            return time.sleep(0.02)
        number, kind, project = chance.choice(found)
        if kind == "erasure":
            return self.send(self.grace, f"{QUEUE}confirm/", project=project, proposal=number, seen="")
        [word] = chance.choices(["approve", "decline"], [3, 1])
        self.send(self.ada, f"{OWN}{word}/", project=project, proposal=number, seen="", reason="no")

    def operate(self, chance):
        """What the operator does beside the server."""
        project, version = self.release(chance)
        open_requests = self.rows("SELECT q.id, p.normalized FROM removal_request q JOIN project p ON p.id = q.project_id "
                                  "WHERE q.outcome IS NULL AND q.confirmed_at IS NULL LIMIT 3")
        withheld = self.rows("SELECT p.normalized, r.version FROM file f JOIN release r ON r.id = f.release_id "
                             "JOIN project p ON p.id = f.project_id WHERE f.state = 'quarantined' LIMIT 3")
        acts = [("delete", project), ("restore", project), ("delete", project, version), ("yank", project, version),
                ("quarantine", project, version, "--reason", "harm"),
                *[("quarantine", name, number, "--lift") for name, number in withheld],
                *[("confirm-request", name, str(number)) for number, name in open_requests]]
        argv = [str(BINARY), "project", *chance.choice(acts), "--data", str(self.site.data)]
        self.command = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env=self.site.environment)
        self.command.wait()

    def run(self, act, chance):
        while not self.stop.is_set():
            try:
                act(chance)
            # The server is gone, or busy.
            except (OSError, http.BrokenAnswer, sqlite3.OperationalError):
                time.sleep(0.02)

    @contextlib.contextmanager
    def at_work(self, seed):
        self.stop.clear()
        works = [self.publish, self.own, self.propose, self.answer, self.operate]
        threads = [threading.Thread(target=self.run, args=[work, random.Random(f"{seed} {number}")])
                   for number, work in enumerate(works)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join(60)


def verified(site, *options):
    return json.loads(site.rind("log", "verify", site.url, "--json", *options, status=None, bare=True).stdout)


@pytest.mark.slow
def test_fifty_kills_amid_removals_returns_and_erasures_leave_one_whole_index(site, someone, tmp_path):
    ada, root, grace = someone().with_app(), someone().administrator(), someone().administrator()
    site.rind("user", "vouch", ada.name)
    churn, chance, head = Churn(site, tmp_path, ada, root, grace), random.Random(1350), tmp_path / "head"
    for name in PROJECTS:
        answer = http.upload(site.upload_url, churn.token, packages.wheel(tmp_path, name, "1.0"))
        assert answer.status == 200, answer
    other = site.rind("token", "issue", someone().register().name).stdout.strip()
    answer = http.upload(site.upload_url, other, packages.wheel(tmp_path, "builder", "1.0", requires=[NEEDED]))
    assert answer.status == 200, answer
    wait(lambda: http.get(f"{site.url}/log/checkpoint").status == 200, seconds=60)

    for number in range(KILLS):
        churn.rested()
        with churn.at_work(number):
            time.sleep(chance.uniform(0.2, 3))
            # The server and the command beside it, as a power cut would.
            site.kill()
            if churn.command:
                churn.command.kill()
        churn.taken_over()
        site.start(timeout=120)
        site.rind("doctor")
        # What the killed one had not put into the log yet, the next one does: within seconds, and as it was.
        since = ["--since", head] if head.exists() else []
        wait(lambda: verified(site, *since)["problems"] == [], seconds=60)
        assert verified(site, *since, "--keep", head)["problems"] == []

    entries = json.loads(site.rind("log", "show", "--limit", "1000000", "--json").stdout)
    done = {act: sum(entry["action"] == act for entry in entries) for act in sorted(ACTS)}
    print(f"{KILLS} kills, {len(entries)} entries of the journal: {done}")
    assert all(done.values()), (done, sorted({key: "" for key in churn.answers}))
    # With time to catch up, the log has everything, and nothing that it said before is said otherwise.
    wait(lambda: verified(site)["problems"] == [], seconds=120)
    assert verified(site, "--since", head)["problems"] == []
    site.rind("doctor")
