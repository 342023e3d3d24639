extension JSONDocument {
    /// The document as `application/json`.
    public func json() -> [UInt8] {
        let fileCount = (releases ?? []).reduce(files.count) { $0 + $1.files.count }
        var writer = ByteWriter(capacity: 4_096 + (info.description?.utf8.count ?? 0) + fileCount * 1_024)
        writer.raw(#"{"info":"#)
        writer.info(info, baseURL: baseURL)
        writer.raw(#","last_serial":"#)
        writer.number(lastSerial)
        if leftOut > 0 {
            writer.raw(#","left_out":"#)
            writer.number(Int64(leftOut))
        }
        writer.raw(#","ownership":{"organization":"#)
        writer.json(ownership.organization)
        writer.raw(#","roles":"#)
        writer.array(ownership.roles) { writer, role in
            writer.raw(#"{"role":"#)
            writer.json(role.role)
            writer.raw(#","user":"#)
            writer.json(role.user)
            writer.raw("}")
        }
        writer.raw("}")
        if let releases {
            writer.raw(#","releases":{"#)
            writer.commaSeparated(releases) { writer, release in
                writer.json(release.version)
                writer.raw(":")
                writer.array(release.files) { $0.releaseFile($1) }
            }
            writer.raw("}")
        }
        writer.raw(#","urls":"#)
        writer.array(files) { $0.releaseFile($1) }
        writer.raw(#","vulnerabilities":"#)
        writer.array(vulnerabilities) { $0.vulnerability($1) }
        writer.raw("}")
        return writer.bytes
    }
}

extension ByteWriter {
    fileprivate mutating func info(_ info: ReleaseInfo, baseURL: String) {
        raw("{")
        field(#""author":"#, info.author)
        field(#","author_email":"#, info.authorEmail)
        raw(#","bugtrack_url":null,"classifiers":"#)
        array(info.classifiers) { $0.json($1) }
        field(#","description":"#, info.description)
        field(#","description_content_type":"#, info.descriptionContentType)
        raw(#","docs_url":null"#)
        field(#","download_url":"#, info.downloadURL)
        raw(#","downloads":{"last_day":-1,"last_month":-1,"last_week":-1}"#)
        field(#","dynamic":"#, info.dynamic)
        field(#","home_page":"#, info.homePage)
        field(#","keywords":"#, info.keywords)
        field(#","license":"#, info.license)
        field(#","license_expression":"#, info.licenseExpression)
        field(#","license_files":"#, info.licenseFiles)
        field(#","maintainer":"#, info.maintainer)
        field(#","maintainer_email":"#, info.maintainerEmail)
        field(#","name":"#, info.name)
        field(#","package_url":"#, pageURL(baseURL, info.name))
        field(#","platform":"#, info.platform)
        field(#","project_url":"#, pageURL(baseURL, info.name))
        raw(#","project_urls":"#)
        projectURLs(info.projectURLs)
        field(#","provides_extra":"#, info.providesExtra)
        field(#","release_url":"#, pageURL(baseURL, info.name, info.version))
        field(#","requires_dist":"#, info.requiresDist)
        field(#","requires_python":"#, info.requiresPython)
        field(#","summary":"#, info.summary)
        field(#","version":"#, info.version)
        yanking(info.yanked)
        raw("}")
    }

    fileprivate mutating func releaseFile(_ file: ReleaseFile) {
        raw("{")
        field(#""comment_text":"#, file.comment)
        // As on a page of the Simple API (PEP 714): mirrors of files look for it here.
        raw(#","core-metadata":"#)
        metadataHash(file.metadataSHA256)
        field(#","digests":{"blake2b_256":"#, file.blake2b256)
        field(#","md5":"#, file.md5)
        field(#","sha256":"#, file.sha256)
        field(#"},"downloads":-1,"filename":"#, file.filename)
        field(#","has_sig":false,"md5_digest":"#, file.md5)
        field(#","packagetype":"#, file.packageType)
        field(#","python_version":"#, file.pythonVersion)
        field(#","requires_python":"#, file.requiresPython)
        raw(#","size":"#)
        number(file.size)
        raw(#","upload_time":""#)
        timestamp(file.uploadTime, microseconds: false)
        raw(#"","upload_time_iso_8601":""#)
        timestamp(file.uploadTime, microseconds: true)
        field(#"","url":"#, file.url)
        yanking(file.yanked)
        raw("}")
    }

    fileprivate mutating func vulnerability(_ vulnerability: ReleaseVulnerability) {
        raw(#"{"aliases":"#)
        array(vulnerability.aliases) { $0.json($1) }
        field(#","details":"#, vulnerability.details)
        raw(#","fixed_in":"#)
        array(vulnerability.fixedIn) { $0.json($1) }
        field(#","id":"#, vulnerability.id)
        field(#","link":"#, vulnerability.link)
        field(#","source":"#, vulnerability.source)
        field(#","summary":"#, vulnerability.summary)
        raw(#","withdrawn":"#)
        if let withdrawn = vulnerability.withdrawn {
            raw("\"")
            timestamp(withdrawn, microseconds: false)
            raw("Z\"")
        } else {
            raw("null")
        }
        raw("}")
    }

    private mutating func field(_ key: StaticString, _ value: String?) {
        raw(key)
        json(value)
    }

    private mutating func field(_ key: StaticString, _ values: [String]) {
        raw(key)
        guard !values.isEmpty else { return raw("null") }
        array(values) { $0.json($1) }
    }

    /// Of two addresses with one label the first is written: an object with a name twice is read in two ways.
    private mutating func projectURLs(_ urls: [ReleaseInfo.ProjectURL]) {
        guard !urls.isEmpty else { return raw("null") }
        var labels: Set<String> = []
        raw("{")
        commaSeparated(urls.filter { labels.insert($0.label).inserted }) { writer, url in
            writer.json(url.label)
            writer.raw(":")
            writer.json(url.url)
        }
        raw("}")
    }

    private mutating func yanking(_ yanking: Yanking) {
        switch yanking {
        case .no: raw(#","yanked":false,"yanked_reason":null"#)
        case .yes(let reason):
            // No reason is null, as on PyPI, whether it was left out or left empty.
            field(#","yanked":true,"yanked_reason":"#, reason.flatMap { $0.isEmpty ? nil : $0 })
        }
    }
}

/// Where the page of a project, or of one of its releases, is.
func pageURL(_ baseURL: String, _ name: String, _ version: String? = nil) -> String {
    var writer = ByteWriter(capacity: 96)
    writer.raw("/project/")
    writer.pathSegment(name)
    writer.raw("/")
    if let version {
        writer.pathSegment(version)
        writer.raw("/")
    }
    return baseURL + String(decoding: writer.bytes, as: UTF8.self)
}
