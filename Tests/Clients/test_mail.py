"""Mail, sent to a real mail server: what arrives, what is refused, what is tried again."""
import email
import email.policy
import re
import socket
import stat
import time

import pytest

from support.index import free_port, parsed
from support.mail import PASSWORD, USER, MailServer, certificate, parts


@pytest.fixture
def mail_server(tmp_path):
    """Starts as many mail servers as a test wants."""
    started = []

    def start(**options):
        server = MailServer(tmp_path / f"mail-server-{len(started)}", **options).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def secret(tmp_path):
    """The file with the mail server's password."""
    file = tmp_path / "smtp-password"
    file.write_text(f"{PASSWORD}\n")
    return file


FROM = ["--mail-from", "Our packages <rind@packages.example.org>"]


def wait(condition, seconds=15):
    """The first true value of `condition`; a failure when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.05)
    return value


def listed(index, *options):
    return parsed(index.rind("mail", "list", "--json", *options).stdout)


def test_a_mail_has_two_parts_and_a_whole_header(mail_server, start_index):
    server = mail_server()
    index = start_index("--smtp", server.address, *FROM)
    done = index.rind("mail", "test", "ada@example.org")
    assert done.stdout == "Delivered: 250 2.0.0 Ok: queued as 1\n"
    [message] = server.mails
    assert message["From"] == "Our packages <rind@packages.example.org>"
    assert message["To"] == "ada@example.org"
    assert message["Subject"] == "A test mail"
    assert abs(message["Date"].datetime.timestamp() - time.time()) < 120
    assert re.fullmatch(r"<\d+\.\d+@packages\.example\.org>", message["Message-ID"])
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not message.defects and not any(part.defects for part in message.walk())
    for part in message.iter_parts():
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content_charset() == "utf-8"
        assert max(len(line) for line in part.get_payload().splitlines()) <= 76
    plain, html = parts(message)
    assert "This is a test" in plain and "This is a test" in html
    assert plain.startswith("Hello,\n") and "\n-- \n" in plain
    assert message.envelope_from == "rind@packages.example.org" and message.envelope_to == ["ada@example.org"]
    assert server.greetings == ["packages.example.org"]


def test_an_address_that_is_not_ascii_gets_its_mail(mail_server, start_index):
    server = mail_server()
    index = start_index("--smtp", server.address, *FROM)
    index.rind("mail", "test", "jürgen@example.org")
    assert server.mails[0].envelope_to == ["jürgen@example.org"]
    assert server.mails[0]["To"] == "jürgen@example.org"


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd does not see the TLS that is there from the first byte
@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_mail_travels_under_tls_and_with_a_password(tls, mail_server, start_index, secret):
    server = mail_server(tls=tls, auth=True)
    options = [] if tls == "smtps" else ["--smtp-tls", "required"]
    index = start_index("--smtp", server.address_for(USER), "--smtp-password-file", secret, "--smtp-ca-file",
                        server.certificate, *options, *FROM)
    index.rind("mail", "test", "ada@example.org")
    assert server.mails[0].was_encrypted and server.mails[0].was_signed_in
    assert PASSWORD not in index.tail() and "ada@example.org" not in index.tail()


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tls, mail_server, start_index):
    server = mail_server(tls=tls)
    index = start_index("--smtp", server.address, "--smtp-tls", "required", *FROM) if tls == "starttls" else \
        start_index("--smtp", server.address, *FROM)
    assert "certificate" in index.rind("mail", "test", "ada@example.org", status=1).stderr
    assert not server.mails and listed(index)[0]["state"] == "waiting"


def test_a_certificate_for_another_host_is_not_trusted(mail_server, start_index):
    server = mail_server(tls="starttls", name="elsewhere.example.org")
    index = start_index("--smtp", server.address, "--smtp-tls", "required", "--smtp-ca-file", server.certificate, *FROM)
    index.rind("mail", "test", "ada@example.org", status=1)
    assert not server.mails


def test_without_starttls_nothing_is_sent_where_tls_is_required(mail_server, start_index, secret):
    server = mail_server()
    index = start_index("--smtp", server.address_for(USER), "--smtp-password-file", secret, "--smtp-tls", "required", *FROM)
    index.rind("mail", "test", "ada@example.org", status=1)
    assert not server.mails
    assert listed(index)[0]["state"] == "waiting"


def test_a_wrong_password_waits_for_the_operator(mail_server, start_index, tmp_path):
    server = mail_server(tls="starttls", auth=True)
    wrong = tmp_path / "wrong"
    wrong.write_text("battery staple\n")
    index = start_index("--smtp", server.address_for(USER), "--smtp-password-file", wrong, "--smtp-ca-file",
                        server.certificate, "--smtp-tls", "required", *FROM)
    said = index.rind("mail", "test", "ada@example.org", status=1).stderr
    assert "535" in said and "battery" not in said + index.tail()
    assert listed(index)[0]["state"] == "waiting" and not server.mails


def test_a_recipient_that_is_refused_for_good_is_given_up(mail_server, start_index):
    server = mail_server()
    server.refusals["nobody@example.org"] = "550 5.1.1 No such user here"
    index = start_index("--smtp", server.address, *FROM)
    done = index.rind("mail", "test", "nobody@example.org", status=1)
    assert "550 5.1.1 No such user here" in done.stderr
    [mail] = listed(index)
    assert mail["state"] == "given-up" and mail["attempts"] == 1 and mail["reply"] == "550 5.1.1 No such user here"
    assert "rind_mail_given_up 1" in index.get("/metrics").text
    assert "550" in index.tail() and "nobody@example.org" not in index.tail()
    # The operator knows better now.
    server.refusals.clear()
    assert index.rind("mail", "retry", mail["id"]).stdout == "1 mail is tried again.\n"
    wait(lambda: server.mails)
    wait(lambda: not listed(index))


def test_a_recipient_that_is_refused_for_now_is_tried_again(mail_server, start_index):
    server = mail_server()
    server.refusals["busy@example.org"] = "451 4.3.0 Come back later"
    index = start_index("--smtp", server.address, *FROM)
    assert "451 4.3.0" in index.rind("mail", "test", "busy@example.org", status=1).stderr
    [mail] = listed(index)
    assert mail["state"] == "waiting" and mail["due"] > mail["queued"] and not server.mails
    assert "rind_mail_waiting 1" in index.get("/metrics").text
    server.refusals.clear()
    index.rind("mail", "retry")
    wait(lambda: server.mails)
    assert wait(lambda: listed(index, "--all")[0]["state"] == "delivered")


def test_mail_outlives_a_mail_server_that_is_down_and_an_index_that_restarts(mail_server, start_index):
    port = free_port()
    index = start_index("--smtp", f"smtp://localhost:{port}", *FROM)
    said = index.rind("mail", "test", "ada@example.org", status=1).stderr
    assert "Not delivered" in said and str(port) in said
    index.stop()
    server = mail_server(port=port)
    index.rind("mail", "retry")
    index.start()
    wait(lambda: server.mails)
    time.sleep(1)
    assert len(server.mails) == 1


def test_what_cannot_be_said_in_one_attempt_keeps_its_message_id(mail_server, start_index):
    """The mail server takes the mail and the index does not hear of it: the second mail is known by its Message-ID."""
    server = mail_server()
    index = start_index("--smtp", server.address, *FROM)
    taken = server.handle_DATA

    async def take_and_complain(*arguments):
        await taken(*arguments)
        return "451 4.4.2 Lost the thread"

    server.handle_DATA = take_and_complain
    server.controller.handler = server
    index.rind("mail", "test", "ada@example.org", status=1)
    server.handle_DATA = taken
    index.rind("mail", "retry")
    wait(lambda: len(server.mails) == 2)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"] and first["Date"] == second["Date"]


def test_a_command_sends_by_itself_when_nobody_serves(mail_server, start_index):
    server = mail_server()
    index = start_index(serve=False)
    index.start()
    index.stop()
    (index.data / "rind.yaml").write_text(f"smtp: {server.address}\nmail-from: rind@packages.example.org\n")
    assert "queued as 1" in index.rind("mail", "test", "ada@example.org").stdout
    assert len(server.mails) == 1


def test_without_a_mail_server_mails_are_files(start_index):
    index = start_index()
    done = index.rind("mail", "test", "ada@example.org")
    [file] = (index.data / "outbox").iterdir()
    assert done.stdout == f"Delivered: written to {file}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert re.fullmatch(r"\d{8}T\d{6}Z-1\.eml", file.name)
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["To"] == "ada@example.org" and message["Subject"] == "A test mail"
    plain, html = parts(message)
    assert "This is a test" in plain and "This is a test" in html
    assert not message.defects and not any(part.defects for part in message.walk())


def test_an_index_ends_in_time_while_a_mail_server_says_nothing(start_index):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        index = start_index("--smtp", f"smtp://127.0.0.1:{silent.getsockname()[1]}", *FROM)
        index.rind("mail", "test", "ada@example.org", "--wait", "1", status=1)
        began = time.monotonic()
        index.stop()
        assert time.monotonic() - began < 8
        [mail] = listed(index)
        # What was cut off by us was no attempt.
        assert mail["state"] == "waiting" and mail["attempts"] == 0


@pytest.mark.parametrize("settings, words", [
    ({"RIND_SMTP": "mail.example.org"}, "RIND_SMTP"),
    ({"RIND_SMTP": "smtp://ada:hunter2@mail.example.org", "RIND_MAIL_FROM": "a@example.org"}, "smtp-password-file"),
    ({"RIND_SMTP": "smtp://mail.example.org"}, "RIND_MAIL_FROM"),
    ({"RIND_SMTP": "smtp://mail.example.org", "RIND_MAIL_FROM": "nobody"}, "RIND_MAIL_FROM"),
    ({"RIND_SMTP_PASSWORD_FILE": "/nowhere"}, "RIND_SMTP_PASSWORD_FILE"),
])
def test_a_mistake_in_the_settings_of_mail_is_named(settings, words, offline_run):
    said = offline_run("serve", **settings)
    assert words in said and "hunter2" not in said


@pytest.fixture
def offline_run(start_index):
    index = start_index(serve=False)

    def run(command, **variables):
        index.environment |= variables
        return index.rind(command, status=1).stderr

    return run
