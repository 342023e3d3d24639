import Policy
import UTC

/// The classifiers that an operator has added to the list of this version: newer ones of PyPI's, or ones of one's own.
public protocol ClassifierStore: Sendable {
    /// Which of some texts are among them.
    func added(among texts: Set<String>) async throws -> Set<String>

    /// All of them, in order.
    func added() async throws -> [String]

    /// Replaces them. Throws `AccessRefusal`; then nothing has changed.
    func replace(with classifiers: Set<String>, by actor: Actor, at now: Timestamp) async throws
}
