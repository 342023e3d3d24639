/// A difference between what an upload form says of a file and what the file says of itself.
public struct MetadataDisagreement: Equatable, Sendable {
    /// The field that differs.
    public let field: MetadataField
    /// What only the form says, in normal form; empty where it says nothing more.
    public let form: String
    /// What only the file says, in normal form; empty where it says nothing more.
    public let file: String

    /// What differs, in a sentence that is safe to show to anyone. It begins with the field's header.
    public var explanation: String {
        "\(field.header): the upload form says \(said(form)), the file says \(said(file))."
    }

    private func said(_ text: String) -> String { text.isEmpty ? "nothing of it" : quoted(text) }
}

extension CoreMetadata {
    /// Where the upload form contradicts this metadata of the file itself.
    ///
    /// Installers resolve by the file's own metadata, people and indexes look at the form's: the two must not tell
    /// different stories. Values are compared, not texts, and what the form leaves out is no disagreement.
    public func disagreements(withForm form: CoreMetadata) -> [MetadataDisagreement] {
        var found: [MetadataDisagreement] = []
        func compare(_ field: MetadataField, _ agree: Bool, form: String, file: String) {
            if !agree { found.append(MetadataDisagreement(field: field, form: form, file: file)) }
        }
        compare(.name, form.name == name, form: form.name.display, file: name.display)
        compare(.version, form.version == version, form: form.version.normalized, file: version.normalized)
        if let wanted = form.requiresPython {
            // A text that is no specifier is shown as it stands.
            let own = requiresPython?.text ?? raw.text(.requiresPython) ?? ""
            compare(.requiresPython, wanted == requiresPython, form: wanted.text, file: own)
        }
        if !form.requiresDist.isEmpty {
            let (sent, own) = (Set(form.requiresDist), Set(requiresDist))
            compare(
                .requiresDist, sent == own, form: Self.list(sent.subtracting(own)),
                file: Self.list(own.subtracting(sent)))
        }
        return found
    }

    private static func list(_ requirements: Set<Requirement>) -> String {
        requirements.map(\.text).sorted().joined(separator: ", ")
    }
}
