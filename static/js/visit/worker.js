// The service worker of visits: it keeps the files of the pages, and answers for the two pages of a visit when there is no signal.
// The pages themselves are put into their cache by the page (pack.js), and taken out when their person signs out (leaving.js).

const { version, files, static: prefix } = self.QNT_VISIT;
const FILES = `qnt-visit-files-${version}`;
const PAGES = "qnt-visit-pages";
const PAGE = /^\/reviews\/\d+\/(visit|pack)\/$/;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const PATIENCE = 5000; // a signal too weak to answer is none

self.addEventListener("install", (event) => {
  event.waitUntil(keepFiles());
});

async function keepFiles() {
  const cache = await caches.open(FILES);
  await cache.addAll(files.map((file) => new Request(file, { cache: "reload" })));
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("qnt-visit-files-") && name !== FILES) await caches.delete(name);
  }
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && PAGE.test(url.pathname)) event.respondWith(page(request, url.pathname));
  else if (url.pathname.startsWith(prefix)) event.respondWith(file(request, url.pathname));
});

function inTime(answer) {
  return Promise.race([answer, new Promise((_, refuse) => setTimeout(refuse, PATIENCE, new Error("no answer in time")))]);
}

// From the network; from the device without one, or when the service is down.
async function page(request, path) {
  const kept = await caches.open(PAGES).then((cache) => cache.match(path, { ignoreVary: true }));
  if (!kept) return fetch(request);
  try {
    const answer = await inTime(fetch(request));
    if (answer.status === 403 || answer.status === 404) await (await caches.open(PAGES)).delete(path, { ignoreVary: true }); // no longer theirs
    return answer.status >= 500 ? kept : answer;
  } catch {
    return kept;
  }
}

// A file whose name holds its content never changes; others are asked for anew where there is a signal.
async function file(request, path) {
  const cache = await caches.open(FILES);
  const kept = await cache.match(path, { ignoreVary: true });
  if (kept && HASHED.test(path)) return kept;
  try {
    const answer = await (kept ? inTime(fetch(request)) : fetch(request));
    if (!answer.ok) return kept ?? answer;
    await cache.put(path, answer.clone());
    return answer;
  } catch (fault) {
    if (kept) return kept;
    throw fault;
  }
}
