import Testing

@testable import QRCode

@Suite("A QR code") struct QRCodeTests {
    static let address =
        "otpauth://totp/packages.example.org:ada?secret=AAISEM2EKVTHPCEZVK54ZXPO74ASGRLH&issuer=packages.example.org"

    /// The modules that a picture shows, by its own path and not by the code that drew it; light ones are spaces.
    private func picture(_ svg: String) throws -> [String] {
        let box = try #require(svg.firstMatch(of: #/viewBox="0 0 (\d+) \d+"/#))
        let side = try #require(Int(box.1))
        var rows = Array(repeating: Array(repeating: Character(" "), count: side), count: side)
        let path = try #require(svg.firstMatch(of: #/<path fill="#000" d="([^"]*)"\/>/#))
        for run in path.1.matches(of: /M(\d+) (\d+)h(\d+)v1h-(\d+)z/) {
            #expect(run.3 == run.4)
            let column = try #require(Int(run.1))
            let row = try #require(Int(run.2))
            let length = try #require(Int(run.3))
            for column in column..<(column + length) { rows[row][column] = "#" }
        }
        return rows.map { String($0) }
    }

    @Test("has its three finders, and four light modules around")
    func finders() throws {
        let code = try QRCode(Self.address)
        let rows = try picture(code.svg(title: "x"))
        #expect(rows.count == code.size + 8 && (code.size - 17) % 4 == 0)
        for row in rows.prefix(4) + rows.suffix(4) { #expect(row.allSatisfy { $0 == " " }) }
        for row in rows { #expect(row.hasPrefix("    ") && row.hasSuffix("    ")) }
        let finder = ["#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"]
        func corner(_ column: Int, _ row: Int) -> [String] {
            rows[row..<(row + 7)].map { String($0.dropFirst(column).prefix(7)) }
        }
        let far = 4 + code.size - 7
        #expect(corner(4, 4) == finder && corner(far, 4) == finder && corner(4, far) == finder)
        #expect(corner(far, far) != finder)
    }

    @Test("shows every module of the code")
    func modules() throws {
        let code = try QRCode(Self.address)
        for (row, line) in try picture(code.svg(title: "x")).enumerated() {
            for (column, module) in line.enumerated() {
                #expect((module == "#") == code.isDark(column - 4, row - 4))
            }
        }
    }

    @Test("is this one for RIND, which zbarimg reads")
    func golden() throws {
        #expect(try picture(QRCode("RIND").svg(title: "x")) == Self.rind)
    }

    @Test("is black on white by itself, in one path, without style or script")
    func svg() throws {
        let svg = try QRCode(Self.address).svg(title: "Code for <ada> & co")
        #expect(svg.contains("<title>Code for &lt;ada&gt; &amp; co</title>") && svg.contains("role=\"img\""))
        #expect(svg.matches(of: #/<path /#).count == 1 && !svg.contains("style"))
        #expect(svg.contains(/<rect width="\d+" height="\d+" fill="#fff"\/>/))
        #expect(svg.utf8.count < 20_000)
    }

    @Test("differs with its text, in its letters' case too, and is the same for the same")
    func texts() throws {
        let pictures = try ["RIND", "Rind", "rind", "rind "].map { try QRCode($0).svg(title: "x") }
        #expect(Set(pictures).count == 4)
        #expect(try QRCode("rind").svg(title: "x") == pictures[2])
    }

    @Test("is refused when the text does not fit", arguments: ["", "a\u{0}b", String(repeating: "x", count: 3_000)])
    func unfit(text: String) {
        #expect(throws: QRCodeFailure.doesNotFit) { try QRCode(text) }
    }

    static let rind = [
        "                             ",
        "                             ",
        "                             ",
        "                             ",
        "    #######  # #  #######    ",
        "    #     #     # #     #    ",
        "    # ### # ##  # # ### #    ",
        "    # ### # ##  # # ### #    ",
        "    # ### # ### # # ### #    ",
        "    #     # # ##  #     #    ",
        "    ####### # # # #######    ",
        "            ##               ",
        "    # #####  ###  #####      ",
        "    ## ###   ######    #     ",
        "        ####    # ##  #      ",
        "      ## # ### ####   ##     ",
        "      # # ## #  #  # # ##    ",
        "            # # #  #  #      ",
        "    #######  # # #  # ##     ",
        "    #     # #      ## # #    ",
        "    # ### # # ## #  # #      ",
        "    # ### # #  ####  #       ",
        "    # ### # # # # ##         ",
        "    #     #  # ####  #  #    ",
        "    ####### #   #  #  #      ",
        "                             ",
        "                             ",
        "                             ",
        "                             ",
    ]
}
