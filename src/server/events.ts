/** What happens, told to the pages that listen: server-sent events. */
import type { EventData, EventName, User } from "../reading/contract/index.js";

type Send = (text: string) => void;

export class Events {
  private readonly listeners = new Map<Send, User>();

  /** `mayHear`: whether an account may be told of a case. */
  constructor(private readonly mayHear: (user: User, caseId: string) => boolean = () => true) {}

  /** Returns how to stop listening. */
  listen(user: User, send: Send): () => void {
    this.listeners.set(send, user);
    return () => this.listeners.delete(send);
  }

  /** Tells everyone, or those whom `audience` admits. */
  tell<Name extends EventName>(
    name: Name,
    data: EventData[Name],
    audience: (user: User) => boolean = () => true,
  ): void {
    const text = `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    const isHeard = (user: User) => !("case" in data) || this.mayHear(user, data.case);
    for (const [send, user] of this.listeners) if (audience(user) && isHeard(user)) send(text);
  }
}
