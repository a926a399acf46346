import json
import sys

import nibabel as nib
import numpy as np
import onnxruntime as ort
from nibabel.orientations import axcodes2ornt, io_orientation, ornt_transform
from scipy.ndimage import map_coordinates

model, image_file, mask_file = sys.argv[1:]
session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
metadata = session.get_modelmeta().custom_metadata_map
plan = json.loads(metadata["marrow.plan"])
print(metadata["marrow.notice"])

# 1. Orientation of the plan; arrays are [i, j, k] here.
image = nib.load(image_file)
turn = ornt_transform(io_orientation(image.affine), axcodes2ornt(tuple(plan["orientation"])))
turned = image.as_reoriented(turn)
data = turned.get_fdata(dtype=np.float32)

# 2. Spacing of the plan: cubic, the outer corner of the first voxel stays in place.
old = np.array(turned.header.get_zooms()[:3])
ratio = np.array(plan["spacing"]) / old
if np.all(np.abs(1 / ratio - 1) <= 0.01):
    ratio = np.ones(3)
size = np.maximum(1, np.round(np.array(data.shape) / ratio)).astype(int)
axes = [np.clip((np.arange(n) + 0.5) * r - 0.5, 0, m - 1) for n, r, m in zip(size, ratio, data.shape)]
if np.any(ratio != 1):
    data = map_coordinates(data, np.meshgrid(*axes, indexing="ij"), order=3, mode="mirror")

# 3. Grey values.
n = plan["normalisation"]
if n["method"] == "reference":
    sys.exit("This plan needs a mask as a further channel; here is one image alone.")
if n["method"] == "percentile":
    data = np.clip(data, *np.percentile(data, [n["low"], n["high"]]))
data = ((data - data.mean()) / data.std()).transpose(2, 1, 0)  # to k, j, i = D, H, W

# 4. Windows: padded by reflection, half overlapping, Gaussian weights.
patch = np.array(plan["patch"][::-1])
missing = np.maximum(0, patch - data.shape)
before = missing // 2
padded = np.pad(data, list(zip(before, missing - before)), mode="reflect")
around = plan["networks"][0].get("contextSlices", 0)  # neighbouring slices that a 2-D network sees as channels
seen = np.pad(padded, ((around, around), (0, 0), (0, 0)), mode="reflect")
bells = [np.exp(-0.5 * ((np.arange(p) - (p - 1) / 2) * 8 / p) ** 2) for p in patch]
weight = np.maximum(np.einsum("i,j,k->ijk", *bells), 1e-3)


def starts(length, p):
    count = int(np.ceil((length - p) / max(1, p * (1 - plan["inference"]["overlap"])))) + 1
    return [0] if count == 1 else [int(round(i * (length - p) / (count - 1))) for i in range(count)]


total = np.zeros((len(plan["labels"]) + 1, *padded.shape), np.float32)
shape = session.get_inputs()[0].shape
for corner in np.stack(np.meshgrid(*map(starts, padded.shape, patch)), -1).reshape(-1, 3):
    window = tuple(slice(a, a + p) for a, p in zip(corner, patch))
    view = seen[corner[0] : corner[0] + patch[0] + 2 * around, window[1], window[2]]
    feed = {"image": view.reshape(shape).astype(np.float32)}
    total[(slice(None), *window)] += weight * session.run(["probabilities"], feed)[0].reshape(-1, *patch)

# 5. Probabilities, back on the image's own grid; the largest wins.
values = np.array([0] + [label["value"] for label in plan["labels"]], np.uint8)
inner = tuple(slice(b, b + s) for b, s in zip(before, data.shape))
probabilities = (total / total.sum(0))[(slice(None), *inner)].transpose(0, 3, 2, 1)
axes = [np.clip((np.arange(m) + 0.5) / r - 0.5, 0, s - 1) for m, r, s in zip(turned.shape, ratio, size)]
grid = np.meshgrid(*axes, indexing="ij")
shares = [map_coordinates(one, grid, order=1) for one in probabilities]
mask = nib.Nifti1Image(values[np.argmax(shares, 0)], turned.affine)
back = ornt_transform(axcodes2ornt(tuple(plan["orientation"])), io_orientation(image.affine))
nib.save(mask.as_reoriented(back), mask_file)
