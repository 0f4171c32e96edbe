// What waits on this device, in IndexedDB: entries that are not sent yet, in the order in which they were written,
// each with the person who wrote it and the review that it is of; and when a visit's pages were saved.

import { openDB } from "../../idb/index.js";

const MARK = "qnt-visit"; // that a visit was opened on this device, and by whom: other pages need not open the database to know
export const PRESENT = "qnt-visit-present";

let opened;

function database() {
  opened ??= openDB("qnt-visit", 1, {
    upgrade(db) {
      const outbox = db.createObjectStore("outbox", { keyPath: "place", autoIncrement: true });
      outbox.createIndex("user", "user");
      outbox.createIndex("client_id", "client_id", { unique: true });
      db.createObjectStore("saved");
    },
    terminated() { opened = undefined; },
  });
  return opened;
}

// The entry as it is kept, with its place in the row. Throws when the device has no room, or keeps nothing.
export async function keep(entry) {
  const db = await database();
  if (owner() === null) setOwner("");
  return { ...entry, place: await db.add("outbox", entry) };
}

export async function change(entry) {
  const db = await database();
  await db.put("outbox", entry);
}

export async function drop(entry) {
  const db = await database();
  await db.delete("outbox", entry.place);
}

// Entries of one person, oldest first; of one review where it is named.
export async function waiting(user, review) {
  const db = await database();
  const all = await db.getAllFromIndex("outbox", "user", user);
  return all.filter((entry) => !review || entry.review === review);
}

// How many entries of which kind other people left on this device, by person: their names and nothing of what they wrote.
export async function countsOfOthers(user) {
  const db = await database();
  const people = new Map();
  for (const { user: writer, name, kind } of await db.getAll("outbox")) {
    if (writer !== user) people.set(writer, [...(people.get(writer) ?? []), { name, kind }]);
  }
  return people;
}

export async function dropAll(user) {
  for (const entry of await waiting(user)) await drop(entry);
}

export async function savedAt(user, review) {
  const db = await database();
  return db.get("saved", `${user}:${review}`);
}

export async function markSaved(user, review, moment) {
  const db = await database();
  await db.put("saved", moment, `${user}:${review}`);
}

export async function forgetSaved(user) {
  const db = await database();
  for (const key of await db.getAllKeys("saved")) if (!user || key.startsWith(`${user}:`)) await db.delete("saved", key);
}

// Who signed in last at this browser, as its pages saw it; null when they never did, or the browser keeps nothing.
export function present() {
  return recall(PRESENT);
}

export function setPresent(user) {
  keepMark(PRESENT, user);
}

// Whose pages this device keeps; "" for nobody's, null when no visit was ever opened here.
export function owner() {
  return recall(MARK);
}

export function setOwner(user) {
  keepMark(MARK, user);
}

function recall(mark) {
  try {
    return localStorage.getItem(mark);
  } catch {
    return null;
  }
}

function keepMark(mark, user) {
  try {
    localStorage.setItem(mark, user);
  } catch { /* a private window may refuse */ }
}
