/** crops.json of a study of crops: from which voxels of which case each of them was cut. */
import { join } from "node:path";
import { z } from "zod";
import { exists, parseWith, readJson, writeText } from "../files.js";

const triple = z.tuple([z.number(), z.number(), z.number()]);
const vector = triple.readonly();

const cropSchema = z.object({
  /** Case of the study of crops. */
  id: z.string(),
  /** Case of the original study. */
  case: z.string(),
  side: z.enum(["left", "right"]),
  source: z.enum(["automatic", "manual"]),
  /** Centre of the femoral head, LPS+ mm. */
  centre: vector,
  box: z.object({ from: vector, size: vector, mirrored: z.boolean() }),
  /** The original image's grid. */
  grid: z.object({ size: vector, affine: z.array(z.number()).length(16) }),
});
export type Crop = z.infer<typeof cropSchema>;

const manifestSchema = z.object({ version: z.literal(1), crops: z.array(cropSchema) });

const manifestFile = "crops.json";

export const isCropStudy = (dir: string) => exists(join(dir, manifestFile));

/** Throws FILE_NOT_FOUND, CROPS_INVALID. */
export async function readManifest(dir: string): Promise<Crop[]> {
  const file = join(dir, manifestFile);
  return parseWith(manifestSchema, await readJson(file), "CROPS_INVALID", file).crops;
}

export async function writeManifest(dir: string, crops: readonly Crop[]): Promise<void> {
  await writeText(join(dir, manifestFile), `${JSON.stringify({ version: 1, crops }, null, 1)}\n`);
}
