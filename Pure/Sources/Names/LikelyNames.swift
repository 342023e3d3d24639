import PackagingFormats

/// Which names somebody may have meant who typed one that is not there, or that hardly anybody uses.
public enum LikelyNames {
    /// The name that is installed for a module, where its name is another one: `import yaml` needs `pyyaml`.
    ///
    /// - Parameter module: `yaml`, or `google.protobuf.message`: the longest beginning that is known counts.
    public static func project(ofModule module: some StringProtocol) -> String? {
        var parts = module.lowercased().split(separator: ".")[...]
        while !parts.isEmpty {
            if let name = modules[parts.joined(separator: ".")] { return name }
            parts.removeLast()
        }
        return nil
    }

    /// The likeliest of the names that a directory has, the best first.
    ///
    /// One slip is believed of every name, two only of one that is long and much used: of short names everything is two
    /// slips away. What is typed and is there itself is no answer, and is one only for names that are used far more.
    public static func meant(by typed: String, in directory: NameDirectory, limit: Int) -> [NameDirectory.Entry] {
        let name = FoldedName(typed)
        guard name.bytes.count >= 2, name.bytes.count <= longest else { return [] }
        var costs: [NameDirectory.ID: (entry: NameDirectory.Entry, cost: Int)] = [:]
        func consider(_ entry: NameDirectory.Entry, at cost: Int) {
            if let known = costs[entry.id], known.cost <= cost { return }
            costs[entry.id] = (entry, cost)
        }
        let normalized = (try? ProjectName(parsing: typed))?.normalized
        let same = directory.names(whole: name, limit: 8)
        for entry in same where entry.normalized != normalized { consider(entry, at: 0) }
        if let module = project(ofModule: typed) {
            for found in directory.names(whole: FoldedName(module), limit: 1) { consider(found, at: 1) }
        }
        for (entry, distance) in directory.names(near: name, limit: name.bytes.count >= 6 ? 2 : 1) where distance > 0 {
            // Of two bytes, one is another name.
            guard name.bytes.count >= 3, distance == 1 || entry.weight >= muchUsed else { continue }
            let isSameStart = FoldedName(entry.normalized).bytes.first == name.bytes.first
            consider(entry, at: 4 * distance + (isSameStart ? 0 : 2))
        }
        for form in affixed(name) {
            for found in directory.names(whole: form, limit: 1) { consider(found, at: 3) }
        }
        // Twice as many downloads are a step of the weight, and a slip is worth eight of them.
        let itself = same.first { $0.normalized == normalized }
        return costs.values.filter { found in itself.map { found.entry.weight >= $0.weight + farMore } ?? true }
            .sorted { a, b in
                let (first, second) = (2 * a.cost - a.entry.weight, 2 * b.cost - b.entry.weight)
                return first != second ? first < second : a.entry.normalized < b.entry.normalized
            }
            .prefix(limit).map(\.entry)
    }

    /// No name that is longer is a slip of another one.
    private static let longest = 60
    /// The weight from which on two slips are believed. Weights are logarithms to the base of 2.
    private static let muchUsed = 12
    /// How many steps of the weight another name has to have more than the one that was typed: a thousand times as many.
    private static let farMore = 10

    /// What people put around a name, or leave out: `py-`, `python-`, `-python`, `-py`.
    private static func affixed(_ name: FoldedName) -> [FoldedName] {
        let text = String(decoding: name.bytes, as: UTF8.self)
        var forms: [String] = ["py", "python"].flatMap { [$0 + text, text + $0] }
        for affix in ["python", "py"] where text.count > affix.count + 2 {
            if text.hasPrefix(affix) { forms.append(String(text.dropFirst(affix.count))) }
            if text.hasSuffix(affix) { forms.append(String(text.dropLast(affix.count))) }
        }
        return forms.map { FoldedName($0) }
    }

    /// Modules whose projects have other names, of what is used most: facts of the packages, not a rule.
    private static let modules: [String: String] = {
        var modules: [String: String] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            for module in words.dropFirst() { modules[String(module)] = String(words[0]) }
        }
        return modules
    }()

    /// A project, and the modules in it, in lower case.
    private static let table = """
        attrs attr
        beautifulsoup4 bs4 beautifulsoup
        biopython bio
        djangorestframework rest_framework drf
        dnspython dns
        faiss-cpu faiss
        gitpython git
        google-api-python-client googleapiclient
        grpcio grpc
        jinja2 jinja
        markdown-it-py markdown_it
        msgpack umsgpack
        mysqlclient mysqldb
        opencv-python cv2 opencv
        pillow pil
        protobuf google.protobuf
        psycopg2-binary psycopg2
        pycryptodome crypto
        pyjwt jwt
        pymupdf fitz
        pyopenssl openssl
        pyserial serial
        python-dateutil dateutil
        python-docx docx
        python-dotenv dotenv
        python-gitlab gitlab
        python-jose jose
        python-ldap ldap
        python-levenshtein pythonlevenshtein
        python-magic magic
        python-multipart multipart
        python-pptx pptx
        python-slugify slugify
        python-telegram-bot telegram
        pyusb usb
        pywin32 win32api win32con
        pyyaml yaml
        pyzmq zmq
        scikit-image skimage
        scikit-learn sklearn
        setuptools pkg_resources
        tensorflow tf
        torch pytorch
        umap-learn umap
        websocket-client websocket
        """
}
