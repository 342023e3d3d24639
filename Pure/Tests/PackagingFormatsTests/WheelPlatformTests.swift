import PackagingFormats
import Testing

@Suite("The platform tag of a wheel") struct WheelPlatformTests {
    static let portable = [
        "any", "win32", "win_amd64", "win_arm64", "win_ia64", "manylinux1_x86_64", "manylinux1_i686",
        "manylinux2010_x86_64", "manylinux2014_aarch64", "manylinux2014_ppc64", "manylinux_2_17_x86_64",
        "manylinux_2_39_riscv64", "musllinux_1_2_x86_64", "musllinux_1_1_armv7l", "linux_armv6l", "linux_armv7l",
        "macosx_10_9_x86_64", "macosx_10_6_intel", "macosx_11_0_arm64", "macosx_26_0_arm64", "macosx_10_9_universal2",
        "ios_13_0_arm64_iphoneos", "ios_13_0_x86_64_iphonesimulator", "android_21_arm64_v8a", "android_24_x86_64",
        "pyodide_2024_0_wasm32", "pyemscripten_2025_0_wasm32",
    ]
    static let bound = [
        "linux_x86_64", "linux_aarch64", "linux_riscv64", "freebsd_14_1_release_amd64", "openbsd_7_5_amd64",
        "netbsd_10_0_amd64", "cygwin_3_4_9_x86_64", "mingw_x86_64_ucrt", "aix_7200_1941_64", "solaris_2_11_i86pc_64bit",
        "emscripten_3_1_58_wasm32",
    ]
    static let unknown = [
        "nonsense", "linux", "linux_", "win", "win_", "win_x86", "windows", "win64", "manylinux", "manylinux_x86_64",
        "manylinux_2_x86_64", "manylinux_2_17_nonsense", "manylinux1_aarch64", "manylinux2015_x86_64",
        "manylinux3_x86_64",
        "musllinux_x86_64", "musllinux_1_1", "macosx", "macosx_11_1_arm64", "macosx_9_0_ppc", "macosx_10_9_nonsense",
        "macosx_arm64", "macos_11_0_arm64", "ios_13_0_arm64", "ios_13_0_armv7_iphoneos", "android_x86_64",
        "android_21_mips", "any_any", "any2", "none", "darwin_arm64", "", "_", "linux__x86_64",
        "manylinux_2_99999_x86_64",
    ]

    @Test("says where it runs, one system, or nothing that an installer knows")
    func standings() {
        for tag in Self.portable { #expect(WheelPlatform(tag: tag) == .portable, "\(tag)") }
        for tag in Self.bound { #expect(WheelPlatform(tag: tag) == .bound, "\(tag)") }
        for tag in Self.unknown { #expect(WheelPlatform(tag: tag) == .unknown, "\(tag)") }
    }
}
