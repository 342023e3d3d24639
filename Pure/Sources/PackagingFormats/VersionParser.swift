import Bytes

// The grammar of PEP 440, appendix B, read from front to back. Nothing in it needs to go back further than to the
// beginning of a part.

extension Version {
    /// Whether the offsets of the layout are true, for a longer text does not fit them.
    var fits: Bool { normalized.utf8.count > 0 }

    /// Reads the longest version that begins here; the reader then stands behind it. Nil when none begins here.
    ///
    /// A version that is too long to keep comes out with an empty text (see `fits`), so that the caller can say so.
    init?(from reader: inout ByteReader, allowsLocal: Bool = true, allowsParts: Bool = true) {
        let start = reader.position
        if reader.next == UInt8(ascii: "v") || reader.next == UInt8(ascii: "V") { reader.position += 1 }
        guard let first = reader.next, first.isASCIIDigit else { return nil }
        var writer = VersionWriter()
        writer.epochAndRelease(from: &reader)
        if allowsParts {
            writer.preRelease(from: &reader)
            writer.postRelease(from: &reader)
            writer.development(from: &reader)
        }
        writer.endPublic()
        if allowsLocal { writer.local(from: &reader) }
        guard reader.position - start <= Self.maximumLength else {
            self.init(normalized: "", layout: Layout())
            return
        }
        self.init(normalized: String(decoding: writer.output, as: UTF8.self), layout: writer.layout)
    }
}

/// Writes the normal form while the parts are read.
private struct VersionWriter {
    var output: [UInt8] = []
    /// Meaningless when the output is too long for it, which `Version.init(from:)` finds out.
    var layout = Version.Layout()

    init() { output.reserveCapacity(24) }

    private var mark: UInt8 { UInt8(truncatingIfNeeded: output.count) }

    mutating func epochAndRelease(from reader: inout ByteReader) {
        number(from: &reader)
        if reader.next == UInt8(ascii: "!"), let digit = reader.peek(1), digit.isASCIIDigit {
            reader.position += 1
            if output == [UInt8(ascii: "0")] { output = [] } else { output.append(UInt8(ascii: "!")) }
            layout.releaseStart = mark
            number(from: &reader)
        }
        layout.significantEnd = mark
        while reader.next == UInt8(ascii: "."), let digit = reader.peek(1), digit.isASCIIDigit {
            reader.position += 1
            output.append(UInt8(ascii: "."))
            let start = output.count
            number(from: &reader)
            if output.count > start + 1 || output[start] != UInt8(ascii: "0") { layout.significantEnd = mark }
        }
        layout.releaseEnd = mark
        layout.preEnd = mark
        layout.postEnd = mark
    }

    mutating func preRelease(from reader: inout ByteReader) {
        let start = reader.position
        separator(from: &reader)
        // The longer spellings first, since each short one begins a longer one.
        if reader.consumeIgnoringCase("alpha") || reader.consumeIgnoringCase("a") {
            output.append(UInt8(ascii: "a"))
        } else if reader.consumeIgnoringCase("beta") || reader.consumeIgnoringCase("b") {
            output.append(UInt8(ascii: "b"))
        } else if reader.consumeIgnoringCase("preview") || reader.consumeIgnoringCase("pre")
            || reader.consumeIgnoringCase("c") || reader.consumeIgnoringCase("rc")
        {
            output.append(contentsOf: "rc".utf8)
        } else {
            reader.position = start
            return
        }
        optionalNumber(from: &reader)
        layout.preEnd = mark
        layout.postEnd = mark
    }

    mutating func postRelease(from reader: inout ByteReader) {
        let start = reader.position
        if reader.next == UInt8(ascii: "-"), let digit = reader.peek(1), digit.isASCIIDigit {
            reader.position += 1
            output.append(contentsOf: ".post".utf8)
            number(from: &reader)
            layout.postEnd = mark
            return
        }
        separator(from: &reader)
        guard
            reader.consumeIgnoringCase("post") || reader.consumeIgnoringCase("rev") || reader.consumeIgnoringCase("r")
        else {
            reader.position = start
            return
        }
        output.append(contentsOf: ".post".utf8)
        optionalNumber(from: &reader)
        layout.postEnd = mark
    }

    mutating func development(from reader: inout ByteReader) {
        let start = reader.position
        separator(from: &reader)
        guard reader.consumeIgnoringCase("dev") else {
            reader.position = start
            return
        }
        output.append(contentsOf: ".dev".utf8)
        optionalNumber(from: &reader)
    }

    mutating func endPublic() { layout.publicEnd = mark }

    mutating func local(from reader: inout ByteReader) {
        guard reader.next == UInt8(ascii: "+"), let first = reader.peek(1), first.isASCIIAlphanumeric else { return }
        output.append(UInt8(ascii: "+"))
        repeat {
            reader.position += 1
            let start = reader.position
            reader.skip { $0.isASCIIAlphanumeric }
            let part = reader.bytes[start..<reader.position]
            if part.allSatisfy(\.isASCIIDigit) {
                appendDigits(part)
            } else {
                output.append(contentsOf: part.lazy.map(\.asciiLowercased))
            }
            guard let next = reader.next, next.isSeparator, let after = reader.peek(1), after.isASCIIAlphanumeric else {
                return
            }
            output.append(UInt8(ascii: "."))
        } while true
    }

    /// A separator, if there is one.
    private func separator(from reader: inout ByteReader) {
        if let next = reader.next, next.isSeparator { reader.position += 1 }
    }

    /// The number of a part, 0 when it is left out; a separator may come first.
    private mutating func optionalNumber(from reader: inout ByteReader) {
        separator(from: &reader)
        if let next = reader.next, next.isASCIIDigit {
            number(from: &reader)
        } else {
            output.append(UInt8(ascii: "0"))
        }
    }

    private mutating func number(from reader: inout ByteReader) {
        let start = reader.position
        reader.skip(while: \.isASCIIDigit)
        appendDigits(reader.bytes[start..<reader.position])
    }

    /// The digits without leading zeros.
    private mutating func appendDigits(_ digits: ArraySlice<UInt8>) {
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        output.append(contentsOf: significant.isEmpty ? digits.suffix(1) : significant)
    }
}
