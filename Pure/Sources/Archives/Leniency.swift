/// How strictly an archive is read.
public enum Leniency: Sendable, Hashable {
    /// As new uploads are: whatever two readers could read differently is refused.
    case none
    /// As files are that are already out there: what pip installs all the same is passed over, and told.
    case asInstallers
}

/// What was passed over while an archive was read.
struct PassedOver {
    let leniency: Leniency
    private(set) var flaws: [InvalidArchive] = []

    /// No more are kept: a thousand members can each be wrong in the same way.
    private static let limit = 20

    init(_ leniency: Leniency) { self.leniency = leniency }

    /// Notes a flaw that installers do not mind, or throws it.
    mutating func pass(_ flaw: InvalidArchive) throws(InspectionFailure) {
        guard leniency == .asInstallers else { throw .invalid(flaw) }
        if flaws.count < Self.limit, !flaws.contains(flaw) { flaws.append(flaw) }
    }
}
