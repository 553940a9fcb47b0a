// What was written is put away once it is kept, and what came of it takes the focus, so that a
// screen reader says it: the form that was pressed is often gone by then.

document.addEventListener("adopted", ({ detail: { form } }) => {
  const refused = document.querySelector("#trouble [role=alert]");
  if (refused) return refused.scrollIntoView({ block: "nearest" });
  if (form.matches("[data-resets]")) form.reset();
  if (form.isConnected) form.closest("details.write")?.removeAttribute("open");
  if (document.activeElement !== document.body && document.activeElement?.isConnected) return;
  const state = document.querySelector("[data-running], [data-outcome]");
  if (!state) return;
  state.tabIndex = -1;
  state.focus({ preventScroll: false });
});
