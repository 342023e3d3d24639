public import PackagingFormats
public import Primitives
public import Projects
public import UTC

/// For which of the journal's serials something was so.
public struct Interval: Hashable, Sendable {
    /// From this one on.
    public let from: Serial
    /// Not at this one any more; nil while it is so.
    public let until: Serial?

    /// From one serial until before another.
    public init(from: Serial, until: Serial?) {
        self.from = from
        self.until = until
    }

    /// Whether it was so at a serial.
    public func contains(_ serial: Serial) -> Bool { from <= serial && until.map { serial < $0 } ?? true }
}

/// Something that was so for some time.
public struct During<Value: Sendable & Hashable>: Hashable, Sendable {
    public let value: Value
    public let interval: Interval

    /// A value, and when it was so.
    public init(_ value: Value, _ interval: Interval) {
        self.value = value
        self.interval = interval
    }
}

extension Collection {
    /// What was so at a serial; nil where there was nothing.
    fileprivate func value<Value>(at serial: Serial) -> Value? where Element == During<Value> {
        first { $0.interval.contains(serial) }?.value
    }
}

/// All that the pages of a project have ever shown, and when.
///
/// What it says of a serial up to the one at which it was read stays true for ever, but for what is left out.
public struct ProjectHistory: Hashable, Sendable {
    /// What of a project changes.
    public struct State: Hashable, Sendable {
        let status: ProjectStatus
        let statusReason: String?
        let serial: Serial
        let createdAt: Timestamp
        let isThere: Bool

        /// - Parameter isThere: whether it was not removed.
        public init(
            status: ProjectStatus, statusReason: String?, serial: Serial, createdAt: Timestamp, isThere: Bool
        ) {
            self.status = status
            self.statusReason = statusReason
            self.serial = serial
            self.createdAt = createdAt
            self.isThere = isThere
        }
    }

    /// What of a release changes.
    public struct ReleaseState: Hashable, Sendable {
        let createdAt: Timestamp
        let yank: Yank?
        let requiresPython: String?
        let summary: String?
        let isThere: Bool

        /// - Parameter isThere: whether it was not removed.
        public init(createdAt: Timestamp, yank: Yank?, requiresPython: String?, summary: String?, isThere: Bool) {
            self.createdAt = createdAt
            self.yank = yank
            self.requiresPython = requiresPython
            self.summary = summary
            self.isThere = isThere
        }
    }

    /// What of a file changes.
    public struct FileStanding: Hashable, Sendable {
        let state: FileState
        let yank: Yank?

        /// Where a file stood.
        public init(state: FileState, yank: Yank?) {
            self.state = state
            self.yank = yank
        }
    }

    /// A file and where it stood.
    public struct File: Hashable, Sendable {
        let file: DistributionFile
        let now: FileState
        let standings: [During<FileStanding>]

        /// - Parameter now: its state when this was read: what is in quarantine or erased now is shown at no time.
        public init(_ file: DistributionFile, now: FileState, standings: [During<FileStanding>]) {
            self.file = file
            self.now = now
            self.standings = standings
        }
    }

    /// A release and what it was.
    public struct Release: Hashable, Sendable {
        let id: ReleaseID
        let version: Version
        let states: [During<ReleaseState>]
        let files: [File]

        /// - Parameter files: in the order of their names.
        public init(id: ReleaseID, version: Version, states: [During<ReleaseState>], files: [File]) {
            self.id = id
            self.version = version
            self.states = states
            self.files = files
        }
    }

    /// As it is now.
    private let project: Project
    private let states: [During<State>]
    private let releases: [Release]
    private let roles: [During<RoleHolder>]
    private let leaving: [During<String>]

    /// - Parameters:
    ///   - project: as it is now.
    ///   - releases: in any order.
    ///   - roles: by name.
    ///   - leaving: what was asked to be taken away, a sentence each, the next first.
    public init(
        project: Project, states: [During<State>], releases: [Release], roles: [During<RoleHolder>],
        leaving: [During<String>]
    ) {
        self.project = project
        self.states = states
        self.releases = releases.sorted { $0.version > $1.version }
        self.roles = roles
        self.leaving = leaving
    }

    /// How many files there have ever been: what it takes in memory goes by them.
    public var fileCount: Int { releases.reduce(0) { $0 + $1.files.count } }

    /// The serial of the last change of the project until another one; nil where there was no project. What its pages
    /// showed did not change in between.
    public func serial(at serial: Serial) -> Serial? {
        guard let state: State = states.value(at: serial), state.isThere else { return nil }
        return state.serial
    }

    /// What the pages of the project showed at a serial, without what is in quarantine or erased now; nil where there was
    /// no project.
    public func snapshot(at serial: Serial) -> PastSnapshot? {
        guard let state: State = states.value(at: serial), state.isThere else { return nil }
        // A page of a project in quarantine has no files anyway.
        let isWithheld = project.status == .quarantined && state.status != .quarantined
        var leftOut = 0
        let shown = releases.compactMap { release -> Projects.Release? in
            guard let then: ReleaseState = release.states.value(at: serial), then.isThere else { return nil }
            var offered: [DistributionFile] = []
            var (listed, isKnown, hasFiles) = (0, false, false)
            for file in release.files {
                guard let standing = file.standings.value(at: serial) else { continue }
                hasFiles = true
                if !standing.state.isAwaited { isKnown = true }
                guard standing.state.isListed else { continue }
                listed += 1
                if !file.now.isLeftOutOfThePast { offered.append(file.file.yanked(standing.yank)) }
            }
            // All that it had was still to be published: nobody knew of it.
            guard isKnown || !hasFiles else { return nil }
            leftOut += isWithheld ? listed : listed - offered.count
            // What it says about itself goes with its files.
            guard listed == 0 || !offered.isEmpty else { return nil }
            return Projects.Release(
                id: release.id, version: release.version, createdAt: then.createdAt, yank: then.yank,
                requiresPython: then.requiresPython, summary: then.summary, files: offered)
        }
        let then = Project(
            id: project.id, name: project.name, createdAt: state.createdAt,
            status: isWithheld ? .quarantined : state.status,
            statusReason: isWithheld ? project.statusReason : state.statusReason, serial: state.serial,
            requiredAssurance: project.requiredAssurance)
        return PastSnapshot(
            snapshot: ProjectSnapshot(
                project: then, releases: shown,
                roles: roles.filter { $0.interval.contains(serial) }.map(\.value),
                leaving: leaving.filter { $0.interval.contains(serial) }.map(\.value)),
            leftOut: state.status == .quarantined ? 0 : leftOut)
    }

    /// Whether the project stood in the list of all at a serial.
    public func isListed(at serial: Serial) -> Bool {
        guard let state: State = states.value(at: serial), state.isThere else { return false }
        let standings = releases.flatMap { $0.files.compactMap { $0.standings.value(at: serial) } }
        return standings.isEmpty || !standings.allSatisfy(\.state.isAwaited)
    }
}

/// A project as it was.
public struct PastSnapshot: Hashable, Sendable {
    public let snapshot: ProjectSnapshot
    /// How many files it had then that nobody gets now: they are in quarantine, or erased.
    public let leftOut: Int
}

extension FileState {
    /// Whether no page shows it as it was: what did harm, and what nobody may have.
    fileprivate var isLeftOutOfThePast: Bool {
        switch self {
        case .quarantined, .erased: true
        case .staged, .held, .published, .removed: false
        }
    }
}
