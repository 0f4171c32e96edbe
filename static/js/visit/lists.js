// The lists of the page: what waits is drawn here, what the server has is drawn by the server.

import { made } from "./status.js";
import { SENTENCES } from "./words.js";

// Each text alone in its element.
export function showWaiting(entries, { draw, onChange }) {
  for (const list of document.querySelectorAll("[data-waiting]")) {
    const own = entries.filter((entry) => entry.kind === list.dataset.waiting);
    list.replaceChildren(...own.toReversed().map((entry) => row(entry, draw(entry), onChange)));
    list.hidden = !own.length;
    fitEmpty(list.closest("[data-list]"));
  }
}

function row(entry, { title, text }, onChange) {
  const item = made("li");
  const when = SENTENCES.kept(new Date(entry.written_at));
  item.append(made("p", "nhsuk-body-s nhsuk-u-margin-bottom-1", title ? `${when}, ${title}` : when), made("p", "app-note", text));
  if (!entry.refusal) return item;
  const button = made("button", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", "Change");
  button.type = "button";
  button.append(made("span", "nhsuk-u-visually-hidden", `: ${text.slice(0, 60)}`));
  button.addEventListener("click", () => onChange(entry));
  item.append(made("p", "app-check-this", entry.refusal), button);
  return item;
}

// "No notes yet." stands only where there is neither a sent nor a waiting one.
function fitEmpty(section) {
  const empty = section?.querySelector("[data-empty]");
  if (empty) empty.hidden = section.querySelector("[data-waiting] li, [data-sent] li") !== null;
}

// What the server drew takes its place in the list, newest first; a replay replaces its own row.
export function showSent(kind, html) {
  const list = document.querySelector(`[data-sent=${kind}]`);
  if (!list || !html) return;
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  list.querySelector(`[data-client-id="${fresh.dataset.clientId}"]`)?.remove();
  const next = [...list.children].find((item) => item.dataset.writtenAt < fresh.dataset.writtenAt);
  list.insertBefore(fresh, next ?? null);
  list.hidden = false;
  fitEmpty(list.closest("[data-list]"));
}

// The lists as the server shows them now, out of the whole page.
export function refreshSent(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const list of document.querySelectorAll("[data-sent]")) {
    const same = fresh.querySelector(`[data-sent="${list.dataset.sent}"]`);
    if (!same) continue;
    list.replaceChildren(...same.children);
    list.hidden = !list.children.length;
    fitEmpty(list.closest("[data-list]"));
  }
}

// Sent notes as entries, for the file.
export function sentEntries() {
  return [...document.querySelectorAll("[data-sent=note] li")].reverse().map((item) => ({
    kind: "note",
    client_id: item.dataset.clientId,
    written_at: item.dataset.writtenAt,
    fields: {
      text: item.querySelector(".app-note").textContent, topic: item.dataset.topic, indicator: item.dataset.indicator, session: item.dataset.session,
    },
  }));
}
