using System.Text.Json.Serialization;
using Likeness.Torch;

namespace Likeness.Core;

/// <summary>What keeps a critic's slope in bounds: a term that is differentiated through a gradient.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(None), "none")]
[JsonDerivedType(typeof(GradientPenalty), "gradient")]
[JsonDerivedType(typeof(R1), "r1")]
public abstract record CriticPenalty
{
    private CriticPenalty() { }

    /// <summary>The penalty on a critic, a mean over the batch; null where there is none.</summary>
    public abstract Tensor? Of(Func<Tensor, Tensor> critic, Tensor real, Tensor fake, Rng rng);

    public sealed record None : CriticPenalty
    {
        public override Tensor? Of(Func<Tensor, Tensor> critic, Tensor real, Tensor fake, Rng rng) => null;
    }

    /// <summary>Gulrajani et al. 2017, equation 3: λ·E(‖∇_x̂ D(x̂)‖ − 1)² on random points x̂ between real and generated examples.</summary>
    public sealed record GradientPenalty(double Lambda = 10) : CriticPenalty
    {
        public override Tensor Of(Func<Tensor, Tensor> critic, Tensor real, Tensor fake, Rng rng)
        {
            var share = rng.Uniform([real.Shape[0], .. Enumerable.Repeat(1L, (int)real.Dims - 1)]).To(real.ScalarType);
            Tensor between;
            using (torch.no_grad())
            {
                between = real.Sub(fake.To(real.ScalarType)).MulInPlace(share).AddInPlace(fake);
            }

            between.WithGrad();
            var slope = Autograd.Grad(critic(between).Sum(), between, createGraph: true);
            return Lambda * ((Norm(slope) - 1).Square().Mean());
        }
    }

    /// <summary>Mescheder et al. 2018, equation 9: γ/2·E‖∇D(x)‖² on real examples.</summary>
    public sealed record R1(double Gamma = 10) : CriticPenalty
    {
        public override Tensor Of(Func<Tensor, Tensor> critic, Tensor real, Tensor fake, Rng rng)
        {
            var x = real.Detach().WithGrad();
            var slope = Autograd.Grad(critic(x).Sum(), x, createGraph: true);
            return Gamma / 2 * slope.Square().Flatten(1).Sum([1]).Mean();
        }
    }

    // The length of each example's slope. Its gradient, slope/length, is one pass over memory; the recorded root of a sum of squares has several.
    private static Tensor Norm(Tensor slope)
    {
        Tensor length;
        using (torch.no_grad())
        {
            length = Twin(slope);
        }

        return Autograd.Custom([slope], [slope, length.Detach()], () => length, (grad, saved) => Autograd.IsRecording
            ? Autograd.Grad([Twin(saved[0])], [saved[0]], [grad], createGraph: true)
            : [saved[0] * (grad / saved[1]).View([-1, .. Enumerable.Repeat(1L, (int)saved[0].Dims - 1)])]);

        // The root's derivative at zero is infinite: a slope of exactly zero must not make the penalty NaN.
        static Tensor Twin(Tensor x) => (x.Square().Flatten(1).Sum([1]) + 1e-12).Sqrt();
    }
}
