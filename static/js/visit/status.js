// The status line: one sentence about what waits, one about being ready, one about room. Polite, and empty when there is nothing to say.

const place = document.querySelector("[data-visit-status]");

export function say(line, sentence, link) {
  const element = place.querySelector(`[data-line=${line}]`);
  if (element.textContent === `${sentence}${link ? ` ${link.text}` : ""}`) return;
  element.replaceChildren(sentence);
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link.url, textContent: link.text });
    element.append(" ", anchor);
  }
  element.hidden = !sentence;
}

// NHS.UK's error summary and the errors beside the fields, as the server would draw them; no faults take them away.
// faults: pairs of a field's name and a sentence.
export function showErrors(form, faults) {
  document.querySelector(".nhsuk-error-summary")?.remove();
  document.title = document.title.replace(/^Error: /, "");
  for (const message of form.querySelectorAll(".nhsuk-error-message")) message.remove();
  for (const group of form.querySelectorAll(".nhsuk-form-group--error")) group.classList.remove("nhsuk-form-group--error");
  for (const field of form.querySelectorAll("[data-described]")) {
    field.removeAttribute("aria-describedby");
    field.removeAttribute("data-described");
  }
  if (!faults.length) return;
  const shown = faults.map(([name, sentence]) => ({ field: showError(form, name, sentence), sentence }));
  document.title = `Error: ${document.title}`;
  summarise(shown);
}

function showError(form, name, sentence) {
  const field = [...form.elements].find((one) => one.name === name);
  const group = field.closest(".nhsuk-form-group");
  const message = made("span", "nhsuk-error-message", sentence);
  message.id = `${field.id}-error`;
  message.prepend(made("span", "nhsuk-u-visually-hidden", "Error: "));
  (field.closest(".nhsuk-radios") ?? field).before(message);
  group.classList.add("nhsuk-form-group--error");
  field.dataset.described = "";
  field.setAttribute("aria-describedby", message.id);
  return field;
}

function summarise(shown) {
  const summary = made("div", "nhsuk-error-summary");
  const list = made("ul", "nhsuk-list nhsuk-error-summary__list");
  for (const { field, sentence } of shown) {
    const item = made("li");
    const link = made("a", "", sentence);
    link.href = `#${field.id}`;
    link.addEventListener("click", (event) => { event.preventDefault(); field.focus(); });
    item.append(link);
    list.append(item);
  }
  const body = made("div", "nhsuk-error-summary__body");
  body.append(list);
  const alert = made("div");
  alert.setAttribute("role", "alert");
  alert.append(made("h2", "nhsuk-error-summary__heading", "There is a problem"), body);
  summary.append(alert);
  summary.tabIndex = -1;
  document.querySelector("main").prepend(summary);
  summary.focus();
}

export function made(name, css = "", text = "") {
  const element = document.createElement(name);
  if (css) element.className = css;
  element.textContent = text;
  return element;
}
