// Draws the thread: bubbles, groups, times. Elements are kept by id, so that only what is new is
// announced to screen readers.

import { measure, parts } from "./segments.js";

const GROUP_MS = 3 * 60_000;
const PAUSE_MS = 20 * 60_000;
const LONG = 1500;
// A phone shows what has arrived; the rest appears only beside the decisions.
const ON_ITS_WAY = new Set(["pending", "queued", "sending"]);
const ARRIVED = new Set([null, "sent", "delivered"]);

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", month: "short", day: "numeric" });

/** @returns {boolean} whether something composed has not arrived yet */
export function expecting(messages) {
  return messages.some((message) => ON_ITS_WAY.has(message.delivery));
}

/**
 * @param {HTMLOListElement} list
 * @param {object[]} messages oldest first; `sending` and `failed` mark texts that the service
 *   has not taken yet, `newestOwn` the customer's last
 * @param {{decisions: boolean, parts: boolean}} show
 */
export function draw(list, messages, show) {
  const shown = messages.filter((m) => ARRIVED.has(m.delivery) || (show.decisions && !ON_ITS_WAY.has(m.delivery)));
  const known = new Map([...list.children].map((element) => [element.dataset.key, element]));
  const wanted = [];
  shown.forEach((message, place) => {
    const previous = shown[place - 1];
    const next = shown[place + 1];
    if (!previous || gap(previous, message) > PAUSE_MS) {
      wanted.push(known.get(`at-${message.id}`) ?? pause(message));
    }
    const element = known.get(message.id) ?? bubble(message);
    update(element, message, {
      first: !previous || !together(previous, message),
      last: !next || !together(message, next),
      show,
    });
    wanted.push(element);
  });
  for (const element of known.values()) if (!wanted.includes(element)) element.remove();
  wanted.forEach((element, place) => {
    if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
  });
}

function gap(earlier, later) {
  return Date.parse(later.at) - Date.parse(earlier.at);
}

function together(earlier, later) {
  return (
    earlier.author === later.author &&
    earlier.author_name === later.author_name &&
    gap(earlier, later) < GROUP_MS
  );
}

function pause(message) {
  const at = new Date(message.at);
  const item = make("li", "pause");
  item.dataset.key = `at-${message.id}`;
  const today = new Date().toDateString() === at.toDateString();
  item.textContent = `${today ? "Today" : day.format(at)} ${clock.format(at)}`;
  return item;
}

function bubble(message) {
  const own = message.direction === "inbound";
  const item = make("li", `message ${own ? "own" : "theirs"} by-${message.author}`);
  item.dataset.key = message.id;
  const who = own ? "You" : message.author_name || (message.author === "rep" ? "A person" : "");
  const name = make("span", own || !who ? "name sr" : "name");
  name.textContent = who || "Assistant";
  const text = make("div", "bubble");
  text.dir = "auto";
  text.textContent = message.text || "(empty)";
  if (message.text.length > LONG) {
    text.classList.add("long");
    text.tabIndex = 0;
  }
  if (/^(\p{Extended_Pictographic}|\p{Emoji_Component}|\s){1,9}$/u.test(message.text) && !/\d/.test(message.text)) {
    text.classList.add("emoji-only");
  }
  item.append(name, text, make("p", "meta"));
  return item;
}

function update(item, message, { first, last, show }) {
  const undelivered = !ARRIVED.has(message.delivery);
  const decided = show.decisions && Boolean(message.turn_id);
  setClass(item, { first, last, undelivered, decided, sending: message.sending, failed: message.failed });
  const meta = item.querySelector(".meta");
  const words = [];
  if (show.parts) words.push(size(message));
  if (undelivered) words.push(`Not delivered: ${message.delivery}`);
  else if (message.failed) words.push("Not sent. Tap to try again.");
  else if (message.newestOwn || message.sending) words.push(message.sending ? "Sending…" : "Delivered");
  const line = words.join(" · ");
  const state = `${line}|${decided}`;
  if (meta.dataset.state === state) return;
  meta.dataset.state = state;
  meta.replaceChildren(line);
  if (decided) meta.append(whyButton(message, Boolean(line)));
}

function size(message) {
  const { segments, encoding } = message.segments ? message : measure(message.text);
  return `${parts(segments)} · ${encoding}`;
}

function whyButton(message, after) {
  const button = make("button", "why-button");
  button.type = "button";
  button.dataset.turn = message.turn_id;
  button.textContent = "Why?";
  button.setAttribute("aria-label", `Why? The decision on: ${message.text.slice(0, 60)}`);
  if (after) button.classList.add("after");
  return button;
}

function setClass(element, classes) {
  for (const [name, on] of Object.entries(classes)) element.classList.toggle(name, Boolean(on));
}

function make(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}
