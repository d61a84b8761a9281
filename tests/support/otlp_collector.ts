import { pythonWith } from "./clients.ts";
import type { Needed } from "./client_world.ts";
import { startProgram } from "./programs.ts";
import type { Scratch } from "./scratch.ts";

/** Protobuf as Google has it for Python: nothing of it is known to what encodes here. */
export const PROTOBUF: Needed = {
  name: "protobuf",
  program: pythonWith("google.protobuf"),
  wanted: "python3-protobuf",
};

/** What a collector received, a request each. */
export interface Collected {
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The message as JSON has it: whole numbers of 64 bits are text, and bytes base64. */
  readonly message: Message;
}

/** A message that was decoded: what is in it is for the test to know. */
// deno-lint-ignore no-explicit-any
export type Message = any;

/** A collector of OTLP over HTTP, in another language. */
export interface OtlpCollector extends AsyncDisposable {
  readonly port: number;
  /** What came, once so much has. */
  collected(count: number): Promise<readonly Collected[]>;
}

/** Starts one on 127.0.0.1; with a certificate it speaks TLS. It refuses what it cannot decode with 400. */
export async function startOtlpCollector(
  scratch: Scratch,
  tls: { readonly certFile: string; readonly keyFile: string } | null = null,
): Promise<OtlpCollector> {
  const files = tls === null ? [] : [tls.certFile, tls.keyFile];
  const program = startProgram([PROTOBUF.program!, "-c", COLLECTOR, ...files], scratch);
  const [, port] = await program.stdout.until(/^listening (\d+)$/m);
  return {
    port: Number(port),
    async collected(count): Promise<readonly Collected[]> {
      await program.stdout.until(new RegExp(`^(?:[^\n]*\n){${count + 1}}`));
      // The last line may not be whole yet.
      return program.stdout.text.split("\n").slice(1, -1).map((line) => JSON.parse(line));
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** The attributes of something that was decoded: `int 443`, `string x`, `bool true`, `double 0.5`. */
export function attributesOf(holder: Message): Readonly<Record<string, string>> {
  const pairs = (holder.attributes ?? []).map(({ key, value }: Message) => {
    const [[kind, held], ...more] = Object.entries(value) as [[string, unknown]];
    if (more.length > 0) throw new Error(`Expected one value of ${key}`);
    return [key, `${kind!.replace("Value", "")} ${held}`];
  });
  const attributes = Object.fromEntries(pairs);
  if (Object.keys(attributes).length !== pairs.length) throw new Error("An attribute came twice");
  return attributes;
}

/** As in opentelemetry-proto 1.45.0, less what nobody sends. Enumerations are numbers. */
const SCHEMA = `
AnyValue: string string_value 1; bool bool_value 2; int64 int_value 3; double double_value 4; ArrayValue array_value 5; bytes bytes_value 7
ArrayValue: repeated AnyValue values 1
KeyValue: string key 1; AnyValue value 2
InstrumentationScope: string name 1; string version 2; repeated KeyValue attributes 3; uint32 dropped_attributes_count 4
Resource: repeated KeyValue attributes 1; uint32 dropped_attributes_count 2
LogRecord: fixed64 time_unix_nano 1; fixed64 observed_time_unix_nano 11; int32 severity_number 2; string severity_text 3; AnyValue body 5; repeated KeyValue attributes 6; uint32 dropped_attributes_count 7; fixed32 flags 8; bytes trace_id 9; bytes span_id 10; string event_name 12
ScopeLogs: InstrumentationScope scope 1; repeated LogRecord log_records 2; string schema_url 3
ResourceLogs: Resource resource 1; repeated ScopeLogs scope_logs 2; string schema_url 3
logs: repeated ResourceLogs resource_logs 1
Status: string message 2; int32 code 3
Event: fixed64 time_unix_nano 1; string name 2
Link: bytes trace_id 1; bytes span_id 2
Span: bytes trace_id 1; bytes span_id 2; string trace_state 3; bytes parent_span_id 4; fixed32 flags 16; string name 5; int32 kind 6; fixed64 start_time_unix_nano 7; fixed64 end_time_unix_nano 8; repeated KeyValue attributes 9; uint32 dropped_attributes_count 10; repeated Event events 11; uint32 dropped_events_count 12; repeated Link links 13; uint32 dropped_links_count 14; Status status 15
ScopeSpans: InstrumentationScope scope 1; repeated Span spans 2; string schema_url 3
ResourceSpans: Resource resource 1; repeated ScopeSpans scope_spans 2; string schema_url 3
traces: repeated ResourceSpans resource_spans 1
NumberDataPoint: repeated KeyValue attributes 7; fixed64 start_time_unix_nano 2; fixed64 time_unix_nano 3; double as_double 4; sfixed64 as_int 6; uint32 flags 8
HistogramDataPoint: repeated KeyValue attributes 9; fixed64 start_time_unix_nano 2; fixed64 time_unix_nano 3; fixed64 count 4; double sum 5; repeated fixed64 bucket_counts 6; repeated double explicit_bounds 7; uint32 flags 10; double min 11; double max 12
Sum: repeated NumberDataPoint data_points 1; int32 aggregation_temporality 2; bool is_monotonic 3
Histogram: repeated HistogramDataPoint data_points 1; int32 aggregation_temporality 2
Metric: string name 1; string description 2; string unit 3; Sum sum 7; Histogram histogram 9
ScopeMetrics: InstrumentationScope scope 1; repeated Metric metrics 2; string schema_url 3
ResourceMetrics: Resource resource 1; repeated ScopeMetrics scope_metrics 2; string schema_url 3
metrics: repeated ResourceMetrics resource_metrics 1
`;

const COLLECTOR = `import base64, json, ssl, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

# With the older syntax every field says whether it was there.
file = descriptor_pb2.FileDescriptorProto(name="otlp.proto", package="otlp", syntax="proto2")
Field = descriptor_pb2.FieldDescriptorProto
for line in '''${SCHEMA}'''.strip().splitlines():
    name, fields = line.split(": ")
    message = file.message_type.add(name=name)
    for text in fields.split("; "):
        *repeated, kind, field_name, number = text.split()
        field = message.field.add(name=field_name, number=int(number))
        field.label = Field.LABEL_REPEATED if repeated else Field.LABEL_OPTIONAL
        if kind[0].isupper():
            field.type, field.type_name = Field.TYPE_MESSAGE, ".otlp." + kind
        else:
            field.type = getattr(Field, "TYPE_" + kind.upper())
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
make = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
messages = {"/v1/" + name: make(pool.FindMessageTypeByName("otlp." + name)) for name in ("logs", "traces", "metrics")}

# OTLP departs from the JSON of protobuf in one thing: identifiers are hexadecimal there.
def with_bytes(value):
    if isinstance(value, list):
        return [with_bytes(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(held)).decode() if key in ("traceId", "spanId") else with_bytes(held)
        for key, held in value.items()
    }

def unknown(message):
    from google.protobuf.unknown_fields import UnknownFieldSet
    found = [field.field_number for field in UnknownFieldSet(message)]
    for field, value in message.ListFields():
        if field.type == Field.TYPE_MESSAGE:
            for each in value if field.label == Field.LABEL_REPEATED else [value]:
                found += unknown(each)
    return found

class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = messages[self.path.split("?")[0]]()
        try:
            if self.headers["Content-Type"] == "application/json":
                json_format.ParseDict(with_bytes(json.loads(body)), message)
            else:
                message.ParseFromString(body)
                assert unknown(message) == [], unknown(message)
            decoded = json_format.MessageToDict(message)
        except Exception as error:
            self.answer(400)
            self.tell({"path": self.path, "headers": {}, "message": repr(error)})
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.tell({"path": self.path, "headers": headers, "message": decoded})
        self.answer(200)

    def tell(self, what):
        # Each request has a thread.
        with lock:
            sys.stdout.write(json.dumps(what) + "\\n")
            sys.stdout.flush()

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Type", self.headers["Content-Type"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass

lock = threading.Lock()
server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
if len(sys.argv) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print("listening %d" % server.server_port, flush=True)
server.serve_forever()
`;
