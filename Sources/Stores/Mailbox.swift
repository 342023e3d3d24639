import Database
import Model
import UTC

extension Transaction {
    func enqueue(_ letter: Letter, to address: EmailAddress, at now: Timestamp) throws {}
}
