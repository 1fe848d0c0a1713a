namespace Likeness;

/// <summary>A property that some examples of a data set have and others have not: "colour=red", "class=3".</summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Members">The places of the examples that have it, among the first so many of a split.</param>
public sealed record Concept(string Text, Func<Split, int, int[]> Members)
{
    private const int AtOnce = 100;
    private const string Class = "class";

    /// <summary>Reads "ATTRIBUTE=VALUE" or "class=NAME", where a value may also be its number.</summary>
    /// <exception cref="UsageException">The data knows no such property.</exception>
    public static Concept Of(string text, IDataset data)
    {
        var attributes = data.Spec.Attributes;
        var classes = data.ClassNames;
        string[] known = [.. attributes.Select(a => a.Name).Concat(classes.Count > 0 ? [Class] : []).Distinct()];
        if (text.Split('=', 2) is not [var name, var value] || known.Length == 0)
        {
            throw new UsageException(known.Length == 0
                ? $"The examples of '{data.Name}' have no classes or attributes that '{text}' could speak of: choose labelled data."
                : $"'{text}' is no property of examples: write one of {string.Join(", ", known.Select(k => $"{k}=VALUE"))}.");
        }

        for (var a = 0; a < attributes.Count; a++)
        {
            if (attributes[a].Name == name)
            {
                var (column, wanted) = (a, Number(attributes[a].Values, value, name));
                return new(text, (split, limit) => Places(data.As<AttributedBatch>().Read(split, AtOnce, limit), b => b.Attributes.select(1, column), wanted));
            }
        }

        if (name != Class || classes.Count == 0)
        {
            throw UsageException.Unknown("property", name, known);
        }

        var label = Number(classes, value, name);
        return new(text, (split, limit) => Places(data.As<LabelledBatch>().Read(split, AtOnce, limit), b => b.Labels, label));
    }

    private static int Number(IReadOnlyList<string> names, string value, string property)
    {
        var known = names.ToList().IndexOf(value);
        return known >= 0 ? known
            : int.TryParse(value, out var number) && number >= 0 && number < names.Count ? number
            : throw UsageException.Unknown($"value of {property}", value, names);
    }

    private static int[] Places<TBatch>(IEnumerable<TBatch> batches, Func<TBatch, Tensor> values, int wanted)
    {
        var places = new List<int>();
        return Chain.Value<int[]>(() =>
        {
            var at = 0;
            foreach (var batch in batches)
            {
                foreach (var value in values(batch).ToArray<long>())
                {
                    if (value == wanted)
                    {
                        places.Add(at);
                    }

                    at++;
                }
            }

            return [.. places];
        });
    }
}
