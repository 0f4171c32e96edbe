// Leaving a device: what is deleted of a person's visits, and when.

import { countsOfOthers, dropAll, forgetSaved, owner, setOwner, setPresent, waiting } from "./store.js";

const PAGES = "qnt-visit-pages";

export const draftKey = (user, review = "") => `qnt-visit-draft:${user}:${review}`;

export function unsentOf(user) {
  return waiting(user);
}

// How many notes of everybody wait, for a page to which nobody is signed in.
export async function unsentOfAll() {
  return [...(await countsOfOthers("")).values()].flat();
}

// Somebody has signed in: the pages that were saved for another person go. Their notes stay, for them alone.
export async function forgetPagesOfOthers(user) {
  setPresent(user);
  if (!owner() || owner() === user) return;
  await forgetPages();
  await forgetSaved();
}

async function forgetPages() {
  await caches.delete(PAGES);
  for (const registration of (await navigator.serviceWorker?.getRegistrations()) ?? []) await registration.unregister();
  setOwner("");
}

// Everything of one person. Called once the service has signed them out.
export async function wipe(user) {
  await forgetPages();
  await dropAll(user);
  await forgetSaved(user);
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(draftKey(user))) localStorage.removeItem(key);
  } catch { /* storage is refused: nothing is kept there */ }
}
