import Accounts
import Acts
import Database
import Foundation
import Journal
import PackagingFormats
import Primitives
import Projects
import Stores
import UTC

// What the rows of projects, releases and files say is compared with what the journal says, and with what follows from
// their names. Nothing here changes anything.

extension Inventory {
    /// What contradicts itself between the journal and the rows of projects, releases and files, in sentences.
    ///
    /// Reads project by project, so that memory does not grow with the index.
    public func contradictionsWithJournal() async throws -> [String] {
        var found = try await database.read { try $0.journalDamage() }
        var after: Int64 = 0
        while true {
            let start = after
            let (contradictions, last) = try await database.read { connection in
                let projects = try connection.rows(
                    "SELECT * FROM project WHERE id > $1 ORDER BY id LIMIT 200", start)
                return (
                    try projects.flatMap { try connection.contradictions(of: $0) }, try projects.last?.integer("id")
                )
            }
            found += contradictions
            guard let last else { return found }
            after = last
        }
    }
}

extension Connection {
    /// Gaps in the journal, and entries that cannot be one.
    fileprivate func journalDamage() throws -> [String] {
        var found: [String] = []
        func gap(_ first: Int64, _ last: Int64) -> String {
            first == last
                ? "the journal's entry \(first) is gone" : "the journal's entries \(first) to \(last) are gone"
        }
        var previous: Int64 = 0
        var after: Int64 = .min
        while true {
            let rows = try rows(
                "SELECT serial, at, actor, action, subject, details FROM journal WHERE serial > $1 ORDER BY serial LIMIT 5000",
                after)
            for row in rows {
                let serial = try row.integer("serial")
                if serial < 1 {
                    found.append("the journal's entry \(serial) has an impossible number")
                } else if serial > previous + 1 {
                    found.append(gap(previous + 1, serial - 1))
                }
                previous = max(previous, serial)
                after = serial
                if let flaw = Self.flaw(ofEntry: row) {
                    found.append("the journal's entry \(serial) was changed: \(flaw)")
                }
            }
            if rows.isEmpty { break }
        }
        let last = try lastSerial()
        if last > previous { found.append(gap(previous + 1, last)) }
        if last < previous {
            found.append(
                "the journal counts to \(last) and has entries to \(previous): the next change cannot be recorded")
        }
        return found
    }

    /// What in an entry cannot have been written.
    private static func flaw(ofEntry row: Row) -> String? {
        guard let entry = try? JournalEntry(row: row) else { return "it cannot be read" }
        if entry.action == nil { return "'\(entry.actionName)' is not an act" }
        if case .unknown = entry.event { return "it does not say what '\(entry.actionName)' did" }
        let isSomebody = { (text: String) in
            let name = String(text.dropFirst(5))
            return text.hasPrefix("user ") && (try? Username(parsing: name))?.normalized == name
        }
        guard ["operator", "index", "anonymous"].contains(entry.actor) || isSomebody(entry.actor) else {
            return "'\(entry.actor)' is not an actor"
        }
        let isProject = entry.project.map { (try? ProjectName(parsing: $0))?.normalized == $0 } ?? false
        guard entry.subject == "index" || isProject || isSomebody(entry.subject) else {
            return "'\(entry.subject)' is not a subject"
        }
        return nil
    }

    /// What contradicts itself in one project.
    fileprivate func contradictions(of row: Row) throws -> [String] {
        let id = try row.integer("id")
        let normalized = try row.text("normalized")
        let subject = "project \(normalized)"
        let entries = try rows(
            "SELECT serial, at, actor, action, subject, details FROM journal WHERE subject = $1 ORDER BY serial",
            subject
        ).compactMap { try? JournalEntry(row: $0) }
        let releases = try rows(
            "SELECT r.*, \(FileState.listedRelease("r")) AS is_listed FROM release r WHERE project_id = $1 ORDER BY id",
            id)
        let files = try rows("SELECT * FROM file WHERE project_id = $1 ORDER BY id", id)
        let history = ProjectHistory(entries)
        var found = try history.contradictions(ofProject: row, releases: releases).map {
            "project \(try row.text("name")): \($0)"
        }
        for release in releases {
            let name = "release \(try row.text("name")) \(try release.text("version"))"
            found += try history.contradictions(ofRelease: release).map { "\(name): \($0)" }
        }
        let versions = Dictionary(
            try releases.map { (try $0.integer("id"), try $0.text("canonical")) }, uniquingKeysWith: { $1 })
        var uploaded = history.uploads
        for file in files {
            let filename = try file.text("filename")
            let upload = uploaded.removeValue(forKey: filename)
            found += try history.contradictions(
                ofFile: file, uploaded: upload, to: normalized, version: versions[file.integer("release_id")]
            ).map { "file \(filename): \($0)" }
        }
        found += uploaded.map {
            "file \($0): uploaded to \(normalized) by the journal's entry \($1.entry.serial), and has no row"
        }
        return found
    }
}

/// What became of a project by its entries in the journal. Pure.
private struct ProjectHistory {
    private var created: JournalEntry?
    private var removed: JournalEntry?
    private var freed: JournalEntry?
    private var last: Serial = 0
    private var status = ProjectStatus.active
    private var statusReason: String?
    private var assurance = Assurance.password
    /// By canonical version: how it was spelled first, which stays.
    private var spellings: [String: String] = [:]
    /// By canonical version: what created it last, and that it is yanked.
    private var releases: [String: JournalEntry] = [:]
    private var yanks: [String: Yank] = [:]
    private var fileYanks: [String: Yank] = [:]
    /// Whether anything of it was ever put into quarantine.
    private var hasQuarantines = false
    /// The files whose bytes were freed.
    private var erased: Set<String> = []
    private(set) var uploads: [String: Upload] = [:]
    /// The files that waited, or wait, as they came.
    private var staged: [String: Upload] = [:]
    private var removals: [Serial: JournalEntry] = [:]

    /// A file as the journal has it.
    struct Upload {
        let file: FileOnRecord
        let size: Int64
        let entry: JournalEntry
    }

    init(_ entries: [JournalEntry]) {
        for entry in entries { take(entry) }
    }

    private mutating func take(_ entry: JournalEntry) {
        last = entry.serial
        guard case .project(let event) = entry.event else { return }
        switch event {
        case .created: (created, removed, freed, status, statusReason) = (entry, nil, nil, .active, nil)
        case .recreated: (removed, freed, status, statusReason) = (nil, nil, .active, nil)
        case .statusSet(let set, let reason): (status, statusReason) = (set, reason)
        case .assuranceRequired(let required, _): assurance = required
        case .nameFreed: freed = entry
        case .content(let event): take(event, entry)
        case .removal(let event): take(event, entry)
        case .stage(.fileStaged(let file, let size)):
            staged[file.filename.text] = Upload(file: file, size: size, entry: entry)
        // They change none of the columns that are looked at.
        case .nameReserved, .nameUnreserved, .departure, .proposal, .stage, .role, .critical: break
        }
    }

    private mutating func take(_ event: ContentEvent, _ entry: JournalEntry) {
        switch event {
        case .releaseCreated(let version):
            releases[version.canonical] = entry
            spellings[version.canonical] = spellings[version.canonical] ?? version.description
        case .fileUploaded(let file, let size):
            uploads[file.filename.text] = Upload(file: file, size: size, entry: entry)
        case .yanked(let version, let reason): yanks[version.canonical] = Yank(reason: reason)
        case .unyanked(let version): yanks[version.canonical] = nil
        case .fileYanked(let file, let reason): fileYanks[file.filename.text] = Yank(reason: reason)
        case .fileUnyanked(let file): fileYanks[file.filename.text] = nil
        }
    }

    private mutating func take(_ event: RemovalEvent, _ entry: JournalEntry) {
        switch event {
        case .projectDeleted: (removed, removals[entry.serial]) = (entry, entry)
        case .releaseDeleted, .fileDeleted: removals[entry.serial] = entry
        case .quarantined: hasQuarantines = true
        case .quarantineLifted: break
        case .erased(let file, _): erased.insert(file.filename.text)
        case .restored(.project), .undone(.project): (removed, freed) = (nil, nil)
        case .restored(.release), .restored(.file), .undone(.release), .undone(.file): break
        }
    }

    func contradictions(ofProject row: Row, releases: [Row]) throws -> [String] {
        var found: [String] = []
        let name = try? ProjectName(parsing: row.text("name"))
        let normalized = try row.text("normalized")
        if name?.normalized != normalized { found.append("its name is not one of '\(normalized)'") }
        if try name?.ultranormalized != row.text("ultranormalized") {
            found.append("what its look-alikes have in common is noted wrongly")
        }
        if try row.integer("serial") != last {
            found.append("its last change is \(try row.integer("serial")) by its row, \(last) by the journal")
        }
        if created == nil, staged.isEmpty { found.append("the journal does not say who created it") }
        if let created, try row.integer("created_at") != created.at.microseconds {
            found.append("it was created at another time by the journal's entry \(created.serial)")
        }
        if try row.text("status") != status.rawValue || row.optionalText("status_reason") != statusReason {
            found.append(
                "it is '\(try row.text("status"))', by the journal '\(status.rawValue)', or for another reason")
        }
        if try row.text("required_assurance") != assurance.rawValue {
            found.append("it requires '\(try row.text("required_assurance"))', by the journal '\(assurance.rawValue)'")
        }
        if try row.optionalInteger("removed_at") != removed?.at.microseconds
            || row.optionalText("removed_by") != removed?.actor
        {
            found.append("whether, when and by whom it was removed is not what the journal says")
        }
        if try row.optionalInteger("freed_at") != freed?.at.microseconds {
            found.append("whether and when its name was freed is not what the journal says")
        }
        let shown = try removed == nil ? Self.latest(of: releases) : nil
        if try row.optionalInteger("latest_release_id") != shown {
            found.append("another release is shown first than should be")
        }
        return found
    }

    /// The number of the release to show first.
    private static func latest(of rows: [Row]) throws -> Int64? {
        let releases = try rows.filter { try $0.bool("is_listed") }.compactMap { row -> Release? in
            guard let version = try? Version(parsing: row.text("version")) else { return nil }
            return Release(
                id: ReleaseID(try row.integer("id")), version: version, createdAt: Timestamp(microseconds: 0),
                yank: try row.bool("is_yanked") ? Yank(reason: nil) : nil, requiresPython: nil, summary: nil, files: [])
        }.sorted { $0.version > $1.version }
        return Release.toShowFirst(of: releases)?.id.number
    }

    func contradictions(ofRelease row: Row) throws -> [String] {
        var found: [String] = []
        let version = try row.text("version")
        let canonical = try row.text("canonical")
        if (try? Version(parsing: version))?.canonical != canonical {
            found.append("its version is '\(canonical)' elsewhere in its row")
        }
        if let created = releases[canonical] {
            // An import may know better when a file was made than when it came.
            if created.actor.hasPrefix("user "), try row.integer("created_at") != created.at.microseconds {
                found.append("it was created at another time by the journal's entry \(created.serial)")
            }
            if spellings[canonical] != version { found.append("the journal spells its version differently") }
        } else if !staged.values.contains(where: { $0.file.version.canonical == canonical }) {
            found.append("the journal does not say who created it")
        }
        let yank = yanks[canonical]
        if try row.bool("is_yanked") != (yank != nil) || row.optionalText("yank_reason") != yank?.reason {
            found.append("whether it is yanked, or why, is not what the journal says")
        }
        guard let metadata = try? ReleaseMetadata(json: row.text("metadata")) else {
            return found + ["its metadata cannot be read"]
        }
        if try metadata.requiresPython != row.optionalText("requires_python")
            || metadata.summary != row.optionalText("summary")
        {
            found.append("its summary, or the Python it requires, is not that of its metadata")
        }
        return try found + contradictions(ofRemoval: row)
    }

    func contradictions(
        ofFile row: Row, uploaded upload: Upload?, to project: String, version: String?
    ) throws -> [String] {
        var found: [String] = []
        if let filename = try? DistributionFilename(lenient: row.text("filename")) {
            if filename.project.normalized != project { found.append("it is listed under the project \(project)") }
            if filename.version.canonical != version {
                found.append("it is listed under the release \(version ?? "of another project")")
            }
            if try filename.identity != row.text("identity") { found.append("its name is noted twice, and differs") }
            let isWheel = if case .wheel = filename { true } else { false }
            let type = isWheel ? PackageType.wheel : .sourceDistribution
            if try row.text("package_type") != type.rawValue {
                found.append("it is noted as '\(try row.text("package_type"))'")
            }
            if try !isWheel && row.text("python_tag") != "source" { found.append("its tag is not 'source'") }
            if try isWheel != (row.optionalText("metadata_sha256") != nil) {
                found.append(isWheel ? "no METADATA is served beside it" : "METADATA is served beside it")
            }
        } else {
            found.append("it has not the name of a distribution")
        }
        found += try contradictions(ofRemoval: row)
        let yank = fileYanks[try row.text("filename")]
        if try row.bool("is_yanked") != (yank != nil) || row.optionalText("yank_reason") != yank?.reason {
            found.append("whether it is yanked by itself, or why, is not what the journal says")
        }
        let state = try? FileState(row: row)
        if try (row.optionalText("withheld_reason") != nil) != (state == .quarantined || state == .erased) {
            found.append("why nobody gets it is noted, or lacks, and its state says otherwise")
        }
        switch state {
        case .published, .removed: break
        case .quarantined where hasQuarantines: break
        case .erased where try erased.contains(row.text("filename")): break
        case .staged where try staged[row.text("filename")] != nil: break
        case .staged, .held, .quarantined, .erased, nil:
            found.append("it is '\(try row.text("state"))', and the journal does not say why")
        }
        let coming = try staged[row.text("filename")]
        guard let upload = upload ?? coming else { return found + ["the journal does not say who uploaded it"] }
        let entry = upload.entry
        let says = "by the journal's entry \(entry.serial)"
        if try upload.file.sha256 != row.text("sha256") { found.append("it had other bytes \(says)") }
        if try upload.size != row.integer("size") { found.append("it had another size \(says)") }
        if upload.file.version.canonical != version {
            found.append("it was uploaded for another version \(says)")
        }
        let uploader = try row.optionalText("uploader")
        // Anyone who lets a file out did not send it.
        if (coming ?? upload).entry.actor != uploader.map({ "user \((try? Username(parsing: $0))?.normalized ?? $0)" })
            ?? "operator"
        {
            found.append("it was uploaded by somebody else \(says)")
        }
        if entry.actor.hasPrefix("user "), try row.integer("uploaded_at") != entry.at.microseconds {
            found.append("it was uploaded at another time \(says)")
        }
        return found
    }

    /// The marks of a removal belong together, and to an entry of the journal.
    private func contradictions(ofRemoval row: Row) throws -> [String] {
        let (at, by) = (try row.optionalInteger("removed_at"), try row.optionalText("removed_by"))
        let entry = try row.optionalInteger("removal").map { removals[$0] }
        let isSound =
            switch entry {
            case nil: at == nil && by == nil
            case .some(nil): false
            case .some(let entry?): at == entry.at.microseconds && by == entry.actor
            }
        return isSound ? [] : ["whether, when and by whom it was removed is not what the journal says"]
    }
}
