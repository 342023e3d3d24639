"""nginx in front of an index, with the lines of docs/nginx.conf that are about requests, without TLS."""
import re
import shutil
import subprocess
import time
import socket
from pathlib import Path

from support.index import ROOT, free_port


def installed():
    return shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") is not None


class Nginx:
    """Hands everything on to an index, as the manual's example does."""

    def __init__(self, folder, target_port):
        self.port = free_port()
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        manual = (ROOT / "docs/nginx.conf").read_text()
        location = re.search(r"    location / \{\n        proxy_pass.*?\n    \}\n", manual, re.S)[0]
        upstream = re.search(r"upstream rind \{.*?\n\}\n", manual, re.S)[0].replace("8080", str(target_port))
        temporary = "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in
                            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        configuration = folder / "nginx.conf"
        configuration.write_text(
            f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ access_log off; {temporary}\n{upstream}\n"
            f"server {{ listen 127.0.0.1:{self.port}; client_max_body_size 0;\n{location}}}\n}}\n")
        folder.chmod(0o755)
        self.process = subprocess.Popen(
            [shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"),
             "-e", folder / "error.log", "-c", configuration],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < deadline, (folder / "error.log").read_text()
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
