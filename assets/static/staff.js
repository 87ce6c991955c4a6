// Keeps a list up to date without losing the reader's place. Without this script the page is whole as it is.

const EVERY_MS = 15_000;

async function refresh() {
  const shown = document.querySelector("[data-live]");
  const reading = document.hidden || String(getSelection()) !== "";
  if (!shown || reading) return;
  const response = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
  if (response.redirected) return location.reload(); // the session is over
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const [alarms, alarmsNow] = [document, page].map((of) => of.querySelector("[data-alarms]"));
  if (alarms && alarmsNow && alarms.innerHTML !== alarmsNow.innerHTML) alarms.replaceChildren(...alarmsNow.childNodes);
  const fresh = page.querySelector("[data-live]");
  if (!fresh || fresh.innerHTML === shown.innerHTML) return;
  const focused = shown.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const scrolled = shown.querySelector(".tabs")?.scrollLeft ?? 0;
  shown.replaceChildren(...fresh.childNodes);
  document.title = page.title;
  const tabs = shown.querySelector(".tabs");
  if (tabs) tabs.scrollLeft = scrolled;
  if (focused) shown.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

if (document.querySelector("[data-live]")) {
  setInterval(() => refresh().catch(() => {}), EVERY_MS); // offline: the next one tries again
  document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
}
