import Acts
import Descriptions
import Policy
import Primitives
import Site
import UTC
import Web

/// The settings as an administrator types them. They travel in the address to the preview, and hidden in a form from
/// there, always under the same names.
struct CriticalSettingsForm: Equatable {
    struct Field {
        let fieldName: String
        let fieldValue: String
    }

    struct Choice {
        let choiceID: String
        let choiceValue: String
        let choiceName: String
        let isChosen: Bool
    }

    var extent = ""
    var share = ""
    var number = ""
    var window = ""
    var depth = ""
    var announced = ""
    var enforced = ""
    var notice = ""
    var required = ""
    var topShare = ""
    var topRequired = ""
    var spare = ""

    private static let names: [(String, any WritableKeyPath<CriticalSettingsForm, String> & Sendable)] = [
        ("extent", \.extent), ("share", \.share), ("number", \.number), ("window", \.window), ("depth", \.depth),
        ("announced", \.announced), ("enforced", \.enforced), ("notice", \.notice), ("required", \.required),
        ("top_share", \.topShare), ("top_required", \.topRequired), ("spare", \.spare),
    ]

    init(_ form: FormFields) {
        for (name, path) in Self.names {
            self[keyPath: path] = String((form[name] ?? "").trimmedOfWhitespace.prefix(40))
        }
    }

    /// The settings as they are, to be changed.
    init(_ settings: CriticalSettings) {
        switch settings.critical.extent {
        case .share(let share):
            extent = "share"
            self.share = share.words
        case .number(let number):
            extent = "number"
            self.number = String(number)
        }
        window = String(settings.critical.windowDays)
        depth = String(settings.critical.dependencyDepth)
        announced = settings.mandate.announcedFrom?.description ?? ""
        enforced = settings.mandate.enforcedFrom?.description ?? ""
        notice = String(settings.mandate.noticeDays)
        required = settings.mandate.required.rawValue
        topShare = settings.mandate.stricter?.share.words ?? ""
        topRequired = settings.mandate.stricter?.assurance.rawValue ?? ""
        spare = settings.mandate.needsSpare ? "yes" : ""
    }

    /// What goes along to the next page.
    var fields: [Field] {
        Self.names.filter { !self[keyPath: $0.1].isEmpty }.map {
            Field(fieldName: $0.0, fieldValue: self[keyPath: $0.1])
        }
    }

    /// Reads what was typed. Throws `CriticalFormRefusal` or `CriticalRefusal`.
    func settings() throws -> CriticalSettings {
        let extent: CriticalRule.Extent =
            if self.extent == "number" {
                .number(try whole(number, "number of projects"))
            } else {
                .share(try Share(percent: share))
            }
        var stricter: MandateRule.Stricter?
        if !topShare.isEmpty {
            guard let assurance = Assurance(rawValue: topRequired), !topRequired.isEmpty else {
                throw CriticalFormRefusal.topIncomplete
            }
            stricter = MandateRule.Stricter(share: try Share(percent: topShare), assurance: assurance)
        }
        guard let required = Assurance(rawValue: required) else { throw CriticalFormRefusal.required }
        return CriticalSettings(
            critical: try CriticalRule(
                extent: extent, windowDays: try whole(window, "number of days over which downloads are counted"),
                dependencyDepth: try whole(depth, "depth of dependencies")),
            mandate: try MandateRule(
                announcedFrom: try day(announced), enforcedFrom: try day(enforced),
                noticeDays: try whole(notice, "number of days of notice"), required: required, stricter: stricter,
                needsSpare: spare == "yes"))
    }

    private func whole(_ text: String, _ what: String) throws(CriticalFormRefusal) -> Int {
        guard let number = Int(text), text.utf8.count <= 9 else { throw .number(what, text) }
        return number
    }

    private func day(_ text: String) throws(CriticalFormRefusal) -> Day? {
        if text.isEmpty { return nil }
        guard let day = Day(iso8601: text) else { throw .day(text) }
        return day
    }

    // MARK: On the page

    /// What can be asked for.
    static func choices(_ prefix: String, chosen: String, from least: Assurance) -> [Choice] {
        Assurance.allCases.filter { $0 >= least }.map {
            Choice(
                choiceID: "\(prefix)-\($0.rawValue)", choiceValue: $0.rawValue, choiceName: $0.words.capitalized,
                isChosen: $0.rawValue == chosen)
        }
    }
}

/// What a form about critical projects holds that cannot be read.
enum CriticalFormRefusal: Refusal, Hashable {
    /// No whole number.
    case number(String, String)
    /// No day.
    case day(String)
    /// Nothing is chosen that is asked for.
    case required
    /// A top share without what is asked there.
    case topIncomplete
    /// No name of a project.
    case name(String)

    /// Always `invalid`.
    var kind: RefusalKind { .invalid }

    /// `critical.form-…`
    var code: String {
        switch self {
        case .number: "critical.form-number"
        case .day: "critical.form-day"
        case .required: "critical.form-required"
        case .topIncomplete: "critical.form-top"
        case .name: "critical.form-name"
        }
    }

    /// What to type instead.
    var explanation: String {
        switch self {
        case .number(let what, let text):
            "'\(text)' is no \(what). Write a whole number."
        case .day(let text): "'\(text)' is no day. Write year, month and day: 2026-11-22."
        case .required: "Choose what is asked for: a second factor, a security key, or one whose model is attested."
        case .topIncomplete:
            "Say what is asked of the projects that are used most, or leave their share empty."
        case .name(let text):
            "'\(text)' is no name of a project: letters and digits, with dots, hyphens and underscores between."
        }
    }
}
