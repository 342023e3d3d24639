import Letters
import Policy

/// What waits for a decision, on the first page of administrators.
struct DecisionLines {
    struct Line {
        let decisionText: String
        let decisionPath: String
        let decisionAction: String
    }

    let lines: [Line]

    init?(_ decisions: [AwaitedDecision]) {
        guard !decisions.isEmpty else { return nil }
        lines = decisions.map {
            Line(decisionText: $0.sentence, decisionPath: $0.path, decisionAction: $0.action)
        }
    }
}

extension AwaitedDecision {
    /// Where it is decided.
    fileprivate var path: String {
        switch self {
        case .recovery(let user, _), .ripeRecovery(let user, _): AdminPaths.user(user)
        case .moreRecoveries: AdminPaths.users(.recovering)
        case .frozenKeys: AdminPaths.users(.frozen)
        case .disownedFactors: AdminPaths.users(.disowned)
        case .newFactors: AdminPaths.users(.waiting)
        case .undeliveredMail: "#mail"
        case .oldMetadata: "#keys"
        case .refusals: "/admin/critical/"
        case .onlyAdministrator: AdminPaths.users
        }
    }
}
