namespace Likeness;

/// <summary>
/// A density that can be asked variable by variable at a constant cost each: what sampling, completing and compressing stand
/// on. By the chain rule log p(x) is the sum of what a walk says of each variable.
/// </summary>
public interface IStepwise : IOrdered
{
    /// <summary>A walk over so many examples side by side, before their first variable.</summary>
    IWalk Walk(int count);
}

/// <summary>
/// Examples [n] on their way from the first variable of the order to the last: <see cref="Next"/>, <see cref="Observe"/>,
/// <see cref="Next"/>, and so on. What a walk remembers lies in tensors that were made with it and are overwritten in place, so
/// that each step may run in a <see cref="Chain"/>.
/// </summary>
public interface IWalk
{
    /// <summary>The distribution of the next variable given those observed: over values [n] in the data's units; an <see cref="IFiniteDensity"/> with k levels where the data is discrete.</summary>
    Density Next();

    /// <summary>Tells the values [n] of the variable that was predicted last.</summary>
    void Observe(Tensor values);
}

/// <summary>What can be done with every density that is walked.</summary>
public static class Stepwise
{
    /// <summary>New examples [count, d] by ancestral sampling, as rows of the flattened example.</summary>
    public static Tensor Draw(this IStepwise model, int count, Rng rng) =>
        Fill(model, torch.zeros([count, model.Order.Count], device: rng.Device), 0, rng.PerExample());

    /// <summary>
    /// Draws what is missing from p(missing | given), exactly. That takes that the given variables come first in the order.
    /// </summary>
    /// <param name="model">What draws.</param>
    /// <param name="x">Examples [n, d]; the values of missing variables are ignored.</param>
    /// <param name="given">Which of the d variables are given.</param>
    /// <param name="rng">Where the draws come from.</param>
    /// <returns>[n, d], with the given values as they were.</returns>
    /// <exception cref="UsageException">A missing variable comes before a given one.</exception>
    public static Tensor Complete(this IStepwise model, Tensor x, ReadOnlySpan<bool> given, Rng rng) =>
        Fill(model, x.clone(), Leading(model, given), rng);

    /// <summary>log p(given variables) in nats [n], of examples [n, d]: the sum of the first conditionals.</summary>
    /// <exception cref="UsageException">A missing variable comes before a given one.</exception>
    public static Tensor LogMarginal(this IStepwise model, Tensor x, ReadOnlySpan<bool> given)
    {
        var walk = model.Walk((int)x.shape[0]);
        return Chain.Run(torch.zeros([x.shape[0]], x.dtype, x.device), model.Order.Take(Leading(model, given)), (sum, i) =>
        {
            var value = x.select(1, i);
            var next = sum + walk.Next().LogProb(value);
            walk.Observe(value);
            return next;
        });
    }

    /// <summary>How many variables are given, if they are the first ones of the order.</summary>
    /// <exception cref="UsageException">A missing variable comes before a given one.</exception>
    public static int Leading(this IStepwise model, ReadOnlySpan<bool> given)
    {
        var order = model.Order;
        var marks = GivenMarks.Of(given, order.Count);
        var count = 0;
        while (count < order.Count && marks[order[count]])
        {
            count++;
        }

        for (var i = count; i < order.Count; i++)
        {
            if (marks[order[i]])
            {
                throw new UsageException(
                    $"Variable {order[i]} is given and variable {order[count]}, which the model predicts before it, is missing: give the first variables of the model's order, or use a model that takes any part.");
            }
        }

        return count;
    }

    // Draws the variables from place `from` of the order on; those before it are observed as they are.
    private static Tensor Fill(IStepwise model, Tensor x, int from, Rng rng)
    {
        var walk = model.Walk((int)x.shape[0]);
        return Chain.Run(x, Enumerable.Range(0, model.Order.Count), (x, place) =>
        {
            var column = x.select(1, model.Order[place]);
            // A walk may only be able to observe what it has predicted.
            var next = walk.Next();
            if (place >= from)
            {
                column.copy_(next.Sample(rng));
            }

            walk.Observe(column);
            return x;
        });
    }
}
