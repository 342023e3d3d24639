/// A value as SQL knows it, on every engine.
public enum Value: Sendable, Hashable {
    /// Nothing.
    case null
    case integer(Int64)
    case text(String)
    /// Bytes.
    case blob([UInt8])
}

/// What can be bound to a placeholder.
public protocol Bindable {
    /// As SQL knows it.
    var value: Value { get }
}

extension Int64: Bindable {
    public var value: Value { .integer(self) }
}
extension Int: Bindable {
    public var value: Value { .integer(Int64(self)) }
}
extension Bool: Bindable {
    /// 1 or 0, so that the same SQL serves every engine.
    public var value: Value { .integer(self ? 1 : 0) }
}
extension String: Bindable {
    public var value: Value { .text(self) }
}
extension [UInt8]: Bindable {
    /// Bytes.
    public var value: Value { .blob(self) }
}
extension Value: Bindable {
    /// Itself.
    public var value: Value { self }
}
extension Optional: Bindable where Wrapped: Bindable {
    /// Null for nil.
    public var value: Value { self?.value ?? .null }
}
