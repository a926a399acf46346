/** One mask open for drawing: its voxels, its saving, and what to do when it was changed elsewhere. */
import type { Grid } from "../../src/volume/geometry.js";
import type { Mask } from "../../src/volume/volume.js";
import { ApiProblem, call, useSession } from "../api/client.js";
import { applyRuns, type Run } from "../core/runs.js";
import { StrokeQueue, StrokeRefused, type SaveState, type Stroke } from "../core/stroke-queue.js";
import { LeftOpening, StrokeShelf, type KeptStrokes } from "./kept-strokes.js";
import { caseDoor, type MaskDoor, type OpenedMask } from "./mask-door.js";

export interface SessionOptions {
  readonly caseName: string;
  readonly user: string;
  /** Whose mask; absent: one's own. */
  readonly reader?: string;
  /** Mask to start from where there is none yet. */
  readonly from?: string;
  /** Where it is drawn, if not on a case; `caseName` then tells its unsaved strokes from others. */
  readonly door?: MaskDoor;
  readonly grid: Grid;
  readonly onState: (state: SaveState, waiting: number, reason?: unknown) => void;
  /** Asks whether strokes of an earlier visit still count, after somebody else has drawn. */
  readonly askAboutKept: (strokes: number) => Promise<boolean>;
}

/** Requests of at most this size may outlive the page. */
const keepaliveBytes = 60_000;
/** More are sent as several strokes, so that no request grows beyond what the server takes. */
const runsPerStroke = 20_000;

export class DrawingSession {
  private readonly queue: StrokeQueue;
  private readonly shelf: StrokeShelf;

  private constructor(
    private readonly options: SessionOptions,
    private readonly door: MaskDoor,
    readonly opened: OpenedMask,
    readonly mask: Mask,
    private version: number,
  ) {
    this.shelf = new StrokeShelf(options.user, options.caseName, opened.reader);
    this.queue = new StrokeQueue({
      send: (stroke) => this.send(stroke),
      keep: (strokes) => this.shelf.keep({ token: opened.token, version: this.version, strokes }),
      onState: options.onState,
    });
  }

  /** Opens the mask, first finishing what an earlier visit could not save. Throws ApiProblem. */
  static async open(options: SessionOptions): Promise<DrawingSession> {
    const { caseName, user, grid, reader, from, door = caseDoor(caseName, reader, from) } = options;
    const kept = new StrokeShelf(user, caseName, reader ?? user).take();
    const left = kept ? await sendKept(door, kept) : undefined;
    // The visit before is over: nobody is told that the mask is open there.
    for (const token of new Set([kept?.token, new LeftOpening(user, caseName, reader ?? user).take()]))
      if (token !== undefined) await door.close(token).catch(() => undefined);
    const opened = await door.open();
    const { data, version } = await door.voxels(opened.reader);
    const mask = { data, size: grid.size, affine: grid.affine };
    const session = new DrawingSession(options, door, opened, mask, version);
    if (left) await session.addKept(left);
    return session;
  }

  /** Queues changes that are in the mask already. */
  save(changes: readonly Run[]): void {
    for (let n = 0; n < changes.length; n += runsPerStroke)
      this.queue.add(changes.slice(n, n + runsPerStroke));
  }

  get isSaved(): boolean {
    return this.queue.pending === 0;
  }

  get reader(): string {
    return this.opened.reader;
  }

  /** Resolves when everything is saved or refused. */
  settled(): Promise<void> {
    return this.queue.settled();
  }

  /** Whether a change that the server tells of was made elsewhere. */
  isForeign(version: number): boolean {
    return this.isSaved && version > this.version;
  }

  /** Ends the session once everything is saved. */
  async close(): Promise<void> {
    await this.queue.settled();
    this.queue.stop();
    await this.door.close(this.opened.token).catch(() => undefined);
  }

  /** Ends the session with its page, which may be gone before an answer comes. */
  leave(): void {
    const { user, caseName } = this.options;
    new LeftOpening(user, caseName, this.reader).leave(this.opened.token);
    void this.close();
  }

  /** Ends the session without saving anything more; what is not saved stays on the shelf. */
  abandon(): void {
    this.queue.stop();
  }

  private async send(stroke: Stroke): Promise<void> {
    this.version = await sendStroke(this.door, this.opened.token, this.version, stroke);
  }

  private async addKept({ strokes, version }: KeptStrokes): Promise<void> {
    const isSame = version === this.version;
    if (!isSame && !(await this.options.askAboutKept(strokes.length))) return;
    for (const { changes } of strokes) {
      applyRuns(this.mask.data, changes);
      this.save(changes);
    }
  }
}

/** Sends a stroke and answers the version it made. Throws StrokeRefused where trying again is useless. */
async function sendStroke(door: MaskDoor, token: string, version: number, { sequence, changes }: Stroke) {
  const body = { token, baseVersion: version, sequence, changes: changes.flat(), tool: "" };
  const keepalive = body.changes.length * 8 < keepaliveBytes;
  try {
    return (await door.stroke(body, keepalive)).version;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (isLoginNeeded(error)) await refreshSession();
    else if (!isPassing(error)) throw new StrokeRefused(error);
    throw error;
  }
}

const isLoginNeeded = ({ problem: { status, code } }: ApiProblem) => status === 401 || /CSRF/.test(code);
const isPassing = ({ problem: { status } }: ApiProblem) =>
  status === 0 || status >= 500 || [408, 425, 429].includes(status);

/** Takes up a session that was renewed in another tab; else the next attempt says again that one must log in. */
async function refreshSession(): Promise<void> {
  const session = await call("session").catch(() => undefined);
  if (session) useSession(session);
}

/** Sends what was kept under its own token. What is left is answered: it must go into the mask anew. */
async function sendKept(door: MaskDoor, kept: KeptStrokes): Promise<KeptStrokes | undefined> {
  let { version } = kept;
  for (const [n, stroke] of kept.strokes.entries())
    try {
      version = await sendStroke(door, kept.token, version, stroke);
    } catch {
      return { ...kept, version, strokes: kept.strokes.slice(n) };
    }
  return undefined;
}
