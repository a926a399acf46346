"""Paper 2's U-Net (its Figure 2A), parameters named as in the widespread `double_conv` code; layout N,C,H,W."""

import torch
from torch import nn

from layers import Named


def double_conv(inputs, outputs):
    def layer(channels):
        return [nn.Conv2d(channels, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]

    return Named(double_conv=nn.Sequential(*layer(inputs), *layer(outputs)))


class Up(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
        self.conv = double_conv(2 * outputs, outputs)

    def forward(self, x, skip):
        return self.conv(torch.cat([skip, self.up(x)], dim=1))


class UNetBatchNorm(nn.Module):
    def __init__(self, features, classes, channels=1):
        super().__init__()
        self.depth = len(features) - 1
        self.inc = double_conv(channels, features[0])
        for n in range(1, self.depth + 1):
            pooled = nn.Sequential(nn.MaxPool2d(2), double_conv(features[n - 1], features[n]))
            setattr(self, f"down{n}", Named(maxpool_conv=pooled))
            setattr(self, f"up{n}", Up(features[-n], features[-n - 1]))
        self.outc = Named(conv=nn.Conv2d(features[0], classes, 1))

    def decoder_maps(self, image):
        """The decoder's map at every level, from the bottom to full resolution."""
        levels = [self.inc(image)]
        for n in range(1, self.depth + 1):
            levels.append(getattr(self, f"down{n}")(levels[-1]))
        maps = [levels.pop()]
        for n in range(1, self.depth + 1):
            maps.append(getattr(self, f"up{n}")(maps[-1], levels.pop()))
        return maps

    def forward(self, image):
        return self.outc(self.decoder_maps(image)[-1]), ()
