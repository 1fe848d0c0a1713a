"""Writes layers.safetensors, unet.safetensors and progressive.safetensors: the values that PyTorch gives, for tests to compare with. See README.md."""
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from torch import nn

from reference import Reference

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "bench" / "peers"))
import progressive_gan  # noqa: E402
import unet  # noqa: E402  (the peer's networks are those that ours must agree with)


def layers(r):
    image = lambda c=4: torch.randn(2, c, 7, 6)  # noqa: E731
    r.module("linear", nn.Linear(5, 3), x=torch.randn(4, 5))
    r.module("conv2d", nn.Conv2d(4, 6, 3), x=image())
    r.module("conv2d_stride_padding", nn.Conv2d(4, 6, (4, 3), stride=(2, 1), padding=(1, 2)), x=image())
    r.module("conv2d_dilation_groups", nn.Conv2d(4, 6, 3, padding=2, dilation=2, groups=2, bias=False), x=image())
    r.module("conv_transpose2d", nn.ConvTranspose2d(4, 3, 4, stride=2, padding=1), x=image())
    r.module("conv_transpose2d_output_padding",
             nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), x=image())
    r.module("batch_norm2d_train", shaken(nn.BatchNorm2d(4)), x=3 * image() + 1)
    r.module("batch_norm2d_eval", shaken(nn.BatchNorm2d(4)).eval(), x=3 * image() + 1)
    r.module("group_norm", shaken(nn.GroupNorm(2, 6)), x=3 * image(6) + 1)
    r.module("layer_norm", shaken(nn.LayerNorm((3, 5))), x=3 * torch.randn(2, 4, 3, 5) + 1)
    r.module("instance_norm2d", shaken(nn.InstanceNorm2d(4, affine=True)), x=3 * image() + 1)
    r.module("embedding", nn.Embedding(7, 3), i=torch.tensor([[0, 6, 3], [3, 3, 1]]))
    r.module("lstm_cell", nn.LSTMCell(5, 3), lambda m, x, h, c: dict(zip("hc", m(x, (h, c)))),
             x=torch.randn(4, 5), h=torch.randn(4, 3), c=torch.randn(4, 3))
    r.module("gru_cell", nn.GRUCell(5, 3), x=torch.randn(4, 5), h=torch.randn(4, 3))
    r.module("multihead_attention", shaken(nn.MultiheadAttention(8, 2, batch_first=True)),
             lambda m, x: dict(zip(("y", "weights"), m(x, x, x))), x=torch.randn(2, 5, 8))
    # True in the mask forbids: position i attends to positions up to i.
    r.module("multihead_attention_causal", shaken(nn.MultiheadAttention(8, 2, batch_first=True)),
             lambda m, x: m(x, x, x, attn_mask=torch.ones(5, 5).triu(1).bool(), need_weights=False)[0], x=torch.randn(2, 5, 8))
    r.notes["multihead_attention"] = r.notes["multihead_attention_causal"] = "MultiheadAttention(8, 2, batch_first=True)"
    for name, activation in {
            "relu": nn.ReLU(), "leaky_relu": nn.LeakyReLU(0.2), "silu": nn.SiLU(), "gelu": nn.GELU(), "elu": nn.ELU(),
            "softplus": nn.Softplus(), "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid()}.items():
        r.module(name, activation, x=torch.cat([torch.linspace(-9, 9, 24), torch.tensor([-90., -30., 30., 90.])]))
    r.module("upsample_nearest2d", nn.Upsample(scale_factor=2), x=image())
    r.module("avg_pool2d", nn.AvgPool2d(2), x=image())


def networks(r):
    r.function("time_embedding", "unet.time_embedding(t, 8)", lambda t: unet.time_embedding(t, 8, torch.float64),
               t=torch.tensor([0, 1, 10, 999]))
    r.module("residual_block", shaken(unet.ResidualBlock(8, 12, 6, groups=4, dropout=0.1)).eval(),
             x=torch.randn(2, 8, 5, 5), temb=torch.randn(2, 6))
    r.module("spatial_attention", shaken(unet.SelfAttention(8, groups=4)), x=torch.randn(2, 8, 3, 4))
    r.module("nade", Nade(), x=(torch.rand(5, 6) < 0.4).float())
    r.notes["nade"] = "Nade(d=6, h=4)"


def small_unet(r):
    small = unet.UNet(channels=2, width=8, multipliers=(1, 2), blocks=1, groups=4, attention=(1,))
    r.module("unet", shaken(small).eval(), largest_gradient=64, x=torch.randn(2, 2, 8, 8), t=torch.tensor([3, 250]))
    r.notes["unet"] = "UNet(channels=2, width=8, multipliers=(1, 2), blocks=1, groups=4, dropout=0.1, attention=(1,)).eval()"


def progressive(r):
    r.module("equalized_linear", shaken(progressive_gan.EqualizedLinear(5, 3)), x=torch.randn(4, 5))
    r.module("equalized_conv2d", shaken(progressive_gan.EqualizedConv2d(4, 6, 3)), x=torch.randn(2, 4, 7, 6))
    r.module("pixel_norm", progressive_gan.PixelNorm(), x=torch.randn(2, 4, 3, 5))
    r.module("minibatch_deviation", progressive_gan.MinibatchDeviation(), x=torch.randn(8, 3, 2, 4))
    r.module("minibatch_deviation_odd", progressive_gan.MinibatchDeviation(), x=torch.randn(6, 3, 2, 4))
    # Sides of 16 that are being faded in; the image's critic looks at groups of two.
    r.module("growing_generator", shaken(progressive_gan.Generator(2, 3, 5, width=32, cap=6, alpha=0.3)), x=torch.randn(2, 5))
    r.module("growing_critic", shaken(progressive_gan.Critic(2, 3, width=32, cap=6, alpha=0.3)), x=torch.randn(2, 3, 16, 16))


class Nade(nn.Module):
    """a_1 = c; h_i = sigmoid(a_i); logit_i = b_i + V_i . h_i; a_{i+1} = a_i + W_i x_i. W and V have one row per input."""

    def __init__(self, d=6, h=4):
        super().__init__()
        for name, shape in {"W": (d, h), "V": (d, h), "c": (h,), "b": (d,)}.items():
            self.register_parameter(name, nn.Parameter(torch.randn(shape)))

    def forward(self, x):
        a, logits = self.c.expand(len(x), -1), []
        for i in range(x.shape[1]):
            logits.append(self.b[i] + torch.sigmoid(a) @ self.V[i])
            a = a + x[:, i:i + 1] * self.W[i]
        logits = torch.stack(logits, 1)
        return {"logits": logits, "log_prob": -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)}


def shaken(module):
    """The module with every parameter and statistic random, so none is at a value (0, 1) that hides a mistake."""
    for p in module.parameters():
        nn.init.normal_(p, std=0.5 if p.dim() == 1 else p[0].numel() ** -0.5)
    for name, b in module.named_buffers():
        if b.is_floating_point():
            b.copy_(torch.rand(b.shape) + (0.5 if name.endswith("var") else 0))
    return module


def optimizers(r):
    """Five steps down 1/2 (p - target)' A (p - target) from the same start; the rows of the output are p after each step."""
    half = torch.randn(4, 4)
    A = (half @ half.t() + 0.1 * torch.eye(4)).float()
    target, start = torch.randn(4), torch.randn(4)
    for name, value in (("A", A), ("target", target), ("start", start)):
        r.add(f"optimizer/{name}", value)
    A, target = A.double(), target.double()
    for name, (kind, options) in {
            "sgd": (torch.optim.SGD, dict(lr=0.05)),
            "sgd_momentum": (torch.optim.SGD, dict(lr=0.05, momentum=0.9, weight_decay=0.01)),
            "sgd_nesterov": (torch.optim.SGD, dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)),
            "adam": (torch.optim.Adam, dict(lr=0.1)),
            "adam_gan": (torch.optim.Adam, dict(lr=0.1, betas=(0.5, 0.999))),
            "adam_weight_decay": (torch.optim.Adam, dict(lr=0.1, eps=1e-4, weight_decay=0.01)),
            "adamw": (torch.optim.AdamW, dict(lr=0.1, weight_decay=0.05)),
            "rmsprop": (torch.optim.RMSprop, dict(lr=0.05)),
            "rmsprop_momentum": (torch.optim.RMSprop, dict(lr=0.05, alpha=0.9, momentum=0.9, weight_decay=0.01)),
    }.items():
        p = nn.Parameter(start.double())
        optimizer, path = kind([p], **options), []
        for _ in range(5):
            optimizer.zero_grad()
            (0.5 * (p - target) @ A @ (p - target)).backward()
            optimizer.step()
            path.append(p.detach().clone())
        r.add(f"optimizer/{name}/output", torch.stack(path))
        r.notes[f"optimizer/{name}"] = f"{kind.__name__}({', '.join(f'{k}={v}' for k, v in options.items())})"


def densities(r):
    normal = lambda *shape: torch.randn(*shape)  # noqa: E731
    r.function(
        "kl_normal", "KL(N(mean_q, exp(log_variance_q)) || N(mean_p, exp(log_variance_p))), nats, each element", kl_normal,
        mean_q=normal(4, 3), log_variance_q=normal(4, 3), mean_p=normal(4, 3), log_variance_p=normal(4, 3))
    r.function(
        "kl_standard_normal", "KL(N(mean, exp(log_variance)) || N(0, 1)), nats, each element",
        lambda mean, log_variance: kl_normal(mean, log_variance, torch.zeros_like(mean), torch.zeros_like(mean)),
        mean=normal(4, 3), log_variance=normal(4, 3))
    r.function(
        "binary_cross_entropy_with_logits", "softplus(logits) - target * logits, nats, each element",
        lambda logits, target: F.binary_cross_entropy_with_logits(logits, target, reduction="none"),
        logits=torch.tensor([-100., -20., -3., -0.5, 0., 0.5, 3., 20., 100.]).repeat(3, 1),
        target=torch.tensor([[0.], [0.3], [1.]]).repeat(1, 9))
    mixture = dict(x=2 * normal(5, 3), logits=normal(5, 3, 4), means=2 * normal(5, 3, 4), log_scales=normal(5, 3, 4))
    r.function("mixture_normal", "log sum_k softmax(logits)_k N(x; means_k, exp(log_scales_k)^2), nats, k last", mixture_normal, **mixture)
    r.function("mixture_laplace", "log sum_k softmax(logits)_k Laplace(x; means_k, exp(log_scales_k)), nats, k last", mixture_laplace, **mixture)
    discretized_logistic(r)


def kl_normal(mean_q, log_variance_q, mean_p, log_variance_p):
    squares = ((mean_q - mean_p).square() + log_variance_q.exp()) / log_variance_p.exp()
    return 0.5 * (log_variance_p - log_variance_q + squares - 1)


def mixture_normal(x, logits, means, log_scales):
    z = (x[..., None] - means) * torch.exp(-log_scales)
    return torch.logsumexp(torch.log_softmax(logits, -1) - 0.5 * z.square() - log_scales - 0.5 * math.log(2 * math.pi), -1)


def mixture_laplace(x, logits, means, log_scales):
    z = (x[..., None] - means) * torch.exp(-log_scales)
    return torch.logsumexp(torch.log_softmax(logits, -1) - z.abs() - log_scales - math.log(2), -1)


def discretized_logistic(r):
    """Salimans et al. 2017, equation 2: bytes as 2 x / 255 - 1, each owning [x - 1/255, x + 1/255], the ends the whole tail."""
    bytes_ = torch.cat([torch.tensor([0, 0, 255, 255]), torch.randint(1, 255, (8,))])
    parts = dict(logits=torch.randn(12, 5), means=0.5 * torch.randn(12, 5), log_scales=torch.randn(12, 5) - 3)
    for log_prob in (logistic_bin, logistic_bin_published):
        suffix = "_published" if log_prob is logistic_bin_published else ""
        note = ", as the paper's code computes it (bins below 1e-5 as density times width)" if suffix else ", exact"
        r.function(f"logistic_mixture{suffix}", "grey: x, logits, means, log_scales -> log p(x), nats, k last" + note,
                   lambda x, logits, means, log_scales: torch.logsumexp(
                       torch.log_softmax(logits, -1) + log_prob(x[:, None], means, log_scales), -1), x=bytes_, **parts)
    all_bytes = torch.arange(256)[:, None]
    one = {k: v[:1].double() for k, v in parts.items()}
    total = torch.logsumexp(torch.log_softmax(one["logits"], -1) + logistic_bin(all_bytes, one["means"], one["log_scales"]), -1)
    if abs(total.exp().sum() - 1) > 1e-12:
        raise ValueError("The discretized logistic mixture does not sum to one over all bytes: its formula is wrong.")
    pixels = torch.cat([torch.tensor([[0, 255, 128], [255, 0, 0]]), torch.randint(0, 256, (6, 3))])
    r.function("logistic_mixture_rgb", "x, means, log_scales and coefficients have channels before k: means of green += tanh(c0) red, of"
               " blue += tanh(c1) red + tanh(c2) green (inputs scaled to [-1, 1]); log p(pixel), nats, exact", rgb_mixture,
               x=pixels, logits=torch.randn(8, 5), means=0.5 * torch.randn(8, 3, 5), log_scales=torch.randn(8, 3, 5) - 2,
               coefficients=torch.randn(8, 3, 5))


def edges(x, means, log_scales):
    """Standardised lower edge, upper edge and middle of each byte's bin; scales are not allowed below exp(-7)."""
    log_scales = log_scales.clamp_min(-7)
    middle = (2 * x.double() / 255 - 1 - means) * torch.exp(-log_scales)
    half = torch.exp(-log_scales) / 255
    return middle - half, middle + half, middle, log_scales


def logistic_bin(x, means, log_scales):
    low, high, _, _ = edges(x, means, log_scales)
    # sigmoid(high) - sigmoid(low) without the cancellation
    inside = F.logsigmoid(high) + F.logsigmoid(-low) + torch.log(-torch.expm1(low - high))
    return torch.where(x == 0, F.logsigmoid(high), torch.where(x == 255, F.logsigmoid(-low), inside))


def logistic_bin_published(x, means, log_scales):
    low, high, middle, log_scales = edges(x, means, log_scales)
    width = torch.sigmoid(high) - torch.sigmoid(low)
    density = middle - log_scales - 2 * F.softplus(middle) - math.log(127.5)
    inside = torch.where(width > 1e-5, torch.log(width.clamp_min(1e-12)), density)
    return torch.where(x == 0, F.logsigmoid(high), torch.where(x == 255, F.logsigmoid(-low), inside))


def rgb_mixture(x, logits, means, log_scales, coefficients):
    c = torch.tanh(coefficients)
    red, green = (2 * x[:, i, None].double() / 255 - 1 for i in (0, 1))
    means = torch.stack([means[:, 0], means[:, 1] + c[:, 0] * red, means[:, 2] + c[:, 1] * red + c[:, 2] * green], 1)
    return torch.logsumexp(torch.log_softmax(logits, -1) + logistic_bin(x[:, :, None], means, log_scales).sum(1), -1)


def spectral(r):
    r.module("spectral_linear", nn.utils.spectral_norm(nn.Linear(5, 3)), x=torch.randn(4, 5))
    r.module("spectral_conv2d", nn.utils.spectral_norm(nn.Conv2d(4, 6, 3, stride=2, padding=1)), x=torch.randn(2, 4, 7, 6))
    for kind in ("spectral_linear", "spectral_conv2d"):
        r.notes[kind] = f"spectral_norm({r.notes[kind]}), training mode: one power iteration"


def main():
    for file, parts in {
            "layers": (layers, networks, optimizers, densities, spectral), "unet": (small_unet,), "progressive": (progressive,)}.items():
        torch.manual_seed(20)
        r = Reference()
        for part in parts:
            part(r)
        path = HERE / f"{file}.safetensors"
        print(f"{path.name}: {len(r.notes)} cases, {len(r.tensors)} tensors, {r.save(path):,} bytes")


if __name__ == "__main__":
    main()
