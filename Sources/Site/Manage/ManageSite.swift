import Accounts
import Acts
import Descriptions
import Identity
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Web

/// What the pages of somebody's projects are made of.
package struct ManageSite: Sendable {
    package let account: AccountSite
    let collaboration: any CollaborationStore
    package let roles: any RoleStore
    package let removals: any RemovalStore
    let journal: any JournalStore
    package var projects: any ProjectStore { account.projects }

    /// A page of a project.
    package func page<Model>(
        _ model: Model, _ template: Template, _ title: String, _ visit: ProjectVisit,
        refusal: (any Refusal)? = nil
    ) -> Reply {
        account.page(
            model, template, "\(title) · \(visit.managed.name.display)", visit, section: .projects, refusal: refusal)
    }

    /// Does what a form asks for and says so on another page; what is refused is said on this one.
    package func act(
        _ visit: some GuardedVisit, then path: String, flash: FlashMessage,
        orShow page: (any Refusal) async throws -> Reply,
        _ act: () async throws -> Void
    ) async throws -> Reply {
        try await visit.attempt {
            try await act()
            return .seeOther(path, flash: flash)
        } orShow: {
            try await page($0)
        }
    }
}

extension ManageSite {
    /// Takes away what a form names, or asks for it; what is refused is said on its page.
    ///
    /// - Parameters:
    ///   - path: where nothing was asked for, but done.
    ///   - check: throws where the form does not show that it is meant.
    package func remove(
        _ departure: Departure, _ visit: ProjectVisit, then path: String, flash: FlashMessage,
        orShow page: (any Refusal) async throws -> Reply, check: () throws -> Void = {}
    ) async throws -> Reply {
        try await visit.attempt {
            try check()
            let outcome = try await removals.remove(
                departure, of: visit.managed.name, reason: visit.form["reason"] ?? "",
                seen: visit.form["seen"].flatMap(Serial.init), by: visit.managed.actor, from: visit.browser.origin,
                at: visit.now)
            switch outcome {
            case .done: return .seeOther(path, flash: flash)
            case .asked: return .seeOther(visit.managed.path(.leaving), flash: .removalAsked)
            }
        } orShow: {
            try await page($0)
        }
    }

    /// What would happen, and when, or why it would not.
    package func outlook(on departure: Departure, _ visit: ProjectVisit) async throws -> Outlook {
        do {
            let decision = try await removals.decision(
                on: departure, of: visit.managed.name, by: visit.managed.actor, at: visit.now)
            return Outlook(outlookText: decision.sentence, isAsked: decision != .atOnce, canBe: true)
        } catch let refusal as any Refusal { return Outlook(outlookText: refusal.explanation) }
    }
}

/// What comes of it that something is taken away, as it is said before.
package struct Outlook: Sendable {
    package let outlookText: String
    /// Whether it would be a request, which has to have a reason.
    package var isAsked = false
    package var canBe = false

    package init(outlookText: String, isAsked: Bool = false, canBe: Bool = false) {
        self.outlookText = outlookText
        self.isAsked = isAsked
        self.canBe = canBe
    }
}

/// What stands above each page of a project.
package struct ProjectHead {
    struct Tab {
        let tabPath: String
        let tabName: String
        let isCurrentTab: Bool
    }

    let headName: String
    let headRole: String
    let headPublicPath: String
    let headStatus: String?
    let tabs: [Tab]

    package init(_ managed: ManagedProject, _ current: ProjectTab) {
        self.init(managed.project, role: managed.role, isBound: managed.isBound, current)
    }

    /// - Parameter isBound: whether there is something to say about what is asked of those with a role.
    init(_ project: Project, role: Role, isBound: Bool, _ current: ProjectTab) {
        headName = project.name.display
        headRole = role.words
        headPublicPath = Paths.project(project.name)
        headStatus = project.status == .active ? nil : project.status.rawValue.capitalized
        tabs = ProjectTab.allCases.filter { tab in
            switch tab {
            case .security: isBound || current == .security
            // What others have is for owners to see.
            case .who: role == .owner
            case .releases, .stages, .collaboration, .settings, .leaving, .history: true
            }
        }.map {
            Tab(
                tabPath: ManagePaths.project(project.name, $0), tabName: $0.title, isCurrentTab: $0 == current)
        }
    }
}

extension Role {
    /// `Owner`
    package var words: String { self == .owner ? "Owner" : "Maintainer" }
    /// `an owner`
    var wordsWithArticle: String { self == .owner ? "an owner" : "a maintainer" }

    /// As a form or a person writes it.
    init?(form text: String?) { self.init(rawValue: (text ?? "").lowercased()) }
}

/// Why a form about a project was not understood.
package enum ManageFormRefusal: Refusal, Hashable {
    /// What had to be typed is something else.
    case notConfirmed(String)
    /// No name of an account.
    case username
    /// No role.
    case role
    /// No name of a project.
    case projectName
    /// No version.
    case version
    /// No assurance.
    case assurance

    /// Always `invalid`.
    package var kind: RefusalKind { .invalid }

    /// `manage.…`
    package var code: String {
        switch self {
        case .notConfirmed: "manage.not-confirmed"
        case .username: "manage.form-username"
        case .role: "manage.form-role"
        case .projectName: "manage.form-project-name"
        case .version: "manage.form-version"
        case .assurance: "manage.form-assurance"
        }
    }

    package var explanation: String {
        switch self {
        case .notConfirmed(let wanted): "Nothing was deleted: type ‘\(wanted)’ to show that you mean it."
        case .username: "Give the name of an account of this index."
        case .role: "Choose a role: owner or maintainer."
        case .projectName:
            "Give the name of a project: letters and digits, with dots, hyphens and underscores between."
        case .version: "Give a version, such as 1.2."
        case .assurance: "Choose what it takes to publish."
        }
    }
}

extension GuardedVisit {
    /// The account that a form names.
    func typedUser(_ field: String = "username") throws -> Username {
        guard let name = try? Username(parsing: (visit.form[field] ?? "").trimmedOfWhitespace) else {
            throw ManageFormRefusal.username
        }
        return name
    }

    /// The project that a form names.
    package func typedProject(_ field: String = "project") throws -> ProjectName {
        guard let name = try? ProjectName(parsing: (visit.form[field] ?? "").trimmedOfWhitespace) else {
            throw ManageFormRefusal.projectName
        }
        return name
    }
}

/// How people are told of anyone who stands in the journal, within a sentence: `user ada` is ada.
package func journalPerson(_ actor: String) -> String {
    switch actor {
    case "operator": "the operator"
    case "index": "the index"
    default: actor.hasPrefix("user ") ? String(actor.dropFirst("user ".count)) : actor
    }
}
