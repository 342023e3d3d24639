import Accounts
import Acts
import Letters
import PackagingFormats
import Policy
import Site
import UTC

/// The accounts of the index, as administrators see them.
struct UsersPage {
    struct Row {
        let userPath: String
        let userName: String
        let userMail: String
        let isUnverified: Bool
        let isAdministrator: Bool
        let isDisabled: Bool
        let userFacts: String
        let seen: Moment?
    }

    struct Filter {
        let filterPath: String
        let filterName: String
    }

    let typed: String
    let rows: [Row]
    let filters: [Filter]
    let nextPath: String?
    let firstPath: String?

    init(_ people: [PersonLine], of typed: String, isFirst: Bool, hasMore: Bool, at now: Timestamp) {
        self.typed = typed
        rows = people.map { person in
            Row(
                userPath: AdminPaths.user(person.user.name), userName: person.user.name.display,
                userMail: person.user.email.text, isUnverified: !person.isVerified,
                isAdministrator: person.user.isAdministrator, isDisabled: person.user.disabling != nil,
                userFacts: person.facts, seen: person.lastSeenAt.map { Moment(minuteOf: $0) })
        }
        filters = PersonQuery.Filter.allCases.map {
            Filter(filterPath: AdminPaths.users($0), filterName: $0.words)
        }
        let query = "q=\(Paths.percentEncoded(typed))"
        nextPath = hasMore ? people.last.map { "\(AdminPaths.users)?\(query)&after=\($0.user.name.normalized)" } : nil
        firstPath = isFirst ? nil : "\(AdminPaths.users)?\(query)"
    }
}

extension PersonQuery.Filter {
    fileprivate var words: String {
        switch self {
        case .administrators: "Administrators"
        case .disabled: "Disabled"
        case .recovering: "Recovering"
        case .waiting: "With a role, waiting until their first factor counts"
        case .frozen: "With a role and a key frozen lately"
        case .disowned: "With a role and a factor disowned lately"
        }
    }
}

extension PersonLine {
    /// What the account has, on one line.
    fileprivate var facts: String {
        let keys = factors.usableKeys.count
        var held: [String] = []
        if keys > 0 { held.append(keys.counted("key")) }
        if factors.hasApp { held.append("app") }
        if factors.keys.count > keys { held.append("\((factors.keys.count - keys).counted("key")) frozen") }
        let counts = probationUntil.map { ", counting from \($0.readable)" } ?? ""
        let has = held.isEmpty ? "no second factor" : held.joined(separator: ", ") + counts
        return "\(has) · \(tokens.counted("API token")) · \(projects.counted("project"))"
    }
}

/// One account, as administrators see it.
struct AdminUserPage {
    struct Address {
        let address: String
        let isPrimary: Bool
        let isUnverified: Bool
    }

    struct Factor {
        let factorKind: String
        let factorLabel: String
        let factorState: String
        let counts: Bool
    }

    struct Token {
        let tokenName: String
        let tokenMadeWith: String
        let tokenScope: String
        let tokenMade: Moment
        let tokenEnds: Moment?
        let tokenUsed: Moment?
    }

    struct RoleLine {
        let roleProject: String
        let roleName: String
        let rolePath: String
    }

    struct Disabled {
        let disabledSince: Moment
        let disabledReason: String
    }

    let userName: String
    let path: String
    let publicPath: String
    let isOneself: Bool
    let isAdministrator: Bool
    let created: Moment
    let disabled: Disabled?
    let addresses: [Address]
    let factors: [Factor]
    let codesLeft: String
    let tokens: [Token]
    let roles: [RoleLine]
    let sessions: String
    let seen: Moment?
    let hasSessions: Bool
    /// Where somebody vouches for them, when there is something to vouch for.
    let vouchPath: String?
    let recoveryDue: Moment?
    /// Whether they can say that it is not its holder who asks.
    let canCancelRecovery: Bool
    let canDisable: Bool
    let typedReason: String

    init(_ person: Person, isOneself: Bool, typedReason: String, at now: Timestamp) {
        let user = person.user
        userName = user.name.display
        path = AdminPaths.user(user.name)
        publicPath = "/user/\(user.name.normalized)/"
        self.isOneself = isOneself
        isAdministrator = user.isAdministrator
        created = Moment(minuteOf: user.createdAt)
        disabled = user.disabling.map {
            Disabled(disabledSince: Moment(minuteOf: $0.since), disabledReason: $0.reason)
        }
        addresses = person.addresses.map {
            Address(address: $0.address.text, isPrimary: $0.isPrimary, isUnverified: $0.verifiedAt == nil)
        }
        factors = person.factors.lines(at: now).map {
            Factor(factorKind: $0.kind, factorLabel: $0.label, factorState: $0.state, counts: $0.counts)
        }
        codesLeft = person.factors.recoveryCodesLeft.counted("recovery code")
        tokens = person.tokens.map(Token.init)
        roles = person.roles.map {
            RoleLine(
                roleProject: $0.project.display, roleName: $0.role.words, rolePath: WhoPaths.administrators($0.project))
        }
        sessions = person.sessions.counted("session")
        hasSessions = person.sessions > 0
        seen = person.lastSeenAt.map { Moment(minuteOf: $0) }
        let waits = person.factors.probation.map { now < $0.until && $0.reason.canBeEnded } ?? false
        let hasSomething = user.disabling == nil && (waits || person.recovery != nil)
        vouchPath = !isOneself && hasSomething ? Place.vouch(for: user.name).path : nil
        recoveryDue = person.recovery.map { Moment(minuteOf: $0.dueAt) }
        canCancelRecovery = !isOneself && person.recovery != nil
        canDisable = !isOneself && user.disabling == nil
        self.typedReason = typedReason
    }
}

extension AdminUserPage.Token {
    fileprivate init(_ token: APIToken) {
        tokenName = token.nameForPeople
        tokenMadeWith = token.assurance.words
        tokenScope = token.projects.map { $0.map(\.display).joined(separator: ", ") } ?? "all projects"
        tokenMade = Moment(minuteOf: token.createdAt)
        tokenEnds = token.expiresAt.map { Moment(minuteOf: $0) }
        tokenUsed = token.lastUsedAt.map { Moment(minuteOf: $0) }
    }
}
