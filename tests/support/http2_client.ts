/**
 * The beginning of a program for Node, whose word is a `host:port`: `connect()` opens a tunnel there and begins HTTP/2 in
 * it, `ask(session, fields)` takes a whole answer.
 */
export const HTTP2_CLIENT = `
const http2 = require("http2"), net = require("net"), tls = require("tls");
const place = process.argv[1];
const [host, port] = place.split(":");
const proxy = new URL(process.env.HTTPS_PROXY);
const connect = () => new Promise((resolve, reject) => {
  const outer = net.connect(proxy.port, proxy.hostname);
  outer.on("error", reject);
  outer.write("CONNECT " + place + " HTTP/1.1\\r\\nHost: " + place + "\\r\\n\\r\\n");
  outer.once("data", () => {
    const socket = tls.connect({ socket: outer, host, servername: "", ALPNProtocols: ["h2"] });
    const session = http2.connect("https://" + place, { createConnection: () => socket });
    session.once("remoteSettings", () => resolve(session));
    session.once("error", reject);
  });
});
const ask = (session, fields) => new Promise((resolve, reject) => {
  const stream = session.request(fields);
  const answer = { body: "", status: 0, trailers: {} };
  stream.setEncoding("utf8");
  stream.on("response", (head) => answer.status = head[":status"]);
  stream.on("data", (piece) => answer.body += piece);
  stream.on("trailers", (trailers) => answer.trailers = { ...trailers });
  stream.on("end", () => resolve(answer));
  stream.on("error", reject);
});
`;
