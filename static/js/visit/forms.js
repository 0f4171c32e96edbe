// A form of the visit page: its fields, what was typed and not saved yet, and the entry that saving makes of it.

import { draftKey } from "./leaving.js";
import { showErrors } from "./status.js";

const NOT_KEPT = ["csrfmiddlewaretoken", "client_id", "written_at"];
const DOUBLE_PRESS = 1000;

// Only what the form holds, under the names that the server knows.
export function fieldsOf(form) {
  return Object.fromEntries([...new FormData(form)].filter(([name]) => !NOT_KEPT.includes(name)));
}

export function fill(form, fields) {
  for (const input of form.elements) {
    if (!(input.name in fields) || input.type === "hidden") continue;
    if (input.type === "radio") input.checked = input.value === fields[input.name];
    else input.value = fields[input.name];
  }
}

export function entryOf(page, kind, url, fields) {
  return {
    kind, url, fields, user: page.user, name: page.name, review: page.review, title: page.title,
    client_id: crypto.randomUUID(), written_at: new Date().toISOString(), refusal: "",
  };
}

// What an option or a radio of this value says.
export function labelOf(form, name, value) {
  if (!form || !value) return "";
  const field = form.elements[name];
  if (!field) return "";
  if (field.tagName === "SELECT") return [...field.options].find((one) => one.value === value)?.textContent.trim() ?? "";
  const radio = [...(field.length === undefined ? [field] : field)].find((one) => one.value === value);
  return radio?.labels[0]?.textContent.trim() ?? "";
}

// What was typed and not saved yet, kept by person, review and form: a reload or a closed tab loses none of it.
class Draft {
  constructor(form, page) {
    this.form = form;
    this.key = draftKey(page.user, `${page.review}:${form.id}`);
    this.restore();
    form.addEventListener("input", () => this.keep());
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify(fieldsOf(this.form)));
    } catch { /* the text stays on the page */ }
  }

  drop() {
    try {
      localStorage.removeItem(this.key);
    } catch { /* nothing was kept */ }
  }

  restore() {
    try {
      const fields = JSON.parse(localStorage.getItem(this.key));
      const isEmpty = [...this.form.querySelectorAll("textarea")].every((field) => !field.value);
      if (fields && isEmpty) fill(this.form, fields);
    } catch { /* storage is refused, or holds what we did not write */ }
  }
}

// Takes what the form holds at once, so that the next text can be typed while this one is being kept.
// required: what must be filled in, with the sentence that asks for it. clears: what is emptied then.
// keep(fields) gives whether the device has it; when it has not, the form is filled again.
export class EntryForm {
  constructor(form, page, { required, clears, keep }) {
    Object.assign(this, { form, required, clears, keep, takenAt: 0 });
    this.draft = new Draft(form, page);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.take();
    });
  }

  async take() {
    const fields = fieldsOf(this.form);
    const faults = Object.entries(this.required).filter(([name]) => !fields[name]?.trim());
    if (faults.length && Date.now() - this.takenAt < DOUBLE_PRESS) return;
    showErrors(this.form, faults);
    if (faults.length) return;
    this.takenAt = Date.now();
    this.empty();
    const isKept = await this.keep(fields);
    if (!isKept) fill(this.form, fields);
    if (isKept && !this.hasText) this.draft.drop();
    else this.draft.keep();
  }

  get hasText() {
    return this.clears.some((name) => fieldsOf(this.form)[name]);
  }

  empty() {
    for (const input of this.form.elements) {
      if (!this.clears.includes(input.name)) continue;
      if (input.type === "radio") input.checked = false;
      else input.value = "";
    }
  }
}
