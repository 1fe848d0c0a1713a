namespace Likeness;

/// <summary>
/// What diffusion models share: a network F that learns ("unet." or "net."), its running mean ("ema."), with which they sample and score, and the noise
/// process that makes a denoiser of it. Models in their own files say what the data of the process is, and what the network is told.
/// </summary>
public abstract class DiffusionModel : Module
{
    private readonly ConditionedLayer _live, _shadow;
    private readonly Ema _ema;

    private protected DiffusionModel(NoiseProcess process, double emaDecay, string name, int told, Func<ConditionedLayer> network)
    {
        (Process, Told) = (process, told);
        _live = Add(name, network());
        _shadow = Add("ema", network());
        _ema = new Ema(_live, _shadow, emaDecay, warmUp: true);
        Include("average", _ema);
    }

    internal NoiseProcess Process { get; }

    /// <summary>How many numbers the network is told beside the time.</summary>
    internal int Told { get; }

    /// <summary>The network that learns.</summary>
    internal ConditionedLayer Live => _live;

    /// <summary>What the running mean of the network says of noisy examples, where it is told something, [n, told]; zeros tell nothing.</summary>
    internal Denoised Reverse(Tensor x, Tensor sigma, Tensor? told)
    {
        var levels = new AtLevels(this, sigma.to(ScalarType.Float64).ToArray<double>(), x);
        return Read(levels, x, levels.Call(_shadow, levels.Of(p => p.Input) * x, told, null));
    }

    /// <summary>Brings the running mean up to the weights.</summary>
    internal void Average() => _ema.Update();

    /// <summary>What a network's output says of the example, by default x̂_0 = c_skip·x + c_out·F.</summary>
    internal virtual Denoised Read(AtLevels levels, Tensor x, Tensor output) => new(levels.Clean(x, output));

    /// <summary>Noisy inputs for training with the network's answers and the targets that it should have given.</summary>
    /// <param name="x0">Clean examples in the model's units.</param>
    /// <param name="sigma">The level of each.</param>
    /// <param name="told">What the network is told.</param>
    /// <param name="rng">Where noise and dropout are drawn.</param>
    internal (AtLevels Levels, Tensor Eps, Tensor Output, Tensor Target) Learn(Tensor x0, double[] sigma, Tensor? told, Rng rng)
    {
        var levels = new AtLevels(this, sigma, x0);
        var eps = rng.Normal(x0.shape).to(x0.dtype);
        var input = levels.Of(p => p.Input) * x0 + levels.Of((p, s) => p.Input * s) * eps;
        var target = levels.Of(p => (1 - p.Skip) / p.Output) * x0 + levels.Of((p, s) => -p.Skip * s / p.Output) * eps;
        return (levels, eps, levels.Call(_live, input, told, rng), target);
    }

    /// <summary>A U-Net for such images.</summary>
    private protected static UNet UNetOf(DataSpec spec, UNetOptions options, Rng rng, int told = 0, int outputs = 1, string called = "diffusion model") =>
        UNetOf(spec.Channels, spec.Height, spec.Width, options, rng, told, outputs, called);

    /// <summary>A U-Net for maps of such a size.</summary>
    private protected static UNet UNetOf(int channels, int height, int width, UNetOptions options, Rng rng, int told, int outputs, string called)
    {
        try
        {
            return new UNet(channels, outputs * channels, height, width, options, rng, told);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"A {called} cannot have this network: {e.Message.Split(" (Parameter")[0]}", e);
        }
    }

    /// <summary>The levels of a batch, and constants of the process at them.</summary>
    internal sealed class AtLevels
    {
        private readonly DiffusionModel _model;
        private readonly Preconditioning[] _at;
        private readonly long[] _shape;
        private readonly Tensor _like;

        public AtLevels(DiffusionModel model, double[] sigma, Tensor like)
        {
            (_model, Sigma, _like) = (model, sigma, like);
            _shape = [sigma.Length, .. Enumerable.Repeat(1L, (int)like.ndim - 1)];

            // Samplers ask for one level for all.
            _at = new Preconditioning[sigma.Length];
            for (var i = 0; i < sigma.Length; i++)
            {
                _at[i] = i > 0 && sigma[i] == sigma[i - 1] ? _at[i - 1] : model.Process.At(sigma[i]);
            }
        }

        public double[] Sigma { get; }

        /// <summary>A constant at each example's level, [n, 1, …].</summary>
        public Tensor Of(Func<Preconditioning, double> value) => Of((p, _) => value(p));

        public Tensor Of(Func<Preconditioning, double, double> value)
        {
            var values = new double[_at.Length];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = i > 0 && Sigma[i] == Sigma[i - 1] ? values[i - 1] : value(_at[i], Sigma[i]);
            }

            return Tensor.From(values, _shape).to(_like.dtype).to(_like.device);
        }

        public Tensor Call(ConditionedLayer network, Tensor input, Tensor? told, Rng? rng)
        {
            var time = Tensor.From(Array.ConvertAll(_at, p => p.Noise), _at.Length).to(input.device);
            var condition = told is null ? time : torch.cat([time.unsqueeze(1).to(told.dtype), told], 1);
            return network.Call(input.to(network.ScalarType), condition, rng).to(input.dtype);
        }

        public Tensor Clean(Tensor x, Tensor output) => Of(p => p.Skip) * x + Of(p => p.Output) * output;
    }

    /// <summary>Algorithm box of every model here: the squared error of the network at random levels.</summary>
    private protected sealed class Denoising<TBatch> : ExampleObjective<TBatch>
    {
        private readonly DiffusionModel _model;
        private readonly Func<TBatch, Rng, (Tensor X0, Tensor? Told)> _read;
        private readonly Action<TBatch, IFeed<TBatch>>? _begin;

        /// <param name="model">Whose network learns.</param>
        /// <param name="optimizer">How it descends.</param>
        /// <param name="read">Clean examples in the units of the process, and what the network is told of them.</param>
        /// <param name="begin">What is to be set from data before the first step.</param>
        /// <param name="others">What descends beside the network.</param>
        public Denoising(
            DiffusionModel model, OptimizerOptions optimizer, Func<TBatch, Rng, (Tensor X0, Tensor? Told)> read, Action<TBatch, IFeed<TBatch>>? begin = null, params ReadOnlySpan<torch.nn.Module> others)
            : base(model, new("denoiser", optimizer, [model._live, .. others])) => (_model, _read, _begin) = (model, read, begin);

        public override void Begin(TBatch first, IFeed<TBatch> feed, Rng rng) => _begin?.Invoke(first, feed);

        public override IReadOnlyList<Term> Losses(TBatch batch, Rng examples, Rng round)
        {
            var (x0, told) = _read(batch, examples);
            var (_, _, output, target) = _model.Learn(x0, _model.Process.Draw((int)x0.shape[0], examples), told, examples);
            return [("simple", (output.to(target.dtype) - target).square().flatten(1).mean([1]))];
        }

        public override void Follow() => _model.Average();
    }
}
