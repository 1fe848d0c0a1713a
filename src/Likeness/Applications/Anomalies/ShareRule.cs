namespace Likeness;

/// <summary>By what a score is divided among the columns.</summary>
public enum ShareRule
{
    /// <summary>−log p(x_i | all other columns), in nats: the same whatever the order of the columns.</summary>
    GivenOthers,

    /// <summary>−log p(x_i | those before it in the model's order), in nats: by the chain rule these add up to −log p(x).</summary>
    GivenEarlier,

    /// <summary>The squared error of each column's reconstruction; these add up to the error.</summary>
    SquaredError,

    /// <summary>What each column costs under the model's bound, in nats: of given others where the model knows them, else of its code.</summary>
    Columnwise,
}
