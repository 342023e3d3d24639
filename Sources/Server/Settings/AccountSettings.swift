import Accounts
import PackagingFormats
import Policy

/// What is asked of accounts, and how much those may publish that people made for themselves.
public struct AccountSettings: Sendable {
    /// As `rind serve` stores it.
    public var rule = AccountRule.usual
    /// Whether the operator said that addresses need not be verified.
    public var isVerificationWaived: Bool { !rule.needsVerifiedAddress }

    /// Reads what the settings say about accounts.
    ///
    /// - Parameter hasMailServer: with one, everybody can show that their mail arrives, so that nobody is let off.
    init(_ reader: inout SettingsReader, hasMailServer: Bool) {
        if let text = reader.choice(.verifiedAddress, of: ["required", "optional"]) {
            rule.needsVerifiedAddress = text == "required"
            if !rule.needsVerifiedAddress, hasMailServer {
                let _: Never? = reader.mistake(
                    .verifiedAddress,
                    "it is optional only without a mail server; with one (smtp), people can verify their addresses")
            }
        }
        let settings = FirstFactorEvidence.Setting.self
        if let text = reader.choice(.firstFactorEvidence, of: settings.allCases.map(\.rawValue)),
            let setting = settings.init(rawValue: text)
        {
            rule.firstFactorEvidence = setting
        }
        let amounts: [(SettingName, Allowance.Quantity)] = [
            (.accountProjects, .projects), (.accountFiles, .files), (.accountBytes, .bytes),
        ]
        for (name, quantity) in amounts {
            guard let text = reader.text(name) else { continue }
            if let limit = Allowance.Limit(operator: text, of: quantity) {
                rule.allowance[quantity] = limit
            } else {
                let _: Never? = reader.mistake(name, "'\(text)' is \(Allowance.Limit.wanted(of: quantity))")
            }
        }
    }
}

extension Allowance.Limit {
    /// Reads what an operator writes, a setting or an option: `20/hour,100/day` or `none`; of bytes, `20GiB/hour`.
    public init?(operator text: String, of quantity: Allowance.Quantity) {
        switch quantity {
        case .projects, .files: self.init(parsing: text, number: Int64.init)
        case .bytes: self.init(parsing: text) { ByteSize(parsing: $0)?.bytes }
        }
    }

    /// What is said to somebody who wrote something else: `not a limit such as 20/hour,100/day`.
    public static func wanted(of quantity: Allowance.Quantity) -> String {
        "not a limit such as \(quantity == .bytes ? "20GiB/hour,100GiB/day" : "20/hour,100/day"), or none"
    }
}
