"""PyTorch's DCGAN on Fashion-MNIST: the networks, batches and optimisers of ours at 28x28, written as the usual tutorial loop; writes samples as bytes."""
import argparse
import gzip
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

LATENT, BATCH = 100, 128
SOURCE = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz"


def initialise(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="the .npy file to write")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=10000)
    args = parser.parse_args()
    if not os.path.exists(SOURCE):
        sys.exit(f"Fashion-MNIST is not at {SOURCE}: install the package dataset-fashion-mnist.")
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    with gzip.open(SOURCE) as file:
        images = torch.from_numpy(np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28).copy())
    images = images[:50000]  # as ours: the last 10,000 are for validation
    G = nn.Sequential(
        nn.Linear(LATENT, 128 * 7 * 7, bias=False), nn.Unflatten(1, (128, 7, 7)), nn.BatchNorm2d(128), nn.ReLU(True),
        nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(True), nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh()).apply(initialise)
    D = nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2, True), nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2, True),
        nn.Flatten(), nn.Linear(128 * 7 * 7, 1)).apply(initialise)
    optimizer_D = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizer_G = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
    ones, zeros = torch.ones(BATCH, 1), torch.zeros(BATCH, 1)
    order = []
    for _ in range(args.steps):
        if len(order) < BATCH:
            order = torch.randperm(len(images)).tolist()
        real = images[[order.pop() for _ in range(BATCH)]].float() / 127.5 - 1
        D.zero_grad(set_to_none=True)
        fake = G(torch.randn(BATCH, LATENT))
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
