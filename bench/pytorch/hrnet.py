"""HRNetV2 with its segmentation head (Sun et al. 2019), parameters named as in the authors' code; layout N,C,H,W."""

from functools import partial, reduce

import torch
from torch import nn
from torch.nn import functional as F

EXPANSION = 4  # of a bottleneck's output
# modules of a stage, residual blocks in each branch of a module; the first stage is one row of bottlenecks
SMALL = [(1, 2), (1, 2), (3, 2), (2, 2)]
FULL = [(1, 4), (1, 4), (4, 4), (3, 4)]

relu = partial(F.relu, inplace=True)


def conv_norm(inputs, outputs, kernel, stride=1):
    return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)]


def resize(x, size):
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class Bottleneck(nn.Module):
    def __init__(self, inputs, width):
        super().__init__()
        outputs = EXPANSION * width
        self.conv1, self.bn1 = conv_norm(inputs, width, 1)
        self.conv2, self.bn2 = conv_norm(width, width, 3)
        self.conv3, self.bn3 = conv_norm(width, outputs, 1)
        self.downsample = nn.Sequential(*conv_norm(inputs, outputs, 1)) if inputs != outputs else nn.Identity()

    def forward(self, x):
        y = relu(self.bn1(self.conv1(x)))
        y = relu(self.bn2(self.conv2(y)))
        return relu(self.bn3(self.conv3(y)) + self.downsample(x))


class BasicBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1, self.bn1 = conv_norm(width, width, 3)
        self.conv2, self.bn2 = conv_norm(width, width, 3)

    def forward(self, x):
        return relu(self.bn2(self.conv2(relu(self.bn1(self.conv1(x))))) + x)


def halvings(inputs, outputs, steps):
    """Only the last of them changes the channels."""
    inner = [nn.Sequential(*conv_norm(inputs, inputs, 3, 2), nn.ReLU(inplace=True)) for _ in range(steps - 1)]
    return nn.Sequential(*inner, nn.Sequential(*conv_norm(inputs, outputs, 3, 2)))


def path(widths, source, target):
    """From one branch to another; resizing up is left to the caller."""
    if source == target:
        return nn.Identity()
    if source < target:
        return halvings(widths[source], widths[target], target - source)
    return nn.Sequential(*conv_norm(widths[source], widths[target], 1))


class Module(nn.Module):
    """Branches side by side, then the exchange: every branch becomes the sum of all."""

    def __init__(self, widths, blocks):
        super().__init__()
        count = range(len(widths))
        self.branches = nn.ModuleList(nn.Sequential(*(BasicBlock(width) for _ in range(blocks))) for width in widths)
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(path(widths, source, target) for source in count) for target in count)

    def forward(self, branches):
        branches = [branch(x) for branch, x in zip(self.branches, branches)]
        return [self.fuse(row, branches, own.shape[2:]) for row, own in zip(self.fuse_layers, branches)]

    @staticmethod
    def fuse(row, branches, size):
        heard = [layer(x) for layer, x in zip(row, branches)]
        return relu(reduce(torch.add, (x if x.shape[2:] == size else resize(x, size) for x in heard)))


def transition(before, now):
    """Brings each branch to its width; a new branch halves the coarsest one."""
    moves = []
    for n, width in enumerate(now):
        if n == len(before):
            moves.append(nn.Sequential(nn.Sequential(*conv_norm(before[-1], width, 3, 2), nn.ReLU(inplace=True))))
        elif before[n] != width:
            moves.append(nn.Sequential(*conv_norm(before[n], width, 3), nn.ReLU(inplace=True)))
        else:
            moves.append(nn.Identity())
    return nn.ModuleList(moves)


class HRNet(nn.Module):
    """`features` are the stem's width and those of the four branches."""

    def __init__(self, stages, features, classes, channels=1):
        super().__init__()
        stem, *widths = features
        self.conv1, self.bn1 = conv_norm(channels, stem, 3, 2)
        self.conv2, self.bn2 = conv_norm(stem, stem, 3, 2)
        wide = EXPANSION * stem
        self.layer1 = nn.Sequential(*(Bottleneck(wide if n else stem, stem) for n in range(stages[0][1])))
        before = [wide]
        for n, (modules, blocks) in enumerate(stages[1:], start=1):
            now = widths[:n + 1]
            setattr(self, f"transition{n}", transition(before, now))
            setattr(self, f"stage{n + 1}", nn.Sequential(*(Module(now, blocks) for _ in range(modules))))
            before = now
        total = sum(widths)
        self.last_layer = nn.Sequential(nn.Conv2d(total, total, 1), nn.BatchNorm2d(total), nn.ReLU(inplace=True),
                                        nn.Conv2d(total, classes, 1))

    def forward(self, image):
        x = relu(self.bn1(self.conv1(image)))
        x = relu(self.bn2(self.conv2(x)))
        branches = [self.layer1(x)]
        for n in (1, 2, 3):
            moves = getattr(self, f"transition{n}")
            sources = branches + branches[-1:] * (len(moves) - len(branches))
            branches = getattr(self, f"stage{n + 1}")([move(x) for move, x in zip(moves, sources)])
        joined = torch.cat([resize(x, branches[0].shape[2:]) for x in branches], dim=1)
        return resize(self.last_layer(joined), image.shape[2:]), ()
