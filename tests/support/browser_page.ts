import type { Devtools, Fields } from "./devtools.ts";
import { inTime } from "./in_time.ts";

/** How a page is looked at. */
export interface Look {
  readonly colorScheme?: "dark" | "light";
  readonly reducedMotion?: boolean;
  /** The size of the window; both or neither. */
  readonly width?: number;
  readonly height?: number;
}

/** How long a page may take to become what a test waits for. */
const PATIENCE_MS = 10_000;
/** How long a page that is not yet so is left alone. */
const POLL_MS = 20;

/** The keys that a test presses by name; any other key is one character. */
const KEYS: Readonly<Record<string, Fields>> = {
  Tab: { windowsVirtualKeyCode: 9 },
  Enter: { windowsVirtualKeyCode: 13, text: "\r" },
  Escape: { windowsVirtualKeyCode: 27 },
  Space: { windowsVirtualKeyCode: 32, key: " ", text: " " },
  ArrowUp: { windowsVirtualKeyCode: 38 },
  ArrowDown: { windowsVirtualKeyCode: 40 },
};

/** One tab of the browser. */
export class Page {
  /** What the page wrote to its console, exceptions that nobody caught and the browser's complaints. */
  readonly console: string[] = [];
  /** What its dialogs said. Each is closed at once. */
  readonly dialogs: string[] = [];
  /** Each request it made, as `METHOD URL`, in order. */
  readonly requests: string[] = [];
  /** Each answer it was given, as `STATUS URL`, whether or not a script may read it. */
  readonly responses: string[] = [];
  readonly #devtools: Devtools;
  readonly #session: string;
  readonly #target: string;
  #loaded = Promise.withResolvers<void>();

  private constructor(devtools: Devtools, session: string, target: string) {
    this.#devtools = devtools;
    this.#session = session;
    this.#target = target;
  }

  /** Opens an empty tab. */
  static async make(devtools: Devtools): Promise<Page> {
    const { targetId } = await devtools.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await devtools.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(devtools, String(sessionId), String(targetId));
    devtools.listen(String(sessionId), (method, params) => page.#hear(method, params));
    for (const domain of ["Page", "Runtime", "Log", "Network"]) {
      await page.#call(`${domain}.enable`);
    }
    return page;
  }

  /** Goes to a URL and waits until it has loaded. */
  async goto(url: string): Promise<void> {
    this.#loaded = Promise.withResolvers<void>();
    const { errorText, loaderId } = await this.#call("Page.navigate", { url });
    if (errorText !== undefined) throw new Error(`Cannot open ${url}: ${errorText}`);
    // Without a loader only the fragment changed.
    if (loaderId !== undefined) await inTime(this.#loaded.promise, `${url} to load`);
  }

  /** The value of an expression in the page; what it promises, when it is a promise. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#call("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    }) as { result?: { value?: unknown }; exceptionDetails?: Exception };
    if (exceptionDetails === undefined) return result?.value;
    throw new Error(`Cannot evaluate ${expression}: ${described(exceptionDetails)}`);
  }

  /** Waits until an expression in the page is true. */
  async until(expression: string): Promise<void> {
    const start = performance.now();
    let last = "it is not so";
    const polled =
      `new Promise((done) => setTimeout(done, ${POLL_MS})).then(() => (${expression}))`;
    while (performance.now() - start < PATIENCE_MS) {
      try {
        if (await this.evaluate(polled)) return;
      } catch (error) {
        // The page may be on its way to another, or not be complete.
        last = String(error);
      }
    }
    throw new Error(
      `Waited in vain until ${expression}: ${last}; console: ${this.console.join("\n")}`,
    );
  }

  /** Clicks the middle of an element with the mouse, once it is there and nothing covers it. */
  async click(selector: string): Promise<void> {
    const quoted = JSON.stringify(selector);
    await this.until(`(() => {
      const element = document.querySelector(${quoted});
      if (element === null || element.disabled) return false;
      element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const { x, y, width, height } = element.getBoundingClientRect();
      const hit = document.elementFromPoint(x + width / 2, y + height / 2);
      return hit !== null && (element.contains(hit) || hit.contains(element));
    })()`);
    const { x, y } = await this.evaluate(`(() => {
      const { x, y, width, height } = document.querySelector(${quoted}).getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    })()`) as { x: number; y: number };
    const mouse = (type: string, more: Fields = {}) =>
      this.#call("Input.dispatchMouseEvent", { type, x, y, ...more });
    await mouse("mouseMoved");
    await mouse("mousePressed", { button: "left", buttons: 1, clickCount: 1 });
    await mouse("mouseReleased", { button: "left", clickCount: 1 });
  }

  /** Clicks an element and types into it. */
  async type(selector: string, text: string): Promise<void> {
    await this.click(selector);
    await this.#call("Input.insertText", { text });
  }

  /** Presses and releases a key: `Tab`, `Enter`, `Escape`, `Space`, an arrow or a character. */
  async press(key: string, { shift = false } = {}): Promise<void> {
    const modifiers = shift ? 8 : 0;
    const known = KEYS[key] ?? { text: key };
    const all = { key, ...known, modifiers, ...(KEYS[key] === undefined ? {} : { code: key }) };
    await this.#call("Input.dispatchKeyEvent", { type: "keyDown", ...all });
    await this.#call("Input.dispatchKeyEvent", { type: "keyUp", ...all });
  }

  /** Changes how the page is looked at. */
  async emulate({ colorScheme, reducedMotion, width, height }: Look): Promise<void> {
    const features = [
      ...(colorScheme === undefined ? [] : [{ name: "prefers-color-scheme", value: colorScheme }]),
      ...(reducedMotion ? [{ name: "prefers-reduced-motion", value: "reduce" }] : []),
    ];
    if (features.length > 0) await this.#call("Emulation.setEmulatedMedia", { features });
    if (width === undefined || height === undefined) return;
    const size = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.#call("Emulation.setDeviceMetricsOverride", size);
  }

  /** Writes what is to be seen into a PNG file. */
  async screenshot(file: string): Promise<void> {
    // The page that is in front is the one that is painted.
    await this.#call("Page.bringToFront");
    const { data } = await this.#call("Page.captureScreenshot", { format: "png" });
    await Deno.writeFile(file, Uint8Array.fromBase64(String(data)));
  }

  /** Closes the tab. */
  async close(): Promise<void> {
    await this.#devtools.call("Target.closeTarget", { targetId: this.#target });
  }

  #call(method: string, params: Fields = {}): Promise<Fields> {
    return this.#devtools.call(method, params, this.#session);
  }

  #hear(method: string, params: Fields): void {
    const heard = HEARD[method]?.(params);
    if (heard !== undefined) this.console.push(heard);
    if (method === "Page.loadEventFired") this.#loaded.resolve();
    if (method === "Network.requestWillBeSent") {
      const { method, url } = params["request"] as { method: string; url: string };
      this.requests.push(`${method} ${url}`);
    }
    if (method === "Network.responseReceived") {
      const { status, url } = params["response"] as { status: number; url: string };
      this.responses.push(`${status} ${url}`);
    }
    if (method !== "Page.javascriptDialogOpening") return;
    this.dialogs.push(String(params["message"]));
    // A page that closes meanwhile has no dialog any more.
    this.#call("Page.handleJavaScriptDialog", { accept: true }).catch(() => {});
  }
}

/** An exception as the browser describes it. */
interface Exception {
  readonly text: string;
  readonly exception?: { readonly description?: string; readonly value?: unknown };
}

/** The lines of the console that each message of the browser makes. */
const HEARD: Readonly<Record<string, (params: Fields) => string | undefined>> = {
  "Runtime.consoleAPICalled": ({ type, args }) => {
    const words = args as { value?: unknown; description?: string }[];
    return `${type}: ${words.map(({ value, description }) => value ?? description).join(" ")}`;
  },
  "Runtime.exceptionThrown": ({ exceptionDetails }) =>
    `exception: ${described(exceptionDetails as Exception)}`,
  "Log.entryAdded": ({ entry }) => {
    const { level, text, url } = entry as { level: string; text: string; url?: string };
    return `${level}: ${text}${url === undefined ? "" : ` (${url})`}`;
  },
};

function described({ text, exception }: Exception): string {
  return exception?.description ?? `${text} ${exception?.value ?? ""}`;
}
