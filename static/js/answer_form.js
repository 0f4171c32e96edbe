// Reading and filling the form of one answer, and the words of its line.

export const WORDS = {
  signedOut: "You are signed out. Your text is kept on this page. Sign in to save it.",
  noConnection: "No connection. Your text is kept on this device and will be sent when the connection is back.",
  noConnectionNorDevice: "No connection. Your text is kept on this page and will be sent when the connection is back. Keep this page open.",
  server: "We could not save this. Your text is still here and we are trying again. Keep this page open.",
  refused: "We could not save this. Your text is kept on this device. Reload the page and try again.",
  restored: "You had typed this before. It is not saved yet.",
  waiting: "Not saved yet.",
};

// What the address of an answer takes, in the names of its contract.
export function contents(form) {
  const data = new FormData(form);
  const value = data.getAll("cannot").includes("CANNOT") ? "CANNOT" : data.get("value") || "";
  const reason = { NA: "reason_na", CANNOT: "reason_cannot" }[value];
  return {
    value,
    numerator: data.get("numerator") || "",
    denominator: data.get("denominator") || "",
    reason: (reason && data.get(reason)) || "",
    comment: data.get("comment") || "",
  };
}

// Everything that was typed and chosen, so that the form can be filled again.
export function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (name !== "csrfmiddlewaretoken" && name !== "version") fields[name] = value;
  }
  return fields;
}

// Where "Still true" was chosen, the answer itself is last year's and not what was typed: only the comment is.
export function fill(form, fields) {
  const kept = fields.still === "TRUE" ? ["still", "comment"] : null;
  for (const input of form.elements) {
    if (!input.name || ["csrfmiddlewaretoken", "version"].includes(input.name)) continue;
    if (kept && !kept.includes(input.name)) continue;
    if (input.type === "radio" || input.type === "checkbox") {
      const wanted = fields[input.name] === input.value;
      if (wanted !== input.checked && (wanted || input.type === "checkbox")) input.click();
    } else if (input.tagName !== "BUTTON" && input.tagName !== "FIELDSET") {
      input.value = fields[input.name] || "";
    }
  }
}

// Read when it is needed: signing in again changes it.
export function token(form) {
  const cookie = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
  return cookie ? cookie[1] : form.elements.csrfmiddlewaretoken.value;
}

// "2:02pm", "9am", "midnight", "midday", UK time: as the pages say it.
export function clock(date) {
  const parts = new Intl.DateTimeFormat("en-GB", { hour: "numeric", minute: "numeric", hourCycle: "h23", timeZone: "Europe/London" });
  const [hour, minute] = parts.format(date).split(":").map(Number);
  if (!minute && hour === 0) return "midnight";
  if (!minute && hour === 12) return "midday";
  return `${hour % 12 || 12}${minute ? `:${String(minute).padStart(2, "0")}` : ""}${hour < 12 ? "am" : "pm"}`;
}

function thousandths(text) {
  const plain = text.trim().replace(/,/g, "");
  return /^[0-9]{1,9}(\.[0-9]{1,3})?$/.test(plain) ? Math.round(Number(plain) * 1000) : null;
}

// "87%" beside the two numbers, rounded down, as one types. Nothing is announced: the numbers are the answer.
export function showShare(form) {
  const { numerator, denominator } = form.elements;
  if (!numerator || !denominator) return;
  const place = document.createElement("span");
  place.className = "app-share";
  denominator.after(place);
  const update = () => {
    const [some, all] = [thousandths(numerator.value), thousandths(denominator.value)];
    place.textContent = some !== null && all ? `${Math.floor((some * 100) / all)}%` : "";
  };
  form.addEventListener("input", update);
  update();
}
