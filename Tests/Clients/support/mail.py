"""A mail server of one's own: aiosmtpd, which keeps what it gets."""
import email
import email.policy
import ssl
import subprocess

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, SMTP

from support.index import free_port

USER, PASSWORD = "rind@example.org", "correct horse"


def certificate(folder, name="localhost"):
    """A certificate that signs itself, and its key."""
    folder.mkdir(parents=True, exist_ok=True)
    pem, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", pem,
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"], check=True, capture_output=True)
    return pem, key


class MailServer:
    """Takes mail on loopback.

    `refusals` maps a recipient to the answer to RCPT TO.
    """

    def __init__(self, folder, tls=None, auth=False, port=None, name="localhost"):
        self.port = port or free_port()
        self.mails, self.refusals, self.greetings = [], {}, []
        self.certificate, context = None, None
        if tls:
            self.certificate, key = certificate(folder, name)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, key)
        self.tls = tls
        options = {"hostname": "127.0.0.1", "port": self.port, "enable_SMTPUTF8": True}
        if auth:
            options |= {"authenticator": self._sign_in, "auth_required": True, "auth_require_tls": bool(tls)}
        # With TLS from the first byte aiosmtpd does not know that there is any.
        if tls == "smtps":
            options |= {"ssl_context": context, "auth_require_tls": False}
        elif tls == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        self.controller = Controller(self, **options)

    def start(self):
        self.controller.start()
        return self

    def stop(self):
        self.controller.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def address(self):
        return f"{'smtps' if self.tls == 'smtps' else 'smtp'}://localhost:{self.port}"

    def address_for(self, user):
        return self.address.replace("://", f"://{user.replace('@', '%40')}@")

    def _sign_in(self, server, session, envelope, mechanism, data):
        isRight = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=isRight, handled=isRight)

    # What aiosmtpd asks.

    async def handle_EHLO(self, server: SMTP, session, envelope, hostname, responses):
        session.host_name = hostname
        self.greetings.append(hostname)
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        message.envelope_from, message.envelope_to = envelope.mail_from, envelope.rcpt_tos
        message.raw = envelope.content
        message.was_signed_in = bool(session.authenticated)
        message.was_encrypted = session.ssl is not None or self.tls == "smtps"
        self.mails.append(message)
        return f"250 2.0.0 Ok: queued as {len(self.mails)}"


def parts(message):
    """The plain and the HTML part, as text with plain line ends."""
    return [message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html")]
