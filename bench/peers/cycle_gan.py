"""CycleGAN (Zhu et al. 2017) on 3x64x64 images: generators of 6 residual blocks, critics of 34-pixel patches, least squares, pool of 50, as in the authors' code.
"""
import itertools
import random

import torch
import torch.nn.functional as F
from torch import nn

import protocol

SIDE, WIDTH, BLOCKS, POOL = 64, 64, 6, 50


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width), nn.ReLU(True),
            nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width))

    def forward(self, x):
        return x + self.block(x)


def generator():
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, WIDTH, 7), nn.InstanceNorm2d(WIDTH), nn.ReLU(True)]
    for width in (WIDTH, 2 * WIDTH):
        layers += [nn.Conv2d(width, 2 * width, 3, 2, 1), nn.InstanceNorm2d(2 * width), nn.ReLU(True)]
    layers += [Residual(4 * WIDTH) for _ in range(BLOCKS)]
    for width in (4 * WIDTH, 2 * WIDTH):
        layers += [nn.ConvTranspose2d(width, width // 2, 3, 2, 1, 1), nn.InstanceNorm2d(width // 2), nn.ReLU(True)]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(WIDTH, 3, 7), nn.Tanh())


def critic():
    return nn.Sequential(
        nn.Conv2d(3, WIDTH, 4, 2, 1), nn.LeakyReLU(0.2, True),
        nn.Conv2d(WIDTH, 2 * WIDTH, 4, 2, 1), nn.InstanceNorm2d(2 * WIDTH), nn.LeakyReLU(0.2, True),
        nn.Conv2d(2 * WIDTH, 4 * WIDTH, 4, 1, 1), nn.InstanceNorm2d(4 * WIDTH), nn.LeakyReLU(0.2, True),
        nn.Conv2d(4 * WIDTH, 1, 4, 1, 1))


def initialise(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        nn.init.zeros_(module.bias)


class Pool:
    def __init__(self):
        self.images = []

    def query(self, images):
        shown = []
        for image in images:
            if len(self.images) < POOL:
                self.images.append(image)
                shown.append(image)
            elif random.random() < 0.5:
                place = random.randrange(POOL)
                shown.append(self.images[place])
                self.images[place] = image
            else:
                shown.append(image)
        return torch.stack(shown)


def main():
    args = protocol.arguments(__doc__, batch=1, layouts=True)
    layout = args.layout
    G, F_, D_A, D_B = [m.apply(initialise).to(memory_format=layout) for m in (generator(), generator(), critic(), critic())]
    batches = [
        torch.tanh(F.interpolate(torch.randn(args.batch, 3, 8, 8), scale_factor=SIDE // 8, mode="bilinear", align_corners=False)).to(memory_format=layout)
        for _ in range(8)]
    optimizer_G = torch.optim.Adam(itertools.chain(G.parameters(), F_.parameters()), lr=2e-4, betas=(0.5, 0.999))
    optimizer_D = torch.optim.Adam(itertools.chain(D_A.parameters(), D_B.parameters()), lr=2e-4, betas=(0.5, 0.999))
    pool_A, pool_B = Pool(), Pool()
    steps = 0

    def target(verdict, value):
        return F.mse_loss(verdict.float(), torch.full_like(verdict, value, dtype=torch.float32))

    def require(grad):
        for module in (D_A, D_B):
            for parameter in module.parameters():
                parameter.requires_grad_(grad)

    def step():
        nonlocal steps
        a, b = batches[steps % 8], batches[(steps + 1) % 8]
        steps += 2

        require(False)
        optimizer_G.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            fake_B, fake_A = G(a), F_(b)
            back_A, back_B = F_(fake_B), G(fake_A)
            same_A, same_B = F_(a), G(b)
            loss = target(D_B(fake_B), 1.0) + target(D_A(fake_A), 1.0)
        loss = loss + 10 * (F.l1_loss(back_A.float(), a) + F.l1_loss(back_B.float(), b)) + 5 * (F.l1_loss(same_A.float(), a) + F.l1_loss(same_B.float(), b))
        loss.backward()
        optimizer_G.step()

        require(True)
        optimizer_D.zero_grad(set_to_none=True)
        for D, real, pool, fake in ((D_A, a, pool_A, fake_A), (D_B, b, pool_B, fake_B)):
            with protocol.autocast(args):
                verdicts = target(D(real), 1.0) + target(D(pool.query(fake.detach().float())), 0.0)
            (0.5 * verdicts).backward()
        optimizer_D.step()
        return loss.detach()

    protocol.serve("cycle_gan", args, [G, F_, D_A, D_B], step, lambda n: torch.cat([G(batches[i % 8]) for i in range(-(-n // args.batch))])[:n])


if __name__ == "__main__":
    main()
