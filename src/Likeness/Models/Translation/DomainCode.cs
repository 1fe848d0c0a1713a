namespace Likeness;

/// <summary>
/// The domains of examples as numbers for a network (Choi et al. 2018, sections 3.1 and 3.3): one of k for each group, zeros where nothing is known; and where the groups
/// come from several data sets, a mask that says which sets' groups are meant.
/// </summary>
internal sealed class DomainCode
{
    private readonly int[] _columns;
    private readonly int _sets;

    /// <param name="all">What the data knows.</param>
    /// <param name="names">The groups to use; all where null.</param>
    /// <exception cref="UsageException">There is no group of a name.</exception>
    public DomainCode(IReadOnlyList<DataAttribute> all, IReadOnlyList<string>? names)
    {
        var known = all.Select(a => a.Name).ToList();
        _columns = names is null or { Count: 0 } ? [.. Enumerable.Range(0, all.Count)]
            : [.. names.Distinct().Select(n => known.IndexOf(n) is >= 0 and var place ? place : throw UsageException.Unknown("attribute", n, known))];
        Groups = [.. _columns.Select(c => all[c])];
        // Sets are counted anew: those of which nothing is used need no place in the mask.
        var used = Groups.Select(g => g.Set).Distinct().Order().ToList();
        Groups = [.. Groups.Select(g => g with { Set = used.IndexOf(g.Set) })];
        _sets = used.Count;
    }

    public IReadOnlyList<DataAttribute> Groups { get; }

    /// <summary>Domains of all groups together.</summary>
    public int Labels => Groups.Sum(g => g.Values.Count);

    /// <summary>Numbers of a code.</summary>
    public int Maps => Labels + (_sets > 1 ? _sets : 0);

    /// <summary>The columns of these groups among all attributes, int64 [n, groups].</summary>
    public Tensor Choose(Tensor attributes) => torch.stack([.. _columns.Select(c => attributes.select(1, c))], 1);

    /// <summary>The code [n, maps] of domains int64 [n, groups], where −1 is unknown.</summary>
    public Tensor Of(Tensor domains)
    {
        var parts = Groups.Select((group, g) => domains.narrow(1, g, 1).eq(torch.arange(0, group.Values.Count, 1, ScalarType.Int64, domains.device)).to(ScalarType.Float32));
        var masks = _sets == 1 ? [] : Enumerable.Range(0, _sets).Select(set => Known(domains, set).unsqueeze(1).to(ScalarType.Float32));
        return torch.cat([.. parts, .. masks], 1);
    }

    /// <summary>Domains in which what is not named is as read; groups of data sets of which nothing is named stay unknown.</summary>
    public Tensor Complete(Tensor target, Func<Tensor> read)
    {
        if (target.min().ToDouble() >= 0)
        {
            return target;
        }

        var own = read();
        return torch.stack([.. Groups.Select((group, g) =>
        {
            var named = target.select(1, g);
            var known = _sets == 1 ? own.select(1, g) : torch.where(Known(target, group.Set), own.select(1, g), named);
            return torch.where(named.gt(-1), named, known);
        })], 1);
    }

    /// <summary>The most probable domain in each group by logits [n, labels].</summary>
    public Tensor Read(Tensor logits) => torch.stack([.. Parts(logits).Select(l => l.argmax(1))], 1);

    /// <summary>Equations 2 and 3: −log D_cls(c|x), summed over groups of which the domain is known, a mean over examples.</summary>
    public Tensor CrossEntropy(Tensor logits, Tensor domains)
    {
        var losses = Parts(logits).Select((l, g) =>
        {
            var own = domains.narrow(1, g, 1);
            return (-l.log_softmax(1).gather(1, own.clamp_min(0)) * own.gt(-1).to(l.dtype)).mean();
        });
        return losses.Aggregate((a, b) => a + b);
    }

    // Whether anything is known of the groups of a data set, [n].
    private Tensor Known(Tensor domains, int set) =>
        torch.cat([.. Groups.Select((group, g) => (group, g)).Where(p => p.group.Set == set).Select(p => domains.narrow(1, p.g, 1))], 1).amax([1]).gt(-1);

    private IEnumerable<Tensor> Parts(Tensor logits)
    {
        var from = 0;
        foreach (var group in Groups)
        {
            yield return logits.narrow(1, from, group.Values.Count);
            from += group.Values.Count;
        }
    }
}
