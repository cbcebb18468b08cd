/** A listener of the gateway's events, as a browser's `EventSource` is one. */
export interface ServerEvent {
  readonly id: number;
  readonly event: string;
  readonly data: string;
}

export interface Listening {
  readonly url: string;
  readonly query: string;
  readonly lastEventId?: number;
  readonly apiKey?: string;
}

/** The events of one connection; throws when it breaks. */
export async function* listenTo({
  url,
  query,
  lastEventId = 0,
  apiKey = "me",
}: Listening): AsyncGenerator<ServerEvent> {
  const response = await fetch(`${url}/tweets?${new URLSearchParams({ q: query })}`, {
    headers: { "last-event-id": String(lastEventId), "x-api-key": apiKey },
  });
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = `${text}${chunk}`.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) yield eventOf(block);
  }
}

function eventOf(block: string): ServerEvent {
  const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/, 2) as [string, string]));
  return { id: Number(fields.get("id")), event: fields.get("event") ?? "", data: fields.get("data") ?? "" };
}
