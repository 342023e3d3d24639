import CArgon2
import Glibc

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
                                version: ARGON2_VERSION_13.rawValue, allocate_cbk: allocate, free_cbk: release, flags: 0
                            )
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

    /// Memory in large pages, where the system has them: 23 of these come quicker than 11,776 small ones, whose coming
    /// and going is a third of a hash's time.
    private static let allocate: allocate_fptr = { memory, size in
        let largePage = 2 << 20
        var address: UnsafeMutableRawPointer?
        guard posix_memalign(&address, largePage, size) == 0, let address else {
            return ARGON2_MEMORY_ALLOCATION_ERROR.rawValue
        }
        // A wish: without it everything works, slower.
        madvise(address, size, MADV_HUGEPAGE)
        memory?.pointee = address.assumingMemoryBound(to: UInt8.self)
        return ARGON2_OK.rawValue
    }

    private static let release: deallocate_fptr = { memory, _ in free(memory) }
}
