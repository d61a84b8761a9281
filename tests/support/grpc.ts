import type { Authority } from "./authority.ts";
import { pythonWith } from "./clients.ts";
import { startProgram } from "./programs.ts";
import type { Needed } from "./client_world.ts";
import type { Scratch } from "./scratch.ts";

/** gRPC as Python has it, server and client. */
export const GRPC: Needed = {
  name: "gRPC",
  program: pythonWith("grpc"),
  wanted: "python3-grpcio",
};

/** A server of gRPC over TLS. */
export interface GrpcOrigin extends AsyncDisposable {
  readonly port: number;
}

/** Starts one at a free port of `hostname`: `/t.T/Unary`, `/t.T/Fail` and `/t.T/Chat`, with bytes for messages. */
export async function startGrpcOrigin(
  hostname: string,
  { certFile, keyFile }: Authority,
  scratch: Scratch,
): Promise<GrpcOrigin> {
  const words = [GRPC.program!, "-c", SERVER, hostname, certFile, keyFile];
  const program = startProgram(words, scratch);
  const [, port] = await program.stdout.until(/^listening (\d+)$/m);
  return { port: Number(port), [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** Calls all of them at `host:port`, and prints what comes of it. */
export const GRPC_CLIENT = `import grpc, queue, sys
with grpc.secure_channel(sys.argv[1], grpc.ssl_channel_credentials()) as channel:
    unary = channel.unary_unary("/t.T/Unary")
    print(unary(b"there", timeout=10).decode())
    try:
        channel.unary_unary("/t.T/Fail")(b"", timeout=10)
    except grpc.RpcError as error:
        print(error.code().name, error.details(), dict(error.trailing_metadata())["why"])
    said = queue.Queue()
    chat = channel.stream_stream("/t.T/Chat")(iter(said.get, None), timeout=10)
    for number in range(3):
        said.put(b"%d" % number)
        print(next(chat).decode())
    said.put(None)
    print(list(chat), chat.code().name)
    print(len(unary(b"x" * 2_000_000, timeout=10)))
`;

/** Calls one of them, and prints what the status is. */
export const GRPC_CALL = `import grpc, sys
with grpc.secure_channel(sys.argv[1], grpc.ssl_channel_credentials()) as channel:
    try:
        channel.unary_unary("/t.T/Unary")(b"there", timeout=10)
    except grpc.RpcError as error:
        print(error.code().name)
`;

const SERVER = `import grpc, sys
from concurrent import futures

def unary(request, context):
    return b"hello " + request

def fail(request, context):
    context.set_trailing_metadata((("why", "a test"),))
    context.abort(grpc.StatusCode.NOT_FOUND, "there is none")

def chat(requests, context):
    for request in requests:
        yield b"echo " + request

class Handler(grpc.GenericRpcHandler):
    def service(self, call):
        return {
            "/t.T/Unary": grpc.unary_unary_rpc_method_handler(unary),
            "/t.T/Fail": grpc.unary_unary_rpc_method_handler(fail),
            "/t.T/Chat": grpc.stream_stream_rpc_method_handler(chat),
        }.get(call.method)

hostname, cert, key = sys.argv[1:]
pair = tuple(open(name, "rb").read() for name in (key, cert))
server = grpc.server(futures.ThreadPoolExecutor(4))
server.add_generic_rpc_handlers((Handler(),))
port = server.add_secure_port(f"{hostname}:0", grpc.ssl_server_credentials([pair]))
server.start()
print("listening", port, flush=True)
sys.stdin.read()
`;
