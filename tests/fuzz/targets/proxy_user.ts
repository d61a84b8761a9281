import { attemptId, isAttemptId } from "../../../src/audit/attempt_id.ts";
import { field } from "../../../src/http/fields.ts";
import { proxyUser } from "../../../src/http/proxy_user.ts";
import { expect, expectSame } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";

const MARK = "codex-net-attempt-";
const LINE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** `proxyUser` and `attemptId`: a label out of credentials, and nothing else of them. */
export const PROXY_USER: FuzzTarget = {
  name: "proxy_user",
  kind: "bytes",
  words: [
    ...[
      "Basic ",
      "basic  ",
      "BASIC\t",
      "Bearer ",
      "Digest username=",
      "dTpw",
      "dQ==",
      "dQ=",
      "Og==",
      "=",
    ],
    ...[
      btoa(`${MARK}1:`),
      btoa(`${MARK}\x1b[2J:`),
      btoa(`${MARK}${"x".repeat(129)}:`),
      MARK,
      ":",
      "/+",
    ],
  ],
  any(random) {
    const id = random.text("abc019-_.~!é \x00:", 12).replaceAll(/[^\0-\xff]/g, "");
    const user = random.pick([`${MARK}${id}`, id, `x${MARK}${id}`]);
    return `${random.pick(["Basic", "basic", "Bearer"])} ${
      btoa(`${user}:${random.pick(["", "p:w"])}`)
    }`;
  },
  check(input) {
    checkId(attemptId(input), input);
    if (!LINE.test(input)) return; // No field holds it.
    const user = proxyUser([field("Proxy-Authorization", input)]);
    if (user === null) return;
    expect(/^basic /i.test(input) && !user.includes(":"), "a user name is the front of Basic");
    const whole = atob(input.slice(6).trim());
    expectSame(whole === user || whole.startsWith(`${user}:`), true, "the name is what was sent");
    checkId(attemptId(user), user);
  },
};

function checkId(id: string | null, user: string): void {
  if (id === null) return;
  expectSame([isAttemptId(id), `${MARK}${id}`], [true, user], "an id is what follows the mark");
  expect(/^[!-~]{1,128}$/.test(id), "an id is short and printable");
}
