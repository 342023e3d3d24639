import PackagingFormats
import Testing
import VectorSupport

@testable import Downloads

@Suite("A plain name of a file") struct PlainFileNameTests {
    static func project(of name: String) -> String? {
        Array(name.utf8).withUnsafeBufferPointer { bytes in
            PlainFileName.project(of: Text(bytes.baseAddress ?? noBytes, count: bytes.count))?.string
        }
    }

    @Test(
        "is known at a glance",
        arguments: [
            "demo-1.0.tar.gz", "Zope.Interface-5.0rc1.zip", "a-b-c-1.tar.gz", "demo-1.0.dev3-py2.py3-none-any.whl",
            "demo_pkg-2024.1.post1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        ])
    func known(name: String) throws {
        #expect(Self.project(of: name) == (try DistributionFilename(lenient: name)).project.display)
    }

    @Test("belongs to the project that the rules give it, or is left to them", arguments: 0..<400 as Range<UInt64>)
    func sound(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "demo", "a", "1", "1.0", "0", "-", "_", "__", ".", "..", "rc", "a1", ".post1", ".dev", "py3", "none", "any",
            "cp312", "+", "!", "-py3-none-any", "2", "V", "é", "%", "-1-", ".whl", ".zip", ".tar.gz",
        ]
        for _ in 0..<200 {
            var name = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            name += [".whl", ".tar.gz", ".zip"].randomElement(using: &random) ?? ""
            if Bool.random(using: &random) {
                let stem = name
                name = "demo-1.0" + (Bool.random(using: &random) ? "-py3-none-any" : "") + stem
            }
            guard let project = Self.project(of: name) else { continue }
            let file = try? DistributionFilename(lenient: name)
            #expect(file?.project.display == project, "\(name)")
        }
    }
}
