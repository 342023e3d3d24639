"""A security key in software whose model is attested: its manufacturer's root, and answers as a browser would send them.

Virtual authenticators of browsers vouch for nobody's make. Keys, certificates and signatures are OpenSSL's."""
import base64
import hashlib
import json
import os
import shutil
import struct
import subprocess
from pathlib import Path

AAGUID = bytes.fromhex("6f17a6d1c3b24f7e9a5d0123456789ab")
UP, UV, AT = 0x01, 0x04, 0x40


def installed():
    return shutil.which("openssl")


def openssl(*arguments, input=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=input, capture_output=True, check=True).stdout


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value):
    """What an attestation object is made of (RFC 8949, with lengths as short as can be)."""
    def head(major, count):
        if count < 24:
            return bytes([major << 5 | count])
        if count < 0x100:
            return bytes([major << 5 | 24, count])
        return bytes([major << 5 | 25]) + struct.pack(">H", count)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())
    return head(0, value) if value >= 0 else head(1, -1 - value)


class Manufacturer:
    """Somebody who makes security keys and vouches for them."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.root, self._root_key = self.folder / "root.pem", self.folder / "root.key"
        self._new_key(self._root_key)
        openssl("req", "-x509", "-new", "-key", self._root_key, "-days", "3650", "-out", self.root,
                "-subj", "/C=SE/O=Test Keys/CN=Test Keys Root", "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self.key, certificate = self.folder / "batch.key", self.folder / "batch.pem"
        self._new_key(self.key)
        request = openssl("req", "-new", "-key", self.key,
                          "-subj", "/C=SE/O=Test Keys/OU=Authenticator Attestation/CN=Test Keys Batch 1")
        # WebAuthn Level 3, section 8.2.1
        extensions = self.folder / "batch.cnf"
        extensions.write_text("basicConstraints=critical,CA:FALSE\n"
                              f"1.3.6.1.4.1.45724.1.1.4=DER:0410{AAGUID.hex()}\n")
        certificate.write_bytes(openssl("x509", "-req", "-CA", self.root, "-CAkey", self._root_key, "-CAcreateserial",
                                        "-days", "3650", "-extfile", extensions, input=request))
        self.certificate = openssl("x509", "-in", certificate, "-outform", "DER")

    @staticmethod
    def _new_key(path):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)


class HardwareKey:
    """One key of that make, at one site."""

    def __init__(self, manufacturer, origin, rp="localhost"):
        self.manufacturer, self.origin, self.rp = manufacturer, origin, rp
        self.id, self.count, self.handle = os.urandom(32), 0, None
        self.file = manufacturer.folder / f"{self.id.hex()}.key"
        manufacturer._new_key(self.file)

    def _client_data(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, flags, more=b""):
        self.count += 1
        return hashlib.sha256(self.rp.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count) + more

    def _answer(self, response):
        return json.dumps({"id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key",
                           "clientExtensionResults": {}, "response": response})

    def create(self, options, vouched=True):
        """What the browser sends when this key is enrolled."""
        self.handle = options["user"]["id"]
        point = openssl("ec", "-in", self.file, "-pubout", "-outform", "DER")[-64:]
        key = cbor({1: 2, 3: -7, -1: 1, -2: point[:32], -3: point[32:]})
        data = self._data(UP | UV | AT, AAGUID + struct.pack(">H", len(self.id)) + self.id + key)
        client = self._client_data("webauthn.create", options["challenge"])
        signed = data + hashlib.sha256(client).digest()
        statement = {"alg": -7, "sig": openssl("dgst", "-sha256", "-sign", self.manufacturer.key, input=signed),
                     "x5c": [self.manufacturer.certificate]}
        attestation = cbor({"fmt": "packed" if vouched else "none", "attStmt": statement if vouched else {},
                            "authData": data})
        return self._answer({"clientDataJSON": encoded(client), "attestationObject": encoded(attestation),
                             "transports": ["usb", "nfc"]})

    def get(self, options, verified=True):
        """What the browser sends when this key is used."""
        data = self._data(UP | (UV if verified else 0))
        client = self._client_data("webauthn.get", options["challenge"])
        signature = openssl("dgst", "-sha256", "-sign", self.file, input=data + hashlib.sha256(client).digest())
        return self._answer({"clientDataJSON": encoded(client), "authenticatorData": encoded(data),
                             "signature": encoded(signature), "userHandle": self.handle})
