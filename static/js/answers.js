// A page of questions: each answer saves itself, and nothing that was typed is lost. Without this file every answer has its own button.

import { Drafts } from "./answer_drafts.js";
import { say } from "./answer_page.js";
import { AnswerSaver } from "./answer_saver.js";

const place = document.querySelector("[data-answers]");
const page = { user: place.dataset.user, drafts: new Drafts(place.dataset.user), savers: new Map() };
const savers = () => [...page.savers.values()];

for (const section of document.querySelectorAll(".app-answer")) {
  if ([...section.querySelectorAll("form")].some((form) => form.elements.comment && form.elements.version)) new AnswerSaver(section, page);
}
for (const saver of savers()) {
  const draft = page.drafts.of(saver.answer);
  if (draft) saver.restore(draft);
}

addEventListener("online", () => savers().forEach((saver) => saver.retryNow()));
addEventListener("focus", () => savers().forEach((saver) => saver.retryNow()));
// A reply to the hub is sent by its own button only: it cannot be changed afterwards. Half of one is not left behind either.
let isReplying = false;
const halfReply = () => [...place.querySelectorAll("[name=reply]")].find((box) => box.value.trim());
place.addEventListener("submit", (event) => { isReplying = event.target.elements.reply !== undefined; });

addEventListener("beforeunload", (event) => {
  const isLost = savers().some((saver) => saver.isUnsent && !saver.isLeaving) || (halfReply() && !isReplying);
  if (isLost) event.preventDefault();
});
// Signing in comes back to the answer, and its text is kept on this device: nothing to ask.
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-saved] a")) savers().forEach((saver) => { saver.isLeaving = saver.isKept !== false; });
});

addEventListener("app:leaving", () => {
  isReplying = true;
  savers().forEach((saver) => { saver.isLeaving = true; });
});

function askForReply(reply) {
  const words = "Your reply to the hub has not been sent. Press Send reply, or empty it.";
  page.savers.get(reply.closest(".app-answer").dataset.answer).show(words);
  say(words);
  reply.focus();
}

const button = document.querySelector("[data-save-and-continue]");
if (button) {
  button.hidden = false;
  document.querySelector("[data-continue]").hidden = true;
  button.addEventListener("click", async () => {
    const unsent = savers().filter((saver) => saver.isUnsent);
    const results = await Promise.all(unsent.map((saver) => saver.flush()));
    const stuck = unsent.find((saver, n) => !results[n]);
    const reply = halfReply();
    if (stuck) page.savers.get(stuck.answer).section.scrollIntoView({ block: "start" });
    else if (reply) askForReply(reply);
    else location.assign(button.dataset.saveAndContinue);
  });
}
