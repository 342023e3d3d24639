import Bytes

/// What the platform tag of a wheel means to installers.
///
/// Source: packaging.python.org, "Platform compatibility tags" (PEP 425, 513, 571, 599, 600, 656, 730, 738, 783); the
/// processors are those that PyPI or the packaging library know.
public enum WheelPlatform: Sendable, Hashable {
    /// It says on which systems the wheel runs: `any`, `manylinux_2_17_x86_64`, `macosx_11_0_arm64`, `win_amd64`.
    case portable
    /// It names a kind of system as Python's `sysconfig.get_platform()` does, without saying from which version on:
    /// `linux_x86_64`, `freebsd_14_1_release_amd64`. An installer takes it on a system of the same name. PyPI takes
    /// none.
    case bound
    /// No installer ever takes it.
    case unknown

    /// Reads a tag in lower case.
    public init(tag: String) {
        let parts = tag.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        self =
            switch parts[0] {
            case "any", "win32": parts.count == 1 ? .portable : .unknown
            case "win": Self.windows.contains(Self.rest(parts, from: 1)) ? .portable : .unknown
            case "manylinux1", "manylinux2010", "manylinux2014":
                Self.manylinux[parts[0]]?.contains(Self.rest(parts, from: 1)) == true ? .portable : .unknown
            case "manylinux", "musllinux":
                Self.isVersioned(parts, numbers: 2) && Self.linux.contains(Self.rest(parts, from: 3))
                    ? .portable : .unknown
            case "macosx": Self.isMacOS(parts) ? .portable : .unknown
            case "ios": Self.isIOS(parts) ? .portable : .unknown
            case "android":
                Self.isVersioned(parts, numbers: 1) && Self.android.contains(Self.rest(parts, from: 2))
                    ? .portable : .unknown
            case "pyodide", "pyemscripten":
                Self.isVersioned(parts, numbers: 2) && Self.rest(parts, from: 3) == "wasm32" ? .portable : .unknown
            case "linux": Self.words(parts) >= 1 ? Self.boundLinux(Self.rest(parts, from: 1)) : .unknown
            case "emscripten", "wasi", "freebsd", "openbsd", "netbsd", "dragonfly", "solaris", "sunos", "aix", "cygwin",
                "mingw", "msys", "haiku", "hp", "gnu", "zos":
                Self.words(parts) >= 1 ? .bound : .unknown
            default: .unknown
            }
    }

    private static let windows: Set<String> = ["amd64", "arm64", "ia64", "arm32"]
    private static let manylinux: [String: Set<String>] = [
        "manylinux1": ["x86_64", "i686"],
        "manylinux2010": ["x86_64", "i686"],
        "manylinux2014": ["x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x"],
    ]
    private static let linux: Set<String> = [
        "x86_64", "i686", "aarch64", "armv7l", "armv6l", "ppc64", "ppc64le", "s390x", "riscv64", "loongarch64",
    ]
    private static let macOS: Set<String> = [
        "ppc", "ppc64", "i386", "x86_64", "arm64", "intel", "fat", "fat3", "fat32", "fat64", "universal", "universal2",
    ]
    private static let android: Set<String> = ["armeabi_v7a", "arm64_v8a", "x86", "x86_64"]

    private static func rest(_ parts: [String], from index: Int) -> String {
        parts.dropFirst(index).joined(separator: "_")
    }

    private static func number(_ text: String) -> Int? {
        text.utf8.count <= 4 && text.utf8.allSatisfy(\.isASCIIDigit) ? Int(text) : nil
    }

    /// How many words follow the first, none of them empty.
    private static func words(_ parts: [String]) -> Int { parts.contains("") ? 0 : parts.count - 1 }

    private static func isVersioned(_ parts: [String], numbers: Int) -> Bool {
        parts.count > numbers + 1 && parts[1...numbers].allSatisfy { number($0) != nil }
    }

    /// The two processors of the Raspberry Pi, for which PyPI takes plain tags: there is only one system for them.
    private static func boundLinux(_ processor: String) -> WheelPlatform {
        processor == "armv6l" || processor == "armv7l" ? .portable : .bound
    }

    /// From macOS 11 on the minor version says nothing, and installers know 0 alone.
    private static func isMacOS(_ parts: [String]) -> Bool {
        guard isVersioned(parts, numbers: 2), let major = number(parts[1]), let minor = number(parts[2]) else {
            return false
        }
        return (major == 10 || major > 10 && minor == 0) && macOS.contains(rest(parts, from: 3))
    }

    private static func isIOS(_ parts: [String]) -> Bool {
        guard isVersioned(parts, numbers: 2), let kind = parts.last else { return false }
        let processor = parts.dropFirst(3).dropLast().joined(separator: "_")
        return ["iphoneos", "iphonesimulator"].contains(kind) && ["arm64", "x86_64"].contains(processor)
    }
}
