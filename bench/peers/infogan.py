"""InfoGAN (Chen et al. 2016) with the paper's networks for 28x28 images (appendix C.1): noise 62, ten categories, two continuous codes of fixed deviation 1,
non-saturating loss, lambda 1, Adam 2e-4 for the critic and the recogniser and 1e-3 for the generator.
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

NOISE, CATEGORIES, CONTINUOUS = 62, 10, 2


def networks():
    generator = nn.Sequential(
        nn.Linear(NOISE + CATEGORIES + CONTINUOUS, 1024, bias=False), nn.BatchNorm1d(1024), nn.ReLU(True),
        nn.Linear(1024, 128 * 7 * 7, bias=False), nn.BatchNorm1d(128 * 7 * 7), nn.ReLU(True), nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(True),          # 14x14
        nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh())                                                # 28x28
    trunk = nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.1, True),                                           # 14x14
        nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.1, True),        # 7x7
        nn.Flatten(), nn.Linear(128 * 7 * 7, 1024, bias=False), nn.BatchNorm1d(1024), nn.LeakyReLU(0.1, True))
    recogniser = nn.Sequential(
        nn.Linear(1024, 128, bias=False), nn.BatchNorm1d(128), nn.LeakyReLU(0.1, True), nn.Linear(128, CATEGORIES + CONTINUOUS))
    return generator, trunk, recogniser, nn.Linear(1024, 1)


def main():
    args = protocol.arguments(__doc__, batch=128, layouts=True)
    G, trunk, Q, head = (network.to(memory_format=args.layout) for network in networks())
    batches = [(torch.rand(args.batch, 1, 28, 28) * 2 - 1).to(memory_format=args.layout) for _ in range(8)]
    critic = [*trunk.parameters(), *head.parameters(), *Q.parameters()]
    optimizer_D = torch.optim.Adam(critic, lr=2e-4, betas=(0.5, 0.999))
    optimizer_G = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.999))
    ones, zeros = torch.ones(args.batch, 1), torch.zeros(args.batch, 1)
    steps = 0

    def codes(n):
        category, continuous = torch.randint(CATEGORIES, (n,)), torch.rand(n, CONTINUOUS) * 2 - 1
        return torch.cat([torch.randn(n, NOISE), F.one_hot(category, CATEGORIES).float(), continuous], 1), category, continuous

    def judge(images):
        with protocol.autocast(args):
            features = trunk(images)
            return head(features).float(), Q(features).float()

    def lost(read, category, continuous):
        # The cross-entropies of the codes; their entropies are constants.
        return F.cross_entropy(read[:, :CATEGORIES], category) + 0.5 * (read[:, CATEGORIES:] - continuous).square().sum(1).mean()

    def step():
        nonlocal steps
        real = batches[steps % len(batches)]
        steps += 1
        z, category, continuous = codes(args.batch)
        for p in critic:
            p.grad = None
        with protocol.autocast(args):
            fake = G(z)
        on_real, _ = judge(real)
        on_fake, read = judge(fake.detach())
        loss_D = F.binary_cross_entropy_with_logits(on_real, ones) + F.binary_cross_entropy_with_logits(on_fake, zeros)
        (loss_D + lost(read, category, continuous)).backward()
        optimizer_D.step()
        G.zero_grad(set_to_none=True)
        on_fake, read = judge(fake)
        loss_G = F.binary_cross_entropy_with_logits(on_fake, ones)
        (loss_G + lost(read, category, continuous)).backward()
        optimizer_G.step()
        return loss_G.detach()

    protocol.serve("infogan", args, [G, trunk, Q, head], step, lambda n: G(codes(n)[0]))


if __name__ == "__main__":
    main()
