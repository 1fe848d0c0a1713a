namespace Likeness;

/// <summary>
/// The pairs that a model of images x to images y learns from: those that the data brought, or images y and pictures x of what a measurement leaves of them.
/// Both are in the units of networks, −1 … 1.
/// </summary>
internal sealed class Pairing
{
    private readonly DataSpec _spec;
    private readonly string _model;

    /// <param name="spec">What the images are like.</param>
    /// <param name="degrade">The measurement as it is written; null where the data is pairs.</param>
    /// <param name="model">What the messages call the model, with its article.</param>
    /// <exception cref="UsageException">No such measurement, or neither a measurement nor pairs.</exception>
    public Pairing(DataSpec spec, string? degrade, string model)
    {
        (_spec, _model) = (spec, model);
        Measurement = degrade is null ? null : Measurements.Parse(degrade, spec);
        Domain = Measurement is not null ? new("picture", ["measured", "whole"]) : spec.DomainGroups.FirstOrDefault(d => d.Values.Count == 2)
            ?? throw new UsageException($"{model} learns from pairs: join two data sets of images with the same names as NAME::NAME, or say what is taken away, such as {new Remedy.Option("Degrade", "downsample:4")}.");
    }

    /// <summary>What is taken away from images; null where the data is pairs.</summary>
    public LinearMeasurement? Measurement { get; }

    /// <summary>What the two images of a pair are called.</summary>
    public DataAttribute Domain { get; }

    /// <summary>The pairs of a batch.</summary>
    /// <exception cref="UsageException">The data's images have no partners.</exception>
    public (Tensor X, Tensor Y) Of(SourcedBatch batch)
    {
        var y = _spec.Normalise(batch.X);
        return (Measurement is { } measurement ? measurement.Picture(measurement.Measure(y), 0)
            : _spec.Normalise(batch.Source ?? throw new UsageException($"{_model} learns from pairs, and the data has no examples of the same name in both of its domains: give those that belong together the same names.")), y);
    }

    /// <summary>The picture x of what was measured, in the data's units.</summary>
    /// <exception cref="UsageException">The model has learned from pairs.</exception>
    public Tensor Picture(Tensor y) =>
        _spec.Normalise((Measurement ?? throw new UsageException($"{_model} that has learned from pairs knows no measurement: translate with it.")).Picture(y, Middle));

    // What is 0 to the networks.
    private double Middle => _spec.Domain is Domain.Byte ? 127.5 : 0.5;
}
