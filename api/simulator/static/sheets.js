// Panels that stand beside the phone on a wide screen and rise from below on a phone.

const NARROW = matchMedia("(max-width: 899px)");

/** @returns {boolean} whether panels cover the phone */
export function covers() {
  return NARROW.matches;
}

export class Sheet {
  /**
   * @param {HTMLElement} element
   * @param {{alwaysBeside?: boolean, onClose?: () => void}} options `alwaysBeside`: on a wide
   *   screen it is always there
   */
  constructor(element, { alwaysBeside = false, onClose = () => {} } = {}) {
    this.element = element;
    this.alwaysBeside = alwaysBeside;
    this.onClose = onClose;
    this.returnTo = null;
    element.querySelector(".sheet-close").addEventListener("click", () => this.close());
    element.addEventListener("keydown", (event) => this.#onKey(event));
    NARROW.addEventListener("change", () => this.#fit());
    this.#fit();
  }

  get isOpen() {
    return this.element.classList.contains("open");
  }

  open(returnTo = document.activeElement) {
    if (!this.isOpen) this.returnTo = returnTo;
    this.element.hidden = false;
    this.element.classList.add("open");
    this.#fit();
    if (covers()) this.element.querySelector(".sheet-close").focus({ preventScroll: true });
  }

  close() {
    if (!this.isOpen) return;
    this.element.classList.remove("open");
    this.#fit();
    this.onClose();
    if (this.returnTo?.isConnected) this.returnTo.focus({ preventScroll: true });
  }

  #fit() {
    const visible = this.isOpen || (this.alwaysBeside && !covers());
    this.element.hidden = !visible;
    const modal = this.isOpen && covers();
    this.element.toggleAttribute("aria-modal", modal);
    if (modal) this.element.setAttribute("role", "dialog");
    else this.element.removeAttribute("role");
    const phone = document.querySelector(".phone");
    phone.inert = document.querySelector(".sheet.open") !== null && covers();
  }

  #onKey(event) {
    if (event.key === "Escape") this.close();
  }
}
