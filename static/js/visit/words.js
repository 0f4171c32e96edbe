// Sentences of the visit form.

import { clock } from "../answer_form.js";

const NAMES = {
  note: ["note", "notes"],
  judgement: ["judgement", "judgements"],
  pledge: ["pledge", "pledges"],
  risk: ["immediate risk", "immediate risks"],
};

// "3 notes", "2 notes and 1 judgement"; "" for none.
export function counted(entries) {
  const parts = [];
  for (const [kind, [one, many]] of Object.entries(NAMES)) {
    const number = entries.filter((entry) => entry.kind === kind).length;
    if (number) parts.push(`${number} ${number === 1 ? one : many}`);
  }
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts.join("");
}

// What goes with "1 note" and with all else: "has", "have".
export function verb(entries, one, many) {
  return entries.length === 1 ? one : many;
}

// "11:20am"; of another day "11:20am on 12 May 2027".
export function moment(date, now = new Date()) {
  const day = (one) => one.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "Europe/London" });
  return day(date) === day(now) ? clock(date) : `${clock(date)} on ${day(date)}`;
}

export const SENTENCES = {
  waiting: (entries) => `${counted(entries)} waiting to send`,
  sent: (date) => `All notes sent at ${moment(date)}`,
  kept: (date) => `Kept on this device at ${moment(date)}`,
  ready: (date) => `Ready to use without a signal. Saved on this device at ${moment(date)}.`,
  notReady: "Open this page once with a connection before the visit.",
  signedOut: (entries) => `${counted(entries)} ${verb(entries, "is", "are")} safe on this device. Sign in to send ${verb(entries, "it", "them")}.`,
  otherPerson: (entries, name) => `This device holds ${counted(entries)} by ${name}. `
    + `${name} must sign in to send or download ${verb(entries, "it", "them")}.`,
  nearlyFull: "This device is nearly full. Download your notes.",
  signOut: (entries) => `${counted(entries)} ${verb(entries, "has", "have")} not been sent. `
    + `If you sign out now ${verb(entries, "it", "they")} will be deleted from this device.`,
  cannotSignOut: "You have no signal, so you cannot sign out now. Nothing was deleted.",
  someoneElse: "Someone else has signed in at this browser. Your notes are kept on this device until you sign in.",
  alarm: (why, whom, then) => `This has NOT been sent: ${why}. ${whom.charAt(0).toUpperCase()}${whom.slice(1)}. ${then}`,
  noSignal: ["you have no signal", "It will be sent when the signal is back."],
  noAnswer: ["the service does not answer", "It will be sent when the service answers."],
  noSession: ["you are signed out", "It will be sent when you have signed in."],
  riskRefused: (sentence) => [sentence.replace(/\.$/, ""), "Nobody has been told by this service."],
  gone: "This review is no longer open to you, so this cannot be sent. Download your notes.",
  refused: "This could not be sent. Download your notes, then open this page again.",
};
