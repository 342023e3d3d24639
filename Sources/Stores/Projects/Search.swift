import Database
import Downloads
import PackagingFormats
import Primitives
import ProjectSearch
import Projects
import Search

// What of a project is found, and what it is ranked by.

extension Transaction {
    /// Makes a project findable by what its latest release says, or, where it is in no list, no more.
    func index(_ project: Project, _ metadata: ReleaseMetadata) throws {
        let found = try row(
            """
            SELECT p.status, COALESCE(r.created_at, p.created_at) AS updated_at, \(SearchWeight.isCritical("p")) AS is_critical
            FROM project p LEFT JOIN release r ON r.id = p.latest_release_id
            WHERE p.id = $1 AND \(FileState.listedProject("p"))
            """,
            project.id.number)
        guard let found, let status = try ProjectStatus(rawValue: found.text("status")), status.isFound else {
            return try removeSearchEntry(of: project.id.number)
        }
        try putSearchEntry(
            SearchEntry(project.name, metadata), of: project.id.number,
            SearchStanding(
                downloads: connection.keptDownloads(of: project.name), updatedAt: found.integer("updated_at"),
                isCritical: found.bool("is_critical"), isDiscouraged: status.isDiscouraged))
    }

    /// Lets a project be found no more.
    package func forgetWords(of project: Project) throws { try removeSearchEntry(of: project.id.number) }

    /// Notes of a name that became critical, or is not any more.
    func weigh(_ name: ProjectName) throws {
        guard let weight = try connection.searchWeights(of: name).first else { return }
        try weighSearchEntry(of: weight.project, weight.standing(knowing: connection.keptDownloads(of: name)))
    }
}

extension ProjectStatus {
    /// Whether a search shows it: nobody can install what is quarantined.
    fileprivate var isFound: Bool {
        switch self {
        case .active, .archived, .deprecated: true
        case .quarantined: false
        }
    }

    fileprivate var isDiscouraged: Bool {
        switch self {
        case .archived, .deprecated: true
        case .active, .quarantined: false
        }
    }
}

extension Connection {
    /// The projects that are ranked by something else than what is so now, with what is.
    func outdatedSearchWeights() throws -> [(project: Int64, standing: SearchStanding)] {
        let sums = try keptWindow().map { try downloadSums(over: $0).counts } ?? []
        return try searchWeights(of: nil).compactMap { weight in
            let downloads = weight.countedAs.map { sums.indices.contains(Int($0)) ? sums[Int($0)] : 0 } ?? 0
            let standing = weight.standing(knowing: Int64(clamping: downloads))
            return standing == weight.stored ? nil : (weight.project, standing)
        }
    }

    /// The downloads of a name in the window of days that sums are kept of; 0 where there is none.
    package func keptDownloads(of name: ProjectName) throws -> Int64 {
        guard let number = try number(of: name.normalized) else { return 0 }
        let (block, place) = Int(number).quotientAndRemainder(dividingBy: CountColumn.blockSize)
        var downloads: UInt64 = 0
        try forEach("SELECT block, counts FROM download_window_sum WHERE block = $1", block) { _, bytes in
            downloads = try CountColumn(bytes).count(at: place)
        }
        return Int64(clamping: downloads)
    }
}
