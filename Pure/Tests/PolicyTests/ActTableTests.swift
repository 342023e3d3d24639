import Accounts
import Acts
import Foundation
import PackagingFormats
import Policy
import Testing
import UTC
import VectorSupport

@Suite("The table of acts") struct ActTableTests {
    private static let now = AdministrationTests.now

    /// Anyone who may do an act, with what its row asks for: an owner, the holder of the account, an administrator.
    private static func permit(_ act: Act, _ actor: Actor, _ facts: AccountFacts) throws {
        switch act {
        case .project(let act):
            _ = try AccessPolicy.permit(
                act, on: ProjectName(parsing: "demo"), to: actor, knowing: ProjectFacts(exists: true, role: .owner),
                at: now)
        case .account(let act):
            let isForOthers = act.isVouching
            _ = try AccessPolicy.permit(
                act, on: Username(parsing: isForOthers ? "bob" : "root"), to: actor, knowing: facts, at: now)
        case .index(let act): _ = try AccessPolicy.permit(act, to: actor, at: now)
        }
    }

    /// One row, as it is written and as the policy judges by it.
    private static func row(_ act: Act, gain: Gain?, _ name: String? = nil) throws -> String {
        func may(_ assurance: Assurance, isFresh: Bool = true, probationUntil: Timestamp? = nil) throws -> Bool {
            let facts = AccountFacts(hasSecondFactor: true, actorProbationUntil: probationUntil, gain: gain ?? .nothing)
            let actor = try AdministrationTests.person(assurance, isFresh: isFresh, probationUntil: probationUntil)
            return (try? permit(act, act == .account(.register) ? .anonymous : actor, facts)) != nil
        }
        let rest = ActTrait.allCases.filter { act.has($0) && $0 != .freshProof }.map(\.rawValue)
        let cells = [
            name ?? act.rawValue, act.holderWords, gain?.rawValue ?? "-",
            try Assurance.allCases.first { try may($0) }?.rawValue ?? "?",
            try may(.attestedHardware, isFresh: false) ? "-" : "fresh",
            try may(.attestedHardware, probationUntil: now + .seconds(1)) ? "yes" : "no",
            rest.isEmpty ? "-" : rest.joined(separator: ", "),
        ]
        return zip(cells, [36, 26, 36, 20, 7, 14, 0]).map { cell, width in
            cell.padding(toLength: max(width, cell.count), withPad: " ", startingAt: 0)
        }.joined()
    }

    @Test("is what the policy judges by, row by row")
    func golden() throws {
        var lines = [
            "# What each act takes: whose it is, what it gives away at most where an administrator does it, what they have to show",
            "# at least, whether that is asked afresh, whether it can be done while their own factor is on probation, and what else",
            "# is asked. As the policy judges it; RIND_GOLDEN=write swift test --package-path Pure --filter ActTableTests writes it.",
            "act                                 whose                     gives away at most                  "
                + "least               proof  on probation  also",
        ]
        for act in Act.allCases {
            lines.append(try Self.row(act, gain: act.gain))
            if act == .account(.addUser) {
                lines.append(try Self.row(act, gain: .administration, "user.add, an administrator"))
            }
        }
        try Golden.expect(lines.joined(separator: "\n") + "\n", "acts.txt")
    }

    @Test("asks for a fresh proof where the row says so", arguments: Act.allCases)
    func freshProof(act: Act) { #expect(act.needsFreshProof == act.has(.freshProof)) }

    @Test("has two acts that somebody does for another whose projects they own, too")
    func vouching() {
        #expect(Set(Act.allCases.filter(\.isVouching)) == [.account(.endProbation), .account(.approveRecovery)])
    }

    @Test("has every act once, under a name that finds it", arguments: Act.allCases)
    func names(act: Act) {
        #expect(Act(rawValue: act.rawValue) == act)
        #expect(Act.allCases.filter { $0.rawValue == act.rawValue }.count == 1)
        #expect(Act(rawValue: "\(act.rawValue).") == nil)
    }
}
