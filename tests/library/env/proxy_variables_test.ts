import { assertEquals } from "@std/assert";
import { proxyVariables, trustVariables } from "../../../src/library/env/proxy_variables.ts";
import { parseIp } from "../../../src/net/address/ip.ts";

const AT = { ip: parseIp("127.0.0.1")!, port: 3128 };
const URL = "http://127.0.0.1:3128";
const FACTS = { listener: AT, allProxy: null, allowLocalBinding: true };

Deno.test("proxyVariables() gives every variable in its order", () => {
  assertEquals(Object.entries(proxyVariables(FACTS)), [
    ["HTTP_PROXY", URL],
    ["HTTPS_PROXY", URL],
    ["http_proxy", URL],
    ["https_proxy", URL],
    ["ALL_PROXY", URL],
    ["all_proxy", URL],
    ["FTP_PROXY", URL],
    ["ftp_proxy", URL],
    ["GRPC_PROXY", URL],
    ["grpc_proxy", URL],
    ["WS_PROXY", URL],
    ["ws_proxy", URL],
    ["WSS_PROXY", URL],
    ["wss_proxy", URL],
    ["npm_config_proxy", URL],
    ["npm_config_https_proxy", URL],
    ["YARN_HTTP_PROXY", URL],
    ["YARN_HTTPS_PROXY", URL],
    ["PIP_PROXY", URL],
    ["CARGO_HTTP_PROXY", URL],
    ["NO_PROXY", "localhost,127.0.0.1,::1"],
    ["no_proxy", "localhost,127.0.0.1,::1"],
    ["npm_config_noproxy", "localhost,127.0.0.1,::1"],
    ["NODE_USE_ENV_PROXY", "1"],
    ["ELECTRON_GET_USE_PROXY", "true"],
    ["RSYNC_PROXY", "127.0.0.1:3128"],
    ["CLOUDSDK_PROXY_TYPE", "http"],
    ["CLOUDSDK_PROXY_ADDRESS", "127.0.0.1"],
    ["CLOUDSDK_PROXY_PORT", "3128"],
  ]);
});

Deno.test("proxyVariables() puts no brackets where an address is asked for", () => {
  const variables = proxyVariables({
    ...FACTS,
    listener: { ip: parseIp("::1")!, port: 1 },
  });
  assertEquals(variables["HTTP_PROXY"], "http://[::1]:1");
  assertEquals(variables["RSYNC_PROXY"], "[::1]:1");
  assertEquals(variables["CLOUDSDK_PROXY_ADDRESS"], "::1");
});

Deno.test("proxyVariables() leaves out what is ignored with a complaint", () => {
  assertEquals("npm_config_http_proxy" in proxyVariables(FACTS), false);
});

Deno.test("proxyVariables() leaves nothing out of the proxy where local addresses are not allowed", () => {
  const variables = proxyVariables({ ...FACTS, allowLocalBinding: false });
  assertEquals([variables["NO_PROXY"], variables["no_proxy"], variables["npm_config_noproxy"]], [
    "",
    "",
    "",
  ]);
});

Deno.test("proxyVariables() names SOCKS5 in ALL_PROXY alone, with look-ups at the proxy", () => {
  const allProxy = { ip: parseIp("0.0.0.0")!, port: 8081 };
  const { ALL_PROXY, all_proxy, ...rest } = proxyVariables({ ...FACTS, allProxy });
  assertEquals([ALL_PROXY, all_proxy], ["socks5h://127.0.0.1:8081", "socks5h://127.0.0.1:8081"]);
  assertEquals(Object.values(rest).some((value) => value.includes("socks")), false);
});

Deno.test("proxyVariables() names a bundle of authorities where HTTPS is looked into", () => {
  const trustBundle = "/home/me/proxy/ca-bundle.pem";
  const variables = proxyVariables({ ...FACTS, trustBundle });
  assertEquals(variables, { ...proxyVariables(FACTS), ...trustVariables(trustBundle) });
  assertEquals(proxyVariables({ ...FACTS, trustBundle: null }), proxyVariables(FACTS));
});

Deno.test("trustVariables() gives every variable in its order", () => {
  assertEquals(Object.entries(trustVariables("/b.pem")), [
    ["SSL_CERT_FILE", "/b.pem"],
    ["REQUESTS_CA_BUNDLE", "/b.pem"],
    ["CURL_CA_BUNDLE", "/b.pem"],
    ["NODE_EXTRA_CA_CERTS", "/b.pem"],
    ["GIT_SSL_CAINFO", "/b.pem"],
    ["CARGO_HTTP_CAINFO", "/b.pem"],
    ["PIP_CERT", "/b.pem"],
    ["BUNDLE_SSL_CA_CERT", "/b.pem"],
    ["npm_config_cafile", "/b.pem"],
    ["NPM_CONFIG_CAFILE", "/b.pem"],
    ["AWS_CA_BUNDLE", "/b.pem"],
    ["DENO_CERT", "/b.pem"],
    ["NIX_SSL_CERT_FILE", "/b.pem"],
    ["CODEX_CA_CERTIFICATE", "/b.pem"],
    ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "/b.pem"],
    ["CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE", "/b.pem"],
    ["HTTPLIB2_CA_CERTS", "/b.pem"],
    ["DENO_TLS_CA_STORE", "system,mozilla"],
    ["UV_NATIVE_TLS", "1"],
  ]);
});
