// Writing: Enter sends, Shift+Enter breaks the line, and Enter that ends a word of an input method does
// neither. What is half written survives a reload; the focus stays where people write.

const LINES_MAX = 5;

export function composer(form, send) {
  const field = form.querySelector("textarea");
  const draft = `draft ${location.pathname} ${form.id}`;
  field.value ||= read(draft);
  fit();

  field.addEventListener("input", () => {
    write(draft, field.value);
    fit();
  });
  field.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !composing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    field.focus();
    if (!text) return;
    field.value = "";
    write(draft, "");
    fit();
    send(text);
  });

  // Where the style sheet cannot let the field grow by itself.
  function fit() {
    if (!CSS.supports("field-sizing", "content")) {
      field.rows = Math.min(field.value.split("\n").length, LINES_MAX);
    }
  }
  return field;
}

function read(key) {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function write(key, text) {
  try {
    if (text) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  } catch {}
}
