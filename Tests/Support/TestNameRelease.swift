import Accounts
import Leaving
import PackagingFormats
import Policy
import Ports
import Removals
import Stores
import UTC

extension Stores {
    /// Lets everybody have the name of a removed project: it is proposed, and nobody objects until its day.
    package func releaseName(_ name: ProjectName, at now: Timestamp) async throws {
        let proposal = try await proposals.proposeRelease(
            of: name, reason: "abandoned", by: .operatorAtMachine, from: RequestOrigin(), at: now)
        if try await proposals.wasCritical(name) {
            try await proposals.release(
                proposal.id, of: name, seen: nil, by: .index, from: RequestOrigin(), at: proposal.dueAt)
        } else {
            _ = try await proposals.carryOutProposals(at: proposal.dueAt)
        }
    }
}
