import Database
import KnownNames
import LookAlikes
import PackagingFormats
import Policy
import Ports
import Stores
import Support
import Testing
import UTC

@Suite("The names that a new one may be a look-alike of") struct KnownNamesTests {
    private func verdict(_ name: String, in stores: Stores) async throws -> LookAlike {
        try await stores.knownNames.corpus().judge(ProjectName(parsing: name))
    }

    @Test("are those of the lists that came in, with the most downloads that they ever had")
    func lists() async throws {
        let index = try await TestIndex()
        let stores = index.stores
        let now = index.now
        #expect(try await verdict("reqeusts", in: stores) == .clear)
        try await stores.knownNames.add([("requests", 1_000), ("flask", 10)], by: .operatorAtMachine, at: now)
        try await stores.knownNames.add([("requests", 7)], by: .operatorAtMachine, at: now)
        #expect(try await verdict("reqeusts", in: stores).target == "requests")
        #expect(try await verdict("flassk", in: stores).target == "flask")
        let downloads = try await stores.database.read { connection in
            try connection.rows("SELECT downloads FROM known_name ORDER BY normalized").map {
                try $0.integer("downloads")
            }
        }
        #expect(downloads == [10, 1_000])
        try await stores.knownNames.add([("django", 7)], isReplacing: true, by: .operatorAtMachine, at: now)
        #expect(try await verdict("reqeusts", in: stores) == .clear)
        #expect(try await verdict("djnago", in: stores).target == "django")
    }

    @Test("are those that the operator protects or keeps, until they do so no longer")
    func protection() async throws {
        let index = try await TestIndex()
        let stores = index.stores
        let now = index.now
        let acme = try ProjectName(parsing: "Acme")
        try await stores.knownNames.protect(acme, by: .operatorAtMachine, at: now)
        try await stores.knownNames.protect(acme, by: .operatorAtMachine, at: now)
        #expect(try await stores.knownNames.protected() == ["Acme"])
        #expect(try await verdict("acme-login", in: stores).mechanism == .scope)
        try await stores.knownNames.unprotect(acme, by: .operatorAtMachine, at: now)
        #expect(try await verdict("acme-login", in: stores) == .clear)
        await #expect(throws: (any Error).self) {
            try await stores.knownNames.unprotect(acme, by: .operatorAtMachine, at: now)
        }
        try await stores.projects.reserve(ProjectName(parsing: "billing"), by: .operatorAtMachine, at: now)
        #expect(try await verdict("biling", in: stores).target == "billing")
    }
}
