import Archives
import NIOCore
import PackagingFormats
import Policy
import Ports
import Projects
import UTC

/// Takes files into the index: those that publishers send, and those that an operator imports.
///
/// One upload, in the order that lets a crash leave all or nothing: the body is streamed to `incoming`; what is there
/// with the same bytes is answered so, whatever rule came since; form, file name, digests and archive are checked; the
/// index is asked whether it would take it; the file and its metadata become durable under their digests; one
/// transaction judges again and makes the file part of the index; only then it is said. Until that transaction commits,
/// a crash leaves at most bytes that no row names, which the orphan collection finds.
public struct Uploads: Sendable {
    private let projects: any ProjectStore
    private let classifiers: any ClassifierStore
    private let blobs: any BlobStore
    private let limits: UploadLimits
    private let formLimits: UploadFormLimits
    private let archiveLimits: ArchiveLimits
    private let inspectionTime: Duration
    /// An archive that takes longer is looked into once more, on threads that are there for those.
    private static let shortInspection = Duration.milliseconds(250)

    /// Uploads into these stores.
    ///
    /// - Parameter inspectionTime: how long looking into one archive may take, from when it begins.
    public init(
        projects: any ProjectStore, classifiers: any ClassifierStore, blobs: any BlobStore, limits: UploadLimits,
        formLimits: UploadFormLimits = UploadFormLimits(), archiveLimits: ArchiveLimits = ArchiveLimits(),
        inspectionTime: Duration = .seconds(120)
    ) {
        self.projects = projects
        self.classifiers = classifiers
        self.blobs = blobs
        self.limits = limits
        self.formLimits = formLimits
        self.archiveLimits = archiveLimits
        self.inspectionTime = inspectionTime
    }

    /// What became of an upload, with what it was.
    public struct Receipt: Sendable, Hashable {
        /// Stored, or there already.
        public let outcome: UploadOutcome
        /// Its project, as the form writes it.
        public let project: ProjectName
        public let version: Version
        public let filename: String
        /// What was passed over when the file was imported, in sentences.
        public var notes: [String] = []
        /// Whether attestations came with it, which this index does not keep.
        public var cameWithAttestations = false
        /// What publishing there will take later, and this upload did not show; nil for nothing.
        public let notice: MandateNotice?

        init(
            _ outcome: UploadOutcome, project: ProjectName, filename: DistributionFilename,
            notice: MandateNotice? = nil
        ) {
            self.notice = notice
            self.outcome = outcome
            self.project = project
            version = filename.version
            self.filename = filename.text
        }

        /// Where it is approved, if it waits for a person.
        public var place: Place? {
            switch outcome {
            case .waits(let stage, _): .stage(project, number: stage)
            case .stored, .alreadyThere: nil
            }
        }

        /// One line for anyone who uploaded.
        public var sentence: String {
            let attestations =
                cameWithAttestations
                ? " The attestations that came with it are not kept: this index neither verifies nor serves any." : ""
            return switch outcome {
            case .stored: "Stored \(filename) as \(project.display) \(version).\(attestations)"
            case .waits(_, let until):
                "Stored \(filename) as \(project.display) \(version). It waits for a person, until \(until.day): nobody gets "
                    + "it before it is approved.\(attestations)"
            case .alreadyThere:
                "\(filename) is there already, with the same bytes. Nothing has changed.\(attestations)"
            }
        }
    }

    /// Receives one upload form and takes its file in. If it throws, the index has not changed.
    ///
    /// Throws `UploadFormRefusal`, `UploadRefusal`, `AccessRefusal`, `NameRefusal`, `StorageFull`, or what is our
    /// fault.
    ///
    /// - Parameters:
    ///   - length: bytes of the body, where they are known before it comes. What is too long is not read.
    ///   - actor: whose credentials have been checked before the first byte of the body is read. They are read again
    ///     once all of it has come.
    ///   - clock: what time it is. A body may take hours to come.
    public func receive<Body: AsyncSequence>(
        _ body: Body, length: Int64? = nil, contentType: String?, by actor: Actor,
        at clock: @escaping @Sendable () -> Timestamp
    ) async throws -> Receipt where Body.Element == ByteBuffer {
        if let length, length > formLimits.bytesBesideFile, length - formLimits.bytesBesideFile > limits.fileSize {
            throw UploadRefusal.fileTooLarge(limit: limits.fileSize)
        }
        let receiver = UploadReceiver(blobs: blobs, limits: formLimits, fileLimit: limits.fileSize)
        let upload = try await receiver.receive(body, contentType: contentType) { project in
            try await projects.mayUpload(to: project, by: actor, at: clock())
        }
        do {
            if var receipt = try await repeated(upload, by: actor, at: clock) {
                await upload.file.discard()
                receipt.cameWithAttestations = upload.form.hasAttestations
                return receipt
            }
            let form = try UploadChecks.check(
                upload.form, filename: upload.filename, digests: upload.content.digests, rules: limits.rules,
                knowing: try await addedClassifiers(in: upload.form.metadata))
            let archive = try await inspect(upload.file, form.filename, .none)
            let added = try await addedClassifiers(in: archive.rawMetadata(within: .uploads))
            let metadata = try UploadChecks.agreement(
                of: archive.metadata, with: form, rules: limits.rules.publishing(knowing: added))
            try archive.check(licenseFiles: form.metadata.licenseFiles + metadata.placedLicenseFiles)
            try archive.checkEntryPoints()
            let arrival = Arrival(
                file: upload.file, filename: form.filename, packageType: form.packageType, pythonTag: form.pythonTag,
                project: form.metadata.name, metadata: archive.metadata, release: ReleaseMetadata(metadata))
            var receipt = try await take(arrival, by: actor, at: clock, limits: limits)
            receipt.cameWithAttestations = upload.form.hasAttestations
            return receipt
        } catch {
            await upload.file.discard()
            throw error
        }
    }

    /// Takes in a file that is already out there, by its own name and metadata, as leniently as these may be read. What
    /// is part of the index with the same bytes is not looked into again.
    ///
    /// What installers do not mind is passed over, and noted with the file. Throws as `receive` does. If it throws, the
    /// index has not changed.
    ///
    /// - Parameters:
    ///   - publishedAt: when the file was published first, where that is known; nil means now.
    ///   - notes: what else is to be noted with it, in sentences.
    public func importFile(
        _ file: any StagedBlob, named name: String, publishedAt: Timestamp? = nil, notes: [String] = [],
        by actor: Actor,
        at now: Timestamp
    ) async throws -> Receipt {
        do {
            let filename: DistributionFilename
            do { filename = try DistributionFilename(lenient: name) } catch { throw UploadFormRefusal.filename(error) }
            if try await isStored(filename, try await file.finish()) {
                await file.discard()
                return Receipt(.alreadyThere, project: filename.project, filename: filename)
            }
            let archive = try await inspect(file, filename, .asInstallers)
            let type = filename.packageType
            let bytes = archive.metadata.isEmpty ? Self.metadata(madeOf: filename) : archive.metadata
            let core = try UploadChecks.existingMetadata(bytes, of: type, within: .imports)
            guard core.name == filename.project else {
                throw UploadFormRefusal.projectOfFilename(name, core.name)
            }
            guard core.version == filename.version else {
                throw UploadFormRefusal.versionOfFilename(name, found: filename.version, core.version)
            }
            var arrival = Arrival(
                file: file, filename: filename, packageType: type, pythonTag: filename.pythonTag, project: core.name,
                metadata: bytes, release: ReleaseMetadata(core))
            arrival.publishedAt = publishedAt
            arrival.notes = archive.notes + UploadChecks.notes(on: core, bytes, of: type) + notes
            var limits = limits
            limits.rules = limits.rules.forImports
            var receipt = try await take(arrival, by: actor, at: { now }, limits: limits)
            receipt.notes = arrival.notes
            return receipt
        } catch {
            await file.discard()
            throw error
        }
    }

    /// What is known of an sdist that says nothing about itself, as those before 2003 did not.
    private static func metadata(madeOf filename: DistributionFilename) -> [UInt8] {
        Array(
            "Metadata-Version: 1.0\nName: \(filename.project.display)\nVersion: \(filename.version.normalized)\n".utf8)
    }

    /// A file that has passed all checks, and waits to become part of the index.
    private struct Arrival {
        let file: any StagedBlob
        let filename: DistributionFilename
        let packageType: PackageType
        let pythonTag: String
        let project: ProjectName
        /// The bytes of METADATA or PKG-INFO.
        let metadata: [UInt8]
        let release: ReleaseMetadata
        var publishedAt: Timestamp?
        var notes: [String] = []
    }

    private func take(
        _ arrival: Arrival, by actor: Actor, at clock: @escaping @Sendable () -> Timestamp, limits: UploadLimits
    ) async throws -> Receipt {
        let content = try await arrival.file.finish()
        let candidate = UploadCandidate(
            project: arrival.project, version: arrival.filename.version, filename: arrival.filename,
            packageType: arrival.packageType, pythonTag: arrival.pythonTag, size: content.size,
            digests: content.digests, metadataSHA256: nil, metadata: arrival.release,
            publishedAt: arrival.publishedAt, notes: arrival.notes)
        let judgement = try await projects.judge(candidate, by: actor, at: clock(), limits: limits)
        if judgement.decision == .alreadyThere, try await isStored(arrival.filename, content) {
            await arrival.file.discard()
            return Receipt(
                .alreadyThere, project: arrival.project, filename: arrival.filename, notice: judgement.notice)
        }
        // Served beside the wheel as it is, byte by byte (PEP 658).
        let metadata = arrival.packageType == .wheel ? blobs.stage() : nil
        if let metadata { arrival.metadata.withUnsafeBytes(metadata.append) }
        let outcome = try await blobs.publish([arrival.file, metadata].compactMap(\.self)) {
            var stored = candidate
            stored.metadataSHA256 = try await metadata?.finish().digests.sha256
            return try await projects.upload(stored, by: actor, at: clock(), limits: limits)
        }
        return Receipt(outcome, project: arrival.project, filename: arrival.filename, notice: judgement.notice)
    }

    /// The answer to an upload of what is part of the index under the same name with the same bytes; nil where it is
    /// not, or where the form is about something else.
    ///
    /// It is asked before the rules for forms, metadata and archives are: those that came since are for new files. Who
    /// sends it is judged as ever.
    private func repeated(
        _ upload: ReceivedUpload, by actor: Actor, at clock: @escaping @Sendable () -> Timestamp
    ) async throws -> Receipt? {
        guard let filename = try? DistributionFilename(lenient: upload.filename),
            let project = UploadChecks.project(in: upload.form, about: filename, with: upload.content.digests),
            try await isStored(filename, upload.content)
        else { return nil }
        // Nothing of its release is stored, and so none is read.
        let candidate = UploadCandidate(
            project: project, version: filename.version, filename: filename, packageType: filename.packageType,
            pythonTag: filename.pythonTag, size: upload.content.size, digests: upload.content.digests,
            metadataSHA256: nil, metadata: ReleaseMetadata())
        let judgement = try await projects.judge(candidate, by: actor, at: clock(), limits: limits)
        switch judgement.decision {
        case .store: return nil
        case .alreadyThere:
            return Receipt(.alreadyThere, project: project, filename: filename, notice: judgement.notice)
        }
    }

    /// Whether a file is part of the index with these bytes, and the disk has kept all that is stored of it. Where it
    /// has not, storing it again is the cure.
    private func isStored(_ filename: DistributionFilename, _ content: StagedContent) async throws -> Bool {
        let found = try await projects.file(named: filename.text, sha256: content.digests.sha256)
        guard let found, found.state.isServed else { return false }
        let file = found.file
        for digest in [file.digests.sha256, file.metadataSHA256].compactMap(\.self) {
            guard try await blobs.verify(digest) == .intact else { return false }
        }
        return true
    }

    /// Classifiers that are not on the list of this version, and that the operator added to it.
    private func addedClassifiers(in metadata: RawMetadata) async throws -> Set<String> {
        let unknown = (metadata.list(.classifier) ?? []).filter { text in
            TroveClassifiers.isClassifier(text) && TroveClassifiers.standing(of: text) == .unknown
        }
        // More of them than the longest list has are not all on it.
        return try await classifiers.added(among: Set(unknown.prefix(2_000)))
    }

    // MARK: - Looking into archives

    /// What a file says about itself, as it is served beside a wheel.
    public func metadata(of file: any StagedBlob, named filename: DistributionFilename) async throws -> [UInt8] {
        try await inspect(file, filename, .asInstallers).metadata
    }

    /// What is of use of an archive that has passed all checks.
    private func inspect(
        _ file: any StagedBlob, _ filename: DistributionFilename, _ leniency: Leniency
    ) async throws -> InspectedDistribution {
        do {
            do {
                return try await inspect(
                    file, filename, leniency, .short, within: min(Self.shortInspection, inspectionTime))
            } catch InspectionFailure.cancelled {
                return try await inspect(file, filename, leniency, .long, within: inspectionTime)
            }
        } catch let failure as InspectionFailure {
            switch failure {
            case .invalid(let error): throw UploadFormRefusal.archive(error)
            case .cancelled: throw UploadFormRefusal.archiveTooSlow(seconds: inspectionTime.components.seconds)
            case .unreadable(let error): throw error
            }
        }
    }

    private func inspect(
        _ file: any StagedBlob, _ filename: DistributionFilename, _ leniency: Leniency, _ length: InspectionLength,
        within time: Duration
    ) async throws -> InspectedDistribution {
        let limits = archiveLimits
        return try await file.inspect(length) { source in
            // Here and not before: nobody pays for the archives that are looked into before theirs.
            let deadline = ContinuousClock.now + time
            let isCancelled = { ContinuousClock.now > deadline }
            switch filename {
            case .wheel(let wheel):
                return .wheel(
                    try inspectWheel(
                        source, distInfoMatches: { Self.isDistInfo($0, of: wheel) }, limits: limits,
                        leniency: leniency, isCancelled: isCancelled), filename: wheel.text)
            case .sourceDistribution(let sdist):
                let inspected =
                    sdist.text.hasSuffix(".zip")
                    ? try inspectZipSourceDistribution(
                        source, limits: limits, leniency: leniency, isCancelled: isCancelled)
                    : try inspectSourceDistribution(
                        source, limits: limits, leniency: leniency, isCancelled: isCancelled)
                return .sourceDistribution(inspected, filename: sdist.text)
            }
        }
    }

    /// Whether `name-version` is that of the wheel, whatever the spelling.
    private static func isDistInfo(_ text: String, of wheel: WheelFilename) -> Bool {
        guard let hyphen = text.lastIndex(of: "-"),
            let name = try? ProjectName(parsing: String(text[..<hyphen])),
            let version = try? Version(parsing: String(text[text.index(after: hyphen)...]))
        else { return false }
        return name == wheel.project && version == wheel.version
    }
}

extension DistributionFilename {
    fileprivate var packageType: PackageType {
        switch self {
        case .wheel: .wheel
        case .sourceDistribution: .sourceDistribution
        }
    }

    /// What a client would have sent as `pyversion`.
    fileprivate var pythonTag: String {
        switch self {
        case .wheel(let wheel): wheel.interpreters.joined(separator: ".")
        case .sourceDistribution: "source"
        }
    }
}
