import type { Question } from "../../../src/proxy/asking/question.ts";

/** When the clock of the tests starts. */
const START = Date.UTC(2026, 0, 1);

/** A question with thirty seconds to answer it. */
export function aQuestion(parts: Partial<Question> = {}): Question {
  return {
    id: "q1",
    host: "api.example.com",
    port: 443,
    protocol: "https_connect",
    method: "CONNECT",
    client: "127.0.0.1:41230",
    listener: "127.0.0.1:3128",
    command: null,
    label: null,
    execPolicyHint: null,
    attempt: null,
    addressClass: "a name, not looked up yet",
    pattern: "api.example.com:443 over https_connect",
    askedAt: START,
    expiresAt: START + 30_000,
    waiting: 1,
    ...parts,
  };
}
