import Crypto
import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Web

/// Serves synthetic pages and files through the edge, and lays the same bytes out in a folder for nginx.
///
///     EdgeBenchmark FOLDER PORT [alone]
///
/// With `alone` there is no edge: Hummingbird's own HTTP server gives the same answers from the same memory.
/// Run by `Benchmarks/edge.sh`. It ends with the process that started it.
@main struct EdgeBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 || arguments.last == "alone", let port = Int(arguments[2]) else {
            print("usage: EdgeBenchmark FOLDER PORT [alone]")
            exit(2)
        }
        let folder = URL(fileURLWithPath: arguments[1])
        let pages = PageCache()
        let files = FileResponder { _, _ in }
        try Corpus(folder: folder).fill(pages, files)

        var limits = EdgeLimits()
        limits.idle = .seconds(600)
        let immediate = ImmediateResponders(files: files, pages: pages)
        if arguments.last == "alone" {
            let channel = HTTP1Channel { request, writer, _ in
                let answer = immediate.respond(to: EdgeRequest(request.head))?.response(isHead: request.method == .head)
                try await write(answer ?? Response(status: .notFound), to: writer)
            }
            return try await serve(channel, port)
        }
        let channel = EdgeChannel(immediate: immediate, limits: limits) { _, writer, _ in
            try await write(Response(status: .notFound), to: writer)
        }
        try await serve(channel, port)
    }

    private static func write(_ response: Response, to writer: consuming ResponseWriter) async throws {
        try await writer.write(response: response.head, body: response.body)
    }

    private static func serve(_ channel: some ServerChildChannel, _ port: Int) async throws {
        let server = Server(
            childChannelSetup: channel,
            configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 4096),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "edge"))
        try await server.run()
    }
}

/// The bytes that are served: pages of 200 projects with 12 files each, one with 300 releases, and some files.
struct Corpus {
    let folder: URL

    func fill(_ pages: PageCache, _ files: FileResponder) throws {
        for number in 0..<200 { try addPage("project-\(number)", files: 12, to: pages) }
        try addPage("large", files: 600, to: pages)
        try addFile("small-1.0-py3-none-any.whl", size: 10 * 1024, to: files)
        try addFile("large-1.0-py3-none-any.whl", size: 5 * 1024 * 1024, to: files)
        try addFile("small-1.0-py3-none-any.whl.metadata", size: 2 * 1024, to: files)
    }

    private func addPage(_ name: String, files: Int, to pages: PageCache) throws {
        let json = EncodedBody(Array(jsonPage(name, files: files).utf8))
        let html = EncodedBody(Array(htmlPage(name, files: files).utf8))
        let path = "/simple/\(name)/"
        pages.put(CachedPage(.simple(json: json, html: html), serial: 1), path: path, asOf: 1)
        try write(Array(json.identity.readableBytesView), to: path + "index.json")
        try write(Array(html.identity.readableBytesView), to: path + "index.html")
        if let gzip = json.gzip { try write(Array(gzip.readableBytesView), to: path + "index.json.gz") }
    }

    private func addFile(_ name: String, size: Int, to files: FileResponder) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let path = "/packages/ab/cd/\(name)"
        try write(bytes, to: path)
        let served = ServedFile(
            id: 1, size: size,
            sha256: SHA256.hash(data: bytes).map { String($0, radix: 16) }.joined(),
            contentType: "application/octet-stream", isDownload: !name.hasSuffix(".metadata"))
        guard files.admit(served, at: folder.path + path, path: path, asOf: 1) else {
            // Without the file, what is measured would be answers of 404: it ends here, and loudly.
            fatalError("\(path) was not admitted.")
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = folder.appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    private func jsonPage(_ name: String, files: Int) -> String {
        let entries = (0..<files).map { number in
            let file = "\(name)-1.\(number).0-py3-none-any.whl"
            return """
                {"filename":"\(file)","url":"../../packages/\(digest(number))/\(file)","hashes":{"sha256":"\
                \(digest(number))"},"requires-python":">=3.9","size":\(10_000 + number),"upload-time":\
                "2026-11-22T08:05:09.000123Z","yanked":false,"core-metadata":{"sha256":"\(digest(number + 1))"}}
                """
        }
        return #"{"meta":{"api-version":"1.4","_last-serial":1},"name":"\#(name)","versions":["1.0"],"files":["#
            + entries.joined(separator: ",") + "]}"
    }

    private func htmlPage(_ name: String, files: Int) -> String {
        let entries = (0..<files).map { number in
            let file = "\(name)-1.\(number).0-py3-none-any.whl"
            return """
                <a href="../../packages/\(digest(number))/\(file)#sha256=\(digest(number))" data-requires-python="\
                &gt;=3.9" data-core-metadata="sha256=\(digest(number + 1))">\(file)</a><br>

                """
        }
        return "<!DOCTYPE html><html><head><title>Links for \(name)</title></head><body>\n"
            + entries.joined() + "</body></html>\n"
    }

    private func digest(_ number: Int) -> String {
        SHA256.hash(data: Array("\(number)".utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
