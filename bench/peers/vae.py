"""VAE (Kingma & Welling 2014) on binary 28x28 images, 50 latent variables, Bernoulli decoder, negative ELBO, Adam.

--variant mlp    784-200-200 tanh encoder and its mirror image, the sizes of Burda et al. 2016
--variant conv   two strided 4x4 convolutions and 256 hidden units, and their mirror image
"""
import torch
import torch.nn.functional as F
from torch import nn

import protocol

LATENT = 50


def mlp():
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(784, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh())
    decoder = nn.Sequential(
        nn.Linear(LATENT, 200), nn.Tanh(), nn.Linear(200, 200), nn.Tanh(), nn.Linear(200, 784), nn.Unflatten(1, (1, 28, 28)))
    return encoder, 200, decoder


def conv():
    encoder = nn.Sequential(
        nn.Conv2d(1, 32, 4, 2, 1), nn.ReLU(),                # 14x14
        nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU(),               # 7x7
        nn.Flatten(), nn.Linear(64 * 7 * 7, 256), nn.ReLU())
    decoder = nn.Sequential(
        nn.Linear(LATENT, 256), nn.ReLU(), nn.Linear(256, 64 * 7 * 7), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(),      # 14x14
        nn.ConvTranspose2d(32, 1, 4, 2, 1))                  # 28x28
    return encoder, 256, decoder


class Vae(nn.Module):
    def __init__(self, encoder, features, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.mean = nn.Linear(features, LATENT)
        self.log_variance = nn.Linear(features, LATENT)

    def forward(self, x):
        """Logits of the reconstruction, and the mean and log variance of q(z|x)."""
        h = self.encoder(x)
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        return self.decoder(z), mean, log_variance

    def sample(self, n):
        return torch.bernoulli(torch.sigmoid(self.decoder(torch.randn(n, LATENT))))


def negative_elbo(logits, x, mean, log_variance):
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return (reconstruction + kl) / len(x)


def main():
    args = protocol.arguments(__doc__, batch=100, variants=("mlp", "conv"), layouts=True)
    batches = [(torch.rand(args.batch, 1, 28, 28) < 0.13).float().to(memory_format=args.layout) for _ in range(8)]
    model = Vae(*(mlp if args.variant == "mlp" else conv)()).to(memory_format=args.layout)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    steps = 0

    def step():
        nonlocal steps
        x = batches[steps % len(batches)]
        steps += 1
        optimizer.zero_grad(set_to_none=True)
        with protocol.autocast(args):
            logits, mean, log_variance = model(x)
        loss = negative_elbo(logits.float(), x, mean.float(), log_variance.float())
        loss.backward()
        optimizer.step()
        return loss.detach()

    protocol.serve("vae", args, [model], step, model.sample)


if __name__ == "__main__":
    main()
