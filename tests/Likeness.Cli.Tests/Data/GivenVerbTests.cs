using System.Globalization;
using Likeness.Tests;

namespace Likeness.Cli.Tests;

/// <summary>Samples with fixed values, in the units and by the names of the user's table.</summary>
public sealed class GivenVerbTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Values_are_given_in_the_units_of_the_table()
    {
        // Weight is 70 + 0.9 (height − 170) with a deviation of 3.
        var random = new Rng(5).Normal(2000, 3).ToArray<float>().Chunk(3);
        File.WriteAllLines(_files["people.csv"], random.Select(z => string.Create(CultureInfo.InvariantCulture, $"{170 + (10 * z[0])},{70 + (9 * z[0]) + (3 * z[1])},{40 + (12 * z[2])}")).Prepend("height,weight,age"));
        CommandLine.Succeed("train", "gaussian", "--data", _files["people.csv"], "--protocol", "standardised", "--grids", "0", "--threads", "1", "--out", _files["people"]);
        CommandLine.Succeed("sample", _files["people"], "--given", "height=185", "age=40", "-n", "1000", "-o", _files["tall.csv"]);
        var table = TextTable.Read(_files["tall.csv"]);
        Assert.Equal(["height", "weight", "age"], table.Columns);
        var rows = table.Values.ToSingles("").Chunk(3).ToArray();
        Assert.All(rows, r => Assert.Equal((185, 40), (r[0], r[2])));
        var (mean, deviation) = (rows.Average(r => r[1]), Math.Sqrt(rows.Average(r => Math.Pow(r[1] - rows.Average(q => q[1]), 2))));
        // Five standard errors of 1000 draws, and those of a fit to 2000 rows.
        Assert.InRange(mean, 83.5 - 0.9, 83.5 + 0.9);
        Assert.InRange(deviation, 2.5, 3.5);

        CommandLine.Succeed("sample", _files["people"], "--given", "height=185", "--given", "age=40", "-n", "3", "-o", _files["few.csv"]);
        Assert.Equal(rows[..3].Select(r => r[1]), TextTable.Read(_files["few.csv"]).Values.ToSingles("").Chunk(3).Select(r => r[1]), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Contains("There is no column 'size': the model knows height, weight, age", CommandLine.Run("sample", _files["people"], "--given", "size=1").Error, StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Run("sample", _files["people"], "--given", "height=1", "--class", "a").Code);
    }

    [Fact]
    public void A_class_is_given_by_the_name_of_its_column()
    {
        File.WriteAllLines(_files["votes.csv"], Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? "0,0,no" : "1,1,yes").Prepend("a,b,party"));
        CommandLine.Succeed("train", "class-conditional", "--data", _files["votes.csv"], "--label-column", "party", "--grids", "0", "--threads", "1", "--out", _files["votes"]);
        CommandLine.Succeed("sample", _files["votes"], "--given", "party=yes", "-n", "5", "-o", _files["given.csv"]);
        CommandLine.Succeed("sample", _files["votes"], "--class", "yes", "-n", "5", "-o", _files["class.csv"]);
        Assert.Equal(File.ReadAllText(_files["class.csv"]), File.ReadAllText(_files["given.csv"]));
        CommandLine.Succeed("sample", _files["votes"], "--given", "b=1", "-n", "5", "-o", _files["b.csv"]);
        Assert.Contains("give the class alone, or leave it out", CommandLine.Run("sample", _files["votes"], "--given", "party=yes", "a=1").Error, StringComparison.Ordinal);
    }
}
