import CCurl

/// Hands mails to a mail server, by libcurl. Each has a connection of its own.
public struct SMTPTransport: MailTransport {
    private let server: SMTPServer
    private let timeouts: Timeouts
    private let threads: MailThreads

    /// How long a mail server may take.
    public struct Timeouts: Sendable {
        /// Until it can be spoken to.
        public var connect = Duration.seconds(15)
        /// For everything. Some look at a mail for a minute before they say yes.
        public var total = Duration.seconds(120)
        /// For what has begun, once nobody waits for it any more: cut off in the middle, it would be sent again.
        public var grace = Duration.seconds(3)

        public init() {}
    }

    /// - Parameter atOnce: connections at most.
    public init(_ server: SMTPServer, atOnce: Int = 4, timeouts: Timeouts = Timeouts()) {
        self.server = server
        self.timeouts = timeouts
        threads = MailThreads(atOnce: atOnce)
    }

    /// Hands a mail over, and returns the server's answer.
    public func send(_ message: MailMessage) async throws -> String {
        let header = try MailHeader(message)
        let (server, timeouts) = (server, timeouts)
        return try await threads.run { cancellation in
            try SMTPExchange(server, timeouts, cancellation).send(message, header)
        }
    }
}
