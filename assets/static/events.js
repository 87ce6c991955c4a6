// What the hotline says, live. The browser reconnects by itself after most interruptions; what it gives up
// (a refusal, a sleeping phone) is begun again here. Lines may come twice; whoever shows them knows them by id.

const PAUSE_MS = 1000;
const PAUSE_MAX_MS = 30000;
// A short interruption is not worth frightening anybody.
const GRACE_MS = 2500;
const ASLEEP_MS = 20000;

export function listen(url, { line, ready, connected }) {
  let source = null;
  let pause = PAUSE_MS;
  let again = null;
  let worry = null;
  let hiddenAt = null;

  function open() {
    clearTimeout(again);
    source?.close();
    source = new EventSource(url);
    source.onopen = () => {
      pause = PAUSE_MS;
      clearTimeout(worry);
      worry = null;
      connected(true);
    };
    source.onmessage = (event) => line(JSON.parse(event.data));
    source.addEventListener("ready", () => ready?.());
    source.onerror = () => {
      worry ??= setTimeout(() => connected(false), GRACE_MS);
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(again);
        again = setTimeout(open, pause);
        pause = Math.min(pause * 2, PAUSE_MAX_MS);
      }
    };
  }

  addEventListener("online", open);
  addEventListener("offline", () => connected(false));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (hiddenAt && Date.now() - hiddenAt > ASLEEP_MS) open();
  });
  open();
}

// Shows whether we are connected, in words and to the style sheet.
export function showConnection(says, who = "") {
  const place = document.querySelector(".connection");
  return (online) => {
    const state = online ? "online" : navigator.onLine ? "connecting" : "offline";
    document.body.dataset.connection = state;
    const words = { online: says.sayOnline, connecting: says.sayConnecting, offline: says.sayOffline }[state];
    const text = who ? `${who} · ${words}` : words;
    if (place.textContent !== text) place.textContent = text;
  };
}
