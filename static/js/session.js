// Warns 5 minutes before the session ends. Typing counts as activity, polling does not; all open tabs share one clock.

const dialog = document.getElementById("sign-out-warning");
const lifetime = Number(dialog.dataset.secondsLeft) * 1000;
const warning = Number(dialog.dataset.warnSeconds) * 1000;
const keepAliveUrl = dialog.dataset.keepAliveUrl;
const token = dialog.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const words = dialog.querySelector("[data-minutes]");
const status = dialog.querySelector("[data-announce]");
const SHARED = "qnt-session-ends";
const PING_EVERY = 60_000;

let endsAt = Date.now() + lifetime;
let lastPing = Date.now();
let announced = "";
let hasTyped = false;

function extend() {
  endsAt = Date.now() + lifetime;
  announced = "";
  try { localStorage.setItem(SHARED, String(endsAt)); } catch { /* a private window may refuse */ }
  if (dialog.open) dialog.close();
}

async function keepAlive() {
  lastPing = Date.now();
  try {
    const answer = await fetch(keepAliveUrl, {
      method: "POST",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      credentials: "same-origin",
    });
    if (answer.ok) extend();
  } catch { /* no connection: the clock goes on */ }
}

function announce(text) {
  if (announced === text) return;
  announced = text;
  status.textContent = text;
}

function end() {
  clearInterval(clock);
  if (!hasTyped) return location.reload();
  dialog.querySelector("h2").textContent = "You are signed out";
  dialog.querySelector("#sign-out-warning-text").textContent = "Your text is kept on this page. Sign in to save it.";
  const link = document.createElement("a");
  link.className = "nhsuk-button";
  link.href = "/accounts/login/";
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Sign in (opens in a new tab)";
  dialog.querySelector(".nhsuk-button-group").replaceChildren(link);
  if (!dialog.open) dialog.showModal();
  link.addEventListener("click", () => dialog.close());
}

function tick() {
  const left = endsAt - Date.now();
  if (left <= 0) return end();
  if (left > warning) return;
  const minutes = Math.ceil(left / 60_000);
  words.textContent = minutes === 1 ? "1 minute" : `${minutes} minutes`;
  if (!dialog.open) dialog.showModal();
  if (minutes >= 5) announce("You will be signed out in 5 minutes");
  if (minutes === 1) announce("You will be signed out in 1 minute");
}

document.addEventListener("input", () => {
  hasTyped = true;
  if (!dialog.open && Date.now() - lastPing > PING_EVERY) keepAlive();
});
document.addEventListener("submit", () => { hasTyped = false; });
dialog.querySelector("[data-stay]").addEventListener("click", keepAlive);
dialog.addEventListener("cancel", (event) => { event.preventDefault(); keepAlive(); });
addEventListener("storage", (event) => {
  if (event.key !== SHARED || Number(event.newValue) <= endsAt) return;
  endsAt = Number(event.newValue);
  announced = "";
  if (dialog.open) dialog.close();
});
const clock = setInterval(tick, 1000);
try { localStorage.setItem(SHARED, String(endsAt)); } catch { /* a private window may refuse */ }
