namespace Likeness.Laws;

/// <summary>What a model is asked about.</summary>
/// <param name="Spec">The kind of data.</param>
/// <param name="X">Examples [n, …].</param>
/// <param name="Labels">A class for each, where the data has classes.</param>
/// <param name="Z">Codes [n, latent], where the model decodes.</param>
/// <param name="Texts">A text for each.</param>
internal sealed record Inputs(DataSpec Spec, Tensor X, Tensor? Labels, Tensor? Z, IReadOnlyList<string> Texts);

/// <summary>What a model said.</summary>
/// <param name="Name">The question.</param>
/// <param name="Value">The answer.</param>
/// <param name="Chosen">Whether its values come from a choice or are rounded to whole ones, so what differs by nothing before can differ by much after.</param>
internal sealed record Answer(string Name, Tensor Value, bool Chosen);

/// <summary>Every question that a model can be asked.</summary>
internal static class Questions
{
    /// <summary>All answers of a model; those to random questions come from seeds of their own.</summary>
    public static IReadOnlyList<Answer> Ask(torch.nn.Module model, Inputs inputs)
    {
        using var noGrad = torch.no_grad();
        var (spec, x, labels, z, texts) = inputs;
        var (n, d) = ((int)x.shape[0], spec.Dimensions);
        var everyOther = Enumerable.Range(0, d).Select(i => i % 2 == 0).ToArray();
        var answers = new List<Answer>();

        Say<IGenerative>("sample", m => m.Sample(n, new Rng(1)), chosen: true);
        Say<IDensity>("log_prob", m => m.LogProb(x));
        Say<IBound>("log_prob_bound", m => m.LogProbBound(x, new Rng(2)));
        Say<IImportanceWeighted>("log_weights", m => m.LogWeights(x, 3, new Rng(3)));
        Say<IOrdered>("order", m => Tensor.From(m.Order.Select(i => (long)i).ToArray(), d));
        Say<IAutoregressive>("conditionals", m => m.Conditionals(x));
        Say<IStepwise>("walk_log_prob", m => m.LogMarginal(spec.Flat(x), Enumerable.Repeat(true, d).ToArray()));
        Say<IStepwise>("walk_complete", m => m.Complete(spec.Flat(x), FirstHalf(m.Order), new Rng(4)), chosen: true);
        Say<IStepwise>("walk_sample", m => m.Draw(n, new Rng(5)), chosen: true);
        Say<IMarginal>("log_marginal", m => m.LogMarginal(x, everyOther));
        Say<ICompleter>("complete", m => m.Complete(x, everyOther, new Rng(6)), chosen: true);
        Say<IForecaster>("roll_out", m => m.RollOut(x.narrow(1, 0, 2), 3, new Rng(7)), chosen: true);
        Say<IClassifier>("class_log_probs", m => m.ClassLogProbs(x));
        Say<IFeatures>("features", m => m.Features(x));
        Say<IClustering>("responsibilities", m => m.Responsibilities(x));
        Say<IFreeParameters>("free_parameters", m => Tensor.From([(double)m.FreeParameters]));
        Say<IEncoder>("encode", m => m.Encode(x));
        Say<ITextEncoder>("encode_text", m => m.EncodeText(texts));
        Say<IGenerative<TextCondition>>("sample_text", m => m.Sample(new TextCondition(texts), n, new Rng(8)), chosen: true);
        Say<ITextDecoder>("sample_noise", m => m.SampleNoise(n, new Rng(9)));
        Say<ITextDecoder>("decode_text", m => m.Decode(m.SampleNoise(n, new Rng(9)), m.EncodeText(texts)), chosen: true);
        Say<ILatentPrior>("sample_latent", m => m.SampleLatent(n, new Rng(10)), chosen: true);
        Say<IFactored>("code_information", m => m.CodeInformation(n, new Rng(11)));
        Say<IDenoiser>("alpha_bar", m => Tensor.From([.. m.NoiseLevels(null).Reverse().Select(s => 1 / (1 + s * s))], m.NoiseLevels(null).Count));
        Say<IDenoiser>("noise", m =>
        {
            // ε̂ where x, divided by √ᾱ, is √ᾱ·x_0 + √(1 − ᾱ)·ε.
            double[] levels = [.. m.NoiseLevels(null).Reverse()];
            double[] sigma = [.. Enumerable.Range(0, n).Select(i => levels[(levels.Length - 1) * i / Math.Max(1, n - 1)])];
            Tensor Wide(Func<double, double> f) => Tensor.From(Array.ConvertAll(sigma, s => (float)f(s)), [n, .. Enumerable.Repeat(1L, spec.Shape.Count)]);
            var noisy = spec.Normalise(x) * Wide(s => Math.Sqrt(1 + s * s));
            return (noisy - m.Denoise(noisy, Tensor.From(sigma, n))) / Wide(s => s);
        });
        Say<IRestorer>("patches", m => m.Cut(x).Patches, chosen: true);
        Say<IRestorer>("places", m => m.Cut(x).Mask, chosen: true);
        Say<IRestorer>("restore", m => m.Restore(m.Cut(x).Patches, new Rng(12)).Image, chosen: true);
        Say<IRestorer>("restore_places", m => m.Restore(m.Cut(x).Patches, new Rng(12)).Mask);
        Say<ITranslator>("translate_first", m => m.Translate(x, Into(m, 0)), chosen: true);
        Say<ITranslator>("translate_last", m => m.Translate(x, Into(m, m.Domains[0].Values.Count - 1)), chosen: true);
        Say<IDomainReader>("domains", m => m.ReadDomains(x), chosen: true);
        if (labels is not null)
        {
            Say<IGenerative<ClassCondition>>("sample_class", m => m.Sample(new ClassCondition(labels), n, new Rng(13)), chosen: true);
            Say<IConditionalDensity<ClassCondition>>("class_log_prob", m => m.LogProb(x, new ClassCondition(labels)));
            Say<IConditionalBound<ClassCondition>>("class_log_prob_bound", m => m.LogProbBound(x, new ClassCondition(labels), new Rng(14)));
        }

        if (z is not null)
        {
            Say<IDecoder>("decode", m => m.Decode(z));
            Say<ILatentVariable>("log_prior", m => m.LogPrior(z));
            Say<ILatentVariable>("log_likelihood", m => m.LogLikelihood(x, z));
            Say<ILatentVariable>("likelihood", m => m.Likelihood(z).LogProb(spec.Flat(x)));
            Say<ILatentVariable>("posterior", m => m.Posterior(x).LogProb(z));
        }

        return answers;

        void Say<TCapability>(string name, Func<TCapability, Tensor> ask, bool chosen = false)
        {
            if (model is TCapability capable)
            {
                answers.Add(new(name, ask(capable), chosen));
            }
        }

        Tensor Into(ITranslator m, int domain) =>
            Tensor.From(Enumerable.Range(0, n * m.Domains.Count).Select(i => i % m.Domains.Count == 0 ? (long)domain : -1).ToArray(), n, m.Domains.Count);
    }

    private static bool[] FirstHalf(IReadOnlyList<int> order)
    {
        var given = new bool[order.Count];
        foreach (var i in order.Take(order.Count / 2))
        {
            given[i] = true;
        }

        return given;
    }
}
