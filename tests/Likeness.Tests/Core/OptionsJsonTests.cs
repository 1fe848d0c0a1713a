using System.Text.Json.Nodes;

namespace Likeness.Tests;

public sealed class OptionsJsonTests
{
    [Fact]
    public void Another_kind_has_its_own_defaults_and_not_zeros()
    {
        var options = Set([], "network.kind=conv");
        var network = Vae.Recipe.Complete(options)["network"]!.AsObject();
        Assert.Equal(32, (int)network["width"]!);
        Assert.Equal(256, (int)network["hidden"]!);

        var back = Vae.Recipe.Complete(Set([], "network.kind=mlp"))["network"]!.AsObject();
        Assert.Equal([200, 200], back["hidden"]!.AsArray().Select(n => (int)n!));
    }

    [Fact]
    public void Another_kind_drops_the_keys_of_the_one_before()
    {
        var complete = Set(Vae.Recipe.DefaultOptions, "network.kind=conv");
        Assert.Equal(32, (int)Vae.Recipe.Complete(complete)["network"]!["width"]!);

        // The same kind again changes nothing.
        var same = Set(Vae.Recipe.Complete(Set([], "network.kind=conv", "network.width=16")), "network.kind=conv");
        Assert.Equal(16, (int)same["network"]!["width"]!);
    }

    [Fact]
    public void An_unknown_kind_is_refused_with_the_known_ones()
    {
        var e = Assert.Throws<UsageException>(() => Vae.Recipe.Complete(Set([], "optimizer.kind=adamW")));
        Assert.Contains("Unknown kind 'adamW' of optimizer", e.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'adamw'", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<UsageException>(() => Vae.Recipe.Complete(Set([], "optimizer.schedule.kind=cosin")));
        Assert.Contains("Did you mean 'cosine'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("optimizer")]
    [InlineData("network")]
    [InlineData("optimizer.schedule")]
    public void A_null_where_a_value_is_needed_is_refused_by_name(string option)
    {
        var e = Assert.Throws<UsageException>(() => Vae.Recipe.Complete(Set([], $"{option}=null")));
        Assert.Contains($"'{option}' of 'vae' is null", e.Message, StringComparison.Ordinal);
    }

    private static JsonObject Set(JsonObject options, params ReadOnlySpan<string> settings)
    {
        foreach (var setting in settings)
        {
            OptionsJson.Set(options, setting);
        }

        return options;
    }
}
