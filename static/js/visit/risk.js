// An immediate risk from the page: its form opens in place, without a signal too, and nothing looks sent before the server has it.

import { EntryForm } from "./forms.js";
import { made } from "./status.js";
import { SENTENCES } from "./words.js";

const REQUIRED = { what: "Enter what the risk is", where: "Enter where it is", told: "Enter who you have told" };
const alarm = document.querySelector("[data-alarm]");

export function openRiskForm(page, keep) {
  const form = document.getElementById("visit-risk");
  if (!form) return;
  const section = document.querySelector("[data-risk-form]");
  const opener = document.querySelector("[data-risk-open]");
  const show = (isOpen) => {
    section.hidden = !isOpen;
    opener.hidden = isOpen;
  };
  opener.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    show(true);
    section.querySelector("h2").focus();
  });
  new EntryForm(form, page, {
    required: REQUIRED,
    clears: Object.keys(REQUIRED),
    keep: async (fields) => {
      const isKept = await keep("risk", form.action, fields);
      if (isKept) show(false);
      return isKept;
    },
  });
  if ([...form.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value)) show(true);
}

// why: null while the first attempt is under way. Each risk that is not sent has its own words, until the server has it.
export function showAlarm(risks, why, whom, link, onChange) {
  const words = risks.map((entry) => {
    const reason = entry.refusal ? SENTENCES.riskRefused(entry.refusal) : why;
    return reason ? [entry, SENTENCES.alarm(reason[0], whom, reason[1])] : null;
  });
  const blocks = words.filter(Boolean).map(([entry, sentence]) => {
    const block = made("div", "app-visit-alarm");
    const first = made("p");
    first.append(made("strong", "", sentence));
    block.append(first, made("p", "app-note", entry.fields.what));
    if (entry.refusal) {
      const button = made("button", "nhsuk-button nhsuk-button--secondary nhsuk-button--small", "Change");
      button.type = "button";
      button.addEventListener("click", () => onChange(entry));
      block.append(button);
    }
    if (link) {
      const anchor = made("a", "", link.text);
      anchor.href = link.url;
      const last = made("p");
      last.append(anchor);
      block.append(last);
    }
    return block;
  });
  const drawn = blocks.map((block) => block.textContent).join("\n");
  if (alarm.dataset.drawn === drawn) return; // an alert is read aloud once
  alarm.dataset.drawn = drawn;
  alarm.replaceChildren(...blocks);
}

// Opens the form again, for a risk that was refused and is written anew.
export function reopenRiskForm() {
  document.querySelector("[data-risk-form]").hidden = false;
  document.querySelector("[data-risk-open]").hidden = true;
}

// "Reported at 2:02pm. Imogen Fraser and the hub have been told."
export function showReported(words) {
  const block = made("div", "app-visit-reported");
  block.append(made("p", "", words));
  document.querySelector("[data-reported]").append(block);
}
