namespace Likeness.Cli;

/// <summary>How images are restored: options that all verbs share which do.</summary>
internal sealed class RestoringFlags
{
    private readonly Option<string?> _method = CommonOptions.Choice("--method", "how (default: the first of these that the model can)", [.. RestoringMethods.Names]);
    private readonly Option<int?> _steps = CommonOptions.Number("--walk", "null-space: noise levels that are visited (default 100)", 1);
    private readonly Option<double?> _eta = CommonOptions.Number("--eta", "null-space: share of fresh noise in a step (default 1)", 0.0);
    private readonly Option<int?> _jump = CommonOptions.Number("--jump", "null-space: levels that are jumped back at once (default 10)", 1);
    private readonly Option<int?> _repeats = CommonOptions.Number("--repeats", "null-space: how often each stretch of so many levels is walked (default 1)", 1);
    private readonly Option<int?> _solves = CommonOptions.Number("--solves", "null-space: correct estimates by the denoiser's own covariance, found in so many steps (default 0: what was measured alone)", 0);
    private readonly Option<int?> _particles = CommonOptions.Number("--particles", "exact: approximate parts that the model cannot complete exactly, with so many weighted draws each", 1);
    private readonly Option<int?> _moves = CommonOptions.Number("--moves", "posterior: transitions of each code (default 80)", 1);
    private readonly Option<double?> _noise = CommonOptions.Number("--noise", "posterior: deviation of what was measured, where values have −1 to 1 (default 0.1)", 0.0);

    /// <param name="command">What gets the options.</param>
    /// <param name="particles">Whether that of the number of particles is among them.</param>
    public void AddTo(Command command, bool particles = true)
    {
        foreach (var option in (Option[])[_method, _steps, _eta, _jump, _repeats, _solves, .. particles ? (Option[])[_particles] : [], _moves, _noise])
        {
            command.Add(option);
        }
    }

    /// <summary>How something was done, at the end of a sentence: "as learned", "by null-space".</summary>
    public static string By(string method) => $"{(method == "learned" ? "as" : "by")} {method}";

    /// <exception cref="UsageException">Options were chosen anew that such a method asks nothing of.</exception>
    public static void CheckChosen(TrainedModel trained, string method)
    {
        if (trained.ChosenText is { } chosen && method is not ("learned" or "exact"))
        {
            throw new UsageException($"Restoring by {method} does not draw as the model draws, so {chosen} changes nothing: leave --set out{(method == "null-space" ? ", and see --walk and --eta" : "")}.");
        }
    }

    public RestoringOptions Read(ParseResult parsed, int? particles = null) => new(parsed.GetValue(_method))
    {
        Walk = new(parsed.GetValue(_steps) ?? 100, parsed.GetValue(_eta) ?? 1, parsed.GetValue(_jump) ?? 10, parsed.GetValue(_repeats) ?? 1, parsed.GetValue(_solves) ?? 0),
        Search = new(parsed.GetValue(_noise) is { } noise and > 0 ? noise : 0.1, parsed.GetValue(_moves) ?? 80),
        Particles = particles ?? parsed.GetValue(_particles) ?? 0,
    };
}
