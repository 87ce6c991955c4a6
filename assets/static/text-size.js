// A− and A+: the size of all text, remembered in a cookie so that the next page comes in it at once.

const SIZES = ["small", "", "large", "huge"];
const root = document.documentElement;

for (const button of document.querySelectorAll("[data-text-size]:is(button)")) {
  button.addEventListener("click", () => step(Number(button.dataset.textSize)));
}
disable();

function step(by) {
  const size = SIZES[Math.min(Math.max(current() + by, 0), SIZES.length - 1)];
  root.dataset.text = size;
  document.cookie = `text=${size}; path=/; max-age=34560000; samesite=lax`;
  disable();
}

function current() {
  return Math.max(SIZES.indexOf(root.dataset.text ?? ""), 0);
}

// The button that can do nothing more says so, and keeps the focus.
function disable() {
  for (const button of document.querySelectorAll("[data-text-size]:is(button)")) {
    const next = current() + Number(button.dataset.textSize);
    button.setAttribute("aria-disabled", String(!(next in SIZES)));
  }
}
