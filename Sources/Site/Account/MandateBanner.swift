import Foundation
import HTTPTypes
import Identity
import Model
import PackagingFormats
import UTC
import Web

/// What critical projects ask of whoever is signed in, on all of his pages for as long as something is lacking.
struct MandateBanner {
    struct Item {
        let project: String
        let projectPath: String
        let words: String
    }

    let items: [Item]
    /// Whether something is refused now.
    let isRefusing: Bool
    /// Where the person wanted to go when that was refused.
    let wayBack: String?
    /// Whether he is on his way to add what is lacking, and so needs no link to there.
    let isAtRemedy: Bool

    /// Nil where there is nothing to say.
    init?(_ visit: Visit) {
        let lacking = visit.obligations.compactMap { obligation -> (item: Item, isRefusing: Bool)? in
            guard let words = obligation.words(at: visit.now) else { return nil }
            let isRefusing = if case .refused = obligation.judgement { true } else { false }
            let path = "/manage/project/\(obligation.project.normalized)/security/"
            return (Item(project: obligation.project.display, projectPath: path, words: words), isRefusing)
        }
        items = lacking.map(\.item)
        isRefusing = lacking.contains(where: \.isRefusing)
        wayBack = visit.wayBack?.text
        isAtRemedy = visit.path.hasPrefix(MandateRefusal.factorsPath)
        if items.isEmpty && wayBack == nil { return nil }
    }
}

extension Obligation {
    /// What is lacking and by when; nil where nothing is.
    fileprivate func words(at now: Timestamp) -> String? {
        switch judgement {
        case .allowed: nil
        case .allowedWithNotice(let notice):
            "takes \(notice.what.words) "
                + (notice.bindsAt.map { "from \($0.day.readable) on" } ?? "once the rule is enforced")
                + ", and your account has none yet."
        case .refused(let refusal): refusal.explanation
        }
    }
}

/// The way back to what somebody was doing when he was sent to add a factor. It outlives the mails and the signing in
/// that lie between, for an hour.
struct WayBack {
    private static let name = "rind-way-back"
    private let isSecure: Bool

    init(isSecure: Bool) { self.isSecure = isSecure }

    /// Where to; nil when nowhere, or when what the browser brings is no path of this index.
    func path(in headers: HTTPFields) -> LocalPath? {
        let pairs = headers[values: .cookie].flatMap { $0.split(separator: ";") }
        for pair in pairs {
            let text = pair.drop { $0 == " " }
            guard text.hasPrefix("\(Self.name)=") else { continue }
            return LocalPath(parsing: String(text.dropFirst(Self.name.count + 1)).removingPercentEncoding)
        }
        return nil
    }

    func setting(_ path: String) -> String {
        "\(Self.name)=\(Paths.percentEncoded(path)); Path=/; HttpOnly; SameSite=Lax; Max-Age=3600"
            + (isSecure ? "; Secure" : "")
    }

    var removing: String { setting("").replacing("Max-Age=3600", with: "Max-Age=0") }
}
