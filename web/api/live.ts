/** What the server tells the page as it happens. */
import { eventSchemas, routes, type EventData, type EventName } from "../../src/reading/contract/index.js";

export type Handlers = { readonly [K in EventName]?: (data: EventData[K]) => void };

/** Listens until the returned function is called. The browser reconnects by itself. */
export function listen(handlers: Handlers): () => void {
  const source = new EventSource(routes.events.path);
  for (const name of Object.keys(handlers) as EventName[])
    source.addEventListener(name, (event: MessageEvent<string>) => deliver(name, event.data, handlers));
  return () => source.close();
}

function deliver<K extends EventName>(name: K, text: string, handlers: Handlers): void {
  const parsed = eventSchemas[name].safeParse(JSON.parse(text));
  if (parsed.success) handlers[name]?.(parsed.data as never);
}
