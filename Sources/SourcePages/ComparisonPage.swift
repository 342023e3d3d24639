import Differences
import PackagingFormats
import Projects
import Site

/// What is different between two releases of a project.
struct ComparisonPage {
    struct Choice {
        let choiceText: String
        let choicePath: String
        let isChosen: Bool
    }

    struct Option {
        let optionVersion: String
        let isOld: Bool
        let isNew: Bool
    }

    let projectName: String
    let projectPath: String
    let oldVersion: String
    let newVersion: String
    let oldPath: String
    let newPath: String
    let comparedWords: String
    let choices: NonEmpty<Choice>?
    let options: [Option]
    let comparePath: String
    let backwardsPath: String
    /// The whole of it, where one file is shown alone; nil where all are.
    let wholePath: String?
    let difference: DifferenceView?

    /// How many wheels are offered beside the one that is shown.
    private static let mostChoices = 40
    /// How many releases can be chosen of.
    private static let mostOptions = 300

    /// - Parameters:
    ///   - compared: the files that were chosen of `choices`; nil where one of the releases has none.
    ///   - place: the one file that is shown; nil for all.
    init(
        _ snapshot: ProjectSnapshot, from old: Version, to new: Version, compared: ComparedFiles?,
        choices: [ComparedFiles], difference: ReleaseDifference?, only place: String?
    ) {
        let name = snapshot.project.name
        let path = SourceAddress.comparison(of: name, old, new)
        projectName = name.display
        projectPath = Paths.project(name)
        (oldVersion, newVersion) = (old.description, new.description)
        oldPath = SourceAddress.files(of: name, old)
        newPath = SourceAddress.files(of: name, new)
        comparedWords = Self.words(compared, old, new)
        @Sendable func query(_ key: String, _ place: String? = nil) -> String {
            let file = place.map { "&file=\(Paths.percentEncoded($0))" } ?? ""
            return "\(path)?files=\(Paths.percentEncoded(key))\(file)"
        }
        self.choices =
            choices.count < 2
            ? nil
            : NonEmpty(
                choices.prefix(Self.mostChoices).map { choice in
                    Choice(choiceText: choice.key, choicePath: query(choice.key), isChosen: choice == compared)
                })
        options = snapshot.releases.prefix(Self.mostOptions).map { release in
            Option(
                optionVersion: release.version.description, isOld: release.version == old, isNew: release.version == new
            )
        }
        comparePath = "\(Paths.project(name))compare/"
        backwardsPath = SourceAddress.comparison(of: name, new, old)
        wholePath = place == nil ? nil : compared.map { query($0.key) } ?? path
        self.difference = difference.map { difference in
            DifferenceView(
                difference,
                links: .init(
                    old: { path in compared.map { SourceAddress.member(path, in: $0.old, of: name, old) } },
                    new: { path in compared.map { SourceAddress.member(path, in: $0.new, of: name, new) } },
                    alone: { place in compared.map { query($0.key, place) } }), only: place)
        }
    }

    private static func words(_ files: ComparedFiles?, _ old: Version, _ new: Version) -> String {
        guard let files else { return "One of the two releases has no file, so there is nothing to compare." }
        let both = "\(files.old) with \(files.new)"
        return switch files.likeness {
        case .same: "Compared are \(both)."
        case .nearlySame: "Compared are \(both), which are for the same interpreter and processor."
        case .otherWheel: "No two files are for the same. Compared are \(both)."
        case .otherKind: "No two files are of one kind. Compared are \(both), which differ in what belongs to either."
        }
    }
}

extension SiteRenderer {
    /// `GET /project/{name}/compare/{old}...{new}/`
    func comparison(_ page: ComparisonPage) -> [UInt8] {
        self.page(
            page, as: .comparison, titled: "\(page.projectName) \(page.oldVersion) → \(page.newVersion)",
            description: "What is different between \(page.projectName) \(page.oldVersion) and \(page.newVersion).")
    }
}
