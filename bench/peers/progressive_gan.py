"""Progressive GAN (Karras et al. 2018) at 3x32x32, with at most 128 channels: WGAN-GP with drift, as usually written.

The networks' state_dict names are those of ours: block4, block8, ... and rgb{side}; Generator and Critic are also the
reference of the tests (tests/reference), which is why they can be in the middle of a fade.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

import protocol


class EqualizedLinear(nn.Module):
    def __init__(self, inputs, outputs, gain=math.sqrt(2)):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale = gain / math.sqrt(inputs)

    def forward(self, x):
        return F.linear(x, self.weight * self.scale, self.bias)


class EqualizedConv2d(nn.Module):
    def __init__(self, inputs, outputs, kernel, gain=math.sqrt(2)):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale = gain / math.sqrt(inputs * kernel * kernel)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.scale, self.bias, padding=self.weight.shape[-1] // 2)


class PixelNorm(nn.Module):
    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)


class MinibatchDeviation(nn.Module):
    """As in the authors' code: the members of a group lie n/group apart."""

    def __init__(self, group=4):
        super().__init__()
        self.group = group

    def forward(self, x):
        n, _, h, w = x.shape
        size = next(g for g in range(self.group, 0, -1) if n % g == 0)
        y = x.reshape(size, -1, *x.shape[1:])
        y = (y.var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3), keepdim=True)
        return torch.cat([x, y.repeat(size, 1, h, w)], 1)


def channels(level, width, cap):
    """Of layers of side 4 * 2**level."""
    return max(1, min(width >> (level + 1), cap))


def leaky():
    return nn.LeakyReLU(0.2)


class Generator(nn.Module):
    """alpha below 1: the newest block is being faded in."""

    def __init__(self, level, colours, latent, width, cap, alpha=1.0):
        super().__init__()
        self.alpha, self.level = alpha, level
        c = channels(0, width, cap)
        self.block4 = nn.Sequential(
            PixelNorm(), EqualizedLinear(latent, c * 16, math.sqrt(2) / 4), nn.Unflatten(1, (c, 4, 4)), nn.Identity(), leaky(), PixelNorm(),
            EqualizedConv2d(c, c, 3), leaky(), PixelNorm())
        for k in range(1, level + 1):
            i, o = channels(k - 1, width, cap), channels(k, width, cap)
            self.add_module(f"block{4 << k}", nn.Sequential(
                nn.Upsample(scale_factor=2), EqualizedConv2d(i, o, 3), leaky(), PixelNorm(), EqualizedConv2d(o, o, 3), leaky(), PixelNorm()))
        for k in range(level - (alpha < 1), level + 1):
            self.add_module(f"rgb{4 << k}", EqualizedConv2d(channels(k, width, cap), colours, 1, gain=1))

    def forward(self, z):
        x = z
        for k in range(self.level + 1):
            old, x = x, getattr(self, f"block{4 << k}")(x)
        y = getattr(self, f"rgb{4 << self.level}")(x)
        if self.alpha < 1:
            y = torch.lerp(F.interpolate(getattr(self, f"rgb{2 << self.level}")(old), scale_factor=2), y, self.alpha)
        return y


class Critic(nn.Module):
    def __init__(self, level, colours, width, cap, alpha=1.0):
        super().__init__()
        self.alpha, self.level = alpha, level
        c, hidden = channels(0, width, cap), min(width, cap)
        self.block4 = nn.Sequential(
            MinibatchDeviation(), EqualizedConv2d(c + 1, c, 3), leaky(), nn.Flatten(),
            EqualizedLinear(c * 16, hidden), leaky(), EqualizedLinear(hidden, 1, gain=1))
        for k in range(1, level + 1):
            i, o = channels(k, width, cap), channels(k - 1, width, cap)
            self.add_module(f"block{4 << k}", nn.Sequential(
                EqualizedConv2d(i, i, 3), leaky(), EqualizedConv2d(i, o, 3), leaky(), nn.AvgPool2d(2)))
        for k in range(level - (alpha < 1), level + 1):
            self.add_module(f"rgb{4 << k}", nn.Sequential(EqualizedConv2d(colours, channels(k, width, cap), 1), leaky()))

    def forward(self, x):
        y = getattr(self, f"block{4 << self.level}")(getattr(self, f"rgb{4 << self.level}")(x)) if self.level else self.rgb4(x)
        if self.alpha < 1:
            y = torch.lerp(getattr(self, f"rgb{2 << self.level}")(F.avg_pool2d(x, 2)), y, self.alpha)
        for k in range(self.level - 1, 0, -1):
            y = getattr(self, f"block{4 << k}")(y)
        return self.block4(y)


def main():
    args = protocol.arguments(__doc__, batch=16, layouts=True)
    layout = args.layout
    latent = 128
    G = Generator(3, 3, latent, 1024, 128).to(memory_format=layout)
    D = Critic(3, 3, 1024, 128).to(memory_format=layout)
    average = Generator(3, 3, latent, 1024, 128).to(memory_format=layout).requires_grad_(False)
    average.load_state_dict(G.state_dict())
    batches = [
        torch.tanh(F.interpolate(torch.randn(args.batch, 3, 8, 8), scale_factor=4, mode="bilinear", align_corners=False))
        .to(memory_format=layout) for _ in range(8)]
    optimizer_D = torch.optim.Adam(D.parameters(), lr=1e-3, betas=(0.0, 0.99))
    optimizer_G = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.0, 0.99))
    steps = 0

    def judge(images):
        with protocol.autocast(args):
            return D(images)

    def step():
        nonlocal steps
        real = batches[steps % len(batches)]
        steps += 1
        with protocol.autocast(args):
            fake = G(torch.randn(args.batch, latent))

        D.zero_grad(set_to_none=True)
        d_real, d_fake = judge(real).float(), judge(fake.detach()).float()
        share = torch.rand(args.batch, 1, 1, 1)
        between = (share * real + (1 - share) * fake.detach().float()).requires_grad_()
        slope, = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
        penalty = 10 * (slope.flatten(1).norm(dim=1) - 1).square().mean()
        (d_fake.mean() - d_real.mean() + 0.001 * d_real.square().mean() + penalty).backward()
        optimizer_D.step()

        G.zero_grad(set_to_none=True)
        loss_G = -judge(fake).float().mean()
        loss_G.backward()
        optimizer_G.step()
        with torch.no_grad():
            for a, p in zip(average.parameters(), G.parameters()):
                a.lerp_(p, 0.001)
        return loss_G.detach()

    protocol.serve("progressive_gan", args, [G, D], step, lambda n: average(torch.randn(n, latent)))


if __name__ == "__main__":
    main()
