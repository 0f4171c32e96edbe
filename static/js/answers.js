// Saves each answer of a section as it is filled in. Without this file every answer still has its own button.
// Nothing turns red while somebody types: what cannot be saved yet waits for the button.

const DELAY = 1000;
const RETRY = 5000;
const status = document.getElementById("answers-status");
let lastSaid = 0;

function say(sentence) {
  const now = Date.now();
  if (status && now - lastSaid >= 5000) {
    status.textContent = sentence;
    lastSaid = now;
  }
}

function clock(date) {
  return date
    .toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit", hour12: true, timeZone: "Europe/London" })
    .replace(" ", "")
    .toLowerCase();
}

function contents(form) {
  const data = new FormData(form);
  const value = data.getAll("cannot").includes("CANNOT") ? "CANNOT" : data.get("value") || "";
  const reason = { NA: "reason_na", CANNOT: "reason_cannot" }[value];
  return new URLSearchParams({
    csrfmiddlewaretoken: data.get("csrfmiddlewaretoken") || "",
    value,
    numerator: data.get("numerator") || "",
    denominator: data.get("denominator") || "",
    reason: (reason && data.get(reason)) || "",
    comment: data.get("comment") || "",
    version: data.get("version") || "",
  });
}

class AnswerSaver {
  constructor(section, form) {
    this.section = section;
    this.form = form;
    this.line = section.querySelector("[data-saved]");
    this.timer = null;
    this.isSaving = false;
    this.isChanged = false;
    form.addEventListener("input", () => this.later(DELAY));
    form.addEventListener("change", () => this.later(DELAY));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.isAsked = true;
      this.isChanged = true;
      this.save();
    });
  }

  later(delay) {
    this.isChanged = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  show(sentence, link) {
    this.line.replaceChildren(sentence);
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link.url;
      anchor.textContent = link.text;
      this.line.append(" ", anchor);
    }
  }

  async save() {
    clearTimeout(this.timer);
    if (this.isSaving || !this.isChanged) {
      return;
    }
    this.isSaving = true;
    this.isChanged = false;
    let response;
    try {
      response = await fetch(this.form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: contents(this.form),
        credentials: "same-origin",
      });
    } catch {
      this.again("No connection. Your text is kept on this page and will be sent when the connection is back.");
      return;
    }
    this.isSaving = false;
    await this.settle(response);
    if (this.isChanged) {
      this.later(DELAY);
    }
  }

  again(sentence) {
    this.isSaving = false;
    this.show(sentence);
    this.later(RETRY);
  }

  async settle(response) {
    if (response.ok) {
      const saved = await response.json();
      this.form.elements.version.value = saved.version;
      this.show(`Saved at ${clock(new Date(saved.saved_at))} by you`);
      say(`Answer ${this.section.dataset.number} saved`);
      this.isAsked = false;
    } else if (response.status === 401) {
      const next = encodeURIComponent(`${location.pathname}#${this.section.id}`);
      this.show("You are signed out. Your text is kept on this page. Sign in to save it.", {
        text: "Sign in",
        url: `/accounts/login/?next=${next}`,
      });
    } else if (response.status === 409 || (response.status === 422 && this.isAsked)) {
      this.form.submit(); // the page that shows both texts, or the faults
    } else if (response.status >= 500) {
      this.again("We could not save this. Your text is still here and we are trying again. Keep this page open.");
    } else if (response.status !== 422) {
      this.form.submit();
    }
  }
}

for (const section of document.querySelectorAll(".app-answer")) {
  const form = [...section.querySelectorAll("form")].find((one) => one.elements.comment);
  if (form && form.elements.version) {
    new AnswerSaver(section, form);
  }
}
