import Accounts
import Acts
import Synchronization
import UTC

/// Forms that were sent when their session had ended, kept until their sender has signed in again in the same browser,
/// so that nothing typed is lost.
///
/// They are in the memory of this process, few and small, and for minutes: losing one costs somebody that they type it
/// again. Only a form with a token of a session's page is kept, and only that account gets it back.
public final class InterruptedForms: Sendable {
    /// A form as it was sent.
    public struct Form: Sendable, Hashable {
        /// Whose session it came from.
        public let user: UserID
        /// What it does; nil for what is no act, as having a link mailed.
        public let act: Act?
        /// Where it was sent to.
        public let path: String
        /// The fields, in their order.
        public let fields: [Field]

        /// A form as it was sent.
        public init(of user: UserID, doing act: Act?, to path: String, fields: [Field]) {
            self.user = user
            self.act = act
            self.path = path
            self.fields = fields
        }

        /// One field.
        public struct Field: Sendable, Hashable {
            public let name: String
            public let value: String

            /// One field.
            public init(_ name: String, _ value: String) {
                self.name = name
                self.value = value
            }
        }
    }

    /// How long one is kept.
    public static let lifetime = Duration.minutes(15)
    /// How many are kept, one of an account; the oldest gives way.
    static let most = 200
    /// The most bytes of one.
    static let mostBytes = 16 * 1_024

    private struct Kept {
        let form: Form
        let until: Timestamp
    }

    private let kept = Mutex<[[UInt8]: Kept]>([:])

    /// None yet.
    public init() {}

    /// Keeps a form for a browser, in place of an earlier one, and returns whether it did.
    ///
    /// - Parameter mark: the secret by which the browser is known for long: the session's is another by then.
    public func keep(_ form: Form, for mark: OneTimeSecret, at now: Timestamp) -> Bool {
        let size = form.fields.reduce(form.path.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard size <= Self.mostBytes else { return false }
        kept.withLock { kept in
            kept = kept.filter { now < $0.value.until && $0.value.form.user != form.user }
            if kept.count >= Self.most, let oldest = kept.min(by: { $0.value.until < $1.value.until }) {
                kept[oldest.key] = nil
            }
            kept[mark.hash] = Kept(form: form, until: now + Self.lifetime)
        }
        return true
    }

    /// Forgets a form that was sent after all.
    public func forget(_ path: String, for mark: OneTimeSecret) {
        kept.withLock { kept in
            if kept[mark.hash]?.form.path == path { kept[mark.hash] = nil }
        }
    }

    /// The form that an account's holder sent in a browser; nil where there is none, or where it was another's.
    public func form(of user: UserID, for mark: OneTimeSecret, at now: Timestamp) -> Form? {
        kept.withLock { kept in
            guard let found = kept[mark.hash], now < found.until, found.form.user == user else { return nil }
            return found.form
        }
    }
}
