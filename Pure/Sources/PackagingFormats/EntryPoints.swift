import Bytes

/// What is wrong with the `entry_points.txt` of a wheel.
///
/// Installers make programs of what stands in it, named as it says. The file is INI, and its two readers take it
/// differently: Python's `configparser`, by which PyPI checks it, folds an indented line into the one before and passes
/// over a line behind `;`; `importlib.metadata` and pip see entries in both. So nothing is taken that they could read
/// differently.
///
/// Source: packaging.python.org, "Entry points specification".
public enum InvalidEntryPoints: Error, Equatable, Sendable {
    /// Not UTF-8.
    case encoding
    /// A line, counted from 1, before any `[group]`.
    case noGroup(line: Int)
    /// A line that is neither a group nor `name = object`.
    case line(Int)
    /// A line that is indented deeper than the one before, which some readers take for a part of that.
    case folded(line: Int)
    /// A group, or a name in a group, that is there twice.
    case repeated(String)
    /// The name of a program that is not letters, digits, `.`, `-` and `_`.
    case name(String, group: String)
    /// What is not `module` or `module:object`, perhaps with extras.
    case reference(String, name: String, group: String)
    /// A program without the function to call.
    case noFunction(name: String, group: String)

    /// What is wrong and what to do, in a sentence that is safe to show to anyone.
    public var explanation: String {
        switch self {
        case .encoding: "entry_points.txt is not UTF-8."
        case .noGroup(let line): "Line \(line) of entry_points.txt stands before any [group]."
        case .line(let line): "Line \(line) of entry_points.txt is neither a [group] nor 'name = module:object'."
        case .folded(let line):
            "Line \(line) of entry_points.txt is indented deeper than the line before, so that it has two meanings."
        case .repeated(let name): "\(quoted(name)) is in entry_points.txt twice."
        case .name(let name, let group):
            "\(quoted(name)) in [\(shown(group))] of entry_points.txt cannot be the name of a program: "
                + "use only letters, digits, '.', '-' and '_'."
        case .reference(let reference, let name, let group):
            "\(quoted(name)) in [\(shown(group))] of entry_points.txt is \(quoted(reference)), "
                + "which is not of the form 'module:object'."
        case .noFunction(let name, let group):
            "\(quoted(name)) in [\(shown(group))] of entry_points.txt names no function to call: write 'module:function'."
        }
    }

    private func shown(_ group: String) -> String { String(quoted(group).dropFirst().dropLast()) }
}

/// Reads `entry_points.txt` to judge it.
public enum EntryPoints {
    /// Throws the first thing that is wrong with the bytes of `entry_points.txt`. Nothing in it is fine.
    public static func check(_ bytes: [UInt8]) throws(InvalidEntryPoints) {
        // By bytes, since nothing is known yet of what the text holds (see `CombiningMarks`): CR LF is one line end.
        let unpaired = bytes.indices.lazy.filter { !bytes[$0...].starts(with: "\r\n".utf8) }.map { bytes[$0] }
        guard let text = String(validating: Array(unpaired), as: UTF8.self) else { throw .encoding }
        var groups: Set<String> = []
        var group: String?
        var names: Set<String> = []
        // Deeper than this, `configparser` takes a line for a part of the value before.
        var indentation = Int.max
        let lines = text.unicodeScalars.split(omittingEmptySubsequences: false, whereSeparator: \.endsLine)
        for (number, line) in zip(1..., lines) {
            let content = Whitespace.trim(Substring(line))
            // Names become keys, and comparing long texts with many accents takes long.
            guard content.utf8.count <= 4_096 else { throw .line(number) }
            if content.isEmpty || content.utf8.first == UInt8(ascii: "#") { continue }
            if content.utf8.first == UInt8(ascii: ";"), !content.utf8.contains(UInt8(ascii: "=")) { continue }
            let depth = line.prefix { $0.properties.isWhitespace }.count
            guard depth <= indentation else { throw .folded(line: number) }
            if content.utf8.first == UInt8(ascii: "["), content.utf8.last == UInt8(ascii: "]") {
                let name = String(content.dropFirst().dropLast())
                // Some readers take the white space off: `[ console_scripts ]` would be programs to them alone.
                guard !name.isEmpty, Whitespace.trim(name) == name else { throw .line(number) }
                guard groups.insert(name).inserted else { throw .repeated("[\(name)]") }
                (group, names, indentation) = (name, [], .max)
                continue
            }
            guard let group else { throw .noGroup(line: number) }
            guard let equals = content.utf8.firstIndex(of: UInt8(ascii: "=")) else { throw .line(number) }
            indentation = depth
            let name = Whitespace.trim(content[..<equals])
            let reference = Whitespace.trim(content[content.utf8.index(after: equals)...])
            // A name with a bracket is a group to some.
            guard !name.isEmpty, name.utf8.first != UInt8(ascii: "[") else { throw .line(number) }
            guard names.insert(name).inserted else { throw .repeated(name) }
            try check(name, reference, in: group)
        }
    }

    /// The groups of which installers make programs, and the one that `configparser` counts to all others.
    private static let programs: Set<String> = ["console_scripts", "gui_scripts", "DEFAULT"]

    private static func check(
        _ name: String, _ reference: String, in group: String
    ) throws(InvalidEntryPoints) {
        let isProgram = programs.contains(group)
        if isProgram {
            let isPlain = name.unicodeScalars.allSatisfy { scalar in
                scalar == "." || scalar == "-" || isWord(scalar)
            }
            guard isPlain, name != ".", name != ".." else { throw .name(name, group: group) }
        }
        guard let parts = parts(of: reference) else { throw .reference(reference, name: name, group: group) }
        guard isProgram else { return }
        let names = [parts.module] + (parts.object.map { [$0] } ?? [])
        guard names.allSatisfy(isDottedName) else { throw .reference(reference, name: name, group: group) }
        guard parts.object != nil else { throw .noFunction(name: name, group: group) }
    }

    /// Module and object of a reference; nil for anything else. As `importlib.metadata` takes it apart: words and dots,
    /// a colon, words and dots, extras in brackets.
    private static func parts(of reference: String) -> (module: String, object: String?)? {
        let bracket = reference.utf8.firstIndex(of: UInt8(ascii: "["))
        if bracket != nil, reference.utf8.last != UInt8(ascii: "]") { return nil }
        let plain = reference[..<(bracket ?? reference.endIndex)]
        let pieces = plain.split(separator: ":", omittingEmptySubsequences: false).map { Whitespace.trim($0) }
        guard pieces.count <= 2, let module = pieces.first else { return nil }
        let areWords = pieces.allSatisfy { piece in
            !piece.isEmpty && piece.unicodeScalars.allSatisfy { $0 == "." || isWord($0) }
        }
        return areWords ? (module, pieces.count == 2 ? pieces[1] : nil) : nil
    }

    /// What a regular expression's `\w` matches in Python: letters, digits and `_`.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return UInt8(ascii: scalar).isASCIIAlphanumeric || scalar == "_" }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    /// Identifiers with dots between them.
    private static func isDottedName(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.unicodeScalars.first else { return false }
            return (first == "_" || first.properties.isXIDStart)
                && part.unicodeScalars.dropFirst().allSatisfy(\.properties.isXIDContinue)
        }
    }
}
