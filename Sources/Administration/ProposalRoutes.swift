import Accounts
import Acts
import Identity
import Leaving
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Site
import UTC
import Web

/// What the people who run the index propose about projects: for them, and for those who own the projects, who answer.
struct ProposalRoutes: Sendable {
    let site: ManageSite
    let proposals: any ProposalStore

    private static let queue = "/admin/proposals/"
    private static let own = Place.proposals.path
    /// How long those who own a project read what became of a proposal.
    private static let shownFor = Duration.days(366)

    func add(to router: AccountRouter) {
        router.page("/manage/proposals", guard: .signedIn, use: showOwn)
        func own(_ path: String, _ act: ProjectAct, _ handler: @escaping AccountRouter.Handler<SessionVisit>) {
            router.form(
                "/manage/proposals/\(path)", guard: .signedIn, performs: .project(act), on: .at(Self.own), use: handler)
        }
        own("approve", .approveReturn, approve)
        own("decline", .declineReturn, decline)
        own("object", .objectToNameRelease, object)
        router.page("/admin/proposals", guard: .administrator, use: showAll)
        func admin(
            _ path: String, _ act: ProjectAct, _ handler: @escaping AccountRouter.Handler<AdministratorVisit>
        ) {
            router.form(
                "/admin/proposals/\(path)", guard: .administrator, performs: .project(act), on: .at(Self.queue),
                use: handler)
        }
        admin("return", .proposeReturn, proposeReturn)
        admin("erase", .proposeErasure, proposeErasure)
        admin("release-name", .proposeNameRelease, proposeRelease)
        admin("decide", .decideReturn, decide)
        admin("confirm", .confirmErasure, confirm)
        admin("free", .freeName, free)
        admin("withdraw", .withdrawProposal, withdraw)
    }

    // MARK: For those who own the projects

    @Sendable func showOwn(_ visit: SessionVisit) async throws -> Reply { try await ownPage(visit) }

    private func ownPage(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        var page = ProposalsPage()
        let found = try await proposals.proposals(
            for: visit.session.user.id, endedAfter: visit.now - Self.shownFor)
        for proposal in found {
            page.rows.append(
                ProposalsPage.Row(
                    forOwner: proposal, isCritical: try await proposals.wasCritical(proposal.project),
                    seen: try await proposals.serial(of: proposal.project), by: visit.session.actor, at: visit.now))
        }
        return site.account.page(
            page, .proposals, "Proposals about your projects", visit, section: .projects, refusal: refusal)
    }

    @Sendable func approve(_ visit: SessionVisit) async throws -> Reply {
        try await answer(visit, flash: .returnApproved) { id, project in
            try await proposals.approve(
                id, of: project, seen: visit.seen, by: visit.session.actor, from: visit.origin, at: visit.now)
        }
    }

    @Sendable func decline(_ visit: SessionVisit) async throws -> Reply {
        try await answer(visit, flash: .returnDeclined) { id, project in
            try await proposals.decline(
                id, of: project, reason: visit.form["reason"] ?? "", by: visit.session.actor,
                from: visit.origin, at: visit.now)
        }
    }

    @Sendable func object(_ visit: SessionVisit) async throws -> Reply {
        try await answer(visit, flash: .nameKept) { id, project in
            try await proposals.object(
                to: id, of: project, reason: visit.form["reason"] ?? "", by: visit.session.actor,
                from: visit.origin, at: visit.now)
        }
    }

    private func answer(
        _ visit: SessionVisit, flash: FlashMessage, _ act: (ProposalID, ProjectName) async throws -> Void
    ) async throws -> Reply {
        try await site.act(visit, then: Self.own, flash: flash) {
            try await ownPage(visit, refusal: $0)
        } _: {
            let project = try visit.typedProject()
            try await act(try visit.typedProposal(about: project), project)
        }
    }
}

// MARK: - For those who run the index

extension ProposalRoutes {
    @Sendable fileprivate func showAll(_ visit: AdministratorVisit) async throws -> Reply { try await queue(visit) }

    private func queue(_ visit: AdministratorVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        var page = ProposalsPage()
        page.proposing = ProposalsPage.Proposing(typed: refusal == nil ? .empty : visit.form)
        for proposal in try await proposals.proposals() {
            page.rows.append(
                ProposalsPage.Row(
                    forAdministrator: proposal, isCritical: try await proposals.wasCritical(proposal.project),
                    seen: try await proposals.serial(of: proposal.project), by: visit.session.actor, at: visit.now))
        }
        return site.account.page(page, .proposals, "Proposals", visit, section: .admin, refusal: refusal)
    }

    private func act(
        _ visit: AdministratorVisit, flash: FlashMessage, _ act: () async throws -> Void
    ) async throws -> Reply {
        try await site.act(visit, then: Self.queue, flash: flash) {
            try await queue(visit, refusal: $0)
        } _: {
            try await act()
        }
    }

    @Sendable fileprivate func proposeReturn(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .returnProposed) {
            _ = try await proposals.proposeReturn(
                of: try visit.typedContent(), of: try visit.typedProject(), given: [],
                reason: visit.form["reason"] ?? "", by: visit.session.actor, from: visit.origin, at: visit.now)
        }
    }

    @Sendable fileprivate func proposeErasure(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .erasureProposed) {
            guard let category = visit.form["category"].flatMap(ErasureCategory.init) else {
                throw ProposalRefusal.reasonNeeded
            }
            _ = try await proposals.proposeErasure(
                of: try visit.typedContent(), of: try visit.typedProject(), because: category,
                reason: visit.form["reason"] ?? "", by: visit.session.actor, at: visit.now)
        }
    }

    @Sendable fileprivate func proposeRelease(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .nameReleaseProposed) {
            _ = try await proposals.proposeRelease(
                of: try visit.typedProject(), reason: visit.form["reason"] ?? "", by: visit.session.actor,
                from: visit.origin, at: visit.now)
        }
    }

    @Sendable fileprivate func decide(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .returnDecided) {
            let project = try visit.typedProject()
            try await proposals.decide(
                try visit.typedProposal(about: project), of: project, seen: visit.seen, by: visit.session.actor,
                from: visit.origin, at: visit.now)
        }
    }

    @Sendable fileprivate func confirm(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .erased) {
            let project = try visit.typedProject()
            try await proposals.confirmErasure(
                try visit.typedProposal(about: project), of: project, seen: visit.seen, by: visit.session.actor,
                from: visit.origin, at: visit.now)
        }
    }

    @Sendable fileprivate func free(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .nameFreed) {
            let project = try visit.typedProject()
            try await proposals.release(
                try visit.typedProposal(about: project), of: project, seen: visit.seen, by: visit.session.actor,
                from: visit.origin, at: visit.now)
        }
    }

    @Sendable fileprivate func withdraw(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .proposalWithdrawn) {
            let project = try visit.typedProject()
            try await proposals.withdraw(
                try visit.typedProposal(about: project), of: project, by: visit.session.actor,
                from: visit.origin, at: visit.now)
        }
    }
}

extension GuardedVisit {
    /// The proposal that a form names.
    fileprivate func typedProposal(about project: ProjectName) throws(ProposalRefusal) -> ProposalID {
        guard let number = visit.form["proposal"].flatMap(Int64.init) else { throw .noSuchProposal(project) }
        return ProposalID(number)
    }

    /// The project's serial on the page where it was decided.
    fileprivate var seen: Serial? { visit.form["seen"].flatMap(Serial.init) }
}

// MARK: - The page

/// Proposals about somebody's projects, or about all.
struct ProposalsPage {
    struct Row {
        let proposalNumber: String
        let proposalProject: String
        let proposalPath: String
        let proposalWords: String
        let proposalReason: String
        let proposalSeen: String
        let proposedBy: String
        let proposedAt: Moment
        let dueAt: Moment
        /// What becomes of it on its day.
        let dayWords: String
        let files: NonEmpty<File>?
        /// Why it is erased, of an erasure.
        let categoryWords: String?
        /// How it ended; nil while it is open.
        let ended: String?
        let canApprove: Bool
        let canDecline: Bool
        let canObject: Bool
        let canDecide: Bool
        let canConfirm: Bool
        let canFree: Bool
        let canWithdraw: Bool
    }

    struct File {
        let fileName: String
        let fileDigest: String
        let isGiven: Bool
    }

    /// What administrators type.
    struct Proposing {
        struct Category {
            let categoryValue: String
            let categoryName: String
        }

        let categories: [Category]
        let typedProject: String
        let typedVersion: String
        let typedFile: String
        let typedReason: String

        init(typed: FormFields) {
            categories = ErasureCategory.allCases.map {
                Category(categoryValue: $0.rawValue, categoryName: $0.words)
            }
            typedProject = typed["project"] ?? ""
            typedVersion = typed["version"] ?? ""
            typedFile = typed["file"] ?? ""
            typedReason = typed["reason"] ?? ""
        }
    }

    var rows: [Row] = []
    /// Nil for those who own the projects.
    var proposing: Proposing?
    var isForAdministrators: Bool { proposing != nil }
}

extension ProposalsPage.Row {
    init(
        forOwner proposal: Proposal, isCritical: Bool, seen: Serial?, by actor: Actor, at now: Timestamp
    ) {
        self.init(
            proposal, [.approve, .decline, .object], isCritical: isCritical, seen: seen, by: actor, at: now)
    }

    init(
        forAdministrator proposal: Proposal, isCritical: Bool, seen: Serial?, by actor: Actor, at now: Timestamp
    ) {
        self.init(
            proposal, [.decide, .confirm, .release, .withdraw], isCritical: isCritical, seen: seen, by: actor, at: now)
    }

    /// - Parameter answers: those that belong to whom the page is for.
    private init(
        _ proposal: Proposal, _ answers: Set<ProposalAnswer>, isCritical: Bool, seen: Serial?, by actor: Actor,
        at now: Timestamp
    ) {
        // What the policy would refuse is not offered.
        func can(_ answer: ProposalAnswer) -> Bool {
            guard answers.contains(answer) else { return false }
            do {
                try ProposalPolicy.decide(answer, to: proposal, by: actor, isCritical: isCritical, at: now)
                return true
            } catch { return false }
        }
        let matter = proposal.matter
        let (files, category): ([ReturningFile], ErasureCategory?) =
            switch matter {
            case .restoration(_, let files): (files, nil)
            case .erasure(_, let category): ([], category)
            case .nameRelease: ([], nil)
            }
        self.init(
            proposalNumber: proposal.id.description, proposalProject: proposal.project.display,
            proposalPath: Place.project(proposal.project).path,
            proposalWords: matter.kind.words(of: matter.scope, proposal.project.display),
            proposalReason: proposal.reason, proposalSeen: seen.map(String.init) ?? "",
            proposedBy: journalPerson(proposal.proposedBy), proposedAt: Moment(minuteOf: proposal.proposedAt),
            dueAt: Moment(minuteOf: proposal.dueAt),
            dayWords: ProposalPolicy.day(of: matter.kind, isCritical: isCritical).words(for: matter.kind),
            files: NonEmpty(
                files.map {
                    ProposalsPage.File(fileName: $0.filename, fileDigest: $0.sha256, isGiven: $0.isGiven)
                }),
            categoryWords: category?.words,
            ended: proposal.end.map { "It \($0.outcome.words), on \($0.at.day.readable)." },
            canApprove: can(.approve), canDecline: can(.decline), canObject: can(.object), canDecide: can(.decide),
            canConfirm: can(.confirm), canFree: can(.release), canWithdraw: can(.withdraw))
    }
}

extension ProposalDay {
    /// What becomes of a proposal on its day.
    fileprivate func words(for kind: ProposalKind) -> String {
        switch (self, kind) {
        case (.takesEffect, _): "unless somebody objects, everybody can have the name then"
        case (.ends, _): "without an answer nothing comes of it"
        case (.waits, .nameRelease): "it was critical, so that another administrator decides then"
        case (.waits, .restoration), (.waits, .erasure):
            "without an answer the people who run this index can decide then, to be installed only"
        }
    }
}
