import CArgon2

/// Argon2id, version 1.3 (RFC 9106), by libargon2.
enum Argon2id {
    /// The tag of `length` bytes. `secret` and `associatedData` are empty in passwords; RFC 9106's example has them.
    static func tag(
        of password: [UInt8], salt: [UInt8], secret: [UInt8] = [], associatedData: [UInt8] = [],
        parameters: PasswordParameters, length: Int
    ) throws(PasswordHashError) -> [UInt8] {
        // libargon2 asks for mutable pointers, so these are copies of its own.
        var password = password
        var salt = salt
        var secret = secret
        var associatedData = associatedData
        var tag = [UInt8](repeating: 0, count: length)
        let result = password.withUnsafeMutableBufferPointer { password in
            salt.withUnsafeMutableBufferPointer { salt in
                secret.withUnsafeMutableBufferPointer { secret in
                    associatedData.withUnsafeMutableBufferPointer { data in
                        tag.withUnsafeMutableBufferPointer { tag in
                            var context = argon2_context(
                                out: tag.baseAddress, outlen: UInt32(tag.count),
                                pwd: password.baseAddress, pwdlen: UInt32(password.count),
                                salt: salt.baseAddress, saltlen: UInt32(salt.count),
                                secret: secret.baseAddress, secretlen: UInt32(secret.count),
                                ad: data.baseAddress, adlen: UInt32(data.count),
                                t_cost: parameters.iterations, m_cost: parameters.memory,
                                lanes: parameters.lanes, threads: parameters.lanes,
                                version: ARGON2_VERSION_13.rawValue, allocate_cbk: nil, free_cbk: nil, flags: 0)
                            return argon2id_ctx(&context)
                        }
                    }
                }
            }
        }
        guard result == ARGON2_OK.rawValue else {
            throw .failed(String(cString: argon2_error_message(result)))
        }
        return tag
    }
}
