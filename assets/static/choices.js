// Buttons under a message. A tap is an answer: it shows the button's words as the person's own, and uses the
// buttons up, so that nobody answers twice by a trembling hand.

// Taps after which the other buttons of the same message are still good, and those that are always good.
const LEAVES_OTHERS = ["keep", "help", "release"];
const LEAVES_ALL = ["progress"];

const SHORT = 6;

const verb = (data) => data.split(":", 1)[0];

// The list of a message's buttons; `tap(choice)` posts one.
export function choiceList(choices, tap) {
  const list = document.createElement("ul");
  list.className = "choices";
  const short = choices.every((choice) => [...choice.label].length <= SHORT);
  list.classList.toggle("choices-row", short && verb(choices[0].data) !== "stars");
  for (const choice of choices) {
    const button = choiceButton(choice, tap, "choice");
    if (["none", "cancel"].includes(verb(choice.data))) button.classList.add("choice-plain");
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  return list;
}

export function choiceButton(choice, tap, className) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.dataset.choice = choice.data;
  button.textContent = choice.label;
  button.addEventListener("click", () => tap(choice));
  return button;
}

// Marks a tap at the latest message that has such a button; its label, if there is one.
export function spend(place, data) {
  const buttons = [...place.querySelectorAll("[data-choice]")].filter((button) => button.dataset.choice === data);
  const button = buttons.at(-1);
  if (!button) return null;
  const row = button.closest(".choices, .actions");
  if (!LEAVES_ALL.includes(verb(data))) {
    const spent = LEAVES_OTHERS.includes(verb(data)) ? [button] : row.querySelectorAll("[data-choice]");
    for (const one of spent) one.disabled = true;
    button.setAttribute("aria-pressed", "true");
  }
  return button.textContent;
}

// Makes a tap that was not taken possible again.
export function restore(place, data) {
  const button = [...place.querySelectorAll("[data-choice]")].findLast((one) => one.dataset.choice === data);
  for (const one of button?.closest(".choices, .actions").querySelectorAll("[data-choice]") ?? []) {
    one.disabled = false;
    one.removeAttribute("aria-pressed");
  }
}
