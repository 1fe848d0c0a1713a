"""WAE-MMD (Tolstikhin et al. 2018) on 28x28 images: two strided 4x4 convolutions and 256 hidden units, and their mirror image, codes of 8 values,
cost 0.05 * sum of squares, 10 * the unbiased kernel distance of codes and as many draws of N(0, I) by inverse multiquadrics, Adam.
"""
import torch
from torch import nn

import protocol

LATENT = 8
SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def networks():
    encoder = nn.Sequential(
        nn.Conv2d(1, 32, 4, 2, 1), nn.ReLU(),                # 14x14
        nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU(),               # 7x7
        nn.Flatten(), nn.Linear(64 * 7 * 7, 256), nn.ReLU(), nn.Linear(256, LATENT))
    decoder = nn.Sequential(
        nn.Linear(LATENT, 256), nn.ReLU(), nn.Linear(256, 64 * 7 * 7), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(),      # 14x14
        nn.ConvTranspose2d(32, 1, 4, 2, 1), nn.Sigmoid())    # 28x28
    return encoder, decoder


def mmd(z, prior):
    n = len(z)
    off_diagonal = 1 - torch.eye(n)
    within_z, within_prior, between = torch.cdist(z, z).pow(2), torch.cdist(prior, prior).pow(2), torch.cdist(z, prior).pow(2)
    total = 0
    for scale in SCALES:
        c = 2 * LATENT * scale
        total = total + ((c / (c + within_z) + c / (c + within_prior)) * off_diagonal).sum() / (n * (n - 1))
        total = total - 2 * (c / (c + between)).mean()
    return total


def main():
    args = protocol.arguments(__doc__, batch=100, layouts=True)
    batches = [torch.rand(args.batch, 1, 28, 28).to(memory_format=args.layout) for _ in range(8)]
    encoder, decoder = (network.to(memory_format=args.layout) for network in networks())
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3, betas=(0.5, 0.999))
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            z = encoder(x)
            y = decoder(z)
        cost = 0.05 * (y.float() - x).pow(2).sum() / args.batch
        (cost + 10 * mmd(z.float(), torch.randn(args.batch, LATENT))).backward()
        optimizer.step()
        return cost.detach()

    protocol.serve("wae", args, [encoder, decoder], step, lambda n: decoder(torch.randn(n, LATENT)))


if __name__ == "__main__":
    main()
