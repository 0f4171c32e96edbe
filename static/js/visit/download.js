// "Download my notes": a file that the upload page takes back. It names its person and its review; the server takes it from no other,
// and only its person is given it.

import { sentEntries } from "./lists.js";
import { made } from "./status.js";
import { countsOfOthers } from "./store.js";
import { SENTENCES } from "./words.js";

function saveFile(entries, { review, title, user, name }) {
  const items = entries.map(({ kind, client_id, written_at, fields }) => ({ kind, client_id, written_at, fields }));
  const whole = {
    kind: "qnt-visit", format: 1, review: Number(review), review_title: title, person: Number(user), person_name: name,
    made_at: new Date().toISOString(), items,
  };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(whole, null, 1)], { type: "application/json" }));
  link.download = `visit-notes-${review}.json`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// What the server has and what waits here, each once. mayHave() is false when somebody else has signed in at this browser.
export function offerFile(page, waitingEntries, mayHave) {
  document.querySelector("[data-download]").addEventListener("click", async (event) => {
    event.preventDefault();
    if (!mayHave()) return;
    const waiting = await waitingEntries();
    const ids = new Set(waiting.map((entry) => entry.client_id));
    saveFile([...sentEntries().filter((entry) => !ids.has(entry.client_id)), ...waiting], page);
  });
}

// Somebody else's entries on this device: counted, and never read. Their writer signs in to send or download them.
export async function showOthers(page) {
  const holder = document.querySelector("[data-others]");
  const people = await countsOfOthers(page.user);
  holder.replaceChildren(...[...people.values()].map((entries) => made("p", "", SENTENCES.otherPerson(entries, entries[0].name))));
  holder.hidden = !people.size;
}
