import Findings

/// What a file's path says about it.
struct FilePlace {
    /// Whether it is Python code by its name.
    let isPython: Bool
    /// Whether the interpreter reads it line by line when it starts.
    let isPathFile: Bool
    /// How many steps a finding in it weighs less.
    let discount: Int

    init(_ path: String) {
        let parts = path.split(separator: "/").map { $0.lowercased() }
        let name = parts.last ?? ""
        isPython = name.hasSuffix(".py") || name.hasSuffix(".pyw")
        isPathFile = name.hasSuffix(".pth")
        let folders = parts.dropLast()
        let isTest =
            folders.contains { Self.testFolders.contains($0) } || name.hasPrefix("test_") || name.hasSuffix("_test.py")
            || name == "conftest.py"
        let isCopy = folders.contains { Self.copyFolders.contains($0) }
        discount = (isTest ? 2 : 0) + (isCopy ? 1 : 0)
    }

    /// Tests and documentation: nobody runs them who installs the package.
    private static let testFolders: Set<String> = [
        "test", "tests", "_tests", "testdata", "doc", "docs", "example", "examples", "benchmark",
        "benchmarks",
        "bench", "asv_bench", "tutorials", "fixtures",
    ]
    /// Copies of other packages.
    private static let copyFolders: Set<String> = [
        "_vendor", "vendor", "vendored", "_vendored", "third_party", "thirdparty", "extern", "externals",
        "vendored-meson",
        "subprojects",
    ]
}

extension Severity {
    /// So many steps less, and never less than a note.
    func lowered(by steps: Int) -> Severity {
        let all = Severity.allCases.sorted()
        guard let index = all.firstIndex(of: self) else { return self }
        return all[max(0, index - steps)]
    }
}
