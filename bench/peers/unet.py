"""The U-Net of Ho et al. 2020 ("Denoising diffusion probabilistic models") in a small size.

Names of its submodules, which checkpoints and reference values use:

    time.0, time.2               Linear layers on the sinusoidal embedding of the time step, SiLU between them
    conv_in                      3x3 convolution of the input
    down.L.blocks.B              residual block B of level L (level 0 has the full resolution)
    down.L.attentions.B          self-attention after that block, on the levels that have it
    down.L.downsample            3x3 convolution of stride 2, on all levels but the last
    middle.block1, middle.attention, middle.block2
    up.L.blocks.B, up.L.attentions.B, up.L.upsample     the way back: B counts one block more, upsample.1 is its convolution
    norm_out, conv_out           GroupNorm, SiLU and the last 3x3 convolution

    a residual block             norm1, conv1, time, norm2, conv2, and skip where the number of channels changes
    a self-attention             norm, qkv (1x1 convolution to queries, keys, values, in this order), out (1x1 convolution)

The output of conv_in, of every block (after its attention) and of every downsample is pushed on a stack; each block on
the way back takes the last one off and sees it concatenated behind its own input.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn


def time_embedding(t, size, dtype=torch.float32):
    """Sinusoidal features [n, size] of the time steps t [n]: sines, then cosines, of frequencies from 1 down to 1/10000."""
    half = size // 2
    # In double precision, because single precision leaves only four digits of the sine of an angle near 1000.
    frequencies = torch.exp(torch.arange(half, dtype=torch.float64) * (-math.log(10000) / (half - 1)))
    angles = t[:, None] * frequencies
    return torch.cat([torch.sin(angles), torch.cos(angles)], dim=1).to(dtype)


def zeroed(module):
    """The same module with its parameters at zero, so the branch that it ends starts as nothing."""
    for p in module.parameters():
        nn.init.zeros_(p)
    return module


class GroupNorm(nn.GroupNorm):
    """At the precision of its weights also under autocast: torch 1.13 does not mix bfloat16 inputs with them here."""

    def forward(self, x):
        return super().forward(x.to(self.weight.dtype))


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, time_features, groups, dropout):
        super().__init__()
        self.norm1 = GroupNorm(groups, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time = nn.Linear(time_features, outputs)
        self.norm2 = GroupNorm(groups, outputs)
        self.dropout = nn.Dropout(dropout)
        self.conv2 = zeroed(nn.Conv2d(outputs, outputs, 3, padding=1))
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, temb):
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time(F.silu(temb))[:, :, None, None]
        h = self.conv2(self.dropout(F.silu(self.norm2(h))))
        return self.skip(x) + h


class SelfAttention(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.norm = GroupNorm(groups, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = zeroed(nn.Conv2d(channels, channels, 1))

    def forward(self, x):
        n, c, height, width = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(n, 3, c, height * width).unbind(1)           # [n, c, s] each
        weights = torch.softmax(torch.einsum("ncs,nct->nst", q, k) * c ** -0.5, dim=2)
        h = torch.einsum("nst,nct->ncs", weights, v).reshape(n, c, height, width)
        return x + self.out(h)


class Level(nn.Module):
    """The blocks of one resolution; an empty list of attentions where it has none."""

    def __init__(self, channels, time_features, groups, dropout, attention):
        super().__init__()
        self.blocks = nn.ModuleList(
            ResidualBlock(i, o, time_features, groups, dropout) for i, o in channels)
        self.attentions = nn.ModuleList(SelfAttention(o, groups) for _, o in channels if attention)

    def run(self, b, x, temb):
        x = self.blocks[b](x, temb)
        return self.attentions[b](x) if len(self.attentions) else x


class UNet(nn.Module):
    def __init__(self, channels=1, width=32, multipliers=(1, 2, 2), blocks=2, groups=8, dropout=0.1, attention=(2,)):
        """attention: the levels that have it (level L works at the input's size divided by 2^L)."""
        super().__init__()
        features = 4 * width
        self.width = width
        self.time = nn.Sequential(nn.Linear(width, features), nn.SiLU(), nn.Linear(features, features))
        self.conv_in = nn.Conv2d(channels, width, 3, padding=1)
        self.down, self.up, self.middle = nn.ModuleList(), nn.ModuleList(), nn.Module()
        last = len(multipliers) - 1

        now, skips = width, [width]
        for level, multiplier in enumerate(multipliers):
            wide = multiplier * width
            down = Level([(now, wide)] + [(wide, wide)] * (blocks - 1), features, groups, dropout, level in attention)
            skips += [wide] * blocks
            if level < last:
                down.downsample = nn.Conv2d(wide, wide, 3, stride=2, padding=1)
                skips.append(wide)
            self.down.append(down)
            now = wide

        self.middle.block1 = ResidualBlock(now, now, features, groups, dropout)
        self.middle.attention = SelfAttention(now, groups)
        self.middle.block2 = ResidualBlock(now, now, features, groups, dropout)

        for level in range(last, -1, -1):
            wide = multipliers[level] * width
            ins = [now + skips.pop()] + [wide + skips.pop() for _ in range(blocks)]
            up = Level([(i, wide) for i in ins], features, groups, dropout, level in attention)
            if level > 0:
                up.upsample = nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(wide, wide, 3, padding=1))
            self.up.insert(0, up)
            now = wide

        self.norm_out = GroupNorm(groups, now)
        self.conv_out = zeroed(nn.Conv2d(now, channels, 3, padding=1))

    def forward(self, x, t):
        """The predicted noise [n, c, h, w] of images x at the time steps t [n]."""
        temb = self.time(time_embedding(t, self.width, x.dtype))
        h = self.conv_in(x)
        skips = [h]
        for level, down in enumerate(self.down):
            for b in range(len(down.blocks)):
                h = down.run(b, h, temb)
                skips.append(h)
            if level < len(self.down) - 1:
                h = down.downsample(h)
                skips.append(h)
        h = self.middle.block2(self.middle.attention(self.middle.block1(h, temb)), temb)
        for level in range(len(self.up) - 1, -1, -1):
            up = self.up[level]
            for b in range(len(up.blocks)):
                h = up.run(b, torch.cat([h, skips.pop()], dim=1), temb)
            if level > 0:
                h = up.upsample(h)
        return self.conv_out(F.silu(self.norm_out(h)))
