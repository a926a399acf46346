"""Attention U-Net as in MONAI 1.5 (Apache-2.0), layouts N,C,H,W and N,C,D,H,W."""

import torch
from torch import nn
from torch.nn import functional as F

from layers import BATCH_NORM, CONV, INSTANCE_NORM, TRANSPOSED, Named, convolution


class ConvBlock(nn.Module):
    """Two convolutions with batch norm and ReLU; the first has the stride."""

    def __init__(self, dims, inputs, outputs, stride):
        super().__init__()
        self.conv = nn.Sequential(self.layer(dims, inputs, outputs, stride), self.layer(dims, outputs, outputs, 1))

    @staticmethod
    def layer(dims, inputs, outputs, stride):
        conv = CONV[dims](inputs, outputs, 3, stride, padding=1)
        return convolution(conv, BATCH_NORM[dims](outputs), nn.ReLU(inplace=True))

    def forward(self, x):
        return self.conv(x)


class Gate(nn.Module):
    """Weights the skip connection by its agreement with the signal from below."""

    def __init__(self, dims, channels):
        super().__init__()
        half = max(1, channels // 2)
        self.W_g = self.project(dims, channels, half)
        self.W_x = self.project(dims, channels, half)
        self.psi = nn.Sequential(*self.project(dims, half, 1), nn.Sigmoid())

    @staticmethod
    def project(dims, inputs, outputs):
        return nn.Sequential(convolution(CONV[dims](inputs, outputs, 1)), BATCH_NORM[dims](outputs))

    def forward(self, signal, skip):
        return skip * self.psi(F.relu(self.W_g(signal) + self.W_x(skip), inplace=True))


class AttentionLayer(nn.Module):
    """A skip connection with its gate around everything below it."""

    def __init__(self, dims, inputs, outputs, submodule):
        super().__init__()
        transposed = TRANSPOSED[dims](outputs, inputs, 3, 2, padding=1, output_padding=1)
        self.attention = Gate(dims, inputs)
        self.upconv = Named(up=convolution(transposed, BATCH_NORM[dims](inputs), nn.ReLU(inplace=True)))
        self.merge = convolution(CONV[dims](2 * inputs, inputs, 3, padding=1), INSTANCE_NORM[dims](inputs), nn.PReLU())
        self.submodule = submodule

    def forward(self, x):
        signal = self.upconv(self.submodule(x))
        return self.merge(torch.cat([self.attention(signal, x), signal], dim=1))


class AttentionUNet(nn.Module):
    """Every level at half the resolution of the one above."""

    def __init__(self, dims, features, classes, channels=1):
        super().__init__()

        def below(level):
            inputs, outputs = features[level:level + 2]
            block = ConvBlock(dims, inputs, outputs, stride=2)
            deeper = level + 2 < len(features)
            return AttentionLayer(dims, inputs, outputs, nn.Sequential(block, below(level + 1)) if deeper else block)

        first = ConvBlock(dims, channels, features[0], stride=1)
        self.model = nn.Sequential(first, below(0), convolution(CONV[dims](features[0], classes, 1)))

    def forward(self, x):
        return self.model(x), ()
