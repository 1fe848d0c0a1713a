"""GANs of fully connected networks on 28x28 images: generator 100-256-256-784 with ReLU and tanh, critic 784-256-256-1 with LeakyReLU, Adam: the usual tutorial loops.

--variant gan       non-saturating loss, one critic turn (Goodfellow et al. 2014)
--variant wgan-gp   Wasserstein loss with the gradient penalty 10, five critic turns (Gulrajani et al. 2017)
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

LATENT = 100


def main():
    args = protocol.arguments(__doc__, batch=128, variants=("gan", "wgan-gp"))
    G = nn.Sequential(nn.Linear(LATENT, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 784), nn.Tanh())
    D = nn.Sequential(nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Linear(256, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1))
    batches = torch.rand(8, args.batch, 784) * 2 - 1
    optimizer_D = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
    optimizer_G = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
    ones, zeros = torch.ones(args.batch, 1), torch.zeros(args.batch, 1)
    turns = 0

    def generate(n):
        return G(torch.randn(n, LATENT))

    def judge(images):
        with protocol.autocast(args):
            return D(images).float()

    def next_real():
        nonlocal turns
        turns += 1
        return batches[turns % len(batches)]

    def gan_step():
        real = next_real()
        D.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            fake = generate(args.batch).float()
        loss_D = F.binary_cross_entropy_with_logits(judge(real), ones) + F.binary_cross_entropy_with_logits(judge(fake.detach()), zeros)
        loss_D.backward()
        optimizer_D.step()
        G.zero_grad(set_to_none=True)
        loss_G = F.binary_cross_entropy_with_logits(judge(fake), ones)
        loss_G.backward()
        optimizer_G.step()
        return loss_G.detach()

    def penalty(real, fake):
        share = torch.rand(args.batch, 1)
        between = (share * real + (1 - share) * fake).requires_grad_()
        slope, = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
        return 10 * (slope.norm(2, dim=1) - 1).square().mean()

    def wgan_step():
        for _ in range(5):
            real = next_real()
            D.zero_grad(set_to_none=True)
            with torch.no_grad(), protocol.autocast(args):
                fake = generate(args.batch).float()
            (judge(fake).mean() - judge(real).mean() + penalty(real, fake)).backward()
            optimizer_D.step()
        G.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            fake = generate(args.batch).float()
        loss_G = -judge(fake).mean()
        loss_G.backward()
        optimizer_G.step()
        return loss_G.detach()

    protocol.serve("gan", args, [G, D], gan_step if args.variant == "gan" else wgan_step, generate)


if __name__ == "__main__":
    main()
