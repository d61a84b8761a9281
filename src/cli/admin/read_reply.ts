import { ProtocolError } from "../../net/errors.ts";
import { EXIT } from "../exit_code.ts";
import { AdminError } from "./admin_error.ts";
import type { Answer } from "../../calls/http_call.ts";
import { ABSENT, isJson, type Json, numberOf, objectsOf, textOf } from "./reply_fields.ts";

/** The longest answers are lists of a hundred thousand records, some hundred bytes each. */
const REPLY_BYTES_MAX = 64 * 1024 * 1024;

/** Faults of a configuration that are told. */
const FAULTS_MAX = 100;

/**
 * Reads an answer to its end.
 *
 * @throws {AdminError} when it says no
 * @throws {ProtocolError} when it is not JSON, or has no end
 */
export async function readReply(answer: Answer): Promise<Json> {
  const { status } = answer.head;
  if (status < 200 || status > 299) throw await refusal(answer);
  return parseJson(await textOfBody(answer));
}

/** What an answer that says no comes to. */
export async function refusal(answer: Answer): Promise<AdminError> {
  const { status } = answer.head;
  const json = parseJson(await textOfBody(answer));
  const reason = textOf(json, "reason");
  const message = textOf(json, "message");
  const lines = [
    message === ABSENT ? `The proxy answered ${status}` : message.replace(/\.$/, ""),
    ...objectsOf(json, "faults").slice(0, FAULTS_MAX).map(faultLine),
    ...(status === 401 ? TOKEN_MEND : []),
  ];
  return new AdminError(EXIT.no, lines, { status, reason, json });
}

/** Whether an error is a proxy that wants to see the token. */
export function needsToken(error: unknown): boolean {
  return error instanceof AdminError && error.reply?.status === 401;
}

/**
 * Reads a JSON object.
 *
 * @throws {ProtocolError} of peer `upstream`, for anything else
 */
export function parseJson(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unsupported("it is not JSON", cause);
  }
  if (isJson(value)) return value;
  throw unsupported("it is not a JSON object");
}

const TOKEN_MEND = ["run this command as the user who started Doorward, with the same home folder"];

/** A fault in the form that editors and compilers share. */
function faultLine(fault: Json): string {
  const place = [textOf(fault, "file"), numberOf(fault, "line"), numberOf(fault, "column")];
  return `${place.filter((part) => part !== null).join(":")}: ${textOf(fault, "message")}`;
}

async function textOfBody({ body }: Answer): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  await body((piece) => {
    length += piece.length;
    if (length > REPLY_BYTES_MAX) {
      return Promise.reject(unsupported(`it is longer than ${REPLY_BYTES_MAX} bytes`));
    }
    text += decoder.decode(piece, { stream: true });
    return Promise.resolve();
  });
  return text + decoder.decode();
}

function unsupported(why: string, cause?: unknown): ProtocolError {
  return new ProtocolError("upstream", "unsupported", `Cannot read the answer: ${why}`, { cause });
}
