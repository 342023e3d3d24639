import PythonSyntax

// Known functions and methods of constants.
extension Flow {
    /// Functions whose result depends on their arguments alone.
    mutating func foldPure(_ fold: Fold, _ values: [Value], from mark: Int, at position: Int32) -> Value? {
        guard let first = values.first else { return nil }
        switch fold {
        case .chr:
            guard let number = integer(first), number >= 0, number < 0x11_0000 else { return nil }
            return make(.string, Decoding.text([UInt32(number)]), of: [first], [.characters], at: position)
        case .ord:
            guard let text = text(first), text.count <= 4, let scalar = Decoding.scalars(text).first else { return nil }
            return integer(Int(scalar), at: position).adding(first.origins, &origins)
        case .length:
            guard first.constant != 0 else { return Value() }
            let constant = constants[Int(first.constant)]
            return constant.isText || constant.isContainer
                ? integer(constant.kind == .dictionary ? Int(constant.count) / 2 : Int(constant.count), at: position)
                : Value()
        case .str: return foldString(values, at: position)
        case .bytes: return foldBytes(values, at: position)
        case .int: return foldInteger(values, at: position)
        case .hex:
            guard let number = integer(first) else { return nil }
            let digits = number < 0 ? "-0x" + String(-number, radix: 16) : "0x" + String(number, radix: 16)
            return make(.string, Array(digits.utf8), of: [first], [.characters], at: position)
        case .list, .tuple:
            guard let elements = sequence(first) else { return nil }
            return container(fold == .list ? .list : .tuple, elements, at: position)
        case .reversed:
            guard first.constant != 0 else { return nil }
            if constants[Int(first.constant)].kind == .string {
                return slice(
                    first, [.unknown, .unknown, integer(-1, at: position)], [false, false, true], at: position)
            }
            guard let elements = sequence(first) else { return nil }
            return container(.list, elements.reversed(), at: position)
        case .range:
            let numbers = values.map { integer($0) }
            guard values.count <= 3, !numbers.contains(nil) else { return nil }
            let given = numbers.compactMap { $0 }
            let (start, end, step) =
                given.count == 1 ? (0, given[0], 1) : (given[0], given[1], given.count == 3 ? given[2] : 1)
            guard step != 0, abs(start / 2) < 1 << 40, abs(end / 2) < 1 << 40, abs(step / 2) < 1 << 40,
                (end - start) / step <= 40_000
            else { return nil }
            let cost = 32 * max(0, (end - start) / step)
            guard canSpend(cost), spend(cost) else { return nil }
            return container(
                .list, stride(from: start, to: end, by: step).map { integer($0, at: position) }, at: position)
        case .makeTranslation:
            return values.count == 2 && first.constant != 0 && values[1].constant != 0
                ? container(.tuple, [first, values[1]], at: position) : nil
        case .codecs:
            guard values.count >= 2, let codec = text(values[1]) else { return nil }
            return decode(first, String(decoding: codec, as: UTF8.self), at: position)
        case .decompress: return decompressed(first, at: position)
        case .base64, .base32, .base16, .base85, .ascii85, .hexadecimal: return decode(first, fold, at: position)
        case .join, .format, .decode, .encode, .lower, .upper, .replace:
            // `str.join("", parts)`
            return method(fold, 0, first, Array(values.dropFirst()), from: mark, Node(kind: .call, position: position))
        default: return nil
        }
    }

    /// A decoding by one of the functions for it.
    private mutating func decode(_ value: Value, _ fold: Fold, at position: Int32) -> Value? {
        guard let text = text(value) else { return nil }
        let (decoded, step): ([UInt8]?, FoldingSteps) =
            switch fold {
            case .base64: (Decoding.base64(text), .base64)
            case .base32: (Decoding.base32(text), .base32)
            case .base85: (Decoding.base85(text), .base85)
            case .ascii85: (Decoding.ascii85(text), .base85)
            default: (Decoding.hexadecimal(text), .hexadecimal)
            }
        guard let decoded, !constants[Int(value.constant)].isPartial else { return nil }
        return make(.bytes, decoded, of: [value], step, decodings: 1, at: position)
    }

    private mutating func decompressed(_ value: Value, at position: Int32) -> Value? {
        // What comes out is not known here; that it was constant is.
        guard value.constant != 0 else { return nil }
        constants[Int(value.constant)].isUsed = true
        return nil
    }

    /// By the name of a codec.
    private mutating func decode(_ value: Value, _ codec: String, at position: Int32) -> Value? {
        let name = codec.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
        switch name {
        case "rot13":
            guard let text = text(value) else { return nil }
            return make(.string, Decoding.rot13(text), of: [value], .rot13, decodings: 1, at: position)
        case "hex", "hexcodec": return decode(value, .hexadecimal, at: position)
        case "base64", "base64codec": return decode(value, .base64, at: position)
        case "unicodeescape", "rawunicodeescape", "stringescape":
            guard let text = text(value) else { return nil }
            var resolved: [UInt8] = []
            text.withUnsafeBufferPointer { _ = Literal.resolve($0, [], .utf8, into: &resolved) }
            return make(.string, resolved, of: [value], .escapes, decodings: 1, at: position)
        case "utf8", "ascii", "usascii", "u8", "utf8sig":
            guard let text = text(value) else { return nil }
            return make(.string, text, of: [value], .charset, at: position)
        case "latin1", "iso88591", "cp1252", "charmap", "raw":
            guard let text = text(value) else { return nil }
            return make(.string, Decoding.latin1(text), of: [value], .charset, at: position)
        case "utf16", "utf16le", "utf16be":
            guard let text = text(value) else { return nil }
            return make(
                .string, Decoding.utf16(text, bigEndian: name == "utf16be"), of: [value], .charset, at: position)
        default: return nil
        }
    }

    private mutating func foldString(_ values: [Value], at position: Int32) -> Value? {
        let first = values[0]
        guard first.constant != 0 else { return nil }
        if constants[Int(first.constant)].kind == .bytes {
            return values.count > 1
                ? method(.decode, 0, first, [values[1]], from: arguments.count, Node(kind: .call, position: position))
                : nil
        }
        if constants[Int(first.constant)].kind == .string { return first }
        guard let text = printed(first) else { return nil }
        return make(.string, text, of: [first], [.characters], at: position)
    }

    private mutating func foldBytes(_ values: [Value], at position: Int32) -> Value? {
        let first = values[0]
        guard first.constant != 0 else { return nil }
        let constant = constants[Int(first.constant)]
        switch constant.kind {
        case .bytes: return first
        case .string:
            guard let text = text(first) else { return nil }
            return make(.bytes, text, of: [first], [.charset], at: position)
        case .list, .tuple:
            guard spend(Int(constant.count)) else { return nil }
            var bytes: [UInt8] = []
            for item in items(constant) {
                guard let number = integer(item), (0...255).contains(number) else { return nil }
                bytes.append(UInt8(number))
            }
            return make(.bytes, bytes, of: [first], [.characters], at: position)
        default: return nil
        }
    }

    private mutating func foldInteger(_ values: [Value], at position: Int32) -> Value? {
        if let number = integer(values[0]) { return integer(number, at: position) }
        guard let text = text(values[0]), text.count <= 80 else { return nil }
        var digits = String(decoding: text, as: UTF8.self).lowercased().filter { $0 != "_" && $0 != " " }
        var radix = values.count > 1 ? integer(values[1]) ?? 10 : 10
        for (prefix, base) in [("0x", 16), ("0b", 2), ("0o", 8)] where digits.hasPrefix(prefix) {
            if radix == base || radix == 0 {
                digits = String(digits.dropFirst(2))
                radix = base
            }
        }
        guard (2...36).contains(radix), let number = Int(digits, radix: radix) else { return nil }
        return integer(number, at: position).adding(values[0].origins, &origins)
    }

    // MARK: Methods of constants

    mutating func method(
        _ fold: Fold, _ word: Int32, _ receiver: Value, _ values: [Value], from mark: Int, _ node: Node
    ) -> Value? {
        guard receiver.constant != 0 else { return nil }
        let position = node.position
        let kind = constants[Int(receiver.constant)].kind
        switch fold {
        case .join: return values.first.flatMap { join(receiver, $0, at: position) }
        case .format: return format(receiver, from: mark, at: position)
        case .replace:
            guard values.count >= 2, let text = text(receiver), let old = self.text(values[0]),
                let new = self.text(values[1])
            else { return nil }
            guard let replaced = replace(text, old, new) else { return nil }
            return make(kind, replaced, of: [receiver] + values, [.replacement], at: position)
        case .split: return split(receiver, values, at: position)
        case .strip:
            guard let text = text(receiver) else { return nil }
            let set = values.first.flatMap { self.text($0) } ?? [0x20, 9, 10, 11, 12, 13]
            let isLeft = word == 0 || !isWord(word, "rstrip")
            let isRight = word == 0 || !isWord(word, "lstrip")
            var stripped = text[...]
            if isLeft { stripped = stripped.drop { set.contains($0) } }
            if isRight { while let last = stripped.last, set.contains(last) { stripped.removeLast() } }
            return make(kind, Array(stripped), of: [receiver], [], at: position)
        case .lower, .upper, .swapcase:
            guard let text = text(receiver) else { return nil }
            let mapped = text.map { byte in
                let isUpper = byte &- 0x41 < 26
                let isLower = byte &- 0x61 < 26
                return (isUpper && fold != .upper) || (isLower && fold != .lower) ? byte ^ 0x20 : byte
            }
            return make(kind, mapped, of: [receiver], [.replacement], at: position)
        case .decode, .encode:
            guard let codec = values.first ?? keyword("encoding", from: mark) else {
                guard let text = text(receiver) else { return nil }
                return make(fold == .decode ? .string : .bytes, text, of: [receiver], .charset, at: position)
            }
            guard let name = text(codec) else { return nil }
            return code(receiver, String(decoding: name, as: UTF8.self), isDecoding: fold == .decode, at: position)
        case .translate: return translate(receiver, values, at: position)
        case .toHex:
            guard kind == .bytes, let text = text(receiver) else { return nil }
            var digits: [UInt8] = []
            for byte in text {
                digits.append(Self.hexDigits[Int(byte >> 4)])
                digits.append(Self.hexDigits[Int(byte & 15)])
            }
            return make(.string, digits, of: [receiver], [.characters], at: position)
        case .get:
            guard kind == .dictionary, let key = values.first.flatMap({ text($0) }) else { return nil }
            return entry(of: receiver, key)
        case .hexadecimal: return values.first.flatMap { foldPure(fold, [$0], from: mark, at: position) }
        case .items, .values:
            guard kind == .dictionary, let entries = entries(receiver) else { return nil }
            let items = entries.map { key, value in
                fold == .values ? value : container(.tuple, [key, value], at: position)
            }
            return container(.list, items, at: position)
        case .joinPathMethod: return joined(path: [receiver] + values, at: position)
        case .copy: return receiver
        default: return nil
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private mutating func entries(_ value: Value) -> [(Value, Value)]? {
        let constant = constants[Int(value.constant)]
        guard spend(Int(constant.count) * 8) else { return nil }
        return stride(from: constant.start, to: constant.start + Int(constant.count) - 1, by: 2)
            .map { (elements[$0], elements[$0 + 1]) }
    }

    private func keyword(_ text: StaticString, from mark: Int) -> Value? {
        guard mark <= arguments.count else { return nil }
        return arguments[mark...].first { $0.keyword > 0 && isWord($0.keyword, text) }?.value
    }

    private mutating func code(_ value: Value, _ codec: String, isDecoding: Bool, at position: Int32) -> Value? {
        let name = codec.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
        if isDecoding || name == "rot13" { return decode(value, codec, at: position) }
        guard ["utf8", "ascii", "usascii", "latin1", "iso88591", "cp1252", "unicodeescape"].contains(name),
            let text = text(value)
        else { return nil }
        if name == "latin1" || name == "iso88591" || name == "cp1252" {
            let bytes = Decoding.scalars(text).map { UInt8(truncatingIfNeeded: $0) }
            return make(.bytes, bytes, of: [value], .charset, at: position)
        }
        return make(.bytes, text, of: [value], .charset, at: position)
    }

    private mutating func replace(_ text: [UInt8], _ old: [UInt8], _ new: [UInt8]) -> [UInt8]? {
        guard let first = old.first else { return text }
        var replaced: [UInt8] = []
        var place = 0
        while place < text.count {
            if text[place] == first, place + old.count <= text.count,
                text[place..<(place + old.count)].elementsEqual(old)
            {
                // What is looked for may be as long as the text; each byte that is compared counts.
                guard spend(new.count) else { return nil }
                replaced += new
                place += old.count
            } else {
                if text[place] == first, !spend(old.count) { return nil }
                replaced.append(text[place])
                place += 1
            }
        }
        return replaced
    }

    private mutating func split(_ receiver: Value, _ values: [Value], at position: Int32) -> Value? {
        guard let text = text(receiver) else { return nil }
        let kind = constants[Int(receiver.constant)].kind
        var parts: [[UInt8]] = []
        if let first = values.first {
            guard let separator = self.text(first), let head = separator.first else { return nil }
            var part: [UInt8] = []
            var place = 0
            while place < text.count {
                if text[place] == head, place + separator.count <= text.count {
                    guard spend(separator.count) else { return nil }
                    if text[place..<(place + separator.count)].elementsEqual(separator) {
                        parts.append(part)
                        part = []
                        place += separator.count
                        continue
                    }
                }
                part.append(text[place])
                place += 1
            }
            parts.append(part)
        } else {
            parts = text.split { $0 == 0x20 || (9...13).contains($0) }.map(Array.init)
        }
        guard parts.count <= 40_000, spend(32 * parts.count) else { return nil }
        let items = parts.map { make(kind, $0, of: [receiver], [.slicing], at: position) }
        return container(.list, items, at: position)
    }

    private mutating func translate(_ receiver: Value, _ values: [Value], at position: Int32) -> Value? {
        guard let table = values.first, table.constant != 0, let text = text(receiver) else { return nil }
        let constant = constants[Int(table.constant)]
        let kind = constants[Int(receiver.constant)].kind
        guard constant.kind == .tuple, constant.count == 2 else { return nil }
        let pair = Array(items(constant))
        guard let from = self.text(pair[0]), let to = self.text(pair[1]) else { return nil }
        let (keys, letters) = (Decoding.scalars(from), Decoding.scalars(to))
        guard keys.count == letters.count else { return nil }
        let map = Dictionary(zip(keys, letters), uniquingKeysWith: { $1 })
        let mapped = Decoding.text(Decoding.scalars(text).map { map[$0] ?? $0 })
        return make(kind, mapped, of: [receiver], [.replacement], decodings: 1, at: position)
    }

    /// `"{} {0} {name}".format(…)`
    private mutating func format(_ receiver: Value, from mark: Int, at position: Int32) -> Value? {
        guard let pattern = text(receiver) else { return nil }
        let given = mark <= arguments.count ? Array(arguments[mark...]) : []
        let positional = given.filter { $0.keyword == ArgumentKind.positional }.map(\.value)
        var made: [UInt8] = []
        var isPartial = false
        var next = 0
        var place = 0
        while place < pattern.count {
            let byte = pattern[place]
            place += 1
            if byte == 0x7b || byte == 0x7d, place < pattern.count, pattern[place] == byte {
                made.append(byte)
                place += 1
                continue
            }
            guard byte == 0x7b else {
                made.append(byte)
                continue
            }
            let field = Array(pattern[place...].prefix { $0 != 0x7d })
            place = min(pattern.count, place + field.count + 1)
            let name = Array(field.prefix { $0 != 0x3a && $0 != 0x21 && $0 != 0x2e && $0 != 0x5b })
            var value: Value?
            if name.isEmpty {
                value = next < positional.count ? positional[next] : nil
                next += 1
            } else if let index = Int(String(decoding: name, as: UTF8.self)) {
                value = positional.indices.contains(index) ? positional[index] : nil
            } else {
                value = given.first { $0.keyword > 0 && names.bytes($0.keyword).elementsEqual(name) }?.value
            }
            let hasMore = field.count > name.count && field[name.count] != 0x3a && field[name.count] != 0x21
            if let value, !hasMore, let text = printed(value) {
                made += text
            } else {
                isPartial = true
                made += Self.unknownPart
            }
            if made.count > 2_000_000 { return nil }
        }
        return make(
            .string, made, of: [receiver] + given.map(\.value), [.formatting], isPartial: isPartial, at: position)
    }
}
