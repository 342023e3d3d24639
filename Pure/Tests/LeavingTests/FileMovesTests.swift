import Leaving
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

    @Test("are left on the ways that have a row, by those whom it names, and by nobody on another way")
    func rows() {
        for from in Self.states {
            for to in Self.states {
                let movers = FileMove.all.filter { $0.from == from && $0.to == to }.flatMap(\.movers)
                for mover in FileMover.allCases {
                    #expect(FileMove.isAllowed(from: from, to: to, by: mover) == movers.contains(mover))
                }
            }
        }
        #expect(FileMove.isAllowed(from: .published, to: .removed, by: .owner))
        #expect(!FileMove.isAllowed(from: .published, to: .erased, by: .owner), "who removes does not erase")
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

    @Test("lead to removal from where everybody had the file, or back there, for what is removed is still served")
    func removal() {
        #expect(FileMove.all.filter { $0.to == .removed }.map(\.from) == [.published, .quarantined])
    }

    @Test(
        "lead into quarantine and out of it by an administrator's hand alone, and out of erasure by none but that, too")
    func quarantine() {
        for move in FileMove.all
        where move.from == .quarantined || move.to == .quarantined || move.to == .erased || move.from == .erased {
            #expect(move.movers == [.administrator])
        }
        #expect(FileMove.all.filter { $0.from == .erased }.map(\.to) == [.published])
    }

    @Test("are listed when published, served when published or removed, and nothing else")
    func consequences() {
        #expect(FileState.allCases.filter(\.isListed) == [.published])
        #expect(FileState.allCases.filter(\.isServed) == [.published, .removed])
        #expect(FileState.allCases.filter(\.isAwaited) == [.staged, .held])
        #expect(FileState.allCases.filter(\.isPartOfRelease) == [.staged, .held, .published, .quarantined])
        #expect(FileState.allCases.filter { !$0.hasBytes } == [.erased])
    }
}
