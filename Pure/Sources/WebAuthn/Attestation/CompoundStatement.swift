extension AttestationStatement {
    /// Section 8.9: two or more statements of other formats. Every one has to be right; the text leaves it to the
    /// relying party how many must, and a wrong one is nothing that an honest device sends.
    func verifyCompound(_ parts: [CBOR]) throws(AttestationRefusal) -> Attestation.Kind {
        guard (2...Attestation.maximumParts).contains(parts.count) else { throw .syntax }
        var attestations: [Attestation] = []
        for part in parts {
            guard let members = part.map, members.count == 2, let format = members[.text("fmt")]?.text,
                let content = members[.text("attStmt")], !format.utf8.elementsEqual("compound".utf8)
            else { throw .syntax }
            var statement = self
            statement.format = format
            statement.members = content
            attestations.append(try Attestation(verifying: statement))
        }
        return .several(attestations)
    }
}
