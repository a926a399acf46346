"""The networks of the benchmark in plain PyTorch, with the parameter names of their published implementations.

Every network returns `(logits, attention_maps)`, where it has none an empty tuple; `unet-pointrend` in training also
`(logits at points, points)`.
"""

from functools import partial

from attention_unet import AttentionUNet
from attention_unet_25d import AttentionUNet25D
from basic_unet import BasicUNet, BasicUNetPlusPlus
from hrnet import FULL, SMALL, HRNet
from res_unet import ResUNet
from unet_batch_norm import UNetBatchNorm
from unet_pointrend import UNetPointRend
from unetr import UNETR

NETWORKS = {
    "attention-unet-2.5d": AttentionUNet25D,
    "unet-3d": partial(BasicUNet, 3),
    "attention-unet": partial(AttentionUNet, 3),
    "res-unet": ResUNet,
    "unetr": UNETR,
    "unet-2d": partial(BasicUNet, 2),
    "unet-plus-plus": BasicUNetPlusPlus,
    "attention-unet-2d": partial(AttentionUNet, 2),
    "unet-batch-norm": UNetBatchNorm,
    "unet-pointrend": UNetPointRend,
    "hrnet-w18-small": partial(HRNet, SMALL),
    "hrnet-w32": partial(HRNet, FULL),
}
SLICES_LAST = {"attention-unet-2.5d"}  # N,C,H,W,D; the others are N,C,D,H,W or N,C,H,W


def build(name, features, classes, size, heads=12):
    """A network by name for images of extents `size`, on which, like on the heads, UNETR alone depends."""
    options = {"size": size, "heads": heads} if name == "unetr" else {}
    return NETWORKS[name](features, classes, **options)
