"""DCGAN (Radford et al. 2016) on 3x32x32 images with 64, 128 and 256 channels, non-saturating loss: the usual tutorial loop.

--variant 32   as above
--variant 64   the same on 3x64x64 images with 64, 128, 256 and 512 channels
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

LATENT = 100


def generator(widths):
    layers, inputs = [], LATENT
    for i, width in enumerate(reversed(widths)):                                                     # 4x4, 8x8, ...
        layers += [nn.ConvTranspose2d(inputs, width, 4, *((2, 1) if i else (1, 0)), bias=False), nn.BatchNorm2d(width), nn.ReLU(True)]
        inputs = width
    return nn.Sequential(*layers, nn.ConvTranspose2d(inputs, 3, 4, 2, 1), nn.Tanh())


def discriminator(widths):
    layers, inputs = [], 3
    for width in widths:                                                                             # halved at each; the first is not normalised
        layers += [nn.Conv2d(inputs, width, 4, 2, 1, bias=inputs == 3), *([nn.BatchNorm2d(width)] if inputs > 3 else []), nn.LeakyReLU(0.2, True)]
        inputs = width
    return nn.Sequential(*layers, nn.Conv2d(inputs, 1, 4, 1, 0), nn.Flatten(0))                      # [n]


def initialise(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def main():
    args = protocol.arguments(__doc__, batch=128, variants=("32", "64"), layouts=True)
    layout = args.layout
    widths = (64, 128, 256, 512) if args.variant == "64" else (64, 128, 256)
    G = generator(widths).apply(initialise).to(memory_format=layout)
    D = discriminator(widths).apply(initialise).to(memory_format=layout)
    # Smooth images in [-1, 1], as photographs are: low-resolution noise, enlarged.
    batches = [
        torch.tanh(F.interpolate(torch.randn(args.batch, 3, 8, 8), scale_factor=2 ** (len(widths) - 1), mode="bilinear", align_corners=False))
        .to(memory_format=layout) for _ in range(8)]
    optimizer_D = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizer_G = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
    ones, zeros = torch.ones(args.batch), torch.zeros(args.batch)
    steps = 0

    def adversarial(images, target):
        with protocol.autocast(args):
            logits = D(images)
        return F.binary_cross_entropy_with_logits(logits.float(), target)

    def generate(n):
        return G(torch.randn(n, LATENT, 1, 1))

    def step():
        nonlocal steps
        real = batches[steps % len(batches)]
        steps += 1

        D.zero_grad(set_to_none=True)
        loss_real = adversarial(real, ones)
        loss_real.backward()
        with protocol.autocast(args):
            fake = generate(args.batch)
        loss_fake = adversarial(fake.detach(), zeros)
        loss_fake.backward()
        optimizer_D.step()

        G.zero_grad(set_to_none=True)
        loss_G = adversarial(fake, ones)
        loss_G.backward()
        optimizer_G.step()
        return loss_G.detach()

    protocol.serve("dcgan", args, [G, D], step, generate)


if __name__ == "__main__":
    main()
