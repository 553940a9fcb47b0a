// News from the service, and times that keep up.

/**
 * Listen to server-sent events while the page is visible. Browsers allow six connections to one
 * host; a page in the background gives its own up and `onReturn` catches up when it comes back.
 * @param {() => string} address gives the address to listen at, with the page's newest cursor
 * @param {Record<string, (data: object, id: number) => void>} handlers by kind of news
 * @param {{onReturn?: () => void, background?: boolean}} options
 * @returns {() => void} stops listening
 */
export function listen(address, handlers, { onReturn = () => {}, background = false } = {}) {
  let source = null;
  const open = () => {
    source = new EventSource(address());
    for (const [kind, handle] of Object.entries(handlers)) {
      source.addEventListener(kind, (event) => handle(JSON.parse(event.data), Number(event.lastEventId)));
    }
  };
  const close = () => {
    source?.close();
    source = null;
  };
  const onVisibility = () => {
    if (document.hidden && !background) close();
    else if (!document.hidden && source === null) {
      onReturn();
      open();
    }
  };
  document.addEventListener("visibilitychange", onVisibility);
  open();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    close();
  };
}

/** Run `task` once for any number of calls within `ms`. */
export function soon(task, ms) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(task, ms);
  };
}

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/** A length of time in its largest fitting unit; the same words as api/pages/templating.py. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [size, unit] = UNITS.find(([size]) => whole >= size) ?? [1, "s"];
  return `${Math.floor(whole / size)} ${unit}`;
}

/** Keep every `<time data-since>` up to date. */
export function tick() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const words = duration((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== words) time.textContent = words;
  }
}
