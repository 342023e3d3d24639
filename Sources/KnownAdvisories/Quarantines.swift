import Acts
import Advisories
import Database
import Journal
import Leaving
import PackagingFormats
import Policy
import Primitives
import Projects
import Stores
import UTC

// What the index has in quarantine, or had: told by the journal, which has a serial for each; whether it lasts, by what is
// so now.

extension Connection {
    /// What was ever put in quarantine of a project, in the order in which it was.
    func quarantines(of project: ProjectName) throws -> [Quarantine] {
        let entries = try rows(
            """
            SELECT serial, at, actor, action, subject, details FROM journal
            WHERE subject = $1 AND action IN ($2, $3) ORDER BY serial
            """,
            Subject.project(project).journalName, ProjectAct.quarantine.rawValue, ProjectAct.liftQuarantine.rawValue
        ).map(JournalEntry.init(row:))
        guard !entries.isEmpty else { return [] }
        let withheld = try withheld(of: project)
        return try entries.compactMap { entry in
            guard case .project(.removal(.quarantined(let departure, let reason))) = entry.event,
                let what = try what(departure)
            else { return nil }
            // Of two for the same thing, the one that came first has ended, too, where the second could begin.
            let ending = entries.first { $0.serial > entry.serial && $0.ends(departure, what) }
            let isLast = !entries.contains { $0.serial > entry.serial && $0.isAgain(departure) }
            let lasts = isLast && withheld.contains(what)
            return Quarantine(
                what, of: project, reason: reason, serial: entry.serial, since: entry.at,
                until: lasts ? nil : ending?.at ?? entry.at)
        }
    }

    /// The quarantine that an identifier of ours names; nil where there never was one.
    func quarantine(_ id: AdvisoryID) throws -> Quarantine? {
        guard let serial = id.ownSerial,
            let subject = try row(
                "SELECT subject FROM journal WHERE serial = $1 AND action = $2", serial, ProjectAct.quarantine.rawValue
            )?.text("subject"),
            let name = try Self.name(in: subject)
        else { return nil }
        return try quarantines(of: name).first { $0.advisory.id == id }
    }

    /// The projects of which something was ever in quarantine, in their order.
    func namesOnceInQuarantine() throws -> [ProjectName] {
        try rows(
            "SELECT DISTINCT subject FROM journal WHERE action = $1 ORDER BY subject", ProjectAct.quarantine.rawValue
        ).compactMap { try Self.name(in: $0.text("subject")) }
    }

    private static func name(in subject: String) throws -> ProjectName? {
        let prefix = "project "
        guard subject.hasPrefix(prefix) else { return nil }
        return try ProjectName(parsing: String(subject.dropFirst(prefix.count)))
    }

    private func what(_ departure: Departure) throws -> Quarantine.What? {
        switch departure {
        case .project: return .project
        case .release(let version): return .release(version)
        case .file(let filename):
            let release = try row(
                "SELECT r.version FROM file f JOIN release r ON r.id = f.release_id WHERE f.filename = $1", filename)
            return try release.map { .file(filename, of: try Version(parsing: $0.text("version"))) }
        // Nobody puts these in quarantine.
        case .archiving, .hiding, .lastRole: return nil
        }
    }

    private func withheld(of project: ProjectName) throws -> Withheld {
        let status = try row(
            "SELECT status FROM project WHERE normalized = $1 AND removed_at IS NULL", project.normalized)
        let files = try rows(
            """
            SELECT f.filename, r.canonical FROM project p JOIN file f ON f.project_id = p.id
                JOIN release r ON r.id = f.release_id
            WHERE p.normalized = $1 AND f.state = $2
            """, project.normalized, FileState.quarantined.rawValue)
        return Withheld(
            isProject: try status?.text("status") == ProjectStatus.quarantined.rawValue,
            files: Set(try files.map { try $0.text("filename") }),
            releases: Set(try files.map { try $0.text("canonical") }))
    }
}

/// What of a project nobody gets now.
private struct Withheld {
    let isProject: Bool
    let files: Set<String>
    /// Their versions, in canonical form.
    let releases: Set<String>

    func contains(_ what: Quarantine.What) -> Bool {
        switch what {
        case .project: isProject
        case .release(let version): releases.contains(version.canonical)
        case .file(let filename, _): files.contains(filename)
        }
    }
}

extension JournalEntry {
    /// Whether it puts the same in quarantine again.
    fileprivate func isAgain(_ departure: Departure) -> Bool {
        if case .project(.removal(.quarantined(departure, reason: _))) = event { true } else { false }
    }

    /// Whether it may have ended the quarantine of something: its own end, or that of the release around a file.
    fileprivate func ends(_ departure: Departure, _ what: Quarantine.What) -> Bool {
        guard case .project(.removal(.quarantineLifted(let lifted))) = event else { return false }
        if lifted == departure { return true }
        guard case .release(let version) = lifted, case .file(_, let own) = what else { return false }
        return version == own
    }
}
