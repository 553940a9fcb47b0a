// Texts on their way to the service, and what it says where it takes none.

/** What was wrong, in the service's words where it has any. `who` is what the page calls it. */
export async function problem(response, who) {
  const body = await response.json().catch(() => ({}));
  return body.detail ?? `The ${who} answered ${response.status}.`;
}

/**
 * Send a text; `message.sending` and `message.failed` say how it stands, and `message.id` becomes
 * the service's.
 * @param {{sending?: boolean, failed?: boolean, id: string}} message
 * @param {{address: string, body: object, who: string, unreachable: string,
 *   render: () => void, trouble: (words: string) => void}} options
 */
export async function deliver(message, { address, body, who, unreachable, render, trouble }) {
  message.sending = true;
  message.failed = false;
  render();
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await problem(response, who));
    message.id = (await response.json()).message_id;
    trouble("");
  } catch (error) {
    message.failed = true;
    trouble(error instanceof TypeError ? unreachable : error.message);
  }
  message.sending = false;
}
