import ReleaseDifferences
import Testing

@Suite("What a file's words say that it can do") struct CapabilityTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(code: String, capabilities: Set<Capability>)] = [
        ("import os\nprint(os.path)",                              []),
        ("import requests",                                        [.network]),
        ("import json, urllib.request as r",                       [.network]),
        ("from urllib import request",                             [.network]),
        ("from urllib import parse",                               []),
        ("requests = []\nrequests.append(1)",                      []),
        ("# import subprocess",                                    []),
        ("'''\nimport subprocess\n'''",                            []),
        ("import subprocess",                                      [.execution]),
        ("from os import path, system",                            [.execution]),
        ("os.system('ls')",                                        [.execution]),
        ("self.os.system",                                         []),
        ("exec(x)",                                                [.dynamicCode]),
        ("executor(x); cursor.exec(x); model.eval()",              []),
        ("re.compile('x')",                                        []),
        ("__import__('subprocess')",                               [.execution]),
        ("importlib.import_module(\"urllib.request\")",            [.network]),
        ("os.environ.get('HOME')",                                 []),
        ("os.environ['HOME']",                                     []),
        ("dict(os.environ)",                                       [.environment]),
        ("repr(os.environ)",                                       [.environment]),
        ("os.environ.items()",                                     [.environment]),
        ("open('~/.aws/credentials')",                             [.credentials]),
        ("x = rb'id_rsa'",                                         [.credentials]),
        ("base64.b64decode(x)",                                    [.decoding]),
        ("bytes.fromhex('00')",                                    [.decoding]),
        ("os.chmod(p, 0o755)",                                     [.permission]),
        ("import (\n  # nothing\n)",                               []),
        ("from . import requests_helper",                          []),
        ("import ctypes.util",                                     [.nativeCode]),
    ]

    @Test("is read from names and texts, not from comments", arguments: table)
    func glance(code: String, capabilities: Set<Capability>) {
        var builder = InventoryBuilder(kind: .wheel(isForAnyPlatform: true))
        builder.add(path: "demo/a.py", content: Array(code.utf8))
        #expect(builder.inventory().capabilities(of: "demo/a.py") == capabilities)
    }

    @Test(
        "names the line", arguments: ["\n\nimport socket", "x = '''\n'''\nimport socket", "x = [\n1]\nimport socket"])
    func lines(code: String) {
        var builder = InventoryBuilder(kind: .sourceDistribution)
        builder.add(path: "demo-1.0/a.py", content: Array(code.utf8))
        #expect(builder.inventory().uses["a.py"]?.map(\.line) == [3])
    }

    @Test(
        "What is cut off anywhere is read to its end",
        arguments: ["'", "'''a", "\"\\", "from os import (", "f'{", "\\"])
    func cutOff(code: String) {
        var builder = InventoryBuilder(kind: .sourceDistribution)
        builder.add(path: "demo-1.0/a.py", content: Array(code.utf8))
        #expect(builder.inventory().uses.isEmpty)
    }

    // swift-format-ignore
    static let kinds: [(path: String, content: String, kind: MemberKind)] = [
        ("a.py",                   "",                   .python),
        ("a.pth",                  "../src\n",           .other),
        ("a.pth",                  "x\nimport os\n",     .startCode),
        ("a.pth",                  "important\n",        .other),
        ("sitecustomize.py",       "",                   .startCode),
        ("demo/sitecustomize.py",  "",                   .python),
        ("demo/run",               "#!/bin/sh\n",        .script),
        ("demo/run",               "#!/usr/bin/env python3\n", .python),
        ("demo/a.so",              "\u{7F}ELF",          .native),
        ("demo/a.png",             "no picture but a text", .disguised),
        ("demo/a.txt",             "text",               .other),
    ]

    @Test("A file is what its name and its first bytes say", arguments: kinds)
    func kind(path: String, content: String, kind: MemberKind) {
        #expect(MemberKind(path: path, content: Array(content.utf8)) == kind)
    }

    @Test("Entropy is that of Shannon")
    func entropy() {
        #expect(Entropy.bitsPerByte(of: [UInt8]()) == 0)
        #expect(Entropy.bitsPerByte(of: [7, 7, 7, 7]) == 0)
        #expect(abs(Entropy.bitsPerByte(of: [1, 2, 1, 2]) - 1) < 0.000_001)
        #expect(abs(Entropy.bitsPerByte(of: Array(0...255)) - 8) < 0.000_001)
        #expect(abs(Entropy.bitsPerByte(of: [1, 1, 1, 2]) - 0.811_278) < 0.000_01)
    }
}
