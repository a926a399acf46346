"""UNETR as in MONAI 1.5 (Apache-2.0), layout N,C,D,H,W."""

import torch
from torch import nn
from torch.nn import functional as F

from layers import Named

BLOCK = 16  # voxels a token takes along each axis
LAYERS = 12


class Embedding(nn.Module):
    def __init__(self, channels, width, tokens):
        super().__init__()
        self.patch_embeddings = nn.Conv3d(channels, width, BLOCK, stride=BLOCK)
        self.position_embeddings = nn.Parameter(nn.init.trunc_normal_(torch.zeros(1, tokens, width), std=0.02))

    def forward(self, x):
        return self.patch_embeddings(x).flatten(2).transpose(1, 2) + self.position_embeddings


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out_proj = nn.Linear(width, width)

    def forward(self, x):
        query, key, value = self.qkv(x).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return self.out_proj(F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2))


class TransformerBlock(nn.Module):
    def __init__(self, width, hidden, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn = SelfAttention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = Named(linear1=nn.Linear(width, hidden), gelu=nn.GELU(), linear2=nn.Linear(hidden, width))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    """The sequence after every layer, and after the last one's norm."""

    def __init__(self, channels, tokens, width, hidden, heads):
        super().__init__()
        self.patch_embedding = Embedding(channels, width, tokens)
        self.blocks = nn.ModuleList(TransformerBlock(width, hidden, heads) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(width)

    def forward(self, x):
        x = self.patch_embedding(x)
        states = []
        for block in self.blocks:
            x = block(x)
            states.append(x)
        return states, self.norm(x)


class ResBlock(nn.Module):
    """Two convolutions beside a shortcut, which has a convolution where the channels change."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = Named(conv=nn.Conv3d(inputs, outputs, 3, padding=1, bias=False))
        self.conv2 = Named(conv=nn.Conv3d(outputs, outputs, 3, padding=1, bias=False))
        self.conv3 = Named(conv=nn.Conv3d(inputs, outputs, 1, bias=False)) if inputs != outputs else None

    def forward(self, x):
        y = F.leaky_relu(F.instance_norm(self.conv1(x)), 0.01, inplace=True)
        y = F.instance_norm(self.conv2(y))
        y += F.instance_norm(self.conv3(x)) if self.conv3 else x
        return F.leaky_relu(y, 0.01, inplace=True)


def up(inputs, outputs):
    return Named(conv=nn.ConvTranspose3d(inputs, outputs, 2, stride=2, bias=False))


class Project(nn.Module):
    """A hidden state as a skip connection: up once, then `steps` times up with a residual block."""

    def __init__(self, inputs, outputs, steps):
        super().__init__()
        self.transp_conv_init = up(inputs, outputs)
        self.blocks = nn.ModuleList(
            nn.Sequential(up(outputs, outputs), ResBlock(outputs, outputs)) for _ in range(steps))

    def forward(self, x):
        x = self.transp_conv_init(x)
        for block in self.blocks:
            x = block(x)
        return x


class Decode(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.transp_conv = up(inputs, outputs)
        self.conv_block = ResBlock(2 * outputs, outputs)

    def forward(self, x, skip):
        return self.conv_block(torch.cat([self.transp_conv(x), skip], dim=1))


class UNETR(nn.Module):
    """`features`: the decoder's first width, the transformer's and that of its perceptrons; `size`: D, H, W."""

    def __init__(self, features, classes, size, heads=12, channels=1):
        super().__init__()
        f, width, hidden = features
        self.grid = tuple(n // BLOCK for n in size)
        tokens = self.grid[0] * self.grid[1] * self.grid[2]
        self.vit = Transformer(channels, tokens, width, hidden, heads)
        self.encoder1 = Named(layer=ResBlock(channels, f))
        self.encoder2 = Project(width, 2 * f, steps=2)
        self.encoder3 = Project(width, 4 * f, steps=1)
        self.encoder4 = Project(width, 8 * f, steps=0)
        self.decoder5 = Decode(width, 8 * f)
        self.decoder4 = Decode(8 * f, 4 * f)
        self.decoder3 = Decode(4 * f, 2 * f)
        self.decoder2 = Decode(2 * f, f)
        self.out = Named(conv=Named(conv=nn.Conv3d(f, classes, 1)))

    def forward(self, image):
        states, last = self.vit(image)
        volume = lambda sequence: sequence.transpose(1, 2).unflatten(2, self.grid)
        skip1 = self.encoder1(image)
        skip2 = self.encoder2(volume(states[3]))
        skip3 = self.encoder3(volume(states[6]))
        skip4 = self.encoder4(volume(states[9]))
        x = self.decoder5(volume(last), skip4)
        x = self.decoder4(x, skip3)
        x = self.decoder3(x, skip2)
        x = self.decoder2(x, skip1)
        return self.out(x), ()
