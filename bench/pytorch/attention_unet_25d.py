"""The 2.5D-AttentionUNet as its authors published it (paper 1), layout N,C,H,W,D. Returns (logits, attention maps)."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

PLANE = (3, 3, 1)  # in the slice; H, W, D
CUBE = (3, 3, 3)
THROUGH = (1, 1, 3)  # across slices
POINT = (1, 1, 1)


def conv(inputs, outputs, kernel, bias=True):
    return nn.Conv3d(inputs, outputs, kernel, padding=tuple(k // 2 for k in kernel), bias=bias)


def upsample(x, size):
    return F.interpolate(x, size, mode="trilinear", align_corners=True)


class ConvNorm(nn.Module):
    """Convolution and instance norm without parameters; with `dropout`, also channel dropout and then ReLU."""

    def __init__(self, inputs, outputs, kernel, dropout=None):
        super().__init__()
        layers = [conv(inputs, outputs, kernel), nn.InstanceNorm3d(outputs)]
        if dropout is not None:
            layers += [nn.Dropout3d(dropout, inplace=True), nn.ReLU(inplace=True)]
        self.block = nn.Sequential(*layers)

    def forward(self, x):
        return self.block(x)


def conv_pair(inputs, outputs, first, second, dropout):
    return nn.Sequential(ConvNorm(inputs, outputs, first, dropout), ConvNorm(outputs, outputs, second))


class EncoderBlock(nn.Module):
    """Two residual pairs of convolutions; the first has a 1×1×1 convolution as its shortcut, the second none."""

    def __init__(self, inputs, outputs, kernel, dropout):
        super().__init__()
        self.conv1 = conv_pair(inputs, outputs, kernel, kernel, dropout)
        self.conv2 = conv_pair(outputs, outputs, kernel, kernel, dropout)
        self.conv3 = conv(inputs, outputs, POINT)

    def forward(self, x):
        x = F.relu(self.conv1(x) + self.conv3(x), inplace=True)
        return F.relu(self.conv2(x) + x, inplace=True)


class PoolEncode(nn.Module):
    def __init__(self, inputs, outputs, pool, kernel, dropout):
        super().__init__()
        self.down = nn.Sequential(nn.MaxPool3d(pool), EncoderBlock(inputs, outputs, kernel, dropout))

    def forward(self, x):
        return self.down(x)


class ContextBlock(nn.Module):
    """Bottleneck: one branch sums three scales, the other the maxima along each whole axis."""

    DROPOUT = 0.2  # whatever the network's dropout

    def __init__(self, channels):
        super().__init__()
        c = channels // 4
        active = partial(ConvNorm, dropout=self.DROPOUT)
        self.trans_layer = active(channels, c, POINT)
        self.conv1_1 = active(c, c, POINT)
        self.conv1_2 = active(c, c, POINT)
        self.conv2_0 = ConvNorm(c, c, CUBE)
        self.conv2_1 = ConvNorm(c, c, CUBE)
        self.conv2_2 = ConvNorm(c, c, CUBE)
        self.conv2_3 = ConvNorm(c, c, (1, 3, 3))
        self.conv2_4 = ConvNorm(c, c, (3, 1, 3))
        self.conv2_5 = ConvNorm(c, c, (3, 3, 1))
        self.conv2_6 = active(c, c, CUBE)
        self.conv2_7 = active(c, c, CUBE)
        self.conv3 = ConvNorm(2 * c, c, POINT)
        self.score_layer = nn.Sequential(active(c, c, CUBE), conv(c, channels, POINT, bias=False))

    def forward(self, x):
        size = h, w, d = x.shape[2:]
        reduced = self.trans_layer(x)

        scales = self.conv1_1(reduced)
        scales = self.conv2_6(F.relu(
            self.conv2_0(scales)
            + upsample(self.conv2_1(F.max_pool3d(scales, 2)), size)
            + upsample(self.conv2_2(F.max_pool3d(scales, 4)), size)))

        axes = self.conv1_2(reduced)
        axes = self.conv2_7(F.relu(
            upsample(self.conv2_3(F.max_pool3d(axes, (h, 1, 1))), size)
            + upsample(self.conv2_4(F.max_pool3d(axes, (1, w, 1))), size)
            + upsample(self.conv2_5(F.max_pool3d(axes, (1, 1, d))), size)))

        merged = self.conv3(torch.cat([scales, axes], dim=1))
        return self.score_layer(F.relu(reduced + merged))


class ChannelAttention(nn.Module):
    """Squeeze attention; its weight is not bounded (no sigmoid)."""

    DROPOUT = 0.2  # whatever the network's dropout

    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Sequential(
            ConvNorm(channels, channels // 4, CUBE, self.DROPOUT), ConvNorm(channels // 4, channels, CUBE))

    def forward(self, x):
        size = x.shape[2:]
        weight = upsample(self.conv(F.adaptive_avg_pool3d(x, [n // 2 for n in size])), size)
        return weight * x + x, None


class SpatialAttention(nn.Module):
    """One weight per voxel from two separable paths; the weight map is returned too."""

    def __init__(self, channels):
        super().__init__()
        self.conv1 = self.path(channels, (3, 1, 1), (1, 3, 1))
        self.conv2 = self.path(channels, (1, 3, 1), (3, 1, 1))

    @staticmethod
    def path(channels, first, second):
        half = channels // 2
        return nn.Sequential(conv(channels, half, first), nn.InstanceNorm3d(half), nn.ReLU(inplace=True),
                             conv(half, 1, second), nn.InstanceNorm3d(1))

    def forward(self, x):
        weight = torch.sigmoid(self.conv1(x) + self.conv2(x))
        return weight * x + x, weight


class DecoderConvs(nn.Module):
    def __init__(self, inputs, outputs, dropout):
        super().__init__()
        self.conv1 = conv_pair(inputs, outputs, PLANE, THROUGH, dropout)
        self.conv2 = conv(inputs, outputs, POINT)

    def forward(self, x):
        return F.relu(self.conv1(x) + self.conv2(x), inplace=True)


class UpAdd(nn.Module):
    """Transposed convolution, sum with the encoder's map, attention, convolutions."""

    def __init__(self, inputs, skip, outputs, pool, attention, dropout):
        super().__init__()
        self.up = nn.ConvTranspose3d(inputs, skip, pool, stride=pool)
        self.attention = attention
        self.convs = DecoderConvs(skip, outputs, dropout)

    def forward(self, x, skip):
        x, weight = self.attention(self.up(x) + skip)
        return self.convs(x), weight


class AttentionUNet25D(nn.Module):
    """The attention modules belong to the decoder steps, but are also registered at the top (`attention_0` is
    `up_1.attention` and so on, the same tensors), as in the published state dict."""

    def __init__(self, features, classes, channels=1, dropout=0.2):
        super().__init__()
        f = features
        flat, cube = (2, 2, 1), (2, 2, 2)
        self.conv_0 = EncoderBlock(channels, f[0], PLANE, dropout)
        self.attention_0 = SpatialAttention(f[0])
        self.down_1 = PoolEncode(f[0], f[1], flat, PLANE, dropout)
        self.attention_1 = SpatialAttention(f[1])
        self.down_2 = PoolEncode(f[1], f[2], flat, PLANE, dropout)
        self.attention_2 = SpatialAttention(f[2])
        self.down_3 = PoolEncode(f[2], f[3], flat, CUBE, dropout)
        self.attention_3 = ChannelAttention(f[3])
        self.down_4 = PoolEncode(f[3], f[4], cube, CUBE, dropout)
        self.context_block_1 = ContextBlock(f[4])
        self.attention_4 = ChannelAttention(f[4])
        self.up_4 = UpAdd(f[4], f[3], f[3], cube, self.attention_3, dropout)
        self.up_3 = UpAdd(f[3], f[2], f[2], flat, self.attention_2, dropout)
        self.up_2 = UpAdd(f[2], f[1], f[1], flat, self.attention_1, dropout)
        self.up_1 = UpAdd(f[1], f[0], f[5], flat, self.attention_0, dropout)
        self.final_conv = conv(f[5], classes, POINT)

    def forward(self, x):
        x0 = self.conv_0(x)
        x1 = self.down_1(x0)
        x2 = self.down_2(x1)
        x3 = self.down_3(x2)
        x = self.context_block_1(self.down_4(x3))
        x, _ = self.attention_4(x)
        x, _ = self.up_4(x, x3)
        x, weight2 = self.up_3(x, x2)
        x, weight1 = self.up_2(x, x1)
        x, weight0 = self.up_1(x, x0)
        return self.final_conv(x), (weight0, weight1, weight2)
