import Synchronization

/// Negotiates, and remembers the outcome: a few clients send nearly all requests, always with the same headers.
public final class Negotiator: Sendable {
    /// Longer headers are read each time, so that nobody can fill the memory.
    private static let longestKey = 512
    private static let mostKeys = 256

    private let formats = Mutex<[String: SimpleFormat]>([:])
    private let codings = Mutex<[String: CodingPreference]>([:])

    public init() {}

    /// As ``SimpleFormat/negotiate(accept:)``.
    public func format(accept: String?) -> SimpleFormat {
        guard let accept else { return .legacyHTML }
        return Self.recall(accept, in: formats) { SimpleFormat.negotiate(accept: $0) }
    }

    /// What a request asks for. PEP 691: the parameter, where there is one, is stronger than the header.
    func format(for request: EdgeRequest) -> SimpleFormat {
        if let query = request.query {
            for parameter in query.split(separator: "&") where parameter.hasPrefix("format=") {
                if let format = SimpleFormat(parameter: parameter.dropFirst("format=".count)) { return format }
            }
        }
        return format(accept: request.accept)
    }

    /// As ``CodingPreference/init(acceptEncoding:)``.
    public func coding(acceptEncoding: String?) -> CodingPreference {
        guard let acceptEncoding else { return .identity }
        return Self.recall(acceptEncoding, in: codings) { CodingPreference(acceptEncoding: $0) }
    }

    private static func recall<Outcome: Sendable>(
        _ header: String, in memory: borrowing Mutex<[String: Outcome]>, else negotiate: (String) -> Outcome
    ) -> Outcome {
        if let known = memory.withLock({ $0[header] }) { return known }
        let outcome = negotiate(header)
        guard header.utf8.count <= longestKey else { return outcome }
        memory.withLock { memory in
            if memory.count >= mostKeys { memory.removeAll(keepingCapacity: true) }
            memory[header] = outcome
        }
        return outcome
    }
}
