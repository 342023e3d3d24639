import Accounts
import Acts
import Descriptions
import Identity
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Web

/// What the pages of somebody's projects are made of.
struct ManageSite: Sendable {
    let account: AccountSite
    let collaboration: any CollaborationStore
    let removals: any RemovalStore
    let journal: any JournalStore
    var projects: any ProjectStore { account.projects }

    /// A page of a project.
    func page<Model>(
        _ model: Model, _ template: Template, _ title: String, _ visit: ProjectVisit,
        refusal: (any Refusal)? = nil
    ) -> Reply {
        account.page(
            model, template, "\(title) · \(visit.managed.name.display)", visit, section: .projects, refusal: refusal)
    }

    /// Does what a form asks for and says so on another page; what is refused is said on this one.
    func act(
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

/// What stands above each page of a project.
struct ProjectHead {
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

    init(_ managed: ManagedProject, _ current: ProjectTab) {
        self.init(managed.project, role: managed.role, isBound: managed.isBound, current)
    }

    /// - Parameter isBound: whether there is something to say about what is asked of those with a role.
    init(_ project: Project, role: Role, isBound: Bool, _ current: ProjectTab) {
        headName = project.name.display
        headRole = role.words
        headPublicPath = Paths.project(project.name)
        headStatus = project.status == .active ? nil : project.status.rawValue.capitalized
        tabs = ProjectTab.allCases.filter { $0 != .security || isBound || current == .security }.map {
            Tab(
                tabPath: ManagePaths.project(project.name, $0), tabName: $0.title, isCurrentTab: $0 == current)
        }
    }
}

extension Role {
    /// `Owner`
    var words: String { self == .owner ? "Owner" : "Maintainer" }
    /// `an owner`
    var wordsWithArticle: String { self == .owner ? "an owner" : "a maintainer" }

    /// As a form or a person writes it.
    init?(form text: String?) { self.init(rawValue: (text ?? "").lowercased()) }
}

/// Why a form about a project was not understood.
enum ManageFormRefusal: Refusal, Hashable {
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
    var kind: RefusalKind { .invalid }

    /// `manage.…`
    var code: String {
        switch self {
        case .notConfirmed: "manage.not-confirmed"
        case .username: "manage.form-username"
        case .role: "manage.form-role"
        case .projectName: "manage.form-project-name"
        case .version: "manage.form-version"
        case .assurance: "manage.form-assurance"
        }
    }

    var explanation: String {
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
    func typedProject(_ field: String = "project") throws -> ProjectName {
        guard let name = try? ProjectName(parsing: (visit.form[field] ?? "").trimmedOfWhitespace) else {
            throw ManageFormRefusal.projectName
        }
        return name
    }
}

/// How people are told of anyone who stands in the journal, within a sentence: `user ada` is ada.
func journalPerson(_ actor: String) -> String {
    switch actor {
    case "operator": "the operator"
    case "index": "the index"
    default: actor.hasPrefix("user ") ? String(actor.dropFirst("user ".count)) : actor
    }
}
