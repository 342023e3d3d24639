import HTTPTypes
import Hummingbird
import Ports
import TransparencyLog
import Web

/// `POST /log/add-checkpoint`: this index is a witness of other logs, as C2SP's tlog-witness has it.
public struct WitnessRoutes: Sendable {
    private let witness: any LogWitness

    /// - Parameter witness: signs.
    public init(witness: any LogWitness) { self.witness = witness }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.post, "/log/add-checkpoint", guard: .everybody, use: addCheckpoint)
        router.on(.get, "/log/witness-key", guard: .everybody, use: key)
    }

    @Sendable func key(_ request: Request, _ context: IndexContext) async throws -> Response {
        Self.answer(.ok, "\(try witness.verifier().text)\n")
    }

    /// 200 with signature lines. 409 says the size of the tree that was signed last.
    @Sendable func addCheckpoint(_ request: Request, _ context: IndexContext) async throws -> Response {
        let body = try? await request.body.collect(upTo: AddCheckpoint.maximumBytes)
        guard let body, let asked = AddCheckpoint(parsing: Array(body.readableBytesView)) else {
            return Self.answer(.badRequest, "This is not a request to cosign a checkpoint (C2SP tlog-witness).\n")
        }
        do {
            return Self.answer(.ok, try await witness.cosign(asked).line)
        } catch let refusal as WitnessRefusal {
            return switch refusal {
            case .malformed: Self.answer(.badRequest, "The old size is greater than that of the checkpoint.\n")
            case .unknownLog: Self.answer(.notFound, "This witness does not know the log.\n")
            case .unsigned: Self.answer(.forbidden, "No known key of the log has signed the checkpoint.\n")
            case .conflict(let size): Self.answer(.conflict, "\(size)\n", AddCheckpoint.sizeMediaType)
            case .inconsistent:
                Self.answer(.unprocessableContent, "The tree does not go on from the one that was signed last.\n")
            }
        }
    }

    private static func answer(
        _ status: HTTPResponse.Status, _ text: String, _ type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
