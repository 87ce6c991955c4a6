// The resident's chat.

import { choiceList, restore, spend } from "./choices.js";
import { composer } from "./composer.js";
import { day, el, icon, keepAtEnd, says, time, WARNING } from "./dom.js";
import { listen, showConnection } from "./events.js";
import { Outbox } from "./outbox.js";

// The first line, or as much of it as is one sentence.
const FIRST_SENTENCE = /^(.*?(?:(?:[。！？!?]|\.(?= ))(?=.)|(?=\n)|$))\s*([^]*)$/;

const log = document.getElementById("log");
const toEnd = keepAtEnd(log, log);
const byId = new Map(); // lines that the hotline has, by its id
const byKey = new Map(); // our own, by the id that we gave them
const replaced = new Map(); // the line that took another one's place, by the other's id
let live = false;

const outbox = new Outbox("/chat/messages", delivered);
for (const item of outbox.waiting) {
  spendFor(item.body);
  showOwn(item);
}

const field = composer(document.getElementById("composer"), (text) => say({ text }, text));
locate(document.getElementById("send-location"), document.getElementById("composer-status"));
if (matchMedia("(hover: hover)").matches) field.focus();

const connected = showConnection(says);
listen("/chat/events", {
  line: show,
  ready() {
    if (!live) toEnd();
    live = true;
    log.setAttribute("aria-live", "polite");
  },
  connected(online) {
    connected(online);
    if (online) outbox.flush();
  },
});

function say(body, label) {
  outbox.add(body, label);
  toEnd();
}

function tap({ label, data }) {
  spend(log, data);
  say({ choice: data }, label);
  field.focus({ preventScroll: true });
}

// ── Our own messages on their way ────────────────────────────────────────────────────────────

function delivered(item, state) {
  const article = byKey.get(item.id) ?? showOwn(item);
  article.dataset.delivery = state;
  const words = { waiting: says.sayWaiting, sent: says.saySent, failed: says.sayFailed, stopped: says.sayReload };
  article.querySelector(".delivery").textContent = words[state];
  if ((state === "failed" || state === "stopped") && item.body.choice) restore(log, item.body.choice);
}

function showOwn(item) {
  const article = bubble({ ours: false, at: item.made, text: item.label });
  article.dataset.delivery = "waiting";
  article.querySelector(".delivery").textContent = says.sayWaiting;
  article.dataset.at = Infinity;
  byKey.set(item.id, article);
  log.append(article);
  return article;
}

// ── What was said ────────────────────────────────────────────────────────────────────────────

function show(line) {
  if (byId.has(line.id)) return;
  if (line.replaces) return showInstead(line);
  const own = line.key && byKey.get(line.key);
  const label = line.choice ? spend(log, line.choice) : null;
  if (own) {
    byId.set(line.id, own);
    own.dataset.delivery = "sent";
    own.querySelector(".delivery").textContent = says.saySent;
    return place(own, line.at);
  }
  const text = label ?? line.text;
  if (!text) return;
  const article = bubble({ ...(replaced.get(line.id) ?? line), text: replaced.get(line.id)?.text ?? text });
  if (live) article.classList.add("message-new");
  byId.set(line.id, article);
  if (line.key) byKey.set(line.key, article);
  place(article, line.at);
}

// A line that takes the place of an earlier one; if that is not here yet, it waits for it.
function showInstead(line) {
  const before = byId.get(line.replaces);
  replaced.set(line.replaces, line);
  if (!before) return;
  const article = bubble({ ...line, at: Number(before.dataset.at) });
  article.dataset.at = before.dataset.at;
  before.replaceWith(article);
  byId.set(line.replaces, article);
  byId.set(line.id, article);
}

// In the order in which things were said; what is still on its way stays last.
function place(article, at) {
  article.dataset.at = at;
  let after = log.lastElementChild;
  while (after && (after === article || Number(after.dataset.at ?? -1) > at)) after = after.previousElementSibling;
  if (after && after.nextElementSibling !== article) after.after(article);
  const before = previousDay(article);
  const today = day(at);
  if (before !== today) article.before(el("p", { class: "day", "data-at": at, "data-day": today }, today));
}

function previousDay(article) {
  let before = article.previousElementSibling;
  while (before && !before.dataset.day) before = before.previousElementSibling;
  return before?.dataset.day;
}

// ── Bubbles ──────────────────────────────────────────────────────────────────────────────────

function bubble({ ours, at, text, choices, danger }) {
  const calls = ours && danger ? emergencyCalls(text) : [];
  const who = ours ? says.sayHotline : says.sayMe;
  const kind = ours ? "message-hotline" : "message-resident";
  const words = calls.length > 0 ? alarm(text, calls) : [text];
  return el(
    "article",
    { class: `message ${kind}${calls.length > 0 ? " danger" : ""}` },
    el("p", { class: "visually-hidden" }, who),
    el("div", { class: "bubble" }, ...words),
    choices?.length ? choiceList(choices, tap) : null,
    el("p", { class: "message-meta" }, time(at), ours ? null : el("span", { class: "delivery" }, says.saySent)),
  );
}

// The numbers that save lives, in the order in which the text names them.
function emergencyCalls(text) {
  const named = text.match(/(?<![\d#])(?:12356|110|119|120)(?!\d)/g) ?? [];
  return [...new Set(named)];
}

function alarm(text, calls) {
  const [, first, rest] = FIRST_SENTENCE.exec(text);
  const call = (number, index) =>
    el(
      "a",
      { class: index === 0 ? "call" : "call call-second", href: `tel:${number}` },
      el("span", { class: "call-number" }, number),
      el("span", { class: "call-label" }, says[`sayCall-${number}`]),
    );
  return [
    el("p", { class: "danger-title" }, icon(WARNING), el("span", {}, first)),
    el("p", { class: "calls" }, ...calls.map(call)),
    rest ? el("p", {}, rest) : null,
  ];
}

function spendFor(body) {
  if (body.choice) spend(log, body.choice);
}

// ── Where I am ───────────────────────────────────────────────────────────────────────────────

function locate(button, status) {
  // Browsers tell it only to pages that were served by HTTPS, or by this very machine.
  button.hidden = !(isSecureContext && navigator.geolocation);
  const tell = (text) => {
    status.textContent = text;
    status.hidden = !text;
  };
  button.addEventListener("click", () => {
    tell(says.sayLocating);
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        tell("");
        say({ location: { latitude, longitude } }, `📍 ${latitude.toFixed(5)}, ${longitude.toFixed(5)}`);
      },
      () => tell(says.sayNoLocation),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
