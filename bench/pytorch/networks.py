"""The networks of the benchmark in plain PyTorch, with the parameter names of their published implementations.

`unet-2d`, `unet-3d`     BasicUNet as in MONAI 1.5 (Apache-2.0), layouts N,C,H,W and N,C,D,H,W.
`attention-unet-2.5d`    the 2.5D-AttentionUNet as its authors published it, layout N,C,H,W,D.

Every network returns `(logits, attention_maps)`; the U-Nets have no attention maps and return an empty tuple.
"""

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

# ------------------------------------------------------------------------------------------------ BasicUNet (MONAI)


class ConvNormAct(nn.Module):
    """3×3(×3) convolution, affine instance norm, LeakyReLU 0.1."""

    def __init__(self, dims, inputs, outputs):
        super().__init__()
        conv, norm = (nn.Conv2d, nn.InstanceNorm2d) if dims == 2 else (nn.Conv3d, nn.InstanceNorm3d)
        self.conv = conv(inputs, outputs, 3, padding=1)
        self.adn = nn.Sequential()
        self.adn.add_module("N", norm(outputs, affine=True))
        self.adn.add_module("A", nn.LeakyReLU(0.1, inplace=True))

    def forward(self, x):
        return self.adn(self.conv(x))


class TwoConv(nn.Sequential):
    def __init__(self, dims, inputs, outputs):
        super().__init__()
        self.add_module("conv_0", ConvNormAct(dims, inputs, outputs))
        self.add_module("conv_1", ConvNormAct(dims, outputs, outputs))


class Down(nn.Sequential):
    def __init__(self, dims, inputs, outputs):
        super().__init__()
        self.add_module("max_pooling", (nn.MaxPool2d if dims == 2 else nn.MaxPool3d)(2))
        self.add_module("convs", TwoConv(dims, inputs, outputs))


class UpCat(nn.Module):
    """Transposed convolution by 2, concatenation behind the encoder's map, two convolutions."""

    def __init__(self, dims, inputs, skip, outputs, halves=True):
        super().__init__()
        upped = inputs // 2 if halves else inputs
        deconv = nn.ConvTranspose2d if dims == 2 else nn.ConvTranspose3d
        self.upsample = nn.Sequential()
        self.upsample.add_module("deconv", deconv(inputs, upped, 2, stride=2))
        self.convs = TwoConv(dims, skip + upped, outputs)

    def forward(self, x, skip):
        return self.convs(torch.cat([skip, self.upsample(x)], dim=1))


class BasicUNet(nn.Module):
    """Input edges must be divisible by 16 (MONAI pads odd maps; that case is not needed here)."""

    def __init__(self, dims, features, classes, channels=1):
        super().__init__()
        f = features
        self.conv_0 = TwoConv(dims, channels, f[0])
        self.down_1 = Down(dims, f[0], f[1])
        self.down_2 = Down(dims, f[1], f[2])
        self.down_3 = Down(dims, f[2], f[3])
        self.down_4 = Down(dims, f[3], f[4])
        self.upcat_4 = UpCat(dims, f[4], f[3], f[3])
        self.upcat_3 = UpCat(dims, f[3], f[2], f[2])
        self.upcat_2 = UpCat(dims, f[2], f[1], f[1])
        self.upcat_1 = UpCat(dims, f[1], f[0], f[5], halves=False)
        self.final_conv = (nn.Conv2d if dims == 2 else nn.Conv3d)(f[5], classes, 1)

    def forward(self, x):
        x0 = self.conv_0(x)
        x1 = self.down_1(x0)
        x2 = self.down_2(x1)
        x3 = self.down_3(x2)
        x = self.down_4(x3)
        x = self.upcat_4(x, x3)
        x = self.upcat_3(x, x2)
        x = self.upcat_2(x, x1)
        x = self.upcat_1(x, x0)
        return self.final_conv(x), ()


# ---------------------------------------------------------------------------------------------- 2.5D-AttentionUNet

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


NETWORKS = {
    "unet-2d": partial(BasicUNet, 2),
    "unet-3d": partial(BasicUNet, 3),
    "attention-unet-2.5d": AttentionUNet25D,
}


def build(name, features, classes):
    """A network by name; `features` are the six channel counts of its levels."""
    return NETWORKS[name](features, classes)


# ---------------------------------------------------------------------------------------------------------- losses


def dice_loss(probabilities, target, smooth=1e-5):
    """Mean over samples and channels of 1 − (2·Σpg + smooth) / (Σp + Σg + smooth)."""
    axes = tuple(range(2, probabilities.dim()))
    overlap = (probabilities * target).sum(axes)
    total = probabilities.sum(axes) + target.sum(axes)
    return (1 - (2 * overlap + smooth) / (total + smooth)).mean()


def segmentation_losses(logits, target):
    """Cross-entropy and soft Dice loss (background included) of logits N,C,… and integer labels N,…"""
    one_hot = torch.zeros_like(logits).scatter_(1, target.unsqueeze(1), 1)
    return F.cross_entropy(logits, target), dice_loss(logits.softmax(1), one_hot)


def attention_loss(maps, target):
    """Sum over the maps of their soft Dice loss against the label (0 or 1) average-pooled to their size."""
    label = target.unsqueeze(1).to(maps[0].dtype)
    return sum(dice_loss(m, F.adaptive_avg_pool3d(label, m.shape[2:])) for m in maps)
