import { parseEndpoint } from "../../net/address/endpoint.ts";
import { formatHost, parseHost } from "../../net/address/host.ts";
import { formatIp, parseIp } from "../../net/address/ip.ts";
import { hostAndPort } from "../printed/remedy.ts";
import type { Line } from "../printed/terminal.ts";
import type { AdminClient } from "./admin_client.ts";
import { ABSENT, type Json, numberOf, objectsOf, textOf } from "./reply_fields.ts";
import { tableLines } from "./table_lines.ts";
import { duration } from "./words.ts";

const HEADER = ["ID", "HOST", "PROTOCOL", "METHOD", "WAITING", "LEFT", "FROM", "ADDRESS"];

/** The form that the number of a question has. */
const ID_REGEXP = /^q[0-9]+$/;

/** The questions that wait, oldest first. */
export async function waitingQuestions(admin: AdminClient): Promise<readonly Json[]> {
  return objectsOf(await admin.get("/pending"), "pending");
}

/** Whether a word can only be the number of a question. */
export function isQuestionId(text: string): boolean {
  return ID_REGEXP.test(text);
}

/** The question of that number; else those about that rule, that host, or that host and port. */
export function matching(questions: readonly Json[], text: string): readonly Json[] {
  const byId = questions.filter((question) => textOf(question, "id") === text);
  if (byId.length > 0) return byId;
  const place = placeOf(text);
  return questions.filter((question) => {
    if (textOf(question, "pattern") === text) return true;
    return place !== null && textOf(question, "host") === place.host &&
      (place.port === null || numberOf(question, "port") === place.port);
  });
}

/** `host:port` of a question. */
export function questionPlace(question: Json): string {
  return hostAndPort(textOf(question, "host"), numberOf(question, "port") ?? 0);
}

/** Questions as a table. */
export function questionLines(
  questions: readonly Json[],
  nowSeconds: number,
  columns: number | null,
): readonly Line[] {
  const rows = questions.map((question) => questionRow(question, nowSeconds));
  return tableLines({ header: HEADER, rows }, columns);
}

function questionRow(question: Json, nowSeconds: number): readonly string[] {
  const expires = numberOf(question, "expires_at");
  return [
    textOf(question, "id"),
    questionPlace(question),
    textOf(question, "protocol"),
    textOf(question, "method"),
    textOf(question, "waiting"),
    duration(expires === null ? null : expires - nowSeconds),
    whose(question),
    textOf(question, "address_class"),
  ];
}

function whose(question: Json): string {
  const command = textOf(question, "command");
  const attempt = textOf(question, "attempt_id");
  return textOf(question, "client") +
    (command === ABSENT ? "" : `, ${command}`) +
    (attempt === ABSENT ? "" : `, attempt ${attempt}`);
}

interface Place {
  /** As questions spell it: without brackets. */
  readonly host: string;
  readonly port: number | null;
}

function placeOf(text: string): Place | null {
  const bare = parseIp(text);
  if (bare !== null) return { host: formatIp(bare), port: null };
  const host = parseHost(text);
  if (host.kind !== "bad") return { host: formatHost(host), port: null };
  const endpoint = parseEndpoint(text, null);
  return "kind" in endpoint ? null : { host: formatHost(endpoint.host), port: endpoint.port };
}
