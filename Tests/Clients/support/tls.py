"""TLS in front of an index, as a proxy does it: by the standard library, with a certificate of its own."""
import socket
import ssl
import subprocess
import threading
from pathlib import Path


class Proxy:
    """Takes TLS connections on a port of its own, and hands what comes on to an index; it adds who asked."""

    def __init__(self, folder, target_port):
        self.target = target_port
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        key, certificate = folder / "tls.key", folder / "tls.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.socket.close()

    def _accept(self):
        while True:
            try:
                plain, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[plain], daemon=True).start()

    def _serve(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as front, \
                    socket.create_connection(("127.0.0.1", self.target)) as back:
                answers = threading.Thread(target=self._copy, args=[back, front], daemon=True)
                answers.start()
                self._copy(front, back)
                answers.join(60)
        except OSError:
            pass  # a browser hangs up when it likes

    @staticmethod
    def _copy(source, target):
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
