/// The page that a form stands on: where a person comes back to when something has to be done first.
package enum FormPage: Sendable {
    /// It has the address that the form is sent to.
    case itself
    /// It has the address above.
    case above
    /// It has another address.
    case at(String)

    /// Its address.
    func path(of visit: Visit) -> String {
        switch self {
        case .itself: visit.here
        case .above: visit.path.split(separator: "/").dropLast().reduce("/") { "\($0)\($1)/" }
        case .at(let path): path
        }
    }
}
