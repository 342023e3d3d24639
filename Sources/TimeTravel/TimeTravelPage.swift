import PackagingFormats
import Primitives
import Site
import UTC

/// The index as it was, for people: what it is, and what to tell installers.
struct TimeTravelPage {
    /// The serial that it is about; nil where it is about none yet.
    let serial: String?
    let moment: Moment?
    /// What the form begins with.
    let day: String
    let project: String?
    let installing: [Snippet]
    let behind: Snippet
    let projectsPath: String?

    /// - Parameters:
    ///   - serial: that the page is about; nil for none.
    ///   - point: what the commands say: a serial or a day.
    ///   - moment: of that serial.
    init(_ address: IndexAddress, of serial: Serial?, on point: String, moment: Timestamp?, project: ProjectName?) {
        self.serial = serial.map(String.init)
        self.moment = moment.map { Moment(minuteOf: $0) }
        day = serial == nil ? point : moment?.day.description ?? ""
        self.project = project?.normalized
        let what = project?.normalized ?? "PROJECT"
        let then = "\(address.base)/at/\(point)/simple/"
        installing = [
            Snippet("at-pip", "pip", "pip install --index-url \(then) \(what)"),
            Snippet("at-uv", "uv", "uv pip install --index-url \(then) \(what)"),
            Snippet("at-uv-sync", "uv.lock", "UV_DEFAULT_INDEX=\(then) uv sync --frozen"),
        ]
        behind = Snippet("at-behind", "pip", "pip install --index-url \(address.base)/at/-7d/simple/ \(what)")
        projectsPath = serial.map { "/at/\($0)/simple/" }
    }
}
