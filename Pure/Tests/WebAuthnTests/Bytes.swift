import Bytes

/// Hexadecimal digits as bytes.
func hex(_ text: String) -> [UInt8] { [UInt8](hexadecimal: text) ?? [] }

/// Base64url without padding as bytes.
func fromBase64URL(_ text: String) -> [UInt8] { [UInt8](base64URL: text) ?? [] }
