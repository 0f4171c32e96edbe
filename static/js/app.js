// Small helps for every page; each page works without them.

import { guardSignOut, mindVisits } from "./sign_out.js";

const isWide = matchMedia("(min-width: 48.0625em)");

// Filters: open beside the list on a wide screen, folded away above it on a phone.
function fitFilters() {
  for (const filter of document.querySelectorAll("[data-app-filter]")) filter.open = isWide.matches;
}
fitFilters();
isWide.addEventListener("change", fitFilters);

// A radio may not carry aria-expanded (ARIA 1.2); NHS.UK's script sets it on radios that open a question.
const withoutExpanded = new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (target.type === "radio" && target.hasAttribute("aria-expanded")) target.removeAttribute("aria-expanded");
  }
});
withoutExpanded.observe(document.body, { attributes: true, attributeFilter: ["aria-expanded"], subtree: true });
for (const radio of document.querySelectorAll("input[type=radio][aria-expanded]")) radio.removeAttribute("aria-expanded");

// Print: every details is opened, and folded again afterwards.
let openedForPrint = [];
addEventListener("beforeprint", () => {
  openedForPrint = [...document.querySelectorAll("details:not([open])")];
  for (const details of openedForPrint) details.open = true;
  const now = new Date();
  const [hours, minutes] = [now.getHours(), String(now.getMinutes()).padStart(2, "0")];
  const time = `${hours % 12 || 12}:${minutes}${hours < 12 ? "am" : "pm"}`;
  const date = now.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  for (const place of document.querySelectorAll("[data-printed-at]")) place.textContent = `${time} on ${date}`;
});
addEventListener("afterprint", () => {
  for (const details of openedForPrint) details.open = false;
});
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// What htmx swaps in gets the same behaviour as what came with the page.
document.addEventListener("htmx:afterSwap", async (event) => {
  const script = document.querySelector("script[data-nhsuk]");
  if (!script || !event.detail.elt.querySelector?.("[data-module]")) return;
  const { initAll } = await import(script.src);
  initAll({ scope: event.detail.elt });
});

// Signing out with text that is not saved, and what a visit keeps on this device.
guardSignOut();
mindVisits();
