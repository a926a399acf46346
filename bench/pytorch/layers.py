"""What the networks are made of, with the names of parameters that MONAI gives them."""

from torch import nn

CONV = {2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED = {2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
MAX_POOL = {2: nn.MaxPool2d, 3: nn.MaxPool3d}
BATCH_NORM = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
INSTANCE_NORM = {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}


class Named(nn.Sequential):
    """Modules one after another, by name."""

    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)


def convolution(conv, norm=None, activation=None):
    """MONAI's Convolution: `conv`, then `adn.N` and `adn.A`."""
    rest = {name: module for name, module in (("N", norm), ("A", activation)) if module is not None}
    return Named(conv=conv, adn=Named(**rest)) if rest else Named(conv=conv)
