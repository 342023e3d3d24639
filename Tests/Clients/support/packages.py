"""Small, valid packages, written by hand: what is in them is exactly what a test says."""
import base64
import gzip
import hashlib
import io
import os
import re
import tarfile
import zipfile
from pathlib import Path

STAMP = (2024, 1, 1, 0, 0, 0)
EPOCH = 1704067200

# An sdist that brings its own build backend can be built without any index.
BACKEND = '''\
import os, shutil
def _wheel(folder):
    name = [f for f in os.listdir("built") if f.endswith(".whl")][0]
    shutil.copy(os.path.join("built", name), folder)
    return name
def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheel(wheel_directory)
'''


def escaped(name):
    return re.sub(r"[-_.]+", "_", name).lower()


def metadata(name, version, requires=(), requires_python=None, extras=(), summary=None, description="",
             description_type="text/markdown", headers=()):
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}",
             f"Summary: {summary or 'The package ' + name}"]
    if requires_python:
        lines.append(f"Requires-Python: {requires_python}")
    lines += [f"Provides-Extra: {e}" for e in extras]
    lines += [f"Requires-Dist: {r}" for r in requires]
    lines += headers
    if description and description_type:
        lines.append(f"Description-Content-Type: {description_type}")
    return "\n".join([*lines, "", description, ""]).encode()


def record_line(path, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}"


def wheel(folder, name, version, payload=b"", tag="py3-none-any", files=(), **about):
    """Writes a wheel whose module says `version`; `payload` is one more file, stored as it is, and `files` has more by
    path (`INFO/` stands for the directory of the metadata)."""
    module = escaped(name)
    info = f"{module}-{version}.dist-info"
    members = {
        f"{module}/__init__.py": f"__version__ = {version!r}\n".encode(),
        f"{info}/METADATA": metadata(name, version, **about),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: rind-tests\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    if payload:
        members[f"{module}/payload.bin"] = payload
    members.update({path.replace("INFO/", f"{info}/"): data for path, data in dict(files).items()})
    lines = [record_line(*m) for m in members.items()] + [f"{info}/RECORD,,"]
    members[f"{info}/RECORD"] = ("\n".join(lines) + "\n").encode()
    path = Path(folder) / f"{module}-{version}-{tag}.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in members.items():
            entry = zipfile.ZipInfo(member, STAMP)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_STORED if member.endswith(".bin") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return path


def big_wheel(folder, name, version, size):
    """A wheel of about `size` bytes, written without ever having all of them in memory."""
    module = escaped(name)
    info = f"{module}-{version}.dist-info"
    path = Path(folder) / f"{module}-{version}-py3-none-any.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        digest = hashlib.sha256()
        with archive.open(zipfile.ZipInfo(f"{module}/data.bin", STAMP), "w", force_zip64=True) as member:
            left, piece = size, os.urandom(1 << 20)
            while left > 0:
                piece = piece[1:] + piece[:1]  # no two blocks alike, and no gigabyte of randomness to wait for
                block = piece[:left]
                digest.update(block)
                member.write(block)
                left -= len(block)
        encoded = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
        lines.append(f"{module}/data.bin,sha256={encoded},{size}")
        for member, data in {
            f"{info}/METADATA": metadata(name, version),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: rind-tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }.items():
            archive.writestr(zipfile.ZipInfo(member, STAMP), data)
            lines.append(record_line(member, data))
        lines.append(f"{info}/RECORD,,")
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD", STAMP), "\n".join(lines) + "\n")
    return path


def sdist(folder, name, version, files=(), **about):
    """Writes an sdist that builds itself, by copying a wheel that it carries; `files` has more by path."""
    module = escaped(name)
    base = f"{module}-{version}"
    folder = Path(folder)
    built = wheel(folder / ".built", name, version, **about)
    members = {
        "PKG-INFO": metadata(name, version, **about),
        "pyproject.toml": (
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\n').encode(),
        "backend.py": BACKEND.encode(),
        f"{module}/__init__.py": f"__version__ = {version!r}\n".encode(),
        f"built/{built.name}": built.read_bytes(),
        **dict(files),
    }
    path = folder / f"{base}.tar.gz"
    with open(path, "wb") as out, gzip.GzipFile(filename="", fileobj=out, mode="wb", mtime=EPOCH) as compressed:
        with tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for member, data in members.items():
                entry = tarfile.TarInfo(f"{base}/{member}")
                entry.size, entry.mtime, entry.mode = len(data), EPOCH, 0o644
                archive.addfile(entry, io.BytesIO(data))
    return path


def described(path):
    """(name, version, filetype, pyversion) as a file's name gives them."""
    name = Path(path).name
    if name.endswith(".whl"):
        parts = name[:-4].split("-")
        return parts[0], parts[1], "bdist_wheel", parts[-3]
    project, _, version = name.removesuffix(".tar.gz").rpartition("-")
    return project, version, "sdist", "source"
