import { AdminError } from "../proxy/admin_error.ts";
import type { Answer, AnsweredBy } from "../proxy/asking/question.ts";
import { questionRecord } from "../proxy/asking/new_question.ts";
import type { AdminParts, Explain } from "./admin.ts";
import { ApiError } from "./api_error.ts";
import { type Call, json, type Route, wholeNumber, wordOf } from "./route.ts";
import { scopeOf } from "./scope.ts";

/** What clients do: blocked requests, questions, connections, and what would become of a request. */
export function requestRoutes(parts: AdminParts): readonly Route[] {
  const { proxy } = parts;
  return [
    {
      method: "GET",
      path: "/blocked",
      summary: "The newest blocked requests, oldest first; reading takes nothing away",
      query: { after: "only those with a higher number", limit: "at most so many, the newest" },
      token: "never",
      serve: (call) => json(blocked(call, parts)),
    },
    {
      method: "GET",
      path: "/pending",
      summary: "The questions that wait for a person, oldest first",
      token: "never",
      serve: () => json({ pending: proxy.questions.pending.map(questionRecord) }),
    },
    {
      method: "POST",
      path: "/pending/:id",
      summary: "Answers a question",
      body: {
        decision: "approve or deny",
        scope: "once (the default), minutes, run or always (into the file)",
        minutes: "how many, for the scope minutes",
      },
      token: "to approve, and for the scope always",
      serve: (call) => answer(call, parts),
    },
    ...(parts.explain === null ? [] : [explainRoute(parts.explain)]),
    {
      method: "GET",
      path: "/connections",
      summary: "The open connections of clients, newest first",
      token: "never",
      serve: async () => {
        await proxy.live.refresh();
        return json({ connections: proxy.live.list(), total: proxy.connections });
      },
    },
    {
      method: "DELETE",
      path: "/connections/:id",
      summary: "Closes a connection",
      token: "never",
      serve: (call) => close(call, parts),
    },
  ];
}

function blocked(call: Call, { proxy }: AdminParts) {
  const records = proxy.blocked.after(wholeNumber(call, "after") ?? 0);
  const limit = wholeNumber(call, "limit");
  const { total, counts } = proxy.blocked;
  return {
    blocked: limit === null ? records : limit === 0 ? [] : records.slice(-limit),
    total,
    last_seq: total,
    counts,
  };
}

/** Who answered, in the words of records. */
const ANSWERED_BY: Readonly<Record<Call["caller"], AnsweredBy>> = {
  anyone: "admin",
  admin: "admin",
  dashboard: "dashboard",
};

async function answer(call: Call, { proxy: { questions, policy } }: AdminParts): Promise<Response> {
  const id = call.parameter("id");
  const body = await call.body();
  const decision = wordOf(body, "decision", ["approve", "deny"]);
  const scope = scopeOf(body, ["once", "minutes", "run", "always"], "once");
  if (decision === "approve") call.demandToken("To approve a request");
  if (scope.kind === "always") call.demandToken("To write into the configuration");
  const said: Answer = { decision, scope, by: ANSWERED_BY[call.caller] };
  const made = await questions.answer(id, said);
  const rule = made === null ? null : policy.saying(made.list, made.text).at(-1) ?? null;
  return json({ status: "ok", id, decision, scope: scope.kind, rule });
}

function explainRoute(tell: Explain): Route {
  return {
    method: "GET",
    path: "/explain",
    summary: "What would become of a request, and why; nothing is connected to",
    query: { url: "what `doorward explain` takes", method: "GET unless said otherwise" },
    token: "never",
    serve: (call) => explain(call, tell),
  };
}

async function explain(call: Call, tell: Explain): Promise<Response> {
  const url = call.query("url");
  if (url === null) throw new ApiError("bad_parameter", 'Cannot explain: "url" is missing');
  return json(await tell(url, call.query("method")));
}

function close(call: Call, { proxy }: AdminParts): Response {
  const text = call.parameter("id");
  const isOpen = /^\d{1,15}$/.test(text) && proxy.live.close(Number(text));
  if (!isOpen) {
    throw new AdminError("not_open", `Cannot close "${text}": no such connection is open`);
  }
  return json({ status: "closed", id: Number(text) });
}
