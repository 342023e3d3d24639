import PythonCode
import Testing

/// A file of these lines.
func read(_ lines: String..., for vocabulary: Vocabulary = .everything) -> PythonFile {
    PythonFile(reading: Array((lines.joined(separator: "\n") + "\n").utf8), for: vocabulary)
}

@Suite("Calls are known by their canonical names") struct CallTests {
    static let table: [(code: String, name: String, isIndirect: Bool)] = [
        ("import os\nos.system('x')", "os.system", false),
        ("import os as o\no.system('x')", "os.system", false),
        ("from os import system\nsystem('x')", "os.system", false),
        ("from subprocess import Popen as P\nP('x')", "subprocess.Popen", false),
        ("import os.path as p\np.join('x')", "os.path.join", false),
        ("import os, sys\nrun = os.system\nrun('x')", "os.system", false),
        ("import os\na = b = os\nb.system('x')", "os.system", false),
        ("import os\n(f := os.system)('x')", "os.system", false),
        ("import os, sys\na, b = sys, os\nb.system('x')", "os.system", false),
        ("__import__('os').system('x')", "os.system", true),
        ("__import__('o' + 's').system('x')", "os.system", true),
        ("import importlib\nimportlib.import_module('os').system('x')", "os.system", true),
        ("from importlib import import_module as i\ni('subprocess').run('x')", "subprocess.run", true),
        ("import os\ngetattr(os, 'sys' + 'tem')('x')", "os.system", true),
        ("import os\ngetattr(os, 'metsys'[::-1])('x')", "os.system", true),
        ("import os\nos.__dict__['system']('x')", "os.system", true),
        ("import os\nvars(os)['system']('x')", "os.system", true),
        ("import os\nos.__getattribute__('system')('x')", "os.system", true),
        ("import os\nos.system.__call__('x')", "os.system", true),
        ("import sys\nsys.modules['os'].system('x')", "os.system", true),
        ("globals()['ex' + 'ec']('x')", "exec", true),
        ("globals()['__builtins__'].exec('x')", "exec", true),
        ("__builtins__.eval('x')", "eval", true),
        ("import builtins\nbuiltins.exec('x')", "exec", true),
        ("from builtins import exec as e\ne('x')", "exec", true),
        ("import os\neval('os.system')('x')", "os.system", true),
        ("import os, functools\nfunctools.partial(os.system, 'x')()", "os.system", false),
        ("import os\nlist(map(os.system, ['x']))", "os.system", false),
        ("import os, threading\nthreading.Thread(target=os.system, args=('x',)).start()", "os.system", false),
        ("from os import *\nsystem('x')", "os.system", false),
        ("import os\nclass A:\n    run = os.system\nA.run('x')", "os.system", false),
        ("import os\ndef f(m):\n    m.system('x')\nf(os)", "os.system", false),
        ("import os\ndef f():\n    return os\nf().system('x')", "os.system", false),
        (
            "try:\n    import subprocess32 as s\nexcept ImportError:\n    import subprocess as s\ns.run('x')",
            "subprocess.run", false
        ),
        ("import socket\ns = socket.socket()\ns.connect('x')", "socket.socket.connect", false),
        ("open('y').write('x')", "open.write", false),
        ("class S(requests.Session): pass\nS().get('x')", "requests.Session.get", false),
        ("def f(s):\n    s.recv('x')", "?.recv", false),
        ("windll.kernel32.OpenProcess('x')", "windll.kernel32.OpenProcess", false),
        ("exec 'x' in scope", "exec", false),
        ("print 'x'", "print", false),
        ("match y:\n    case [a, b] if f('x'):\n        pass", "f", false),
        ("match y:\n    case {'k': v}:\n        os.system('x')", "os.system", false),
        ("case = exec\ncase('x')", "exec", false),
        ("f'{exec(\"x\")}'", "exec", false),
        ("f'{f\"{exec('x')}\"}'", "exec", false),
        ("def g(a=exec('x')): pass", "exec", false),
        ("@exec('x')\ndef g(): pass", "exec", false),
        ("lambda: exec('x')", "exec", false),
        ("[exec('x') for y in z]", "exec", false),
        ("async def f():\n    await g('x')", "g", false),
        ("with (g('x') as y, z):\n    pass", "g", false),
        ("x = 1; \\\n  exec('x')", "exec", false),
        ("ｅｘｅｃ('x')", "exec", false),
        ("𝐞𝐱𝐞𝐜('x')", "exec", false),
    ]

    @Test("whatever way they are got at", arguments: table.indices)
    func name(index: Int) {
        let (code, name, isIndirect) = Self.table[index]
        let calls = read(code).calls.filter { $0.argument(0)?.text == "x" && $0.name == name }
        #expect(calls.first?.isIndirect == isIndirect, "\(code): \(read(code).calls.map(\.name))")
    }

    @Test("and by where they are and when they run")
    func place() {
        let file = read(
            "import os", "os.system('a')", "def f():", "    os.system('b')", "def g():", "    os.system('c')", "f()",
            "class C:", "    os.system('d')", "    def m(self):", "        os.system('e')",
            "if __name__ == '__main__':", "    os.system('h')", "    g()", "def never():", "    os.system('i')")
        let calls = file.calls.filter { $0.name == "os.system" }
        #expect(calls.map(\.position.line) == [2, 4, 6, 9, 11, 13, 16])
        #expect(calls.map(\.place.function) == [nil, "f", "g", nil, "C.m", nil, "never"])
        #expect(calls.map(\.place.type) == [nil, nil, nil, "C", "C", nil, nil])
        #expect(
            calls.map(\.place.run) == [
                .onImport, .onImport, .asProgram, .onImport, .whenCalled, .asProgram, .whenCalled,
            ])
    }

    @Test("Arguments keep their keywords, and containers what is in them")
    func arguments() {
        let file = read(
            "import os", "setup(name='x', cmdclass={'install': Evil, 'b': os.system}, *a, **k)",
            "run(['sh', '-c', x], shell=True)")
        let setup = file.calls[0]
        #expect(setup.arguments.map(\.keyword) == ["name", "cmdclass", nil, nil])
        #expect(setup.arguments.map(\.isUnpacked) == [false, false, true, true])
        let classes = setup.argument(nil, "cmdclass")
        #expect(classes?.isContainer == true)
        #expect(classes?.entries.map(\.key) == ["install", "b"])
        #expect(classes?.entries.map(\.value.name) == ["Evil", "os.system"])
        let run = file.calls[1]
        #expect(run.argument(0)?.text == "sh -c")
        #expect(run.argument(1, "shell")?.text == "True")
    }

    @Test("Definitions say their bases, decorators and methods")
    func definitions() {
        let file = read(
            "from setuptools.command.install import install as base", "@register", "class Install(base):",
            "    def run(self):", "        base.run(self)", "    x = 1", "def f(): pass")
        #expect(file.definitions.map(\.name).sorted() == ["Install", "Install.run", "f"])
        let type = file.definitions.first { $0.kind == .type }
        #expect(type?.bases == ["setuptools.command.install.install"])
        #expect(type?.decorators == ["register"])
        #expect(type?.methods == ["run"])
        #expect(type?.position.line == 3)
        #expect(type?.lastLine == 6)
    }

    @Test("Reads and assignments of what the vocabulary names are said, with their keys")
    func readsAndAssignments() {
        let file = read(
            "import os, socket", "x = os.environ['HOME']", "os.environ['LD_PRELOAD'] = 'y'",
            "socket.socket.connect = f", "g(os.system)",
            for: Vocabulary(names: ["os.environ", "os.system", "socket.*"]))
        #expect(file.reads.filter { $0.name == "os.environ" }.map(\.key) == ["HOME", nil])
        #expect(file.reads.contains { $0.name == "os.system" && $0.position.line == 5 })
        #expect(file.assignments.map(\.target) == ["x", "os.environ", "socket.socket.connect"])
        #expect(file.assignments.map(\.key) == [nil, "LD_PRELOAD", nil])
    }

    @Test("Imports say what they import")
    func imports() {
        let file = read(
            "import os as o, sys", "from .a.b import c as d", "from x import *", "__import__('q.r')")
        #expect(
            file.imports.map(\.name) == ["os", "sys", ".a.b.c", "x.*", "q.r"])
        #expect(file.imports.map(\.alias) == ["o", "sys", "d", "", ""])
        #expect(file.imports.map(\.isIndirect) == [false, false, false, false, true])
    }
}
