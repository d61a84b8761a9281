import type { FuzzTarget } from "./target.ts";
import { AUDIT_LINE } from "./targets/audit_line.ts";
import { CHUNKED } from "./targets/chunked.ts";
import { CLIENT_HELLO } from "./targets/client_hello.ts";
import { CONFIG_FILE } from "./targets/config_file.ts";
import { DECIDER_ANSWER } from "./targets/decider_answer.ts";
import { ENDPOINT } from "./targets/endpoint.ts";
import { FRAMING } from "./targets/framing.ts";
import { GOAWAY_FRAMES } from "./targets/goaway.ts";
import { HOST } from "./targets/host.ts";
import { HOST_PATTERN } from "./targets/host_pattern.ts";
import { IP } from "./targets/ip.ts";
import { LISTEN_URL } from "./targets/listen_url.ts";
import { NO_PROXY } from "./targets/no_proxy.ts";
import { PATH } from "./targets/path.ts";
import { PROXY_USER } from "./targets/proxy_user.ts";
import { QUERY } from "./targets/query.ts";
import { REQUEST_HEAD } from "./targets/request_head.ts";
import { REQUEST_TARGET } from "./targets/request_target.ts";
import { RESPONSE_HEAD } from "./targets/response_head.ts";
import { SOCKS_DATAGRAM } from "./targets/socks_datagram.ts";
import { SOCKS_HANDSHAKE } from "./targets/socks_handshake.ts";
import { SOCKS_MESSAGE } from "./targets/socks_message.ts";
import { TOML } from "./targets/toml.ts";
import { UPSTREAM_URL } from "./targets/upstream_url.ts";
import { WEBHOOK_URL } from "./targets/webhook_url.ts";

/** Every parser of what somebody else wrote. */
export const TARGETS: readonly FuzzTarget[] = [
  ...[REQUEST_HEAD, RESPONSE_HEAD, REQUEST_TARGET, CHUNKED, FRAMING, GOAWAY_FRAMES, PROXY_USER],
  ...[SOCKS_MESSAGE, SOCKS_HANDSHAKE, SOCKS_DATAGRAM, CLIENT_HELLO],
  ...[HOST, IP, ENDPOINT, HOST_PATTERN, PATH, QUERY],
  ...[TOML, CONFIG_FILE, LISTEN_URL, UPSTREAM_URL, WEBHOOK_URL, NO_PROXY],
  ...[DECIDER_ANSWER, AUDIT_LINE],
];
