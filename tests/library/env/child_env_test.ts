import { assertEquals } from "@std/assert";
import { childEnv } from "../../../src/library/env/child_env.ts";
import { gitSshCommand } from "../../../src/library/env/git_ssh_command.ts";
import { proxyVariables } from "../../../src/library/env/proxy_variables.ts";
import { parseIp } from "../../../src/net/address/ip.ts";

const LISTENER = { ip: parseIp("127.0.0.1")!, port: 4000 };
const FACTS = { listener: LISTENER, allProxy: null, allowLocalBinding: true };
const OPTIONS = { ...FACTS, connect: ["doorward", "connect"], secretVariables: [] };
const JAVA = "-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=4000 " +
  "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=4000 " +
  "-Dhttp.nonProxyHosts=localhost|127.*|[::1]";

Deno.test("childEnv() is the variables of the proxy, the marks and Java's options", () => {
  assertEquals(childEnv({}, OPTIONS), {
    ...proxyVariables(FACTS),
    GIT_SSH_COMMAND: gitSshCommand({}, OPTIONS.connect),
    CODEX_NETWORK_PROXY_ACTIVE: "1",
    CODEX_NETWORK_ALLOW_LOCAL_BINDING: "1",
    DOORWARD_ACTIVE: "1",
    JAVA_TOOL_OPTIONS: JAVA,
  });
});

Deno.test("childEnv() says when local addresses are out of reach", () => {
  const env = childEnv({}, { ...OPTIONS, allowLocalBinding: false });
  assertEquals(env["CODEX_NETWORK_ALLOW_LOCAL_BINDING"], "0");
  assertEquals(env["NO_PROXY"], "");
  assertEquals(env["JAVA_TOOL_OPTIONS"]!.endsWith(" -Dhttp.nonProxyHosts="), true);
});

Deno.test("childEnv() overwrites an inherited way round the proxy", () => {
  const env = childEnv({ NO_PROXY: "*", https_proxy: "http://corp.test:1", PATH: "/bin" }, OPTIONS);
  assertEquals(env["NO_PROXY"], "localhost,127.0.0.1,::1");
  assertEquals(env["https_proxy"], "http://127.0.0.1:4000");
  assertEquals(env["PATH"], undefined);
});

Deno.test("childEnv() overwrites a variable in any case", () => {
  const env = childEnv({ Http_Proxy: "x", NPM_CONFIG_PROXY: "y", No_Proxy: "*" }, OPTIONS);
  assertEquals(env["Http_Proxy"], "http://127.0.0.1:4000");
  assertEquals(env["NPM_CONFIG_PROXY"], "http://127.0.0.1:4000");
  assertEquals(env["No_Proxy"], "localhost,127.0.0.1,::1");
});

Deno.test("childEnv() appends to Java's options and keeps what is there", () => {
  const env = childEnv({ JAVA_TOOL_OPTIONS: "-Xmx1g" }, OPTIONS);
  assertEquals(env["JAVA_TOOL_OPTIONS"], `-Xmx1g ${JAVA}`);
  assertEquals(childEnv({ JAVA_TOOL_OPTIONS: " " }, OPTIONS)["JAVA_TOOL_OPTIONS"], JAVA);
});

Deno.test("childEnv() keeps the ssh that git is told to use", () => {
  const env = childEnv({ GIT_SSH_COMMAND: "ssh -i key" }, OPTIONS);
  assertEquals(
    env["GIT_SSH_COMMAND"],
    "ssh -o 'ProxyCommand=doorward connect -- %h %p' -o ControlPath=none -i key",
  );
});

Deno.test("childEnv() keeps the admin token from the child", () => {
  const inherited = { DOORWARD_ADMIN_TOKEN: "t0k" };
  assertEquals(childEnv(inherited, OPTIONS)["DOORWARD_ADMIN_TOKEN"], "");
  assertEquals("DOORWARD_ADMIN_TOKEN" in childEnv({}, OPTIONS), false);
});

Deno.test("childEnv() has the child trust the bundle, whatever was trusted before", () => {
  const inherited = { SSL_CERT_FILE: "/corp.pem", Npm_Config_Cafile: "/corp.pem", PATH: "/bin" };
  const env = childEnv(inherited, { ...OPTIONS, trustBundle: "/b.pem" });
  assertEquals(
    [env["SSL_CERT_FILE"], env["Npm_Config_Cafile"], env["UV_NATIVE_TLS"]],
    ["/b.pem", "/b.pem", "1"],
  );
  assertEquals(childEnv(inherited, OPTIONS)["SSL_CERT_FILE"], undefined);
});

Deno.test("childEnv() keeps from the child what holds secrets of request rules, in any case", () => {
  const options = { ...OPTIONS, secretVariables: ["TOKEN", "ABSENT"] };
  const env = childEnv({ TOKEN: "s3cret", Token: "s3cret", OTHER: "kept" }, options);
  assertEquals([env["TOKEN"], env["Token"]], ["", ""]);
  assertEquals(["ABSENT" in env, "OTHER" in env], [false, false]);
});
