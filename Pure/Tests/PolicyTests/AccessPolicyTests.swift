import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC

@Suite("Who may do what") struct AccessPolicyTests {
    static let now = Timestamp(seconds: 1_000)

    /// How somebody stands to a project.
    enum Standing: String, CaseIterable {
        case nobody, stranger, maintainer, owner, administrator, operatorAtMachine

        var actor: Actor {
            get throws {
                let ada = try Username(parsing: "ada")
                return switch self {
                case .nobody: .anonymous
                case .operatorAtMachine: .operatorAtMachine
                case .administrator:
                    AccessPolicyTests.administrator(ada, .secondFactor)
                case .stranger, .maintainer, .owner:
                    Actor(.user(UserID(1), ada, isAdministrator: false), assurance: .password, session: session)
                }
            }
        }

        /// Signed in just now.
        private var session: SessionStanding {
            SessionStanding(proofs: [Proof(.password, at: AccessPolicyTests.now)], strongest: .password)
        }

        var role: Role? {
            switch self {
            case .maintainer: .maintainer
            case .owner: .owner
            case .nobody, .stranger, .administrator, .operatorAtMachine: nil
            }
        }
    }

    // The columns are the point: + may, - may not.
    // swift-format-ignore
    static let onAProject: [(ProjectAct, String)] = [
        //                      nobody stranger maintainer owner administrator operator
        (.uploadFile,          "-      -        +          +     -             +"),
        (.createRelease,       "-      -        +          +     -             +"),
        (.yankRelease,         "-      -        +          +     -             +"),
        (.unyankRelease,       "-      -        +          +     -             +"),
        (.yankFile,            "-      -        +          +     -             +"),
        (.unyankFile,          "-      -        +          +     -             +"),
        (.addRole,             "-      -        -          +     -             +"),
        (.removeRole,          "-      -        -          +     -             +"),
        (.changeProjectStatus, "-      -        -          +     -             +"),
        (.requireAssurance,    "-      -        -          +     -             +"),
        (.changeRole,          "-      -        -          +     -             +"),
        (.inviteCollaborator,  "-      -        -          +     -             +"),
        (.cancelInvitation,    "-      -        -          +     -             +"),
        (.leaveProject,        "-      -        +          +     -             +"),
        (.deleteProject,       "-      -        -          +     -             +"),
        (.deleteRelease,       "-      -        -          +     -             +"),
        (.deleteFile,          "-      -        -          +     -             +"),
        (.recreateProject,     "-      -        -          +     -             +"),
        (.undoRemoval,         "-      -        -          +     -             +"),
        (.askRemoval,          "-      -        -          +     -             +"),
        (.confirmRemoval,      "-      -        -          +     +             +"),
        (.objectToRemoval,     "-      -        +          +     +             +"),
        (.takeOver,            "-      -        +          +     -             +"),
        (.lapseRemoval,        "-      -        -          -     +             +"),
        (.quarantine,          "-      -        -          -     +             +"),
        (.liftQuarantine,      "-      -        -          -     +             +"),
        (.eraseFile,           "-      -        -          -     +             +"),
        (.proposeReturn,       "-      -        -          -     +             +"),
        // With a second factor: `administrators`, and `ProposalStoreTests`.
        (.approveReturn,       "-      -        -          -     -             +"),
        (.declineReturn,       "-      -        -          +     -             +"),
        (.decideReturn,        "-      -        -          -     +             +"),
        (.proposeErasure,      "-      -        -          -     +             +"),
        (.confirmErasure,      "-      -        -          -     +             +"),
        (.proposeNameRelease,  "-      -        -          -     +             +"),
        (.objectToNameRelease, "-      -        -          +     -             +"),
        (.withdrawProposal,    "-      -        -          -     +             +"),
        (.lapseProposal,       "-      -        -          -     +             +"),
        (.setStaging,          "-      -        -          +     -             +"),
        (.stageFile,           "-      -        +          +     -             +"),
        // With a second factor, and a proof for what it is about: `boundProof`, and `StageStoreTests`.
        (.approveStage,        "-      -        -          -     -             +"),
        (.rejectStage,         "-      -        +          +     +             +"),
        (.expireStage,         "-      -        -          -     +             +"),
        (.addressStage,        "-      -        +          +     -             +"),
        (.reserveName,         "-      -        -          -     +             +"),
        (.unreserveName,       "-      -        -          -     +             +"),
        (.restore,             "-      -        -          -     +             +"),
        (.freeName,            "-      -        -          -     +             +"),
        // Whether somebody was invited is not the policy's to know.
        (.acceptRole,          "-      +        +          +     +             +"),
        (.declineRole,         "-      +        +          +     +             +"),
        // Nor whether somebody lost one.
        (.returnAsOwner,       "-      +        +          +     +             +"),
    ]

    @Test("with a project", arguments: onAProject)
    func project(action: ProjectAct, row: String) throws {
        let name = try ProjectName(parsing: "demo")
        for (standing, cell) in zip(Standing.allCases, row.filter { $0 != " " }) {
            let facts = ProjectFacts(exists: true, role: standing.role)
            let actor = try standing.actor
            let permit = try? AccessPolicy.permit(action, on: name, to: actor, knowing: facts, at: Self.now)
            #expect((permit != nil) == (cell == "+"), "\(standing) \(action)")
            if let permit {
                #expect(permit.actor == actor && permit.action == .project(action) && permit.at == Self.now)
            }
        }
    }

    @Test("What waits is let out with a proof for these files: signing in just now is not one")
    func boundProof() throws {
        let (name, ada) = (try ProjectName(parsing: "demo"), try Username(parsing: "ada"))
        let object = String(repeating: "0f", count: 32)
        func judge(_ scope: Proof.Scope, _ assurance: Assurance = .phishingResistant) throws {
            let actor = Actor(
                .user(UserID(1), ada, isAdministrator: false), assurance: .phishingResistant,
                session: SessionStanding(
                    proofs: [Proof(assurance, at: Self.now, scope: scope)], strongest: .phishingResistant))
            _ = try AccessPolicy.permit(
                .approveStage, on: name, object: object, to: actor,
                knowing: ProjectFacts(exists: true, role: .maintainer), at: Self.now)
        }
        try judge(.act(.project(.approveStage), object: object))
        let needed = AccessRefusal.freshProofNeeded(
            StepUp(action: .project(.approveStage), object: object, assurance: .phishingResistant))
        let others: [Proof.Scope] = [
            .everything, .act(.project(.approveStage), object: ""), .act(.project(.approveStage), object: object + "0"),
            .act(.project(.approveReturn), object: object),
        ]
        for scope in others { #expect(throws: needed) { try judge(scope) } }
        #expect(throws: needed) { try judge(.act(.project(.approveStage), object: object), .secondFactor) }
    }

    /// An administrator, signed in just now with what is given.
    static func administrator(
        _ name: Username, _ assurance: Assurance, probationUntil: Timestamp? = nil
    ) -> Actor {
        Actor(
            .user(UserID(1), name, isAdministrator: true), assurance: assurance,
            session: SessionStanding(
                proofs: [Proof(assurance, at: now)], strongest: assurance, probationUntil: probationUntil))
    }

    @Test(
        "Administrators take protection away with two factors only, and not while the first is new",
        arguments: Act.allCases.filter { $0.assurance == .secondFactor && !$0.isVouching && $0.gain != nil })
    func administrators(action: Act) throws {
        let root = try Username(parsing: "root")
        func judge(_ actor: Actor) throws {
            try AdministrationTests.permit(action, to: actor, AccountFacts(), at: Self.now)
        }
        try judge(Self.administrator(root, .secondFactor))
        #expect(throws: AccessRefusal.tooWeak(needs: .secondFactor)) { try judge(Self.administrator(root, .password)) }
        let until = Self.now + .microseconds(1)
        #expect(throws: AccessRefusal.onProbation(until: until)) {
            try judge(Self.administrator(root, .secondFactor, probationUntil: until))
        }
        try judge(Self.administrator(root, .secondFactor, probationUntil: Self.now))
        #expect(throws: AccessRefusal.administratorsOnly) {
            try judge(Actor(.user(UserID(2), root, isAdministrator: false), assurance: .password))
        }
    }

    @Test("Anyone who changes the rule for critical projects has what it asks for")
    func ruleInForce() throws {
        let root = try Username(parsing: "root")
        #expect(throws: AccessRefusal.tooWeak(needs: .phishingResistant)) {
            try AccessPolicy.permit(
                .setCriticalRule, to: Self.administrator(root, .secondFactor), atLeast: .phishingResistant, at: Self.now
            )
        }
        _ = try AccessPolicy.permit(
            .setCriticalRule, to: Self.administrator(root, .phishingResistant), atLeast: .phishingResistant,
            at: Self.now)
    }

    @Test("Everybody with an account can take a free name, and nobody without one")
    func freeName() throws {
        let name = try ProjectName(parsing: "demo")
        for standing in Standing.allCases {
            let permit = try? AccessPolicy.permit(
                .createProject, on: name, to: standing.actor, knowing: .absent, at: Self.now)
            #expect((permit != nil) == (standing != .nobody), "\(standing)")
        }
    }

    @Test("A token's scope is a limit, whatever role its owner has")
    func scope() throws {
        let ada = try Username(parsing: "ada")
        let actor = Actor(
            .user(UserID(1), ada, isAdministrator: false), assurance: .password, projects: ["other"])
        let facts = ProjectFacts(exists: true, role: .owner)
        let demo = try ProjectName(parsing: "demo")
        #expect(throws: AccessRefusal.outOfScope(demo)) {
            try AccessPolicy.permit(.uploadFile, on: demo, to: actor, knowing: facts, at: Self.now)
        }
        _ = try AccessPolicy.permit(
            .uploadFile, on: ProjectName(parsing: "Other"), to: actor, knowing: facts, at: Self.now)
    }

    // The columns are the point.
    // swift-format-ignore
    static let statuses: [(ProjectStatus, takesUploads: Bool)] = [
        (.active, true), (.deprecated, true), (.archived, false), (.quarantined, false),
    ]

    @Test("An archived or quarantined project takes no uploads, but can be yanked", arguments: statuses)
    func status(status: ProjectStatus, takesUploads: Bool) throws {
        let demo = try ProjectName(parsing: "demo")
        let facts = ProjectFacts(exists: true, role: .owner, status: status)
        let owner = try Standing.owner.actor
        let upload = try? AccessPolicy.permit(.uploadFile, on: demo, to: owner, knowing: facts, at: Self.now)
        #expect((upload != nil) == takesUploads)
        _ = try AccessPolicy.permit(.yankRelease, on: demo, to: owner, knowing: facts, at: Self.now)
    }

    @Test("Nothing can be done to a project that is not there, except by making it")
    func absent() throws {
        let demo = try ProjectName(parsing: "demo")
        let ofRoles = Self.onAProject.filter { _, row in row.hasPrefix("-      -") && row.contains("+     -") }
        #expect(ofRoles.count == 26)
        for action in ofRoles.map(\.0) {
            #expect(throws: AccessRefusal.noSuchProject(demo)) {
                try AccessPolicy.permit(action, on: demo, to: Standing.owner.actor, knowing: .absent, at: Self.now)
            }
        }
    }

    @Test(
        "Anyone who has shown nothing can do nothing that changes the index, but register",
        arguments: Act.allCases.filter { $0 != .account(.register) })
    func anonymous(action: Act) throws {
        #expect(throws: AccessRefusal.notSignedIn) { try AdministrationTests.permit(action, to: .anonymous) }
        try AdministrationTests.permit(.account(.register), to: .anonymous)
    }
}
