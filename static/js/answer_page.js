// What the answers of one page share: its status line, the swapping of parts, and the title that says "Error".

const PAUSE = 5000;
const status = document.getElementById("answers-status");
let lastSaid = 0;
let waiting = null;

// At most one message every 5 seconds; the newest waits for its turn.
export function say(sentence) {
  clearTimeout(waiting);
  const wait = Math.max(0, lastSaid + PAUSE - Date.now());
  waiting = setTimeout(() => {
    if (status) status.textContent = sentence;
    lastSaid = Date.now();
  }, wait);
}

export function markErrors() {
  const has = document.querySelector(".nhsuk-error-summary") !== null;
  const plain = document.title.replace(/^Error: /, "");
  document.title = has ? `Error: ${plain}` : plain;
}

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

// What is put into the page gets NHS.UK's behaviour, as what came with it.
export async function enliven(element) {
  const script = document.querySelector("script[data-nhsuk]");
  if (!script) return;
  const { initAll } = await import(script.src);
  initAll({ scope: element });
}

// Puts a part in the place of another. Focus stays where it was: on the field of the same id, or on the same button.
export function swap(old, fresh) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  if (!active) return;
  const same = active.id ? document.getElementById(active.id) : fresh.querySelector(`${active.tagName.toLowerCase()}[type="${active.type}"]`);
  if (!same) return;
  same.focus({ preventScroll: true });
  if (same.matches("textarea, input[type=text]")) same.setSelectionRange(active.selectionStart, active.selectionEnd);
}
