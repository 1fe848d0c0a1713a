namespace Likeness.Torch.Tests.Kernels;

/// <summary>
/// NADE in double precision, one scalar at a time, with none of the kernel's structure: the oracle of its tests.
/// Parameters and gradients are W [inputs, hidden], c, V [inputs, hidden], b.
/// </summary>
internal sealed class NadeReference(int inputs, int hidden)
{
    public double[] W { get; } = new double[inputs * hidden];

    public double[] C { get; } = new double[hidden];

    public double[] V { get; } = new double[inputs * hidden];

    public double[] B { get; } = new double[inputs];

    public double[] Logits(float[] x, int count)
    {
        var logits = new double[count * inputs];
        for (var n = 0; n < count; n++)
        {
            var a = (double[])C.Clone();
            for (var i = 0; i < inputs; i++)
            {
                var logit = B[i];
                for (var j = 0; j < hidden; j++) logit += V[(i * hidden) + j] * Sigmoid(a[j]);
                logits[(n * inputs) + i] = logit;
                for (var j = 0; j < hidden; j++) a[j] += W[(i * hidden) + j] * x[(n * inputs) + i];
            }
        }

        return logits;
    }

    public NadeReference Gradients(float[] x, int count, float[] gradLogits)
    {
        var g = new NadeReference(inputs, hidden);
        for (var n = 0; n < count; n++)
        {
            // a[i] before input i, for every i: plain back-propagation through time.
            var a = new double[inputs + 1][];
            a[0] = (double[])C.Clone();
            for (var i = 0; i < inputs; i++)
            {
                a[i + 1] = (double[])a[i].Clone();
                for (var j = 0; j < hidden; j++) a[i + 1][j] += W[(i * hidden) + j] * x[(n * inputs) + i];
            }

            var da = new double[hidden];
            for (var i = inputs - 1; i >= 0; i--)
            {
                var d = (double)gradLogits[(n * inputs) + i];
                g.B[i] += d;
                for (var j = 0; j < hidden; j++)
                {
                    var h = Sigmoid(a[i][j]);
                    g.W[(i * hidden) + j] += x[(n * inputs) + i] * da[j];
                    g.V[(i * hidden) + j] += d * h;
                    da[j] += d * V[(i * hidden) + j] * h * (1 - h);
                }
            }

            for (var j = 0; j < hidden; j++) g.C[j] += da[j];
        }

        return g;
    }

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
