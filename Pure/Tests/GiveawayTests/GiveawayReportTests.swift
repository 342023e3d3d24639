import Giveaway
import Testing
import UTC

@Suite("What came of a giveaway") struct GiveawayReportTests {
    @Test("is counted by country, and by the sponsor's keys that were enrolled since")
    func report() throws {
        let (austria, brazil, japan) = try (Titan.country("AT"), Titan.country("BR"), Titan.country("JP"))
        let given = Titan.opens
        func key(_ name: String?, _ seconds: Int64, attested: Bool = false) -> GiveawayReport.EnrolledKey {
            .init(aaguid: nil, modelName: name, addedAt: given + .seconds(seconds), isAttested: attested)
        }
        let titan = "Google Titan Security Key v2"
        let issues: [GiveawayReport.Issue] = [
            .init(country: austria, at: given, keys: [key(titan, 10)]),
            // Two keys are one person.
            .init(country: austria, at: given, keys: [key(titan, 10), key(titan, 20, attested: true)]),
            // Enrolled before, another model, nothing known, nothing at all.
            .init(country: austria, at: given, keys: [key(titan, -1)]),
            .init(country: japan, at: given, keys: [key("YubiKey 5", 10, attested: true), key(nil, 10)]),
            .init(country: japan, at: given, keys: []),
            // Served once, and no longer.
            .init(country: brazil, at: given, keys: [key(titan, 0)]),
        ]
        let report = GiveawayReport(of: try Titan.programme(), codes: 10, issues: issues)
        #expect(report.codes == 10 && report.issued == 6 && report.left == 4 && report.enrolled == 3)
        // What a key claims to be, anybody can write a program to claim.
        #expect(report.attested == 1 && report.claimed == 2)
        #expect(report.countries.filter { $0.attested > 0 }.map(\.country.code) == ["AT"])
        #expect(report.keysPromised == 12 && report.codesToCome == 1_990)
        #expect(report.countries.count == 12 && report.countries.map(\.issued).reduce(0, +) == 6)
        func row(_ code: String) -> [Int] {
            report.countries.filter { $0.country.code == code }.flatMap { [$0.issued, $0.enrolled] }
        }
        #expect(row("AT") == [3, 2] && row("JP") == [2, 0] && row("BR") == [1, 1] && row("US") == [0, 0])
    }
}
