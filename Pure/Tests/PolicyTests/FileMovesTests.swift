import Policy
import Projects
import Testing
import VectorSupport

@Suite("The states of a file") struct FileMovesTests {
    private static let states: [FileState?] = [nil] + FileState.allCases

    @Test("lead to each other as the golden table says, and in no other way")
    func golden() throws {
        var lines: [String] = []
        for from in Self.states {
            for to in Self.states where from != to {
                let movers = FileMover.allCases.filter { FileMove.isAllowed(from: from, to: to, by: $0) }
                lines.append(
                    "\(from?.rawValue ?? "-") > \(to?.rawValue ?? "-"): "
                        + (movers.isEmpty ? "nobody" : movers.map(\.rawValue).joined(separator: " ")))
            }
        }
        try Golden.expect(lines.joined(separator: "\n") + "\n", "file-moves.txt")
        let pairs = FileMove.all.map { "\($0.from?.rawValue ?? "-") \($0.to?.rawValue ?? "-")" }
        #expect(Set(pairs).count == pairs.count, "each way has one row")
    }

    @Test("let nobody but an administrator or the index end a hold by publishing")
    func hold() {
        for mover in FileMover.allCases where FileMove.isAllowed(from: .held, to: .published, by: mover) {
            #expect([.administrator, .index].contains(mover))
        }
        #expect(!FileMove.isAllowed(from: .held, to: .staged, by: .uploader), "nor by beginning again")
    }

    @Test("lead nobody of a project from a hold to where the file is served, by no detour")
    func detours() {
        var reached: Set<FileState> = [.held]
        while let next = FileState.allCases.first(where: { to in
            !reached.contains(to)
                && reached.contains { from in
                    [.uploader, .owner].contains { FileMove.isAllowed(from: from, to: to, by: $0) }
                }
        }) { reached.insert(next) }
        #expect(reached.filter(\.isServed) == [])
    }

    @Test("lead to removal from where everybody had the file, for what is removed is still served")
    func removal() {
        #expect(FileMove.all.filter { $0.to == .removed }.map(\.from) == [.published])
    }

    @Test("are listed when published, served when published or removed, and nothing else")
    func consequences() {
        #expect(FileState.allCases.filter(\.isListed) == [.published])
        #expect(FileState.allCases.filter(\.isServed) == [.published, .removed])
        #expect(FileState.allCases.filter(\.isPartOfRelease) == [.staged, .held, .published])
    }
}
