// What every other page does about visits on this device: notes that wait are named to whoever is to sign in, nobody opens the saved
// pages of another, and signing out by choice wipes one's own. A session that merely ends wipes nothing.

import { token } from "../answer_form.js";
import { button, element } from "../sign_out.js";
import { forgetPagesOfOthers, unsentOf, unsentOfAll, wipe } from "./leaving.js";
import { SENTENCES } from "./words.js";

export async function mind(user) {
  if (user) {
    await forgetPagesOfOthers(user);
    return;
  }
  const form = document.querySelector("main form[action*='/login/']");
  const unsent = form ? await unsentOfAll() : [];
  if (unsent.length) form.before(element("p", SENTENCES.signedOut(unsent)));
}

export async function signOut(form, user) {
  const unsent = await unsentOf(user);
  if (unsent.length) interrupt(SENTENCES.signOut(unsent), (tell) => leave(form, user, tell));
  else await leave(form, user, interrupt);
}

// The service signs out first: without a signal it cannot, and then nothing is deleted either.
async function leave(form, user, tell) {
  let answer;
  try {
    const body = new URLSearchParams({ csrfmiddlewaretoken: token(form) });
    answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
  } catch {
    tell(SENTENCES.cannotSignOut);
    return;
  }
  if (answer.ok) await wipe(user);
  if (answer.ok) location.assign("/accounts/login/");
  else form.submit();
}

// NHS.UK's interruption, over the page. Without an act there is nothing to choose but to stay.
function interrupt(sentence, act) {
  const dialog = element("dialog", "", "app-sign-out-warning app-sign-out-interruption");
  const panel = element("div", "", "nhsuk-panel nhsuk-panel--interruption");
  const heading = element("h2", sentence, "nhsuk-panel__heading nhsuk-panel__heading--m");
  heading.id = "unsent-title";
  heading.tabIndex = -1;
  dialog.setAttribute("aria-labelledby", heading.id);
  const buttons = element("div", "", "nhsuk-button-group");
  buttons.append(button("Stay signed in", "nhsuk-button--reverse", () => dialog.remove()));
  const tell = (words) => { heading.textContent = words; };
  if (act) buttons.append(button("Sign out and delete", "nhsuk-button--reverse", () => act(tell)));
  panel.append(heading, buttons);
  dialog.append(panel);
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
}
