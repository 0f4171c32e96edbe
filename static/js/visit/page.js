// The visit form: what is saved is kept on this device at once and sent when there is a signal. Without this file the forms post themselves.

import { token } from "../answer_form.js";
import { offerFile, showOthers } from "./download.js";
import { EntryForm, entryOf, fill, labelOf } from "./forms.js";
import { refreshSent, showSent, showWaiting } from "./lists.js";
import { askToKeep, isNearlyFull, save } from "./pack.js";
import { openRiskForm, reopenRiskForm, showAlarm, showReported } from "./risk.js";
import { Sender } from "./sender.js";
import { say } from "./status.js";
import { drop, keep, PRESENT, setPresent } from "./store.js";
import { SENTENCES } from "./words.js";

const page = { ...document.querySelector("[data-visit]").dataset };
const forms = { note: "visit-note", judgement: "visit-judgement", pledge: "visit-pledge", risk: "visit-risk" };
const formOf = (kind) => document.getElementById(forms[kind]);
const PING_EVERY = 60_000;
const state = { isSignedOut: false, hasFailed: false, sentAt: null, isFresh: false, isCovered: false };

// What waits ----------------------------------------------------------------------------------------------------------
async function show() {
  if (state.isCovered) return;
  const entries = await sender.entries();
  showWaiting(entries, { draw: drawn, onChange: takeBack });
  showAlarm(entries.filter((entry) => entry.kind === "risk"), whyNot(), page.whom, state.isSignedOut ? signIn() : null, takeBack);
  if (!entries.length) say("waiting", state.sentAt ? SENTENCES.sent(state.sentAt) : "");
  else if (state.isSignedOut) say("waiting", SENTENCES.signedOut(entries), signIn());
  else say("waiting", SENTENCES.waiting(entries));
}

function whyNot() {
  if (!navigator.onLine) return SENTENCES.noSignal;
  if (state.isSignedOut) return SENTENCES.noSession;
  return state.hasFailed ? SENTENCES[state.hasFailed] : null;
}

function signIn() {
  return { url: `/accounts/login/?next=${encodeURIComponent(page.url)}`, text: "Sign in" };
}

function drawn({ kind, fields }) {
  if (kind === "pledge") return { title: "", text: fields.text };
  if (kind === "judgement") {
    const value = labelOf(formOf(kind), "value", fields.value);
    return { title: labelOf(formOf(kind), "which", `${fields.service}-${fields.indicator}`), text: [value, fields.reason].filter(Boolean).join(". ") };
  }
  const places = ["session", "topic"].map((name) => labelOf(formOf(kind), name, fields[name]));
  const [number] = labelOf(formOf(kind), "indicator", fields.indicator).split(" ");
  return { title: [...places, number].filter(Boolean).join(", "), text: fields.text };
}

// Somebody else has signed in at this browser: nothing that this page's person wrote stays on the screen, but that a danger was not
// sent does. What waits stays on the device.
function cover() {
  state.isCovered = true;
  for (const part of document.querySelectorAll("[data-visit] > :not([data-visit-status], [data-alarm])")) part.hidden = true;
  for (const text of document.querySelectorAll("[data-alarm] .app-note")) text.remove();
  for (const line of ["ready", "room"]) say(line, "");
  say("waiting", SENTENCES.someoneElse, signIn());
}

function mayHaveFile() {
  if (sender.isLeft) cover();
  return !sender.isLeft;
}

// What was refused goes back into its form, and is written anew.
async function takeBack(entry) {
  const form = formOf(entry.kind);
  if (!form) return;
  if (entry.kind === "risk") reopenRiskForm();
  fill(form, { ...entry.fields, which: `${entry.fields.service}-${entry.fields.indicator}` });
  await drop(entry);
  await show();
  form.querySelector("textarea").focus();
}

const sender = new Sender(page, {
  changed: show,
  async sent(entry, answer) {
    Object.assign(state, { isSignedOut: false, hasFailed: false, sentAt: new Date() });
    showSent(entry.kind, answer.html);
    if (entry.kind === "risk") showReported(answer.words);
    await show();
  },
  async failed(isAnswered) {
    state.hasFailed = isAnswered ? "noAnswer" : "noSignal";
    await show();
  },
  async signedOut(isOther) {
    state.isSignedOut = true;
    if (isOther) cover();
    else await show();
  },
  async finished() {
    const text = await makeReady();
    if (text) refreshSent(text);
    await show();
  },
});

// Saving --------------------------------------------------------------------------------------------------------------
async function keepEntry(kind, url, fields) {
  try {
    await keep(entryOf(page, kind, url, fields));
  } catch (fault) {
    return notKept(fault, kind, fields);
  }
  await show();
  sender.now();
  return true;
}

// A device that keeps nothing sends the form as a page does; a full one says so, and the text stays where it is.
function notKept(fault, kind, fields) {
  const form = formOf(kind);
  if (fault?.name === "QuotaExceededError" || !navigator.onLine || kind === "judgement") {
    say("room", SENTENCES.nearlyFull);
    return false;
  }
  fill(form, fields);
  form.elements.csrfmiddlewaretoken.value = token(form);
  form.submit();
  return true;
}

// Typing counts as activity: the session must not end under somebody who writes.
let lastPing = Date.now();
function stayActive() {
  if (!navigator.onLine || Date.now() - lastPing < PING_EVERY) return;
  lastPing = Date.now();
  fetch(page.tokenUrl, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" }).catch(() => {});
}

// The page may have been kept for hours: the session that is on now, or comes next.
function chooseSession(form) {
  const select = form.elements.session;
  if (!select || document.querySelector(".nhsuk-error-summary")) return;
  const next = [...document.querySelectorAll("[data-session-ends]")].find((one) => Date.parse(one.dataset.sessionEnds) > Date.now());
  select.value = next ? next.dataset.sessionOption : "";
}

function useForms() {
  const text = (kind, url, empty) => ({ required: { text: empty }, clears: ["text"], keep: (fields) => keepEntry(kind, url, fields) });
  if (formOf("note")) {
    chooseSession(formOf("note"));
    new EntryForm(formOf("note"), page, text("note", page.url, "Enter a note"));
  }
  if (formOf("pledge")) new EntryForm(formOf("pledge"), page, text("pledge", formOf("pledge").action, "Enter what you will do"));
  if (formOf("judgement")) useJudgements(formOf("judgement"));
  openRiskForm(page, keepEntry);
  document.addEventListener("input", stayActive);
}

function useJudgements(form) {
  document.querySelector("[data-judge]").hidden = false;
  new EntryForm(form, page, {
    required: { which: "Select an indicator", value: "Select met, not met or not seen" },
    clears: ["which", "value", "reason"],
    keep: ({ which, value, reason }) => {
      const [service, indicator] = which.split("-");
      return keepEntry("judgement", form.action, { service, indicator, value, reason });
    },
  });
}

// Ready without a signal ----------------------------------------------------------------------------------------------
async function makeReady() {
  const { savedAt, text } = await save(page);
  state.isFresh = Boolean(text);
  say("ready", savedAt ? SENTENCES.ready(savedAt) : SENTENCES.notReady);
  if (await isNearlyFull()) say("room", SENTENCES.nearlyFull);
  return text;
}

async function start() {
  setPresent(page.user);
  useForms();
  offerFile(page, () => sender.entries(), mayHaveFile);
  await show();
  await showOthers(page);
  sender.now();
  await askToKeep();
  await makeReady();
}

addEventListener("online", () => { if (!state.isFresh) makeReady(); });
addEventListener("offline", show);
addEventListener("storage", ({ key }) => { if (key === PRESENT && sender.isLeft) cover(); });
start();
