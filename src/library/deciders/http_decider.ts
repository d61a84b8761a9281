import type { Post, Reply } from "../../calls/post_json.ts";
import { ConnectError, ProtocolError } from "../../net/errors.ts";
import type { Decider } from "../../proxy/asking/decider.ts";
import { FAULT_WORDS } from "../../proxy/fault_words.ts";
import { DeciderFailure } from "./decider_failure.ts";
import { jsonObject, questionJson, readAnswer } from "./decider_message.ts";

/** Asks a server: one question a call. What fails rejects with a `DeciderFailure`, or with the signal's reason. */
export function httpDecider(url: URL, post: Post, newId: () => string): Decider {
  return async (request, signal) => {
    const id = newId();
    const { status, text } = await posted(post(url, questionJson(id, request), signal), signal);
    if (status !== 200) throw new DeciderFailure("bad_answer", `it answered ${status}`);
    const said = jsonObject(text);
    if (said === null) throw new DeciderFailure("bad_answer", "its answer is not a JSON object");
    // It need not repeat the id; one of another question is a mix-up.
    if (said["id"] !== undefined && said["id"] !== id) {
      throw new DeciderFailure("bad_answer", "its answer is for another question");
    }
    return readAnswer(said);
  };
}

async function posted(reply: Promise<Reply>, signal: AbortSignal): Promise<Reply> {
  try {
    return await reply;
  } catch (cause) {
    signal.throwIfAborted();
    throw new DeciderFailure("unreachable", whyOf(cause), { cause });
  }
}

/** Messages that were not made for it might hold the URL. */
function whyOf(error: unknown): string {
  if (error instanceof ConnectError) return error.detail || FAULT_WORDS[error.code];
  if (error instanceof ProtocolError) return "its answer is not proper HTTP";
  return "the call failed";
}
