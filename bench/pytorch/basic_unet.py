"""BasicUNet and BasicUNetPlusPlus as in MONAI 1.5 (Apache-2.0), layouts N,C,H,W and N,C,D,H,W."""

import torch
from torch import nn

from layers import CONV, INSTANCE_NORM, MAX_POOL, TRANSPOSED, Named, convolution


def conv_norm_act(dims, inputs, outputs):
    """3×3(×3) convolution, affine instance norm, LeakyReLU 0.1."""
    conv = CONV[dims](inputs, outputs, 3, padding=1)
    return convolution(conv, INSTANCE_NORM[dims](outputs, affine=True), nn.LeakyReLU(0.1, inplace=True))


def two_conv(dims, inputs, outputs):
    return Named(conv_0=conv_norm_act(dims, inputs, outputs), conv_1=conv_norm_act(dims, outputs, outputs))


def down(dims, inputs, outputs):
    return Named(max_pooling=MAX_POOL[dims](2), convs=two_conv(dims, inputs, outputs))


class UpCat(nn.Module):
    """Transposed convolution by 2 to `upped` channels, joined behind `skip` channels; two convolutions."""

    def __init__(self, dims, inputs, upped, skip, outputs):
        super().__init__()
        self.upsample = Named(deconv=TRANSPOSED[dims](inputs, upped, 2, stride=2))
        self.convs = two_conv(dims, skip + upped, outputs)

    def forward(self, x, *skips):
        return self.convs(torch.cat([*skips, self.upsample(x)], dim=1))


class BasicUNet(nn.Module):
    """Input edges must be divisible by 16 (MONAI pads odd maps; that case is not needed here)."""

    def __init__(self, dims, features, classes, channels=1):
        super().__init__()
        f = features
        self.conv_0 = two_conv(dims, channels, f[0])
        self.down_1 = down(dims, f[0], f[1])
        self.down_2 = down(dims, f[1], f[2])
        self.down_3 = down(dims, f[2], f[3])
        self.down_4 = down(dims, f[3], f[4])
        self.upcat_4 = UpCat(dims, f[4], f[3], f[3], f[3])
        self.upcat_3 = UpCat(dims, f[3], f[2], f[2], f[2])
        self.upcat_2 = UpCat(dims, f[2], f[1], f[1], f[1])
        self.upcat_1 = UpCat(dims, f[1], f[0], f[0], f[5])
        self.final_conv = CONV[dims](f[5], classes, 1)

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


class BasicUNetPlusPlus(nn.Module):
    """Without deep supervision: the head of the last node alone (MONAI also computes the others and drops them)."""

    DEPTH = 4

    def __init__(self, features, classes, channels=1, dims=2):
        super().__init__()
        f = features
        self.conv_0_0 = two_conv(dims, channels, f[0])
        for level in range(1, self.DEPTH + 1):
            setattr(self, f"conv_{level}_0", down(dims, f[level - 1], f[level]))
        for step in range(1, self.DEPTH + 1):
            for level in range(self.DEPTH - step + 1):
                outputs = f[-1] if step == self.DEPTH else f[level]
                node = UpCat(dims, f[level + 1], f[level], step * f[level], outputs)
                setattr(self, f"upcat_{level}_{step}", node)
        self.final_conv_0_4 = CONV[dims](f[-1], classes, 1)

    def forward(self, x):
        nodes = []
        for level in range(self.DEPTH + 1):
            x = getattr(self, f"conv_{level}_0")(x)
            nodes.append([x])
        for step in range(1, self.DEPTH + 1):
            for level in range(self.DEPTH - step + 1):
                node = getattr(self, f"upcat_{level}_{step}")
                nodes[level].append(node(nodes[level + 1][step - 1], *nodes[level]))
        return self.final_conv_0_4(nodes[0][-1]), ()
