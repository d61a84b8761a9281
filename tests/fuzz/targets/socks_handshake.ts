import { ProtocolError } from "../../../src/net/errors.ts";
import { BufferedReader } from "../../../src/net/stream/buffered_reader.ts";
import { requestConnect } from "../../../src/socks/client.ts";
import { readHandshake } from "../../../src/socks/handshake.ts";
import { pieces } from "../../support/random.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";
import { expect, expectSame, expectSentence, outcomeLater } from "../expect.ts";
import { chanceOf, type FuzzTarget } from "../target.ts";
import { anyConversation } from "./any_conversation.ts";
import { SOCKS_WORDS } from "../../support/socks_conversations.ts";

const TARGET = { host: { kind: "name", name: "a.test" }, port: 443 } as const;
const KNOWN = { user: "user", password: "secret" };

const GREETING_MAX = 2 + 255;
const CREDENTIALS_MAX = 3 + 255 + 255;
const REQUEST_MAX = 7 + 255;

type Run = (reader: BufferedReader, stream: ScriptedStream) => Promise<unknown>;

/** `readHandshake` with any client, and `requestConnect` with any server. */
export const SOCKS_HANDSHAKE: FuzzTarget = {
  name: "socks_handshake",
  kind: "bytes",
  words: SOCKS_WORDS,
  any: anyConversation,
  async check(input) {
    const served = await bothWays(
      input,
      (reader, stream) => readHandshake(reader, stream, () => {}),
    );
    expect(served.taken <= GREETING_MAX + CREDENTIALS_MAX + REQUEST_MAX, "three messages at most");
    if (isRefused(served.outcome)) expectSentence(served.outcome.why);
    const asked = await bothWays(
      input,
      (reader, stream) => requestConnect(reader, stream, TARGET, KNOWN),
    );
    expect(asked.taken <= 2 + 2 + REQUEST_MAX, "three answers at most");
  },
};

/** In one piece; and in many, which must come to the same. */
async function bothWays(input: string, run: Run) {
  const whole = await held([input], run);
  expectSame(await held(pieces(chanceOf(input), input), run), whole, "in pieces");
  return whole;
}

async function held(parts: readonly string[], run: Run) {
  const stream = new ScriptedStream(...parts);
  const reader = new BufferedReader(stream);
  const outcome = await outcomeLater(() => run(reader, stream));
  while (await reader.fill());
  const taken = parts.join("").length - reader.buffered.length;
  const code = outcome instanceof ProtocolError ? outcome.code : null;
  return { outcome, code, taken, sent: stream.written };
}

function isRefused(outcome: unknown): outcome is { readonly why: string } {
  return typeof outcome === "object" && outcome !== null && "why" in outcome;
}
