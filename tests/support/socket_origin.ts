import { greet } from "./web_origin.ts";

/** Says back over a WebSocket what it is told, texts and bytes, and `bye` before it closes. Greets all others. */
export function echoingSockets(request: Request): Response {
  if (request.headers.get("upgrade") !== "websocket") return greet();
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    socket.send(data);
    if (data === "close, please") socket.close(4000, "as you wish");
  };
  return response;
}
