import Accounts

/// The page of somebody's things that is shown.
package enum ManageSection: String, CaseIterable {
    case account, factors, tokens, projects, sessions, events, admin

    private var path: String {
        switch self {
        case .account: "/manage/account/"
        case .factors: "/manage/account/two-factor/"
        case .tokens: "/manage/account/token/"
        case .projects: "/manage/projects/"
        case .sessions: "/manage/account/sessions/"
        case .events: "/manage/account/events/"
        case .admin: "/admin/"
        }
    }

    private var name: String {
        switch self {
        case .account: "Account"
        case .factors: "Second factors"
        case .tokens: "API tokens"
        case .projects: "Projects"
        case .sessions: "Sessions"
        case .events: "Event log"
        case .admin: "Administration"
        }
    }

    struct Link {
        let navPath: String
        let navName: String
        let isCurrent: Bool
    }

    struct Nav {
        let navUser: String
        let links: [Link]
    }

    /// What a session can go to: one that is held to something has nowhere else to go.
    static func links(current: ManageSection, _ session: Session?) -> Nav? {
        guard let session else { return nil }
        let sections = allCases.filter { section in
            guard session.isLive else { return section == current }
            return section != .admin || session.user.isAdministrator
        }
        return Nav(
            navUser: session.user.name.display,
            links: sections.map { Link(navPath: $0.path, navName: $0.name, isCurrent: $0 == current) })
    }
}
