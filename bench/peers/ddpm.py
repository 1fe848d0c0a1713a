"""DDPM (Ho et al. 2020) on 1x28x28 images, or (variant 32) on 3x32x32 ones: the U-Net of unet.py (width 32, multipliers 1, 2, 2,
attention at a quarter of the resolution), the noise predicted under L_simple, 1000 steps of a linear schedule, Adam, gradients
clipped to norm 1, moving average of the weights.

A sample is drawn with the averaged weights: by all 1000 steps of ancestral sampling, variance beta_t, or (variant 32) by 50 steps
of DDIM (Song et al. 2021) without noise.
"""
import copy

import torch
import torch.nn.functional as F
from torch import nn

import protocol
from unet import UNet

STEPS = 1000
DDIM_STEPS = 50
EMA_DECAY = 0.9999


def main():
    args = protocol.arguments(__doc__, batch=64, variants=("28", "32"), layouts=True)
    layout = args.layout
    channels, size = (3, 32) if args.variant == "32" else (1, 28)
    model = UNet(channels).to(memory_format=layout)
    ema = copy.deepcopy(model).requires_grad_(False).eval()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-4)

    beta = torch.linspace(1e-4, 0.02, STEPS, dtype=torch.float64)
    alpha_bar = torch.cumprod(1 - beta, 0)
    signal, noise = alpha_bar.sqrt().float(), (1 - alpha_bar).sqrt().float()

    # Mostly black with smooth bright spots, scaled to [-1, 1], as drawings of digits are.
    batches = [
        F.interpolate(torch.randn(args.batch, channels, size // 4, size // 4) - 1, scale_factor=4, mode="bilinear", align_corners=False)
        .clamp(0, 1).mul(2).sub(1).to(memory_format=layout) for _ in range(8)]
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        t = torch.randint(0, STEPS, (len(x),))
        eps = torch.randn_like(x)
        x_t = signal[t][:, None, None, None] * x + noise[t][:, None, None, None] * eps
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            predicted = model(x_t, t)
        loss = F.mse_loss(predicted.float(), eps)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            for averaged, p in zip(ema.parameters(), model.parameters()):
                averaged.lerp_(p, 1 - EMA_DECAY)
        return loss.detach()

    def sample(n):
        x = torch.randn(n, channels, size, size).to(memory_format=layout)
        if args.variant == "32":
            return ddim(x)
        for t in reversed(range(STEPS)):
            eps = ema(x, torch.full((n,), t)).float()
            x = (x - float(beta[t] / (1 - alpha_bar[t]).sqrt()) * eps) / float((1 - beta[t]).sqrt())
            if t > 0:
                x = x + float(beta[t].sqrt()) * torch.randn_like(x)
        return x

    def ddim(x):
        times = [round(t) for t in torch.linspace(0, STEPS - 1, DDIM_STEPS).tolist()]
        for i in reversed(range(DDIM_STEPS)):
            t = times[i]
            eps = ema(x, torch.full((len(x),), t)).float()
            clean = (x - noise[t] * eps) / signal[t]
            x = signal[times[i - 1]] * clean + noise[times[i - 1]] * eps if i > 0 else clean
        return x

    protocol.serve("ddpm", args, [model], step, sample)


if __name__ == "__main__":
    main()
