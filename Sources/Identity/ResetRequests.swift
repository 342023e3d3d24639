import Synchronization

/// Who asked for a link to a new password, and is not answered yet. In memory: a crash forgets them, and anyone who
/// waits asks again.
final class ResetRequests: Sendable {
    struct Request: Sendable {
        /// A name or an address, as it was typed.
        let nameOrAddress: String
        let browser: Browser
    }

    /// How many wait at most; when there is one more, the oldest is forgotten. A second is enough to answer hundreds.
    static let most = 1_000

    private let waiting = Mutex<[Request]>([])

    func add(_ request: Request) {
        waiting.withLock { waiting in
            if waiting.count >= Self.most { waiting.removeFirst() }
            waiting.append(request)
        }
    }

    /// Takes all of them out.
    func take() -> [Request] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
