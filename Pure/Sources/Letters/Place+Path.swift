import Accounts
import PackagingFormats
import Policy
import Primitives

extension Place {
    /// Its address, as a path of the index.
    public var path: String {
        switch self {
        case .account: "/manage/account/"
        case .accountEvents: "/manage/account/events/"
        case .factors: "/manage/account/two-factor/"
        case .showFactor: "/account/two-factor/"
        case .tokens: "/manage/account/token/"
        case .recovery: "/account/recover/"
        case .signIn: "/account/login/"
        case .projects: "/manage/projects/"
        case .projectSecurity(let name): "/manage/project/\(name.normalized)/security/"
        case .vouch(let user): "/account/vouch/\(user.normalized)/"
        case .security: "/security/"
        case .giveaway: "/security-key-giveaway/"
        }
    }
}

extension Letter.Link {
    /// A link to a page of the index.
    public init(_ label: String, to place: Place) { self.init(label, path: place.path) }
}

extension Refusal {
    /// For the person who asked, with addresses of pages.
    ///
    /// - Parameter base: what stands before their paths: nothing on a page, the index's address where a path alone
    ///   leads nowhere.
    public func sentence(base: String = "") -> String {
        (self as? any GuidingRefusal)?.guidance.text { base + $0.path } ?? explanation
    }

    /// Whether its sentence sends people to a page.
    public func leads(to place: Place) -> Bool {
        (self as? any GuidingRefusal)?.guidance.places.contains(place) ?? false
    }
}
