namespace Likeness;

/// <summary>A penalty on a critic's gradient: a loss term that is differentiated through the gradient.</summary>
public abstract record CriticPenalty
{
    private CriticPenalty() { }

    /// <summary>The penalty on a critic, a mean over the batch; null where there is none.</summary>
    public abstract Tensor? Of(Func<Tensor, Tensor> critic, Tensor real, Tensor fake, Rng rng);

    /// <summary>What is known to go wrong in a game: nothing is refused, since some try it on purpose.</summary>
    /// <param name="loss">Of the game.</param>
    /// <param name="bounded">Whether something else bounds the critic's slope.</param>
    /// <param name="mixes">Whether the critic's outputs depend on the other examples of the batch.</param>
    internal IEnumerable<Sentence> Doubts(AdversarialLoss loss, bool bounded = false, bool mixes = false)
    {
        if ((loss == AdversarialLoss.Wasserstein || loss == AdversarialLoss.WassersteinDrift) && this is None && !bounded)
        {
            yield return Sentence.Of($"With the loss '{loss}' and no penalty nothing bounds the critic's slope, so its values grow and are no distance: add {new Remedy.Setting("penalty.kind", "gradient")} (Gulrajani et al. 2017).");
        }

        if (this is GradientPenalty && mixes)
        {
            yield return Sentence.Of($"A gradient penalty is on the slope of each example's own output, and batch normalisation makes outputs depend on the whole batch: add {new Remedy.Setting("criticNorm", "none")} (Gulrajani et al. 2017, section 4).");
        }
    }

    [Kind("none")]
    public sealed record None : CriticPenalty
    {
        public override Tensor? Of(Func<Tensor, Tensor> critic, Tensor real, Tensor fake, Rng rng) => null;
    }

    /// <summary>Gulrajani et al. 2017, equation 3: λ·E(‖∇_x̂ D(x̂)‖ − 1)² on random points x̂ between real and generated examples.</summary>
    /// <param name="Lambda">λ, the weight of the penalty.</param>
    [Kind("gradient")]
    public sealed record GradientPenalty([property: AtLeast(0)] double Lambda = 10) : CriticPenalty
    {
        public override Tensor Of(Func<Tensor, Tensor> critic, Tensor real, Tensor fake, Rng rng)
        {
            var share = rng.Uniform([real.shape[0], .. Enumerable.Repeat(1L, (int)real.ndim - 1)]).to(real.dtype);
            Tensor between;
            using (torch.no_grad())
            {
                between = real.sub(fake.to(real.dtype)).mul_(share).add_(fake);
            }

            between.requires_grad_();
            var slope = Autograd.Grad(critic(between).sum(), between, createGraph: true);
            return Lambda * ((Norm(slope) - 1).square().mean());
        }
    }

    /// <summary>Mescheder et al. 2018, equation 9: γ/2·E‖∇D(x)‖² on real examples.</summary>
    /// <param name="Gamma">γ, twice the weight of the penalty.</param>
    [Kind("r1")]
    public sealed record R1([property: AtLeast(0)] double Gamma = 10) : CriticPenalty
    {
        public override Tensor Of(Func<Tensor, Tensor> critic, Tensor real, Tensor fake, Rng rng) => OfEach(critic, real).mean();

        /// <summary>The penalty on the slope at each real example [n].</summary>
        internal Tensor OfEach(Func<Tensor, Tensor> critic, Tensor real)
        {
            var x = real.detach().requires_grad_();
            var slope = Autograd.Grad(critic(x).sum(), x, createGraph: true);
            return Gamma / 2 * slope.square().flatten(1).sum([1]);
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

        return Autograd.Custom([slope], [slope, length.detach()], () => length, (grad, saved) => Autograd.IsRecording
            ? Autograd.Grad([Twin(saved[0])], [saved[0]], [grad], createGraph: true)
            : [saved[0] * (grad / saved[1]).view([-1, .. Enumerable.Repeat(1L, (int)saved[0].ndim - 1)])]);

        // The root's derivative at zero is infinite: a slope of exactly zero must not make the penalty NaN.
        static Tensor Twin(Tensor x) => (x.square().flatten(1).sum([1]) + 1e-12).sqrt();
    }
}
