// Makes the visit ready to use without a signal: the worker with its files, and the two pages, kept on this device.

import { markSaved, savedAt, setOwner } from "./store.js";

const PAGES = "qnt-visit-pages";

// When the pages were saved (now, or before where there is no signal; undefined when this device cannot), and the page as it is now.
export async function save(page) {
  let text = "";
  try {
    if (!navigator.onLine) throw new Error("no signal");
    const copies = await Promise.all([copyOf(page.url, page), copyOf(page.packUrl, page)]);
    text = await copies[0][1].clone().text();
    await register(page);
    const cache = await caches.open(PAGES);
    await Promise.all(copies.map(([url, answer]) => cache.put(url, answer)));
    const now = new Date();
    await markSaved(page.user, page.review, now);
    setOwner(page.user);
    return { savedAt: now, text };
  } catch {
    return { savedAt: (await isKept(page)) ? await savedAt(page.user, page.review) : undefined, text };
  }
}

// Only the visit form and the pack are controlled, one registration each.
async function register(page) {
  const registrations = await Promise.all(
    [page.url, page.packUrl].map((scope) => navigator.serviceWorker.register(page.workerUrl, { scope, updateViaCache: "none" })),
  );
  await Promise.all(registrations.map(activated));
}

function activated(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return undefined;
  return new Promise((resolve, reject) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("the files could not be kept"));
    });
  });
}

// The page as the server shows it now, if it still is this person's.
async function copyOf(url, page) {
  const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error("not shown now");
  const text = await answer.clone().text();
  if (!text.includes(`data-user="${page.user}"`)) throw new Error("shown to someone else");
  return [url, answer];
}

async function isKept(page) {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return false;
  const cache = await caches.open(PAGES);
  return Boolean(await cache.match(page.url, { ignoreVary: true }));
}

// Whether there is little room left.
export async function isNearlyFull() {
  if (!navigator.storage?.estimate) return false;
  const { usage, quota } = await navigator.storage.estimate();
  return quota > 0 && usage / quota > 0.9;
}

export async function askToKeep() {
  try {
    await navigator.storage?.persist?.();
  } catch { /* the browser decides */ }
}
