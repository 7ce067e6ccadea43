// Talks to the server: the live events, and orders with the token.

const TOKEN = "exitflow-token";
const RETRY_MILLIS = 1500;

/** A token in the address is taken out of it at once, so that it is neither bookmarked nor shown. */
export function takeTokenFromAddress() {
  const found = /^#token=(.+)$/.exec(location.hash);
  if (found) {
    sessionStorage.setItem(TOKEN, decodeURIComponent(found[1]));
    history.replaceState(null, "", location.pathname + location.search);
  }
}

export const token = () => sessionStorage.getItem(TOKEN);
export const forgetToken = () => sessionStorage.removeItem(TOKEN);

const headers = (given) => (given ? { Authorization: "Bearer " + given } : {});

/** Whether the server takes a token; keeps it if so. */
export async function tryToken(given) {
  const answer = await fetch("api/token", { headers: headers(given) });
  if (answer.ok) {
    sessionStorage.setItem(TOKEN, given);
    return "";
  }
  return (await answer.json()).error;
}

/** Sends an order; answers what came of it, or throws an Error that says why not. */
export async function order(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { ...headers(token()), "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.status === 204) return {};
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = new Error(content.error || "the server answered " + answer.status);
    error.status = answer.status;
    throw error;
  }
  return content;
}

/**
 * Follows the events for as long as the page is open. Not an EventSource, which cannot send the token.
 * hear(name, content) gets each event, tell(state, why) the connection: wait, live, lost or locked.
 */
export async function follow(hear, tell) {
  for (;;) {
    try {
      const answer = await fetch("api/events", { headers: { ...headers(token()), Accept: "text/event-stream" } });
      if (answer.status === 401) {
        tell("locked");
      } else if (answer.ok) {
        tell("live");
        await read(answer.body.getReader(), hear);
        tell("lost");
      } else {
        tell("lost", "the server answered " + answer.status);
      }
    } catch (error) {
      if (!(error instanceof TypeError)) console.error(error); // fetch throws TypeErrors when there is no connection
      tell("lost");
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
  }
}

async function read(reader, hear) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parse(block);
      if (event) hear(event.name, JSON.parse(event.data));
    }
  }
}

function parse(block) {
  let name = "message";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data += line.slice(5);
  }
  return data ? { name, data } : null;
}
