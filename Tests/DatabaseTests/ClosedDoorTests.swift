import Foundation
import Testing

/// What must not compile: ways to write, or to be permitted, past the doors.
@Suite("There is no way past the doors:") struct ClosedDoorTests {
    /// What the compiler says of a program that uses what was built for these tests; nothing where it finds no fault.
    private static func complaints(about program: String) throws -> String {
        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let checkouts = products.appending(path: "../../checkouts").standardizedFileURL
        let files = FileManager.default
        func content(_ folder: URL) -> [URL] {
            (try? files.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        }
        let root = products.appending(path: "../../..").standardizedFileURL
        // What the modules are built with that is written in C.
        let sources = (content(checkouts) + [root, root.appending(path: "Pure")]).map { $0.appending(path: "Sources") }
        let maps = sources.flatMap(content)
            .flatMap { [$0, $0.appending(path: "include")] }
            .filter { files.fileExists(atPath: $0.appending(path: "module.modulemap").path) }
        let folders = [products.appending(path: "Modules")] + maps
        let source = files.temporaryDirectory.appending(path: "past-the-door-\(UUID().uuidString).swift")
        try program.write(to: source, atomically: true, encoding: .utf8)
        defer { try? files.removeItem(at: source) }
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = ["swiftc", "-typecheck", source.path] + folders.flatMap { ["-I", $0.path] }
        let pipe = Pipe()
        compiler.standardError = pipe
        try compiler.run()
        let said = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        compiler.waitUntilExit()
        return said
    }

    private static let imports = """
        import Accounts
        import Database
        import PackagingFormats
        import Policy
        import Ports
        import UTC


        """

    @Test("an act goes by its door, and compiles")
    func control() throws {
        let program = """
            func act(_ database: Database, by actor: Actor, at now: Timestamp) async throws {
                try await database.change(by: actor, at: now) { door, actor, now in
                    let permit = try AccessPolicy.permit(.rotateKeys, to: actor, at: now)
                    try door.open(with: permit).execute("DELETE FROM file")
                }
                try await database.keep(.sessions) { try $0.execute("DELETE FROM session") }
            }
            """
        #expect(try Self.complaints(about: Self.imports + program) == "")
    }

    // The columns are the point.
    // swift-format-ignore
    private static let ways: [(program: String, complaint: String)] = [
        ("func f(_ a: Database) async throws { try await a.write { _ in } }",
            "'write' is inaccessible due to 'internal' protection level"),
        ("func f(_ a: Connection) -> Transaction { Transaction(connection: a) }",
            "'Transaction' initializer is inaccessible due to 'internal' protection level"),
        ("func f(_ a: Transaction) throws { try a.executeScript(\"DROP TABLE file;\") }",
            "'executeScript' is inaccessible due to 'internal' protection level"),
        ("func f(_ a: Connection) throws { try a.execute(\"DELETE FROM file\") }",
            "value of type 'Connection' has no member 'execute'"),
        ("func f(_ a: Door) throws { try a.transaction.execute(\"DELETE FROM file\") }",
            "'transaction' is inaccessible due to 'private' protection level"),
        ("func f(_ a: Permit) -> Permit { Permit(granting: a.action, on: a.subject, to: a.actor, at: a.at) }",
            "'Permit' initializer is inaccessible due to 'fileprivate' protection level"),
        ("func f(_ a: Actor, _ now: Timestamp) throws -> Permit { try AccessPolicy.permit(.deleteProject, to: a, at: now) }",
            "type 'IndexAct' has no member 'deleteProject'"),
        ("""
         func f(_ a: Actor, _ name: ProjectName, _ facts: ProjectFacts, _ now: Timestamp) throws -> Permit {
             try AccessPolicy.permit(.issueToken, on: name, to: a, knowing: facts, at: now)
         }
         """,
            "cannot convert value of type 'ProjectName' to expected argument type 'Username'"),
        ("""
         func f(_ a: any AccountStore, _ link: MailedLink, _ user: UserID, _ now: Timestamp) async throws {
             try await a.mailLink(link, .setPassword, to: user, from: RequestOrigin(), at: now)
         }
         """,
            "type 'OneTimeLink.Request' has no member 'setPassword'"),
    ]

    @Test("any other way does not compile", arguments: ways)
    func closed(program: String, complaint: String) throws {
        let said = try Self.complaints(about: Self.imports + program)
        #expect(said.contains(complaint), "\(said)")
    }
}
