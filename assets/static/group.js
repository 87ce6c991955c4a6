// A team's group: on one side what everybody reads, on the other what only this member does.

import { card } from "./cards.js";
import { restore, spend } from "./choices.js";
import { composer } from "./composer.js";
import { el, keepAtEnd, says, time } from "./dom.js";
import { listen, showConnection } from "./events.js";
import { Outbox } from "./outbox.js";

const byId = new Map(); // what is shown, by the hotline's id
const replaced = new Map(); // edits that came before what they replace
let live = false;

const sides = {
  group: side("offers", "group-composer", `/group/${says.chat}/messages`),
  private: side("mine", "mine-composer", "/chat/messages"),
};
const minesTab = document.getElementById("tab-mine");
const newOfMine = document.getElementById("mine-new");

const connected = showConnection(says, says.sayMember);
listen(`/group/${says.chat}/events`, {
  line: show,
  ready() {
    for (const one of Object.values(sides)) {
      if (!live) one.toEnd();
      one.list.setAttribute("aria-live", "polite");
      one.empty.hidden = one.list.childElementCount > 0;
    }
    live = true;
    count();
  },
  connected(online) {
    connected(online);
    if (online) for (const one of Object.values(sides)) one.outbox.flush();
  },
});

minesTab.addEventListener("change", () => noteNew(0));
document.getElementById("next-open").addEventListener("click", toNextOpen);
// On a phone the tab with the count does it, when it is tapped again.
document.querySelector('label[for="tab-group"]').addEventListener("click", () => {
  if (document.getElementById("tab-group").checked) toNextOpen();
});

function toNextOpen() {
  const next = sides.group.list.querySelector('.offer[data-state="open"]');
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "start" });
}

// A column with its list, its composer and its messages on their way.
function side(listId, formId, url) {
  const list = document.getElementById(listId);
  const made = { list, empty: document.getElementById(`${listId}-empty`), byKey: new Map() };
  made.toEnd = keepAtEnd(list.parentElement, list);
  made.outbox = new Outbox(url, (item, state) => delivered(made, item, state));
  made.tap = ({ data, label }) => {
    spend(list, data);
    made.outbox.add({ choice: data }, label);
  };
  composer(document.getElementById(formId), (text) => {
    made.outbox.add({ text }, text);
    made.toEnd();
  });
  for (const item of made.outbox.waiting) delivered(made, item, "waiting");
  return made;
}

// ── Our own messages on their way ────────────────────────────────────────────────────────────

function delivered(side, item, state) {
  const trouble = state === "failed" || state === "stopped";
  if (item.body.choice) {
    // The card shows the tap by itself; words are needed only when it went wrong.
    if (!trouble) return;
    restore(side.list, item.body.choice);
  }
  const line = side.byKey.get(item.id) ?? said(says.sayYou, item.label, item.made);
  const words = { waiting: says.sayWaiting, sent: says.saySent, failed: says.sayFailed, stopped: says.sayReload };
  line.dataset.delivery = state;
  line.querySelector(".delivery").textContent = words[state];
  if (side.byKey.has(item.id)) return;
  side.byKey.set(item.id, line);
  line.dataset.at = Infinity;
  side.list.append(line);
  side.empty.hidden = true;
}

// ── What was said ────────────────────────────────────────────────────────────────────────────

function show(line) {
  if (byId.has(line.id)) return;
  const one = sides[line.scope];
  if (line.replaces) return showInstead(one, line);
  const own = line.key && one.byKey.get(line.key);
  if (own) {
    own.dataset.delivery = "sent";
    own.querySelector(".delivery").textContent = "";
    byId.set(line.id, own);
    return place(one.list, own, line.at);
  }
  const entry = entryOf(one, replaced.get(line.id) ?? line);
  if (!entry) return;
  byId.set(line.id, entry);
  place(one.list, entry, line.at);
  one.empty.hidden = true;
  if (live) {
    count();
    if (line.scope === "private" && line.ours) noteNew(1);
  }
}

// A card is edited where it stands, so that nothing moves under a thumb.
function showInstead(one, line) {
  const before = byId.get(line.replaces);
  replaced.set(line.replaces, line);
  if (!before) return;
  const entry = entryOf(one, line);
  const focused = before.contains(document.activeElement);
  entry.dataset.at = before.dataset.at;
  before.replaceWith(entry);
  if (focused) entry.querySelector(".offer")?.focus({ preventScroll: true });
  byId.set(line.replaces, entry);
  byId.set(line.id, entry);
  if (live) count();
}

function entryOf(one, line) {
  if (line.choice) {
    if (line.mine) spend(one.list, line.choice);
    return null;
  }
  if (!line.ours) return line.text ? said(line.mine ? says.sayYou : (line.name ?? says.saySomebody), line.text, line.at) : null;
  if (line.card || line.choices?.length) return el("li", {}, card(line, one.tap));
  const long = line.text.includes("\n");
  return el("li", { class: long ? "notice notice-long" : "notice" }, line.text, " ", time(line.at));
}

function said(name, text, at) {
  const meta = el("span", { class: "said-meta" }, time(at), " ", el("span", { class: "delivery" }));
  return el("li", { class: "said" }, el("b", {}, name, " ", meta), el("span", { class: "said-text" }, text));
}

// In the order in which things were said; what is still on its way stays last.
function place(list, entry, at) {
  entry.dataset.at = at;
  let after = list.lastElementChild;
  while (after && (after === entry || Number(after.dataset.at) > at)) after = after.previousElementSibling;
  if (after) {
    if (after.nextElementSibling !== entry) after.after(entry);
  } else if (list.firstElementChild !== entry) {
    list.prepend(entry);
  }
}

// ── Counts ───────────────────────────────────────────────────────────────────────────────────

function count() {
  const open = sides.group.list.querySelectorAll('.offer[data-state="open"]').length;
  for (const place of document.querySelectorAll("[data-open-count]")) place.textContent = open;
  document.querySelector('label[for="tab-group"] .count').hidden = open === 0;
  document.getElementById("next-open").hidden = open === 0;
}

// On a phone one column hides the other: it says when something came there.
function noteNew(more) {
  const hidden = !minesTab.checked && sides.private.list.offsetParent === null;
  const number = newOfMine.firstElementChild;
  number.textContent = more && hidden ? Number(number.textContent) + more : 0;
  newOfMine.hidden = number.textContent === "0";
}
