"""Measures one network in PyTorch, one step at a time, so that a parent process can interleave it with another runtime.

    python3 bench/pytorch/bench.py --network unet-3d --mode train --batch 1 --patch 16,192,192
                                   --features 32,32,64,128,256,32 [--allocator keep] [--repeat N]

After set-up and one unmeasured warm-up step it prints {"ready": true, ...}. Then every line "step" on standard input
runs one step and prints {"ms": ..., "cpuMs": ..., "rssPeakMB": ...} (training: also "loss"); it ends at end of file,
or after N steps. By hand: `yes step | python3 bench/pytorch/bench.py ... --repeat 3`. Without PyTorch it prints
{"error": "torch-missing"} and exits with 3. `cpuMs` is the processor time of all threads: far below threads × ms means
that other processes took the cores, and the step should not count.

The patch is D,H,W or H,W; bench/sizes.mjs has those of every network. A training step is forward (dropout active),
loss, backward and AdamW; the loss is cross-entropy + soft Dice of the logits, for the 2.5D network also 0.2 × the
attention loss, for PointRend also the cross-entropy at points. Inference is the forward pass alone. `rssPeakMB` is the
process's peak since its start, so give each mode its own process.

`--allocator keep` makes glibc keep freed memory instead of returning it to the system. By default every large tensor
is mapped and zeroed afresh, page by page, which costs PyTorch a third of its time on the CPU here; a fair comparison
gives it this.
"""

import argparse
import ctypes
import json
import os
import resource
import sys
import time

CLASSES = 2
LEARNING_RATE = 5e-4
ATTENTION_WEIGHT = 0.2

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # glibc's malloc.h


def say(**values):
    print(json.dumps(values), flush=True)


def peak_megabytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def keep_freed_memory():
    """Never map single allocations, never give memory back; True where the C library can do that (glibc)."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return mallopt is not None and bool(mallopt(M_MMAP_MAX, 0)) and bool(mallopt(M_TRIM_THRESHOLD, -1))


def training(net, image, target):
    """A function that runs one training step and returns its loss."""
    import torch
    from losses import attention_loss, point_loss, segmentation_losses

    net.train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=LEARNING_RATE)

    def step():
        optimiser.zero_grad()
        logits, maps, *points = net(image)
        loss = sum(segmentation_losses(logits, target))
        if maps:
            loss = loss + ATTENTION_WEIGHT * attention_loss(maps, target)
        for point_logits, places in points:
            loss = loss + point_loss(point_logits, places, target)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def inference(net, image, _target):
    """A function that runs one forward pass; it returns no loss."""
    import torch

    net.eval()

    @torch.no_grad()
    def step():
        net(image)

    return step


def set_up(options):
    """(step, number of parameters) for random data with a fixed seed; about one voxel in fifty is lesion."""
    import torch
    from networks import SLICES_LAST, build

    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(1)
    patch = options.patch[1:] + options.patch[:1] if options.network in SLICES_LAST else options.patch
    net = build(options.network, options.features, CLASSES, patch)
    image = torch.randn(options.batch, 1, *patch)
    target = (image[:, 0] > 2).long()
    parameters = sum(p.numel() for p in net.parameters())
    return (training if options.mode == "train" else inference)(net, image, target), parameters


def measure(step):
    wall, cpu = time.perf_counter(), time.process_time()
    loss = step()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    measured = {"ms": round(wall * 1000, 2), "cpuMs": round(cpu * 1000, 2), "rssPeakMB": peak_megabytes()}
    return measured if loss is None else measured | {"loss": round(loss, 6)}


def numbers(text):
    return [int(number) for number in text.split(",")]


def arguments():
    parser = argparse.ArgumentParser(description="measure a network in PyTorch")
    parser.add_argument("--network", required=True)
    parser.add_argument("--mode", required=True, choices=["train", "infer"])
    parser.add_argument("--batch", required=True, type=int)
    parser.add_argument("--patch", required=True, type=numbers, help="D,H,W or H,W")
    parser.add_argument("--features", required=True, type=numbers, help="channels, in the network's own convention")
    parser.add_argument("--allocator", default="default", choices=["default", "keep"])
    parser.add_argument("--repeat", type=int, help="end after so many steps")
    return parser.parse_args()


def serve(step, repeat):
    """Answers each line "step" with a measurement."""
    done = 0
    while repeat is None or done < repeat:
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip() == "step":
            say(**measure(step))
            done += 1
        elif line.strip():
            say(error="unknown-command", got=line.strip())


def main():
    options = arguments()
    kept = options.allocator == "keep" and keep_freed_memory()
    try:
        import torch
    except ImportError:
        say(error="torch-missing")
        return 3
    step, parameters = set_up(options)
    warm_up = measure(step)
    say(ready=True, parameters=parameters, torch=torch.__version__, threads=torch.get_num_threads(),
        allocator="keep" if kept else "default", warmUpMs=warm_up["ms"], rssPeakMB=warm_up["rssPeakMB"])
    serve(step, options.repeat)
    return 0


if __name__ == "__main__":
    sys.exit(main())
