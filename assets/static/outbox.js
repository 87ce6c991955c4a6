// Messages that the hotline does not have yet. Each has an id of its own and is posted, in order, until the
// hotline says that it is on disk; the same id twice is one message there. They outlive a reload.

const PAUSE_MS = 1000;
const PAUSE_MAX_MS = 30000;
const POST_MAX_MS = 20000;

// States that `changed` is told: "waiting", "sent", "failed" (it will not be tried again), and "stopped" (it is
// tried again after the page was loaded anew).
export class Outbox {
  #url;
  #changed;
  #items = [];
  #sending = false;
  #pause = PAUSE_MS;
  #wake = null;

  constructor(url, changed) {
    this.#url = url;
    this.#changed = changed;
    this.#items = stored(prefix(url));
    addEventListener("online", () => this.flush());
  }

  // What waited when the page was loaded: show it, then flush.
  get waiting() {
    return [...this.#items];
  }

  // `body`: what is posted beside the id; `label`: what the person sees meanwhile.
  add(body, label) {
    const item = { id: uuid(), made: Date.now(), body, label };
    this.#items.push(item);
    keep(prefix(this.#url) + item.id, item);
    this.#changed(item, "waiting");
    this.flush();
    return item;
  }

  async flush() {
    this.#wake?.();
    if (this.#sending) return;
    this.#sending = true;
    while (this.#items.length > 0) {
      const [item] = this.#items;
      const answer = await post(this.#url, item);
      if (answer === "later") {
        await this.#rest();
        continue;
      }
      this.#items.shift();
      this.#pause = PAUSE_MS;
      if (answer !== "stopped") forget(prefix(this.#url) + item.id);
      this.#changed(item, answer);
    }
    this.#sending = false;
  }

  // Until the pause is over, or somebody has reason to believe that it works again.
  async #rest() {
    await new Promise((done) => {
      this.#wake = done;
      setTimeout(done, this.#pause);
    });
    this.#wake = null;
    this.#pause = Math.min(this.#pause * 2, PAUSE_MAX_MS);
  }
}

async function post(url, { id, body }) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id, ...body }),
      signal: AbortSignal.timeout?.(POST_MAX_MS),
    });
    if (answer.ok) return "sent";
    if (answer.status === 403) return "stopped";
    return answer.status >= 500 || answer.status === 429 || answer.status === 408 ? "later" : "failed";
  } catch {
    return "later";
  }
}

// crypto.randomUUID is missing where a page is not served by HTTPS.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A browser without storage (a private window, a full disk) loses what waits on reload, and nothing else.
const prefix = (url) => `unsent ${url} `;

function keep(key, item) {
  try {
    localStorage.setItem(key, JSON.stringify(item));
  } catch {}
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {}
}

function stored(start) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(start));
    const items = keys.map((key) => JSON.parse(localStorage.getItem(key)));
    return items.sort((a, b) => a.made - b.made);
  } catch {
    return [];
  }
}
