import Foundation
import Ports
import Primitives
import Synchronization
import Testing

@testable import Blobs

/// A disk that keeps only what was synced: after `cut`, unsynced names are gone and unsynced files are empty.
///
/// It is stricter than real file systems, which may keep more. That is the point.
final class ForgetfulDisk: Sendable {
    private struct State {
        var remaining: Int
        var isCut = false
        var paths: [Int32: String] = [:]
        var unsyncedBytes: Set<String> = []
        /// Names that were made in a directory since it was synced.
        var unsyncedNames: [String: Set<String>] = [:]
        var lost: [String] = []
    }

    private let state: Mutex<State>

    /// - Parameter calls: after so many the power is cut.
    init(calls: Int) { state = Mutex(State(remaining: calls)) }

    var isCut: Bool { state.withLock { $0.isCut } }

    /// Cuts the power now.
    func cut() { state.withLock { Self.cut(&$0) } }

    var fileSystem: FileSystemCalls {
        let real = FileSystemCalls()
        var disk = real
        disk.open = { path, flags in
            self.step { state in
                let file = real.open(path, flags)
                if file >= 0 { state.paths[Int32(file)] = path }
                if flags & O_CREAT != 0 { Self.add(path, to: &state) }
                return file
            }
        }
        disk.write = { file, bytes in
            self.step { state in
                if let path = state.paths[file] { state.unsyncedBytes.insert(path) }
                return real.write(file, bytes)
            }
        }
        disk.sync = { file in
            self.step { state in
                if let path = state.paths[file] {
                    state.unsyncedBytes.remove(path)
                    state.unsyncedNames[path] = nil
                }
                return real.sync(file)
            }
        }
        disk.rename = { from, to in
            self.step { state in
                Self.add(to, to: &state)
                state.unsyncedNames[Self.directory(of: from)]?.remove(from)
                if state.unsyncedBytes.remove(from) != nil { state.unsyncedBytes.insert(to) }
                for (file, path) in state.paths where path == from { state.paths[file] = to }
                return real.rename(from, to)
            }
        }
        disk.makeDirectory = { path in
            self.step { state in
                let result = real.makeDirectory(path)
                if result >= 0 { Self.add(path, to: &state) }
                return result
            }
        }
        disk.remove = { path in self.step { _ in real.remove(path) } }
        disk.touch = { path in self.step { _ in real.touch(path) } }
        return disk
    }

    private func step(_ call: (inout State) -> Int) -> Int {
        state.withLock { state in
            guard !state.isCut else { return -Int(EIO) }
            state.remaining -= 1
            guard state.remaining >= 0 else {
                Self.cut(&state)
                return -Int(EIO)
            }
            return call(&state)
        }
    }

    private static func cut(_ state: inout State) {
        state.isCut = true
        for path in state.unsyncedBytes { try? Data().write(to: URL(filePath: path)) }
        for path in state.unsyncedNames.values.joined() { try? FileManager.default.removeItem(atPath: path) }
    }

    private static func add(_ path: String, to state: inout State) {
        state.unsyncedNames[directory(of: path), default: []].insert(path)
    }

    private static func directory(of path: String) -> String { URL(filePath: path).deletingLastPathComponent().path }
}

@Suite("A power cut") struct PowerCutTests {
    @Test("at any moment takes nothing whose digest was given out, and leaves nothing that is not whole")
    func anyMoment() async throws {
        for calls in 8... {
            let folder = try TemporaryFolder()
            let disk = ForgetfulDisk(calls: calls)
            var acknowledged: [String] = []
            do {
                let store = try FolderBlobStore(root: folder.path, ownsFolder: true, calls: disk.fileSystem)
                for number in 0..<4 as Range<UInt64> {
                    // The third comes twice, and so is there already the second time.
                    acknowledged.append(try await store.store(randomBytes(2_000, seed: min(number, 2))))
                }
            } catch is FileSystemFailure {
                #expect(disk.isCut)
            }
            let store = try FolderBlobStore(root: folder.path, ownsFolder: true)
            for digest in acknowledged {
                #expect(try await store.verify(digest) == .intact, "cut after \(calls) calls")
            }
            for digest in try await store.digests() {
                #expect(try await store.verify(digest) == .intact, "cut after \(calls) calls")
            }
            if !disk.isCut {
                #expect(acknowledged.count == 4)
                return
            }
        }
    }
}
