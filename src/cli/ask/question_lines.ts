import type { Question } from "../../proxy/asking/question.ts";
import { type Line, paint } from "../printed/terminal.ts";
import { CHOICES } from "./choices.ts";

/**
 * A longer host is cut in its middle. What is kept at the end holds a label of 63 bytes and the suffix behind
 * it: who owns the name stands there, and whoever made it up chose the rest.
 */
const HOST_MAX = 120;
/** The host, its port and the protocol behind it. */
const PATTERN_MAX = HOST_MAX + 30;
/** Methods, commands and attempts fill no screen. */
const METHOD_MAX = 24;
const COMMAND_MAX = 120;
const ATTEMPT_MAX = 48;

/** A question as it is put to a person; what was chosen by others is cut, and escaped when it is printed. */
export function questionLines(question: Question): readonly Line[] {
  const { protocol, addressClass, pattern } = question;
  const method = cutMiddle(question.method, METHOD_MAX);
  return [
    [],
    [
      "doorward asks: may a program reach ",
      paint("warning", placeOf(question)),
      ` (${protocol}, ${method})?`,
    ],
    [`  from     ${askers(question)}`],
    [`  address  ${addressClass}`],
    [`  rule     ${cutMiddle(pattern, PATTERN_MAX)}`],
    ...(isEncoded(question.host)
      ? [[paint("warning", "  warning  this name is an encoding of other letters (xn--)")]]
      : []),
  ];
}

/** The answers there are, and how long they can be given. */
export function choicesLine(secondsLeft: number): Line {
  return [
    ...CHOICES.flatMap((choice) => ["  ", paint("copy", choice)]),
    paint("faint", `  (${secondsLeft} s, Enter: deny)`),
  ];
}

/** `host:port`, with brackets round an IPv6 address. */
export function placeOf({ host, port }: Question): string {
  return `${host.includes(":") ? `[${host}]` : cutMiddle(host, HOST_MAX)}:${port}`;
}

/** Cuts text out of the middle, a third of what is left before it. */
export function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = Math.floor((max - 1) / 3);
  return `${text.slice(0, head)}…${text.slice(text.length - (max - 1 - head))}`;
}

function askers({ client, command, attempt, waiting }: Question): string {
  return [
    client,
    ...(command === null ? [] : [`command ${cutMiddle(command, COMMAND_MAX)}`]),
    ...(attempt === null ? [] : [`attempt ${cutMiddle(attempt, ATTEMPT_MAX)}`]),
    ...(waiting > 1 ? [`${waiting} requests wait`] : []),
  ].join(", ");
}

function isEncoded(host: string): boolean {
  return host.split(".").some((label) => label.startsWith("xn--"));
}
