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
        case .passwordReset: "/account/request-password-reset/"
        case .projects: "/manage/projects/"
        case .delay(let name): "/manage/project/\(name.normalized)/security/delay/"
        case .leaving(let name): "/manage/project/\(name.normalized)/leaving/"
        case .proposals: "/manage/proposals/"
        case .stages: "/manage/stages/"
        case .stage(let name, let number): "/manage/project/\(name.normalized)/stages/\(number)/"
        case .returning(let name): "/manage/role/\(name.normalized)/"
        case .accountDeletion: "/manage/account/delete/"
        case .project(let name): "/project/\(name.normalized)/"
        case .vouch(let user): "/account/vouch/\(user.normalized)/"
        case .security: "/security/"
        case .giveaway: "/security-key-giveaway/"
        // They have no page of their own; see `written`.
        case .administrators: "/"
        }
    }
}

extension Guidance {
    /// The sentence as a person reads it who asked.
    ///
    /// - Parameters:
    ///   - base: what stands before the paths of pages: nothing on a page, the index's address where a path alone leads
    ///     nowhere.
    ///   - contact: who answers questions, a mail address or a web address; nil where nobody is named.
    public func written(below base: String = "", contact: String? = nil) -> String {
        text { place in
            guard case .administrators = place else { return base + place.path }
            return place.words + (contact.map { " (\($0))" } ?? "")
        }
    }
}

extension OneTimeLink.Purpose {
    /// Whether a link of a letter is one for this.
    func leads(to link: Letter.Link?) -> Bool { link?.path.hasPrefix(path) ?? false }
}

extension Letter.Link {
    /// A link to a page of the index.
    public init(_ label: String, to place: Place) { self.init(label, path: place.path) }
}

extension Refusal {
    /// For the person who asked, with addresses of pages.
    ///
    /// Parameters are those of `Guidance.written`.
    public func sentence(base: String = "", contact: String? = nil) -> String {
        (self as? any GuidingRefusal)?.guidance.written(below: base, contact: contact) ?? explanation
    }

    /// What else helps, after the first that the sentence names; each in sentences of its own.
    public func otherWays(base: String = "", contact: String? = nil) -> [String] {
        (self as? any GuidingRefusal)?.otherWays.map { $0.written(below: base, contact: contact) } ?? []
    }

    /// Whether its sentence sends people to a page.
    public func leads(to place: Place) -> Bool {
        (self as? any GuidingRefusal)?.guidance.places.contains(place) ?? false
    }
}
