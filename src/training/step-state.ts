/**
 * Where the state of a training lies between steps: in our memory, or on the device. There the results of a step are fed
 * to the next one without being moved, and are copied here only when somebody asks.
 */
import { compile } from "../autograd/onnx/compile.js";
import { type Device, floats, Session, type Value, value, type Values } from "../autograd/runtime.js";
import { input, sizeOf } from "../autograd/tensor.js";
import { type StateVector, views } from "./flat-state.js";

export type State = Map<string, Float32Array<ArrayBuffer>>;

/** Devices from which the runtime hands results back where they are. */
const keepsResults: ReadonlySet<Device> = new Set<Device>(["webgpu"]);

export const staysOnDevice = (device: Device) => keepsResults.has(device);

/** The vectors of a training, ready to be fed. */
export class StepState {
  private readonly values: Values = {};
  private copier: Session | undefined;
  private home: ReadonlyMap<string, Float32Array<ArrayBuffer>>;

  constructor(
    private readonly vectors: readonly StateVector[],
    private readonly device: Device,
  ) {
    const empty = vectors.map(({ name, layout }) => [name, new Float32Array(sizeOf(layout.shape))] as const);
    this.home = new Map(empty);
    this.feedHome();
  }

  /** The vector to feed under this name. */
  get(name: string): Value | undefined {
    return this.values[name];
  }

  /** Takes over a new value; the one before is let go. */
  set(name: string, next: Value): void {
    const old = this.values[name];
    if (old !== next && old?.location !== "cpu") old?.dispose();
    this.values[name] = next;
    this.home = new Map();
  }

  /** Overwrites the state; what is not given becomes zero, a moving average that is not given its weights. */
  load(state: State): void {
    this.home = new Map(
      this.vectors.map((vector) => {
        const data = new Float32Array(sizeOf(vector.layout.shape));
        for (const [name, part] of views(data, vector))
          part.set(state.get(name) ?? state.get(name.replace(/#average$/, "")) ?? []);
        return [vector.name, data];
      }),
    );
    this.feedHome();
  }

  /** Sets all vectors whose names begin so to zero. */
  clear(prefix: string): void {
    for (const { name, layout } of this.vectors.filter((vector) => vector.name.startsWith(prefix)))
      this.set(name, value(new Float32Array(sizeOf(layout.shape)), layout.shape));
  }

  private feedHome(): void {
    for (const { name, layout } of this.vectors) {
      const data = this.home.get(name);
      const old = this.values[name];
      if (old && old.location !== "cpu") old.dispose();
      if (data) this.values[name] = value(data, layout.shape);
    }
  }

  /** Copies here what lies on the device; to be called before `read`. */
  async bringHome(): Promise<void> {
    if (this.home.size > 0) return;
    const away = this.vectors.filter(({ name }) => this.values[name]?.location !== "cpu");
    const copies = away.length > 0 ? await this.copied() : {};
    this.home = new Map(
      this.vectors.map(({ name }) => [name, floats(copies[`copy:${name}`] ?? this.values[name])]),
    );
  }

  /** A model that returns what it is fed: the runtime's own way from the device to us. */
  private async copied(): Promise<Values> {
    const outputs = this.vectors.map(
      ({ name, layout }) => [`copy:${name}`, input(name, layout.shape)] as const,
    );
    this.copier ??= await Session.open(compile(Object.fromEntries(outputs)), { device: this.device });
    return this.copier.run(this.values);
  }

  /** The live state by name, as `bringHome` found it. Copy what must outlast the next step. */
  read(): State {
    const data = (name: string) => this.home.get(name) ?? floats(this.values[name]);
    return new Map(this.vectors.flatMap((vector) => views(data(vector.name), vector)));
  }

  async close(): Promise<void> {
    for (const tensor of Object.values(this.values)) if (tensor.location !== "cpu") tensor.dispose();
    await this.copier?.close();
  }
}
