// swift-tools-version: 6.2
import PackageDescription

// Package 2: everything that touches the world. Who may import whom is the list below, and the build checks it
// (`--explicit-target-dependency-import-check error`).

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func pure(_ name: String) -> Target.Dependency { .product(name: name, package: "Pure") }

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

let package = Package(
    name: "rind",
    products: [
        .executable(name: "rind", targets: ["rind"])
    ],
    dependencies: [
        .package(path: "Pure"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", exact: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CBlake2", pkgConfig: "libb2", providers: [.apt(["libb2-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CIsal", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "CQrencode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        // It has no pkg-config file.
        .systemLibrary(name: "CZxcvbn", providers: [.apt(["libzxcvbn-dev"])]),
        .systemLibrary(name: "CXxhash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(
            name: "CCmark", pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),

        .target(
            name: "Database",
            dependencies: [
                "Secrets", pure("Accounts"), pure("Policy"), pure("Primitives"), pure("UTC"),
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ], swiftSettings: strict),
        // What finds projects: their words in SQL, their names in memory.
        .target(
            name: "ProjectSearch",
            dependencies: [
                "Database", pure("Names"), pure("PackagingFormats"), pure("Projects"), pure("Search"), pure("UTC"),
            ],
            swiftSettings: strict),
        // What waits for a person, as rows.
        .target(
            name: "StageRows",
            dependencies: [
                "Database", pure("Accounts"), pure("Acts"), pure("PackagingFormats"), pure("Policy"),
                pure("Primitives"), pure("Projects"), pure("Staging"), pure("UTC"),
            ],
            swiftSettings: strict),
        .target(
            name: "Stores",
            dependencies: [
                "Database", "ProjectSearch", "Secrets", "StageRows", pure("Staging"), pure("Leaving"), pure("Bytes"),
                pure("Accounts"), pure("Acts"),
                pure("Documents"),
                pure("Downloads"),
                pure("Giveaway"), pure("Journal"), pure("Letters"), pure("LookAlikes"), pure("PackagingFormats"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("Search"), pure("UTC"),
                pure("WebAuthn"),
            ],
            resources: [.embedInCode("Schema")], swiftSettings: strict),
        // The rows of projects against the journal.
        .target(
            name: "Audit",
            dependencies: [
                "Database", "Stores", pure("Journal"), pure("PackagingFormats"), pure("Primitives"), pure("Projects"),
                pure("UTC"),
            ],
            swiftSettings: strict),
        // Roles that end, change and come back.
        .target(
            name: "Roles",
            dependencies: [
                "Database", "Stores", pure("Accounts"), pure("Acts"), pure("Journal"), pure("Leaving"),
                pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"),
                pure("UTC"),
            ],
            swiftSettings: strict),
        .target(
            name: "People",
            dependencies: [
                "Database", "Roles", "Secrets", "Stores", pure("Accounts"), pure("Acts"), pure("Journal"),
                pure("Leaving"),
                pure("Letters"), pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Primitives"),
                pure("Projects"),
                pure("UTC"),
            ],
            swiftSettings: strict),
        // What leaves the index, and comes back.
        .target(
            name: "Removals",
            dependencies: [
                "Database", "Roles", "Stores", pure("Accounts"), pure("Acts"), pure("Journal"), pure("Leaving"),
                pure("Letters"),
                pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"),
                pure("TransparencyLog"), pure("UTC"),
            ],
            swiftSettings: strict),
        // Releases that wait for a person.
        .target(
            name: "Stages",
            dependencies: [
                "Database", "StageRows", "Stores", pure("Accounts"), pure("Acts"), pure("Journal"), pure("Letters"),
                pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"),
                pure("Staging"), pure("UTC"),
            ],
            swiftSettings: strict),
        // Names that a new one may be a look-alike of.
        .target(
            name: "KnownNames",
            dependencies: [
                "Database", "Stores", pure("Acts"), pure("Journal"), pure("LookAlikes"), pure("PackagingFormats"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("UTC"),
            ],
            swiftSettings: strict),
        // What is known to be bad about projects.
        .target(
            name: "KnownAdvisories",
            dependencies: [
                "Database", "Stores", pure("Acts"), pure("Advisories"), pure("Archives"), pure("Journal"),
                pure("Leaving"), pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Primitives"),
                pure("Projects"), pure("UTC"),
            ],
            swiftSettings: strict),
        // The index as it was, by intervals of the journal's serials.
        .target(
            name: "Intervals",
            dependencies: [
                "Database", "Stores", pure("Accounts"), pure("Acts"), pure("Leaving"), pure("PackagingFormats"),
                pure("Past"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("UTC"),
            ],
            swiftSettings: strict),
        .target(
            name: "Blobs",
            dependencies: [
                "CBlake2", crypto, nioCore, nioPosix, pure("Bytes"), pure("Archives"), pure("Ports"),
                pure("Primitives"),
                pure("Projects"), pure("UTC"),
            ],
            swiftSettings: strict),
        .target(name: "Compression", dependencies: ["CIsal", "CZstd", pure("CZlib")], swiftSettings: strict),
        // Checks such a log, and locks against it, from outside: it knows no index but by its address.
        .target(
            name: "LogVerification",
            dependencies: [
                "Outgoing", pure("Bytes"), pure("LockFiles"), pure("PackagingFormats"), pure("TransparencyLog"),
            ], swiftSettings: strict),
        // The one client by which others are asked over HTTP.
        .target(name: "Outgoing", dependencies: ["CCurl"], swiftSettings: strict),
        // The verifiable log: what is public of the journal, in tiles and signed heads.
        .target(
            name: "Sequencer",
            dependencies: [
                "Blobs", "Database", "Secrets", "Stores", nioPosix, pure("Journal"), pure("PackagingFormats"),
                pure("Ports"), pure("Primitives"), pure("TransparencyLog"), pure("UTC"),
            ], swiftSettings: strict),
        .target(
            name: "DownloadLogs",
            dependencies: [
                "CXxhash", "Compression", pure("Bytes"), pure("Downloads"), pure("PackagingFormats"), pure("Ports"),
                pure("Primitives"), pure("UTC"),
            ],
            swiftSettings: strict),
        .target(
            name: "Passwords",
            dependencies: [
                "CArgon2", "CZxcvbn", crypto, pure("Bytes"), pure("Accounts"), pure("CZlib"), pure("Primitives"),
            ],
            swiftSettings: strict),
        .target(name: "Secrets", dependencies: [crypto, pure("Bytes")], swiftSettings: strict),
        .target(name: "QRCode", dependencies: ["CQrencode"], swiftSettings: strict),
        .target(
            name: "Mail", dependencies: ["CCurl", pure("Accounts"), pure("Letters"), pure("Primitives"), pure("UTC")],
            swiftSettings: strict
        ),
        .target(
            name: "Jobs",
            dependencies: [
                "Mail", lifecycle, logging, pure("Letters"), pure("Ports"), pure("Primitives"), pure("UTC"),
            ],
            swiftSettings: strict),
        .target(
            name: "Identity",
            dependencies: [
                "Passwords", "QRCode", "Secrets", crypto, pure("Bytes"), pure("Accounts"), pure("Acts"),
                pure("Journal"),
                pure("OneTimeCodes"), pure("PackagingFormats"), pure("Past"), pure("Policy"), pure("Ports"),
                pure("Primitives"), pure("Tokens"), pure("UTC"), pure("WebAuthn"),
            ],
            swiftSettings: strict),
        .target(
            name: "Giveaways",
            dependencies: [
                "Secrets", pure("Bytes"), pure("Accounts"), pure("Documents"), pure("Giveaway"), pure("Policy"),
                pure("Ports"),
                pure("Primitives"), pure("UTC"),
            ], swiftSettings: strict),
        .target(
            name: "Web",
            dependencies: [
                pure("Accounts"), pure("Acts"), pure("Bytes"), pure("Downloads"), pure("Letters"), pure("Multipart"),
                pure("PackagingFormats"), pure("Past"), pure("Policy"), pure("Ports"), pure("Primitives"),
                pure("Tokens"), pure("UTC"), "Compression", crypto, hummingbird, httpTypes, logging, metrics, nioCore,
                nioHTTP1,
                nioPosix, .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ],
            swiftSettings: strict),
        .target(
            name: "SimpleAPI",
            dependencies: [
                "Web", httpTypes, nioPosix, pure("Accounts"), pure("Acts"), pure("Advisories"), pure("IndexDocuments"),
                pure("PackagingFormats"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("TransparencyLog"),
                pure("UTC"), hummingbird,
            ],
            swiftSettings: strict),
        // What auditors ask: the API of OSV.
        .target(
            name: "AdvisoryAPI",
            dependencies: [
                "Web", pure("Advisories"), pure("Bytes"), pure("PackagingFormats"), pure("Ports"), pure("Primitives"),
                pure("UTC"), httpTypes, hummingbird,
            ],
            swiftSettings: strict),
        .target(
            name: "UploadAPI",
            dependencies: [
                "Web", pure("Acts"), pure("Archives"), pure("Bytes"), pure("Letters"), pure("Multipart"),
                pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"),
                pure("UTC"), httpTypes,
                hummingbird, nioCore,
            ],
            swiftSettings: strict),
        // What authors write of their releases, as HTML that can do nothing.
        .target(
            name: "Descriptions", dependencies: ["CCmark", crypto, nioPosix, pure("Bytes"), pure("PackagingFormats")],
            resources: [.embedInCode("Program")], swiftSettings: strict),
        .target(
            name: "Site",
            dependencies: [
                "Descriptions", "Giveaways", "Identity", "Web", pure("Leaving"), pure("Bytes"), pure("Accounts"),
                pure("Acts"), pure("Advisories"),
                pure("Documents"),
                pure("Giveaway"), pure("Journal"), pure("Letters"), pure("PackagingFormats"), pure("Past"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("Search"), pure("UTC"),
                crypto,
                httpTypes, hummingbird, nioCore, .product(name: "Mustache", package: "swift-mustache"),
            ],
            resources: [.embedInCode("Templates"), .embedInCode("Static")],
            swiftSettings: strict),
        // The log that anybody can check, for people.
        .target(
            name: "LogPages",
            dependencies: [
                "Site", "Web", pure("PackagingFormats"), pure("Ports"), pure("Projects"), pure("TransparencyLog"),
                pure("UTC"), httpTypes, hummingbird,
            ], swiftSettings: strict),
        // What is in the files of releases, and what is different between two of them.
        .target(
            name: "SourcePages",
            dependencies: [
                "Descriptions", "Site", "Web", pure("Archives"), pure("Bytes"), pure("Differences"),
                pure("PackagingFormats"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("TransparencyLog"),
                httpTypes, hummingbird, nioCore,
            ], swiftSettings: strict),
        // What the index says of itself, to people and to programs that look for it.
        .target(
            name: "Guide",
            dependencies: [
                "Descriptions", "Site", "Web", pure("Accounts"), pure("Bytes"), pure("UTC"), httpTypes, hummingbird,
                nioCore,
            ], swiftSettings: strict),
        // The index as it was, for installers and for people.
        .target(
            name: "TimeTravel",
            dependencies: [
                "Descriptions", "SimpleAPI", "Site", "Web", pure("IndexDocuments"), pure("PackagingFormats"),
                pure("Past"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("UTC"), httpTypes, hummingbird,
            ],
            swiftSettings: strict),
        .target(
            name: "Administration",
            dependencies: [
                "Descriptions", "Giveaways", "Identity", "Site", "Web", pure("Accounts"), pure("Acts"),
                pure("Documents"), pure("Giveaway"), pure("Leaving"), pure("Letters"), pure("PackagingFormats"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("UTC"), httpTypes,
                hummingbird,
            ],
            swiftSettings: strict),
        .target(
            name: "Server",
            dependencies: [
                "Audit",
                "Administration", "AdvisoryAPI", "KnownAdvisories", "KnownNames", pure("Advisories"), "Blobs",
                "Database",
                "Descriptions", "DownloadLogs", "Giveaways", "Guide", "Identity",
                "Intervals", "Jobs", "LogPages", "LogVerification", "Mail", "Passwords", "People",
                "Secrets", "Sequencer", "SimpleAPI", "Site", "SourcePages", "StagePages", "Stages", "Removals", "Roles",
                "Stores", "TimeTravel", "UploadAPI",
                "Web",
                pure("Leaving"),
                pure("Bytes"),
                pure("Accounts"),
                pure("Acts"),
                pure("Archives"),
                pure("Downloads"), pure("Giveaway"), pure("Journal"), pure("Letters"), pure("PackagingFormats"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("Tokens"),
                pure("TransparencyLog"), pure("UTC"),
                crypto, httpTypes, hummingbird, lifecycle, logging, metrics, nioCore, nioPosix,
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // Releases that wait for a person: pages, and what installers read of them.
        .target(
            name: "StagePages",
            dependencies: [
                "Identity", "SimpleAPI", "Site", "Web", pure("Accounts"), pure("Acts"), pure("IndexDocuments"),
                pure("Letters"), pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Primitives"),
                pure("Projects"), pure("Staging"), pure("UTC"), httpTypes, hummingbird, nioPosix,
            ],
            swiftSettings: strict),
        .target(
            name: "StageCommands",
            dependencies: [
                "CommandSupport", "Server", "Stages", "Stores", pure("Accounts"), pure("Acts"),
                pure("PackagingFormats"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("Staging"), pure("UTC"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // What all commands share.
        .target(
            name: "CommandSupport",
            dependencies: [
                "Server", pure("Accounts"), pure("Acts"), pure("PackagingFormats"), pure("Primitives"), pure("UTC"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .target(
            name: "AdvisoryCommands",
            dependencies: [
                "CommandSupport", "KnownAdvisories", "Server", "Stores", pure("Advisories"), pure("PackagingFormats"),
                pure("Policy"), pure("Ports"), pure("UTC"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // The commands of what looks into releases.
        .target(
            name: "DefenceCommands",
            dependencies: [
                "CommandSupport", pure("Archives"), pure("Findings"), pure("PackagingFormats"),
                pure("ReleaseDifferences"), pure("Scanning"), pure("UTC"), pure("Verdicts"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "rind",
            dependencies: [
                "AdvisoryCommands", "CommandSupport", "DefenceCommands",
                "DownloadLogs", "Giveaways", "Identity", "Jobs", "KnownNames", "LogVerification", "Mail", "Passwords",
                "People",
                "Secrets",
                "Sequencer", "Server", "Removals", "Roles", "StageCommands", "Stores",
                logging, pure("LookAlikes"),
                pure("Leaving"), pure("Accounts"), pure("Acts"), pure("Documents"), pure("Downloads"), pure("Giveaway"),
                pure("Journal"),
                pure("Letters"), pure("LockFiles"), pure("PackagingFormats"), pure("Past"), pure("Policy"),
                pure("Ports"),
                pure("Primitives"),
                pure("Projects"), pure("TransparencyLog"), pure("UTC"), pure("WebAuthn"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        .executableTarget(
            name: "EdgeBenchmark",
            dependencies: [
                "Web", crypto, httpTypes, logging, nioCore, nioPosix,
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ],
            path: "Benchmarks/EdgeBenchmark", swiftSettings: strict),

        .executableTarget(
            name: "SignInBenchmark",
            dependencies: [
                "Identity", "Passwords", "Server", "Stores", "Support", pure("Accounts"), pure("Policy"), pure("Ports"),
                pure("UTC"),
            ],
            path: "Benchmarks/SignInBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "MandateBenchmark",
            dependencies: [
                "Database", "Server", "Stores", "Support", "Web", pure("Accounts"), pure("Acts"),
                pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Primitives"), pure("UTC"), hummingbird,
            ],
            path: "Benchmarks/MandateBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "DownloadsBenchmark",
            dependencies: [
                "Database", "DownloadLogs", "Stores", "Support", pure("Downloads"), pure("PackagingFormats"),
                pure("Ports"), pure("UTC"), pure("VectorSupport"),
            ],
            path: "Benchmarks/DownloadsBenchmark", swiftSettings: strict),

        .executableTarget(
            name: "SearchBenchmark",
            dependencies: [
                "Database", "ProjectSearch", "Stores", "Support", pure("Names"), pure("PackagingFormats"),
                pure("Ports"), pure("Projects"), pure("Search"), pure("UTC"), pure("VectorSupport"),
            ],
            path: "Benchmarks/SearchBenchmark", swiftSettings: strict),

        .executableTarget(
            name: "LogBenchmark",
            dependencies: [
                "Database", "LogVerification", "Sequencer", "Server", "Stores", "Support", "Web", pure("Accounts"),
                pure("LockFiles"), pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Projects"),
                pure("TransparencyLog"), pure("UTC"), pure("VectorSupport"),
            ],
            path: "Benchmarks/LogBenchmark", swiftSettings: strict),

        .executableTarget(
            name: "PastBenchmark",
            dependencies: [
                "Server", "Stores", "Support", pure("Accounts"), pure("PackagingFormats"), pure("Policy"),
                pure("Ports"), pure("Primitives"), pure("Projects"), pure("UTC"), pure("VectorSupport"), httpTypes,
            ],
            path: "Benchmarks/PastBenchmark", swiftSettings: strict),

        .executableTarget(
            name: "PythonCodeBenchmark", dependencies: [pure("PythonCode"), pure("VectorSupport")],
            path: "Benchmarks/PythonCodeBenchmark", swiftSettings: strict),

        // Another process on the database of a test, as another node would be.
        .executableTarget(
            name: "Companion",
            dependencies: [
                "Database", "Jobs", "Mail", "Secrets", "Stores", logging, pure("Accounts"), pure("Journal"),
                pure("Letters"),
                pure("Policy"), pure("Ports"), pure("UTC"),
            ],
            path: "Tests/Companion", swiftSettings: strict),
        // A whole index for tests: its folder, its uploads, its answers.
        .target(
            name: "Support",
            dependencies: [
                "Blobs", "Compression", "Database", "Identity", "Passwords", "Secrets", "Server", "Removals", "Roles",
                "Stores",
                "UploadAPI",
                "Web", pure("Accounts"), pure("Acts"), pure("Giveaway"), pure("Letters"), pure("PackagingFormats"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("UTC"), crypto, httpTypes,
                hummingbird, logging, nioCore, .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            path: "Tests/Support", swiftSettings: strict),
        .testTarget(
            name: "StoresTests",
            dependencies: [
                "Audit",
                "Database", "KnownAdvisories", "KnownNames", pure("Advisories"), "People", "Secrets", "Removals",
                "Roles", "Stages", "Stores", "Support", crypto, pure("Staging"),
                pure("Leaving"),
                pure("LookAlikes"),
                pure("Accounts"),
                pure("Acts"),
                pure("Bytes"),
                pure("Downloads"),
                pure("Giveaway"), pure("Journal"), pure("Letters"), pure("PackagingFormats"), pure("Policy"),
                pure("Ports"), pure("Primitives"), pure("Projects"), pure("Search"), pure("UTC"),
                pure("VectorSupport"),
            ],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "SequencerTests",
            dependencies: [
                "Database", "Removals", "Secrets", "Sequencer", "SimpleAPI", "Stores", "Support", "Web",
                pure("Accounts"), pure("Acts"), pure("IndexDocuments"), pure("Journal"), pure("Leaving"),
                pure("PackagingFormats"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("Projects"), pure("TransparencyLog"),
                pure("UTC"), pure("VectorSupport"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "BlobConformance", "Blobs", "Companion", "KnownAdvisories", "KnownNames", pure("Advisories"),
                "Database",
                "Descriptions", "Giveaways", "Guide", "Identity",
                "Jobs", "Mail",
                "Passwords",
                "Secrets", "Server", "Removals", "Roles", "Stores", "Support", "Web", pure("Accounts"), pure("Acts"),
                pure("Documents"),
                pure("Downloads"),
                pure("Giveaway"), pure("Journal"), pure("Leaving"), pure("Letters"), pure("LookAlikes"),
                pure("PackagingFormats"),
                pure("Past"), pure("Policy"),
                pure("Ports"), pure("Primitives"), pure("Projects"), pure("Tokens"), pure("UTC"), pure("VectorSupport"),
                crypto, httpTypes, logging, .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "DatabaseTests",
            dependencies: [
                "Database", pure("Accounts"), pure("Acts"), pure("Policy"), pure("Primitives"), pure("UTC"),
                pure("VectorSupport"), .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "CompressionTests", dependencies: ["Compression", pure("VectorSupport")], swiftSettings: strict),
        .testTarget(
            name: "DownloadLogsTests",
            dependencies: [
                "Compression", "Database", "DownloadLogs", "Stores", "Support", pure("Downloads"),
                pure("PackagingFormats"), pure("Ports"), pure("UTC"), pure("VectorSupport"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PasswordsTests",
            dependencies: [
                "Compression", "Passwords", crypto, pure("Accounts"), pure("Primitives"), pure("VectorSupport"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IdentityTests",
            dependencies: [
                "Identity", "Passwords", "Secrets", "Stores", "Support", pure("Accounts"), pure("Acts"),
                pure("Bytes"), pure("Journal"), pure("Policy"), pure("Ports"), pure("Primitives"), pure("UTC"),
                pure("WebAuthn"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AdvisoryAPITests",
            dependencies: ["AdvisoryAPI", pure("Advisories"), pure("PackagingFormats")], swiftSettings: strict),
        .testTarget(
            name: "SimpleAPITests",
            dependencies: [
                "SimpleAPI", "Web", pure("Accounts"), pure("Acts"), pure("IndexDocuments"), pure("PackagingFormats"),
                pure("Primitives"), pure("Projects"), pure("UTC"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RindTests",
            dependencies: [
                "CommandSupport", "rind", "Server", pure("Primitives"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(name: "OutgoingTests", dependencies: ["Outgoing"], swiftSettings: strict),
        .testTarget(
            name: "LogVerificationTests",
            dependencies: [
                "LogVerification", "Outgoing", pure("LockFiles"), pure("PackagingFormats"), pure("TransparencyLog"),
            ], swiftSettings: strict),
        .testTarget(name: "SecretsTests", dependencies: ["Secrets"], swiftSettings: strict),
        .testTarget(
            name: "GiveawaysTests",
            dependencies: [
                "Database", "Giveaways", "Identity", "Secrets", "Stores", "Support", pure("Accounts"), pure("Acts"),
                pure("Documents"), pure("Giveaway"), pure("Journal"), pure("Letters"), pure("PackagingFormats"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("UTC"),
            ],
            swiftSettings: strict),
        .testTarget(name: "QRCodeTests", dependencies: ["QRCode"], swiftSettings: strict),
        .testTarget(
            name: "MailTests",
            dependencies: ["Mail", pure("Accounts"), pure("Letters"), pure("Primitives"), pure("UTC")],
            swiftSettings: strict),
        .testTarget(
            name: "JobsTests",
            dependencies: [
                "Database", "Jobs", "Mail", "Stores", "Support", lifecycle, logging, pure("Accounts"), pure("Letters"),
                pure("Policy"), pure("Ports"), pure("Primitives"), pure("UTC"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Web", pure("Acts"), pure("Primitives"), httpTypes, logging, nioCore, nioPosix,
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ],
            swiftSettings: strict),
        // What every blob store promises, and a store in memory.
        .target(
            name: "BlobConformance",
            dependencies: ["Blobs", pure("Archives"), pure("Ports"), pure("Projects"), pure("UTC")],
            path: "Tests/BlobConformance", swiftSettings: strict),
        .testTarget(
            name: "BlobsTests",
            dependencies: [
                "BlobConformance", "Blobs", pure("Archives"), pure("Ports"), pure("Primitives"), pure("Projects"),
                pure("UTC"),
                pure("VectorSupport"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "UploadAPITests",
            dependencies: [
                "Blobs", "Compression", "Database", "Stores", "Support", "UploadAPI", "Web", pure("Accounts"),
                pure("Archives"), pure("Multipart"), pure("PackagingFormats"), pure("Policy"), pure("Ports"),
                pure("Primitives"), pure("Projects"), pure("UTC"), pure("VectorSupport"), crypto, hummingbird, nioCore,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SiteTests",
            dependencies: [
                "Administration", "Descriptions", "Giveaways", "Guide", "Identity", "LogPages", "Site", "SourcePages",
                "Web", pure("Accounts"), pure("Acts"), pure("Archives"), pure("Differences"), pure("Documents"),
                pure("Giveaway"), pure("Journal"), pure("Leaving"),
                pure("Letters"), pure("PackagingFormats"), pure("Policy"), pure("Ports"), pure("Primitives"),
                pure("Projects"), pure("Search"), pure("TransparencyLog"), pure("UTC"), pure("VectorSupport"),
            ],
            exclude: ["Golden"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
