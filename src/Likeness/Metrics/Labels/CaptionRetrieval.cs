namespace Likeness;

/// <summary>
/// Where the right caption comes among all captions of the split, ordered by how well they fit an example: the share of the others that fit
/// better, ties counted by half. 0 % is always first, 50 % is chance.
/// </summary>
public sealed class CaptionRetrieval() : Metric("retrieval",
    "share of the other captions that match an example better than its own (chance is 50 %), and how often its own matches best; also for examples generated from the captions, if the model can")
{
    public override bool Applies(Module model, IDataset data) => model is IJointEncoder && data.Has<CaptionedBatch>();

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var (encoder, generative) = ((IJointEncoder)model, model as IGenerative<TextCondition>);
        using var noGrad = torch.no_grad();
        var (captions, real, made) = (new List<string>(), new List<float>(), new List<float>());
        var total = Math.Min(options.Limit, data.Count(options.Split));
        Chain.Each(data.As<CaptionedBatch>().Read(options.Split, options.BatchSize, options.Limit), batch =>
        {
            captions.AddRange(batch.Captions);
            real.AddRange(Numbers(encoder.Encode(batch.X.to(model.Device))));
            if (generative is not null)
            {
                made.AddRange(Numbers(encoder.Encode(generative.Sample(new(batch.Captions), batch.Count, rng))));
            }
            options.Progress?.Invoke(0.9 * captions.Count / total);
        });

        // What several examples are described by is one caption.
        var distinct = captions.Distinct().ToList();
        var numbers = distinct.Index().ToDictionary(p => p.Item, p => p.Index);
        var places = captions.ConvertAll(c => numbers[c]);
        var texts = torch.cat([.. distinct.Chunk(options.BatchSize).Select(some => encoder.EncodeText(some))], 0).to(torch.CPU).to(ScalarType.Float32).t();
        var scores = new List<NamedScore>();
        Add(Name, real);
        if (made.Count > 0)
        {
            Add($"{Name}-generated", made);
        }

        return scores;

        void Add(string name, List<float> codes)
        {
            var (shares, first) = (new List<double>(), new List<double>());
            Chain.Each(places.Zip(codes.Chunk(codes.Count / places.Count)), pair =>
            {
                var (own, code) = pair;
                var fits = Tensor.From(code, 1, code.Length).matmul(texts).ToArray<float>();
                var better = fits.Count(f => f > fits[own]) + (0.5 * (fits.Count(f => f == fits[own]) - 1));
                shares.Add(100 * better / Math.Max(1, distinct.Count - 1));
                first.Add(better == 0 ? 100 : 0);
            });

            scores.Add(new($"{name}-rank", Score.Mean([.. shares], "%", Evidence.Exact)));
            scores.Add(new($"{name}-first", Score.Mean([.. first], "%", Evidence.Exact)));
        }
    }

    private static float[] Numbers(Tensor codes) => codes.to(torch.CPU).to(ScalarType.Float32).ToArray<float>();
}
