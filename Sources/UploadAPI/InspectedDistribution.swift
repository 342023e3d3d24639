import Archives
import PackagingFormats

/// A wheel or an sdist that has been looked into.
enum InspectedDistribution: Sendable {
    case wheel(InspectedWheel, filename: String)
    case sourceDistribution(InspectedSourceDistribution, filename: String)

    /// The bytes of METADATA or PKG-INFO.
    var metadata: [UInt8] {
        switch self {
        case .wheel(let wheel, _): wheel.metadata
        case .sourceDistribution(let source, _): source.packageInfo
        }
    }

    /// METADATA or PKG-INFO, as read; nothing where they exceed the limits, so that they are refused.
    func rawMetadata(within limits: MetadataLimits) -> RawMetadata {
        do { return try limits.read(file: metadata) } catch { return RawMetadata() }
    }

    /// What was passed over, in sentences.
    var notes: [String] {
        switch self {
        case .wheel(let wheel, _): wheel.flaws.map(\.explanation)
        case .sourceDistribution(let source, _): source.flaws.map(\.explanation)
        }
    }

    /// Every text of a licence that the metadata name must be there: in a wheel below `.dist-info/licenses`, in an
    /// sdist relative to its root.
    ///
    /// Source: PEP 639, "Add License-File field".
    func check(licenseFiles: [String]) throws(UploadFormRefusal) {
        for file in licenseFiles {
            switch self {
            case .wheel(let wheel, let filename):
                let path = "\(wheel.distInfoDirectory)/licenses/\(file)"
                guard wheel.contains(path) else { throw .licenseFile(file, filename: filename, path: path) }
            case .sourceDistribution(let source, let filename):
                guard source.contains(file) else {
                    throw .licenseFile(file, filename: filename, path: "\(source.topLevelDirectory)/\(file)")
                }
            }
        }
    }

    /// The entry points of a wheel must mean the same to every installer. An sdist has none of its own.
    func checkEntryPoints() throws(UploadFormRefusal) {
        guard case .wheel(let wheel, let filename) = self, let bytes = wheel.entryPoints else { return }
        do { try EntryPoints.check(bytes) } catch { throw .entryPoints(filename, error) }
    }
}

extension CoreMetadata {
    /// The texts of licences that a file names, from the version of the format on that says where they are. Before it,
    /// setuptools wrote the field as well, and put them elsewhere.
    var placedLicenseFiles: [String] { metadataVersion >= .v2_4 ? licenseFiles : [] }
}
