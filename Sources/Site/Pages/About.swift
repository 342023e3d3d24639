import Accounts
import Acts
import Descriptions
import PackagingFormats
import Projects
import Search

/// What a release says about itself beside its description, and who looks after it here.
struct About {
    struct Link {
        let linkLabel: String
        let linkAddress: String
        let linkHost: String
    }

    struct Person: Equatable {
        let person: String
        /// `mailto:…`, if there is an address.
        let personAddress: String?
    }

    struct Holder {
        let holder: String
        let holderPath: String
        let holderRole: String
    }

    struct ClassifierGroup {
        let topic: String
        let values: [Classifier]
    }

    struct Classifier {
        /// Below its topic: `Internet › WWW/HTTP`.
        let classifierText: String
        /// What else has it; nil where it is too long to be asked for.
        let classifierPath: String?

        fileprivate init(_ classifier: String, shownAs text: String, isWhole: Bool) {
            classifierText = text
            let query = SearchQuery(text: "", filters: SearchFilters(classifier: classifier))
            classifierPath = isWhole ? Paths.search(query) : nil
        }
    }

    let links: NonEmpty<Link>?
    let holders: NonEmpty<Holder>?
    let authors: NonEmpty<Person>?
    let maintainers: NonEmpty<Person>?
    /// Nil where the head of the page says it already.
    let longLicense: String?
    let keywords: String?
    let classifiers: NonEmpty<ClassifierGroup>?
    let jsonPath: String
    let simplePath: String
    let rssPath: String

    init(_ project: ProjectName, _ version: Version?, _ metadata: ReleaseMetadata, roles: [RoleHolder]) {
        links = NonEmpty(Self.links(metadata))
        let owners = roles.filter { $0.role == .owner } + roles.filter { $0.role == .maintainer }
        holders = NonEmpty(
            owners.map { holder in
                Holder(
                    holder: holder.user.display, holderPath: "/user/\(holder.user.display)/",
                    holderRole: holder.role == .owner ? "owner" : "maintainer")
            })
        authors = NonEmpty(Self.people(metadata.author, metadata.authorEmail))
        maintainers = NonEmpty(Self.people(metadata.maintainer, metadata.maintainerEmail))
        longLicense = Self.license(metadata).flatMap { $0.count > Self.shortLicense ? $0.cut(to: .line) : nil }
        keywords = metadata.keywords.map(Self.keywords)
        classifiers = NonEmpty(Self.classifiers(metadata.classifiers))
        let name = project.normalized
        jsonPath = "/pypi/\(name)/" + (version.map { Paths.percentEncoded($0.description) + "/" } ?? "") + "json"
        simplePath = "/simple/\(name)/"
        rssPath = "/rss/project/\(name)/releases.xml"
    }

    /// How many links, people, keywords and classifiers are shown, of each. No real release has as many.
    static let most = 100

    // MARK: Links

    private static func links(_ metadata: ReleaseMetadata) -> [Link] {
        var candidates = metadata.projectURLs.map { ($0.label, $0.url) }
        if let page = metadata.homePage { candidates.insert(("Homepage", page), at: 0) }
        if let download = metadata.downloadURL { candidates.append(("Download", download)) }
        var seen: Set<String> = []
        return candidates.prefix(Self.most).compactMap { label, address in
            // An address that is cut is another.
            guard address.utf8.count <= ShownText.paragraph.rawValue, let link = DescriptionLink(address),
                !link.href.hasPrefix("#"),
                seen.insert(link.href.hasSuffix("/") ? String(link.href.dropLast()) : link.href).inserted
            else { return nil }
            let text = label.trimmedOfWhitespace
            return Link(
                linkLabel: text.isEmpty ? "Link" : text.cut(to: .label), linkAddress: link.href,
                linkHost: host(of: link.href).cut(to: .label))
        }
    }

    /// Who will answer: `github.com`, without `www.`. For a mail address, the address.
    private static func host(of address: String) -> String {
        guard let slashes = address.firstRange(of: "://") else { return String(address.dropFirst("mailto:".count)) }
        let authority = address[slashes.upperBound...].prefix { !"/?#\\".contains($0) }
        let host = authority.split(separator: "@").last.map(String.init) ?? ""
        return host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
    }

    // MARK: People

    /// The people in a name field and a field of addresses, `Ada <ada@example.org>, bob@example.org`.
    static func people(_ names: String?, _ addresses: String?) -> [Person] {
        var people = mailboxes(addresses ?? "")
        guard let names = names?.cut(to: .line).trimmedOfWhitespace, !names.isEmpty else { return people }
        if people.count == 1, people[0].person == people[0].personAddress?.dropFirst("mailto:".count).description {
            return [Person(person: names, personAddress: people[0].personAddress)]
        }
        if !people.contains(where: { $0.person == names }) {
            people.insert(Person(person: names, personAddress: nil), at: 0)
        }
        return people
    }

    private static func mailboxes(_ field: String) -> [Person] {
        split(field).prefix(most).compactMap { mailbox in
            let text = mailbox.cut(to: .label).trimmedOfWhitespace
            guard !text.isEmpty else { return nil }
            guard let open = text.lastIndex(of: "<"), text.hasSuffix(">") else {
                return Person(person: text, personAddress: mailto(text))
            }
            let address = String(text[text.index(after: open)...].dropLast())
            let name = text[..<open].trimmedOfWhitespace.filter { $0 != "\"" }
            return Person(person: name.isEmpty ? address : name, personAddress: mailto(address))
        }
    }

    /// At commas, save those in quotes.
    private static func split(_ field: String) -> [Substring] {
        var isQuoted = false
        return field.split(maxSplits: most) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        }
    }

    private static func mailto(_ address: String) -> String? {
        (try? EmailAddress(parsing: address)).map { "mailto:\($0)" }
    }

    /// Up to how many characters a licence fits into the head of the page.
    static let shortLicense = 60

    // MARK: Licence, keywords, classifiers

    /// The licence in one line: the expression, else a short free text, else what the classifiers say.
    static func license(_ metadata: ReleaseMetadata) -> String? {
        if let expression = metadata.licenseExpression { return expression }
        // Some write the whole text of their licence here.
        let text = (metadata.license ?? "").cut(to: .paragraph).trimmedOfWhitespace
        if !text.isEmpty, text.count <= 100, !text.contains(where: \.isNewline) { return text }
        let prefix = "License :: "
        let names = metadata.classifiers.filter { $0.hasPrefix(prefix) }.prefix(most).compactMap {
            $0.split(separator: ":").last?.trimmedOfWhitespace
        }
        if !names.isEmpty { return names.joined(separator: ", ") }
        return text.split(whereSeparator: \.isNewline).first.map { $0.trimmedOfWhitespace.prefix(100) + " …" }
    }

    /// Keywords are separated by commas, or else by blanks.
    private static func keywords(_ field: String) -> String {
        let words =
            field.contains(",")
            ? field.split(separator: ",", maxSplits: most)
            : field.split(maxSplits: most, whereSeparator: \.isWhitespace)
        return words.prefix(most).map { $0.cut(to: .label).trimmedOfWhitespace }.filter { !$0.isEmpty }
            .joined(separator: ", ").cut(to: .paragraph)
    }

    private static func classifiers(_ all: [String]) -> [ClassifierGroup] {
        var groups: [(topic: String, values: [Classifier])] = []
        var places: [String: Int] = [:]
        for classifier in all.prefix(most) {
            let shown = classifier.cut(to: .label)
            guard let separator = shown.firstRange(of: " :: ") else { continue }
            let topic = String(shown[..<separator.lowerBound])
            let below = String(shown[separator.upperBound...]).replacing(" :: ", with: " › ")
            let value = Classifier(classifier, shownAs: below, isWhole: shown == classifier)
            if let index = places[topic] {
                groups[index].values.append(value)
            } else {
                places[topic] = groups.count
                groups.append((topic, [value]))
            }
        }
        return groups.map(ClassifierGroup.init)
    }
}
