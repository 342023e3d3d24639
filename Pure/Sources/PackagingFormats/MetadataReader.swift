/// Applies the rule of each field and collects everything that is wrong.
struct MetadataReader {
    /// Whose rules.
    enum Rules {
        case standard
        /// What is published, in a form.
        case publishing(PublishingRules)
        /// What is published, in the file itself: fields are judged even where they are older than their kind.
        case published(PublishingRules)
        case existing

        var publishing: PublishingRules? {
            switch self {
            case .publishing(let rules), .published(let rules): rules
            case .standard, .existing: nil
            }
        }

        /// Whether fields are read that the claimed version of the format does not have yet.
        var readsAhead: Bool {
            switch self {
            case .published, .existing: true
            case .standard, .publishing: false
            }
        }

        /// Whether what is wrong is left out, and told.
        var isLenient: Bool { if case .existing = self { true } else { false } }
        var isStandard: Bool { if case .standard = self { true } else { false } }
    }

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
        let reader = reading(raw, by: rules)
        guard let name = reader.name, let version = reader.version, rules.isLenient || reader.problems.isEmpty else {
            throw InvalidMetadata(problems: reader.problems)
        }
        return CoreMetadata(reader, name: name, version: version)
    }

    /// What is wrong with metadata in a file that is published.
    static func problems(publishedIn raw: RawMetadata, by rules: PublishingRules) -> [MetadataProblem] {
        reading(raw, by: .published(rules)).problems
    }

    private static func reading(_ raw: RawMetadata, by rules: Rules) -> MetadataReader {
        var reader = MetadataReader(raw, by: rules)
        reader.readUnparsed()
        reader.readMetadataVersion()
        for field in MetadataField.allCases { reader.read(field) }
        reader.compareImports()
        return reader
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
        if let known = MetadataVersion(rawValue: text), known.isStandard || rules.readsAhead {
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
            if !rules.readsAhead { return }
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
            if let publishing = rules.publishing, parsed.local != nil, !publishing.takesLocalVersions {
                report(.version, .localVersion(text))
            }
        } catch { report(.version, .version(error)) }
    }

    private mutating func readDynamic() {
        for text in raw.list(.dynamic) ?? [] {
            guard let field = MetadataField(rawValue: text.lowercased()) else {
                report(.dynamic, .dynamicUnknown(text))
                continue
            }
            if field.isRequired || rules.publishing != nil && field == .dynamic {
                report(.dynamic, .dynamicNotAllowed(text))
            } else {
                dynamic.append(field)
            }
        }
    }

    private mutating func readSummary() {
        guard let text = raw.text(.summary) else { return }
        if text.unicodeScalars.contains(where: \.endsLine) { report(.summary, .severalLines) }
        if rules.publishing != nil, text.unicodeScalars.count > Self.summaryLimit {
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
                if rules.publishing != nil, requirement.url != nil { report(.requiresDist, .directURL(text)) }
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
        guard rules.publishing != nil, let text = raw.text(.license), !text.isEmpty else { return }
        if raw.text(.licenseExpression)?.isEmpty == false { report(.license, .licenseBesideExpression) }
    }

    private mutating func readProjectURLs() {
        for item in raw.projectURLs ?? [] {
            if rules.isStandard {
                projectURLs.append(item)
            } else if let problem = WebAddress.problem(of: item, labelLimit: Self.labelLimit) {
                report(.projectURL, problem)
            } else {
                projectURLs.append(item)
            }
        }
    }

    private mutating func readURL(_ field: MetadataField) {
        guard rules.publishing != nil, let text = raw.text(field), !text.isEmpty else { return }
        if !WebAddress.isURL(text) { report(field, .url(text)) }
    }

    private mutating func readEmail(_ field: MetadataField) {
        guard rules.publishing != nil, let text = raw.text(field) else { return }
        if let wrong = MailAddress.problem(of: text) { report(field, .email(wrong)) }
    }

    private mutating func readClassifiers() {
        guard let publishing = rules.publishing else { return }
        for text in raw.list(.classifier) ?? [] {
            guard TroveClassifiers.isClassifier(text) else {
                report(.classifier, .classifier(text))
                continue
            }
            switch TroveClassifiers.standing(of: text, knowing: publishing.moreClassifiers) {
            case .known: break
            case .deprecated(let instead): report(.classifier, .deprecatedClassifier(text, instead: instead))
            case .isPrivate:
                if !publishing.takesPrivateClassifiers { report(.classifier, .privateClassifier(text)) }
            case .unknown: report(.classifier, .unknownClassifier(text))
            }
        }
    }

    /// A name is a module of this project's own or a namespace that it shares, not both (PEP 794).
    private mutating func compareImports() {
        guard rules.publishing != nil, let importNames, let importNamespaces else { return }
        let names = Set(importNames.map(ImportName.name))
        for text in importNamespaces where names.contains(ImportName.name(of: text)) {
            report(.importNamespace, .importNameAndNamespace(text))
        }
    }

    private mutating func readOtherProjects(_ field: MetadataField) {
        guard rules.publishing != nil else { return }
        for text in raw.list(field) ?? [] {
            do {
                if try Requirement(parsing: text).url != nil { report(field, .directURL(text)) }
            } catch { report(field, .requirement(error)) }
        }
    }
}
