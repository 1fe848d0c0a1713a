"""Adversarial autoencoder (Makhzani et al. 2016) on 28x28 images: 784-1000-1000-8 ReLU encoder, its mirror image, and an 8-1000-1000-1 critic
of codes, three phases per batch, each with an Adam of its own, prior N(0, 25).
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

LATENT, HIDDEN, DEVIATION = 8, 1000, 5.0


def perceptron(inputs, outputs):
    return nn.Sequential(nn.Linear(inputs, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, outputs))


def main():
    args = protocol.arguments(__doc__, batch=100)
    batches = torch.rand(8, args.batch, 784)
    encoder, decoder, critic = perceptron(784, LATENT), perceptron(LATENT, 784), perceptron(LATENT, 1)
    reconstruct = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=5e-4)
    judge = torch.optim.Adam(critic.parameters(), lr=2e-4, betas=(0.5, 0.999))
    fool = torch.optim.Adam(encoder.parameters(), lr=2e-4, betas=(0.5, 0.999))
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        ones, zeros = torch.ones(args.batch, 1), torch.zeros(args.batch, 1)

        reconstruct.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            y = torch.sigmoid(decoder(encoder(x)))
        loss = F.mse_loss(y.float(), x, reduction="sum") / args.batch
        loss.backward()
        reconstruct.step()

        with protocol.autocast(args):
            z = encoder(x)
        judge.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            real, fake = critic(DEVIATION * torch.randn(args.batch, LATENT)), critic(z.detach())
        (F.binary_cross_entropy_with_logits(real.float(), ones) + F.binary_cross_entropy_with_logits(fake.float(), zeros)).backward()
        judge.step()

        fool.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            fake = critic(z)
        F.binary_cross_entropy_with_logits(fake.float(), ones).backward()
        fool.step()
        return loss.detach()

    def sample(n):
        return torch.sigmoid(decoder(DEVIATION * torch.randn(n, LATENT)))

    protocol.serve("aae", args, [encoder, decoder, critic], step, sample)


if __name__ == "__main__":
    main()
