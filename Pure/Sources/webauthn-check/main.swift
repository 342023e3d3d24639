// Judges the ceremonies of a case file, one line of JSON each; `Tests/WebAuthnTests` does the same with the public
// vectors. Ends with 0 whatever the verdicts are, with 1 where a file is no case file, with 2 for wrong usage.

import Foundation
import WebAuthnCheck

guard CommandLine.arguments.count == 2, let path = CommandLine.arguments.last, !path.hasPrefix("-") else {
    FileHandle.standardError.write(
        Data("usage: webauthn-check FILE\nFILE holds WebAuthn ceremonies as JSON: {\"cases\": [...]}.\n".utf8))
    exit(2)
}
guard let contents = FileManager.default.contents(atPath: path) else {
    FileHandle.standardError.write(Data("webauthn-check: \(path) cannot be read\n".utf8))
    exit(1)
}
let verdicts = await CaseVerdict.judge(file: contents, name: URL(filePath: path).lastPathComponent)
let encoder = JSONEncoder()
encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
for verdict in verdicts {
    var line = try encoder.encode(verdict)
    line.append(UInt8(ascii: "\n"))
    FileHandle.standardOutput.write(line)
}
exit(verdicts.count == 1 && verdicts[0].reason == "unreadable file" ? 1 : 0)
