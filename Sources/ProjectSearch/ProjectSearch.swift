import Database
import Search

/// Looks for projects: names and what they say in short in memory, descriptions in the engine's index of full text, and
/// pure rules for what comes first.
///
/// A reader of the database is held for what only the database knows: the words of descriptions, and the results that a
/// page shows. Nothing is compared or put in order while one is held.
package struct ProjectSearch: Sendable {
    private let directory = SearchDirectory()

    package init() {}

    private static let suggestions = 3

    /// One page of what is found.
    package func search(_ query: SearchQuery, in database: Database) async throws -> SearchResults {
        let plan = SearchPlan(query.text)
        let found = try await findings(plan, query.filters, by: query.order, in: database)
        let page = found.page(query.page, of: query.pageSize)
        let meant = query.page == 1 ? found.suggestions(limit: Self.suggestions) : []
        let shown = try await database.read { try $0.foundProjects(page.projects + meant) }
        return SearchResults(
            results: page.projects.compactMap { shown[$0] }, total: page.total, isCutShort: page.isCutShort,
            suggestions: meant.compactMap { shown[$0] })
    }

    /// What was meant by the name of a project that is not there; after likely names, what a search for it finds.
    package func suggestions(for text: String, limit: Int, in database: Database) async throws -> [FoundProject] {
        let plan = SearchPlan(text)
        let listing = try await directory.listing(in: database)
        var meant = plan.likelyNames(in: listing.names, limit: limit)
        if meant.count < limit {
            let found = try await findings(plan, SearchFilters(), by: .relevance, in: database)
            for id in found.ordered where !meant.contains(id) { meant.append(id) }
        }
        let wanted = Array(meant.prefix(limit))
        let shown = try await database.read { try $0.foundProjects(wanted) }
        return wanted.compactMap { shown[$0] }
    }

    private func findings(
        _ plan: SearchPlan, _ filters: SearchFilters, by order: SearchOrder, in database: Database
    ) async throws -> SearchFindings {
        var found = SearchFindings(plan, filters, by: order, in: try await directory.listing(in: database))
        if found.wantsDescriptions, let match = SearchMatch(everyOf: plan.words) {
            found.add(
                described: try await database.read { [found] connection in
                    try connection.numbers(matching: match, limit: found.mostDescribed, where: found.passes)
                })
        }
        return found
    }
}
