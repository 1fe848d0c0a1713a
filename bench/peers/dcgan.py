"""DCGAN (Radford et al. 2016) on 3x32x32 images with 64, 128 and 256 channels, non-saturating loss: the usual tutorial loop.

--variant contiguous      PyTorch's default layout
--variant channels_last   the same with weights and images in NHWC order
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

LATENT = 100


def generator():
    return nn.Sequential(
        nn.ConvTranspose2d(LATENT, 256, 4, 1, 0, bias=False), nn.BatchNorm2d(256), nn.ReLU(True),   # 4x4
        nn.ConvTranspose2d(256, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.ReLU(True),      # 8x8
        nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(True),        # 16x16
        nn.ConvTranspose2d(64, 3, 4, 2, 1), nn.Tanh())                                              # 32x32


def discriminator():
    return nn.Sequential(
        nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2, True),                                         # 16x16
        nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2, True),      # 8x8
        nn.Conv2d(128, 256, 4, 2, 1, bias=False), nn.BatchNorm2d(256), nn.LeakyReLU(0.2, True),     # 4x4
        nn.Conv2d(256, 1, 4, 1, 0), nn.Flatten(0))                                                  # [n]


def initialise(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def main():
    args = protocol.arguments(__doc__, ("contiguous", "channels_last"), batch=128)
    layout = torch.channels_last if args.variant == "channels_last" else torch.contiguous_format
    G = generator().apply(initialise).to(memory_format=layout)
    D = discriminator().apply(initialise).to(memory_format=layout)
    # Smooth images in [-1, 1], as photographs are: low-resolution noise, enlarged.
    batches = [
        torch.tanh(F.interpolate(torch.randn(args.batch, 3, 8, 8), scale_factor=4, mode="bilinear", align_corners=False))
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
