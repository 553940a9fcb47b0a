// The phone: whose it is, what has been said, what is being typed.

import { listen, soon } from "./live.js";
import { measure, parts } from "./segments.js";
import { deliver, problem } from "./sending.js";
import { Sheet } from "./sheets.js";
import { draw, expecting } from "./thread.js";

const TYPING_MS = 20_000;
const $ = (id) => document.getElementById(id);

const state = {
  address: "",
  thread: { conversation_id: null, status: null, cursor: 0, messages: [] },
  outgoing: [],
  typing: false,
  show: { decisions: false, parts: false },
};

let stopListening = () => {};
let typingTimer = 0;
let loads = 0;

// ── the service ──────────────────────────────────────────────────────────────────────────────

async function load() {
  const number = ++loads;
  const address = state.address;
  let response;
  try {
    response = await fetch(`/simulator/thread?${new URLSearchParams({ address })}`);
  } catch {
    return trouble("The service cannot be reached. What you write is kept here.");
  }
  if (response.status === 401) return location.reload();
  if (!response.ok) return trouble(await problem(response, "service"));
  const thread = await response.json();
  if (number !== loads || address !== state.address) return;
  trouble("");
  const before = state.thread.messages.length;
  state.thread = thread;
  const stored = new Set(thread.messages.map((message) => message.id));
  state.outgoing = state.outgoing.filter((message) => !stored.has(message.id));
  if (thread.messages.length > before && thread.messages.at(-1)?.direction === "outbound") setTyping(false);
  render();
}

// A text on its way would be drawn twice, as stored and as sending; its own end loads the thread.
const reload = soon(() => state.outgoing.some((message) => message.sending) || load(), 40);

function follow() {
  stopListening();
  stopListening = listen(
    () => `/simulator/events?${new URLSearchParams({ address: state.address, after: String(state.thread.cursor) })}`,
    {
      message: reload,
      delivery: reload,
      status: reload,
      typing: (data) => {
        setTyping(data.on);
        render();
      },
    },
    { onReturn: load },
  );
}

async function post(message) {
  await deliver(message, {
    address: "/simulator/messages",
    body: { address: message.address, text: message.text },
    who: "service",
    unreachable: "The service cannot be reached. Tap the text to try again.",
    render,
    trouble,
  });
  if (message.address !== state.address) return;
  render();
  if (!message.failed) await load();
}

// ── the person ───────────────────────────────────────────────────────────────────────────────

function newNumber() {
  const digits = String(crypto.getRandomValues(new Uint32Array(1))[0] % 10_000).padStart(4, "0");
  return `+1303555${digits}`;
}

async function become(radio) {
  if (radio.id === "stranger" && !radio.value) radio.value = newNumber();
  radio.checked = true;
  state.address = radio.value;
  state.thread = { conversation_id: null, status: null, cursor: 0, messages: [] };
  state.outgoing = [];
  setTyping(false);
  history.replaceState(null, "", `#${state.address}`);
  $("as-who").textContent = radio.dataset.name || state.address;
  if (radio.id === "stranger") $("stranger-note").textContent = state.address;
  $("thread").replaceChildren();
  why.close();
  await load();
  follow();
  toEnd();
}

function wanted() {
  const address = decodeURIComponent(location.hash.slice(1));
  const radios = [...document.querySelectorAll("input[name=person]")];
  const known = radios.find((radio) => address && radio.value === address);
  if (known) return known;
  if (/^\+\d{5,15}$/.test(address)) {
    $("stranger").value = address;
    return $("stranger");
  }
  return radios[0];
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
  draw($("thread"), messages, state.show);
  $("typing").hidden = !(state.typing || expecting(messages));
  $("status").textContent = statusWords(messages);
  drawChips(messages.length === 0);
  if (wasAtEnd) toEnd();
}

function statusWords(messages) {
  const rep = messages.findLast((message) => message.author === "rep")?.author_name;
  const words = { waiting: "Waiting for a person", human: rep ? `With ${rep}` : "With a person", resolved: "Resolved" };
  return words[state.thread.status] ?? "Automated assistant";
}

function drawChips(empty) {
  const chips = $("chips");
  chips.hidden = !empty || $("draft").value !== "";
  if (chips.dataset.of === state.address) return;
  chips.dataset.of = state.address;
  const texts = JSON.parse(document.querySelector("input[name=person]:checked").dataset.suggestions);
  chips.replaceChildren(
    ...texts.map((text) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.textContent = text;
      chip.addEventListener("click", () => send(text));
      return chip;
    }),
  );
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

let outgoingNumber = 0;

function send(text) {
  const message = {
    id: `outgoing-${++outgoingNumber}`,
    address: state.address,
    direction: "inbound",
    author: "customer",
    author_name: "",
    text,
    at: new Date().toISOString(),
    delivery: null,
    segments: 0,
    turn_id: null,
  };
  state.outgoing.push(message);
  void post(message);
  toEnd();
}

function submit() {
  const text = $("draft").value;
  if (!text.trim()) return;
  $("draft").value = "";
  onDraft();
  send(text);
  $("draft").focus();
}

function onDraft() {
  const draft = $("draft");
  const wasAtEnd = atEnd();
  draft.style.height = "auto";
  draft.style.height = `${Math.min(draft.scrollHeight + 2, 132)}px`;
  if (wasAtEnd) toEnd();
  $("send").disabled = !draft.value.trim();
  const { segments, units, left, encoding } = measure(draft.value);
  $("counter").textContent = units ? `${units} characters · ${parts(segments)} · ${encoding} · ${left} left` : "";
  $("chips").hidden = draft.value !== "" || all().length > 0;
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

// ── panels ───────────────────────────────────────────────────────────────────────────────────

const people = new Sheet($("people"), {
  alwaysBeside: true,
  onClose: () => document.querySelector(".people-open").setAttribute("aria-expanded", "false"),
});
const why = new Sheet($("why"), { onClose: () => markChosen(null) });

document.querySelector(".people-open").addEventListener("click", (event) => {
  event.currentTarget.setAttribute("aria-expanded", "true");
  people.open(event.currentTarget);
});
document.querySelector(".picker").addEventListener("change", async (event) => {
  await become(event.target);
});
// A tap closes the sheet; arrow keys, which also change the choice, leave it open.
document.querySelector(".picker").addEventListener("click", (event) => {
  if (event.detail > 0 && event.target.matches("input")) people.close();
});

async function showDecision(turn, from) {
  why.open(from);
  markChosen(turn);
  const body = $("why-body");
  let words = "The decision cannot be loaded.";
  try {
    const response = await fetch(`/simulator/turns/${encodeURIComponent(turn)}/panel`);
    if (response.ok) {
      body.innerHTML = await response.text();
      body.parentElement.scrollTop = 0;
      return;
    }
    words = await problem(response, "service");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  body.textContent = words;
}

function markChosen(turn) {
  for (const button of document.querySelectorAll(".why-button")) {
    button.closest(".message").classList.toggle("chosen", button.dataset.turn === turn);
  }
}

$("thread").addEventListener("click", (event) => {
  const item = event.target.closest(".message");
  if (!item) return;
  const failed = state.outgoing.find((message) => message.failed && message.id === item.dataset.key);
  if (failed) return void post(failed);
  const button = item.querySelector(".why-button");
  const selecting = String(getSelection()) !== "";
  if (button && !selecting) void showDecision(button.dataset.turn, button);
});

for (const [id, name] of [["show-decisions", "decisions"], ["show-parts", "parts"]]) {
  $(id).addEventListener("change", (event) => {
    state.show[name] = event.target.checked;
    sessionStorage.setItem(id, event.target.checked ? "1" : "");
    if (name === "decisions" && !event.target.checked) why.close();
    render();
  });
  state.show[name] = sessionStorage.getItem(id) === "1";
  $(id).checked = state.show[name];
}

window.addEventListener("hashchange", () => become(wanted()));
await become(wanted());
document.body.classList.add("ready");
