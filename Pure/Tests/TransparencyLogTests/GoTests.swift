import Bytes
import Foundation
import Testing
import TransparencyLog
import VectorSupport

/// Go and its own `x/mod/sumdb`, which has nothing of ours.
private enum Go {
    /// Debian's package golang-golang-x-mod-dev.
    static let sources = "/usr/share/gocode"

    /// Of the environments that tests with clients have; nil where there is none.
    static var program: String? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let clients = ProcessInfo.processInfo.environment["RIND_CLIENTS"] ?? root.appending(path: ".build/clients").path
        return ["\(clients)/go/bin/go", "/usr/bin/go"].first(where: FileManager.default.isExecutableFile(atPath:))
    }

    static var isThere: Bool {
        program != nil && FileManager.default.fileExists(atPath: "\(sources)/src/golang.org/x/mod/sumdb/tlog")
    }

    /// Runs a program with arguments, and returns what it prints and its exit status.
    static func run(_ source: String, in folder: URL, _ arguments: [String]) throws -> (output: String, status: Int32) {
        let file = folder.appending(path: "check.go")
        try Data(source.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: try #require(program))
        process.arguments = ["run", file.path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "GO111MODULE": "off", "GOPATH": sources, "GOTOOLCHAIN": "local",
            "GOCACHE": folder.appending(path: "cache").path,
        ]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (output, process.terminationStatus)
    }

    /// Reads lines: a checkpoint (`note`), a proof that an entry is in its tree (`record`), or that an earlier tree is its
    /// beginning (`tree`). One with `bad-` before it has to be refused.
    static let checker = #"""
        package main

        import (
        	"bufio"
        	"encoding/base64"
        	"fmt"
        	"os"
        	"strconv"
        	"strings"

        	"golang.org/x/mod/sumdb/note"
        	"golang.org/x/mod/sumdb/tlog"
        )

        func must(err error) {
        	if err != nil {
        		fmt.Println("FAIL", err)
        		os.Exit(1)
        	}
        }

        func hash(text string) tlog.Hash {
        	value, err := tlog.ParseHash(text)
        	must(err)
        	return value
        }

        func number(text string) int64 {
        	value, err := strconv.ParseInt(text, 10, 64)
        	must(err)
        	return value
        }

        func main() {
        	verifier, err := note.NewVerifier(os.Args[2])
        	must(err)
        	file, err := os.Open(os.Args[1])
        	must(err)
        	lines := bufio.NewScanner(file)
        	lines.Buffer(make([]byte, 1<<20), 1<<20)
        	var stored []tlog.Hash
        	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
        		var list []tlog.Hash
        		for _, index := range indexes {
        			list = append(list, stored[index])
        		}
        		return list, nil
        	})
        	var size int64
        	var root tlog.Hash
        	count := 0
        	for lines.Scan() {
        		words := strings.Fields(lines.Text())
        		kind := strings.TrimPrefix(words[0], "bad-")
        		var proof []tlog.Hash
        		if kind != "note" {
        			for _, word := range words[3:] {
        				proof = append(proof, hash(word))
        			}
        		}
        		var failure error
        		switch kind {
        		case "note":
        			raw, err := base64.StdEncoding.DecodeString(words[1])
        			must(err)
        			signed, err := note.Open(raw, note.VerifierList(verifier))
        			failure = err
        			if err == nil {
        				parts := strings.Split(signed.Text, "\n")
        				size, root = number(parts[1]), hash(parts[2])
        				// A tree of our entries, made by Go alone.
        				if len(words) > 2 {
        					hashes, err := tlog.StoredHashes(size-1, []byte("entry "+parts[1]), reader)
        					must(err)
        					stored = append(stored, hashes...)
        					own, err := tlog.TreeHash(size, reader)
        					must(err)
        					if own != root {
        						failure = fmt.Errorf("another root of %d", size)
        					}
        				}
        			}
        		case "record":
        			failure = tlog.CheckRecord(proof, size, root, number(words[1]), hash(words[2]))
        		case "tree":
        			failure = tlog.CheckTree(proof, size, root, number(words[1]), hash(words[2]))
        		}
        		if (failure != nil) != strings.HasPrefix(words[0], "bad-") {
        			fmt.Println("FAIL", size, words[0], words[1], failure)
        			os.Exit(1)
        		}
        		count++
        	}
        	must(lines.Err())
        	fmt.Println("OK", count)
        }
        """#
}

@Suite("Go's checkers of logs accept", .enabled(if: Go.isThere, "no Go, or no golang-golang-x-mod-dev"))
struct GoTests {
    private let key: SigningKey

    init() throws {
        key = try #require(SigningKey(name: "packages.example.org/log", kind: .note, secret: Array(1...32)))
    }

    private func note(_ size: Int, _ root: TreeHash) throws -> String {
        Base64.standard.padded(
            Array(try Checkpoint(origin: key.verifier.name, size: size, root: root).signed(by: [key]).written.utf8))
    }

    private func check(_ lines: [String]) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "lines")
        try Data(lines.map { "\($0)\n" }.joined().utf8).write(to: file)
        let (output, status) = try Go.run(Go.checker, in: folder, [file.path, key.verifier.text])
        #expect(status == 0)
        #expect(output == "OK \(lines.count)\n")
    }

    private func line(_ kind: String, _ number: Int, _ hash: TreeHash, _ proof: [TreeHash]) -> String {
        "\(kind) \(number) \(([hash] + proof).map(\.base64).joined(separator: " "))"
    }

    @Test("heads, entries and growth at every size from 1 to 2,000, from the tiles, and refuse what is bent")
    func everySize() throws {
        var tiles: [Tile: ExpandedTile] = [:]
        var edge = TreeEdge()
        var (leaves, roots): ([TreeHash], [TreeHash]) = ([], [.empty])
        var lines: [String] = []
        var random = SplitMix64(seed: 2_000)
        for size in 1...2_000 {
            leaves.append(TreeHash(ofEntry: Array("entry \(size)".utf8)))
            for (tile, hashes) in edge.append([leaves[size - 1]]) { tiles[tile] = ExpandedTile(hashes) }
            roots.append(edge.root)
            let known = tiles
            let hashes = TileHashes(ofTreeOf: size) { try #require(known[$0]) }
            lines.append("note \(try note(size, edge.root)) entry")
            for index in Set([0, size - 1, Int.random(in: 0..<size, using: &random)]) {
                lines.append(line("record", index, leaves[index], try hashes.inclusionProof(of: index)))
            }
            for old in Set([1, size, Int.random(in: 1...size, using: &random)]) {
                lines.append(line("tree", old, roots[old], try hashes.consistencyProof(from: old)))
            }
            guard size % 100 == 0 else { continue }
            lines.append(line("bad-record", 1, leaves[0], try hashes.inclusionProof(of: 0)))
            lines.append(line("bad-tree", size / 2, roots[size / 2 + 1], try hashes.consistencyProof(from: size / 2)))
            // The signature below another head.
            var other = try Checkpoint(origin: key.verifier.name, size: size + 1, root: edge.root).signed(by: [key])
            other.signatures = try Checkpoint(origin: key.verifier.name, size: size, root: edge.root).signed(by: [key])
                .signatures
            lines.append("bad-note \(Base64.standard.padded(Array(other.written.utf8)))")
        }
        try check(lines)
    }

    /// A tree in which all entries are the same has one hash for each height, and so can be as large as one likes.
    @Test("heads, entries and growth around each power of 256")
    func powers() throws {
        var rows = [TreeHash(ofEntry: [1])]
        for _ in 0..<63 { rows.append(TreeHash(rows[rows.count - 1], rows[rows.count - 1])) }
        let hash = { (subtree: CompleteSubtree) in rows[subtree.level] }
        var lines: [String] = []
        // Go's own numbering of hashes takes twice the size.
        for size in (1...7).flatMap({ power in (-2...2).map { 1 << (8 * power) + $0 } }) {
            lines.append("note \(try note(size, MerkleTree.root(of: 0..<size, hash: hash)))")
            for index in Set([0, 1, size / 3, size / 2, size - 2, size - 1]) {
                lines.append(
                    line("record", index, rows[0], MerkleTree.inclusionProof(of: index, inTreeOf: size, hash: hash)))
                lines.append(
                    line(
                        "tree", index + 1, MerkleTree.root(of: 0..<index + 1, hash: hash),
                        MerkleTree.consistencyProof(from: index + 1, to: size, hash: hash)))
            }
        }
        try check(lines)
    }
}
