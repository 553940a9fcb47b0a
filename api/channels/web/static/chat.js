// The chat: what has been said, what is being typed. The browser's cookie says who.

import { listen, soon } from "./live.js";
import { deliver, problem } from "./sending.js";
import { draw } from "./thread.js";

const TYPING_MS = 20_000;
const ASK_MS = 5_000;
const $ = (id) => document.getElementById(id);

const state = {
  thread: { status: null, cursor: 0, expecting: false, messages: [] },
  outgoing: [],
  typing: false,
  toldAt: 0,
};
let typingTimer = 0;
let loads = 0;

// ── the service ──────────────────────────────────────────────────────────────────────────────

async function load() {
  const number = ++loads;
  let response;
  try {
    response = await fetch("/chat/thread");
  } catch {
    return trouble("We cannot be reached at the moment. What you write is kept here.");
  }
  if (!response.ok) return trouble(await problem(response, "chat"));
  const thread = await response.json();
  if (number !== loads) return;
  const before = state.thread.messages.length;
  state.thread = thread;
  const stored = new Set(thread.messages.map((message) => message.id));
  state.outgoing = state.outgoing.filter((message) => !stored.has(message.id));
  if (!state.outgoing.some((message) => message.failed)) trouble("");
  if (thread.messages.length > before && thread.messages.at(-1)?.direction === "outbound") setTyping(false);
  render();
}

// A text on its way would be drawn twice, as stored and as sending; its own end loads the thread.
const reload = soon(() => state.outgoing.some((message) => message.sending) || load(), 40);

const told = (handle) => (data) => {
  state.toldAt = Date.now();
  handle(data);
};

function follow() {
  listen(
    () => `/chat/events?${new URLSearchParams({ after: String(state.thread.cursor) })}`,
    {
      message: told(reload),
      delivery: told(reload),
      status: told(reload),
      typing: told((data) => {
        setTyping(data.on);
        render();
      }),
    },
    { onReturn: load },
  );
  // Where no news get through (a proxy that holds them back, too many pages), the page asks.
  setInterval(() => {
    const waiting = all().findLast((message) => !message.failed)?.direction === "inbound" || state.thread.expecting;
    const silent = Date.now() - state.toldAt > ASK_MS;
    if (!document.hidden && silent && (waiting || state.thread.status === "human")) reload();
  }, ASK_MS);
}

async function post(message) {
  await deliver(message, {
    address: "/chat/messages",
    body: { id: message.key, text: message.text },
    who: "chat",
    unreachable: "We cannot be reached at the moment. Tap the message to try again.",
    render,
    trouble,
  });
  render();
  if (!message.failed) await load();
}

// ── drawing ──────────────────────────────────────────────────────────────────────────────────

function all() {
  const messages = [...state.thread.messages, ...state.outgoing];
  const newestOwn = messages.findLast((message) => message.direction === "inbound");
  return messages.map((message) => ({ ...message, newestOwn: message === newestOwn }));
}

function render() {
  const messages = all();
  const wasAtEnd = atEnd();
  draw($("thread"), messages, { decisions: false, parts: false });
  for (const bubble of document.querySelectorAll(".bubble:not([data-linked])")) linkUp(bubble);
  $("typing").hidden = !(state.typing || state.thread.expecting);
  $("status").textContent = statusWords(messages);
  if (wasAtEnd) toEnd();
}

// Addresses become links, built as elements: a text is never read as HTML.
function linkUp(bubble) {
  bubble.dataset.linked = "";
  const pieces = bubble.textContent.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'])/u);
  if (pieces.length === 1) return;
  bubble.replaceChildren(
    ...pieces.map((piece, place) => {
      if (place % 2 === 0) return piece;
      const link = document.createElement("a");
      link.href = piece;
      link.textContent = piece;
      link.target = "_blank";
      link.rel = "noopener noreferrer nofollow";
      return link;
    }),
  );
}

function statusWords(messages) {
  const rep = messages.findLast((message) => message.author === "rep")?.author_name;
  const words = { waiting: "A person will answer here", human: rep ? `With ${rep}` : "With a person" };
  return words[state.thread.status] ?? "Automated assistant";
}

function setTyping(on) {
  state.typing = on;
  clearTimeout(typingTimer);
  // Should the end of typing never arrive, the dots do not stay for ever.
  if (on) typingTimer = setTimeout(() => { setTyping(false); render(); }, TYPING_MS);
}

function trouble(words) {
  $("trouble").hidden = !words;
  $("trouble").textContent = words;
}

function atEnd() {
  const box = $("scroller");
  return box.scrollHeight - box.scrollTop - box.clientHeight < 80;
}

function toEnd() {
  $("scroller").scrollTop = $("scroller").scrollHeight;
}

// ── composing ────────────────────────────────────────────────────────────────────────────────

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function submit() {
  const text = $("draft").value;
  if (!text.trim()) return;
  const key = newKey();
  const message = {
    id: key, key, direction: "inbound", author: "customer", author_name: "", text,
    at: new Date().toISOString(), delivery: null,
  };
  state.outgoing.push(message);
  $("draft").value = "";
  onDraft();
  void post(message);
  toEnd();
  $("draft").focus();
}

function onDraft() {
  const draft = $("draft");
  const wasAtEnd = atEnd();
  draft.style.height = "auto";
  draft.style.height = `${Math.min(draft.scrollHeight + 2, 132)}px`;
  if (wasAtEnd) toEnd();
  $("send").disabled = !draft.value.trim();
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
$("draft").addEventListener("input", onDraft);
$("draft").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
$("thread").addEventListener("click", (event) => {
  const item = event.target.closest(".message");
  const failed = state.outgoing.find((message) => message.failed && message.id === item?.dataset.key);
  if (failed) void post(failed);
});

// ── in a frame of a shop's page ──────────────────────────────────────────────────────────────

if (parent !== window) {
  const close = () => parent.postMessage({ textwise: "close" }, "*");
  $("close").hidden = false;
  $("close").addEventListener("click", close);
  addEventListener("keydown", (event) => event.key === "Escape" && close());
  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.textwise === "open") $("draft").focus();
  });
}

await load();
follow();
toEnd();
document.body.classList.add("ready");
