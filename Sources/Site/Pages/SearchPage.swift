import Descriptions
import Projects

/// What a search found, a page at a time.
struct SearchPage {
    let queryText: String
    let heading: String
    let rows: [ResultRow]
    let isWithoutQuery: Bool
    let isWithoutResult: Bool
    let paging: Paging?

    init(_ query: SearchQuery, _ results: SearchResults) {
        queryText = query.text
        rows = results.results.map(ResultRow.init)
        isWithoutQuery = query.text.trimmedOfWhitespace.isEmpty
        isWithoutResult = results.results.isEmpty
        heading = isWithoutQuery ? "All projects" : results.total.counted("project") + " for “\(query.text)”"
        paging = Paging(page: query.page, of: (results.total + query.pageSize - 1) / max(query.pageSize, 1)) { page in
            Paths.search(query.text, page: page)
        }
    }
}

/// Links to the other pages of a list.
struct Paging {
    struct Link {
        /// Its number, or nil for those that are left out.
        let number: String?
        let numberPath: String
        let isCurrent: Bool
    }

    let previousPath: String?
    let nextPath: String?
    let links: [Link]
    let position: String

    /// The links on a page; nil when there is only one page. The first, the last and the neighbours are named.
    init?(page: Int, of count: Int, path: (Int) -> String) {
        guard count > 1 else { return nil }
        previousPath = page > 1 ? path(min(page - 1, count)) : nil
        nextPath = page < count ? path(page + 1) : nil
        position = "Page \(page.grouped) of \(count.grouped)"
        var links: [Link] = []
        var last = 0
        for number in Set([1, page - 1, page, page + 1, count]).filter({ (1...count).contains($0) }).sorted() {
            if number > last + 1 { links.append(Link(number: nil, numberPath: "", isCurrent: false)) }
            links.append(Link(number: number.grouped, numberPath: path(number), isCurrent: number == page))
            last = number
        }
        self.links = links
    }
}

extension SiteRenderer {
    /// `GET /search/?q=…&page=…`
    ///
    /// - Parameters:
    ///   - query: What was asked for; the text may be empty.
    ///   - results: What the store found for it.
    public func search(_ query: SearchQuery, results: SearchResults) -> [UInt8] {
        let page = SearchPage(query, results)
        let title = page.isWithoutQuery ? "All projects" : "Search: \(query.text)"
        return render(
            page, as: .search, titled: "\(title) · Rind", .init(hasSearch: false, isPrivate: true))
    }
}
