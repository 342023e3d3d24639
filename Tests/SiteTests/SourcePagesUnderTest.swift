import Archives
import Differences
import PackagingFormats
import Projects

@testable import Site
@testable import SourcePages

/// The pages about sources and differences, by the names of their golden files.
enum SourcePagesUnderTest {
    static let names = [
        "comparison", "comparison-same", "comparison-file", "comparison-none", "source", "source-part", "source-binary",
        "source-link", "source-files", "source-files-directory", "source-files-release",
    ]

    private static let oldName = "cheese_board-1.1-py3-none-any.whl"
    private static let newName = "cheese_board-2.0-py3-none-any.whl"

    private static let old = [
        "cheese_board/__init__.py": "from .count import holes\n\n__version__ = \"1.1\"\n",
        "cheese_board/count.py": "def holes(cheese):\n    return len(cheese)\n",
        "cheese_board/old.py": "def smell(cheese):\n    return \"strong\"\n",
        "cheese_board-1.1.dist-info/METADATA": "Name: cheese-board\nVersion: 1.1\nRequires-Dist: milk\n",
        "cheese_board-1.1.dist-info/RECORD": "a,,\n",
    ]

    private static let new = [
        "cheese_board/__init__.py": "from .count import holes\n\n__version__ = \"2.0\"\n",
        "cheese_board/count.py":
            "def holes(cheese):\n    if cheese == \"<script>alert(1)</script>\u{202E}\":\n        return 0\n    return len(cheese) - 1\n",
        "cheese_board/smell.py": "def smell(cheese):\n    return \"strong\"\n",
        "cheese_board/_knife.so": "\u{7F}ELF\0",
        "cheese_board.pth": "import cheese_board\n",
        "cheese_board-2.0.dist-info/METADATA":
            "Name: cheese-board\nVersion: 2.0\nRequires-Dist: milk\nRequires-Dist: rennet\n",
        "cheese_board-2.0.dist-info/entry_points.txt": "[console_scripts]\ncheese = cheese_board:main\n",
        "cheese_board-2.0.dist-info/RECORD": "a,,\nb,,\n",
    ]

    static func inventory(_ filename: String, _ files: [String: String]) -> Inventory {
        Inventory(
            filename: filename, container: filename.hasSuffix(".whl") ? .zip : .gzippedTar,
            files: files.map { ($0.key, Array($0.value.utf8)) })
    }

    static func difference(
        _ old: [String: String], _ new: [String: String], only place: String? = nil
    ) -> ReleaseDifference {
        let plan = DifferencePlan(
            from: inventory(oldName, old), to: inventory(newName, new), only: place,
            limits: place == nil ? DifferenceLimits() : .oneFile)
        func read(_ files: [String: String]) -> [ExactPath: [UInt8]] {
            Dictionary(uniqueKeysWithValues: files.map { (ExactPath($0.key), Array($0.value.utf8)) })
        }
        return plan.difference(old: read(old), new: read(new))
    }

    static func comparison(
        _ difference: ReleaseDifference?, only place: String? = nil, choices: [ComparedFiles]? = nil
    ) throws -> ComparisonPage {
        let choices =
            choices
            ?? ComparedFiles.choices(
                from: [oldName, "cheese_board-1.1.tar.gz"], to: [newName, "cheese_board-2.0.tar.gz"])
        return ComparisonPage(
            try Fixture.snapshot(), from: try Fixture.version("1.1"), to: try Fixture.version("2.0"),
            compared: choices.last, choices: choices, difference: difference, only: place)
    }

    static func bytes(_ name: String, _ site: SiteRenderer) throws -> [UInt8] {
        switch name {
        case "comparison": return site.comparison(try comparison(difference(old, new)))
        case "comparison-same": return site.comparison(try comparison(difference(old, old)))
        case "comparison-file":
            let place = "cheese_board/count.py"
            return site.comparison(try comparison(difference(old, new, only: place), only: place))
        case "comparison-none": return site.comparison(try comparison(nil, choices: []))
        default: break
        }
        let (project, version) = (try Fixture.name("Cheese-Board"), try Fixture.version("2.0"))
        let file = try Fixture.file(2, newName)
        let inventory = inventory(newName, new)
        func source(_ path: String, _ content: String?, at place: SourcePage.Place = .line(1)) throws -> [UInt8] {
            let entry = Inventory.Entry(
                path: path, place: path, size: Int64(content?.utf8.count ?? 9), digest: nil,
                kind: path.hasSuffix(".so") ? .elf : path.hasSuffix("link") ? .link : .text,
                target: path.hasSuffix("link") ? "../other" : nil)
            return site.source(
                SourcePage(entry, content: content.map { Array($0.utf8) }, at: place, of: file, project, version))
        }
        switch name {
        case "source": return try source("cheese_board/count.py", new["cheese_board/count.py"])
        case "source-part":
            let long = (1...4_001).map { "line \($0)\r\n" }.joined()
            return try source("cheese_board/long.txt", long, at: .line(4_001))
        case "source-binary": return try source("cheese_board/_knife.so", nil)
        case "source-link": return try source("cheese_board/link", nil)
        case "source-files-release":
            return site.files(
                FilesPage(
                    try Fixture.release(
                        2, "2.0", daysAgo: 1, files: [try Fixture.file(1, "cheese_board-2.0.tar.gz"), file]),
                    of: project))
        default:
            let directory = name == "source-files" ? "" : "cheese_board"
            guard let listing = inventory.listing(of: directory) else { return [] }
            return site.files(FilesPage(listing, at: directory, in: inventory, of: file, project, version))
        }
    }
}
