"""UNet with residual units (num_res_units=2) as in MONAI 1.5 (Apache-2.0), 3-D, layout N,C,D,H,W."""

import torch
from torch import nn

from layers import Named, convolution


def active(conv):
    return convolution(conv, nn.InstanceNorm3d(conv.out_channels), nn.PReLU())


def conv3(inputs, outputs, stride=1):
    return nn.Conv3d(inputs, outputs, 3, stride, padding=1)


class Residual(nn.Module):
    """Units beside a shortcut, which has a convolution where channels or resolution change."""

    def __init__(self, inputs, outputs, units, stride=1):
        super().__init__()
        self.conv = Named(**{f"unit{n}": unit for n, unit in enumerate(units)})
        self.residual = nn.Identity()
        if stride > 1:
            self.residual = conv3(inputs, outputs, stride)
        elif inputs != outputs:
            self.residual = nn.Conv3d(inputs, outputs, 1)

    def forward(self, x):
        return self.conv(x) + self.residual(x)


def down(inputs, outputs, stride):
    units = [active(conv3(inputs, outputs, stride)), active(conv3(outputs, outputs))]
    return Residual(inputs, outputs, units, stride)


def up(inputs, outputs, is_last):
    transposed = nn.ConvTranspose3d(inputs, outputs, 3, 2, padding=1, output_padding=1)
    unit = (convolution if is_last else active)(conv3(outputs, outputs))
    return nn.Sequential(active(transposed), Residual(outputs, outputs, [unit]))


class Skip(nn.Module):
    def __init__(self, submodule):
        super().__init__()
        self.submodule = submodule

    def forward(self, x):
        return torch.cat([x, self.submodule(x)], dim=1)


class ResUNet(nn.Module):
    """The first level already lies at half the resolution of the image."""

    def __init__(self, features, classes, channels=1):
        super().__init__()

        def level(inputs, outputs, n):
            """(module, its output channels); from `inputs` channels to `outputs` and back up."""
            width = features[n]
            if n == len(features) - 1:
                return down(inputs, width, stride=1), width
            deeper, grown = level(width, width, n + 1)
            return nn.Sequential(down(inputs, width, 2), Skip(deeper), up(width + grown, outputs, n == 0)), outputs

        self.model, _ = level(channels, classes, 0)

    def forward(self, x):
        return self.model(x), ()
