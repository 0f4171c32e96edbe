// Signing out by choice leaves nothing of one's own on the device; what is not saved yet is named before it goes.

import { Drafts } from "./answer_drafts.js";

export function element(name, text, css = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (css) made.className = css;
  return made;
}

export function button(text, css, act) {
  const made = element("button", text, `nhsuk-button ${css}`);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function ask(unsent, leave) {
  const dialog = element("dialog", "", "app-sign-out-warning");
  const count = new Set(unsent.map((draft) => draft.answer)).size;
  const heading = element("h2", `Your text for ${count} ${count === 1 ? "answer" : "answers"} has not been saved`, "nhsuk-heading-m");
  heading.id = "unsaved-title";
  heading.tabIndex = -1;
  dialog.setAttribute("aria-labelledby", heading.id);
  const list = element("ul", "", "nhsuk-list");
  for (const draft of unsent) {
    const link = element("a", `Save answer ${draft.number}`);
    link.href = draft.url;
    link.addEventListener("click", () => dialog.remove());
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  const buttons = element("div", "", "nhsuk-button-group");
  buttons.append(button("Stay signed in", "", () => dialog.remove()), button("Sign out and delete my text", "nhsuk-button--secondary", leave));
  dialog.append(heading, element("p", "If you sign out now it will be deleted from this device."), list, buttons);
  document.body.append(dialog);
  dialog.showModal();
  heading.focus();
}

// Whether a visit was ever opened on this device: only then is its database looked at.
function hasVisits() {
  try {
    return localStorage.getItem("qnt-visit") !== null;
  } catch {
    return false;
  }
}

export async function mindVisits() {
  if (!hasVisits()) return;
  const { mind } = await import("./visit/device.js");
  await mind(document.body.dataset.user);
}

export function guardSignOut() {
  const { user } = document.body.dataset;
  if (!user) return;
  const drafts = new Drafts(user);
  for (const form of document.querySelectorAll("form[action$='/logout/']")) {
    const leave = async () => {
      if (!hasVisits()) return form.submit();
      const { signOut } = await import("./visit/device.js");
      return signOut(form, user);
    };
    form.addEventListener("submit", (event) => {
      const unsent = drafts.all();
      if (!unsent.length && !hasVisits()) return;
      event.preventDefault();
      if (!unsent.length) {
        leave();
        return;
      }
      ask(unsent, () => {
        drafts.wipe();
        dispatchEvent(new Event("app:leaving"));
        leave();
      });
    });
  }
}
