// The bad half of the traffic: origins that reset, clients that leave or dawdle. Each fails when it does not come to its end.
import { encode, HEAD_BYTES_MAX, readHead, send } from "../bench/wire.ts";
import { MESSAGE, openHttp2, readSome, stream, unexpected } from "./conversation.ts";
import { STAGES } from "./fickle_origin.ts";
import type { Visit } from "./visit.ts";

/** An origin that resets somewhere. That it ends is what is asked. */
export async function resetByOrigin(visit: Visit): Promise<number> {
  const { fickle } = visit.scene;
  const authority = `127.0.0.1:${fickle.http}`;
  const isTunnel = visit.random.below(2) === 0;
  const conn = isTunnel ? await visit.tunnel(authority) : await visit.connect();
  const stage = visit.random.pick(Object.keys(STAGES));
  const target = isTunnel ? `/${stage}` : `http://${authority}/${stage}`;
  await send(conn, encode(`GET ${target} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`));
  await readSome(conn);
  return 1;
}

/** The same inside TLS, or an origin that says nothing, which the client leaves. */
export async function resetInside(visit: Visit): Promise<number> {
  const { fickle } = visit.scene;
  const stage = visit.random.pick([...Object.keys(STAGES), "hold"]);
  if (visit.random.below(2) === 0) {
    const conn = await visit.secure(fickle.https);
    await send(conn, encode(`GET /${stage} HTTP/1.1\r\nHost: localhost:${fickle.https}\r\n\r\n`));
    if (stage !== "hold") await readSome(conn);
    return 1;
  }
  const session = await openHttp2(visit, fickle.http2);
  const answered = stream(session, `/${stage}`).catch(() => {
    // It was reset, as was asked for.
  });
  await (stage === "hold" ? visit.pause(20) : answered);
  return 1;
}

/** Goes in the middle of a request, of an answer, of a handshake, or of a tunnel. */
export async function leftByClient(visit: Visit): Promise<number> {
  const { origin, fickle } = visit.scene;
  const authority = `127.0.0.1:${origin.http}`;
  switch (visit.random.below(6)) {
    case 0: {
      const conn = await visit.connect();
      await send(conn, encode(`GET http://${authority}/small HTTP/1.1\r\nHo`));
      break;
    }
    case 1: {
      const conn = await visit.connect();
      await send(
        conn,
        encode(`GET http://${authority}/bulk HTTP/1.1\r\nHost: ${authority}\r\n\r\n`),
      );
      await readHead(conn, new Uint8Array(HEAD_BYTES_MAX));
      break;
    }
    case 2:
      await send(await visit.connect(visit.scene.socks), new Uint8Array([5, 1]));
      break;
    case 3:
      await send(
        await visit.tunnel(`localhost:${origin.https}`),
        new Uint8Array([22, 3, 1, 2, 0, 1]),
      );
      break;
    case 4:
      await visit.secure(fickle.https);
      break;
    default:
      await send(await visit.tunnel(`127.0.0.1:${origin.echo}`), MESSAGE);
  }
  return 1;
}

/** A head a byte now and then is answered 408. */
export async function slow(visit: Visit): Promise<number> {
  const conn = await visit.connect();
  let isOver = false;
  const answered = readHead(conn, new Uint8Array(HEAD_BYTES_MAX)).finally(() => isOver = true);
  answered.catch(() => {
    // Awaited below.
  });
  const text = `GET http://127.0.0.1:${visit.scene.origin.http}/small HTTP/1.1\r\nX: `;
  for (let at = 0; !isOver && at < text.length; at++) {
    await conn.write(encode(text[at]!));
    await Promise.race([visit.pause(500), answered]);
  }
  const head = await answered;
  if (!head?.text.startsWith("http/1.1 408 ")) throw unexpected(head);
  return 1;
}
