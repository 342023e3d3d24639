import PackagingFormats
import Primitives
import Site
import UTC
import Web

/// What a page about a project has where it is of the past: it says so, and leads to pages of the same point in time.
struct PastPage {
    /// The index at that point, for what installers are told.
    let address: IndexAddress
    private let serial: Serial
    private let moment: Timestamp?
    private let leftOut: Int
    /// `/at/4711`
    private let path: String

    /// - Parameters:
    ///   - serial: of the last change that is seen.
    ///   - moment: when that was made, where it is known.
    ///   - leftOut: how many files are not shown, because nobody gets them now.
    ///   - base: the index of now.
    init(serial: Serial, moment: Timestamp?, leftOut: Int, below base: IndexAddress) {
        self.serial = serial
        self.moment = moment
        self.leftOut = leftOut
        path = "/at/\(serial)"
        address = IndexAddress(baseURL: base.base + path)
    }

    func notices(of project: ProjectName) -> [Notice] {
        let when = moment.map { "on \($0.readable), after" } ?? "after"
        let past = Notice(
            .info, "This is the past", "The index as it was \(when) its change \(serial).",
            link: (path: Self.present(of: project), text: "See it as it is now"))
        guard leftOut > 0 else { return [past] }
        return [
            past,
            Notice(
                .warning, "Something is left out",
                "\(leftOut.counted("file")) of then cannot be had now: in quarantine, or erased."),
        ]
    }

    /// Pages of projects are those of the same point, but for the one link that leads to now.
    func leadingToThePast(_ html: [UInt8], below base: BasePath) -> [UInt8] {
        let present = base.outer(Self.presentMark)
        return Array(
            String(decoding: html, as: UTF8.self)
                .replacing("href=\"\(base.outer("/project/"))", with: "href=\"\(base.outer(path))/project/")
                .replacing("href=\"\(present)", with: "href=\"\(base.outer("/project/"))").utf8)
    }

    /// What stands for `/project/` in the link to now until the page is made.
    private static let presentMark = "/at/now/"
    private static func present(of project: ProjectName) -> String { "\(presentMark)\(project.normalized)/" }
}
