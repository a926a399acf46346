"""What a training step minimises."""

import torch
from torch.nn import functional as F


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


def point_loss(logits, points, target):
    """Cross-entropy of logits N,C,K at points N,2,K (shares of rows, then of columns) with the label there."""
    rows, columns = ((points[:, axis] * size).long().clamp(0, size - 1) for axis, size in enumerate(target.shape[1:]))
    return F.cross_entropy(logits, target[torch.arange(len(target)).unsqueeze(1), rows, columns])
