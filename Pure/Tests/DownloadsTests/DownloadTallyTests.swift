import Downloads
import Testing
import UTC
import VectorSupport

@Suite("A tally of downloads") struct DownloadTallyTests {
    static let day = Day(number: 20_000)
    static let pip = Downloader.installer(Installer(name: "pip", version: "26.3"))

    @Test("counts by file, day, installer and version, mirrors apart, and forgets what it gave")
    func counts() {
        var tally = DownloadTally()
        let uses: [(Int64, Day, Downloader)] = [
            (1, Self.day, Self.pip), (1, Self.day, Self.pip), (2, Self.day, Self.pip), (1, Self.day + 1, Self.pip),
            (1, Self.day, .installer(Installer(name: "pip", version: "26.2"))),
            (1, Self.day, .mirror(Installer(name: "pip", version: "26.3"))), (1, Self.day, .other),
        ]
        for (file, day, downloader) in uses {
            let counted = tally.add(file: file, on: day, by: downloader)
            #expect(counted)
        }
        #expect(tally.keyCount == 5)
        let drained = tally.drain()
        #expect(drained.count == 5)
        #expect(drained.map(\.count).reduce(0, +) == 6)
        let twice = drained.first { $0.count == 2 }
        #expect(twice?.file == 1 && twice?.day == Self.day && twice?.isMirror == false)
        #expect(twice?.installer == Installer(name: "pip", version: "26.3"))
        #expect(drained.filter(\.isMirror).count == 1)
        #expect(tally.isEmpty)
        let again = tally.drain()
        #expect(again.isEmpty)
    }

    @Test("when it is full still counts what it knows, and says so of the rest")
    func full() {
        var tally = DownloadTally(maximumKeys: 2)
        let counted = [
            tally.add(file: 1, on: Self.day, by: Self.pip), tally.add(file: 2, on: Self.day, by: Self.pip),
            tally.add(file: 3, on: Self.day, by: Self.pip), tally.add(file: 1, on: Self.day, by: Self.pip),
            tally.add(file: 3, on: Self.day, by: .other),
        ]
        #expect(counted == [true, true, false, true, true])
        let drained = tally.drain()
        #expect(Set(drained.map { [$0.file, $0.count] }) == [[1, 2], [2, 1]])
        let afterwards = tally.add(file: 3, on: Self.day, by: Self.pip)
        #expect(afterwards)
    }

    @Test("keeps so many versions and counts the rest without theirs")
    func madeUpVersions() {
        var tally = DownloadTally(maximumInstallers: 3)
        for version in 0..<10 {
            let counted = tally.add(
                file: 1, on: Self.day, by: .installer(Installer(name: "pip", version: "\(version)")))
            #expect(counted)
        }
        let drained = tally.drain()
        #expect(Set(drained.map(\.installer.version)) == ["0", "1", "2", ""])
        #expect(drained.first { $0.installer.version.isEmpty }?.count == 7)
        #expect(drained.allSatisfy { $0.installer.name == "pip" })
    }

    @Test("gives every download to exactly one batch", arguments: 0..<50 as Range<UInt64>)
    func exactlyOnce(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var tally = DownloadTally(maximumKeys: 20, maximumInstallers: 4)
        var added: [Int64: Int64] = [:]
        var stored: [Int64: Int64] = [:]
        func store(_ batch: [DownloadCount]) { for count in batch { stored[count.file, default: 0] += count.count } }
        for _ in 0..<500 {
            let file = Int64.random(in: 0..<8, using: &random)
            let downloader = Downloader.installer(
                Installer(name: "pip", version: "\(Int.random(in: 0..<9, using: &random))"))
            added[file, default: 0] += 1
            if !tally.add(file: file, on: Self.day, by: downloader) {
                store(tally.drain())
                let counted = tally.add(file: file, on: Self.day, by: downloader)
                #expect(counted)
            }
        }
        store(tally.drain())
        #expect(stored == added)
    }
}
