import Accounts
import Acts
import Foundation
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC
import VectorSupport

@Suite("What administrators do") struct AdministrationTests {
    static let now = Timestamp(seconds: 1_000_000)

    /// What an act is done to.
    enum Kind { case project, account, index }

    /// A new act is a new case here.
    static func kind(of action: Action) -> Kind {
        switch action {
        case .readIndex, .createProject, .createRelease, .uploadFile, .yankRelease, .unyankRelease, .addRole,
            .removeRole, .reserveName, .changeProjectStatus, .requireAssurance, .changeRole, .leaveProject,
            .inviteCollaborator, .cancelInvitation, .acceptRole, .declineRole, .deleteProject, .deleteRelease,
            .deleteFile, .recreateProject, .restore, .undoRemoval, .freeName, .unreserveName, .designate,
            .liftDesignation, .demand, .delayMandate:
            .project
        case .addUser, .register, .signIn, .endSession, .stepUp, .offerPasswordLink, .setPassword, .addAddress,
            .removeAddress, .setPrimaryAddress, .verifyAddress, .issueToken, .revokeToken, .addSecurityKey,
            .renameSecurityKey, .removeSecurityKey, .freezeSecurityKey, .addAuthenticatorApp, .removeAuthenticatorApp,
            .makeRecoveryCodes, .useRecoveryCode, .endProbation, .issueGiveawayCode, .requestRecovery, .cancelRecovery,
            .approveRecovery, .completeRecovery, .setAllowance:
            .account
        case .setCriticalRule, .setAccountRule, .invite, .tendMail, .setAuthenticators, .setClassifiers, .rotateKeys,
            .replaceBreachedPasswords,
            .createGiveaway, .changeGiveaway, .closeGiveaway, .importGiveawayCodes:
            .index
        }
    }

    /// Judges an act on another's project or account, or on the index.
    static func permit(
        _ action: Action, to actor: Actor, _ facts: AccountFacts = AccountFacts(hasSecondFactor: true)
    ) throws {
        switch kind(of: action) {
        case .project:
            let facts = ProjectFacts(exists: true, role: nil)
            _ = try AccessPolicy.permit(action, on: ProjectName(parsing: "demo"), to: actor, knowing: facts, at: now)
        case .account:
            _ = try AccessPolicy.permit(action, on: Username(parsing: "bob"), to: actor, knowing: facts, at: now)
        case .index: _ = try AccessPolicy.permit(action, to: actor, at: now)
        }
    }

    static func person(
        _ assurance: Assurance, isAdministrator: Bool = true, isFresh: Bool = true, probationUntil: Timestamp? = nil
    ) throws -> Actor {
        Actor(
            .user(UserID(1), try Username(parsing: "root"), isAdministrator: isAdministrator), assurance: assurance,
            session: SessionStanding(
                proofs: isFresh ? [Proof(assurance, at: now)] : [], strongest: assurance,
                probationUntil: probationUntil, factorProbationUntil: probationUntil))
    }

    static func may(_ action: Action, _ actor: Actor) -> Bool { (try? permit(action, to: actor)) != nil }

    @Test(
        "is what they can do and others cannot, and of each it is decided what it gives away",
        arguments: Action.allCases)
    func acts(action: Action) throws {
        let (root, other) = (
            try Self.person(.attestedHardware), try Self.person(.attestedHardware, isAdministrator: false)
        )
        let isTheirs =
            Self.may(action, root) && !Self.may(action, other) && !Self.may(action, .anonymous)
        #expect((action.gain != nil) == isTheirs)
    }

    @Test("takes at least what the strongest thing is worth that it gives away", arguments: Action.allCases)
    func worth(action: Action) throws {
        guard let gain = action.gain else { return }
        for assurance in Assurance.allCases where assurance < gain.leastAssurance {
            #expect(!Self.may(action, try Self.person(assurance)), "\(assurance)")
        }
        if gain != .nothing { #expect(action.needsFreshProof) }
    }

    @Test("is worth as much as all that follows from it: who makes an administrator has the most of all")
    func administration() throws {
        #expect(Gain.allCases.map(\.leastAssurance).max() == Gain.administration.leastAssurance)
        let facts = AccountFacts(gain: .administration)
        #expect(throws: AccessRefusal.tooWeak(needs: .attestedHardware)) {
            try Self.permit(.addUser, to: Self.person(.phishingResistant), facts)
        }
        try Self.permit(.addUser, to: Self.person(.attestedHardware), facts)
        try Self.permit(.addUser, to: Self.person(.secondFactor), AccountFacts(gain: .newAccount))
    }

    /// One act as the policy judges it.
    private static func row(_ action: Action, _ gain: Gain, _ name: String? = nil) throws -> String {
        func may(_ actor: Actor, probationUntil: Timestamp? = nil) -> Bool {
            let facts = AccountFacts(hasSecondFactor: true, actorProbationUntil: probationUntil, gain: gain)
            return (try? permit(action, to: actor, facts)) != nil
        }
        let least = try Assurance.allCases.first { may(try person($0)) }
        let until = now + .seconds(1)
        let cells = [
            name ?? action.rawValue, gain.rawValue, least?.rawValue ?? "?",
            may(try person(.attestedHardware, isFresh: false)) ? "no" : "yes",
            may(try person(.attestedHardware, probationUntil: until), probationUntil: until) ? "yes" : "no",
        ]
        return zip(cells, [36, 36, 20, 12, 0]).map { cell, width in
            cell.padding(toLength: max(width, cell.count), withPad: " ", startingAt: 0)
        }.joined()
    }

    @Test("stands in a table, as the policy judges it")
    func table() throws {
        var lines = [
            "# What administrators can do and others cannot: what it gives away at most, what they have to show at least,",
            "# whether that is asked afresh, and whether it can be done while their own factor is on probation.",
            "# RIND_GOLDEN=write swift test --package-path Pure --filter AdministrationTests writes it.",
            "act                                 gives away at most                  least               fresh proof on probation",
        ]
        for action in Action.allCases {
            if let gain = action.gain { lines.append(try Self.row(action, gain)) }
            if action == .addUser {
                lines.append(try Self.row(action, .administration, "user.add, an administrator"))
            }
        }
        let text = lines.joined(separator: "\n") + "\n"
        try Golden.expect(text, "administrative-acts.txt")
    }
}
