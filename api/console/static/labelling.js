// One key a label. Every key presses a button that is there for fingers and mice as well.

const main = document.querySelector("[data-labelling]");
const search = () => document.getElementById("search");
const options = () => [...document.querySelectorAll("#all-intents button")];
const shown = () => options().filter((button) => !button.closest("li").hidden);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = search();
  if (event.target === field) return inSearch(event, field);
  if (event.target.closest("input, textarea, select")) return;
  if (event.key === "/" && field) {
    event.preventDefault();
    return field.focus();
  }
  const button = [...main.querySelectorAll("[data-key]")].find(({ dataset }) => dataset.key === event.key);
  if (!button || button.disabled || event.repeat) return;
  event.preventDefault();
  button.click();
});

function inSearch(event, field) {
  if (event.key === "Escape") {
    field.value = "";
    filter("");
    document.getElementById("task-text")?.focus();
  } else if (event.key === "Enter") {
    // Enter would press the form's first button, whatever it is.
    event.preventDefault();
    if (field.value.trim()) shown()[0]?.click();
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    shown()[0]?.focus();
  }
}

document.addEventListener("input", (event) => {
  if (event.target === search()) filter(event.target.value);
});

function filter(words) {
  const wanted = words.toLowerCase().split(/[\s_]+/).filter(Boolean);
  for (const button of options()) {
    const name = button.value.replaceAll("_", " ");
    button.closest("li").hidden = !wanted.every((word) => name.includes(word));
  }
  // Names that begin with what was typed come first.
  const list = document.getElementById("all-intents");
  const rank = (item) => (wanted[0] && item.querySelector("button").value.startsWith(wanted[0]) ? 0 : 1);
  const items = [...list.children].map((item, place) => [rank(item), item.querySelector("button").value, place, item]);
  items.sort((one, other) => one[0] - other[0] || one[1].localeCompare(other[1]));
  list.append(...items.map(([, , , item]) => item));
}

// The next message takes the focus, so that a screen reader says it and the keys go on working.
document.addEventListener("adopted", () => document.getElementById("task-text")?.focus({ preventScroll: true }));
