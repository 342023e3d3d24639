import Bytes

/// What kind of client a User-Agent is, as `DownloaderRules` has it, remembered for those that come again and again.
final class Agents {
    /// What counting asks about a client.
    enum Kind { case installer, mirror, other }

    private let rules: DownloaderRules
    /// By the product that the User-Agent begins with, for that alone decides, but for one special case.
    private var kinds: [[UInt8]: Kind] = [:]
    /// The last one: installers come in rows.
    private var last: (product: [UInt8], kind: Kind) = ([], .other)

    init(_ rules: DownloaderRules) { self.rules = rules }

    /// The kind of a client by its User-Agent as a log has it, with backslashes.
    @inline(__always) func kind(of agent: Text) -> Kind {
        // The rules look at words of at most 64 bytes.
        let head = agent[0..<min(agent.count, 65)]
        let word = head.first(UInt8(ascii: " ")) ?? head.count
        if word > 64 || word == 0 { return .other }
        let product = head[0..<(head[0..<word].first(UInt8(ascii: "/")) ?? word)]
        if product.count == last.product.count, product.equals(last.product, count: product.count) { return last.kind }
        return look(product, of: agent)
    }

    private func look(_ product: Text, of agent: Text) -> Kind {
        let key = Array(UnsafeBufferPointer(start: product.start, count: product.count))
        if let kind = kinds[key] {
            last = (key, kind)
            return kind
        }
        let isEscaped = product.first(UInt8(ascii: "\\")) != nil
        let kind = kind(of: isEscaped ? Self.unescaped(agent) : agent[0..<min(agent.count, 256)].string)
        // What the product alone does not decide is not remembered, nor what strangers make up in masses.
        if isEscaped || product.begins(with: "Python-urllib") { return kind }
        if kinds.count >= 4_096 { kinds.removeAll(keepingCapacity: true) }
        kinds[key] = kind
        last = (key, kind)
        return kind
    }

    private func kind(of agent: String) -> Kind {
        switch rules.downloader(userAgent: agent) {
        case .installer: .installer
        case .mirror: .mirror
        case .other: .other
        }
    }

    /// `\"` and `\x22` as what they stand for.
    private static func unescaped(_ agent: Text) -> String {
        var bytes: [UInt8] = []
        var index = 0
        while index < min(agent.count, 256) {
            var byte = agent[index]
            index += 1
            if byte == UInt8(ascii: "\\"), index < agent.count {
                byte = agent[index]
                index += 1
                if byte == UInt8(ascii: "x"), let code = JSONLogReader.hexadecimal(agent, at: index, digits: 2) {
                    byte = UInt8(code)
                    index += 2
                }
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
