"""Paper 2's U-Net with PointRend (Kirillov et al. 2020): a coarse map three poolings below the image, rendered to full
resolution in three steps; layout N,C,H,W. Points are shares of rows, then of columns, [N, 2, K]."""

import torch
from torch import nn
from torch.nn import functional as F

from layers import Named
from unet_batch_norm import UNetBatchNorm

STEPS = 3
OVERSAMPLING, IMPORTANCE = 3, 0.75
TRAINING_SHARE, RENDERING_SHARE = 16, 8  # pixels for each point


def sample(x, points):
    grid = 2 * points.flip(1).transpose(1, 2).unsqueeze(1) - 1
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False).squeeze(2)


def uncertainty(logits):
    best = logits.topk(2, dim=1).values
    return best[:, 1] - best[:, 0]


def resize(x, size):
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class PointHead(nn.Module):
    """Three layers and a predictor, all of which see the coarse logits."""

    def __init__(self, fine, classes, width):
        super().__init__()
        self.fc1 = nn.Conv1d(fine + classes, width, 1)
        self.fc2 = nn.Conv1d(width + classes, width, 1)
        self.fc3 = nn.Conv1d(width + classes, width, 1)
        self.predictor = nn.Conv1d(width + classes, classes, 1)

    def forward(self, coarse, fine, points):
        rough, x = sample(coarse, points), sample(fine, points)
        for layer in (self.fc1, self.fc2, self.fc3):
            x = F.relu(layer(torch.cat([x, rough], dim=1)), inplace=True)
        return self.predictor(torch.cat([x, rough], dim=1))


class UNetPointRend(UNetBatchNorm):
    """In training it returns the enlarged coarse logits, and third (logits at points, the points)."""

    def __init__(self, features, classes, channels=1):
        super().__init__(features, classes, channels)
        del self.outc
        self.coarse = Named(conv=nn.Conv2d(features[STEPS], classes, 1))
        self.point_head = PointHead(features[0], classes, 4 * features[0])

    def forward(self, image, candidates=None, anywhere=None):
        decoder = self.decoder_maps(image)
        coarse, fine = self.coarse(decoder[-1 - STEPS]), decoder[-1]
        if not self.training:
            return self.render(coarse, fine, [x.shape[2:] for x in decoder[-STEPS:]]), ()
        points = self.choose(coarse, fine, candidates, anywhere)
        return resize(coarse, image.shape[2:]), (), (self.point_head(coarse, fine, points), points)

    @torch.no_grad()
    def choose(self, coarse, fine, candidates, anywhere):
        """The most uncertain of the candidates, and points anywhere; both at random unless given."""
        samples, count = len(fine), -(-fine[0, 0].numel() // TRAINING_SHARE)
        uncertain = int(IMPORTANCE * count)
        if candidates is None:
            candidates = torch.rand(samples, 2, OVERSAMPLING * count)
            anywhere = torch.rand(samples, 2, count - uncertain)
        best = uncertainty(sample(coarse, candidates)).topk(uncertain, dim=1).indices
        return torch.cat([candidates.gather(2, best.unsqueeze(1).expand(-1, 2, -1)), anywhere], dim=2)

    def render(self, coarse, fine, sizes):
        logits, count = coarse, -(-fine[0, 0].numel() // RENDERING_SHARE)
        for rows, columns in sizes:
            flat = resize(logits, (rows, columns)).flatten(2)
            places = uncertainty(flat).topk(min(count, rows * columns), dim=1).indices
            centres = torch.stack([(places // columns + 0.5) / rows, (places % columns + 0.5) / columns], dim=1)
            predicted = self.point_head(coarse, fine, centres.to(flat.dtype))
            places = places.unsqueeze(1).expand(-1, flat.shape[1], -1)
            logits = flat.scatter(2, places, predicted).unflatten(2, (rows, columns))
        return logits
