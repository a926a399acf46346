import { afterEach, describe, expect, it } from "vitest";
import type { DimseConnection, ListenConfig } from "../../../src/dicom/pacs/config.js";
import { dimsePacs } from "../../../src/dicom/pacs/dimse.js";
import { listen, type ListenEvents, type Listener, type Received } from "../../../src/dicom/pacs/listen.js";
import { withoutHeader } from "../../../src/dicom/p10.js";
import { writeDicom } from "../../../src/dicom/write-dicom.js";
import { sliceOf } from "../make-dicom.js";

const config: ListenConfig = {
  ...{ title: "MARROW", host: "127.0.0.1", port: 0, allow: ["SCANNER"] },
  ...{ maxAssociations: 8, maxFileMegabytes: 1, timeout: 10 },
};
const once = { attempts: 1, firstWaitMs: 1, mostWaitMs: 1 };

let listener: Listener | undefined;
afterEach(() => listener?.close());

async function peer(events: Partial<ListenEvents> = {}, more: Partial<ListenConfig> = {}) {
  const received: Received[] = [];
  const refused: string[] = [];
  listener = await listen(
    { ...config, ...more },
    {
      onFile: async (file) => void received.push(file),
      onRefused: (_from, reason) => refused.push(reason),
      ...events,
    },
  );
  const connection: DimseConnection = { host: "127.0.0.1", port: listener.port, title: "MARROW", callingTitle: "SCANNER", retrieve: "get", timeout: 10 }; // prettier-ignore
  const pacs = (title: Partial<DimseConnection> = {}) =>
    dimsePacs({ ...connection, ...title }, undefined, once);
  return { received, refused, pacs };
}

const small = writeDicom(sliceOf({ patient: "Müller^Anna", texts: { "00080005": "ISO_IR 192" } }));

describe("listen", () => {
  it("keeps what comes byte for byte, and answers C-ECHO", async () => {
    const { received, pacs } = await peer();
    await pacs().echo();
    expect(await pacs().send(small, "file")).toEqual({ stored: true });
    expect(received).toHaveLength(1);
    expect(Buffer.compare(withoutHeader(received[0].file), withoutHeader(small))).toBe(0);
    expect(received[0].from).toBe("SCANNER");
  });

  it("takes nothing from unknown titles, nor for another title", async () => {
    const { received, refused, pacs } = await peer();
    for (const title of [{ callingTitle: "STRANGER" }, { title: "OTHER" }])
      await expect(pacs(title).send(small, "file")).rejects.toMatchObject({ code: "PACS_REFUSED" });
    expect(received).toEqual([]);
    expect(refused).toEqual(["its AE title is not allowed", "it calls OTHER"]);
  });

  it("refuses a file above the limit, and takes the next", async () => {
    const { received, refused, pacs } = await peer();
    const large = writeDicom(sliceOf({ rows: 1024, columns: 1024 }));
    expect(await pacs().send(large, "file")).toMatchObject({ stored: false });
    expect(refused).toEqual(["a file larger than allowed"]);
    expect(await pacs().send(small, "file")).toEqual({ stored: true });
    expect(received).toHaveLength(1);
  });

  it("says that a file is not stored when it could not be kept", async () => {
    const { pacs } = await peer({ onFile: async () => Promise.reject(new Error("disk")) });
    expect(await pacs().send(small, "file")).toMatchObject({ stored: false });
  });

  it("has room for so many associations and no more", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow = await peer({ onFile: () => held }, { maxAssociations: 1 });
    const first = slow.pacs().send(small, "file");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(slow.pacs().echo()).rejects.toMatchObject({ code: "PACS_REFUSED" });
    release();
    expect(await first).toEqual({ stored: true });
    expect(slow.refused).toEqual(["too many associations"]);
  });

  it("names a port that is taken", async () => {
    await peer();
    const again = listen({ ...config, port: listener?.port ?? 0 }, { onFile: async () => undefined });
    await expect(again).rejects.toMatchObject({ code: "PACS_LISTEN" });
  });
});

describe("a DIMSE peer that is not there", () => {
  it("is told as unreachable", async () => {
    await peer();
    const port = listener?.port ?? 0;
    await listener?.close();
    const gone = dimsePacs({ host: "127.0.0.1", port, title: "X", callingTitle: "Y", retrieve: "get", timeout: 5 }, undefined, once); // prettier-ignore
    await expect(gone.echo()).rejects.toMatchObject({ code: "PACS_UNREACHABLE" });
  });
});
