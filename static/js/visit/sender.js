// Sends what waits, one after the other and in order, danger first. Whatever fails keeps the entry; the server saves a replay only once.

import { change, drop, present, waiting } from "./store.js";
import { SENTENCES } from "./words.js";

const FIRST_RETRY = 1000;
const LAST_RETRY = 10_000;

export class Sender {
  // page: { user, review, tokenUrl }; on: { changed(), sent(entry, answer), failed(isAnswered), signedOut(isOther), finished() }
  constructor(page, on) {
    this.page = page;
    this.on = on;
    this.retryIn = FIRST_RETRY;
    addEventListener("online", () => this.now());
    addEventListener("focus", () => this.now());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.now(); });
  }

  entries() {
    return waiting(this.page.user, this.page.review);
  }

  // At once: the network is back, somebody looks at the page again, or something was just written.
  now() {
    this.retryIn = FIRST_RETRY;
    return this.run();
  }

  async run() {
    clearTimeout(this.timer);
    if (this.isRunning) {
      this.isAskedAgain = true;
      return;
    }
    this.isRunning = true;
    try {
      do {
        this.isAskedAgain = false;
        await alone(`qnt-visit-${this.page.user}`, () => this.sendAll());
      } while (this.isAskedAgain);
    } finally {
      this.isRunning = false;
    }
  }

  async sendAll() {
    const entries = (await this.entries()).filter((entry) => !entry.refusal);
    if (!entries.length) return;
    entries.sort((one, other) => (other.kind === "risk") - (one.kind === "risk"));
    if (!(await this.fetchToken())) return;
    let count = 0;
    for (const entry of entries) {
      const isDone = await this.send(entry);
      if (isDone === null) break;
      if (isDone) count += 1;
    }
    if (count) await this.on.finished();
  }

  // isAnswered: the service was reached, and could not save.
  later(isAnswered = false) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), this.retryIn);
    this.retryIn = Math.min(this.retryIn * 2, LAST_RETRY);
    this.on.failed(isAnswered);
    return null;
  }

  // Whether somebody else has signed in at this browser since this page was opened.
  get isLeft() {
    return ![null, this.page.user].includes(present());
  }

  // Whether a fresh token is there: the page may have been kept on the device for days, and somebody else signed in since.
  async fetchToken() {
    let answer;
    try {
      answer = await fetch(this.page.tokenUrl, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
    } catch {
      return this.later();
    }
    if (answer.status === 401) return this.askToSignIn();
    if (answer.status === 403 || answer.status === 404) {
      return this.isLeft ? this.askToSignIn({ isOther: true }) : this.refuseAll(SENTENCES.gone);
    }
    if (!answer.ok) return this.later(true);
    const { user, token } = await answer.json();
    if (String(user) !== this.page.user) return this.askToSignIn({ isOther: true });
    this.token = token;
    return true;
  }

  askToSignIn({ isOther = false } = {}) {
    this.on.signedOut(isOther);
    return null;
  }

  async refuseAll(sentence) {
    for (const entry of await this.entries()) await change({ ...entry, refusal: sentence });
    await this.on.changed();
    return null;
  }

  async post(entry) {
    const body = new URLSearchParams({ ...entry.fields, client_id: entry.client_id, written_at: entry.written_at, csrfmiddlewaretoken: this.token });
    const headers = { Accept: "application/json", "X-Opened-By": this.page.user };
    return fetch(entry.url, { method: "POST", headers, body, credentials: "same-origin", redirect: "manual" });
  }

  // true: the server has it. false: it stays, with a sentence beside it. null: nothing can be sent now.
  async send(entry) {
    let answer;
    try {
      answer = await this.post(entry);
      if (answer.status === 403) {
        if (!(await this.fetchToken())) return null;
        answer = await this.post(entry);
      }
    } catch {
      return this.later();
    }
    if (answer.status === 401) return this.askToSignIn();
    if (answer.status >= 500 || answer.status === 429 || answer.type === "opaqueredirect") return this.later(true);
    return answer.ok ? this.settle(entry, answer) : this.refuse(entry, answer);
  }

  async settle(entry, answer) {
    let facts;
    try {
      facts = await answer.json(); // cut off in the middle: it is sent again, and saved once
    } catch {
      return this.later();
    }
    this.retryIn = FIRST_RETRY;
    await drop(entry);
    await this.on.sent(entry, facts);
    return true;
  }

  async refuse(entry, answer) {
    let sentence = answer.status === 403 || answer.status === 404 ? SENTENCES.gone : SENTENCES.refused;
    try {
      const { errors } = await answer.json();
      sentence = Object.values(errors).flat().join(" ") || sentence;
    } catch { /* no sentence came with it */ }
    await change({ ...entry, refusal: sentence });
    await this.on.changed();
    return false;
  }
}

// One tab at a time, where the browser knows how; sending twice at once does no harm either.
function alone(name, act) {
  return navigator.locks ? navigator.locks.request(name, act) : act();
}
