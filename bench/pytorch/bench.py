"""Measures one network in PyTorch, one step at a time, so that a parent process can interleave it with another runtime.

    python3 bench/pytorch/bench.py --network attention-unet-2.5d --mode train --size full [--repeat N]

After set-up and one unmeasured warm-up step it prints {"ready": true, ...}. Then every line "step" on standard input
runs one step and prints {"ms": ..., "cpuMs": ..., "rssPeakMB": ...} (training: also "loss"); it ends at end of file,
or after N steps. By hand: `yes step | python3 bench/pytorch/bench.py ... --repeat 3`. Without PyTorch it prints
{"error": "torch-missing"} and exits with 3. `cpuMs` is the processor time of all threads: far below threads × ms means
that other processes took the cores, and the step should not count.

A training step is forward (dropout active), loss, backward and AdamW; the loss is cross-entropy + soft Dice, for the
2.5D network also 0.2 × the attention loss. Inference is the forward pass alone. `rssPeakMB` is the process's peak
since its start, so give each mode its own process.

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

SIZES = {
    # input shape N,C,space and the features of the six levels
    "full": {
        "attention-unet-2.5d": ((1, 1, 192, 192, 16), (32, 32, 64, 128, 256, 32)),
        "unet-3d": ((1, 1, 16, 192, 192), (32, 32, 64, 128, 256, 32)),
        "unet-2d": ((16, 1, 192, 192), (32, 32, 64, 128, 256, 32)),
    },
    "small": {
        "attention-unet-2.5d": ((1, 1, 64, 64, 16), (4, 4, 8, 16, 32, 4)),
        "unet-3d": ((1, 1, 16, 64, 64), (4, 4, 8, 16, 32, 4)),
        "unet-2d": ((4, 1, 64, 64), (4, 4, 8, 16, 32, 4)),
    },
}
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
    from networks import attention_loss, segmentation_losses

    net.train()
    optimiser = torch.optim.AdamW(net.parameters(), lr=LEARNING_RATE)

    def step():
        optimiser.zero_grad()
        logits, maps = net(image)
        loss = sum(segmentation_losses(logits, target))
        if maps:
            loss = loss + ATTENTION_WEIGHT * attention_loss(maps, target)
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


def set_up(network, mode, size):
    """(step, number of parameters) for random data with a fixed seed; about one voxel in fifty is lesion."""
    import torch
    from networks import build

    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(1)
    shape, features = SIZES[size][network]
    net = build(network, features, CLASSES)
    image = torch.randn(shape)
    target = (image[:, 0] > 2).long()
    parameters = sum(p.numel() for p in net.parameters())
    return (training if mode == "train" else inference)(net, image, target), parameters


def measure(step):
    wall, cpu = time.perf_counter(), time.process_time()
    loss = step()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    measured = {"ms": round(wall * 1000, 2), "cpuMs": round(cpu * 1000, 2), "rssPeakMB": peak_megabytes()}
    return measured if loss is None else measured | {"loss": round(loss, 6)}


def arguments():
    parser = argparse.ArgumentParser(description="measure a network in PyTorch")
    parser.add_argument("--network", required=True, choices=SIZES["full"])
    parser.add_argument("--mode", required=True, choices=["train", "infer"])
    parser.add_argument("--size", default="full", choices=SIZES, help="small is for trying the protocol")
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
    step, parameters = set_up(options.network, options.mode, options.size)
    warm_up = measure(step)
    say(ready=True, network=options.network, mode=options.mode, size=options.size,
        shape=SIZES[options.size][options.network][0], parameters=parameters, torch=torch.__version__,
        threads=torch.get_num_threads(), allocator="keep" if kept else "default", warmUpMs=warm_up["ms"], rssPeakMB=warm_up["rssPeakMB"])
    serve(step, options.repeat)
    return 0


if __name__ == "__main__":
    sys.exit(main())
