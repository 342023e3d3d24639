extension MetadataRefusal: CustomStringConvertible {
    /// What is wrong with the file, and what to do: a sentence for anyone who imports it.
    public var description: String {
        switch self {
        case .tooLong: "The file has more than 128 MiB, so it is no metadata file. Get it again."
        case .syntax: "The file is no signed metadata file (a JWT with certificates). Get it again, as it is published."
        case .certificate(let refusal): "The signer's certificate is not taken (\(refusal)). Get the file again."
        case .signer: "The file is signed, but not by \(MetadataBlob.signer). Get it from the FIDO Alliance."
        case .trust(let refusal):
            "The signer's certificates do not lead to the root (\(refusal)). Name the root that the file is signed under."
        case .signature: "The file's signature is wrong: it was changed on its way. Get it again."
        case .notNewer(let number):
            "This file has number \(number), and one with that number or a later one is imported. Get the newest one."
        case .outdated(let day):
            "A newer file has been due since \(day). Get it, or take this one with --allow-outdated."
        }
    }
}
