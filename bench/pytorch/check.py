"""Checks the networks against the oracle files: logits, losses and every gradient.

    python3 bench/pytorch/check.py ORACLE_FOLDER … [--network NAME …] [--all]

Every network with a file <network>.safetensors in one of the folders is checked; the benchmark itself compares the
number of parameters with Marrow's.

A gradient counts as equal when it is within 1e-3 of the tensor's largest magnitude. In float32 not even PyTorch agrees
that well with itself: another thread count sums in another order, a ReLU or max-pool decision falls the other way,
and every gradient in front of it moves (up to 1.3e-2 seen, with logits equal to 1e-6). So the exact gradient is
computed in float64, and the noise of float32 is measured: the largest distance of three float32 runs from it. Where the
noise is large, the oracle may be three times as far from the exact gradient as the noise is. A wrong structure is far
outside: its errors are about 1.

A bias in front of a norm has gradient zero; what float32 leaves of it is judged by the size of the gradient
of its own convolution's weight. Networks with batch norm have logits of evaluation and of training; losses and
gradients are those of training.
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

from losses import point_loss, segmentation_losses
from networks import NETWORKS, build
from oracle import read_safetensors

LOGIT_TOLERANCE = 1e-4
LOSS_TOLERANCE = 1e-5
GRADIENT_TOLERANCE = 1e-3
NOISE_FACTOR = 3
RANDOM = ("candidates", "anywhere")  # the random points of a step
OTHER_NAMES = {"image": "input", "labels": "target"}
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


def network_of(name, tensors, metadata):
    """The network with the oracle's weights; those that the oracle never uses (no gradient) may be missing in it."""
    features = json.loads(metadata.get("features") or metadata.get("channels") or unetr_features(metadata))
    size, heads = tensors["input"].shape[2:], int(metadata.get("num_heads", 12))
    net = build(name, features, int(metadata["classes"]), size, heads)
    known = net.state_dict()
    weights = with_prefix(tensors, "weight.")
    used = {key: value for key, value in weights.items() if key in known or f"grad.{key}" in tensors}
    net.load_state_dict(used, strict=True)
    return net


def unetr_features(metadata):
    return "[{feature_size}, {hidden_size}, {mlp_dim}]".format(**metadata)


def losses_of(logits, points, target):
    """Cross-entropy, soft Dice loss, their sum; with points, whose oracle has no Dice, both cross-entropies."""
    entropy, dice = segmentation_losses(logits, target)
    return [entropy, dice, entropy + dice] if not points else [entropy, point_loss(*points[0], target)]


def evaluate(name, tensors, metadata, dtype=torch.float32, threads=None, onednn=True):
    """Logits by name, the losses and the gradients by parameter name, without dropout."""
    torch.set_num_threads(threads or os.cpu_count())
    net = network_of(name, tensors, metadata).eval().to(dtype)
    image = tensors["input"].to(dtype)
    random = {key: tensors[key].to(dtype) for key in RANDOM if key in tensors}
    points = []
    with one_dnn(onednn):
        logits = {"logits.eval": net(image)[0]}
        if "logits.train" in tensors:
            logits["logits.train"], _, *points = net.train()(image, **random)
        *_, trained = logits.values()
        losses = losses_of(trained, points, tensors["target"].long())
        (sum(losses) if points else losses[-1]).backward()
    gradients = {key: gradient(p) for key, p in net.named_parameters()}
    return {key: t.detach() for key, t in logits.items()}, torch.stack(losses).detach().double(), gradients


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
    tensors = {OTHER_NAMES.get(key, key): t.double() if key.startswith("grad.") else t for key, t in tensors.items()}
    logits, losses, first = evaluate(name, tensors, metadata)
    runs = [first, evaluate(name, tensors, metadata, threads=1)[2], evaluate(name, tensors, metadata, onednn=False)[2]]
    exact = evaluate(name, tensors, metadata, dtype=torch.float64)[2]
    oracle = with_prefix(tensors, "grad.")
    logit_error = max(distance(own, tensors[key], tensors[key].abs().max()) for key, own in logits.items())
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


def check_found(name, folders, show_all):
    """Whether the network agrees with its oracle; without one, None."""
    for folder in folders:
        if (folder / f"{name}.safetensors").exists():
            return check(name, folder, show_all)
    print(f"\n{name}: no oracle")
    return None


def main():
    parser = argparse.ArgumentParser(description="check the networks against the oracle files")
    parser.add_argument("folders", type=Path, nargs="+", help="folders with <network>.safetensors")
    parser.add_argument("--all", action="store_true", help="print every gradient, not only those above 1e-3")
    parser.add_argument("--network", nargs="+", choices=NETWORKS, default=list(NETWORKS), metavar="NAME")
    options = parser.parse_args()
    results = [check_found(name, options.folders, options.all) for name in options.network]
    checked = [result for result in results if result is not None]
    agree = len(checked) > 0 and all(checked)
    print(f"\n{len(checked)} of {len(results)} networks have an oracle" + (" and agree" if agree else ": DIFFERENT"))
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
