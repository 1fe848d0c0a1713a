namespace Likeness;

/// <summary>How images are restored.</summary>
/// <param name="Method">One of <see cref="RestoringMethods.Names"/>; null takes the first that the model supports.</param>
public sealed record RestoringOptions(string? Method = null)
{
    /// <summary>How a denoiser is sampled.</summary>
    public NullSpaceWalk Walk { get; init; } = new();

    /// <summary>How codes are searched.</summary>
    public CodeSearch Search { get; init; } = new();

    /// <summary>Number of weighted samples per completion where a model cannot complete a part exactly; 0 refuses such parts.</summary>
    public int Particles { get; init; }
}

/// <summary>The methods, and which of them a model can be asked for.</summary>
public static class RestoringMethods
{
    private const string Learned = "learned", NullSpace = "null-space", Exact = "exact", Posterior = "posterior";

    /// <summary>Their names, in the order in which they are preferred.</summary>
    public static IReadOnlyList<string> Names { get; } = [Learned, NullSpace, Exact, Posterior];

    /// <summary>A method by a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="spec">What it knows.</param>
    /// <param name="measurement">What was done to the images.</param>
    /// <param name="options">Which method, and how.</param>
    /// <exception cref="UsageException">The model cannot restore images, or not by that method or of that measurement.</exception>
    public static IRestoringMethod Of(Module model, DataSpec spec, LinearMeasurement measurement, RestoringOptions options)
    {
        if (options.Method is { } asked && !Names.Contains(asked))
        {
            throw UsageException.Unknown("method", asked, Names);
        }

        var can = Of(model);
        var name = options.Method ?? can.FirstOrDefault(m => m != Exact || measurement is Mask) ?? (can.Count > 0 ? can[0] : null);
        return name is null || !can.Contains(name)
            ? throw Capabilities.Unable(model, null, name is null ? "restore images" : $"restore images by the method '{name}'", "denoises, completes any part, decodes codes with a prior, or has learned to",
                can.Count > 0 ? $"ask for {string.Join(" or ", can.Select(m => $"'{m}'"))}" : null)
            : name switch
            {
                Learned => new LearnedRestoring((IReconstructor)model, measurement),
                NullSpace => new NullSpaceRestoring((IDenoiser)model, spec, measurement, options.Walk),
                Exact => new ExactRestoring(model, spec, measurement, options.Particles),
                _ => new PosteriorRestoring((ILatentPrior)model, spec, measurement, options.Search, model.Device),
            };
    }

    /// <summary>The methods that a model can be asked for.</summary>
    public static IReadOnlyList<string> Of(Module model) =>
    [
        .. Names.Where(name => name switch
        {
            Learned => model is IReconstructor { Measurement: not null },
            NullSpace => model is IDenoiser,
            Exact => model is ICompleter or IStepwise,
            _ => model is ILatentPrior,
        }),
    ];
}

/// <summary>How a denoiser is sampled, from noise to images.</summary>
/// <param name="Steps">Number of noise levels; null takes the model's own.</param>
/// <param name="Eta">Share of fresh noise in a step: 1 as in ancestral sampling, 0 for none.</param>
/// <param name="Jump">Number of noise levels of a jump back (RePaint).</param>
/// <param name="Repeats">How often each stretch of that many levels is sampled; 1 never jumps back.</param>
/// <param name="Solves">
/// Number of conjugate-gradient steps for correcting an estimate with the denoiser's own covariance; 0 corrects only the measured part, as DDNM does.
/// </param>
public sealed record NullSpaceWalk(int? Steps = 100, double Eta = 1, int Jump = 10, int Repeats = 1, int Solves = 0);
