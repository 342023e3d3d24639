import Database

extension Migration {
    /// U2F's attestation signs no flags: that such a key had verified its holder when it was enrolled was not to be
    /// believed. A compound attestation without a model is one where U2F's statement was the only certified one.
    static let u2f = Migration(
        "0025-u2f",
        """
        UPDATE security_key SET verifies_user = 0
        WHERE attestation_format = 'fido-u2f' OR (attestation_format = 'compound' AND aaguid IS NULL AND is_attested = 1);
        """)
}
