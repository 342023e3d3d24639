import Bytes

/// The items of an `Accept` or `Accept-Encoding` header with their weights (RFC 9110, section 12.4.2).
///
/// Reading is lenient, as these headers only express wishes: an item with a malformed weight counts as unwanted.
struct WeightedList: Sequence, IteratorProtocol {
    struct Item: Equatable {
        /// Without parameters and surrounding blanks, in lowercase.
        var name: String
        /// 0 (not acceptable) to 1000.
        var weight: Int
    }

    private var rest: Substring.UTF8View

    init(_ header: String) { rest = header[...].utf8 }

    mutating func next() -> Item? {
        while !rest.isEmpty {
            let element = rest.prefix { $0 != UInt8(ascii: ",") }
            rest = rest[element.endIndex...].dropFirst()
            var parts = element.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[...]
            guard let name = parts.popFirst()?.trimmed, !name.isEmpty else { continue }
            let weight = parts.lazy.compactMap { Self.weight(ofParameter: $0.trimmed) }.first ?? 1000
            return Item(name: Substring(name).lowercased(), weight: weight)
        }
        return nil
    }

    /// The weight that `q=0.5` gives, in thousandths; nil for other parameters.
    private static func weight(ofParameter parameter: Substring.UTF8View) -> Int? {
        guard let name = parameter.first, name | 0x20 == UInt8(ascii: "q"),
            parameter.dropFirst().first == UInt8(ascii: "=")
        else { return nil }
        let digits = parameter.dropFirst(2)
        guard let whole = digits.first, whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1"),
            digits.count <= 5, digits.count == 1 || digits.dropFirst().first == UInt8(ascii: ".")
        else { return 0 }
        let fraction = digits.dropFirst(2)
        guard fraction.allSatisfy(\.isASCIIDigit) else { return 0 }
        var weight = whole == UInt8(ascii: "1") ? 1000 : 0
        var place = 100
        for digit in fraction {
            weight += Int(digit - UInt8(ascii: "0")) * place
            place /= 10
        }
        return Swift.min(weight, 1000)
    }
}

extension Substring.UTF8View {
    /// Without spaces and tabs at both ends.
    var trimmed: Substring.UTF8View {
        var trimmed = self
        while trimmed.first == 0x20 || trimmed.first == 0x09 { trimmed.removeFirst() }
        while trimmed.last == 0x20 || trimmed.last == 0x09 { trimmed.removeLast() }
        return trimmed
    }
}
