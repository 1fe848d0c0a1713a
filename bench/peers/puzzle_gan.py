"""Puzzle-GAN (Lee et al. 2018) on 3x64x64 images, width 64: two turns of the critic and one of the generator in a step, as its authors train it.

Patches and masks are cut out beforehand; a step does not have to find them.
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

SIDE, WIDTH, HALVINGS, PARTS, CODE, NOISE, WEIGHT = 64, 64, 4, 3, 128, 128, 1e-2
WIDTHS = [WIDTH << i for i in range(HALVINGS)]
SMALLEST = SIDE >> HALVINGS


def halvings():
    """One stride-2 convolution each; the first is not normalised."""
    inputs = 3
    for width in WIDTHS:
        yield nn.Sequential(nn.Conv2d(inputs, width, 5, 2, 2, bias=inputs == 3), *([nn.BatchNorm2d(width)] if inputs > 3 else []), nn.LeakyReLU(0.2, True))
        inputs = width


class Encoder(nn.Module):
    """The same layers for every patch; features are summed over the patches of an example."""

    def __init__(self):
        super().__init__()
        self.levels = nn.ModuleList(halvings())
        self.code = nn.Sequential(nn.Flatten(), nn.Linear(WIDTHS[-1] * SMALLEST ** 2, CODE), nn.LeakyReLU(0.2))

    def forward(self, patches):                                                                      # [n, parts, 3, 64, 64]
        n = len(patches)
        x, sums = patches.flatten(0, 1), []
        for level in self.levels:
            x = level(x)
            sums.append(x.unflatten(0, (n, PARTS)).sum(1))
        return sums, self.code(x).unflatten(0, (n, PARTS)).sum(1)


class Decoder(nn.Module):
    """Transposed convolutions that also see other features of their resolution."""

    def __init__(self, inputs, outputs, skips):
        super().__init__()
        self.start = nn.Sequential(nn.Linear(inputs, WIDTHS[-1] * SMALLEST ** 2, bias=False), nn.Unflatten(1, (WIDTHS[-1], SMALLEST, SMALLEST)), nn.BatchNorm2d(WIDTHS[-1]), nn.ReLU(True))
        levels = []
        for i, width in enumerate(WIDTHS):
            convolution = nn.ConvTranspose2d(width * (1 + skips), WIDTHS[i - 1] if i else outputs, 5, 2, 2, 1, bias=i == 0)
            levels.append(nn.Sequential(convolution, nn.BatchNorm2d(WIDTHS[i - 1]), nn.ReLU(True)) if i else convolution)
        self.levels = nn.ModuleList(levels)

    def forward(self, code, *skips):
        x, own = self.start(code), [None] * HALVINGS
        for i in reversed(range(HALVINGS)):
            own[i] = x
            x = self.levels[i](torch.cat([x, *(skip[i] for skip in skips)], 1))
        return x, own


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.mask, self.image = Encoder(), Decoder(CODE, 1, 1), Decoder(CODE + NOISE, 3, 2)

    def forward(self, patches):
        sums, code = self.encoder(patches)
        logits, own = self.mask(code, sums)
        z = torch.rand(len(patches), NOISE) * 2 - 1
        image, _ = self.image(torch.cat([code, z], 1), sums, own)
        return image.tanh(), logits


def initialise(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def examples(n, layout):
    """Smooth images in [-1, 1], three boxes of each at the size of the image, and the boxes as a mask."""
    x = torch.tanh(F.interpolate(torch.randn(n, 3, 8, 8), scale_factor=SIDE // 8, mode="bilinear", align_corners=False))
    patches, mask = torch.empty(n, PARTS, 3, SIDE, SIDE), torch.zeros(n, 1, SIDE, SIDE)
    for i in range(n):
        for k in range(PARTS):
            (height, width), top, left = torch.randint(10, 22, (2,)).tolist(), *torch.randint(0, 42, (2,)).tolist()
            patches[i, k] = F.interpolate(x[i:i + 1, :, top:top + height, left:left + width], (SIDE, SIDE), mode="bilinear", align_corners=False)[0]
            mask[i, :, top:top + height, left:left + width] = 1
    return x.to(memory_format=layout), patches, mask


def main():
    args = protocol.arguments(__doc__, batch=64, layouts=True)
    layout = args.layout
    G = Generator().apply(initialise).to(memory_format=layout)
    D = nn.Sequential(*halvings(), nn.Flatten(), nn.Linear(WIDTHS[-1] * SMALLEST ** 2, 1)).apply(initialise).to(memory_format=layout)
    optimizer_D = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizer_G = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
    batches = [examples(args.batch, layout) for _ in range(8)]
    ones, zeros = torch.ones(args.batch, 1), torch.zeros(args.batch, 1)
    steps = 0

    def judge(x, target):
        with protocol.autocast(args):
            logits = D(x)
        return F.binary_cross_entropy_with_logits(logits.float(), target)

    def make(patches):
        if layout is torch.channels_last:
            patches = patches.flatten(0, 1).to(memory_format=layout).unflatten(0, (-1, PARTS))
        with protocol.autocast(args):
            return G(patches)

    def step():
        nonlocal steps
        for turn in range(2):
            x, patches, m = batches[steps % len(batches)]
            steps += 1
            with torch.set_grad_enabled(turn == 1):
                y, logits = make(patches)
            other = x.roll(1 + int(torch.randint(len(x) - 1, ())), 0)
            D.zero_grad(set_to_none=True)
            loss_D = judge(x, ones) + judge(y.detach(), zeros) + judge(m * other + (1 - m) * x, zeros) + judge(m * x + (1 - m) * other, zeros)
            loss_D.backward()
            optimizer_D.step()

        G.zero_grad(set_to_none=True)
        weight = WEIGHT / len(x)
        loss_G = judge(y, ones) + weight * F.binary_cross_entropy_with_logits(logits.float(), m, reduction="sum") + weight * (logits.sigmoid() * y - m * x).abs().sum()
        loss_G.backward()
        optimizer_G.step()
        return loss_G.detach()

    def sample(n):
        return make(batches[0][1][:n])[0]

    protocol.serve("puzzle_gan", args, [G, D], step, sample)


if __name__ == "__main__":
    main()
