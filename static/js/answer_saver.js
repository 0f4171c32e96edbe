// One answer: saves itself as it is filled in, keeps what could not be sent, and shows both texts when two edits meet.

import { WORDS, clock, contents, fieldsOf, fill, showShare, token } from "./answer_form.js";
import { enliven, markErrors, parse, say, swap } from "./answer_page.js";

const DELAY = 1000;
const FIRST_RETRY = 2000;
const LAST_RETRY = 60_000;
const PART = { "HX-Request": "true", Accept: "text/html" }; // a part of the page; 401, never the sign-in page, when signed out

export class AnswerSaver {
  constructor(section, page) {
    this.section = section;
    this.page = page; // { user, drafts, savers }
    this.answer = section.dataset.answer;
    this.form = [...section.querySelectorAll("form")].find((one) => one.elements.comment && one.elements.version);
    this.line = section.querySelector("[data-saved]");
    this.savedWords = this.line.textContent;
    this.retryIn = FIRST_RETRY;
    this.form.reset(); // a browser may have put back what was typed before: that is not what is saved
    this.isConfirmed = section.querySelector("[data-taken-over]") !== null;
    this.saved = section.querySelector(".nhsuk-error-summary") ? "" : this.snapshot();
    this.form.addEventListener("input", () => this.touched());
    this.form.addEventListener("change", () => this.touched());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.flush();
    });
    showShare(this.form);
    page.savers.set(this.answer, this);
  }

  // What would be sent. "Still true" sends last year's answer by itself, so that only its comment is of the person.
  snapshot() {
    if (!this.wantsConfirmation) return JSON.stringify(contents(this.form));
    return JSON.stringify({ still: "TRUE", comment: this.form.elements.comment.value });
  }

  get wantsConfirmation() {
    return !this.isConfirmed && this.form.elements.still?.value === "TRUE";
  }

  get version() {
    return this.form.elements.version.value;
  }

  get isUnsent() {
    return this.isSaving || this.clash !== undefined || this.snapshot() !== this.saved;
  }

  touched() {
    if (this.clash) return;
    if (this.snapshot() === this.saved) {
      clearTimeout(this.timer);
      if (!this.isSaving) this.page.drafts.drop(this.answer, this.version);
      if (!this.line.textContent) this.show(this.savedWords);
      return;
    }
    this.keep();
    if (this.line.textContent === this.savedWords) this.show(""); // what stands there now is not what was saved
    this.later(this.wantsConfirmation ? 0 : DELAY);
  }

  keep() {
    const draft = { fields: fieldsOf(this.form), number: this.section.dataset.number, url: `${location.pathname}#${this.section.id}` };
    this.isKept = this.page.drafts.keep(this.answer, this.version, draft);
  }

  // Text of an earlier visit to this page, or of a page that was closed.
  restore(draft) {
    const isDone = this.isConfirmed && draft.fields.still === "TRUE" && !draft.fields.comment;
    if (!isDone) fill(this.form, draft.fields);
    if (isDone || this.snapshot() === this.saved) {
      clearTimeout(this.timer);
      this.page.drafts.drop(this.answer, draft.version);
      return;
    }
    this.form.elements.version.value = draft.version;
    this.show(WORDS.restored);
    this.later(0);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  show(sentence, link) {
    this.line.replaceChildren(sentence);
    if (!link) return;
    const anchor = document.createElement("a");
    anchor.href = link.url;
    anchor.textContent = link.text;
    this.line.append(" ", anchor);
  }

  // Somebody pressed a button: everything is sent now, and faults are shown. Gives whether nothing is left unsent.
  async flush() {
    clearTimeout(this.timer);
    if (this.clash) return false;
    while (this.isSaving) await this.isSaving;
    await this.save({ isAsked: true });
    return !this.page.savers.get(this.answer).isUnsent; // a saver of a fresh row, where it was swapped
  }

  async save({ isAsked = false } = {}) {
    clearTimeout(this.timer);
    if (this.isSaving || this.clash || !this.section.isConnected || (!isAsked && this.snapshot() === this.saved)) return;
    let done;
    const before = this.snapshot();
    this.isSaving = new Promise((resolve) => { done = resolve; });
    try {
      await this.send(isAsked);
    } finally {
      this.isSaving = undefined;
      done();
    }
    const isTypedSince = this.snapshot() !== before && this.snapshot() !== this.saved;
    if (isTypedSince && !this.clash && this.section.isConnected) this.later(DELAY);
  }

  async send(isAsked) {
    // Its fields do not hold yet what was taken over: they must, before they are sent.
    if (this.isStale && !(await this.refresh(this.saved))) return this.again(WORDS.noConnection);
    if (this.isStale) return undefined;
    const sent = this.snapshot();
    const isConfirmation = this.wantsConfirmation;
    const url = `${this.section.dataset.url}${isConfirmation ? "confirm/" : ""}`;
    const fields = isConfirmation ? { comment: this.form.elements.comment.value } : contents(this.form);
    const version = this.version;
    const response = await this.post({ ...fields, version }, { Accept: "application/json" }, url);
    if (!response) return undefined;
    this.retryIn = FIRST_RETRY;
    if (response.status === 401) return this.askToSignIn();
    if (response.status >= 500 || response.status === 429) return this.again(WORDS.server);
    if (response.ok) return this.settle(await response.json(), sent, version, isConfirmation);
    if (response.status === 409) return this.meet(await response.json(), fields, version, url);
    if (response.status === 422) return this.refuse(await response.json(), fields, version, isAsked && !isConfirmation);
    return this.show(WORDS.refused);
  }

  async post(fields, headers, url = this.section.dataset.url) {
    try {
      return await fetch(url, {
        method: "POST",
        headers: { ...headers, "X-Opened-By": this.page.user },
        body: new URLSearchParams({ ...fields, csrfmiddlewaretoken: token(this.form) }),
        credentials: "same-origin",
      });
    } catch {
      this.again(this.isKept === false ? WORDS.noConnectionNorDevice : WORDS.noConnection);
      return null;
    }
  }

  again(sentence) {
    this.show(sentence);
    say(sentence);
    this.later(this.retryIn);
    this.retryIn = Math.min(this.retryIn * 2, LAST_RETRY);
    this.isWaiting = true;
  }

  // The connection is back, or the page is looked at again: perhaps somebody has signed in meanwhile.
  retryNow() {
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.retryIn = FIRST_RETRY;
    this.later(0);
  }

  askToSignIn() {
    const next = encodeURIComponent(`${location.pathname}#${this.section.id}`);
    this.show(WORDS.signedOut, { text: "Sign in", url: `/accounts/login/?next=${next}` });
    say(WORDS.signedOut);
    this.isWaiting = true;
  }

  async settle(answer, sent, version, isConfirmation) {
    const wasConfirmed = this.isConfirmed && answerOf(this.saved) !== answerOf(sent);
    this.form.elements.version.value = answer.version;
    this.saved = sent;
    this.isWaiting = false;
    this.page.drafts.drop(this.answer, version);
    if (this.snapshot() !== this.saved) this.keep();
    this.savedWords = `Saved at ${clock(new Date(answer.saved_at))} by you`;
    this.show(this.snapshot() === this.saved ? this.savedWords : "");
    this.isStale = isConfirmation;
    if (isConfirmation || wasConfirmed || this.section.querySelector(".nhsuk-error-summary")) await this.refresh(sent);
    else this.check();
  }

  // "Check this: ..." lines, which block nothing, and how much of the page is answered now.
  async check() {
    let count = 0;
    try {
      const response = await fetch(`${this.section.dataset.url}checks/`, { headers: PART, credentials: "same-origin" });
      if (response.ok) {
        const checks = parse(await response.text());
        count = checks.children.length;
        this.section.querySelector("[data-checks]").replaceWith(checks);
        const place = document.querySelector("[data-count]");
        if (place) place.textContent = checks.dataset.countWords;
      }
    } catch { /* the answer is saved; its doubts are shown when the page is opened again */ }
    say(`Answer ${this.section.dataset.number} saved${count ? `. ${count} ${count === 1 ? "thing" : "things"} to check.` : ""}`);
  }

  // The row as the server has it now, in place of this one; what was typed since ``sent`` stays. Gives whether it came.
  async refresh(sent) {
    const response = await fetch(this.section.dataset.url, { headers: PART, credentials: "same-origin" }).catch(() => null);
    if (!response?.ok) return false;
    await this.takeOver(await response.text(), sent);
    return true;
  }

  async takeOver(html, sent) {
    const typedSince = this.snapshot() === sent ? null : fieldsOf(this.form);
    this.page.drafts.drop(this.answer, this.version);
    const fresh = await this.replaceBy(html);
    fresh.check();
    if (typedSince) {
      fill(fresh.form, typedSince);
      fresh.touched();
    }
  }

  async replaceBy(html) {
    clearTimeout(this.timer);
    const section = parse(html);
    const reply = this.section.querySelector("[name=reply]");
    const freshReply = section.querySelector("[name=reply]");
    if (reply && freshReply) freshReply.value = reply.value; // half a reply to the hub stays
    swap(this.section, section);
    markErrors();
    const fresh = new AnswerSaver(section, this.page);
    await enliven(section);
    return fresh;
  }

  // What was entered cannot be saved. While somebody types nothing turns red; after a press the faults are shown.
  async refuse({ errors }, fields, version, isAsked) {
    if (errors[""]) {
      this.show(`${errors[""][0]} Your text is kept on this device.`);
      return;
    }
    this.show(WORDS.waiting);
    if (!isAsked) return;
    const sent = this.snapshot();
    const again = await this.post({ ...this.asForm(), version }, PART);
    if (again?.status === 422) await this.showFaults(await again.text());
    else if (again?.ok) await this.takeOver(await again.text(), sent);
  }

  asForm() {
    const fields = fieldsOf(this.form);
    return fields.still === "TRUE" ? { ...fields, still: "CHANGED" } : fields;
  }

  async showFaults(html) {
    const fresh = await this.replaceBy(html);
    fresh.saved = "";
    fresh.isKept = true;
    fresh.show(WORDS.waiting);
  }

  // Two edits met: both texts, and the choice.
  async meet({ current, yours }, fields, version, url) {
    if (isSame(current, yours)) { // our own save, whose reply was lost on its way
      this.page.drafts.drop(this.answer, version);
      this.form.elements.version.value = current.version;
      this.saved = this.snapshot();
      this.isStale = true;
      await this.refresh(this.saved);
      return;
    }
    const part = await this.post({ ...fields, version }, PART, url);
    if (part?.status === 409) await this.showClash(await part.text());
  }

  async showClash(html) {
    const wasHere = this.section.contains(document.activeElement) || document.activeElement === document.body;
    const clash = parse(html);
    if (this.clash) this.clash.replaceWith(clash);
    else this.section.querySelector("[data-place=clash]").append(clash);
    this.clash = clash;
    this.form.hidden = true;
    this.show(WORDS.waiting);
    markErrors();
    clash.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.choose(event.target);
    });
    await enliven(clash);
    if (wasHere && !clash.querySelector(".nhsuk-error-summary")) clash.querySelector("[data-clash-heading]").focus();
    else say(`Someone else changed answer ${this.section.dataset.number}`);
  }

  async choose(form) {
    let response;
    try {
      response = await fetch(form.action, {
        method: "POST",
        headers: { ...PART, "X-Opened-By": this.page.user },
        body: new URLSearchParams({ ...Object.fromEntries(new FormData(form)), csrfmiddlewaretoken: token(form) }),
        credentials: "same-origin",
      });
    } catch {
      this.show("No connection. Your text is kept on this device. Press Save answer again when the connection is back.");
      return;
    }
    const isPart = response.ok || response.status === 409 || response.status === 422;
    const html = isPart ? await response.text() : "";
    if (response.ok) await this.afterChoice(html);
    else if (html.includes("data-clash-heading")) await this.showClash(html);
    else if (isPart) await this.showFaults(html);
    else if (response.status === 401) this.askToSignIn();
    else this.show(`${WORDS.server.split(".")[0]}. Your text is kept on this device. Press Save answer again.`);
  }

  async afterChoice(html) {
    this.clash = undefined;
    this.page.drafts.dropAll(this.answer);
    const fresh = await this.replaceBy(html);
    say(`Answer ${fresh.section.dataset.number}: ${fresh.line.textContent}`);
    fresh.line.tabIndex = -1;
    fresh.line.focus(); // the button that was pressed is gone
  }
}

function answerOf(snapshot) {
  const { value, numerator, denominator, reason } = JSON.parse(snapshot || "{}");
  return JSON.stringify([value, numerator, denominator, reason]);
}

function isSame(current, yours) {
  return ["value", "numerator", "denominator", "reason", "comment"].every((name) => current[name] === yours[name]);
}
