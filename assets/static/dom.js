// Building what is shown. Words come from people and go in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

export const says = document.body.dataset;

// el("p", { class: "notice" }, "text", child, …); an attribute that is null, undefined or false is left out.
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const WARNING = "M12 3.5 22 20.5H2zM12 10v4.5M12 17.6v.1";

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "long" });

export function time(at) {
  const when = new Date(at);
  return el("time", { datetime: when.toISOString() }, clock.format(when));
}

export function day(at) {
  return calendar.format(new Date(at));
}

// Whatever scrolls stays at its end, unless its reader has gone back to read; it never moves by itself then.
export function keepAtEnd(scroller, content) {
  const SLACK = 64;
  let atEnd = true;
  const toEnd = () => scroller.scrollTo({ top: scroller.scrollHeight, behavior: "instant" });
  scroller.addEventListener("scroll", () => {
    atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < SLACK;
  });
  new ResizeObserver(() => atEnd && toEnd()).observe(scroller);
  new MutationObserver(() => atEnd && toEnd()).observe(content, { childList: true, subtree: true, characterData: true });
  return toEnd;
}
