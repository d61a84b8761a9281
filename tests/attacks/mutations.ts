// For each promise of docs/security.md: what is taken out of the program, and the test that notices.
// `deno task mutate` takes each out of a copy, and runs its test; `tests/structure/mutations_test.ts` keeps the list whole.

/** A defence that is taken out. */
export interface Mutation {
  /** Where it stands. */
  readonly file: string;
  /** It, or the part of it that matters; once in the file. */
  readonly text: string;
  readonly replacement: string;
  /** The test that fails without it. */
  readonly test: string;
}

/** What one promise rests on. */
export interface PromiseDefences {
  /** As it stands in the table of docs/security.md. */
  readonly promise: string;
  readonly mutations: readonly Mutation[];
}

/** Every promise, in the order of the table. */
export const PROMISES: readonly PromiseDefences[] = [
  {
    promise:
      "A name that policy does not allow is never looked up, nor one that was made of an allowed one",
    mutations: [
      {
        file: "src/proxy/authorize.ts",
        text: `  if (decision.verdict !== "allow") return decision;
  const { host, port } = request.target;`,
        replacement: `  const { host, port } = request.target;
  if (host.kind === "name") await options.resolve(host.name, signal);
  if (decision.verdict !== "allow") return decision;`,
        test: "tests/journeys/every_entrance_test.ts",
      },
      {
        file: "src/proxy/authorize.ts",
        text: `  if (decision.verdict !== "allow") return decision;
  const { host, port } = request.target;`,
        replacement: `  const { host, port } = request.target;
  if (host.kind === "name") await options.resolve(host.name, signal);
  if (decision.verdict !== "allow") return decision;`,
        test: "tests/attacks/whole_internet_test.ts",
      },
    ],
  },
  {
    promise: "A list that says nothing, or cannot be read, allows nothing",
    mutations: [{
      file: "src/policy/questions.ts",
      text: "if (document.dangerouslyAllowAllDomains) {",
      replacement: "if (document.dangerouslyAllowAllDomains || document.rules.length === 0) {",
      test: "tests/attacks/empty_policy_test.ts",
    }],
  },
  {
    promise: "The address that is dialled is one that policy saw, in the same look-up",
    mutations: [
      {
        file: "src/proxy/connect.ts",
        text: "  const { addresses, request, via } = grant;",
        replacement: `  const { request, via } = grant;
  const { host, port } = request.target;
  const again = host.kind === "ip" ? [host.ip] : await parts.resolve(host.name, signal);
  const addresses = again.map((ip) => ({ ip, port }));`,
        test: "tests/attacks/rebinding_test.ts",
      },
      {
        file: "src/proxy/connect.ts",
        text: `  const { addresses, request, via } = grant;`,
        replacement: `  const { request, via } = grant;
  const { host, port } = request.target;
  const again = host.kind === "ip" ? [host.ip] : await parts.resolve(host.name, signal);
  const addresses = again.map((ip) => ({ ip, port }));`,
        test: "tests/attacks/rebinding_inside_test.ts",
      },
    ],
  },
  {
    promise: "One forbidden address refuses the whole DNS answer",
    mutations: [
      {
        file: "src/proxy/authorize.ts",
        text: "for (const ip of ips) {",
        replacement: "for (const ip of ips.slice(0, 1)) {",
        test: "tests/attacks/rebinding_test.ts",
      },
      {
        file: "src/proxy/authorize.ts",
        text: `for (const ip of ips) {`,
        replacement: `for (const ip of ips.slice(0, 1)) {`,
        test: "tests/attacks/rebinding_inside_test.ts",
      },
      {
        file: "src/proxy/authorize.ts",
        text: `for (const ip of ips) {`,
        replacement: `for (const ip of ips.slice(0, 1)) {`,
        test: "tests/journeys/every_entrance_test.ts",
      },
    ],
  },
  {
    promise: "Every spelling of an address or a host is refused, or means the same everywhere",
    mutations: [
      {
        file: "src/net/address/host.ts",
        text:
          `return bad("it ends in a number but is not an IPv4 address of four plain decimal numbers");`,
        replacement: `return { kind: "name", name: text };`,
        test: "tests/journeys/every_entrance_test.ts",
      },
      {
        file: "src/http/target.ts",
        text: `if (text.includes("#")) throw badTarget("it holds a fragment");`,
        replacement: "",
        test: "tests/attacks/host_spelling_test.ts",
      },
    ],
  },
  {
    promise:
      "Whatever bytes or texts a parser is given, it refuses them or reads them in one way, however they are cut, with bounded work",
    mutations: [
      {
        file: "src/http/read_head.ts",
        text: "const end = headEnd(within, searched, peer);",
        replacement: "const end = headEnd(bytes, searched, peer);",
        test: "tests/http/read_head_test.ts",
      },
      {
        file: "src/http/read_head.ts",
        text: "const end = headEnd(within, searched, peer);",
        replacement: "const end = headEnd(bytes, searched, peer);",
        test: "tests/properties/fuzz_test.ts",
      },
    ],
  },
  {
    promise: "Local, private and metadata addresses need what `docs/policy.md` says they need",
    mutations: [
      {
        file: "src/policy/local_target.ts",
        text: `return rules.allowLocalBinding && (kind === "loopback" || kind === "private");`,
        replacement: "return rules.allowLocalBinding;",
        test: "tests/attacks/private_address_test.ts",
      },
      {
        file: "src/policy/questions.ts",
        text: `if (rule === null && target.host.kind === "ip") {`,
        replacement: "if (false) {",
        test: "tests/attacks/private_address_test.ts",
      },
    ],
  },
  {
    promise:
      "A program that decides opens nothing but what no rule names: no address, no write in limited mode, no socket",
    mutations: [{
      file: "src/proxy/asking/authorize_asking.ts",
      text: `if (guarded.verdict === "deny") return withPolicy(guarded, current);`,
      replacement: "",
      test: "tests/attacks/decider_override_test.ts",
    }],
  },
  {
    promise: "Doorward itself is never a destination",
    mutations: [
      {
        file: "src/proxy/authorize.ts",
        text: "if (options.isOwn({ ip, port }, request.protocol)) return ownListener(options);",
        replacement: "",
        test: "tests/attacks/self_connection_test.ts",
      },
      {
        file: "src/cli/start.ts",
        text: `alsoOurs: [admin.address],`,
        replacement: `alsoOurs: [],`,
        test: "tests/attacks/admin_self_test.ts",
      },
    ],
  },
  {
    promise: "Of a request that two readers could read differently, nothing reaches the origin",
    mutations: [
      {
        file: "src/http/framing.ts",
        text:
          `if (lengths.length > 0) throw bad(peer, "both Transfer-Encoding and Content-Length");`,
        replacement: "",
        test: "tests/attacks/smuggling_test.ts",
      },
      {
        file: "src/http/chunked.ts",
        text: `case "data_lf":
        if (byte !== LF) throw this.#bad("a chunk is longer than its size");`,
        replacement: `case "data_lf":`,
        test: "tests/attacks/smuggling_test.ts",
      },
      {
        file: "src/http/chunked.ts",
        text: `if (this.#state === "size_start") throw this.#bad("a chunk has no size");`,
        replacement: "",
        test: "tests/attacks/smuggling_test.ts",
      },
      {
        file: "src/http/parse_head.ts",
        text: `if (bytes[nameEnd] !== COLON) bad("a field name is a token and a colon");`,
        replacement: "",
        test: "tests/attacks/smuggling_test.ts",
      },
      {
        file: "src/http/target.ts",
        text: `if (hosts.length > 1) throw badHost("there is more than one");`,
        replacement: ``,
        test: "tests/attacks/smuggling_test.ts",
      },
      {
        file: "src/http/framing.ts",
        text: `if (!isDigits(text)) throw bad(peer, "a Content-Length that is not a number");`,
        replacement: ``,
        test: "tests/attacks/smuggling_test.ts",
      },
      {
        file: "src/http/framing.ts",
        text: `if (lengths.length > 1) throw bad(peer, "more than one Content-Length");`,
        replacement: ``,
        test: "tests/attacks/smuggling_test.ts",
      },
      {
        file: "src/http/target.ts",
        text: "if (!sameEndpoint(named, absolute.endpoint)) {",
        replacement: "if (false) {",
        test: "tests/attacks/smuggling_test.ts",
      },
    ],
  },
  {
    promise: "A request on a kept connection is decided again, by the policy then in force",
    mutations: [{
      file: "src/proxy/authorize.ts",
      text: `  if (decision.verdict !== "allow") return decision;
  const refusal = decideByAddress(request, policy, options, address.ip);`,
      replacement: "  const refusal = decideByAddress(request, policy, options, address.ip);",
      test: "tests/journeys/reload_test.ts",
    }],
  },
  {
    promise:
      "A tunnel to port 443 carries TLS that names the host that was allowed, or a rule says `raw`; nothing of another reaches the server",
    mutations: [
      {
        file: "src/policy/inside_guard.ts",
        text: "if (name?.toLowerCase() === host.name) return null;",
        replacement: "if (name !== undefined) return null;",
        test: "tests/attacks/sni_mismatch_test.ts",
      },
      {
        file: "src/policy/inside_guard.ts",
        text: `if (others.length > 0) return refuse("sni_mismatch", "it names more than one");`,
        replacement: "",
        test: "tests/attacks/sni_mismatch_test.ts",
      },
      {
        file: "src/policy/inside_guard.ts",
        text: `if (inside.kind === "other") return refuse("not_tls", inside.why);`,
        replacement: `if (inside.kind === "other") return null;`,
        test: "tests/attacks/not_tls_test.ts",
      },
      {
        file: "src/policy/inside_guard.ts",
        text:
          `if (hiding === "ech" && denyEch) return refuse("sni_mismatch", "it may hide another name (ECH)");`,
        replacement: "",
        test: "tests/attacks/ech_test.ts",
      },
    ],
  },
  {
    promise: "Limited mode lets only reading through",
    mutations: [
      {
        file: "src/policy/mode_guard.ts",
        text: "if (!isReading(method)) {",
        replacement: "if (!isReading(method.toUpperCase())) {",
        test: "tests/attacks/limited_mode_test.ts",
      },
      {
        file: "src/policy/mode_guard.ts",
        text: "if (request.methodOverride !== null) {",
        replacement: "if (false) {",
        test: "tests/attacks/limited_mode_test.ts",
      },
      {
        file: "src/policy/mode_guard.ts",
        text: `if (request.hasBody) return deny("method_not_allowed", \`\${method} with a body\`);`,
        replacement: ``,
        test: "tests/attacks/limited_mode_test.ts",
      },
      {
        file: "src/policy/mode_guard.ts",
        text:
          `if (request.upgrades) return deny("method_not_allowed", \`\${method} with an Upgrade header\`);`,
        replacement: ``,
        test: "tests/attacks/limited_mode_test.ts",
      },
    ],
  },
  {
    promise: "What a client says of its origin is not passed on; an origin cannot pose as Doorward",
    mutations: [
      {
        file: "src/http/hop_by_hop.ts",
        text: `NOT_FOR_ORIGINS.has(key) || key.startsWith("x-forwarded-")`,
        replacement: "NOT_FOR_ORIGINS.has(key)",
        test: "tests/attacks/spoofed_headers_test.ts",
      },
      {
        file: "src/http/hop_by_hop.ts",
        text: ` || key === "x-proxy-error"`,
        replacement: "",
        test: "tests/attacks/spoofed_headers_test.ts",
      },
    ],
  },
  {
    promise: "Credentials for the proxy are never forwarded, nor written to a record",
    mutations: [
      {
        file: "src/http/hop_by_hop.ts",
        text: `ONE_CONNECTION.has(key) || key.startsWith("proxy-")`,
        replacement: "ONE_CONNECTION.has(key)",
        test: "tests/attacks/spoofed_headers_test.ts",
      },
      {
        file: "src/audit/attempt_id.ts",
        text: `if (user === null || !user.startsWith(MARK)) return null;
  const id = user.slice(MARK.length);`,
        replacement: `if (user === null) return null;
  const id = user;`,
        test: "tests/attacks/log_injection_test.ts",
      },
    ],
  },
  {
    promise: "A slow or endless peer holds nothing but its own connection, and not for ever",
    mutations: [
      {
        file: "src/net/time/deadlines.ts",
        text: "entry.expire();",
        replacement: "",
        test: "tests/attacks/slow_client_test.ts",
      },
      {
        file: "src/http/read_head.ts",
        text: "if (bytes.length < headBytes) return null;",
        replacement: "if (searched >= 0) return null;",
        test: "tests/attacks/header_flood_test.ts",
      },
      {
        file: "src/net/tcp_listener.ts",
        text: "if (open && !wasReset(error)) throw error;",
        replacement: "if (open) throw error;",
        test: "tests/attacks/reset_flood_test.ts",
      },
    ],
  },
  {
    promise:
      "An end or a reset of one side is passed on, loses nothing that was sent before an end, and hurts nobody else",
    mutations: [
      {
        file: "src/net/stream/relay.ts",
        text: "if (finished === 1) await to.stream.closeWrite();",
        replacement: "closeBoth();",
        test: "tests/attacks/tunnel_endings_test.ts",
      },
      {
        file: "src/net/stream/relay.ts",
        text: `what is left cannot be delivered.
      closeBoth();`,
        replacement: "what is left cannot be delivered.",
        test: "tests/attacks/tunnel_endings_test.ts",
      },
    ],
  },
  {
    promise:
      "A look-up that is slow or fails costs its own limit, is never told as policy, and leads to a bounded number of connections",
    mutations: [
      {
        file: "src/proxy/authorize.ts",
        text: "ips.slice(0, options.dnsAddresses)",
        replacement: "ips",
        test: "tests/attacks/dns_answers_test.ts",
      },
      {
        file: "src/proxy/socks/failure_reply.ts",
        text: "dns_failure: REPLY.hostUnreachable,",
        replacement: "dns_failure: REPLY.notAllowed,",
        test: "tests/attacks/dns_answers_test.ts",
      },
    ],
  },
  {
    promise:
      "One client, however many connections it opens, leaves room for those of other addresses, and at other listeners",
    mutations: [
      {
        file: "src/proxy/client_counts.ts",
        text: "    if (held >= max) return false;\n",
        replacement: "",
        test: "tests/journeys/limits_room_test.ts",
      },
      {
        file: "src/proxy/client_counts.ts",
        text: "    if (held >= max) return false;\n",
        replacement: "",
        test: "tests/proxy/client_counts_test.ts",
      },
    ],
  },
  {
    promise: "SOCKS5 opens no other way than HTTP: every entrance gives one answer",
    mutations: [
      {
        file: "src/policy/questions.ts",
        text: "  let rule = deny.find(target, protocol);",
        replacement:
          `  let rule = protocol.startsWith("socks5") ? null : deny.find(target, protocol);`,
        test: "tests/journeys/every_entrance_test.ts",
      },
      {
        file: "src/socks/messages.ts",
        text:
          'if (version !== SOCKS_VERSION) return badVersion("the greeting", version, SOCKS_VERSION);',
        replacement: "",
        test: "tests/attacks/socks_messages_test.ts",
      },
    ],
  },
  {
    promise:
      "A datagram leaves only for where policy lets it go, and comes back only from there, to the client that sent one",
    mutations: [
      {
        file: "src/proxy/socks/udp_association.ts",
        text: "if (!this.#isClient(received.from)) continue;",
        replacement: "",
        test: "tests/attacks/udp_test.ts",
      },
      {
        file: "src/proxy/socks/udp_gate.ts",
        text: "if (known === undefined) return null;",
        replacement: "if (known === undefined) return {} as Granted;",
        test: "tests/attacks/udp_test.ts",
      },
      {
        file: "src/socks/datagram.ts",
        text: `if (bytes[2] !== 0) return { kind: "fragment" };`,
        replacement: ``,
        test: "tests/attacks/udp_test.ts",
      },
    ],
  },
  {
    promise:
      "A unix socket is reached only by a path that is allowed once every link in it is resolved",
    mutations: [
      {
        file: "src/policy/questions.ts",
        text: "const isListed = canonical !== null && document.unixSockets.includes(canonical);",
        replacement: "const isListed = document.unixSockets.length > 0;",
        test: "tests/attacks/unix_socket_test.ts",
      },
      {
        file: "src/proxy/connect_socket.ts",
        text: "isSame = !isSwapped;",
        replacement: "isSame = true;",
        test: "tests/attacks/unix_socket_test.ts",
      },
      {
        file: "src/proxy/authorize_socket.ts",
        text:
          `if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {`,
        replacement: `if (false) {`,
        test: "tests/attacks/unix_socket_test.ts",
      },
    ],
  },
  {
    promise: "An upstream proxy changes the way and not the policy; its credentials go to it alone",
    mutations: [{
      file: "src/proxy/upstream/connect_through.ts",
      text: "const options = { authorization: authorizationOf(proxy), ...asked };",
      replacement: 'const options = { authorization: "Basic eDp5", ...asked };',
      test: "tests/attacks/upstream_test.ts",
    }],
  },
  {
    promise: "No web page reaches a unix socket by leading a name to Doorward",
    mutations: [{
      file: "src/proxy/http/socket_header.ts",
      text: `!host.name.includes(".") && port !== ourPort`,
      replacement: "port !== ourPort",
      test: "tests/proxy/http/socket_header_test.ts",
    }],
  },
  {
    promise: "The upstream proxy is never a destination, so that nobody asks it inside a tunnel",
    mutations: [
      {
        file: "src/proxy/authorize.ts",
        text: "if (proxies !== null && leadsToProxy(ips, proxies)) return upstreamProxy(options);",
        replacement: "",
        test: "tests/attacks/upstream_test.ts",
      },
      {
        file: "src/proxy/authorize.ts",
        text: "if (isLetPass && options.proxies?.named(request.target)) {",
        replacement: "if (false) {",
        test: "tests/attacks/upstream_test.ts",
      },
    ],
  },
  {
    promise:
      "A request waits for a person without anything being looked up or dialled; an approval opens what was asked for, and no local or denied place",
    mutations: [{
      file: "src/proxy/asking/authorize_asking.ts",
      text: `if (guarded.verdict === "deny") return withPolicy(guarded, current);`,
      replacement: "",
      test: "tests/journeys/ask_test.ts",
    }],
  },
  {
    promise:
      "What a withdrawn rule let through is closed; a reload is whole or not at all, and never mixed into one decision",
    mutations: [
      {
        file: "src/proxy/live_policy.ts",
        text: "return replaced(policy, ended);",
        replacement: "return 0;",
        test: "tests/journeys/live_policy_test.ts",
      },
      {
        file: "src/config/live_config.ts",
        text: "if (gone.length > 0) {",
        replacement: "if (false) {",
        test: "tests/attacks/reload_race_test.ts",
      },
    ],
  },
  {
    promise:
      "Workers have one policy, one count against each limit and one row of records; one that fails, or takes no policy, leaves nothing open",
    mutations: [
      {
        file: "src/proxy/workers/member.ts",
        text: "if (!inTime) this.#fail(",
        replacement:
          "if (!inTime) following.closed.resolve(0);\n    if (!inTime && this.#isOver) this.#fail(",
        test: "tests/proxy/workers/crew_test.ts",
      },
      {
        file: "src/proxy/workers/crew.ts",
        text: "this.#members.map((member) => member.follow(carried))",
        replacement: "this.#members.slice(1).map((member) => member.follow(carried))",
        test: "tests/journeys/workers_test.ts",
      },
      {
        file: "src/proxy/workers/serve_worker.ts",
        text: "this.#live.closeUnless((serving) => outlasts(serving, this.#inForce))",
        replacement: "this.#live.closeUnless(() => true)",
        test: "tests/journeys/workers_test.ts",
      },
      {
        file: "src/proxy/workers/worker_ledger.ts",
        text: "for (const passage of this.#passages.values()) {",
        replacement: "for (const passage of [...this.#passages.values()].slice(1)) {",
        test: "tests/journeys/workers_test.ts",
      },
      {
        file: "src/proxy/workers/shared_places.ts",
        text: "if (heldByAll(memory, what) <= max) return true;",
        replacement: "if (Atomics.load(held, own) <= max) return true;",
        test: "tests/journeys/workers_doors_test.ts",
      },
      {
        file: "src/proxy/workers/shared_room.ts",
        text:
          "if (cells.some((cell) => heldIn(memory, cell) <= connectionsPerClient)) return null;",
        replacement: "if (cells.length > 0) return null;",
        test: "tests/journeys/workers_doors_test.ts",
      },
      {
        file: "src/proxy/workers/shared_ports.ts",
        text: "for (let each = 0; each < rows; each++) {",
        replacement: "for (let each = row; each < Math.min(row + 1, rows); each++) {",
        test: "tests/journeys/workers_doors_test.ts",
      },
    ],
  },
  {
    promise: "No web page of another origin reads or changes anything by the admin API",
    mutations: [
      {
        file: "src/admin/guard.ts",
        text: "if (!isOwnHost(host, listener) || !isOwnHost(target, listener)) {",
        replacement: "if (false) {",
        test: "tests/attacks/admin_browser_test.ts",
      },
      {
        file: "src/admin/guard.ts",
        text: "if (origin !== null && origin !== `http://${host}`) {",
        replacement: "if (false) {",
        test: "tests/admin/app_test.ts",
      },
      {
        file: "src/admin/guard.ts",
        text: `if (site !== null && !OWN_SITES.includes(site)) {`,
        replacement: `if (false) {`,
        test: "tests/attacks/admin_requests_test.ts",
      },
      {
        file: "src/admin/read_body.ts",
        text: `if (isPlain && !isFromBrowser(request)) return;`,
        replacement: `return;`,
        test: "tests/attacks/admin_requests_test.ts",
      },
    ],
  },
  {
    promise: "What loosens the policy takes the token, on every route",
    mutations: [{
      file: "src/admin/policy_routes.ts",
      text: `if (list === "allow") call.demandToken("To allow a host");`,
      replacement: "",
      test: "tests/admin/app_test.ts",
    }],
  },
  {
    promise: "Text from outside steers neither a terminal nor a log, a page or a metric",
    mutations: [
      {
        file: "src/audit/attempt_id.ts",
        text: "return isAttemptId(id) ? id : null;",
        replacement: "return id;",
        test: "tests/attacks/log_injection_test.ts",
      },
      {
        file: "src/audit/safe_json.ts",
        text: `if (PLAIN.test(json)) return json;`,
        replacement: `if (json !== null) return json;`,
        test: "tests/attacks/log_injection_start_test.ts",
      },
    ],
  },
  {
    promise:
      "A request inside a tunnel leads nowhere but to the tunnel's host, and is decided like any other",
    mutations: [
      {
        file: "src/proxy/inside/misdirected.ts",
        text:
          "if (scope === null || sameEndpoint(target.endpoint, scope.request.target)) return null;",
        replacement: "if (target !== null) return null;",
        test: "tests/attacks/inner_host_test.ts",
      },
      {
        file: "src/policy/tunnel_guard.ts",
        text: "if (!isLimited && !isRuled) return null;",
        replacement: "if (!isRuled) return null;",
        test: "tests/attacks/limited_mode_inside_test.ts",
      },
      {
        file: "src/http/http2/server.ts",
        text: `if (host !== undefined && host !== authority) return null;`,
        replacement: ``,
        test: "tests/attacks/inner_host_test.ts",
      },
    ],
  },
  {
    promise:
      "A server is who its certificate says, by the authorities of the system and never by ours",
    mutations: [{
      file: "src/net/tls_client.ts",
      text: "ALPNProtocols: [...protocols],",
      replacement: "ALPNProtocols: [...protocols],\n      rejectUnauthorized: false,",
      test: "tests/attacks/upstream_certificate_test.ts",
    }],
  },
  {
    promise:
      "A path that servers may read in more than one way matches no rule; `read` lets no git push begin",
    mutations: [
      {
        file: "src/policy/request_path.ts",
        text: "if (/%(2f|5c|25)/i.test(written)) return",
        replacement: "if (false) return",
        test: "tests/attacks/path_rules_test.ts",
      },
      {
        file: "src/policy/request_path.ts",
        text: 'if (segment !== "" && /^[.\\s]*$/.test(head)) return',
        replacement: "if (false) return",
        test: "tests/attacks/path_rules_wire_test.ts",
      },
      {
        file: "src/policy/request_path.ts",
        text: 'if (segment !== "" && /^[.\\s]*$/.test(head)) return',
        replacement: "if (false) return",
        test: "tests/properties/request_rules_test.ts",
      },
      {
        file: "src/policy/git_request.ts",
        text: `if (!names.includes("git-receive-pack")) return false;`,
        replacement: "if (names !== null) return false;",
        test: "tests/attacks/path_rules_test.ts",
      },
    ],
  },
  {
    promise:
      "A preset only reads from hosts that strangers share, `github` alone excepted, and is refused where nothing would hold it to that",
    mutations: [
      {
        file: "src/config/presets/forge_presets.ts",
        text: `why: "Archives of repositories.",
    methods: "read",`,
        replacement: `why: "Archives of repositories.",
    methods: "any",`,
        test: "tests/config/presets/presets_test.ts",
      },
      {
        file: "src/config/presets/read_presets.ts",
        text: "if (needsMitm(preset) && !network.mitm) {",
        replacement: "if (false) {",
        test: "tests/config/presets/read_presets_test.ts",
      },
    ],
  },
  {
    promise:
      "A secret of a request rule goes to the host of the rule over TLS alone, and is printed nowhere",
    mutations: [
      {
        file: "src/policy/request_rule.ts",
        text: `if (scheme !== "https") {`,
        replacement: "if (false) {",
        test: "tests/attacks/secret_injection_test.ts",
      },
      {
        file: "src/policy/request_rule.ts",
        text: `if (scheme !== "https") {`,
        replacement: "if (false) {",
        test: "tests/policy/request_rule_test.ts",
      },
      {
        file: "src/config/redacted.ts",
        text: "inject: inject.map(({ name }) => name),",
        replacement: "inject: inject.map(({ value }) => value()),",
        test: "tests/config/redacted_test.ts",
      },
      {
        file: "src/library/env/child_env.ts",
        text: "...emptied([ADMIN_TOKEN, ...facts.secretVariables], inherited),",
        replacement: "...emptied([ADMIN_TOKEN], inherited),",
        test: "tests/cli/run_test.ts",
      },
      {
        file: "src/proxy/client_connection.ts",
        text: `    this.#upstreams?.close();
    this.#upstreams = null;
`,
        replacement: ``,
        test: "tests/attacks/secret_injection_test.ts",
      },
    ],
  },
  {
    promise:
      "The key of the authority is used only if nobody else could have read or changed it, and is never overwritten",
    mutations: [
      {
        file: "src/config/private_file.ts",
        text: `if (isSymlink) return "it is a symbolic link";`,
        replacement: "",
        test: "tests/attacks/ca_files_test.ts",
      },
      {
        file: "src/config/private_file.ts",
        text: `if (isSecret && (mode & OTHERS) !== 0) return "others may read or write it";`,
        replacement: "",
        test: "tests/attacks/ca_files_test.ts",
      },
      {
        file: "src/config/new_file.ts",
        text: "await Deno.link(temporary, path);",
        replacement: "await Deno.rename(temporary, path);",
        test: "tests/config/new_file_test.ts",
      },
    ],
  },
  {
    promise:
      "Memory does not grow with what is carried, inside tunnels that are looked into neither",
    mutations: [
      {
        file: "src/http/body.ts",
        text: "await writeAll(to, count === space.length ? space : space.subarray(0, count));",
        replacement: "writeAll(to, space.slice(0, count)).catch(() => {});",
        test: "tests/journeys/memory_test.ts",
      },
      {
        // What is carried is kept: how fast a client reads must not decide what is noticed.
        file: "src/http/http2/decode_body.ts",
        text: "const count = await reader.read(space);",
        replacement: `const count = await reader.read(space);
    ((globalThis as unknown as { held?: unknown[] }).held ??= []).push(space);`,
        test: "tests/journeys/intercept_h2_test.ts",
      },
      {
        file: "src/http/http2/decode_body.ts",
        text: "if (data > 0) await write(piece.subarray(0, data));",
        replacement: "if (data > 0) write(piece.subarray(0, data)).catch(() => {});",
        test: "tests/journeys/intercept_stall_test.ts",
      },
      {
        file: "src/net/stream/node_stream.ts",
        text: "await room();",
        replacement: "",
        test: "tests/journeys/intercept_stall_test.ts",
      },
    ],
  },
  {
    promise:
      "What is required is loosened by no configuration, flag, approval or call; what is required and cannot be had stops the start",
    mutations: [
      {
        file: "src/config/requirements/apply_requirements.ts",
        text:
          "for (const key of Object.keys(required) as (keyof Required)[]) put(network, key, required);",
        replacement: "",
        test: "tests/config/requirements/govern_network_test.ts",
      },
      {
        file: "src/config/live_config.ts",
        text: `return permission.kind === "permitted" ? null : permission.why;`,
        replacement: 'return permission === null ? "" : null;',
        test: "tests/config/live_config_test.ts",
      },
      {
        file: "src/config/requirements/remote_requirements.ts",
        text:
          "if (document === null || !isValid) throw new ConfigError([this.#fault(fetched, kept)]);",
        replacement: `if (document === null || !isValid) {
      return await this.#hold({ text: "", etag: null, fetchedAt: 0 });
    }`,
        test: "tests/journeys/remote_requirements_test.ts",
      },
    ],
  },
  {
    promise:
      "A project's files count only for who trusts them, and are read once: what a command writes there changes nothing",
    mutations: [{
      file: "src/config/project_files.ts",
      text: "if (!trusted) {",
      replacement: "if (false) {",
      test: "tests/journeys/configuration_test.ts",
    }],
  },
  {
    promise:
      "A command behind `run` gets past the proxy by nothing that it inherits, and is told no token",
    mutations: [
      {
        file: "src/library/env/child_env.ts",
        text: "if (value !== undefined) ours[name] = value;",
        replacement: "if (value !== undefined) ours[name] = inherited[name]!;",
        test: "tests/attacks/wrapped_command_test.ts",
      },
      {
        file: "src/library/env/child_env.ts",
        text: "...emptied([ADMIN_TOKEN, ...facts.secretVariables], inherited),",
        replacement: "...emptied(facts.secretVariables, inherited),",
        test: "tests/attacks/wrapped_command_test.ts",
      },
    ],
  },
  {
    promise:
      "Whatever goes wrong with a decider is a denial: it hangs, ends, prints garbage or without end, answers twice, late or for another question",
    mutations: [
      {
        file: "src/library/deciders/guarded_decider.ts",
        text: 'return { decision: "deny", reason: printableReason(`decider_failed${why}`) };',
        replacement:
          'return { decision: why === "x" ? "deny" : "allow", reason: "" } as DeciderAnswer;',
        test: "tests/attacks/decider_test.ts",
      },
      {
        file: "src/library/deciders/open_questions.ts",
        text: "const question = this.#open.get(id);",
        replacement: "const question = this.#open.get(id) ?? [...this.#open.values()].at(0);",
        test: "tests/attacks/decider_test.ts",
      },
    ],
  },
  {
    promise: "A decider is chosen by no project, and is given no secret of Doorward",
    mutations: [
      {
        file: "src/config/decider_table.ts",
        text: "if (refusedToProjects(entry, layers, findings)) return null;",
        replacement: "",
        test: "tests/config/decider_table_test.ts",
      },
      {
        file: "src/library/deciders/helper_env.ts",
        text: ".filter(([name]) => !secret.has(name.toUpperCase()))",
        replacement: "",
        test: "tests/library/deciders/helper_env_test.ts",
      },
    ],
  },
  {
    promise:
      "A record that is changed, removed, added or moved is found, with a chain; without one, records that are missing are, but for the last",
    mutations: [
      {
        file: "src/audit/read/chain_check.ts",
        text: "return chainValue(this.#last, line) === value",
        replacement: 'return chainValue(this.#last, line) !== ""',
        test: "tests/attacks/audit_file_test.ts",
      },
      {
        file: "src/audit/read/seq_check.ts",
        text: "if (missing <= lost) return null;",
        replacement: "if (missing >= 0) return null;",
        test: "tests/attacks/audit_file_test.ts",
      },
    ],
  },
  {
    promise:
      "A file of records that cannot be written stops nobody, and what that costs is counted and said; a link or a pipe in its place takes none",
    mutations: [
      {
        file: "src/audit/file/open_own.ts",
        text:
          `if (isSymlink) return { why: "it is a symbolic link", mend: "name the file itself" };`,
        replacement: "",
        test: "tests/attacks/audit_file_test.ts",
      },
      {
        file: "src/audit/file/open_own.ts",
        text:
          `if (isSymlink) return { why: "it is a symbolic link", mend: "name the file itself" };`,
        replacement: "",
        test: "tests/audit/file/open_own_test.ts",
      },
    ],
  },
  {
    promise:
      "A collector of records that hangs, lies or wants it all again holds nobody up; what waits for it is bounded, and what is lost is counted",
    mutations: [
      {
        file: "src/library/otlp/record_queue.ts",
        text: "if (isFull) return false;",
        replacement: "",
        test: "tests/attacks/otlp_collector_test.ts",
      },
    ],
  },
  {
    promise:
      "What clients say of hosts leaves no cell of a summary, and no line that is offered to be pasted",
    mutations: [
      {
        file: "src/cli/audit/summary_markdown.ts",
        text: 'return `\\`${escaped(short) || " "}\\``;',
        replacement: 'return `\\`${short || " "}\\``;',
        test: "tests/cli/audit/summary_markdown_test.ts",
      },
      {
        file: "src/cli/audit/advice.ts",
        text: 'return parsed.kind === "name" && parsed.name === host;',
        replacement: "return parsed !== null;",
        test: "tests/cli/audit/advice_test.ts",
      },
    ],
  },
  {
    promise:
      "While a command is learned no local address opens and no requirement bends; what it asks for writes nothing into the policy but its hosts",
    mutations: [
      {
        file: "src/cli/learn/opened_config.ts",
        text: "      allowLocalBinding: false,",
        replacement: "",
        test: "tests/cli/learn/opened_config_test.ts",
      },
      {
        file: "src/cli/learn/opened_config.ts",
        text: "const mayOpen = whyNotOpened(config) === null;",
        replacement: "const mayOpen = true;",
        test: "tests/cli/learn/opened_config_test.ts",
      },
      {
        file: "src/cli/learn/learned_policy.ts",
        text: "`# ${escapeControls(text)}`",
        replacement: "`# ${text}`",
        test: "tests/cli/learn/learned_policy_test.ts",
      },
    ],
  },
  {
    promise: "A rule that would not be obeyed is an error, never silence",
    mutations: [
      {
        file: "src/config/source_layers.ts",
        text: "refuseLostHooks(key, lost, by, findings);",
        replacement: "",
        test: "tests/config/source_layers_test.ts",
      },
    ],
  },
];
