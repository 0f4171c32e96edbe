// Several files at once: a row each, with a title, a date, its progress and what became of it in words.
// Without this file the same form takes one file, or several under their own names. One file is sent as the form is.

const holder = document.querySelector("[data-uploads]");
const form = holder.closest("form");
const input = form.querySelector("input[type=file]");
const status = form.querySelector("[data-upload-status]");
const template = form.querySelector("[data-upload-row]");
const maxBytes = Number(holder.dataset.maxBytes);
const MOST = 20;
const single = ["id_title", "id_document_date_0"].map((id) => document.getElementById(id).closest("main form > .nhsuk-form-group, main form > div"));
const rows = [];
let isSending = false;

const say = (sentence) => { status.textContent = sentence; };
const files = (count) => (count === 1 ? "1 file" : `${count} files`);

function titleOf(name) {
  const stem = name.replace(/\.[^.]*$/, "").replace(/[_-]+/g, " ").trim();
  return stem.charAt(0).toUpperCase() + stem.slice(1);
}

function chosenSource() {
  return form.querySelector("input[name=source]:checked")?.value ?? "";
}

// The fields of a single document are of no use for several, each with its own, nor for something already added.
function fit() {
  const isHidden = (rows.length > 0 && chosenSource() === "FILE") || chosenSource() === "EXISTING";
  for (const group of single) {
    group.hidden = isHidden;
    for (const field of group.querySelectorAll("input")) field.disabled = isHidden;
  }
  holder.hidden = rows.length === 0 || chosenSource() !== "FILE";
  const chosen = form.querySelector(".nhsuk-file-upload__status");
  if (chosen && rows.length) chosen.textContent = `${files(rows.length)} to add, below`;
}

// The summary above the heading that the server would print: every fault at once, each a link to its row.
function summarise(left) {
  document.querySelector("main > .nhsuk-error-summary")?.remove();
  document.title = document.title.replace(/^Error: /, "");
  if (!left.length) return;
  const summary = document.createElement("div");
  summary.className = "nhsuk-error-summary";
  summary.tabIndex = -1;
  const heading = document.createElement("h2");
  Object.assign(heading, { className: "nhsuk-error-summary__heading", textContent: "There is a problem" });
  const list = document.createElement("ul");
  list.className = "nhsuk-list nhsuk-error-summary__list";
  for (const row of left) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    Object.assign(link, { href: `#${row.title.id}`, textContent: `${row.file.name}: ${row.sentence || "not added yet"}` });
    item.append(link);
    list.append(item);
  }
  summary.append(heading, list);
  document.querySelector("main").prepend(summary);
  document.title = `Error: ${document.title}`;
  summary.focus();
}

class Row {
  constructor(file, number) {
    this.file = file;
    this.isAdded = false;
    this.isKept = false;
    this.element = template.content.firstElementChild.cloneNode(true);
    const find = (name) => this.element.querySelector(`[data-${name}]`);
    [this.name, this.error, this.title, this.progress, this.words, this.keep] =
      ["name", "error", "title", "progress", "words", "keep"].map(find);
    this.name.textContent = file.name;
    find("remove-name").textContent = ` ${file.name}`;
    this.title.value = titleOf(file.name);
    this.title.id = `upload-${number}-title`;
    find("title-label").htmlFor = this.title.id;
    this.error.id = `upload-${number}-error`;
    find("dates-label").id = `upload-${number}-dates`;
    find("dates-hint").id = `upload-${number}-hint`;
    find("dates").setAttribute("aria-labelledby", find("dates-label").id);
    find("dates").setAttribute("aria-describedby", find("dates-hint").id);
    for (const part of this.element.querySelectorAll("[data-part]")) {
      part.id = `upload-${number}-${part.dataset.part}`;
      part.previousElementSibling.htmlFor = part.id;
    }
    this.progress.setAttribute("aria-label", `Progress of ${file.name}`);
    find("remove").addEventListener("click", () => this.leaveOut());
    this.keep.addEventListener("click", () => { this.isKept = true; this.showError(""); sendAll(); });
    this.tell(0, "ready");
    if (file.size > maxBytes) this.showError(`The selected file must be smaller than ${Math.floor(maxBytes / 1048576)}MB`);
  }

  get canBeSent() {
    return !this.isAdded && this.file.size <= maxBytes;
  }

  tell(percent, words) {
    this.progress.value = percent;
    this.words.textContent = `${this.file.name}: ${words}`;
  }

  showError(sentence, link) {
    this.sentence = sentence;
    this.error.textContent = sentence;
    this.error.hidden = !sentence;
    if (link) {
      const anchor = document.createElement("a");
      Object.assign(anchor, { href: link, target: "_blank", rel: "noopener", textContent: "Sign in (opens in a new tab)" });
      this.error.append(" ", anchor);
    }
    this.element.classList.toggle("nhsuk-form-group--error", Boolean(sentence));
    if (sentence) {
      this.title.setAttribute("aria-describedby", this.error.id);
      this.tell(0, "not added");
    } else {
      this.title.removeAttribute("aria-describedby");
      this.keep.hidden = true;
    }
  }

  leaveOut() {
    rows.splice(rows.indexOf(this), 1);
    this.element.remove();
    fit();
    summarise(rows.filter((row) => row.sentence));
    say(`${this.file.name} left out`);
    (rows[0]?.name ?? form.querySelector("input[name=source]:checked"))?.focus();
  }

  contents(token, soFar) {
    const data = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (!(value instanceof File) && !["title", "csrfmiddlewaretoken", "held", "keep"].includes(name)) data.append(name, value);
    }
    data.append("csrfmiddlewaretoken", token);
    data.append("title", this.title.value);
    for (const part of this.element.querySelectorAll("[data-part]")) data.set(`document_date_${part.dataset.part}`, part.value);
    data.append("so_far", soFar);
    if (this.isKept) data.append("keep", "on");
    data.append("file", this.file, this.file.name);
    return data;
  }

  finish(title) {
    this.isAdded = true;
    this.showError("");
    this.tell(100, "added");
    for (const part of this.element.querySelectorAll(".nhsuk-form-group, [data-actions]")) part.hidden = true;
    this.name.textContent = title;
  }
}

function post(row, token, soFar) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) row.tell((event.loaded / event.total) * 100, `${Math.floor((event.loaded / event.total) * 100)}%`);
    });
    request.addEventListener("loadend", () => resolve({ status: request.status, body: request.response ?? {} }));
    request.send(row.contents(token, soFar));
  });
}

// After signing in again in another tab the token on this page is an old one.
async function freshToken() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-uploads]")?.closest("form").elements.csrfmiddlewaretoken.value ?? "";
  } catch {
    return "";
  }
}

async function send(row, soFar) {
  let answer = await post(row, form.elements.csrfmiddlewaretoken.value, soFar);
  if (answer.status === 403) {
    const token = await freshToken();
    if (!token) return settle(row, { status: 401 }); // the page asks to sign in
    form.elements.csrfmiddlewaretoken.value = token;
    answer = await post(row, token, soFar);
  }
  return settle(row, answer);
}

// Gives where to go when this was the last one; "" after a fault of this file, null after one that stops all.
function settle(row, { status: code, body = {} }) {
  if (code === 200) {
    row.finish(body.title);
    return body.then;
  }
  if (code === 422) {
    row.showError(Object.values(body.errors ?? {}).flat()[0] ?? "This file could not be added");
    row.keep.hidden = !body.asks;
    return "";
  }
  if (code === 401) {
    row.showError("You are signed out. Your files are kept on this page. Sign in, then select Add evidence again.", "/accounts/login/");
  } else if (code === 0) {
    row.showError("No connection. Your files are kept on this page. Select Add evidence to try again.");
  } else {
    row.showError("We could not add this. Your file is still here. Select Add evidence to try again.");
  }
  return null;
}

async function sendAll() {
  if (isSending) return;
  isSending = true;
  const waiting = rows.filter((row) => row.canBeSent);
  say(`Adding ${files(waiting.length)}`);
  let then = "";
  for (const row of waiting) {
    const place = await send(row, rows.filter((one) => one.isAdded).length + 1);
    if (place === null) break;
    then = place || then;
  }
  isSending = false;
  const left = rows.filter((row) => !row.isAdded);
  if (left.length === 0 && then) {
    say(`${files(rows.length)} added`);
    location.assign(then);
    return;
  }
  say(`${rows.length - left.length} of ${files(rows.length)} added. ${left.length} not added: the reason stands beside each.`);
  summarise(left);
}

function take(list) {
  for (const file of list) {
    if (rows.length >= MOST) {
      say(`Choose ${MOST} files or fewer at a time`);
      break;
    }
    const row = new Row(file, rows.length + Date.now() % 100000);
    rows.push(row);
    holder.append(row.element);
  }
  fit();
  if (rows.length) say(`${files(rows.length)} to add`);
}

input.addEventListener("change", () => {
  if (input.files.length < 2 && rows.length === 0) return;
  take([...input.files]);
  input.value = ""; // each row holds its own file
  const radio = form.querySelector("input[name=source][value=FILE]");
  if (radio && !radio.checked) radio.click();
  rows[0]?.name.focus();
});

form.addEventListener("change", (event) => {
  if (event.target.name === "source") fit();
});

form.addEventListener("submit", (event) => {
  if (rows.length === 0 || chosenSource() !== "FILE") return;
  event.preventDefault();
  sendAll();
});

fit();
