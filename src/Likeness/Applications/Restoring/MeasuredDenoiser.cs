namespace Likeness;

/// <summary>
/// A denoiser that knows what was measured of the clean images: its estimate is corrected, x̂₀ + C Aᵀ (A C Aᵀ)⁻¹ (y − A x̂₀), so y is seen of it. With C = I that is
/// DDNM's A⁺y + (I − A⁺A) x̂₀. The covariance of the clean image given the noisy one is C = σ²·∂x̂₀/∂x (Tweedie's second formula); with it the correction is
/// E[x₀ | x, y] wherever that law is Gaussian (Boys et al. 2023).
/// </summary>
/// <param name="inner">What denoises.</param>
/// <param name="measurement">A.</param>
/// <param name="y">What was measured, in the model's units, one for each image.</param>
/// <param name="solves">Steps of conjugate gradients towards the correction by the covariance; 0 for C = I.</param>
internal sealed class MeasuredDenoiser(IDenoiser inner, LinearMeasurement measurement, Tensor y, int solves) : IDenoiser
{
    public double Bound => inner.Bound;

    public IReadOnlyList<double> NoiseLevels(int? steps) => inner.NoiseLevels(steps);

    public Tensor Denoise(Tensor x, Tensor sigma)
    {
        var estimate = solves == 0 ? inner.Denoise(x, sigma) : Corrected(x, sigma);
        return measurement.Project(estimate.clamp(-inner.Bound, inner.Bound), y);
    }

    // Conjugate gradients for (A J A⁺) v = y − A x̂₀ with J = ∂x̂₀/∂x, which is symmetric; A⁺ is Aᵀ but for a factor, which cancels.
    private Tensor Corrected(Tensor x, Tensor sigma)
    {
        using var recording = torch.enable_grad();
        x = x.detach().requires_grad_();
        var estimate = inner.Denoise(x, sigma);
        var left = (y - measurement.Measure(estimate)).detach();
        var (correction, direction, size) = (torch.zeros_like(x), left, Sum(left, left));
        for (var i = 0; i < solves; i++)
        {
            var moved = Autograd.Grad([(estimate * measurement.Invert(direction)).sum()], [x], retainGraph: true)[0]!.detach();
            var seen = measurement.Measure(moved);
            var curvature = Sum(direction, seen);
            // A network's Jacobian need be neither symmetric nor positive: where it is not, an image is left as it is.
            var step = torch.where(curvature.gt(1e-12), size / curvature.clamp_min(1e-12), 0.0);
            correction += Like(step, x) * moved;
            left -= Like(step, left) * seen;
            var next = Sum(left, left);
            direction = left + (Like(next / size.clamp_min(1e-30), left) * direction);
            size = next;
        }

        return (estimate + correction).detach();

        static Tensor Sum(Tensor a, Tensor b) => (a * b).flatten(1).sum([1]);

        static Tensor Like(Tensor factors, Tensor images) => factors.reshape([-1, .. Enumerable.Repeat(1L, (int)images.ndim - 1)]);
    }
}
