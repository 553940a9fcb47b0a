// The chat in the corner of a shop's page. One line brings it there:
//   <script type="module" src="https://sms.shop.example/chat/widget.js"></script>
// with, if wanted, data-label="Ask us" and data-side="left". The chat itself runs in a frame.

const chat = new URL("../chat", import.meta.url);
const tag = document.querySelector(`script[src="${import.meta.url}"]`) ?? document.querySelector('script[src$="/chat/widget.js"]');
const label = tag?.dataset.label ?? "Chat with us";
const side = tag?.dataset.side === "left" ? "left" : "right";

const STYLE = `
  :host { all: initial; }
  .open, .frame { position: fixed; z-index: 2147483000; ${side}: max(16px, env(safe-area-inset-${side})); }
  .open {
    bottom: max(16px, env(safe-area-inset-bottom));
    display: flex; align-items: center; gap: 8px; min-height: 52px; padding: 0 20px 0 16px;
    border: 0; border-radius: 26px; background: #0f6f5e; color: #fff; cursor: pointer;
    font: 600 16px/1.2 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
    box-shadow: 0 2px 6px rgb(0 0 0 / 20%), 0 8px 24px rgb(0 0 0 / 18%);
  }
  .open:hover { background: #0b6454; }
  .open:focus-visible { outline: 3px solid #0b6454; outline-offset: 3px; }
  .open svg { width: 24px; height: 24px; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linejoin: round; }
  .open[hidden], .frame[hidden] { display: none; }
  .frame {
    bottom: max(16px, env(safe-area-inset-bottom));
    width: min(400px, 100vw - 32px); height: min(640px, 100dvh - 32px);
    border: 0; border-radius: 18px; background: Canvas; color-scheme: light dark;
    box-shadow: 0 4px 12px rgb(0 0 0 / 18%), 0 16px 48px rgb(0 0 0 / 24%);
  }
  @media (max-width: 480px) {
    .frame { inset: 0; width: 100%; height: 100dvh; border-radius: 0; }
  }
`;

const host = document.createElement("div");
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
root.adoptedStyleSheets = [sheet];

const button = document.createElement("button");
button.type = "button";
button.className = "open";
button.setAttribute("aria-haspopup", "dialog");
button.setAttribute("aria-expanded", "false");
const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
icon.setAttribute("viewBox", "0 0 24 24");
icon.setAttribute("aria-hidden", "true");
const bubble = document.createElementNS("http://www.w3.org/2000/svg", "path");
bubble.setAttribute("d", "M4 5h16v11H9l-5 4z");
icon.append(bubble);
button.append(icon, label);
root.append(button);
document.body.append(host);

let frame = null;

// Made when first opened: a page that nobody chats on loads this file and nothing more.
function makeFrame() {
  frame = document.createElement("iframe");
  frame.className = "frame";
  frame.title = label;
  frame.src = chat.href;
  frame.addEventListener("load", greet);
  root.append(frame);
}

function greet() {
  frame.focus();
  frame.contentWindow.postMessage({ textwise: "open" }, chat.origin);
}

function open() {
  if (frame === null) makeFrame();
  else {
    frame.hidden = false;
    greet();
  }
  button.hidden = true;
  button.setAttribute("aria-expanded", "true");
}

function close() {
  frame.hidden = true;
  button.hidden = false;
  button.setAttribute("aria-expanded", "false");
  button.focus();
}

button.addEventListener("click", open);
addEventListener("message", (event) => {
  if (frame !== null && event.source === frame.contentWindow && event.data?.textwise === "close") close();
});
