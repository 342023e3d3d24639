/// Applies the rule of each field and collects everything that is wrong.
struct MetadataReader {
    /// Whose rules.
    enum Rules { case standard, publishing, existing }

    /// The longest summary that is published, in characters. PyPI's limit.
    static let summaryLimit = 512
    /// The longest label of a project URL, in characters. The specification's limit.
    static let labelLimit = 32

    let raw: RawMetadata
    let rules: Rules
    private(set) var problems: [MetadataProblem] = []

    private(set) var metadataVersion = MetadataVersion.v1_0
    private(set) var name: ProjectName?
    private(set) var version: Version?
    private(set) var descriptionContentType: DescriptionContentType?
    private(set) var licenseExpression: LicenseExpression?
    private(set) var requiresPython: SpecifierSet?
    private(set) var requiresDist: [Requirement] = []
    private(set) var providesExtra: [ProjectName] = []
    private(set) var dynamic: [MetadataField] = []
    private(set) var projectURLs: [ProjectURL] = []
    private(set) var licenseFiles: [String] = []
    private(set) var importNames: [String]?
    private(set) var importNamespaces: [String]?

    private init(_ raw: RawMetadata, by rules: Rules) {
        self.raw = raw
        self.rules = rules
    }

    static func read(_ raw: RawMetadata, by rules: Rules) throws(InvalidMetadata) -> CoreMetadata {
        var reader = MetadataReader(raw, by: rules)
        reader.readUnparsed()
        reader.readMetadataVersion()
        for field in MetadataField.allCases { reader.read(field) }
        guard let name = reader.name, let version = reader.version, rules == .existing || reader.problems.isEmpty else {
            throw InvalidMetadata(problems: reader.problems)
        }
        return CoreMetadata(reader, name: name, version: version)
    }

    mutating func report(_ field: MetadataField, _ reason: MetadataProblem.Reason) {
        problems.append(MetadataProblem(field, reason))
    }

    private mutating func readUnparsed() {
        for name in raw.unparsed.keys.sorted() {
            let isKnown = MetadataField(rawValue: name) != nil
            problems.append(MetadataProblem(field: name, isKnown ? .unreadable : .unknownField))
        }
    }

    private mutating func readMetadataVersion() {
        guard let text = raw.text(.metadataVersion) else {
            if raw.unparsed[MetadataField.metadataVersion.rawValue] == nil { report(.metadataVersion, .missing) }
            metadataVersion = .v2_6
            return
        }
        if let known = MetadataVersion(rawValue: text), known.isStandard || rules == .existing {
            metadataVersion = known
        } else {
            report(.metadataVersion, .metadataVersion(text))
            // So that no field seems too young.
            metadataVersion = .v2_6
        }
    }

    /// A field that the claimed version does not have is not judged any further.
    private mutating func read(_ field: MetadataField) {
        // Files that claim 2.0 have what became 2.1.
        let isTooYoung =
            raw.fields[field] != nil && field.since > max(metadataVersion, metadataVersion == .v2_0 ? .v2_1 : .v1_0)
        if isTooYoung {
            report(field, .introducedLater(in: field.since, than: metadataVersion))
            if rules != .existing { return }
        }
        switch field {
        case .metadataVersion: break
        case .name: readName()
        case .version: readVersion()
        case .dynamic: readDynamic()
        case .summary: readSummary()
        case .descriptionContentType: readContentType()
        case .license: readLicense()
        case .licenseExpression: readLicenseExpression()
        case .licenseFile: readLicenseFiles()
        case .requiresDist: readRequirements()
        case .requiresPython: readRequiresPython()
        case .providesExtra: readExtras()
        case .importName: importNames = readImports(.importName)
        case .importNamespace: importNamespaces = readImports(.importNamespace)
        case .projectURL: readProjectURLs()
        case .homePage, .downloadURL: readURL(field)
        case .authorEmail, .maintainerEmail: readEmail(field)
        case .classifier: readClassifiers()
        case .providesDist, .obsoletesDist: readOtherProjects(field)
        // Any text will do.
        case .platform, .supportedPlatform, .description, .keywords, .author, .maintainer, .requiresExternal, .requires,
            .provides, .obsoletes:
            break
        }
    }
}

// MARK: - The rules of the specification

extension MetadataReader {
    /// The text of a required field; its absence is a problem, unless it is there but not readable.
    private mutating func required(_ field: MetadataField) -> String? {
        if let text = raw.text(field), !text.isEmpty { return text }
        if raw.unparsed[field.rawValue] == nil { report(field, .missing) }
        return nil
    }

    private mutating func readName() {
        guard let text = required(.name) else { return }
        do { name = try ProjectName(parsing: text) } catch { report(.name, .name(error)) }
    }

    private mutating func readVersion() {
        guard let text = required(.version) else { return }
        do {
            let parsed = try Version(parsing: text)
            version = parsed
            if rules == .publishing, parsed.local != nil { report(.version, .localVersion(text)) }
        } catch { report(.version, .version(error)) }
    }

    private mutating func readDynamic() {
        for text in raw.list(.dynamic) ?? [] {
            guard let field = MetadataField(rawValue: text.lowercased()) else {
                report(.dynamic, .dynamicUnknown(text))
                continue
            }
            if field.isRequired || rules == .publishing && field == .dynamic {
                report(.dynamic, .dynamicNotAllowed(text))
            } else {
                dynamic.append(field)
            }
        }
    }

    private mutating func readSummary() {
        guard let text = raw.text(.summary) else { return }
        if text.unicodeScalars.contains(where: \.endsLine) { report(.summary, .severalLines) }
        if rules == .publishing, text.unicodeScalars.count > Self.summaryLimit {
            report(.summary, .tooLong(limit: Self.summaryLimit))
        }
    }

    private mutating func readContentType() {
        guard let text = raw.text(.descriptionContentType) else { return }
        do { descriptionContentType = try DescriptionContentType(parsing: text) } catch {
            report(.descriptionContentType, .contentType(error))
            descriptionContentType = DescriptionContentType(lenient: text)
        }
    }

    private mutating func readLicenseExpression() {
        guard let text = raw.text(.licenseExpression) else { return }
        do { licenseExpression = try LicenseExpression(parsing: text) } catch {
            report(.licenseExpression, .license(error))
        }
    }

    private mutating func readLicenseFiles() {
        for path in raw.list(.licenseFile) ?? [] {
            if let problem = LicensePath.problem(of: path) {
                report(.licenseFile, .licenseFile(path, problem))
            } else {
                licenseFiles.append(path)
            }
        }
    }

    private mutating func readRequirements() {
        for text in raw.list(.requiresDist) ?? [] {
            do {
                let requirement = try Requirement(parsing: text)
                requiresDist.append(requirement)
                if rules == .publishing, requirement.url != nil { report(.requiresDist, .directURL(text)) }
            } catch { report(.requiresDist, .requirement(error)) }
        }
    }

    private mutating func readRequiresPython() {
        guard let text = raw.text(.requiresPython) else { return }
        do { requiresPython = try SpecifierSet(parsing: text) } catch { report(.requiresPython, .specifier(error)) }
    }

    private mutating func readExtras() {
        for text in raw.list(.providesExtra) ?? [] {
            do { providesExtra.append(try ProjectName(parsing: text)) } catch { report(.providesExtra, .name(error)) }
        }
    }

    private mutating func readImports(_ field: MetadataField) -> [String]? {
        guard let names = raw.list(field) else { return nil }
        return names.filter { text in
            guard let problem = ImportName.problem(of: text) else { return true }
            report(field, problem)
            return false
        }
    }
}

// MARK: - What is asked of publications beyond the specification

extension MetadataReader {
    private mutating func readLicense() {
        guard rules == .publishing, let text = raw.text(.license), !text.isEmpty else { return }
        if raw.text(.licenseExpression)?.isEmpty == false { report(.license, .licenseBesideExpression) }
    }

    private mutating func readProjectURLs() {
        for item in raw.projectURLs ?? [] {
            if rules == .standard {
                projectURLs.append(item)
            } else if let problem = WebAddress.problem(of: item, labelLimit: Self.labelLimit) {
                report(.projectURL, problem)
            } else {
                projectURLs.append(item)
            }
        }
    }

    private mutating func readURL(_ field: MetadataField) {
        guard rules == .publishing, let text = raw.text(field), !text.isEmpty else { return }
        if !WebAddress.isURL(text) { report(field, .url(text)) }
    }

    private mutating func readEmail(_ field: MetadataField) {
        guard rules == .publishing, let text = raw.text(field) else { return }
        if let wrong = MailAddress.problem(of: text) { report(field, .email(wrong)) }
    }

    private mutating func readClassifiers() {
        guard rules == .publishing else { return }
        for text in raw.list(.classifier) ?? [] where !Self.isClassifier(text) {
            report(.classifier, .classifier(text))
        }
    }

    /// Whether the text has the form of a classifier: two parts at least, ` :: ` between them. The list of classifiers
    /// grows every month and an index of one's own may have its own, so membership is not asked.
    private static func isClassifier(_ text: String) -> Bool {
        guard text.utf8.count <= 256 else { return false }
        let parts = text.split(separator: " :: ", omittingEmptySubsequences: false)
        return parts.count >= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.first != 0x20 && part.utf8.last != 0x20
                    && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            }
    }

    private mutating func readOtherProjects(_ field: MetadataField) {
        guard rules == .publishing else { return }
        for text in raw.list(field) ?? [] {
            do {
                if try Requirement(parsing: text).url != nil { report(field, .directURL(text)) }
            } catch { report(field, .requirement(error)) }
        }
    }
}
