import Crypto
import Testing
import Tokens
import UTC

/// Tokens that pymacaroons 0.13.0 made and pypitoken 7.1.1 attenuated, with the root key 00 01 … 1f.
@Suite("Tokens made or narrowed by Python's libraries") struct ForeignTokenTests {
    static let rootKey = SymmetricKey(data: Array(0..<32 as Range<UInt8>))
    static let use = TokenUse(now: Timestamp(seconds: 1_750_000_000), userID: "7", project: "flask")

    // The columns are the point.
    // swift-format-ignore
    static let table: [(what: String, text: String, projects: ProjectScope, expiry: Int64?)] = [
        ("as minted", "rind-AgELZXhhbXBsZS5vcmcCJDhkMGJiMmEyLTdhMzktNGIwZC1iYzhmLTRhMWI1YTdhNGExMAAABiCjprmhGB7ZPxnZhLP4-y1i8Ag5tfQvcVHqarRSj4Q_nQ", .all, nil),
        ("two projects", "rind-AgELZXhhbXBsZS5vcmcCJDhkMGJiMmEyLTdhMzktNGIwZC1iYzhmLTRhMWI1YTdhNGExMAACHVsxLCBbImZsYXNrLWxvZ2luIiwgImZsYXNrIl1dAAAGIGy3XFdI0gEsphg6Dqd6EDQ5rTX8pc631mLzQX59CAi2", .only(["flask", "flask-login"]), nil),
        ("and a window", "rind-AgELZXhhbXBsZS5vcmcCJDhkMGJiMmEyLTdhMzktNGIwZC1iYzhmLTRhMWI1YTdhNGExMAACHVsxLCBbImZsYXNrLWxvZ2luIiwgImZsYXNrIl1dAAIbWzAsIDE4MDAwMDAwMDAsIDE3MDAwMDAwMDBdAAAGIMN3AVQVv0ZXa0EuQtPtTS_ABN5YQiBa6cFIfjsHGG1Z", .only(["flask", "flask-login"]), 1_800_000_000),
        ("user 7", "rind-AgELZXhhbXBsZS5vcmcCJDhkMGJiMmEyLTdhMzktNGIwZC1iYzhmLTRhMWI1YTdhNGExMAACCFszLCAiNyJdAAAGIHxu3xdL1a7LEozhyXZ63qzOnnilzV4nmYvyQOB9_REw", .all, nil),
    ]

    @Test("are honoured", arguments: table)
    func honoured(what: String, text: String, projects: ProjectScope, expiry: Int64?) throws {
        let token = try Macaroon(parsing: text)
        #expect(token.location == "example.org")
        #expect(token.identifier == Array("8d0bb2a2-7a39-4b0d-bc8f-4a1b5a7a4a10".utf8))
        #expect(token.text == text)
        let authority = try token.authority(rootKey: Self.rootKey, for: Self.use)
        #expect(authority.projects == projects)
        #expect(authority.expiry == expiry.map(Timestamp.init(seconds:)))
    }

    @Test("are what we mint from the same key and identifier, to the byte")
    func sameBytes() throws {
        let token = try Macaroon(
            location: "example.org", identifier: Array("8d0bb2a2-7a39-4b0d-bc8f-4a1b5a7a4a10".utf8),
            rootKey: Self.rootKey)
        #expect(token.text == Self.table[0].text)
    }

    @Test("may have no location, an identifier of any bytes, a short key, long caveats and escapes in them")
    func oddButValid() throws {
        let token = try Macaroon(
            parsing:
                "rind-AgEAAgL_AAACE1sxLCBbIlx1MDA2Nmxhc2siXV0AAokBWzMsICJ1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV"
                + "1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV1dXV"
                + "1dXV1dXV1dXV1dXV1dXV1dXV1dXV1Il0AAAYgjydOON5UEV2Pd5xE9QCVfZX6Up1lts63MWCbHfQRmEA")
        #expect(token.location.isEmpty)
        #expect(token.identifier == [0xff, 0x00])
        var use = Self.use
        use.userID = String(repeating: "u", count: 130)
        let authority = try token.authority(rootKey: SymmetricKey(data: Array("short".utf8)), for: use)
        #expect(authority.projects == .only(["flask"]))
    }

    @Test("with PyPI's project ids are refused: ours have none")
    func projectIDs() throws {
        let token = try Macaroon(
            parsing:
                "rind-AgELZXhhbXBsZS5vcmcCJDhkMGJiMmEyLTdhMzktNGIwZC1iYzhmLTRhMWI1YTdhNGExMAACD1syLCBbIjEiLCAiMiJdXQAA"
                + "BiAALYRI7QijG6FieebjYNsq3ppFmB6oigSomm3O7XiYxg")
        #expect(throws: TokenRefusal.unknownCaveat) { try token.authority(rootKey: Self.rootKey, for: Self.use) }
    }

    @Test("with a caveat of PyPI's first kind, a JSON object, are refused")
    func legacy() throws {
        let token = try Macaroon(
            parsing:
                "rind-AgELZXhhbXBsZS5vcmcCJDhkMGJiMmEyLTdhMzktNGIwZC1iYzhmLTRhMWI1YTdhNGExMAACJXsidmVyc2lvbiI6IDEsICJw"
                + "ZXJtaXNzaW9ucyI6ICJ1c2VyIn0AAAYgGC4V2znL94nT4bS-kkuuESGvDIXCIlL-fQQW1xImXxs")
        #expect(throws: TokenRefusal.malformedCaveat) { try token.authority(rootKey: Self.rootKey, for: Self.use) }
    }

    @Test("with a third party's caveat are refused")
    func thirdParty() {
        #expect(throws: MalformedToken.thirdPartyCaveat) {
            try Macaroon(
                parsing: "rind-AgELZXhhbXBsZS5vcmcCAXgAARBhdXRoLmV4YW1wbGUub3JnAgJpZARIf8FIvTncW43ZXbBuNXeJ1l3tFAlxbkiI"
                    + "U5yvA_DFaBpZyURUNskB4gXB_Xl3fkIKl1QVzQpMnxR56eksAMDySYzZ8TM_3sXvAAAGIGBMksEjkXwpjz4BW7Ul0puqZfX3"
                    + "EiG8mH9tnI4bilnF")
        }
    }

    @Test("in the version 1 format are refused")
    func versionOne() {
        #expect(throws: MalformedToken.version) {
            try Macaroon(
                parsing: "rind-MDAxOWxvY2F0aW9uIGV4YW1wbGUub3JnCjAwMTFpZGVudGlmaWVyIHgKMDAyZnNpZ25hdHVyZSA5iojVcuwO_va_"
                    + "s9vpdNLv_FNn5EIxDFazFQoyfVERTwo")
        }
    }
}
