"""Checks the networks against the oracle files: logits, losses and every gradient.

    python3 bench/pytorch/check.py ORACLE_FOLDER [--all]

A gradient counts as equal when it is within 1e-3 of the tensor's largest magnitude. In float32 not even PyTorch agrees
that well with itself: another thread count sums in another order, a ReLU or max-pool decision falls the other way,
and every gradient in front of it moves (up to 1.3e-2 seen, with logits equal to 1e-6). So the exact gradient is
computed in float64, and the noise of float32 is measured: the largest distance of three float32 runs from it. Where the
noise is large, the oracle may be three times as far from the exact gradient as the noise is. A wrong structure is far
outside: its errors are about 1.

A bias in front of an instance norm has gradient zero; what float32 leaves of it is judged by the size of the gradient
of its own convolution's weight.
"""

import argparse
import json
import os
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

try:
    import torch
except ImportError:
    sys.exit("PyTorch is missing: pip install torch")

from networks import NETWORKS, build, segmentation_losses
from oracle import read_safetensors

LOGIT_TOLERANCE = 1e-4
LOSS_TOLERANCE = 1e-5
GRADIENT_TOLERANCE = 1e-3
NOISE_FACTOR = 3
ZERO = 1e-10  # a float64 gradient this much smaller than its weight's is zero


def with_prefix(tensors, prefix):
    return {name[len(prefix):]: value for name, value in tensors.items() if name.startswith(prefix)}


@contextmanager
def one_dnn(enabled):
    """PyTorch's oneDNN kernels on or off (it warns about TF32 on any switch, even to the present state)."""
    if enabled:
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.backends.mkldnn.flags(enabled=False):
            yield


def evaluate(name, tensors, metadata, dtype=torch.float32, threads=None, onednn=True):
    """Logits, the three losses and the gradients by parameter name, without dropout."""
    torch.set_num_threads(threads or os.cpu_count())
    net = build(name, json.loads(metadata["features"]), int(metadata["classes"]))
    net.load_state_dict(with_prefix(tensors, "weight."), strict=True)
    net.eval().to(dtype)
    with one_dnn(onednn):
        logits, _ = net(tensors["input"].to(dtype))
        entropy, dice = segmentation_losses(logits, tensors["target"].long())
        (entropy + dice).backward()
    losses = torch.stack([entropy, dice, entropy + dice]).detach().double()
    return logits.detach(), losses, {key: gradient(p) for key, p in net.named_parameters()}


def gradient(parameter):
    return torch.zeros_like(parameter, dtype=torch.double) if parameter.grad is None else parameter.grad.double()


def distance(a, b, scale):
    return ((a - b).abs().max() / scale).item()


def scale_of(name, exact):
    """The magnitude to judge a gradient by: its own, or its weight's when it is zero."""
    own = exact[name].abs().max()
    if name.endswith(".bias"):
        weight = exact[name.removesuffix("bias") + "weight"].abs().max()
        if own < ZERO * weight:
            return weight, True
    return own, False


def gradient_rows(oracle, runs, exact):
    """Per tensor: name, is it zero, oracle against float32, oracle against float64, float32 noise, verdict."""
    for name, expected in oracle.items():
        scale, zero = scale_of(name, exact)
        here = distance(runs[0][name], expected, scale)
        truth = distance(exact[name], expected, scale)
        noise = max(distance(run[name], exact[name], scale) for run in runs)
        passed = here <= GRADIENT_TOLERANCE or truth <= max(GRADIENT_TOLERANCE, NOISE_FACTOR * noise)
        yield name, zero, here, truth, noise, passed


def check(name, folder, show_all):
    tensors, metadata = read_safetensors(folder / f"{name}.safetensors")
    tensors = {key: t.double() if key.startswith("grad.") else t for key, t in tensors.items()}
    logits, losses, first = evaluate(name, tensors, metadata)
    runs = [first, evaluate(name, tensors, metadata, threads=1)[2], evaluate(name, tensors, metadata, onednn=False)[2]]
    exact = evaluate(name, tensors, metadata, dtype=torch.float64)[2]
    oracle = with_prefix(tensors, "grad.")
    expected = tensors["logits.eval"]
    logit_error = distance(logits, expected, expected.abs().max())
    loss_error = distance(losses, tensors["loss"].double(), losses.abs().max())
    rows = list(gradient_rows(oracle, runs, exact))
    report(name, logit_error, loss_error, rows, show_all)
    complete = set(oracle) == set(first)
    if not complete:
        print(f"  parameter names differ: {sorted(set(oracle) ^ set(first))}")
    return (complete and logit_error <= LOGIT_TOLERANCE and loss_error <= LOSS_TOLERANCE
            and all(row[-1] for row in rows))


def report(name, logit_error, loss_error, rows, show_all):
    strict = sum(row[2] <= GRADIENT_TOLERANCE for row in rows)
    passed = sum(row[-1] for row in rows)
    print(f"\n{name}: logits {logit_error:.1e}, losses {loss_error:.1e}; {len(rows)} gradients: "
          f"{strict} within 1e-3, {passed - strict} within float32 noise, {len(rows) - passed} different")
    shown = [row for row in rows if show_all or not row[-1] or row[2] > GRADIENT_TOLERANCE]
    if shown:
        print(f"  {'gradient':<52} {'float32':>8} {'float64':>8} {'noise':>8}")
    for key, zero, here, truth, noise, ok in shown:
        note = "" if ok else "  DIFFERENT"
        print(f"  {key:<52} {here:8.1e} {truth:8.1e} {noise:8.1e}{'  (zero)' if zero else ''}{note}")


def main():
    parser = argparse.ArgumentParser(description="check the networks against the oracle files")
    parser.add_argument("folder", type=Path, help="folder with <network>.safetensors")
    parser.add_argument("--all", action="store_true", help="print every gradient, not only those above 1e-3")
    options = parser.parse_args()
    results = [check(name, options.folder, options.all) for name in NETWORKS]
    print("\nall networks agree" if all(results) else "\nDIFFERENT")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
