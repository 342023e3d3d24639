import Glibc

/// The program that renders (`Program/render.py`), running, and the socket to it.
///
/// It holds each text to its limits by itself, in a process for each; here is what holds when it does not: a deadline,
/// after which all of it is killed. One thread at a time may ask.
final class HelperProcess: Sendable {
    /// What a text may take.
    struct Limits: Sendable {
        /// Seconds of processor time. The longest real description, 110 KB, takes a third of one.
        var processorSeconds = 3
        /// Bytes of memory, all in all.
        var memory = 512 << 20
        /// Bytes of HTML, before it is cleaned.
        var html = 2 << 20
        /// How long the whole helper may be silent. It gives a text up after two thirds of that.
        var silence = Duration.seconds(15)
        /// How long none is started after one that said nothing at its start.
        var pause = Postponed.shortest
    }

    /// What it works with: `python 3.11, docutils 0.19, pygments 2.14.0`.
    let versions: String
    private let process: pid_t
    private let socket: Int32
    private let limits: Limits

    /// Starts it.
    ///
    /// - Parameter python: the path of a Python.
    init(python: String, limits: Limits = Limits()) throws(HelperFailure) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw HelperFailure(number: errno, at: python)
        }
        do {
            // Its end is its own from now on: with a copy of ours, we would not hear that it ended.
            defer { close(ends[1]) }
            process = try Self.spawn(python, limits, connection: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        socket = ends[0]
        self.limits = limits
        do {
            let hello = try Self.receive(from: socket, limits, until: .now + limits.silence)
            versions = String(decoding: hello.payload, as: UTF8.self)
        } catch {
            Self.end(process, socket)
            throw error
        }
    }

    deinit { Self.end(process, socket) }

    /// Asks for something, and waits for the answer. After an error, this helper is of no more use.
    func answer(to request: Frame) throws(HelperFailure) -> Frame {
        let deadline = ContinuousClock.now + limits.silence
        try Self.send(request.bytes, to: socket, until: deadline)
        return try Self.receive(from: socket, limits, until: deadline)
    }

    /// Starts Python with our program, with nothing of our environment, and with one end of a socket as standard input
    /// and output. What else we have open it closes itself; nearly all of it does not pass to other programs anyway.
    private static func spawn(_ python: String, _ limits: Limits, connection: Int32) throws(HelperFailure) -> pid_t {
        let program = String(decoding: PackageResources.render_py, as: UTF8.self)
        // A text is given up before the helper would be.
        let patience = max(1, Int(limits.silence.components.seconds) * 2 / 3)
        let numbers = [limits.processorSeconds, limits.memory, limits.html, patience].map(String.init)
        // -I: neither the folder that we are in nor variables nor a user's own packages say what it runs.
        let arguments = [python, "-I", "-B", "-c", program] + numbers
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, connection, 0)
        posix_spawn_file_actions_adddup2(&actions, connection, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // A group of its own, which can be killed whole, and which no Ctrl-C at our terminal reaches. Signals do what
        // they usually do, whichever of them we have blocked.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var process = pid_t()
        let number = withArray(of: arguments) { arguments in
            withArray(of: ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"]) { environment in
                posix_spawn(&process, python, &actions, &attributes, arguments, environment)
            }
        }
        guard number == 0 else { throw HelperFailure(number: number, at: python) }
        return process
    }

    /// The strings as C has them, for as long as `body` runs.
    private static func withArray<Result>(
        of strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }

    private static func end(_ process: pid_t, _ socket: Int32) {
        close(socket)
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        // The process of a text that was at work is ours now where we are the first of a container; elsewhere there is
        // none to wait for.
        while waitpid(-process, &status, 0) > 0 || errno == EINTR {}
    }

    // MARK: Frames

    private static func send(
        _ bytes: [UInt8], to socket: Int32, until deadline: ContinuousClock.Instant
    ) throws(HelperFailure) {
        var sent = 0
        while sent < bytes.count {
            try wait(for: POLLOUT, on: socket, until: deadline)
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    socket, bytes.baseAddress?.advanced(by: sent), bytes.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 { sent += count } else { try expectPassing(errno) }
        }
    }

    private static func receive(
        from socket: Int32, _ limits: Limits, until deadline: ContinuousClock.Instant
    ) throws(HelperFailure) -> Frame {
        let head = try receive(Frame.headSize, from: socket, until: deadline)
        let size = Frame.number(in: head)
        // Blocks of code come with a length each.
        guard size <= limits.html * 2 else { throw .broken }
        return Frame(kind: head[4], payload: try receive(size, from: socket, until: deadline))
    }

    private static func receive(
        _ size: Int, from socket: Int32, until deadline: ContinuousClock.Instant
    ) throws(HelperFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        var received = 0
        while received < size {
            try wait(for: POLLIN, on: socket, until: deadline)
            let count = bytes.withUnsafeMutableBytes { bytes in
                recv(
                    socket, bytes.baseAddress?.advanced(by: received), size - received, Int32(MSG_DONTWAIT))
            }
            guard count != 0 else { throw .ended }
            if count > 0 { received += count } else { try expectPassing(errno) }
        }
        return bytes
    }

    private static func wait(
        for events: Int32, on socket: Int32, until deadline: ContinuousClock.Instant
    ) throws(HelperFailure) {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { throw .silent }
        var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
        let milliseconds = left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
        if poll(&entry, 1, Int32(clamping: milliseconds + 1)) < 0 { try expectPassing(errno) }
    }

    /// Throws unless the same call may be made again.
    private static func expectPassing(_ number: Int32) throws(HelperFailure) {
        guard number == EAGAIN || number == EINTR else { throw .ended }
    }
}

/// The helper cannot be asked. What a text is shown as then is not kept: it may be otherwise in a minute.
enum HelperFailure: Error, Equatable, CustomStringConvertible {
    /// It cannot be started.
    case notStarted(String)
    /// It ended while it was asked.
    case ended
    /// It did not answer in time.
    case silent
    /// It sent what it never would.
    case broken
    /// Too many texts wait for it.
    case busy

    init(number: Int32, at python: String) {
        self = .notStarted("\(python) cannot be started: \(String(cString: strerror(number)))")
    }

    var description: String {
        switch self {
        case .notStarted(let sentence): sentence
        case .ended: "the helper that renders descriptions ended"
        case .silent: "the helper that renders descriptions did not answer in time"
        case .broken: "the helper that renders descriptions sent what is no answer"
        case .busy: "too many descriptions wait to be rendered"
        }
    }
}
