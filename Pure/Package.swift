// swift-tools-version: 6.2
import PackageDescription

// Package 1: the rules and the formats. Nothing here opens a file or a socket, reads a clock or draws a random
// number, and this manifest cannot name a package that does: that is why it is a package of its own.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "Pure",
    products: [
        .library(name: "Bytes", targets: ["Bytes"]),
        .library(name: "UTC", targets: ["UTC"]),
        .library(name: "PackagingFormats", targets: ["PackagingFormats"]),
        .library(name: "Archives", targets: ["Archives"]),
        .library(name: "Tokens", targets: ["Tokens"]),
        .library(name: "OneTimeCodes", targets: ["OneTimeCodes"]),
        .library(name: "WebAuthn", targets: ["WebAuthn"]),
        // Judges files of ceremonies: webauthn-check FILE.
        .executable(name: "webauthn-check", targets: ["webauthn-check"]),
        .library(name: "Downloads", targets: ["Downloads"]),
        .library(name: "Multipart", targets: ["Multipart"]),
        .library(name: "IndexDocuments", targets: ["IndexDocuments"]),
        .library(name: "Primitives", targets: ["Primitives"]),
        .library(name: "Acts", targets: ["Acts"]),
        .library(name: "Accounts", targets: ["Accounts"]),
        .library(name: "Projects", targets: ["Projects"]),
        .library(name: "Advisories", targets: ["Advisories"]),
        .library(name: "LookAlikes", targets: ["LookAlikes"]),
        .library(name: "Findings", targets: ["Findings"]),
        .library(name: "Differences", targets: ["Differences"]),
        .library(name: "ReleaseDifferences", targets: ["ReleaseDifferences"]),
        .library(name: "Verdicts", targets: ["Verdicts"]),
        .library(name: "Names", targets: ["Names"]),
        .library(name: "Search", targets: ["Search"]),
        .library(name: "Past", targets: ["Past"]),
        .library(name: "Policy", targets: ["Policy"]),
        .library(name: "Leaving", targets: ["Leaving"]),
        .library(name: "Staging", targets: ["Staging"]),
        .library(name: "Journal", targets: ["Journal"]),
        .library(name: "Giveaway", targets: ["Giveaway"]),
        .library(name: "Letters", targets: ["Letters"]),
        .library(name: "Documents", targets: ["Documents"]),
        .library(name: "TransparencyLog", targets: ["TransparencyLog"]),
        .library(name: "LockFiles", targets: ["LockFiles"]),
        .library(name: "PythonSyntax", targets: ["PythonSyntax"]),
        .library(name: "PythonCode", targets: ["PythonCode"]),
        .library(name: "Scanning", targets: ["Scanning"]),
        .library(name: "Ports", targets: ["Ports"]),
        .library(name: "CZlib", targets: ["CZlib"]),
        // For the tests of both packages.
        .library(name: "VectorSupport", targets: ["VectorSupport"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "Bytes", swiftSettings: strict),
        .target(name: "UTC", dependencies: ["Bytes"], swiftSettings: strict),
        .target(name: "PackagingFormats", dependencies: ["Bytes"], swiftSettings: strict),
        .target(
            name: "Archives",
            dependencies: ["Bytes", "CZlib", "PackagingFormats", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        // What is different between two releases, and how their sources are shown.
        .target(
            name: "Differences",
            dependencies: [
                "Archives", "Bytes", "PackagingFormats", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Tokens", dependencies: ["Bytes", "UTC", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "OneTimeCodes", dependencies: ["Bytes", "UTC", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "WebAuthn",
            dependencies: [
                "Bytes", "UTC",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .target(name: "WebAuthnCheck", dependencies: ["Bytes", "UTC", "WebAuthn"], swiftSettings: strict),
        .executableTarget(name: "webauthn-check", dependencies: ["WebAuthnCheck"], swiftSettings: strict),
        .target(name: "Downloads", dependencies: ["Bytes", "PackagingFormats", "UTC"], swiftSettings: strict),
        .target(name: "Multipart", dependencies: ["Bytes"], swiftSettings: strict),
        .target(name: "IndexDocuments", dependencies: ["Bytes", "PackagingFormats", "UTC"], swiftSettings: strict),
        .target(name: "Primitives", swiftSettings: strict),
        .target(name: "Acts", swiftSettings: strict),
        .target(
            name: "Accounts", dependencies: ["Acts", "Bytes", "PackagingFormats", "Primitives", "UTC"],
            swiftSettings: strict),
        .target(
            name: "Projects", dependencies: ["Accounts", "Acts", "PackagingFormats", "Primitives", "UTC"],
            swiftSettings: strict),
        // The index as it was: which point in time an address means, and what a project was at it.
        .target(
            name: "Past", dependencies: ["Bytes", "PackagingFormats", "Primitives", "Projects", "UTC"],
            swiftSettings: strict),
        .target(name: "Names", dependencies: ["Bytes", "PackagingFormats"], swiftSettings: strict),
        .target(name: "Findings", swiftSettings: strict),
        // What is known to be bad: OSV documents.
        .target(name: "Advisories", dependencies: ["Bytes", "PackagingFormats", "UTC"], swiftSettings: strict),
        // In what a release is not like the one before, and what becomes of it.
        .target(
            name: "ReleaseDifferences",
            dependencies: [
                "Acts", "Bytes", "PackagingFormats", "UTC", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Verdicts", dependencies: ["Findings", "LookAlikes", "ReleaseDifferences", "UTC"],
            swiftSettings: strict),
        .target(name: "LookAlikes", dependencies: ["Bytes", "Names", "PackagingFormats"], swiftSettings: strict),
        .target(
            name: "Search", dependencies: ["Bytes", "Names", "PackagingFormats", "Projects", "UTC"],
            swiftSettings: strict),
        .target(
            name: "Policy",
            dependencies: [
                "Accounts", "Acts", "Bytes", "Downloads", "LookAlikes", "PackagingFormats", "Primitives", "Projects",
                "UTC",
            ],
            swiftSettings: strict),
        // How things leave the index, and come back.
        .target(
            name: "Leaving",
            dependencies: ["Accounts", "Acts", "PackagingFormats", "Policy", "Primitives", "Projects", "UTC"],
            swiftSettings: strict),
        // Releases that wait for a person.
        .target(
            name: "Staging",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"), "Accounts", "Acts", "Bytes", "PackagingFormats",
                "Policy", "Primitives", "Projects", "UTC",
            ],
            swiftSettings: strict),
        .target(
            name: "Journal",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"), "Accounts", "Acts", "Bytes", "Giveaway",
                "Leaving", "PackagingFormats", "Policy", "Primitives", "Staging", "TransparencyLog", "UTC",
            ],
            swiftSettings: strict),
        .target(name: "Giveaway", dependencies: ["Bytes", "Primitives", "UTC"], swiftSettings: strict),
        .target(
            name: "Letters",
            dependencies: [
                "Accounts", "Acts", "Journal", "Leaving", "PackagingFormats", "Policy", "Primitives", "Staging", "UTC",
            ],
            swiftSettings: strict),
        .target(
            name: "Documents",
            dependencies: ["Accounts", "Acts", "Bytes", "Giveaway", "PackagingFormats", "Policy", "Primitives", "UTC"],
            swiftSettings: strict),
        .target(name: "LockFiles", dependencies: ["Bytes", "PackagingFormats"], swiftSettings: strict),
        .target(name: "PythonSyntax", swiftSettings: strict),
        .target(name: "PythonCode", dependencies: ["PythonSyntax"], swiftSettings: strict),
        // What rules find in the files of a release; the rules are data, a file each.
        .target(
            name: "Scanning",
            dependencies: [
                "Archives", "Bytes", "Findings", "PythonCode", .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [.embedInCode("Rules")], swiftSettings: strict),
        .target(
            name: "TransparencyLog",
            dependencies: ["Bytes", "PackagingFormats", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Ports",
            dependencies: [
                "Accounts", "Acts", "Advisories", "Archives", "Bytes", "Downloads", "Giveaway", "Journal", "Leaving",
                "LookAlikes",
                "Letters",
                "PackagingFormats", "Past",
                "Policy", "Primitives", "Projects", "Search", "Staging", "TransparencyLog", "UTC",
            ], swiftSettings: strict),

        // What several test targets need: where the public test vectors are, seeded randomness.
        .target(name: "VectorSupport", path: "Tests/VectorSupport", swiftSettings: strict),
        .testTarget(name: "BytesTests", dependencies: ["Bytes", "VectorSupport"], swiftSettings: strict),
        .testTarget(
            name: "PackagingFormatsTests", dependencies: ["PackagingFormats", "VectorSupport"], swiftSettings: strict),
        .testTarget(
            name: "ArchivesTests",
            dependencies: [
                "Archives", "CZlib", "PackagingFormats", "VectorSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(name: "UTCTests", dependencies: ["UTC", "VectorSupport"], swiftSettings: strict),
        .testTarget(
            name: "IndexDocumentsTests", dependencies: ["IndexDocuments", "PackagingFormats", "UTC", "VectorSupport"],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "TokensTests",
            dependencies: ["Tokens", "UTC", "VectorSupport", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .testTarget(
            name: "OneTimeCodesTests", dependencies: ["OneTimeCodes", "UTC", "VectorSupport"], swiftSettings: strict),
        .testTarget(
            name: "DownloadsTests", dependencies: ["Downloads", "PackagingFormats", "UTC", "VectorSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "WebAuthnTests",
            dependencies: [
                "Bytes", "UTC", "WebAuthn", "WebAuthnCheck", "VectorSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .testTarget(name: "MultipartTests", dependencies: ["Multipart", "VectorSupport"], swiftSettings: strict),
        .testTarget(
            name: "PrimitivesTests", dependencies: ["Primitives", "PackagingFormats", "UTC", "VectorSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "AccountsTests",
            dependencies: ["Accounts", "Acts", "PackagingFormats", "Policy", "Primitives", "UTC", "VectorSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ProjectsTests",
            dependencies: ["PackagingFormats", "Primitives", "Projects", "UTC", "VectorSupport"],
            swiftSettings: strict),
        .testTarget(name: "FindingsTests", dependencies: ["Findings"], swiftSettings: strict),
        .testTarget(
            name: "DifferencesTests",
            dependencies: ["Archives", "Bytes", "Differences", "PackagingFormats", "VectorSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "AdvisoriesTests",
            dependencies: ["Advisories", "Bytes", "PackagingFormats", "UTC", "VectorSupport"], swiftSettings: strict),
        .testTarget(
            name: "ReleaseDifferencesTests",
            dependencies: ["Acts", "PackagingFormats", "ReleaseDifferences", "UTC"], swiftSettings: strict),
        .testTarget(
            name: "VerdictsTests",
            dependencies: [
                "Acts", "Findings", "LookAlikes", "PackagingFormats", "ReleaseDifferences", "UTC", "VectorSupport",
                "Verdicts",
            ], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "LookAlikesTests", dependencies: ["LookAlikes", "PackagingFormats"], swiftSettings: strict),
        .testTarget(
            name: "PastTests",
            dependencies: [
                "Accounts", "Acts", "PackagingFormats", "Past", "Primitives", "Projects", "UTC", "VectorSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "NamesTests", dependencies: ["Names", "VectorSupport"], swiftSettings: strict),
        .testTarget(
            name: "SearchTests",
            dependencies: ["Names", "PackagingFormats", "Projects", "Search", "UTC", "VectorSupport"],
            exclude: ["Table"], swiftSettings: strict),
        .testTarget(
            name: "PolicyTests",
            dependencies: [
                "Accounts", "Acts", "Documents", "LookAlikes", "PackagingFormats", "Policy", "Primitives", "Projects",
                "UTC",
                "VectorSupport",
            ], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "LeavingTests",
            dependencies: [
                "Accounts", "Acts", "Leaving", "PackagingFormats", "Policy", "Primitives", "Projects", "UTC",
                "VectorSupport",
            ], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "StagingTests",
            dependencies: [
                "Accounts", "Acts", "PackagingFormats", "Policy", "Primitives", "Projects", "Staging", "UTC",
                "VectorSupport",
            ], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "GiveawayTests",
            dependencies: ["Giveaway", "PackagingFormats", "Primitives", "UTC", "VectorSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "JournalTests",
            dependencies: [
                "Accounts", "Acts", "Bytes", "Giveaway", "Journal", "Leaving", "Letters", "PackagingFormats",
                "Policy", "Primitives", "Staging", "TransparencyLog", "UTC", "VectorSupport",
            ], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "LettersTests",
            dependencies: [
                "Accounts", "Acts", "Giveaway", "Journal", "Leaving", "Letters", "PackagingFormats", "Policy",
                "Primitives", "Staging", "UTC", "VectorSupport",
            ], exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "LockFilesTests", dependencies: ["LockFiles", "PackagingFormats", "VectorSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ScanningTests",
            dependencies: ["Archives", "Findings", "PythonCode", "Scanning", "VectorSupport"], swiftSettings: strict),
        .testTarget(
            name: "PythonSyntaxTests", dependencies: ["PythonSyntax", "VectorSupport"], swiftSettings: strict),
        .testTarget(
            name: "PythonCodeTests", dependencies: ["PythonCode", "PythonSyntax", "VectorSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "TransparencyLogTests",
            dependencies: [
                "Bytes", "TransparencyLog", "VectorSupport", .product(name: "Crypto", package: "swift-crypto"),
            ], swiftSettings: strict),
        .testTarget(
            name: "DocumentsTests",
            dependencies: ["Documents", "Giveaway", "PackagingFormats", "UTC", "VectorSupport"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
