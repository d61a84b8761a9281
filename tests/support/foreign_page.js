// What a web page of somebody else can try against a server on this machine. Each trick does one call in one way, and
// resolves to what it could read of the answer: an empty text when that was nothing.

/** How long a trick waits for an answer that a page may never hear of. */
const DEAF_MS = 1000;

/** Every way in which a page can send a call, or read an answer. */
globalThis.tricks = {
  "fetch of JSON": ({ url, method, body }) =>
    read(url, { method, body, headers: { "content-type": "application/json" } }),
  "fetch of plain text": ({ url, method, body }) =>
    read(url, { method, body, headers: { "content-type": "text/plain" } }),
  "fetch without CORS": ({ url, method, body }) => read(url, { method, body, mode: "no-cors" }),
  "fetch of JSON without CORS": ({ url, method, body }) =>
    read(url, { method, body: json(body), mode: "no-cors" }),
  "fetch of a form": ({ url, method, body }) =>
    read(url, { method, body: body && new URLSearchParams([[body, ""]]), mode: "no-cors" }),
  "fetch of a multipart form": ({ url, method, body }) =>
    read(url, { method, body: body && form(body), mode: "no-cors" }),
  "fetch without a type": ({ url, method, body }) =>
    read(url, { method, body: body && new Blob([body]), mode: "no-cors" }),
  "fetch with credentials": ({ url, method, body }) =>
    read(url, { method, body, credentials: "include" }),
  "fetch that outlives the page": ({ url, method, body }) =>
    read(url, { method, body, keepalive: true, mode: "no-cors" }),
  "fetch without a referrer": ({ url, method, body }) =>
    read(url, { method, body, referrerPolicy: "no-referrer", mode: "no-cors" }),
  "fetch by a redirect of its own server": ({ url, method, body }) =>
    read(`/redirect?to=${encodeURIComponent(url)}`, { method, body, mode: "no-cors" }),
  "fetch of a sandboxed frame": sandboxed,
  "XMLHttpRequest": requested,
  "beacon": ({ url, body }) => beacon(url, body),
  "beacon of JSON": ({ url, body }) => beacon(url, json(body)),
  "form": ({ url, body }) => submit(url, body, "application/x-www-form-urlencoded"),
  "plain text form": ({ url, body }) => submit(url, body, "text/plain"),
  "multipart form": ({ url, body }) => submit(url, body, "multipart/form-data"),
  "form by a redirect of its own server": ({ url, body }) =>
    submit(`/redirect?to=${encodeURIComponent(url)}`, body, "text/plain"),
  "image": ({ url }) => element("img", { src: url }),
  "script": ({ url }) => element("script", { src: url }),
  "style sheet": ({ url }) => element("link", { rel: "stylesheet", href: url }),
  "frame": ({ url }) => element("iframe", { src: url }),
  "object": ({ url }) => element("object", { data: url }),
  "event source": ({ url }) => heard(new EventSource(url)),
  "WebSocket": ({ url }) => heard(new WebSocket(url.replace("http:", "ws:"))),
  "window": opened,
};

async function read(url, options) {
  try {
    return await (await fetch(url, options)).text();
  } catch {
    return "";
  }
}

function json(body) {
  return new Blob([body], { type: "application/json" });
}

function form(body) {
  const data = new FormData();
  data.append(body, "");
  return data;
}

function requested({ url, method, body }) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.onloadend = () => done(request.responseText);
    request.open(method, url);
    request.send(body);
  });
}

/** Nobody tells a page what became of a beacon: one that was refused shows up among what was loaded. */
async function beacon(url, body) {
  const count = () => performance.getEntriesByName(url).length;
  const before = count();
  navigator.sendBeacon(url, body);
  for (let waited = 0; waited < DEAF_MS && count() === before; waited += 10) await pause(10);
  return "";
}

/** The field is so named that its line is the body, whatever is put behind the name. */
async function submit(url, body, type) {
  const frame = document.createElement("iframe");
  frame.name = `frame${Math.random()}`;
  document.body.append(frame);
  const sent = document.createElement("form");
  Object.assign(sent, { method: "POST", action: url, enctype: type, target: frame.name });
  const field = document.createElement("input");
  // `{"mode":"full","x":"=` and `"}` behind it make JSON of a plain text form.
  field.name = type === "text/plain" && body ? `${body.slice(0, -1)},"x":"` : body ?? "";
  field.value = '"}';
  sent.append(field);
  document.body.append(sent);
  const loaded = once(frame, ["load", "error"]);
  sent.submit();
  await loaded;
  return shown(frame.contentWindow);
}

async function element(name, attributes) {
  const made = document.createElement(name);
  const loaded = once(made, ["load", "error"]);
  Object.assign(made, attributes);
  document.body.append(made);
  const event = await loaded;
  // A frame loads the browser's own page about what it may not show.
  if (name === "iframe" || name === "object") return shown(made.contentWindow);
  return event === "load" ? `a ${name}` : "";
}

/** A frame without an origin, whose calls say `Origin: null`. */
async function sandboxed({ url, method, body }) {
  const options = JSON.stringify({ method, body, mode: "no-cors" });
  const script = `fetch(${JSON.stringify(url)}, ${options}).then((reply) => reply.text())
    .catch(() => "").then((text) => parent.postMessage({ text }, "*"))`;
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts";
  frame.srcdoc = `<script>${script}</` + "script>";
  const said = new Promise((done) => {
    addEventListener("message", ({ source, data }) => {
      if (source === frame.contentWindow) done(data.text);
    });
  });
  document.body.append(frame);
  return await said;
}

async function opened({ url }) {
  const other = open(url);
  await pause(200);
  const text = shown(other);
  other?.close();
  return text;
}

/** What can be seen of another window; nothing when it is of another origin. */
function shown(other) {
  try {
    return other?.document?.body?.innerText ?? "";
  } catch {
    return "";
  }
}

function heard(source) {
  return new Promise((done) => {
    const end = (text) => {
      source.close();
      done(text);
    };
    source.onopen = () => end("it opened");
    source.onmessage = ({ data }) => end(data);
    source.onerror = () => end("");
  });
}

function once(target, events) {
  return new Promise((done) => {
    for (const event of events) target.addEventListener(event, () => done(event), { once: true });
    setTimeout(() => done("nothing"), DEAF_MS);
  });
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
