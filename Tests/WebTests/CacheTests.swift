import HTTPTypes
import NIOCore
import Testing

@testable import Web

@Suite("What is kept in memory") struct CacheTests {
    @Test(
        "A cache never costs more than its limit, and forgets what is not asked for", arguments: 0..<20 as Range<UInt64>
    )
    func bounded(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var cache = ClockCache<Int, Int>(limit: 100)
        var kept: [Int: Int] = [:]
        for step in 0..<2000 {
            let key = Int.random(in: 0..<40, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                cache.remove(key)
                kept[key] = nil
            case 1:
                cache.put(step, for: key, cost: Int.random(in: 1...30, using: &random))
                kept[key] = step
            default:
                // Whatever is still there is the last that was put there.
                if let value = cache.value(for: key) { #expect(value == kept[key], "seed \(seed)") }
            }
            #expect(cache.cost <= 100, "seed \(seed)")
        }
    }

    @Test("What is asked for outlives what is not")
    func clock() {
        var cache = ClockCache<Int, Int>(limit: 10)
        for number in 0..<1000 {
            cache.put(number, for: number, cost: 1)
            let first = cache.value(for: 0)
            #expect(first == 0)
        }
        #expect(cache.count == 10)
    }

    @Test("A value that costs more than everything is not kept, and evicts nothing")
    func tooLarge() {
        var cache = ClockCache<Int, Int>(limit: 10)
        cache.put(1, for: 1, cost: 10)
        cache.put(2, for: 2, cost: 11)
        let values = [cache.value(for: 1), cache.value(for: 2)]
        #expect(values == [1, nil])
    }

    // swift-format-ignore
    static let races: [(renderedAsOf: Int64, changedAt: Int64?, isKept: Bool)] = [
        (5, nil, true),
        (5, 4,   true),
        (5, 5,   true),
        (5, 6,   false),
    ]

    @Test("What was made before a change is not kept after it", arguments: races)
    func race(renderedAsOf: Int64, changedAt: Int64?, isKept: Bool) {
        let pages = PageCache()
        let page = CachedPage(.single(contentType: "text/plain", EncodedBody([1])), serial: 1)
        if let changedAt { pages.invalidate("/a/", serial: changedAt) }
        #expect(pages.put(page, path: "/a/", asOf: renderedAsOf) == isKept)
        #expect((pages.page("/a/") != nil) == isKept)
        #expect(pages.put(page, path: "/b/", asOf: renderedAsOf))
    }

    @Test("A change removes what is there, and a change of everything all of it")
    func invalidation() {
        let pages = PageCache()
        let page = CachedPage(.single(contentType: "text/plain", EncodedBody([1])), serial: 1)
        pages.put(page, path: "/a/", asOf: 1)
        pages.put(page, path: "/b/", asOf: 1)
        pages.invalidate("/a/", serial: 2)
        #expect(pages.page("/a/") == nil)
        #expect(pages.page("/b/") != nil)
        pages.invalidateAll(serial: 3)
        #expect(pages.size.pages == 0 && pages.size.bytes == 0)
        #expect(!pages.put(page, path: "/c/", asOf: 2))
        #expect(pages.put(page, path: "/c/", asOf: 3))
    }

    @Test("What comes with a credential is left to the router, even where its page is here")
    func credentials() {
        let pages = PageCache()
        pages.put(
            CachedPage(.single(contentType: "text/plain", EncodedBody([1])), serial: 1), path: "/a/", asOf: 1)
        var request = EdgeRequest(method: .get, target: "/a/")
        #expect(pages.respond(to: request) != nil)
        request.isCredentialed = true
        #expect(pages.respond(to: request) == nil)
    }

    @Test("A change of a scope makes stale all that is in it, and nothing else")
    func scopes() {
        let pages = PageCache()
        let page = CachedPage(.single(contentType: "text/plain", EncodedBody([1])), serial: 1)
        for version in 1...3 { #expect(pages.put(page, path: "/a/\(version)/", in: "/a/", asOf: 1)) }
        #expect(pages.put(page, path: "/b/1/", in: "/b/", asOf: 1))
        pages.invalidate("/a/", serial: 2)
        #expect((1...3).allSatisfy { pages.page("/a/\($0)/") == nil })
        #expect(pages.page("/b/1/") != nil)
        // Rendered before the change, and done after it.
        #expect(!pages.put(page, path: "/a/4/", in: "/a/", asOf: 1))
        #expect(pages.put(page, path: "/a/4/", in: "/a/", asOf: 2))
        #expect(pages.page("/a/4/") != nil)
        // Those that were found too old take no room any more.
        #expect(pages.size.pages == 2)
    }

    @Test("What is forgotten of the changes of a scope is taken for a change of it")
    func forgottenScopes() {
        var cache = VersionedCache<Int>(limit: 100, maximumChanges: 2)
        cache.put(1, for: "a", in: "scope", asOf: 1, cost: 1)
        cache.invalidate("scope", serial: 5)
        for serial in 6...9 { cache.invalidate("\(serial)", serial: Int64(serial)) }
        let stale = cache.value(for: "a")
        #expect(stale == nil)
    }

    @Test("The memory of changes is bounded; what it forgets is refused rather than believed")
    func manyChanges() {
        var cache = VersionedCache<Int>(limit: 100, maximumChanges: 4)
        for serial in 1...5 { cache.invalidate("\(serial)", serial: Int64(serial)) }
        let stale = (1...5 as ClosedRange<Int64>).map { cache.put(1, for: "\($0)", asOf: $0 - 1, cost: 1) }
        #expect(stale == [false, false, false, false, false])
        let others = (3...4 as ClosedRange<Int64>).map { cache.put(1, for: "other", asOf: $0, cost: 1) }
        #expect(others == [false, true])
        let present = cache.put(1, for: "5", asOf: 5, cost: 1)
        #expect(present)
    }

    @Test("Each form of a page has its own ETag, and answers for itself alone")
    func variants() throws {
        let json = EncodedBody(Array(String(repeating: "json ", count: 400).utf8))
        let html = EncodedBody(Array(String(repeating: "html ", count: 400).utf8))
        let page = CachedPage(.simple(json: json, html: html), serial: 7)
        let negotiator = Negotiator()
        var etags: Set<String> = []
        for format in SimpleFormat.allCases {
            for coding in ["identity", "gzip", "zstd"] {
                var request = EdgeRequest(method: .get, target: "/simple/a/")
                request.accept = format.contentType
                request.acceptEncoding = coding
                let answer = page.answer(request, negotiator: negotiator)
                let response = answer.head.response(answer.outcome)
                #expect(response.headerFields[.contentType] == format.contentType)
                #expect(response.headerFields[.contentEncoding] ?? "identity" == coding)
                #expect(response.headerFields[.vary] == "Accept, Accept-Encoding, Authorization")
                #expect(response.headerFields[.cacheControl] == "no-cache")
                #expect(response.headerFields[.lastSerial] == "7")
                #expect(response.headerFields[.accessControlAllowOrigin] == "*")
                guard case .bytes(let body) = answer.body else { throw Missing() }
                #expect(response.headerFields[.contentLength] == "\(body.readableBytes)")
                let etag = try #require(response.headerFields[.eTag])
                #expect(etags.insert(etag).inserted)

                request.ifNoneMatch = etag
                let again = page.answer(request, negotiator: negotiator)
                #expect(again.outcome == .notModified)
                if case .some = again.body { Issue.record("A 304 has a body.") }
                let notModified = again.head.response(.notModified)
                #expect(notModified.headerFields[.eTag] == etag)
                #expect(notModified.headerFields[.vary] == "Accept, Accept-Encoding, Authorization")
                #expect(notModified.headerFields[.contentLength] == nil)
                request.acceptEncoding = coding == "gzip" ? nil : "gzip"
                #expect(page.answer(request, negotiator: negotiator).outcome == .whole)
            }
        }
    }

    @Test("The format parameter is stronger than Accept")
    func formatParameter() {
        let page = CachedPage(
            .simple(json: EncodedBody([1]), html: EncodedBody([2])), serial: 1)
        var request = EdgeRequest(method: .get, target: "/simple/a/?format=application/vnd.pypi.simple.v1%2Bjson")
        request.accept = "text/html"
        let answer = page.answer(request, negotiator: Negotiator())
        #expect(answer.head.response(answer.outcome).headerFields[.contentType] == SimpleFormat.json.contentType)
    }

    private struct Missing: Error {}
}
