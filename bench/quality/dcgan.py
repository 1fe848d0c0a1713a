"""PyTorch's DCGAN: the networks, batches and optimisers of ours, written as the usual tutorial loop; learns from an array of images and writes samples as bytes."""
import argparse

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

LATENT = 100


def initialise(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def networks(channels, side, width):
    """Halved while it goes evenly and more than 7 pixels are left, as ours."""
    sides = [side]
    while sides[-1] > 7 and sides[-1] % 2 == 0:
        sides.append(sides[-1] // 2)
    widths = [width << i for i in range(len(sides) - 1)]
    D, inputs = [], channels
    for i, outputs in enumerate(widths):
        D += [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=i == 0)] + ([nn.BatchNorm2d(outputs)] if i else []) + [nn.LeakyReLU(0.2, True)]
        inputs = outputs
    D += [nn.Flatten(), nn.Linear(widths[-1] * sides[-1] ** 2, 1)]
    G = [nn.Linear(LATENT, widths[-1] * sides[-1] ** 2, bias=False), nn.Unflatten(1, (widths[-1], sides[-1], sides[-1])), nn.BatchNorm2d(widths[-1]), nn.ReLU(True)]
    for inputs, outputs in zip(widths[:0:-1], widths[-2::-1]):
        G += [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True)]
    G += [nn.ConvTranspose2d(widths[0], channels, 4, 2, 1), nn.Tanh()]
    return nn.Sequential(*G).apply(initialise), nn.Sequential(*D).apply(initialise)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", help="a .npy file of images [n, channels, side, side] on 0 ... 255, as 'likeness data export' writes them")
    parser.add_argument("file", help="the .npy file of samples to write")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=10000)
    parser.add_argument("--parameters", action="store_true", help="only print how many parameters G and D have")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    images = torch.from_numpy(np.load(args.images).astype(np.uint8))
    G, D = networks(images.shape[1], images.shape[2], args.width)
    if args.parameters:
        print(*(sum(p.numel() for p in network.parameters()) for network in (G, D)))
        return
    optimizer_D = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizer_G = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
    ones, zeros = torch.ones(args.batch, 1), torch.zeros(args.batch, 1)
    order = []
    for _ in range(args.steps):
        if len(order) < args.batch:
            order = torch.randperm(len(images)).tolist()
        real = images[[order.pop() for _ in range(args.batch)]].float() / 127.5 - 1
        D.zero_grad(set_to_none=True)
        fake = G(torch.randn(args.batch, LATENT))
        (F.binary_cross_entropy_with_logits(D(real), ones) + F.binary_cross_entropy_with_logits(D(fake.detach()), zeros)).backward()
        optimizer_D.step()
        G.zero_grad(set_to_none=True)
        F.binary_cross_entropy_with_logits(D(fake), ones).backward()
        optimizer_G.step()
    G.eval()
    with torch.no_grad():
        drawn = torch.cat([G(torch.randn(min(500, args.samples - i), LATENT)) for i in range(0, args.samples, 500)])
    np.save(args.file, ((drawn + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy())


if __name__ == "__main__":
    main()
