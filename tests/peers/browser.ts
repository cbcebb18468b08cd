/** A headless Chromium, driven over its DevTools protocol: opens pages, reads what they show, takes pictures. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const WIDTH = 1600;
const HEIGHT = 1400;
const CLICKABLE_WITHIN_MS = 30_000;

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

type Answer = { resolve(result: Readonly<Record<string, unknown>>): void; reject(error: Error): void };

export class Browser {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Answer>();
  readonly #listeners = new Map<string, (message: Message) => void>();
  #calls = 0;

  private constructor(process: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(String(data)) as Message));
  }

  static async start(): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), "perdure-chromium-"));
    const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
    const where = [`--user-data-dir=${profile}`, "--remote-debugging-port=0", `--window-size=${WIDTH},${HEIGHT}`];
    const child = spawn("chromium", [...flags, ...where, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
    for await (const line of createInterface({ input: child.stderr })) {
      const url = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (url === undefined) continue;
      child.stderr.resume();
      const socket = new WebSocket(url);
      await new Promise((resolve, reject) => {
        socket.addEventListener("open", resolve);
        socket.addEventListener("error", () => reject(new Error("Chromium does not answer")));
      });
      return new Browser(child, profile, socket);
    }
    throw new Error("Chromium ended instead of starting");
  }

  async newPage(): Promise<Page> {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, String(sessionId));
    this.#listeners.set(String(sessionId), (message) => page.hear(message.method ?? "", message.params ?? {}));
    await page.prepare(WIDTH, HEIGHT);
    return page;
  }

  send(method: string, params: object, sessionId?: string): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#calls;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => void this.#waiting.set(id, { resolve, reject }));
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => void this.#process.once("close", resolve));
    this.#socket.close();
    this.#process.kill("SIGKILL");
    await gone;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(message: Message): void {
    if (message.id === undefined) {
      this.#listeners.get(message.sessionId ?? "")?.(message);
      return;
    }
    const answer = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) answer?.resolve(message.result ?? {});
    else answer?.reject(new Error(message.error.message));
  }
}

export class Page {
  readonly #browser: Browser;
  readonly #session: string;
  /** Replies with a status of 400 or more: `404 http://…`. */
  readonly refusals: string[] = [];
  /** Exceptions that the page's code did not catch. */
  readonly exceptions: string[] = [];

  constructor(browser: Browser, session: string) {
    this.#browser = browser;
    this.#session = session;
  }

  async prepare(width: number, height: number): Promise<void> {
    for (const domain of ["Page", "Network", "Runtime"]) await this.#send(`${domain}.enable`);
    await this.#send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  hear(method: string, params: Readonly<Record<string, unknown>>): void {
    if (method === "Network.responseReceived") {
      const { status, url } = params["response"] as { status: number; url: string };
      if (status >= 400) this.refusals.push(`${status} ${url}`);
    } else if (method === "Runtime.exceptionThrown") {
      this.exceptions.push(JSON.stringify(params["exceptionDetails"]));
    }
  }

  async open(url: string): Promise<void> {
    await this.#send("Page.navigate", { url });
  }

  /** What a reader sees. */
  async text(): Promise<string> {
    return String((await this.evaluate("document.body?.innerText ?? ''")) ?? "");
  }

  /** Clicks on what a reader sees of these elements, once it is there: the first, or the first with this text. */
  async click(selector: string, text?: string): Promise<void> {
    const isWanted = text === undefined ? "true" : `one.innerText.trim() === ${JSON.stringify(text)}`;
    const all = `[...document.querySelectorAll(${JSON.stringify(selector)})]`;
    const found = `${all}.find((one) => one.checkVisibility() && ${isWanted})`;
    const isClicked = await this.evaluate(`new Promise((resolve) => {
      const endsAt = performance.now() + ${CLICKABLE_WITHIN_MS};
      const look = () => {
        const one = ${found};
        one?.click();
        if (one !== undefined || performance.now() > endsAt) resolve(one !== undefined);
        else setTimeout(look, 50);
      };
      look();
    })`);
    if (isClicked !== true) throw new Error(`there is no ${selector} ${text ?? ""} to be clicked on`);
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    return (result as { value?: unknown }).value;
  }

  async picture(path: string): Promise<void> {
    const { data } = await this.#send("Page.captureScreenshot", { format: "png" });
    writeFileSync(path, Buffer.from(String(data), "base64"));
  }

  #send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    return this.#browser.send(method, params, this.#session);
  }
}
