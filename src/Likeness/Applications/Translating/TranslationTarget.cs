namespace Likeness;

/// <summary>Where examples are to be translated to: a domain in some groups, and in the others whatever they are in.</summary>
/// <param name="Model">Whose domains they are.</param>
/// <param name="Domains">For each group the number of a domain, or −1.</param>
public sealed record TranslationTarget(ITranslator Model, IReadOnlyList<int> Domains)
{
    /// <summary>Reads "DOMAIN", where only one group has a domain of that name, or "GROUP=DOMAIN".</summary>
    /// <exception cref="UsageException">There is no such domain, more than one, or a group is named twice.</exception>
    public static TranslationTarget Of(ITranslator model, IReadOnlyList<string> words)
    {
        var domains = Enumerable.Repeat(-1, model.Domains.Count).ToArray();
        var known = model.Domains.SelectMany((group, g) => group.Values.Select((name, d) => (Group: g, Domain: d, Name: name, Full: $"{group.Name}={name}"))).ToList();
        foreach (var word in words)
        {
            var meant = known.Where(k => k.Full == word).ToList() is { Count: > 0 } exact ? exact : known.Where(k => k.Name == word).ToList();
            var (group, domain, _, _) = meant.Count switch
            {
                1 => meant[0],
                0 => throw UsageException.Unknown("domain", word, known.Select(k => known.Count(o => o.Name == k.Name) == 1 ? k.Name : k.Full)),
                _ => throw new UsageException($"There are several domains '{word}': write {string.Join(" or ", meant.Select(m => m.Full))}."),
            };
            domains[group] = domains[group] < 0 ? domain
                : throw new UsageException($"An example is in one domain of '{model.Domains[group].Name}' only: leave '{word}' or the other one out.");
        }

        return new(model, domains);
    }

    /// <summary>What a model must be to translate at all.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static ITranslator Translator(TrainedModel trained) => trained.Require<ITranslator>();

    /// <summary>For example "size=large and colour=red", or only the domain where there is but one group.</summary>
    public override string ToString() => string.Join(" and ", Named().Select(n => Model.Domains.Count == 1 ? n.Domain : $"{n.Group}={n.Domain}"));

    /// <summary>The groups that are named, with the names of their domains.</summary>
    public IEnumerable<(string Group, string Domain)> Named() =>
        Model.Domains.Zip(Domains).Where(p => p.Second >= 0).Select(p => (p.First.Name, p.First.Values[p.Second]));

    /// <summary>The same target for so many examples, int64 [n, groups].</summary>
    public Tensor For(long count, Device device) =>
        Tensor.From(Enumerable.Range(0, (int)count).SelectMany(_ => Domains.Select(d => (long)d)).ToArray(), count, Domains.Count).to(device);

    /// <summary>The way back to where examples came from, int64 [n, groups]: as the model reads it off them, or the other domain of two; null where neither will do.</summary>
    public Tensor? BackFor(Tensor x)
    {
        if (Model is IDomainReader reader)
        {
            var named = Tensor.From([.. Domains.Select(d => d >= 0)], 1, Domains.Count).to(x.device);
            return torch.where(named, reader.ReadDomains(x), torch.full([1, Domains.Count], -1, ScalarType.Int64, x.device));
        }

        return Domains.Select((d, g) => d < 0 || Model.Domains[g].Values.Count == 2).All(known => known)
            ? (this with { Domains = [.. Domains.Select(d => d < 0 ? d : 1 - d)] }).For(x.size(0), x.device)
            : null;
    }
}
