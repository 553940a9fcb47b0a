// Liveness for pages that work without it: the same page is read again and what changed is put in
// place. Forms are sent without leaving the page, so that drafts, focus and opened decisions stay.

import { listen, soon, tick } from "./live.js";

const main = document.getElementById("main");

/** Put the regions of a freshly read page in place of the present ones. */
function adopt(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const region of main.querySelectorAll("[data-region]")) {
    const news = fresh.getElementById(region.id);
    if (!news) continue;
    if (region.dataset.region === "keyed") adoptList(region, news);
    else if (region.innerHTML !== news.innerHTML) adoptWhole(region, news);
  }
  const cursor = fresh.getElementById("main")?.dataset.cursor;
  if (cursor) main.dataset.cursor = cursor;
  document.title = fresh.title || document.title;
  tick();
}

function adoptWhole(region, news) {
  const focused = region.contains(document.activeElement) ? document.activeElement.textContent : null;
  region.replaceChildren(...document.adoptNode(news).childNodes);
  if (focused === null) return;
  const controls = [...region.querySelectorAll("a, button")];
  (controls.find((control) => control.textContent === focused) ?? controls[0])?.focus();
}

function adoptList(list, news) {
  const known = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const wanted = [...news.children].map((item) => {
    const present = known.get(item.dataset.key);
    if (!present) return document.adoptNode(item);
    if (present.dataset.rev !== item.dataset.rev) refresh(present, item);
    return present;
  });
  for (const item of known.values()) if (!wanted.includes(item)) item.remove();
  wanted.forEach((item, place) => {
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
}

/** Take over what changed and keep an opened decision open. */
function refresh(present, item) {
  const open = present.querySelector("details[open]");
  const focused = present.contains(document.activeElement);
  present.className = item.className;
  present.dataset.rev = item.dataset.rev;
  const gist = item.querySelector("details");
  if (open && gist && open.dataset.turn === gist.dataset.turn) gist.replaceWith(open);
  present.replaceChildren(...document.adoptNode(item).childNodes);
  if (focused && !present.contains(document.activeElement)) present.querySelector("a, summary")?.focus();
}

async function read() {
  const response = await fetch(location.href);
  if (response.redirected) return location.assign(response.url);
  if (response.ok) adopt(await response.text());
}

const readSoon = soon(() => read().catch(onOffline), 150);

function onOffline(error) {
  // The stream comes back by itself and the page is read again then.
  if (!(error instanceof TypeError)) throw error;
}

// ── news ─────────────────────────────────────────────────────────────────────────────────────

if (main?.dataset.live) {
  listen(
    () => {
      const url = new URL(main.dataset.live, location.href);
      url.searchParams.set("after", main.dataset.cursor);
      return url.href;
    },
    { message: readSoon, delivery: readSoon, status: readSoon, typing: onTyping },
    { onReturn: readSoon, background: Boolean(main.dataset.background) },
  );
  setInterval(tick, 1000);
}

// ── long actions: while one runs, the page is read again ─────────────────────────────────────

setInterval(() => {
  if (!document.hidden && main?.querySelector("[data-running]")) read().catch(onOffline);
}, 1000);
setInterval(() => {
  if (!document.hidden && main?.querySelector("[data-slowly]")) read().catch(onOffline);
}, 4000);

let typingTimer = 0;

function onTyping(data) {
  const line = document.getElementById("typing");
  if (!line) return;
  clearTimeout(typingTimer);
  line.textContent = data.on ? "The agent is writing…" : "";
  typingTimer = setTimeout(() => { line.textContent = ""; }, 20_000);
}

// ── forms ────────────────────────────────────────────────────────────────────────────────────

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-act]")) return;
  event.preventDefault();
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return;
  const body = new URLSearchParams(new FormData(form));
  // The pressed button's own value is no part of the form's data.
  if (event.submitter?.name) body.set(event.submitter.name, event.submitter.value);
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body });
    const html = await response.text();
    if (new URL(response.url).pathname.endsWith("/sign-in") || response.status === 403) return form.submit();
    if (response.ok && form.matches("[data-clears]")) form.querySelector("textarea").value = "";
    adopt(html);
    document.dispatchEvent(new CustomEvent("adopted", { detail: { form } }));
  } catch (error) {
    onOffline(error);
    say("The service cannot be reached. What you wrote is still here.");
  } finally {
    for (const button of buttons) button.disabled = false;
  }
});

function say(words) {
  const alert = document.createElement("p");
  alert.className = "alert";
  alert.setAttribute("role", "alert");
  alert.textContent = words;
  document.getElementById("trouble")?.replaceChildren(alert);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const field = event.target.closest("[data-send-keys]");
  if (!field || event.isComposing) return;
  event.preventDefault();
  field.form.requestSubmit();
});

const filter = document.querySelector("form[data-auto]");
if (filter) {
  filter.classList.add("auto");
  filter.addEventListener("change", () => filter.requestSubmit());
}

// ── decisions ────────────────────────────────────────────────────────────────────────────────

document.addEventListener("toggle", async (event) => {
  const details = event.target;
  if (!details.matches?.("details[data-turn]") || !details.open || details.dataset.loaded) return;
  const address = details.querySelector("a").href;
  const response = await fetch(address, { headers: { "X-Fragment": "1" } });
  if (!response.ok || response.redirected) return;
  details.querySelector(".gist-body").innerHTML = await response.text();
  details.dataset.loaded = "1";
  details.querySelector("summary").scrollIntoView({ block: "nearest" });
}, true);
