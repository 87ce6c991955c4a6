// Offers and cases as cards, from the words of a message: its first line is the heading, `label：value` lines
// are facts, the rest is what the resident wrote. Telephone numbers can be dialled.

import { choiceButton } from "./choices.js";
import { el, icon, time, WARNING } from "./dom.js";

const FACT = /^([^：:]{1,20})(?:：|: )\s*(.+)$/;
const PHONE = /(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8})(?!\d)/;

export function card({ text, at, choices, danger }, tap) {
  const lines = text.split("\n").filter((line) => line.trim());
  const alarm = lines[0]?.startsWith("⚠") ? lines.shift() : null;
  const heading = lines.shift() ?? "";
  const open = choices?.length > 0;
  return el(
    "article",
    { class: open && danger ? "offer danger" : "offer", "data-state": open ? "open" : "taken", tabindex: "-1" },
    el("header", { class: "offer-head" }, el("h3", { class: "offer-title" }, heading), el("span", { class: "offer-number" }, time(at))),
    alarm ? el("p", { class: "danger-title" }, icon(WARNING), el("span", {}, alarm.replace(/^⚠\s*/, ""))) : null,
    ...paragraphs(lines),
    open ? actions(choices, tap) : null,
  );
}

// Runs of facts become lists; everything else stays as it was written.
function paragraphs(lines) {
  const parts = [];
  let facts = null;
  for (const line of lines) {
    const fact = FACT.exec(line);
    if (fact) {
      if (!facts) parts.push((facts = el("dl", { class: "details" })));
      facts.append(el("div", {}, el("dt", {}, fact[1]), el("dd", {}, ...dialable(fact[2]))));
    } else {
      facts = null;
      parts.push(el("p", { class: "offer-gist" }, line));
    }
  }
  return parts;
}

function dialable(text) {
  const phone = PHONE.exec(text)?.[0];
  if (!phone) return [text];
  const [before, after] = text.split(phone);
  return [before, el("a", { href: `tel:${phone}` }, phone), after];
}

function actions(choices, tap) {
  const buttons = choices.map((choice, index) => choiceButton(choice, tap, index === 0 ? "button button-main" : "button"));
  return el("div", { class: "actions" }, ...buttons);
}
