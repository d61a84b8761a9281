import type { LearnedHost, Lesson } from "./lesson.ts";
import type { Observed } from "./observations.ts";

/** What was learned, for programs. */
export function lessonJson(
  lesson: Lesson,
  told: { readonly code: number; readonly file: string | null; readonly policy: string },
): unknown {
  return {
    exit_code: told.code,
    file: told.file,
    hosts: lesson.hosts.map(hostJson),
    blocked: lesson.blocked.map((seen) => ({
      ...placeJson(seen),
      reasons: Object.fromEntries(seen.blocked),
    })),
    unreached: lesson.unreached.map(placeJson),
    unix_socket_requests: lesson.toSockets,
    requests_beyond: lesson.beyond,
    policy: told.policy,
  };
}

function hostJson({ seen, pattern, known, rule, marks }: LearnedHost) {
  return {
    ...placeJson(seen),
    pattern,
    known_by: known?.text ?? null,
    requests: seen.allowed,
    protocols: [...seen.protocols].sort(),
    methods: [...seen.methods].sort(),
    bytes_up: seen.up,
    bytes_down: seen.down,
    rule,
    marks,
  };
}

function placeJson({ host, port, first }: Observed) {
  return { host, port, first };
}
