"""The six tools that publish, asked for the same things, each in its own way."""
from pathlib import Path

from support import packages
from support.clients import program, run

SOURCE = '"""{summary}"""\n__version__ = "{version}"\nTEXT = {text!r}\n'


class Publisher:
    """A tool with a project of its own. `shows_reasons` is false for the one that tells people only the status."""

    shows_reasons = True

    def __init__(self, folder):
        self.folder = Path(folder)
        self.home = self.folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)

    def project(self, name, version, text):
        """Writes the project's sources afresh and builds them, if the tool builds at all before it publishes."""
        raise NotImplementedError

    def publish(self, upload_url, token):
        """Publishes what was built last."""
        raise NotImplementedError

    def sources(self, name, version, text, pyproject):
        root = self.folder / f"{name}-{version}"
        module = root / packages.escaped(name)
        module.mkdir(parents=True, exist_ok=True)
        (module / "__init__.py").write_text(SOURCE.format(summary=f"The package {name}.", version=version, text=text))
        (root / "README.md").write_text(f"# {name}\n\nMade *here*, with ünïcode.\n")
        (root / "pyproject.toml").write_text(pyproject.format(name=name, version=version))
        return root

    def files(self):
        return sorted(p for p in (self.root / "dist").iterdir() if p.suffix in (".whl", ".gz"))

    def run(self, *argv, **variables):
        return run(argv, self.home, cwd=self.root, **variables)

    def build(self, *argv, **variables):
        done = self.run(*argv, **variables)
        assert done, done.output


class Twine(Publisher):
    name = "twine"

    def project(self, name, version, text):
        self.root = self.folder / f"{name}-{version}"
        about = {"summary": text, "description": f"# {name}\n\nMade *here*, with ünïcode.\n"}
        packages.wheel(self.root / "dist", name, version, **about)
        packages.sdist(self.root / "dist", name, version, **about)

    def publish(self, upload_url, token):
        return self.run(program("twine"), "upload", "--non-interactive", "--disable-progress-bar",
                        "--repository-url", upload_url, "-u", "__token__", "-p", token, *self.files())


class UV(Twine):
    name = "uv"

    def publish(self, upload_url, token, *options):
        return self.run(program("tests", "uv"), "publish", "--publish-url", upload_url, "--token", token,
                        *options, *self.files())


PROJECT = '''\
[project]
name = "{name}"
version = "{version}"
description = "The package {name}"
readme = "README.md"
requires-python = ">=3.8"
keywords = ["alpha", "beta"]
classifiers = ["Programming Language :: Python :: 3"]
authors = [{{name = "A Person", email = "a@example.org"}}]
urls = {{Homepage = "https://example.org/"}}
'''


BUILD = '\n[build-system]\nrequires = ["{requires}"]\nbuild-backend = "{backend}"\n'


class Building(Publisher):
    """A tool that comes with a build backend. The backend's own hooks are called: the tools' `build` commands would
    fetch the backend once more, from an index, into an environment of its own."""

    requires = backend = None

    def project(self, name, version, text):
        pyproject = PROJECT + BUILD.format(requires=self.requires, backend=self.backend)
        self.root = self.sources(name, version, text, pyproject)
        (self.root / "dist").mkdir(exist_ok=True)
        self.build(program(self.name, "python"), "-c",
                   f"from {self.backend} import *; build_sdist('dist'); build_wheel('dist')")


class Poetry(Building):
    name, requires, backend = "poetry", "poetry-core>=2", "poetry.core.masonry.api"

    def publish(self, upload_url, token):
        return self.run(program("poetry"), "publish", "--repository", "rind", "--no-interaction",
                        POETRY_REPOSITORIES_RIND_URL=upload_url, POETRY_HTTP_BASIC_RIND_USERNAME="__token__",
                        POETRY_HTTP_BASIC_RIND_PASSWORD=token, POETRY_KEYRING_ENABLED="false")


class Hatch(Building):
    name, requires, backend = "hatch", "hatchling", "hatchling.build"

    def publish(self, upload_url, token):
        return self.run(program("hatch"), "--no-interactive", "publish", "-r", upload_url, "-u", "__token__",
                        "-a", token, *self.files())


class PDM(Building):
    name, requires, backend = "pdm", "pdm-backend", "pdm.backend"
    shows_reasons = False

    def publish(self, upload_url, token):
        return self.run(program("pdm"), "publish", "--no-build", "-r", upload_url, "-u", "__token__", "-P", token)


class Flit(Building):
    name, requires, backend = "flit", "flit_core>=3.4", "flit_core.buildapi"

    def publish(self, upload_url, token):
        # It builds once more, to the same bytes; the list of classifiers it would fetch is not ours to test.
        return self.run(program("flit"), "publish", "--no-use-vcs", FLIT_INDEX_URL=upload_url,
                        FLIT_USERNAME="__token__", FLIT_PASSWORD=token, FLIT_NO_NETWORK="1")


ALL = [Twine, UV, Poetry, Hatch, PDM, Flit]
