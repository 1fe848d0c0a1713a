"""StarGAN (Choi et al. 2018) on 3x64x64 images with five binary attributes: Wasserstein loss with the gradient penalty, five critic turns, as in the authors' code.
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

SIDE, WIDTH, BLOCKS, HALVINGS, ATTRIBUTES, TURNS = 64, 64, 6, 5, 5, 5


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.InstanceNorm2d(width, affine=True), nn.ReLU(True),
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.InstanceNorm2d(width, affine=True))

    def forward(self, x):
        return x + self.block(x)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(3 + ATTRIBUTES, WIDTH, 7, 1, 3, bias=False), nn.InstanceNorm2d(WIDTH, affine=True), nn.ReLU(True)]
        for width in (WIDTH, 2 * WIDTH):
            layers += [nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False), nn.InstanceNorm2d(2 * width, affine=True), nn.ReLU(True)]
        layers += [Residual(4 * WIDTH) for _ in range(BLOCKS)]
        for width in (4 * WIDTH, 2 * WIDTH):
            layers += [nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False), nn.InstanceNorm2d(width // 2, affine=True), nn.ReLU(True)]
        self.main = nn.Sequential(*layers, nn.Conv2d(WIDTH, 3, 7, 1, 3, bias=False), nn.Tanh())

    def forward(self, x, c):
        return self.main(torch.cat([x, c[:, :, None, None].expand(-1, -1, SIDE, SIDE)], 1))


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inputs, width = [], 3, WIDTH
        for _ in range(HALVINGS):
            layers += [nn.Conv2d(inputs, width, 4, 2, 1), nn.LeakyReLU(0.01)]
            inputs, width = width, 2 * width
        self.main = nn.Sequential(*layers)
        self.source = nn.Conv2d(inputs, 1, 3, 1, 1, bias=False)
        self.domains = nn.Conv2d(inputs, ATTRIBUTES, SIDE >> HALVINGS, bias=False)

    def forward(self, x):
        h = self.main(x)
        return self.source(h), self.domains(h).flatten(1)


def main():
    args = protocol.arguments(__doc__, batch=4, layouts=True)
    layout = args.layout
    G, D = Generator().to(memory_format=layout), Critic().to(memory_format=layout)
    batches = [
        (torch.tanh(F.interpolate(torch.randn(args.batch, 3, 8, 8), scale_factor=SIDE // 8, mode="bilinear", align_corners=False)).to(memory_format=layout),
         torch.randint(0, 2, (args.batch, ATTRIBUTES)).float()) for _ in range(8)]
    optimizer_G = torch.optim.Adam(G.parameters(), lr=1e-4, betas=(0.5, 0.999))
    optimizer_D = torch.optim.Adam(D.parameters(), lr=1e-4, betas=(0.5, 0.999))
    steps = 0

    def classes(logits, c):
        return F.binary_cross_entropy_with_logits(logits.float(), c, reduction="sum") / c.size(0)

    def penalty(real, fake):
        share = torch.rand(real.size(0), 1, 1, 1)
        between = (share * real + (1 - share) * fake).requires_grad_(True)
        with protocol.autocast(args):
            verdict = D(between)[0]
        slope, = torch.autograd.grad(verdict.float().sum(), between, create_graph=True)
        return 10 * ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()

    def step():
        nonlocal steps
        for _ in range(TURNS):
            x, own = batches[steps % 8]
            steps += 1
            wanted = own[torch.randperm(args.batch)]
            with protocol.autocast(args):
                verdict, domains = D(x)
                with torch.no_grad():
                    fake = G(x, wanted).float()
                fooled = D(fake)[0]
            loss = fooled.float().mean() - verdict.float().mean() + classes(domains, own) + penalty(x, fake)
            optimizer_D.zero_grad(set_to_none=True)
            loss.backward()
            optimizer_D.step()

        with protocol.autocast(args):
            fake = G(x, wanted)
            verdict, domains = D(fake)
            back = G(fake, own)
        loss = classes(domains, wanted) - verdict.float().mean() + 10 * (back.float() - x).abs().mean()
        optimizer_G.zero_grad(set_to_none=True)
        loss.backward()
        optimizer_G.step()
        return loss.detach()

    protocol.serve("star_gan", args, [G, D], step, lambda n: torch.cat([G(*batches[i % 8]) for i in range(-(-n // args.batch))])[:n])


if __name__ == "__main__":
    main()
